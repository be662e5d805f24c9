"""Hear of mails that came back: one worker at a time reads the mailbox for it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from casebook import attendance
from engine import upkeep
from engine.engine import Engine
from lib.faults import where
from notifications import validity
from notifications.mail import returned as mails
from notifications.mail.away import day_in
from notifications.mail.catalog import EMAILS
from notifications.mail.returned import Answer, Other, Report, Tokens, Verdict
from notifications.mail.returning import MailboxError, OpenMailbox, ReturnMailbox
from store import absences, alarms, outbox, workers
from store.database import UNWRITABLE
from store.mail import returned
from store.mail.returned import Left
from store.outbox import REQUESTER, RING, Outgoing
from worker import retries
from workflow.model import Role

log = logging.getLogger(__name__)

EVERY, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=15)
#: When a mail that came back is tried again: soon, if that may show that its mailbox is gone.
SOON, LATER = timedelta(minutes=15), timedelta(hours=1)
#: After this time without reading, someone must look.
UNREAD_FOR = timedelta(hours=1)
#: A round without work writes nothing more often.
RECORDED_EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class Found:
    """A report in the mailbox, and the mails that it is about."""

    letter: str
    report: Report
    left: Sequence[Left]


@dataclass
class Returned:
    """Reads the mailbox once a minute: what machines write about our mails counts and is deleted.

    Everything else stays.
    """

    engines: Callable[[], Engine]
    clock: Callable[[], datetime]
    mailbox: ReturnMailbox
    tokens: Tokens
    next_at: datetime | None = None
    pause: timedelta = field(default=EVERY)

    def __call__(self) -> bool:
        """Read the mailbox if it is time. Return False: what is left waits a minute."""
        now = self.clock()
        if self.next_at is not None and now < self.next_at <= now + LONGEST_PAUSE:
            return False
        engine = self.engines()
        self.next_at = now + EVERY
        with workers.only_one(engine.store, "return-mailbox") as is_ours:
            if is_ours:
                self._try(engine, now)
        return False

    def _try(self, engine: Engine, now: datetime) -> None:
        last = returned.last_reading(engine.store.read())
        if last is None:
            _record(engine, now)
        try:
            self._read(engine, now)
        except MailboxError as error:
            log.warning("The mailbox behind BOUNCES_URL was not read: %s", error)
            self.pause = min(2 * self.pause, LONGEST_PAUSE)
            self.next_at = now + self.pause
            if last is not None and now - last >= UNREAD_FOR:
                with engine.store.write() as db:
                    alarms.sound(db, "return_mailbox", "", now)
            return
        self.pause = EVERY
        if last is not None and abs(now - last) >= RECORDED_EVERY:
            _record(engine, now)

    def _read(self, engine: Engine, now: datetime) -> None:
        with self.mailbox.opened() as box:
            found, answers, others = list[Found](), list[tuple[str, Answer]](), list[str]()
            for letter in box.letters((now - returned.OLDEST).date()):
                match mails.read(letter.raw, self.tokens):
                    case Report() as report:
                        left = returned.named(engine.store.read(), report.token)
                        found.append(Found(letter.id, report, left))
                    case Answer() as answer:
                        answers.append((letter.id, answer))
                    case Other():
                        others.append(letter.id)
                    case _:
                        box.leave(letter.id)
            self._handle(engine, box, found, now)
            for id, answer in answers:
                self._note(engine, answer, now)
                box.delete([id])  # Only now: what was not stored must be read again.
            box.delete(others)

    def _handle(
        self, engine: Engine, box: OpenMailbox, found: Sequence[Found], now: datetime
    ) -> None:
        """Mark all that came back before judging one: if everything does, it is the server."""
        ready = [one for one in found if not any(_is_leaving(left) for left in one.left)]
        marked = [one for one in ready if _is_done(_mark, engine, one, now)]
        judged = [one for one in marked if _is_done(_judge, engine, one, now)]
        if judged:
            log.info("%d reports on mails that left were read", len(judged))
            box.delete(one.letter for one in judged)

    def _note(self, engine: Engine, answer: Answer, now: datetime) -> None:
        """Keep that someone on the program's side answers automatically, and until when."""
        try:
            for left in returned.named(engine.store.read(), answer.token):
                _record_answer(engine, left.claimed.mail, answer, now)
        except UNWRITABLE:
            raise  # Nothing is wrong with the answer.
        except Exception as error:
            log.error("An automatic answer is passed over after an error: %s", where(error))


