"""What somebody's own page says: whether they are away, and what they would leave behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casebook import attendance, standing_in
from casebook.casebook import Casebook
from engine import resting, talks
from pages.facts.page import Page, SentForm
from pages.saying import REST, TAKE
from people.absences import Absence
from people.records import Person
from people.supporters import Readiness, Standing
from store import absences, cases, readiness
from store.cases import StoredCase
from workflow import words
from workflow.model import Case, OfferState


@dataclass(frozen=True)
class AbsenceLine:
    """One absence, now or later."""

    away: str
    first: str
    is_now: bool
    #: What the files say only admins take back.
    is_in_files: bool
    #: Whoever takes it back is away all the same, by another one.
    is_away_anyway: bool


@dataclass(frozen=True)
class OpenLine:
    """A request that a supporter is asked about, or said yes to."""

    reference: str
    test_marker: str
    state_words: str
    may_talk: bool
    #: Who was told today that they would like to talk.
    told: Sequence[str]


@dataclass(frozen=True)
class Supporting:
    """What a supporter said of how much they take on, and what they have open."""

    #: Why nothing new is asked of them; "" when it is.
    not_asked: str
    is_resting: bool
    #: Weeks of rest by the value that the form sends.
    rests: Mapping[str, str]
    is_free: bool
    takes: int
    #: Numbers by the value that the form sends.
    may_take: Mapping[str, int]
    open: Sequence[OpenLine]
    #: A question of theirs waits for an answer.
    is_asked: bool


@dataclass(frozen=True)
class OwnPage(Page):
    """One's own page, for whoever reviews or supports."""

    template = "me.html"
    form: SentForm
    name: str
    has_board: bool
    absences: Sequence[AbsenceLine]
    is_away: bool
    #: What nobody else would look after while they are away.
    lonely: Sequence[str]
    #: None for whoever only reviews.
    supporting: Supporting | None


def page(casebook: Casebook, person: Person, now: datetime, form: SentForm) -> OwnPage:
    program, today = casebook.program, casebook.program.today(now)
    coming = attendance.absence_of(casebook.store.read(), program, person.id, today)
    is_supporter = person.id in program.supporters
    return OwnPage(
        form=form,
        name=person.name,
        has_board=person.id in program.all_reviewers,
        absences=_absences(casebook, person.id, today),
        is_away=coming is not None and coming.covers(today),
        lonely=_lonely(casebook, person, coming, today),
        supporting=_supporting(casebook, person.id, now) if is_supporter else None,
    )


def _lonely(casebook: Casebook, person: Person, coming: Absence | None, today: date) -> list[str]:
    """Return which requests nobody else looks after while a coordinator is away."""
    if coming is None or person.id not in casebook.program.all_coordinators:
        return []
    cases = standing_in.lonely_cases(casebook, person.id, max(coming.first, today))
    return [loaded.case.reference for loaded in cases]


def _absences(casebook: Casebook, person: str, today: date) -> list[AbsenceLine]:
    """Return when somebody is away, now or later."""
    said = absences.declared(casebook.store.read()).get(person, ())
    written = casebook.program.absences.get(person)
    known = [(one, False) for one in said] + ([(written, True)] if written else [])
    return [
        AbsenceLine(
            away=words.away(absence, today),
            first=f"{absence.first}",
            is_now=absence.covers(today),
            is_in_files=is_in_files,
            is_away_anyway=_is_away_anyway(absence, [one for one, _ in known], today),
        )
        for absence, is_in_files in sorted(known, key=lambda one: one[0].first)
        if not absence.is_over(today)
    ]


def _is_away_anyway(absence: Absence, known: list[Absence], today: date) -> bool:
    """Tell whether somebody who takes this absence back is away all the same, by another one."""
    last = today if absence.covers(today) else absence.last or date.max
    others = [one for one in known if one is not absence]
    return any(one.meets(max(absence.first, today), last) for one in others)


def _supporting(casebook: Casebook, supporter: str, now: datetime) -> Supporting:
    today, listed = casebook.program.today(now), casebook.program.supporters[supporter]
    said = readiness.declared(casebook.store.read()).get(supporter, Readiness())
    most = listed.capacity
    lines = [_line(casebook, one, supporter, now) for one in _open_with(casebook, supporter)]
    return Supporting(
        not_asked=_not_asked(listed.status, said, today),
        is_resting=not said.takes_new(today),
        rests={value: words.counted(weeks, "week") for value, weeks in REST.items()},
        is_free=supporter not in resting.busy_supporters(casebook.store.read()),
        takes=min(said.capacity or most, most),
        may_take={f"{TAKE}{number}": number for number in range(1, most + 1)},
        open=lines,
        is_asked=not all(line.may_talk for line in lines),
    )


def _not_asked(status: Standing, said: Readiness, today: date) -> str:
    """Say why nothing new is asked of them; "" when it is. Only they themselves read it."""
    if said.is_paused:
        return "You are taking a pause."
    if said.rest_weeks:
        weeks = words.counted(said.rest_weeks, "week")
        return f"You rest from now on, until {weeks} after the support that you give now has ended."
    if said.rests_until and said.is_resting(today):
        return f"You rest until {words.day(said.rests_until)}."
    if status is not Standing.ACTIVE:
        return f"The program’s files say that you are {status}; an admin changes it there."
    return ""


def _open_with(casebook: Casebook, supporter: str) -> list[StoredCase]:
    """Return what a supporter is asked, or said yes to; nobody's identity is opened for it."""
    db = casebook.store.read()
    theirs = (cases.find(db, reference) for reference in cases.references_with(db, {supporter}))
    return [stored for stored in theirs if stored and _is_with(stored.case, supporter)]


def _is_with(case: Case, supporter: str) -> bool:
    offer = case.current_offer
    if offer is None or offer.supporter != supporter:
        return False
    # A question whose mail has not left can still be undone, as if it had never been.
    is_asked = offer.state is OfferState.OPEN and offer.sent_at is not None
    return is_asked or offer.state is OfferState.ACCEPTED


def _line(casebook: Casebook, stored: StoredCase, supporter: str, now: datetime) -> OpenLine:
    case, offer = stored.case, stored.case.current_offer
    return OpenLine(
        reference=case.reference,
        test_marker=words.test_marker(case),
        state_words=words.OWN_STATE_WORDS[case.state],
        may_talk=offer is not None and offer.state is OfferState.ACCEPTED,
        told=talks.people_told_today(casebook, stored.id, supporter, now),
    )
