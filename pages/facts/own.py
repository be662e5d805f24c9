"""Someone's own page: their absences, uncovered cases, and readiness as a supporter."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casebook import attendance, cover, invitations
from casebook.casebook import Casebook
from casebook.purpose import is_former
from engine import resting, talks
from lib.languages.said import counted_for_staff, for_staff
from pages.facts.page import Page, SentForm
from pages.readiness_form import REST, TAKE
from people.absences import Absence
from people.records import Person
from people.supporters import Readiness, SupporterStatus
from store import absences, cases, readiness
from store.access import visits
from store.access.visits import StoredVisit
from store.cases import StoredCase
from store.record.documents import UNREADABLE
from workflow import words
from workflow.errors import NoSuchCase
from workflow.model import Case, OfferState, Role

COORDINATORS = (for_staff("the coordinators"),)


@dataclass(frozen=True)
class AbsenceLine:
    """One current or future absence."""

    away: str
    first: str
    is_now: bool
    #: Only admins take back an absence in the files.
    is_in_files: bool
    #: Another absence covers the same days.
    is_away_anyway: bool


@dataclass(frozen=True)
class OpenLine:
    """A case that a supporter is asked about, or has accepted."""

    reference: str
    test_marker: str
    state_words: str
    may_talk: bool
    #: Who was told today that the supporter would like to talk; no names, since a missing one
    #: would tell whom the requester does not want, or who leads them.
    reviewers_told: Sequence[str]


@dataclass(frozen=True)
class Supporting:
    """A supporter's readiness and open cases."""

    #: Why they get no new offers; "" if they do.
    not_asked: str
    is_resting: bool
    #: Weeks of rest, by the form's value.
    rests: Mapping[str, str]
    is_free: bool
    takes: int
    #: How many cases they may take, by the form's value.
    may_take: Mapping[str, int]
    open: Sequence[OpenLine]
    #: An offer waits for their answer.
    is_asked: bool


@dataclass(frozen=True)
class OpenVisit:
    """A page that is open under someone's name, in this browser or another."""

    name: str
    since: str
    is_here: bool


@dataclass(frozen=True)
class OwnPage(Page):
    """The own page of a reviewer or supporter."""

    template = "me.html"
    form: SentForm
    name: str
    has_board: bool
    #: A coordinator may see who was nominated.
    sees_nominees: bool
    #: They may write to a group after a hard event.
    is_coordinator: bool
    absences: Sequence[AbsenceLine]
    is_away: bool
    #: References of cases that no other coordinator would review while they are away.
    uncovered: Sequence[str]
    #: None for people who are no supporters.
    supporting: Supporting | None
    visits: Sequence[OpenVisit]
    #: Only what the mail was about whose link led here: it may have been passed on.
    is_brief: bool


def page(
    casebook: Casebook,
    person: Person,
    now: datetime,
    form: SentForm,
    here: Collection[str],
    *,
    is_brief: bool = False,
) -> OwnPage:
    """Return the page; `here` names the visits of the browser that asks for it."""
    program, today = casebook.program, casebook.program.today(now)
    coming = attendance.absence_of(casebook.store.read(), program, person.id, today)
    is_supporter = person.id in program.supporters
    return OwnPage(
        form=form,
        name=person.name,
        has_board=person.id in program.all_reviewers,
        is_coordinator=person.id in program.all_coordinators,
        sees_nominees=invitations.sees_nominees(program, person.id),
        absences=_absences(casebook, person.id, today),
        is_away=coming is not None and coming.covers(today),
        uncovered=_uncovered(casebook, person, coming, today),
        supporting=_supporting(casebook, person.id, now) if is_supporter else None,
        visits=_visits(casebook, person, now, here),
        is_brief=is_brief,
    )


def _visits(
    casebook: Casebook, person: Person, now: datetime, here: Collection[str]
) -> list[OpenVisit]:
    ids, zone = attendance.ids_of_person(casebook.program, person), casebook.program.zone
    return [
        OpenVisit(name, words.time_of_day(one.started_at, zone), name in here)
        for name, one in visits.of_people(casebook.store.read(), ids, now).items()
        if not _shows_nothing(casebook, one, now)
    ]


def _shows_nothing(casebook: Casebook, visit: StoredVisit, now: datetime) -> bool:
    """Tell whether a supporter's part is over: their page closes early if the request is forgotten.

    If it stood in the list until then, the list would tell when that was.
    """
    if not visit.reference or visit.role is not Role.SUPPORTER:
        return False
    try:
        loaded = casebook.load(visit.reference)
    except (NoSuchCase, *UNREADABLE):
        return True
    return is_former(casebook, loaded, visit.role, visit.person, visit.offer, now)


def _uncovered(
    casebook: Casebook, person: Person, coming: Absence | None, today: date
) -> list[str]:
    """Return the references of a coordinator's uncovered cases."""
    if coming is None or person.id not in casebook.program.all_coordinators:
        return []
    cases = cover.uncovered_cases(casebook, person.id, max(coming.first, today))
    return [loaded.case.reference for loaded in cases]


