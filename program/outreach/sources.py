"""Where the form is, and the sources that its address carries: the help page and the flyers."""

from program import Program
from qualtrics.survey import SurveyMap

HELP = "help"
#: The beginning of a flyer's source; its unit's id follows.
FLYER = "flyer-"
GENERAL = f"{FLYER}general"


def sources(program: Program) -> list[str]:
    """Return the sources that count: others could be typed by anybody into an address."""
    return [HELP, GENERAL, *(f"{FLYER}{unit}" for unit in program.file.units)]


def survey_for(program: Program, language: str) -> SurveyMap:
    """Return the form for people who speak a language, or else the first one."""
    known = list(program.surveys.values())
    return next((one for one in known if one.language.partition("-")[0] == language), known[0])
