"""Let others take over when someone leaves or is away."""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from casebook import attendance
from casebook.casebook import Loaded
from casebook.cover import covered_since, supporter_absence, uncovered_cases
from engine import resting, upkeep
from engine.engine import Engine
from notifications import program_mails, takeover
from people.absences import Absence, merged
from store import absences, cases, outbox
from store.database import Database
from store.mail import readers
from store.outbox import Outgoing
from store.record import history
from workflow.errors import NobodyLeft, NoSuchCase, TransitionNotAllowed
from workflow.model import Case, Decision, Event, OfferState, PromiseKind, Role


@dataclass(frozen=True)
class Situation:
    """Who is away, and what that affects. While it stays the same, there is nothing to do."""

    today: date
    absent: frozenset[str]
    leaving: frozenset[tuple[str, Absence]]
    fingerprint: str
    #: In quiet hours no one is mailed about absences, which may change before the morning.
    is_quiet: bool
    #: References of cases whose supporter said yes and is leaving or has left.
    without_supporter: frozenset[str]


@dataclass
class Cover:
    """Lets others take over whenever the absences have changed; each mail is sent only once."""

    engines: Callable[[], Engine]
    clock: Callable[[], datetime]
    covered: Situation | None = field(default=None)

    def __call__(self) -> bool:
        engine, now = self.engines(), self.clock()
        has_updated = resting.update_rests(engine, now)
        situation = situation_of(engine, now)
        if situation == self.covered:
            return has_updated
        upkeep.release_gone_supporters(engine, now)
        mails = [] if situation.is_quiet else list(_mails(engine, situation, now))
        known = {*engine.program.people, *engine.program.supporters}
        with engine.store.write() as db:
            outbox.add(db, mails)
            absences.forget(db, situation.today, known)
        self.covered = situation
        return True


def situation_of(engine: Engine, now: datetime) -> Situation:
    db, program = engine.store.read(), engine.program
    today = program.today(now)
    stated = attendance.all_absences(db, program)
    # People who leave tomorrow, and people who left without a day's notice.
    leaving = {
        (id, one) for id, spans in stated.items() for one in merged(spans) if one.is_near(today)
    }
    return Situation(
        today,
        engine.casebook.absent,
        frozenset(leaving),
        program.fingerprint,
        program.quiet.covers(now),
        _without_supporter(db, {id for id, _ in leaving}.intersection(program.supporters)),
    )


def _without_supporter(db: Database, leaving: Collection[str]) -> frozenset[str]:
    if not leaving:
        return frozenset()
    return frozenset(cases.references_with(db, leaving, OfferState.ACCEPTED))


def hand_over(engine: Engine, person: str, shown: Collection[str], now: datetime) -> None:
    """Let someone who leaves step back from the cases on their page that no one else reviews."""
    db, today = engine.store.read(), engine.program.today(now)
    absence = attendance.absence_of(db, engine.program, person, today)
    unattended = (
        uncovered_cases(engine.casebook, person, max(absence.first, today)) if absence else []
    )
    for reference in (one.case.reference for one in unattended if one.case.reference in shown):
        # If it is not allowed, the case stays with them or is over.
        with suppress(NobodyLeft, NoSuchCase, TransitionNotAllowed):
            engine.decide(reference, Decision(Event.HANDED_OVER, person, Role.REVIEWER), now)


def _mails(engine: Engine, situation: Situation, now: datetime) -> Iterator[Outgoing]:
    for person, absence in situation.leaving:
        is_here = person in engine.program.all_coordinators and person not in engine.casebook.absent
        if is_here and uncovered_cases(engine.casebook, person, absence.first):
            yield program_mails.about_leaving(person, absence.first, now)
    for loaded in engine.casebook.open_cases():
        yield from _taken_over(engine, loaded, now)
        away = supporter_absence(engine.casebook, loaded, now)
        if away is not None:
            yield from takeover.about_supporter_away(engine.casebook, loaded, away, now)


def _taken_over(engine: Engine, loaded: Loaded, now: datetime) -> Iterator[Outgoing]:
    """Return mails to the reviewers if none of them was mailed since they stand in.

    Otherwise to each who was not mailed, and did not decide, since it waits for them: who was away
    may not know it. Whether others know must not matter, or the mail would tell that a colleague
    who was here doesn't review it.
    """
    db, zone = engine.store.read(), engine.program.zone
    since = covered_since(engine.casebook, loaded, now)
    waits_since = None if since else _waits_since(loaded.case)
    moment = datetime.combine(since, time.min, zone).astimezone(UTC) if since else waits_since
    knows = readers.addressed(db, loaded.stored.id, Role.REVIEWER, moment)
    mails = takeover.about_takeover(engine.casebook, loaded, since or waits_since, now)
    if waits_since is not None:
        lines = history.lines(db, loaded.stored.id)
        knows |= {line.by_person for line in lines if line.at >= waits_since}
        yield from (mail for mail in mails if mail.person not in knows)
    elif not any(mail.person in knows for mail in mails):
        yield from mails


def _waits_since(case: Case) -> datetime | None:
    """Return since when a case waits for its reviewers; None while others must act."""
    promise = case.promise(PromiseKind.REVIEW_AGAIN) or case.promise(PromiseKind.REVIEW)
    return promise.began_at if promise is not None else None
