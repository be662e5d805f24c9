"""Send the mails in the outbox: claim, check, render, hand over, mark. None is ever lost."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from casebook.casebook import Loaded
from engine import upkeep
from engine.engine import Engine
from lib.faults import where
from notifications import rendering, validity
from notifications.mail.catalog import BY_PHONE, EMAILS, GATHERED
from notifications.mail.compose import Composer, Message
from notifications.mail.mailer import SEND_LIMIT, Mailer
from notifications.mail.microsoft import GraphMailer
from notifications.mail.properties import Leads
from notifications.mail.refusals import (
    MailError,
    NoAddress,
    RecipientRefused,
    RelayRefused,
)
from notifications.service_address import ServiceAddress
from notifications.validity import NO_ADDRESS, OTHERS_REVIEW
from store import cases, outbox
from store.access import links
from store.database import UNWRITABLE
from store.mail import server as mail_server
from store.outbox import REQUESTER, RING, Claimed, Outgoing
from store.record.documents import UNREADABLE
from store.workers import Claimant
from worker import gathering, holding, retries
from workflow.model import Event, Role

log = logging.getLogger(__name__)

#: How long a mail stays claimed; longer than any attempt to send it.
LEASE = SEND_LIMIT + timedelta(minutes=5)
MARKING_TRIES, MARKING_PAUSE_SECONDS = 300, 1.0


@dataclass(frozen=True)
class Ready:
    """A claimed mail that is still valid, with its case, if any, and its address."""

    claimed: Claimed
    loaded: Loaded | None
    address: str

    @property
    def mail(self) -> Outgoing:
        return self.claimed.mail


@dataclass(frozen=True)
class Sender:
    """Sends mails one after the other over its own connection, each with a new engine."""

    engines: Callable[[], Engine]
    composer: Composer
    service: ServiceAddress
    mailer: Mailer | GraphMailer
    clock: Callable[[], datetime]
    claimant: Claimant
    #: Someone reads the mailbox in which automatic answers arrive.
    hears_answers: bool = False
    #: What an earlier round had claimed and could not finish.
    left: list[int] = field(default_factory=list)

    def send_next(self) -> bool:
        """Send the next mail and those that leave with it; False when none is due."""
        engine, now = self.engines(), self.clock()
        if self.left:
            name = self.claimant.name
            with engine.store.write() as db:
                outbox.let_go(db, self.left, name, now)
            self.left.clear()
        if not outbox.is_due(engine.store.read(), now):
            return False
        claimed = gathering.claim(engine, now, LEASE, self.claimant.name)
        self.left[:] = [one.id for one in claimed or []]
        try:
            self._send(engine, claimed or [])
        except UNWRITABLE:
            raise  # Nothing is wrong with the mail.
        except Exception as error:
            for one in claimed or []:
                self._set_aside(engine, one, error)
        self.left.clear()
        return claimed is not None

    def _send(self, engine: Engine, claimed: Sequence[Claimed]) -> None:
        """Send claimed mails as one, without invalid and redundant ones."""
        ready = [one for each in claimed if (one := self._checked(engine, each)) is not None]
        leaving = _most_pressing(ready)
        for one in ready:
            if one not in leaving:
                self._drop(engine, one.claimed, one.loaded, "said in one mail")
        if leaving := self._writable(engine, leaving):
            error = self._hand_over(engine, leaving)
            self._mark(engine, leaving, error)

    def _writable(self, engine: Engine, leaving: list[Ready]) -> list[Ready]:
        """Return what can be written; of several that leave together the others wait by themselves.

        Only rendering shows it, and one mail alone is rendered anyway when it leaves.
        """
        if len(leaving) == 1:
            return leaving
        return [one for one in leaving if self._can_be_written(engine, one)]

    def _can_be_written(self, engine: Engine, one: Ready) -> bool:
        try:
            mails = [(one.claimed, one.loaded)]
            rendering.render(engine.casebook, self.composer, self.service, mails, self.clock())
        except UNWRITABLE:
            raise
        except Exception as error:
            self._set_aside(engine, one.claimed, error)
            return False
        return True

    def _checked(self, engine: Engine, claimed: Claimed) -> Ready | None:
        """Check a mail; one that cannot be, because its case is damaged, waits by itself."""
        try:
            return self._check(engine, claimed)
        except UNWRITABLE:
            raise
        except Exception as error:
            self._set_aside(engine, claimed, error)
            return None

    def _set_aside(self, engine: Engine, claimed: Claimed, error: Exception) -> None:
        log.error("Mail %s waits after an error: %s", claimed.id, where(error))
        retries.set_aside(engine.store, claimed, self.clock())

    def _check(self, engine: Engine, claimed: Claimed) -> Ready | None:
        """Return a mail if it may leave; otherwise hold it back, drop it or give it up."""
        mail, casebook, now = claimed.mail, engine.casebook, self.clock()
        loaded = validity.case_of(casebook, mail)
        if loaded is not None and validity.is_offer_to_unavailable(casebook, mail, loaded, now):
            retries.end_offer(engine, loaded, mail, Event.SUPPORTER_GONE, now)
            loaded = validity.case_of(casebook, mail)
        address = rendering.address_of(casebook, mail, loaded)
        reason = validity.reason_not_to_send(casebook, mail, loaded, address, now)
        if not reason and validity.waits_for_answer(mail, loaded):
            retries.wait_for_answer(engine.store, claimed, now)
            return None
        if not reason and holding.holds_back(engine, claimed, loaded):
            return None
        if not reason:
            return Ready(claimed, loaded, address)
        if reason == NO_ADDRESS and mail.email in BY_PHONE:
            retries.give_up(engine, claimed, loaded, now)
        else:
            self._drop(engine, claimed, loaded, reason)
        return None

    def _render(self, engine: Engine, leaving: Sequence[Ready]) -> Message:
        """Render a mail, and store what its links grant: they open as soon as it is there."""
        mails, now = [(one.claimed, one.loaded) for one in leaving], self.clock()
        rendered = rendering.render(engine.casebook, self.composer, self.service, mails, now)
        if rendered.links:
            with engine.store.write() as db:
                for token, link in rendered.links.items():
                    links.keep(db, token, link)
        return rendered.message

    def _hand_over(self, engine: Engine, leaving: Sequence[Ready]) -> MailError | None:
        """Hand a mail to the mail server; return the error, if any."""
        first = leaving[0]
        message_id = f"<{first.mail.message_id}@{self.service.mail_domain}>"
        try:
            # Connect first: while the server is down, all that waits is tried many times.
            self.mailer.connect()
            message = self._render(engine, leaving)
            may_answer = self.hears_answers and first.mail.role not in (
                REQUESTER,
                RING,
                Role.INVITED,
            )
            self.mailer.send(
                message, to=first.address, message_id=message_id, may_be_answered=may_answer
            )
        except MailError as error:
            return error
        return None

    def _mark(self, engine: Engine, leaving: Sequence[Ready], error: MailError | None) -> None:
        """Mark the claimed mails as sent, waiting or given up."""
        ids, now = _ids(leaving), self.clock()
        if error is None:
            self._mark_sent(engine, leaving)
            return
        engine = self.engines()  # The server may have taken minutes to refuse it.
        match error:
            case RelayRefused():
                log.error("Mail %s waits: %s", ids, error)
                for one in leaving:
                    retries.wait_for_server(engine, one.claimed, one.loaded, now)
            case NoAddress():
                log.warning("Mail %s is undeliverable: %s", ids, error)
                for one in leaving:
                    retries.give_up(engine, one.claimed, one.loaded, now)
            case RecipientRefused():
                log.warning("Mail %s is refused: %s", ids, error)
                for one in leaving:
                    retries.mailbox_refused(engine, one.claimed, one.loaded, now)
            case _:
                log.warning("Mail %s later: %s", ids, error)
                for one in leaving:
                    retries.try_later(engine, one.claimed, one.loaded, error, now)

    def _mark_sent(self, engine: Engine, sent: Sequence[Ready]) -> None:
        """Mark mails as sent, and try until it works: otherwise a second copy would be sent."""
        for _ in range(MARKING_TRIES):
            try:
                return _mark_once(engine, sent, self.clock())
            except Exception as error:
                log.error("Mail %s left, and cannot be marked: %s", _ids(sent), where(error))
                time.sleep(MARKING_PAUSE_SECONDS)

    def _drop(self, engine: Engine, claimed: Claimed, loaded: Loaded | None, reason: str) -> None:
        """Drop a mail; if others review the case now, queue it for them."""
        now = self.clock()
        with engine.store.write() as db:
            outbox.finish(db, claimed.id, now, f"dropped: {reason}")
            if reason == OTHERS_REVIEW and loaded is not None:
                outbox.add(
                    db, validity.for_current_reviewers(db, claimed.id, claimed.mail, loaded, now)
                )


def _most_pressing(ready: Sequence[Ready]) -> list[Ready]:
    """Return the most pressing reminder of each case; the others would only repeat it.

    Different news to tell by phone count separately.
    """
    first = dict[tuple[int | None, str], Ready]()
    for one in sorted(ready, key=_place):
        first.setdefault((one.mail.case_id, one.mail.subject), one)
    return list(first.values())


def _mark_once(engine: Engine, sent: Sequence[Ready], now: datetime) -> None:
    """Mark all mails as sent in one transaction, and begin the promises of offers."""
    with engine.store.write() as db:
        first, *others = sent
        # Anyone can ask for some mails, and must not see by others that one has left.
        if not outbox.is_caused_by_anybody(first.mail):
            mail_server.record_accepted(db, now)
        for one in sent:
            left_as = first.mail.message_id if others else ""
            outbox.finish(db, one.claimed.id, now, "sent", left_as)
            email = EMAILS[one.mail.email]
            begins = email.is_offer or email.leads is Leads.CONFIRMATION
            if not begins or one.mail.case_id is None:
                continue
            # A damaged case must not keep a mail that has left from being marked.
            with suppress(*UNREADABLE):
                # Read again: the case may have changed while the mail was being sent.
                stored = cases.get(db, one.mail.case_id)
                if stored is None or one.mail.offer is None:
                    continue
                if email.leads is Leads.CONFIRMATION:
                    upkeep.record_asked(engine, db, stored, one.mail.offer, now)
                else:
                    upkeep.record_offer_sent(engine, db, stored, one.mail.offer, now)


def _ids(mails: Sequence[Ready]) -> str:
    return ", ".join(str(one.claimed.id) for one in mails)


def _place(one: Ready) -> int:
    return GATHERED[one.mail.email].place if one.mail.email in GATHERED else 0
