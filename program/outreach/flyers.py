"""What a flyer says: one for each unit, and one for everywhere else."""

from collections.abc import Iterator
from dataclasses import dataclass

from lib.languages.language import Language, for_requesters
from program import Program
from program.outreach.sources import GENERAL, survey_for
from workflow.model import PromiseKind
from workflow.reports.wording import FLYER

HEADLINE = for_requesters("A hard shift? Talk to a trained colleague.")
LISTENS = for_requesters("They call you and listen. You don’t need a big reason.")
CONFIDENTIAL = for_requesters(
    "It’s confidential. What you say stays between you, unless someone is in danger."
)
EVERYONE = for_requesters("It’s for everyone who works here, on any shift.")
SOON = for_requesters("A colleague will get in touch with you within %(span)s.")
SCAN = for_requesters("Scan to ask")
OR_GO_TO = for_requesters("Or go to %(address)s")


@dataclass(frozen=True)
class Flyer:
    """The words of one flyer, and where its code leads."""

    source: str
    #: As HTML names it, such as "es-US".
    language: str
    program: str
    #: The unit in which it hangs; "" for everywhere.
    place: str
    headline: str
    listens: str
    points: tuple[str, ...]
    scan: str
    or_go_to: str
    #: Where the code leads.
    address: str
    crisis: tuple[str, str]
    emergency: str


def flyers(program: Program, language: Language, form_at: str, help_at: str) -> Iterator[Flyer]:
    """Yield the flyers of a language; the addresses are Qualtrics' and that of the help page."""
    survey, own, file = survey_for(program, language.code), language.own, program.file
    within = program.promises[PromiseKind.FIRST_CONTACT].within
    units = {f"{FLYER}{id}": unit.name for id, unit in file.units.items()}
    for source, place in {GENERAL: "", **units}.items():
        yield Flyer(
            source=source,
            language=language.tag,
            program=own(file.name),
            place=own(place),
            headline=language.say(HEADLINE),
            listens=language.say(LISTENS),
            points=(
                language.say(CONFIDENTIAL),
                language.say(EVERYONE),
                language.say(SOON, span=language.span(within)),
            ),
            scan=language.say(SCAN),
            or_go_to=language.say(OR_GO_TO, address=help_at.partition("://")[2]),
            address=survey.address(form_at, source),
            crisis=(own(file.crisis.name), own(file.crisis.text)),
            emergency=own(file.emergency_text),
        )
