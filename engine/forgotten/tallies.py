"""What is left of a case: one more in some of its quarter's counters."""

from collections.abc import Iterator, Sequence

from lib.statistics.spans import LONGER, bucket
from matching.fairness import quarter_of
from matching.wishes import Wishes
from program import Program
from program.outreach.sources import sources
from store.forgotten.tallies import Tally
from store.record.history import HistoryLine, standing
from workflow.model import Case, Event, Outcome
from workflow.reports.figures import MET, NO_WISH, NOT_MET, OTHERS, STILL_OPEN, UNENDED
from workflow.reports.legs import Leg, legs

NO_REQUEST = (Outcome.NOT_A_REQUEST, Outcome.DUPLICATE)
#: After these, a person knows that someone asked.
SPOKEN = (Event.CALLED, Event.CONTACTED)
#: What people wait for while a request is open.
AWAITED = (Leg.REVIEW, Leg.FIRST_CONTACT)


def counters_of(case: Case, lines: Sequence[HistoryLine], program: Program) -> Iterator[Tally]:
    """Yield what to count: each fact by itself, so that counts do not combine those of one case."""
    stood = standing(lines)
    if not case.is_test and not _may_be_none(case, stood):
        quarter = quarter_of(program.today(case.submitted_at))
        for counted in (_facts(case, program), _wishes(case, stood, program), _legs(case, stood)):
            yield from ((quarter, what, value) for what, value in counted)


def _may_be_none(case: Case, lines: Sequence[HistoryLine]) -> bool:
    """Tell whether a case ended as no request, or before anyone spoke with the requester.

    Anyone can file some, lift a hidden number over the bound, and subtract their own.
    """
    is_over = case.outcome in NO_REQUEST
    is_given_up = case.outcome is Outcome.WITHDRAWN and not any(
        line.event in SPOKEN for line in lines
    )
    return is_over or is_given_up


def _facts(case: Case, program: Program) -> Iterator[tuple[str, str]]:
    facts = case.facts
    role = program.roles.get(facts.role)
    department = program.departments.get(facts.department)
    yield "requests", "all"
    yield "outcome", str(case.outcome or STILL_OPEN)
    yield "role_group", role.group if role else OTHERS
    yield "department_group", department.group if department else OTHERS
    yield "source", facts.found_at if facts.found_at in sources(program) else OTHERS


def _wishes(
    case: Case, lines: Sequence[HistoryLine], program: Program
) -> Iterator[tuple[str, str]]:
    """Yield for each wish whether the supporter who said yes last meets it."""
    said_yes = [line for line in lines if line.event == Event.ACCEPTED]
    id = (said_yes[-1].recorded_for or said_yes[-1].by_person) if said_yes else ""
    supporter, met = program.supporters.get(id), dict[str, str]()
    if supporter is not None:
        for one in Wishes(case.facts, program.matching).fit(supporter).met:
            if not one.is_unclear:
                met[one.what] = MET if one.is_as_asked else NOT_MET
    for what in ("role", "specialty", "department"):
        yield f"wish_met_{what}", met.get(what, NO_WISH)


def _legs(case: Case, lines: Sequence[HistoryLine]) -> Iterator[tuple[str, str]]:
    """Yield the bucket of each leg; what is open when its quarter is reported waits long."""
    moments = [(line.event, line.at) for line in lines]
    ended = {leg: bucket(end - begin) for leg, begin, end in legs(case.submitted_at, moments)}
    for leg in Leg:
        yield leg, ended.get(leg, LONGER if case.is_open and leg in AWAITED else UNENDED)
