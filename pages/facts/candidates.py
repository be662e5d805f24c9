"""The candidates for an offer, as a reviewer sees them and as they are recorded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from lib.languages.said import for_staff, joined
from matching import ranking
from matching.ranking import Ranking
from matching.wishes import Met
from pages.facts import common, waiting
from people.supporters import ChecksMail, Supporter
from workflow import words
from workflow.errors import NeedsReason
from workflow.model import Case

#: What a wish is about, for a chip.
LABELS = {
    "role": for_staff("Role"),
    "specialty": for_staff("Specialty"),
    "department": for_staff("Dept"),
    "language": for_staff("Language"),
    "site": for_staff("Site"),
    "times": for_staff("Time"),
}


@dataclass(frozen=True)
class Chip:
    """One thing about a candidate, in two or three words."""

    label: str
    value: str
    #: "met", "unmet" or "" for neither.
    sign: str = ""


@dataclass(frozen=True)
class Candidate:
    """A supporter who may be asked, as a reviewer sees them."""

    id: str
    name: str
    #: Role and department.
    what: str
    chips: Sequence[Chip]
    remarks: Sequence[str]
    #: Why they should rather not be asked; choosing them stays possible.
    cautions: Sequence[str]
    #: Latest time of an answer from someone who seldom reads mail; "" for others.
    may_take_until: str
    #: How often they read mail, if that is not daily.
    habit: str
    #: They are considered for another case as well.
    is_elsewhere: bool
    #: What their mailbox answers automatically; "" for others.
    answers: str


def shown(
    casebook: Casebook, loaded: Loaded, ranking: Ranking, person: str, now: datetime
) -> list[Candidate]:
    """Return the candidates for a case as a reviewer sees them."""
    elsewhere = waiting.also_considered(casebook, loaded, person, now)
    return [_candidate(casebook, one, loaded.case, now, elsewhere) for one in ranking.candidates]


def shown_at_decision(ranking: Ranking, chosen: Sequence[str]) -> list[dict[str, object]]:
    """Return the ranking to record with a decision, with the order of the chosen."""
    return [
        {
            "id": c.supporter.id,
            "score": c.score,
            "points": c.points,
            "reasons": c.reasons,
            "cautions": c.cautions,
            "chosen": chosen.index(c.supporter.id) + 1 if c.supporter.id in chosen else 0,
        }
        for c in ranking.candidates
    ]


def needs_reason(casebook: Casebook, error: NeedsReason) -> str:
    """Say what speaks against the chosen supporters."""
    supporters = casebook.program.supporters
    found = [
        joined("", (f"{supporters[id].name}: ", joined(", ", cautions), "."))
        for id, cautions in error.advised_against.items()
    ]
    return joined(" ", found)


def may_take_until(casebook: Casebook, case: Case, sent_at: datetime, supporter: Supporter) -> str:
    """Say until when a supporter may answer an offer sent at this moment."""
    due_at = casebook.rules.offer_due_at(case, sent_at, supporter.checks_mail)
    return words.day_and_time(due_at, casebook.program.zone, sent_at)


def _candidate(
    casebook: Casebook,
    ranked: ranking.Candidate,
    case: Case,
    now: datetime,
    elsewhere: frozenset[str],
) -> Candidate:
    supporter = ranked.supporter
    role = casebook.program.roles.get(supporter.role)
    department = casebook.program.departments.get(supporter.department)
    is_daily = supporter.checks_mail is ChecksMail.DAILY
    return Candidate(
        id=supporter.id,
        name=supporter.name,
        what=", ".join(one.name for one in (role, department) if one and one.name),
        chips=[*map(_wish, ranked.wishes), *_turn(ranked)],
        remarks=ranked.remarks,
        cautions=ranked.cautions,
        may_take_until="" if is_daily else may_take_until(casebook, case, now, supporter),
        habit="" if is_daily else words.HABIT_WORDS[supporter.checks_mail],
        is_elsewhere=supporter.id in elsewhere,
        answers=common.answers(casebook, supporter.id),
    )


def _wish(met: Met) -> Chip:
    sign = "" if met.is_unclear else "met" if met.is_as_asked else "unmet"
    return Chip(LABELS[met.what], met.found, sign)


def _turn(ranked: ranking.Candidate) -> Iterator[Chip]:
    """Say how many more requests they take, of how many, and when they were asked."""
    capacity = ranked.supporter.capacity
    free = max(0, capacity - ranked.open_count)
    yield Chip(
        for_staff("Free"),
        for_staff("%(free)s of %(all)s", free=free, all=capacity),
        "" if free else "unmet",
    )
    for when in ranked.asked:
        yield Chip(when.capitalize(), "")
