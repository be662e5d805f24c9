"""Send what the outbox holds: claim, check, render, hand over, mark; at least once, never lost."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casebook.casebook import Loaded
from engine import upkeep
from engine.engine import Engine
from lib.faults import where
from notifications import rendering, validity
from notifications.desk import Desk
from notifications.mail.catalog import BY_PHONE, EMAILS, GATHERED
from notifications.mail.compose import Composer, Message
from notifications.mail.mailer import (
    SEND_LIMIT,
    Mailer,
    MailError,
    MailMisconfigured,
    RecipientRefused,
)
from notifications.validity import NO_ADDRESS, OTHERS_REVIEW
from store import cases, outbox
from store.outbox import Claimed, Outgoing
from worker import gathering, retries
from workflow.model import Event

log = logging.getLogger(__name__)

#: A mail that is being sent must not be claimed by anybody else.
LEASE = SEND_LIMIT + timedelta(minutes=5)
MARKING_TRIES, MARKING_PAUSE_SECONDS = 300, 1.0


@dataclass(frozen=True)
class Ready:
    """A claimed mail that may leave: the case that it is about, if any, and where it goes."""

    claimed: Claimed
    loaded: Loaded | None
    address: str

    @property
    def mail(self) -> Outgoing:
        return self.claimed.mail


@dataclass(frozen=True)
class Sender:
    """Sends one mail after the other over its own connection, each with one engine."""

    engines: Callable[[], Engine]
    composer: Composer
    desk: Desk
    mailer: Mailer
    clock: Callable[[], datetime]

    def send_next(self) -> bool:
        """Send the next mail with what leaves together with it; False when none is due."""
        engine, now = self.engines(), self.clock()
        if not outbox.is_due(engine.store.read(), now):
            return False
        claimed = gathering.claim(engine, now, LEASE)
        try:
            self._send(engine, claimed or [])
        except Exception as error:
            for one in claimed or []:
                log.error("Mail %s waits after an error: %s", one.id, where(error))
                retries.set_aside(engine.store, one, self.clock())
        return claimed is not None

    def _send(self, engine: Engine, claimed: Sequence[Claimed]) -> None:
        """Send as one mail what is still valid and says something of its own."""
        ready = [one for each in claimed if (one := self._check(engine, each)) is not None]
        leaving = _one_for_each_matter(ready)
        for one in ready:
            if one not in leaving:
                self._drop(engine, one.claimed, one.loaded, "another says it")
        if leaving:
            error = self._hand_over(engine, leaving)
            self._mark(engine, leaving, error)

    def _check(self, engine: Engine, claimed: Claimed) -> Ready | None:
        """Return a mail if it still has a reason and a reader; one that has not is done with."""
        mail, casebook, now = claimed.mail, engine.casebook, self.clock()
        loaded = validity.case_of(casebook, mail)
        if loaded is not None and validity.asks_in_vain(casebook, mail, loaded, now):
            retries.end_offer(engine, loaded, mail, Event.SUPPORTER_GONE, now)
            loaded = validity.case_of(casebook, mail)
        address = rendering.address_of(casebook, mail, loaded)
        why_not = validity.why_not(casebook, mail, loaded, address, now)
        if not why_not:
            return Ready(claimed, loaded, address)
        if why_not == NO_ADDRESS and mail.email in BY_PHONE:
            retries.give_up(engine, claimed, loaded, now)
        else:
            self._drop(engine, claimed, loaded, why_not)
        return None

    def _render(self, engine: Engine, leaving: Sequence[Ready]) -> Message:
        mails = [(one.mail, one.loaded) for one in leaving]
        return rendering.render(engine.casebook, self.composer, self.desk, mails, self.clock())

    def _hand_over(self, engine: Engine, leaving: Sequence[Ready]) -> MailError | None:
        """Hand a mail to the mail server; return what it had against it."""
        first = leaving[0]
        message_id = f"<{first.mail.message_id}@{self.desk.mail_domain}>"
        try:
            # Connect first: while the server is down, all that waits is tried many times.
            self.mailer.connect()
            message = self._render(engine, leaving)
            self.mailer.send(message, to=first.address, message_id=message_id)
        except MailError as error:
            return error
        return None

    def _mark(self, engine: Engine, leaving: Sequence[Ready], error: MailError | None) -> None:
        """Mark everything that left as this mail, or that could not."""
        ids, now = _ids(leaving), self.clock()
        match error:
            case None:
                log.info("Mail %s sent: %s", ids, leaving[0].mail.email)
                self._mark_sent(engine, leaving)
            case MailMisconfigured():
                log.error("Mail %s waits: %s", ids, error)
                for one in leaving:
                    retries.wait(engine.store, one.claimed, now + retries.OFTEN, "misconfigured")
            case RecipientRefused():
                log.warning("Mail %s is undeliverable: %s", ids, error)
                for one in leaving:
                    retries.give_up(engine, one.claimed, one.loaded, now)
            case _:
                log.warning("Mail %s later: %s", ids, error)
                for one in leaving:
                    retries.try_later(engine, one.claimed, one.loaded, now)

    def _mark_sent(self, engine: Engine, sent: Sequence[Ready]) -> None:
        """The mail is out: nothing but the death of this process may lead to a second copy."""
        for _ in range(MARKING_TRIES):
            try:
                return _mark_once(engine, sent, self.clock())
            except Exception as error:
                log.error("Mail %s left, and cannot be marked: %s", _ids(sent), where(error))
                time.sleep(MARKING_PAUSE_SECONDS)

    def _drop(self, engine: Engine, claimed: Claimed, loaded: Loaded | None, why_not: str) -> None:
        """Send nothing, or to those who review instead."""
        now = self.clock()
        with engine.store.write() as db:
            outbox.finish(db, claimed.id, now, f"dropped: {why_not}")
            if why_not == OTHERS_REVIEW and loaded is not None:
                outbox.add(db, validity.for_others(db, claimed.id, claimed.mail, loaded, now))


def _one_for_each_matter(ready: Sequence[Ready]) -> list[Ready]:
    """Return the most pressing reminder about each case: the others say the same, please act.

    What somebody must be told is a matter of its own.
    """
    matters = dict[tuple[int | None, str], Ready]()
    for one in sorted(ready, key=_place):
        matters.setdefault((one.mail.case_id, one.mail.subject), one)
    return list(matters.values())


def _mark_once(engine: Engine, sent: Sequence[Ready], now: datetime) -> None:
    """Mark all in one transaction; the promise of an offer begins with it."""
    with engine.store.write() as db:
        for one in sent:
            outbox.finish(db, one.claimed.id, now, "sent")
            if not EMAILS[one.mail.email].is_offer or one.mail.case_id is None:
                continue
            # Read anew: somebody may have moved the case while the mail was on its way.
            stored = cases.get(db, one.mail.case_id)
            if stored is not None and one.mail.offer is not None:
                upkeep.record_offer_sent(engine, db, stored, one.mail.offer, now)


def _ids(mails: Sequence[Ready]) -> str:
    return ", ".join(str(one.claimed.id) for one in mails)


def _place(one: Ready) -> int:
    return GATHERED[one.mail.email].place if one.mail.email in GATHERED else 0
