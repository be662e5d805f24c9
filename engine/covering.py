"""Standing in: what follows when somebody leaves, is away, or seems to be."""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from sqlite_utils import Database

from casebook import attendance
from casebook.casebook import Loaded
from engine import resting, upkeep
from engine.engine import Engine
from notifications import program_mails
from notifications import takeover as taking_over
from notifications.recipients import REMINDS_SUPPORTERS
from people.absences import Absence, away_on, joined
from store import availability as absences
from store import cases, outbox
from store.outbox import Outgoing
from workflow import words
from workflow.errors import NobodyLeft, NoSuchCase, TransitionNotAllowed
from workflow.model import Decision, Event, OfferState, Role


@dataclass(frozen=True)
class Situation:
    """What must change before anybody has to be looked at anew."""

    today: date
    absent: frozenset[str]
    leaving: frozenset[tuple[str, Absence]]
    presumed: frozenset[tuple[str, datetime]]
    fingerprint: str
    #: Nobody is woken since others are away; by the morning it may stand differently.
    is_quiet: bool
    #: The requests of supporters who said yes, and leave or have left.
    without_supporter: frozenset[str]


@dataclass
class Cover:
    """Lets others take over whenever it has changed who is away; every mail of it leaves once."""

    engines: Callable[[], Engine]
    clock: Callable[[], datetime]
    seen: Situation | None = field(default=None)

    def __call__(self) -> bool:
        engine, now = self.engines(), self.clock()
        has_settled = resting.settle(engine, now)
        situation = situation_of(engine, now)
        if situation == self.seen:
            return has_settled
        upkeep.supporters_gone(engine, now)
        mails = [] if situation.is_quiet else list(_mails(engine, situation, now))
        known = {*engine.program.people, *engine.program.supporters}
        coordinators = engine.program.all_coordinators
        with engine.store.write() as db:
            outbox.add(db, mails)
            _keep_who_is_silent(db, engine, now)
            absences.forget(db, situation.today, known, coordinators)
        self.seen = situation
        return True


def _keep_who_is_silent(db: Database, engine: Engine, now: datetime) -> None:
    """Keep who is taken for away; who said that they are away owes no answer to what came before.

    Read anew: meanwhile they may have done something.
    """
    today = engine.program.today(now)
    away = away_on(today, attendance.stated(db, engine.program))
    for person in away.intersection(engine.program.all_coordinators):
        absences.saw(db, person, now)
    for person, since in attendance.presumed(db, engine.program, now).items():
        absences.fell_silent(db, person, since)


def situation_of(engine: Engine, now: datetime) -> Situation:
    db, program = engine.store.read(), engine.program
    today = program.today(now)
    stated = attendance.stated(db, program)
    # Who leaves tomorrow, and who left without a day's notice.
    leaving = {
        (id, one) for id, spans in stated.items() for one in joined(spans) if one.is_near(today)
    }
    presumed = frozenset(attendance.presumed(db, program, now).items())
    return Situation(
        today,
        engine.absent,
        frozenset(leaving),
        presumed,
        program.fingerprint,
        program.quiet.covers(now),
        _without_supporter(db, {id for id, _ in leaving}.intersection(program.supporters)),
    )


def _without_supporter(db: Database, leaving: Collection[str]) -> frozenset[str]:
    if not leaving:
        return frozenset()
    found = ((case, case.current_offer) for case in cases.open_cases(db))
    return frozenset(
        case.reference
        for case, offer in found
        if offer and offer.state is OfferState.ACCEPTED and offer.supporter in leaving
    )


def lonely_cases(engine: Engine, person: str, day: date) -> list[Loaded]:
    """Return the requests of somebody that no coordinator who is here on a day looks after."""
    db, program, now = engine.store.read(), engine.program, engine.made_at
    coordinators, silent = set(program.all_coordinators), attendance.presumed(db, program, now)
    gone = away_on(day, attendance.stated(db, program)) | silent.keys() | {person}
    found = []
    for loaded in engine.open_cases():
        if any(person == p.id for p in (*loaded.reviewing.reviewers, *loaded.reviewing.away)):
            without = engine.reviewing(loaded.case, loaded.identity, gone)
            if not coordinators.intersection(p.id for p in without.reviewers):
                found.append(loaded)
    return found


def hand_over(engine: Engine, person: str, shown: Collection[str], now: datetime) -> None:
    """Step back from those requests that somebody was shown, and that nobody else looks after."""
    db, today = engine.store.read(), engine.program.today(now)
    absence = attendance.absence_of(db, engine.program, person, today)
    lonely = lonely_cases(engine, person, max(absence.first, today)) if absence else []
    for reference in (one.case.reference for one in lonely if one.case.reference in shown):
        # Where it is not allowed, it stays theirs, or is over.
        with suppress(NobodyLeft, NoSuchCase, TransitionNotAllowed):
            engine.decide(reference, Decision(Event.HANDED_OVER, person, Role.REVIEWER), now)


