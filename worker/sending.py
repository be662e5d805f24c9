"""Send what the outbox holds: claim, write, hand over, mark; at least once, never lost."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from casebook import duplicates
from casebook.casebook import Loaded
from engine import upkeep
from engine.engine import Engine
from lib.faults import where
from notifications import letters, nudges, validity
from notifications.desk import Desk
from notifications.mail.compose import Composer, Message
from notifications.mail.mailer import (
    SEND_LIMIT,
    Mailer,
    MailError,
    MailMisconfigured,
    RecipientRefused,
)
from notifications.validity import NO_ADDRESS, OTHERS_REVIEW
from store import alarms, cases, outbox
from store.outbox import Claimed, Outgoing
from workflow.errors import StaleCase, TransitionNotAllowed
from workflow.model import Decision, Event, Role
from workflow.telling import MUST_BE_TOLD

log = logging.getLogger(__name__)

#: A mail that is being sent must not be claimed by anybody else.
LEASE = SEND_LIMIT + timedelta(minutes=5)
#: True also once the request goes on as another one.
GOES_ON = {"received", "fresh_link"}
#: After an outage of our own a mail is old, and has hardly been tried.
FEWEST_TRIES = 12
MARKING_TRIES, MARKING_PAUSE_SECONDS = 300, 1.0
#: How long a nudge waits at most until a round has asked for all of its nudges.
GATHERING, BRIEFLY = timedelta(minutes=1), timedelta(seconds=2)
SOON, OFTEN, HOURLY = timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1)
OFTEN_UNTIL, HOURLY_UNTIL = timedelta(hours=4), timedelta(hours=24)


def next_try(attempts: int, leaves_at: datetime, now: datetime) -> datetime | None:
    """Return when a mail is tried again; None when it is given up after a day."""
    if now - leaves_at >= HOURLY_UNTIL and attempts >= FEWEST_TRIES:
        return None
    if attempts <= 1:
        return now + SOON
    return now + (OFTEN if now - leaves_at < OFTEN_UNTIL else HOURLY)


@dataclass(frozen=True)
class Sender:
    """Sends one mail after the other over its own connection."""

    engines: Callable[[], Engine]
    composer: Composer
    desk: Desk
    mailer: Mailer
    clock: Callable[[], datetime]

    @property
    def engine(self) -> Engine:
        return self.engines()

    def send_next(self) -> bool:
        """Send the next mail; False when none is due."""
        store, now = self.engine.store, self.clock()
        if not outbox.is_due(store.read(), now):
            return False
        with store.write() as db:
            claimed = outbox.claim(db, now, LEASE)
            batch = self._batch(db, claimed, now) if claimed else []
        try:
            self._send_all(batch)
        except Exception as error:
            for one in batch:
                log.error("Mail %s waits after an error: %s", one.id, where(error))
                self._set_aside(one)
        return claimed is not None

    def _batch(self, db: Database, claimed: Claimed, now: datetime) -> list[Claimed]:
        """Return what leaves together: a mail alone, the nudges of one person, or nothing yet."""
        mail = claimed.mail
        if not nudges.is_nudge(mail):
            return [claimed]
        until = self._waits_until(db, mail, now)
        if until is not None:
            outbox.put_off(db, claimed.id, until)
            return []
        _, kinds = nudges.TOGETHER.get(mail.role, ("", ()))
        if mail.email not in kinds:
            return [claimed]
        return [claimed, *outbox.claim_alike(db, mail, kinds, Event.LAPSED, now, LEASE)]

    def _waits_until(self, db: Database, mail: Outgoing, now: datetime) -> datetime | None:
        """Nudges wait for the morning, and for others that a round is just about to ask for."""
        quiet = self.engine.program.quiet
        if quiet.covers(now):
            return quiet.end_after(now)
        is_round_going_on = now < mail.leaves_at + GATHERING and cases.has_due(db, now)
        return now + BRIEFLY if is_round_going_on else None

    def _send_all(self, batch: Sequence[Claimed]) -> None:
        if len(batch) == 1:
            self._send(batch[0])
            return
        standing = list[tuple[Claimed, Loaded]]()
        for claimed in batch:
            loaded = self._case_of(claimed.mail)
            address = letters.address_of(self.engine.casebook, claimed.mail, loaded)
            why_not = validity.why_not(
                self.engine.casebook, claimed.mail, loaded, address, self.clock()
            )
            if why_not or loaded is None:
                self._drop(claimed, loaded, why_not)
            else:
                standing.append((claimed, loaded))
        _, kinds = nudges.TOGETHER[batch[0].mail.role]
        standing.sort(key=lambda one: kinds.index(one[0].mail.email))
        told = dict[tuple[int, str], tuple[Claimed, Loaded]]()
        for claimed, loaded in standing:
            # What somebody must be told is a matter of its own; the rest is one: please act.
            matter = (loaded.stored.id, claimed.mail.subject)
            if told.setdefault(matter, (claimed, loaded))[0] is not claimed:
                self._finish(claimed, "dropped: another says it")
        if len(told) > 1:
            self._send_together(list(told.values()))
        elif told:
            [(claimed, _)] = told.values()
            self._send(claimed)

    def _send_together(self, standing: Sequence[tuple[Claimed, Loaded]]) -> None:
        """Send the nudges about several requests as one mail that says where things stand."""
        mails = [(claimed.mail, loaded.case) for claimed, loaded in standing]
        address = letters.address_of(self.engine.casebook, mails[0][0], standing[0][1])
        message = letters.write_together(
            self.engine.casebook, self.composer, self.desk, mails, self.clock()
        )
        self._hand_over(message, address, standing)

    def _send(self, claimed: Claimed) -> None:
        mail = claimed.mail
        loaded = self._case_of(mail)
        if loaded is not None and validity.asks_in_vain(
            self.engine.casebook, mail, loaded, self.clock()
        ):
            self._pass_on(loaded, mail, Event.SUPPORTER_GONE, self.clock())
            loaded = self._case_of(mail)
        address = letters.address_of(self.engine.casebook, mail, loaded)
        why_not = validity.why_not(self.engine.casebook, mail, loaded, address, self.clock())
        if why_not == NO_ADDRESS and mail.email in MUST_BE_TOLD:
            self._give_up(claimed, loaded)
            return
        if why_not:
            self._drop(claimed, loaded, why_not)
            return
        message = letters.write(
            self.engine.casebook, self.composer, self.desk, mail, loaded, self.clock()
        )
        self._hand_over(message, address, [(claimed, loaded)])

    def _hand_over(
        self, message: Message, address: str, batch: Sequence[tuple[Claimed, Loaded | None]]
    ) -> None:
        """Hand a mail to the mail server, and mark everything that left with it."""
        ids = ", ".join(str(claimed.id) for claimed, _ in batch)
        message_id = f"<{batch[0][0].mail.message_id}@{self.desk.mail_domain}>"
        try:
            self.mailer.send(message, to=address, message_id=message_id)
        except MailMisconfigured as error:
            log.error("Mail %s waits: %s", ids, error)
            for claimed, _ in batch:
                self._wait(claimed, self.clock() + OFTEN, "misconfigured")
        except RecipientRefused as error:
            log.warning("Mail %s is undeliverable: %s", ids, error)
            for claimed, loaded in batch:
                self._give_up(claimed, loaded)
        except MailError as error:
            log.warning("Mail %s later: %s", ids, error)
            for claimed, loaded in batch:
                self._postpone(claimed, loaded, "later")
        else:
            log.info("Mail %s sent: %s", ids, batch[0][0].mail.email)
            self._mark_sent(batch)

    def _case_of(self, mail: Outgoing) -> Loaded | None:
        if mail.case_id is None:
            return None
        stored = cases.get(self.engine.store.read(), mail.case_id)
        if stored and mail.role == Role.REQUESTER and mail.email in GOES_ON:
            # The address goes over to the older request, and so does all that can be said.
            reference = duplicates.goes_on_as(self.engine.casebook, stored.case.reference)
            stored = cases.find(self.engine.store.read(), reference)
        return self.engine.casebook.complete(stored) if stored else None

    def _mark_sent(self, batch: Sequence[tuple[Claimed, Loaded | None]]) -> None:
        """The mail is out: nothing but the death of this process may lead to a second copy."""
        for _ in range(MARKING_TRIES):
            try:
                return self._mark_once(batch)
            except Exception as error:
                ids = ", ".join(str(claimed.id) for claimed, _ in batch)
                log.error("Mail %s left, and cannot be marked: %s", ids, where(error))
                time.sleep(MARKING_PAUSE_SECONDS)

    def _mark_once(self, batch: Sequence[tuple[Claimed, Loaded | None]]) -> None:
        if len(batch) == 1:
            return self._finish(batch[0][0], "sent", batch[0][1])
        with self.engine.store.write() as db:
            for claimed, _ in batch:
                outbox.finish(db, claimed.id, self.clock(), "sent")

    def _drop(self, claimed: Claimed, loaded: Loaded | None, why_not: str) -> None:
        """Send nothing, or to those who review instead."""
        mail, now = claimed.mail, self.clock()
        with self.engine.store.write() as db:
            outbox.finish(db, claimed.id, now, f"dropped: {why_not}")
            if why_not == OTHERS_REVIEW and loaded is not None:
                outbox.add(db, validity.for_others(db, claimed.id, mail, loaded, now))

    def _finish(self, claimed: Claimed, result: str, loaded: Loaded | None = None) -> None:
        mail, now = claimed.mail, self.clock()
        while True:
            try:
                with self.engine.store.write() as db:
                    outbox.finish(db, claimed.id, now, result)
                    if loaded is not None and mail.email == "offer" and mail.offer is not None:
                        upkeep.record_offer_sent(self.engine, db, loaded.stored, mail.offer, now)
            except StaleCase:
                loaded = self._case_of(mail)
            else:
                return

    def _postpone(self, claimed: Claimed, loaded: Loaded | None, trouble: str) -> None:
        until = next_try(claimed.attempts, claimed.mail.leaves_at, self.clock())
        if until is None:
            self._give_up(claimed, loaded or self._case_of(claimed.mail))
        else:
            self._wait(claimed, until, trouble)

    def _set_aside(self, claimed: Claimed) -> None:
        """A mail that our own fault keeps back; its case may be what cannot be read."""
        until = next_try(claimed.attempts, claimed.mail.leaves_at, self.clock())
        if until is not None:
            self._wait(claimed, until, "error")
            return
        with self.engine.store.write() as db:
            outbox.finish(db, claimed.id, self.clock(), "given up")
            alarms.sound(db, "given_up", claimed.mail.email, self.clock())

    def _wait(self, claimed: Claimed, until: datetime, trouble: str) -> None:
        with self.engine.store.write() as db:
            outbox.postpone(db, claimed.id, until, trouble)

    def _give_up(self, claimed: Claimed, loaded: Loaded | None) -> None:
        """A human is told another way; an offer that nobody got goes to the next supporter."""
        mail, now = claimed.mail, self.clock()
        # First what follows, which may be done twice: a death in between leaves the mail due.
        if loaded is not None and mail.email == "offer":
            self._pass_on(loaded, mail, Event.OFFER_UNDELIVERABLE, now)
        elif loaded is not None and mail.email != "undeliverable":
            upkeep.handle_given_up_mail(self.engine, loaded.case.reference, mail, now)
        with self.engine.store.write() as db:
            outbox.finish(db, claimed.id, now, "undeliverable")
            if mail.role != Role.REQUESTER and mail.email != "admin_alarm":
                # An address that is the admins' to mend; a requester's is the reviewers' task.
                alarms.sound(db, "undeliverable", mail.person, now)

    def _pass_on(self, loaded: Loaded, mail: Outgoing, event: Event, now: datetime) -> None:
        decision = Decision(event, "", Role.CLOCK, offer=mail.offer)
        try:
            self.engine.decide(loaded.case.reference, decision, now)
        except TransitionNotAllowed:
            log.info("The offer of %s was over already", loaded.case.reference)