def _absences(casebook: Casebook, person: str, today: date) -> list[AbsenceLine]:
    """Return someone's current and future absences."""
    declared = absences.declared(casebook.store.read()).get(person, ())
    written = casebook.program.absences.get(person, ())
    known = [(one, False) for one in declared] + [(one, True) for one in written]
    return [
        AbsenceLine(
            away=_away(absence, today),
            first=f"{absence.first}",
            is_now=absence.covers(today),
            is_in_files=is_in_files,
            is_away_anyway=_is_away_anyway(absence, [one for one, _ in known], today),
        )
        for absence, is_in_files in sorted(known, key=lambda one: one[0].first)
        if not absence.ended_before(today)
    ]


def _away(absence: Absence, today: date) -> str:
    """Say how long the reader is away, as in "You’re away until Friday"."""
    if absence.last:
        return words.away(absence, today)
    if absence.first > today:
        first = words.day(absence.first)
        return for_staff("away from %(first)s, until you say you’re back", first=first)
    return for_staff("away until you say you’re back")


def _is_away_anyway(absence: Absence, known: list[Absence], today: date) -> bool:
    """Tell whether another absence would cover these days if this one were taken back."""
    last = today if absence.covers(today) else absence.last or date.max
    others = [one for one in known if one is not absence]
    return any(one.overlaps(max(absence.first, today), last) for one in others)


def _supporting(casebook: Casebook, supporter: str, now: datetime) -> Supporting:
    today, listed = casebook.program.today(now), casebook.program.supporters[supporter]
    declared = readiness.declared(casebook.store.read()).get(supporter, Readiness())
    most = listed.capacity
    theirs = (
        one for one in _open_with(casebook, supporter) if _waits(casebook, one, supporter, now)
    )
    lines = [_line(casebook, one, supporter, now) for one in theirs]
    return Supporting(
        not_asked=_not_asked(listed.status, declared, today),
        is_resting=not declared.takes_new(today),
        rests={value: _weeks(weeks) for value, weeks in REST.items()},
        is_free=supporter not in resting.busy_supporters(casebook.store.read()),
        takes=min(declared.capacity or most, most),
        may_take={f"{TAKE}{number}": number for number in range(1, most + 1)},
        open=lines,
        is_asked=not all(line.may_talk for line in lines),
    )


def _not_asked(status: SupporterStatus, declared: Readiness, today: date) -> str:
    """Say why they get no new offers; "" if they do. Only they themselves read it."""
    if declared.is_paused:
        return for_staff("You’re taking a break.")
    if declared.rest_weeks:
        return for_staff(
            "You’re resting from now on, until %(weeks)s after your current support ends.",
            weeks=_weeks(declared.rest_weeks),
        )
    if declared.rests_until and declared.is_resting(today):
        return for_staff("You’re resting until %(day)s.", day=words.day(declared.rests_until))
    if status is not SupporterStatus.ACTIVE:
        return for_staff(
            "The program’s files list you as %(status)s. An admin can change that.", status=status
        )
    return ""


def _weeks(number: int) -> str:
    return counted_for_staff("%(num)s week", "%(num)s weeks", number)


def _open_with(casebook: Casebook, supporter: str) -> list[StoredCase]:
    """Return the cases that a supporter is asked about or has accepted."""
    theirs = cases.with_supporter(casebook.store.read(), supporter)
    return [stored for stored in theirs if _is_with(stored.case, supporter)]


def _waits(casebook: Casebook, stored: StoredCase, supporter: str, now: datetime) -> bool:
    """Tell whether the page behind the mailed link says so too.

    If only one of the two did, the supporter would know that the requester does not want them, or
    is close to them.
    """
    offer = stored.case.current_offer
    if offer is None or offer.state is not OfferState.OPEN:
        return True
    try:
        return casebook.may_accept(casebook.load_stored(stored), supporter, now)
    except UNREADABLE:
        return True


def _is_with(case: Case, supporter: str) -> bool:
    offer = case.current_offer
    if offer is None or offer.supporter != supporter:
        return False
    # An offer whose mail has not left can still be undone without a trace.
    is_asked = offer.state is OfferState.OPEN and offer.sent_at is not None
    return is_asked or offer.state in (OfferState.AGREED, OfferState.ACCEPTED)


def _line(casebook: Casebook, stored: StoredCase, supporter: str, now: datetime) -> OpenLine:
    case, offer = stored.case, stored.case.current_offer
    told = talks.people_told_today(casebook, stored.id, supporter, now)
    return OpenLine(
        reference=case.reference,
        test_marker=words.test_marker(case),
        state_words=words.OWN_STATE_WORDS[case.state],
        may_talk=offer is not None and offer.state is OfferState.ACCEPTED,
        reviewers_told=COORDINATORS if told else (),
    )