def gaps_in_words(engine: Engine, now: datetime) -> list[str]:
    """Say which departments, or all deputies, would have nobody in the days to come."""
    today = engine.program.today(now)
    return [
        f"{gap.whose}: nobody is here from {words.day(gap.first)}"
        f"{f' until {words.day(gap.last)}' if gap.last else ', for longer than two weeks ahead'}"
        for gap in attendance.gaps_ahead(engine.store.read(), engine.program, today)
    ]


def is_over(engine: Engine, mail: Outgoing, loaded: Loaded | None, now: datetime) -> bool:
    """Tell whether a mail has nothing to tell any more, since somebody left or came back."""
    db, program = engine.store.read(), engine.program
    if mail.email == "presumed_away":
        return mail.person not in attendance.presumed(db, program, now)
    if mail.email == "leaving":
        today = program.today(now)
        absence = attendance.absence_of(db, program, mail.person, today)
        if absence is None or absence.covers(today) or f"{absence.first}" != mail.subject:
            return True
        return not lonely_cases(engine, mail.person, absence.first)
    if loaded is None:
        return False
    if mail.email == "supporter_away":
        away = _absence_of_supporter(engine, loaded, now)
        return away is None or taking_over.days_of(away) != mail.subject
    if mail.email in REMINDS_SUPPORTERS:
        return mail.person in engine.absent
    if mail.email == "taken_over":
        return not loaded.case.is_open or not _reviews(loaded, mail.person)
    return False


def has_other_readers(mail: Outgoing, loaded: Loaded) -> bool:
    """Tell whether others review, or are called, by now than who a mail was for."""
    readers = taking_over.readers_by_now(mail, loaded)
    return bool(readers) and mail.person not in readers


def for_others(
    db: Database, row_id: int, mail: Outgoing, loaded: Loaded, now: datetime
) -> list[Outgoing]:
    """Return a mail for those who review instead.

    Whoever was mailed about the request since knows that something is to be done; news they get.
    """
    others = taking_over.readers_by_now(mail, loaded)
    if mail.email not in taking_over.NEWS:
        others -= outbox.addressed_after(db, row_id, loaded.stored.id, Role.REVIEWER)
    return [taking_over.for_somebody_else(mail, id, now) for id in sorted(others)]


def _reviews(loaded: Loaded, person: str) -> bool:
    return any(person == reviewer.id for reviewer in loaded.reviewing.reviewers)


def _mails(engine: Engine, situation: Situation, now: datetime) -> Iterator[Outgoing]:
    for person, since in situation.presumed:
        yield program_mails.to_presumed_away(person, since, now)
    for person, absence in situation.leaving:
        is_here = person in engine.program.all_coordinators and person not in engine.absent
        if is_here and lonely_cases(engine, person, absence.first):
            yield program_mails.to_whoever_leaves(person, absence.first, now)
    for loaded in engine.open_cases():
        yield from _taken_over(engine, loaded, now)
        absence_of_supporter = _absence_of_supporter(engine, loaded, now)
        if absence_of_supporter is not None:
            yield from taking_over.about_supporter_away(engine, loaded, absence_of_supporter, now)


def _taken_over(engine: Engine, loaded: Loaded, now: datetime) -> Iterator[Outgoing]:
    """Tell the reviewers when none has been told of a request, or none since they stand in."""
    since, zone = _stands_in_since(engine, loaded, now), engine.program.zone
    moment = datetime.combine(since, time.min, zone).astimezone(UTC) if since else None
    told = outbox.addressed(engine.store.read(), loaded.stored.id, Role.REVIEWER, moment)
    if not any(person.id in told for person in loaded.reviewing.reviewers):
        yield from taking_over.to_who_takes_over(engine, loaded, since, now)


def stands_in(engine: Engine, loaded: Loaded, person: str) -> bool:
    """Tell whether somebody reviews a request only because its coordinators are away."""
    coordinators = engine.program.coordinators_of(loaded.case.facts.department)
    return person not in coordinators and any(p.id in coordinators for p in loaded.reviewing.away)


def _stands_in_since(engine: Engine, loaded: Loaded, now: datetime) -> date | None:
    """Return the day since which nobody is here for whom others stand in; None when one is."""
    program, reviewing = engine.program, loaded.reviewing
    here = {person.id for person in reviewing.reviewers}
    if not any(stands_in(engine, loaded, person) for person in here):
        return None
    # As long as a deputy is here, it makes no difference which of them are away.
    others = {*program.coordinators_of(loaded.case.facts.department)}
    others |= set() if here.intersection(program.deputies) else {*program.deputies}
    days = attendance.away_since(engine.store.read(), program, now)
    since = (days.get(p.id, program.today(now)) for p in reviewing.away if p.id in others)
    return max(*since, program.today(loaded.case.submitted_at))


def _absence_of_supporter(engine: Engine, loaded: Loaded, now: datetime) -> Absence | None:
    """Return the absence of whoever said yes that has begun, or begins tomorrow."""
    offer = loaded.case.current_offer
    if offer is None or offer.state is not OfferState.ACCEPTED:
        return None
    today = engine.program.today(now)
    absence = attendance.absence_of(engine.store.read(), engine.program, offer.supporter, today)
    return absence if absence is not None and absence.is_near(today) else None
