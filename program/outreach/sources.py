"""Where the form is, and the sources that its address carries: the help page and the flyers."""

from program import Program
from qualtrics.survey import SurveyMap
from workflow.reports.wording import FLYER, HELP

GENERAL = f"{FLYER}general"


def sources(program: Program) -> list[str]:
    """Return the sources that count: anyone could type others into an address."""
    return [HELP, GENERAL, *(f"{FLYER}{unit}" for unit in program.file.units)]


def survey_for(program: Program, language: str) -> SurveyMap:
    """Return the form for people who speak a language, or else the first one."""
    known = list(program.surveys.values())
    return next((one for one in known if one.language.partition("-")[0] == language), known[0])