def _record_answer(engine: Engine, mail: Outgoing, answer: Answer, now: datetime) -> None:
    person = engine.program.person(mail.person)
    if mail.role in (REQUESTER, RING, Role.PARTNER) or person is None:
        return
    day = engine.program.today(min(answer.sent_at or now, now))
    until = day_in(answer.text, day)
    with engine.store.write() as db:
        for id in attendance.ids_of_person(engine.program, person):
            absences.record_answer(db, id, day, until)


def _record(engine: Engine, now: datetime) -> None:
    """Record that the mailbox is read, or should be from now on."""
    with engine.store.write() as db:
        returned.record_reading(db, now)


def _is_leaving(left: Left) -> bool:
    """Tell whether a mail came back before it was marked as sent: its report waits a minute."""
    return left.result == "sending"


def _is_done(
    work: Callable[[Engine, Report, Left, datetime], None],
    engine: Engine,
    found: Found,
    now: datetime,
) -> bool:
    """Do it for each mail that a report is about; one that fails keeps no other waiting."""
    try:
        for left in returned.named(engine.store.read(), found.report.token):
            work(engine, found.report, left, now)
    except Exception as error:
        log.error("A report on a mail waits after an error: %s", where(error))
        return False
    return True


def _mark(engine: Engine, report: Report, left: Left, now: datetime) -> None:
    if left.done_at is not None and now - left.done_at > returned.OLDEST:
        return
    mail = left.claimed.mail
    with engine.store.write() as db:
        if report.verdict is Verdict.DELAYED:
            returned.mark_delayed(db, left.claimed.id, now)
            return
        soon = report.verdict is Verdict.NO_MAILBOX
        came_back = returned.mark_returned(db, left, now + (SOON if soon else LATER))
        if came_back and EMAILS[mail.email].is_offer:
            upkeep.record_offer_returned(engine, db, mail, now)
        if came_back and validity.is_about_confirmation(mail):
            upkeep.record_not_asked(engine, db, mail, now)


def _judge(engine: Engine, report: Report, left: Left, now: datetime) -> None:
    """Give up a mail whose mailbox is gone, or that came back for a day, while others stay."""
    if left.result != outbox.RETURNED or left.returned_since is None:
        return
    mail, returned_since = left.claimed.mail, left.returned_since
    is_over = report.verdict is Verdict.NO_MAILBOX or now - returned_since >= retries.A_DAY
    stays = returned.has_another_stayed(engine.store.read(), mail.person, returned_since, now)
    if is_over and stays:
        log.warning("Mail %s came back and is given up: %s", left.claimed.id, report.status)
        loaded = validity.case_of(engine.casebook, mail)
        retries.give_up(engine, left.claimed, loaded, now)
        if mail.role == REQUESTER and report.verdict is not Verdict.NO_MAILBOX:
            # Only now, a day later: at once it would have told when someone asked.
            with engine.store.write() as db:
                alarms.sound(db, "returned", report.status, now)
        return
    log.warning("Mail %s came back and is sent again: %s", left.claimed.id, report.status)
    # Not at once about a requester: it would tell the admins when someone asked.
    if retries.tells_no_moment(engine.program, mail, now):
        is_refused = report.verdict is Verdict.NO_MAILBOX
        trouble = ("mailbox_refused", "") if is_refused else ("returned", report.status)
        with engine.store.write() as db:
            alarms.sound(db, *trouble, now)
