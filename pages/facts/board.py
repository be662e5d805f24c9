"""The board: a reviewer's unfinished cases, without identities."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from casebook import invitations
from casebook.casebook import Casebook, Loaded, Unopened
from casebook.duplicates import apart, cases_apart
from lib.languages.said import for_staff, joined
from pages.facts import common
from pages.facts.common import CaseSummary, Fact, PhoneMessage
from pages.facts.page import Page
from people.records import Person
from store.copies import restorations
from workflow import words
from workflow.model import Case, OfferState, PromiseKind

#: What a request waits for while it is the reviewers' turn.
DECISION = for_staff("a decision")
#: A supporter said yes, and the requester is asked before it is settled.
THEIR_YES = for_staff("the requester’s answer")
#: The columns by which a reviewer may sort.
SORTED_BY = ("due", "state", "department")
#: A page of the board: more would take long to open, and no one reads so many on a phone.
MOST_LINES = 50


@dataclass(frozen=True)
class BoardLine:
    """One case on the board."""

    case: CaseSummary
    facts: Sequence[Fact]
    #: Urgent, and no one has taken the call yet.
    needs_call: bool
    first_contact: str
    #: Who must act.
    waits_for: str
    looking: Sequence[str]
    phone_messages: Sequence[PhoneMessage]
    #: A link from a mail about it is open in this browser.
    is_open_here: bool


@dataclass(frozen=True)
class DepartmentShown:
    """A department with open cases of this reviewer."""

    id: str
    name: str


@dataclass(frozen=True)
class BoardPage(Page):
    """The board of one reviewer: what is urgent first, then as they sort it."""

    template = "board.html"
    reader: str
    at: str
    #: By a link that may have been passed on, to whom a request may be kept from: no more than
    #: which are open, and whether one is late.
    is_brief: bool
    is_away: bool
    #: From when on decisions are missing, if the service was put back from a copy.
    missing_since: str
    sees_nominees: bool
    #: They may write to a group after a hard event.
    is_coordinator: bool
    #: How many nominees need a decision.
    nominees: int
    #: What it is sorted by: "due", "state" or "department".
    sort: str
    #: Which department it shows; "" for all of these.
    department: str
    departments: Sequence[DepartmentShown]
    lines: Sequence[BoardLine]
    #: How many lines stand on the pages before this one, and before the next one; 0 for none.
    start: int
    next_start: int


def page(
    casebook: Casebook,
    person: Person,
    now: datetime,
    open_here: Collection[str] = (),
    sort: str = "",
    department: str = "",
    start: int = 0,
    *,
    is_brief: bool = False,
) -> BoardPage:
    """Return a line for each case that a reviewer may act on, urgent ones first."""
    unopened = casebook.unopened(person.id)
    sort = sort if sort in SORTED_BY and not is_brief else "due"
    departments = [] if is_brief else _departments(casebook, unopened, person)
    chosen = department if department in {one.id for one in departments} else ""
    shown = [one for one in unopened if chosen in ("", one[0].case.facts.department)]
    shown.sort(key=lambda one: _order(casebook, one[0].case, sort))
    line = _brief_line if is_brief else _line
    if is_brief:
        theirs = _theirs_apart(casebook, shown, person, now)
    else:
        theirs = _theirs(casebook, shown, person)
    found = list(islice(theirs, start, start + MOST_LINES + 1))
    return BoardPage(
        reader=person.name,
        at=words.day_and_time(now, casebook.program.zone),
        is_brief=is_brief,
        is_away=person.id in casebook.absent,
        missing_since=_missing_since(casebook),
        is_coordinator=person.id in casebook.program.all_coordinators,
        sees_nominees=(sees := invitations.sees_nominees(casebook.program, person.id)),
        nominees=invitations.waiting_for_coordinators(casebook) if sees else 0,
        sort=sort,
        department=chosen,
        departments=departments,
        lines=[line(casebook, loaded, now, open_here) for loaded in found[:MOST_LINES]],
        start=start,
        next_start=start + MOST_LINES if len(found) > MOST_LINES else 0,
    )


def _theirs(casebook: Casebook, unopened: Sequence[Unopened], person: Person) -> Iterator[Loaded]:
    """Open cases one after the other, and yield those that someone may act on."""
    return (one for one in casebook.readable(unopened) if one.reviewing.may_act(person.id))


def _theirs_apart(
    casebook: Casebook, unopened: Sequence[Unopened], person: Person, now: datetime
) -> Iterator[Loaded]:
    """Yield the same, and beside each the newer one that no one has confirmed to be the same.

    To someone to whom the link was passed on, its absence would tell that it was found to be.
    """
    db, rules = casebook.store.read(), casebook.rules
    both = [(case, one) for one in unopened for case in cases_apart(db, one[0].case, now, rules)]
    both.sort(key=lambda each: _order(casebook, each[0], "due"))
    for case, one in both:
        for older in _theirs(casebook, [one], person):
            for each in apart(casebook, older, now):
                if each.case.reference == case.reference and each.reviewing.may_act(person.id):
                    yield each


def _missing_since(casebook: Casebook) -> str:
    restored = restorations.holding(casebook.store.read())
    if restored is None:
        return ""
    at = restored.copied_at
    return words.day_and_time(at, casebook.program.zone) if at else for_staff("an unknown time")


def _line(
    casebook: Casebook, loaded: Loaded, now: datetime, open_here: Collection[str]
) -> BoardLine:
    return BoardLine(
        case=common.summary(casebook, loaded.case, now),
        facts=common.facts_shown(casebook, loaded.case),
        needs_call=loaded.case.promise(PromiseKind.URGENT) is not None,
        first_contact=common.first_contact(casebook, loaded.case, now),
        waits_for=_waits_for(casebook, loaded),
        looking=common.looking(casebook, loaded, common.looking_since(casebook, loaded, now)),
        phone_messages=common.phone_messages(casebook, loaded, now),
        is_open_here=loaded.case.reference in open_here,
    )


def _brief_line(
    casebook: Casebook, loaded: Loaded, now: datetime, open_here: Collection[str]
) -> BoardLine:
    case = loaded.case
    is_overdue = case.due_at is not None and case.due_at <= now
    summary = replace(
        common.summary(casebook, case, now), due="", left="", late="", used=0, wishes=()
    )
    return BoardLine(
        case=replace(summary, is_overdue=is_overdue),
        facts=(),
        needs_call=case.promise(PromiseKind.URGENT) is not None,
        first_contact="",
        waits_for="",
        looking=(),
        phone_messages=(),
        is_open_here=case.reference in open_here,
    )


def _waits_for(casebook: Casebook, loaded: Loaded) -> str:
    """Say who must act: the supporter, the caller, or the reviewers.

    The reviewers have no names here: beside another request, a missing one would tell who is
    barred, to someone who got the board's link passed on.
    """
    case = loaded.case
    call, offer = case.promise(PromiseKind.CALL), case.current_offer
    if call is not None:
        id = call.subject
    elif offer is not None and offer.state is OfferState.AGREED:
        return THEIR_YES if case.promise(PromiseKind.CONSENT) is not None else DECISION
    elif offer is not None and offer.state in (OfferState.OPEN, OfferState.ACCEPTED):
        id = offer.supporter
    else:
        return DECISION
    person = casebook.program.person(id)
    return _named(casebook, person) if person else for_staff("no one we know")


def _named(casebook: Casebook, person: Person) -> str:
    """Return a name, with what the person's mailbox answers automatically."""
    answers = common.answers(casebook, person.id)
    return joined("", (person.name, " (", answers, ")")) if answers else person.name


def _departments(
    casebook: Casebook, unopened: Sequence[Unopened], person: Person
) -> list[DepartmentShown]:
    """Return the departments with a case that someone may act on; one of each is opened."""
    by_department: dict[str, list[Unopened]] = {}
    for one in unopened:
        by_department.setdefault(one[0].case.facts.department, []).append(one)
    listed = casebook.program.departments
    found = [
        DepartmentShown(id, listed[id].name)
        for id, some in by_department.items()
        if id in listed and any(True for _ in _theirs(casebook, some, person))
    ]
    return sorted(found, key=lambda one: one.name)


def _order(casebook: Casebook, case: Case, sort: str) -> tuple[bool, str, datetime]:
    """Return what is urgent first, then by a column, then what is due soonest."""
    department = casebook.program.departments.get(case.facts.department)
    names = {
        "due": "",
        "state": words.STATE_WORDS[case.state],
        "department": department.name if department else "",
    }
    return not case.is_urgent, names[sort], case.due_at or case.submitted_at
