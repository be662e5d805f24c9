"""The outbox: mails to send. Each is sent at least once and queued only once per occasion."""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from lib.documents import Document
from store.database import Database, stamp, unstamp
from store.record.documents import UNREADABLE
from store.sealing import CannotOpen
from workflow.model import Role

log = logging.getLogger(__name__)

#: The reader and role of mails to the requester, who is on no list.
REQUESTER = "requester"
REVIEWER = "reviewer"
#: The mail that someone asked for themselves.
FRESH_LINK = "fresh_link"
#: The mails that anyone can ask for by an address.
ASKED_FOR = {FRESH_LINK, "your_page"}
#: The requester as the reader of a second address, which no one has confirmed yet.
SECOND_ADDRESS = "second address"
#: Whose mail did not get through, if other reviewers got theirs: to hear of it is no call.
ONE_REVIEWER = "one reviewer"
#: The role of the numbers and pagers that ring for an urgent case.
RING = "ring"
#: The version of mails that no decision caused; undoing a decision does not delete them.
NO_DECISION = 0
#: Results of a try after which a mail waits: the server takes none from us; it refused a mailbox.
RELAY_REFUSED, MAILBOX_REFUSED = "misconfigured", "mailbox refused"
#: The result of a mail that the server accepted and sent back later: it waits for another try.
RETURNED = "returned"
UNDELIVERABLE = "undeliverable"
#: The result of a mail that waits for the end of quiet hours, or for mails to combine with.
PUT_OFF = "put off"
#: The result of a mail that a restored installation holds back until it is released.
HELD = "held"
#: No try is planned for later, except by a wrong clock: then a mail that waits for it is due.
LATEST_TRY = timedelta(hours=2)
DUE = "next_at <= ?"
PLANNED_WRONG = (
    f"next_at > ? and result in ('later', 'error', '{RELAY_REFUSED}', '{MAILBOX_REFUSED}')"
)


@dataclass(frozen=True)
class Outgoing:
    """A mail to send: to whom, about what, and on which occasion."""

    #: The part of the occasion that no other column holds; only compared as a whole.
    cause: str
    message_id: str
    email: str
    person: str
    role: str
    case_id: int | None
    version: int
    #: The earliest moment to send it; the schedule of attempts counts from here.
    leaves_at: datetime
    offer: int | None = None
    event: str = ""
    subject: str = ""
    while_promise: str = ""
    while_offer: str = ""
    #: Only for reminders: kind and beginning of the promise, and the moment to remind of.
    promise: str = ""
    promise_began_at: datetime | None = None
    moment: datetime | None = None

    @property
    def occasion(self) -> str:
        """Return the unique key of the outbox: a reader gets one mail per occasion."""
        parts: tuple[object, ...] = ()
        if self.moment is not None and self.promise_began_at is not None:
            began, moment = self.promise_began_at.isoformat(), self.moment.isoformat()
            parts = (self.promise, self.subject, began, moment, self.email)
        elif self.version != NO_DECISION:
            parts = (self.version, self.email, self.subject)
        return "/".join(map(str, (self.cause, *parts, self.person)))


@dataclass(frozen=True)
class Claimed:
    """A mail that this worker is sending; `attempts` includes this one."""

    id: int
    attempts: int
    mail: Outgoing


@dataclass(frozen=True)
class Queued:
    """A mail in the outbox, sent or not."""

    id: int
    mail: Outgoing
    attempts: int
    is_waiting: bool
    result: str

    @property
    def is_dropped(self) -> bool:
        return self.result.startswith("dropped")


_mail = Document(Outgoing)
#: The sealed columns: a mail by its occasion, moments by its row.
DETAIL, DONE_AT = "outbox.detail", "outbox.done_at"
#: A mail as it is stored: its id, occasion, detail, attempts, whether it waits, and its result.
Row = tuple[int, str, str, int, int, str]


def add(db: Database, rows: Iterable[Outgoing]) -> int:
    """Queue mails, except those whose occasion is already in the outbox; return how many."""
    queued = 0
    for row in rows:
        occasion = _occasion(db, row.occasion)
        queued += db.execute(
            "insert into outbox (occasion, message, detail, case_id, version, leaves_at, next_at)"
            " values (:occasion, :message, :detail, :case_id, :version, :leaves_at, :leaves_at)"
            " on conflict (occasion) do nothing",
            {
                "occasion": occasion,
                "message": message_hash(db, row.message_id),
                "detail": db.seal.close(DETAIL, occasion, _mail.write(row)),
                "case_id": row.case_id,
                "version": row.version,
                "leaves_at": stamp(row.leaves_at),
            },
        ).rowcount
    return queued


def message_hash(db: Database, message_id: str) -> str:
    """Return the hash by which a mail is found that comes back under its Message-ID."""
    return db.hash("message", message_id)


def _occasion(db: Database, occasion: str) -> str:
    return db.hash("occasion", occasion)


def claim(db: Database, now: datetime, lease: timedelta, by: str) -> Claimed | None:
    """Claim the next due mail. The lease must outlast the longest possible attempt.

    `by` is the name of a `store.workers.Claimant`: if it dies, others need not wait for the lease.
    """
    while row := _next(db, DUE, now) or _next(db, PLANNED_WRONG, now + LATEST_TRY):
        found = _take(db, [row[0]], now + lease, by)
        if found:
            return found[0]
    return None


def claim_alike(
    db: Database,
    mail: Outgoing,
    emails: Sequence[str],
    event: str,
    now: datetime,
    lease: timedelta,
    by: str,
) -> list[Claimed]:
    """Claim what else of these `emails` waits for the reader of a mail, to leave with it.

    Only mails that no decision caused count, and those of an event that the clock caused. All that
    may leave now is opened to find them: whose mails wait would tell who is kept from a request.
    """
    # Includes mails that wait for another attempt: after an outage their times differ.
    free = (
        "next_at <= ? or (next_at is not null and leaves_at <= ?"
        " and result not in ('sending', 'held'))"
    )
    reader = (mail.person, mail.role, mail.case_id is None)
    ids = [
        one.id
        for one in _readable(db, free, stamp(now), stamp(now))
        if (one.mail.person, one.mail.role, one.mail.case_id is None) == reader
        and one.mail.email in emails
        and (one.mail.version == NO_DECISION or one.mail.event == event)
    ]
    return sorted(_take(db, ids, now + lease, by), key=lambda one: one.id)


def _take(db: Database, ids: list[int], until: datetime, by: str) -> list[Claimed]:
    """Claim these mails. One that cannot be read waits, and keeps no other from leaving."""
    rows = db.execute(
        "update outbox set next_at = ?, claimed_by = ?, attempts = attempts + 1,"
        " result = 'sending'"
        " where id in (select value from json_each(?)) returning id, attempts, occasion, detail",
        [stamp(until), by, json.dumps(ids)],
    ).fetchall()
    found = []
    for row_id, attempts, *sealed in rows:
        try:
            found.append(Claimed(row_id, attempts, opened(db, *sealed)))
        except UNREADABLE as error:
            log.error("Mail %s cannot be read and waits: %s", row_id, error)
            postpone(db, row_id, until, "error")
    return found


def of_case(db: Database, case_id: int) -> list[Queued]:
    """Return the mails about a case, sent or not, in the order in which they were queued.

    Those that cannot be read are left out: they must not keep the case from going on.
    """
    return list(_readable(db, "case_id = ? order by id", case_id))


def count_tried(db: Database, case_id: int) -> int:
    """Count the mails about a case that someone tried to send, also those that cannot be read."""
    row = db.execute(
        "select count(*) from outbox where case_id = ? and attempts > 0", [case_id]
    ).fetchone()
    return int(row[0])


def _readable(db: Database, condition: str, *values: object) -> Iterator[Queued]:
    """Yield the mails that can be read, where it does not matter that others are left out."""
    for row in _rows(db, condition, *values):
        with suppress(*UNREADABLE):
            yield _mail_of(db, row)


def _rows(db: Database, condition: str, *values: object) -> list[Row]:
    return db.execute(
        "select id, occasion, detail, attempts, next_at is not null, result"  # noqa: S608 - our words
        f" from outbox where {condition}",
        list(values),
    ).fetchall()


def _mail_of(db: Database, row: Row) -> Queued:
    row_id, occasion, detail, attempts, is_waiting, result = row
    return Queued(row_id, opened(db, occasion, detail), attempts, bool(is_waiting), result)


def opened(db: Database, occasion: str, detail: str) -> Outgoing:
    """Return a mail as it is stored, by its hashed occasion."""
    return _mail.read(db.seal.open(DETAIL, occasion, detail))


def finish(db: Database, row_id: int, at: datetime, result: str, left_as: str = "") -> None:
    """Mark a mail as done: sent, dropped because its occasion is over, or given up.

    One that left together with others names the one whose Message-ID they had.
    """
    db.execute(
        "update outbox set next_at = null, claimed_by = '', leaves_at = null,"
        " failing_since = null, passed_over = 0, done_on = ?, done_at = ?, result = ?, left_as = ?"
        " where id = ?",
        [
            f"{at:%Y-%m-%d}",
            db.seal.close(DONE_AT, row_id, stamp(at)),
            result,
            message_hash(db, left_as) if left_as else "",
            row_id,
        ],
    )


def sent_before(db: Database, claimed: Claimed) -> tuple[int, str]:
    """Return how often this e-mail about its case reached its reader before, and the first mail.

    The first mail that this reader got about the case, as its message id; "" when there is none.
    """
    mail = claimed.mail
    about = (mail.person, mail.role)
    which = "case_id = ? and id < ? and result = 'sent' order by id"
    before = [
        one.mail
        for one in _readable(db, which, mail.case_id, claimed.id)
        if (one.mail.person, one.mail.role) == about
    ]
    return sum(one.email == mail.email for one in before), before[0].message_id if before else ""


def drop_done(db: Database, before: date) -> None:
    """Delete mails about no case that were done before a day: those of a case go with it."""
    db.execute("delete from outbox where case_id is null and done_on < ?", [f"{before}"])


def is_due(db: Database, now: datetime) -> bool:
    return bool(_next(db, DUE, now) or _next(db, PLANNED_WRONG, now + LATEST_TRY))


def _next(db: Database, condition: str, at: datetime) -> tuple[int] | None:
    # Two queries: one with both conditions would sort all that is due.
    query = f"select id from outbox where {condition} order by next_at, id limit 1"  # noqa: S608
    found: tuple[int] | None = db.execute(query, [stamp(at)]).fetchone()
    return found


def postpone(db: Database, row_id: int, until: datetime, trouble: str) -> None:
    db.execute(
        "update outbox set next_at = ?, claimed_by = '', result = ?"
        " where id = ? and next_at is not null",
        [stamp(until), trouble, row_id],
    )


def let_go(db: Database, ids: Sequence[int], by: str, now: datetime) -> None:
    """Make due what a claimant has claimed and no longer works on."""
    db.execute(
        "update outbox set next_at = ?, claimed_by = '', result = 'later'"
        " where id in (select value from json_each(?)) and claimed_by = ? and next_at is not null",
        [stamp(now), json.dumps(ids), by],
    )


def put_off(db: Database, row_id: int, until: datetime) -> None:
    """Let a claimed mail wait until it may leave, without counting an attempt."""
    db.execute(
        "update outbox set next_at = ?, claimed_by = '', attempts = attempts - 1, result = ?"
        " where id = ?",
        [stamp(until), PUT_OFF, row_id],
    )


def part_from_case(db: Database, queued: Queued) -> None:
    """Let a mail leave although its case is forgotten; nothing in it leads back to the case."""
    mail = replace(
        queued.mail,
        cause=queued.mail.message_id,
        role="",
        case_id=None,
        version=NO_DECISION,
        offer=None,
        event="",
    )
    occasion = _occasion(db, mail.occasion)
    db.execute(
        "update outbox set occasion = ?, detail = ?, case_id = null, version = ? where id = ?",
        [occasion, db.seal.close(DETAIL, occasion, _mail.write(mail)), mail.version, queued.id],
    )


def waiting(db: Database) -> list[Queued]:
    """Return the mails that wait and can be read, also those that someone has claimed."""
    return list(_readable(db, "next_at is not null order by id"))


def has_left(db: Database, case_id: int, version: int) -> bool:
    """Tell whether an attempt was made to send one of a decision's mails."""
    row = db.execute(
        "select 1 from outbox where case_id = ? and version = ? and attempts > 0",
        [case_id, version],
    ).fetchone()
    return row is not None


def take_back(db: Database, case_id: int, version: int) -> None:
    """Delete those of a decision's mails that no one tried to send."""
    db.execute(
        "delete from outbox where case_id = ? and version = ? and attempts = 0",
        [case_id, version],
    )


def revive(db: Database, case_id: int, since: datetime, now: datetime) -> None:
    """Let mails leave after all that were dropped since a decision that is taken back.

    The sender drops them again if their occasion is over anyway.
    """
    for one in of_case(db, case_id):
        if one.is_dropped and _done_at(db, one.id) >= since:
            db.execute(
                "update outbox set next_at = :now, leaves_at = :now,"
                " done_on = null, done_at = null, result = '' where id = :id",
                {
                    "now": stamp(now),
                    "id": one.id,
                },
            )


def _done_at(db: Database, row_id: int) -> datetime:
    row = db.execute("select done_at from outbox where id = ?", [row_id]).fetchone()
    return unstamp(db.seal.open(DONE_AT, row_id, row[0]))


def replace_waiting(db: Database, mail: Outgoing) -> None:
    """Queue a mail, and delete an earlier one like it that still waits."""
    about = (mail.email, mail.person, mail.offer)
    for one in _readable(db, "case_id = ? and next_at is not null", mail.case_id):
        if (one.mail.email, one.mail.person, one.mail.offer) == about:
            db.execute("delete from outbox where id = ?", [one.id])
    add(db, [mail])


def drop_reminders(db: Database, case_id: int, email: str) -> None:
    """Delete waiting reminders: people who still need one are reminded anew."""
    for one in _readable(db, "case_id = ? and next_at is not null", case_id):
        if one.mail.email == email and one.mail.moment is not None:
            db.execute("delete from outbox where id = ?", [one.id])


def was_sent_since(db: Database, occasion: str, since: datetime) -> bool:
    row = db.execute(
        "select id, done_at from outbox where occasion = ? and result = 'sent'",
        [_occasion(db, occasion)],
    ).fetchone()
    return row is not None and unstamp(db.seal.open(DONE_AT, *row)) >= since


def is_waiting(db: Database, case_id: int) -> bool:
    """Tell whether a mail about this case still waits."""
    row = db.execute(
        "select 1 from outbox where case_id = ? and next_at is not null limit 1", [case_id]
    ).fetchone()
    return row is not None


def oldest_waiting(db: Database, now: datetime) -> datetime | None:
    """Return when the oldest overdue mail should have left; None if no mail is overdue.

    Mails that anyone can cause by an address do not count: they could tell by `/health`, while a
    mail server is down or a mailbox full, what we know of that address. Nor do those to people
    outside whom alone the server refuses: anyone can type such an address.
    """
    rows = db.execute(
        "select should_leave_at, passed_over, occasion, detail from (select case when result in"
        " (?, ?) then next_at else leaves_at end as should_leave_at, passed_over, occasion, detail"
        " from outbox where next_at is not null)"
        " as waiting"
        " where should_leave_at <= ? order by should_leave_at",
        [PUT_OFF, HELD, stamp(now)],
    )
    for at, is_passed_over, *sealed in rows:
        if _tells_of_the_server(db, *sealed, is_passed_over=bool(is_passed_over)):
            return unstamp(at)
    return None


def is_caused_by_anybody(mail: Outgoing) -> bool:
    """Tell whether someone outside can cause this mail by naming an address."""
    return mail.email in ASKED_FOR or mail.role == Role.INVITED


def is_for_our_people(mail: Outgoing) -> bool:
    """Tell whether a mail is to someone of the program, and not because anyone asked for it."""
    outside = (Role.REQUESTER, Role.PARTNER, RING)
    return mail.role not in outside and not is_caused_by_anybody(mail)


def _tells_of_the_server(db: Database, occasion: str, detail: str, *, is_passed_over: bool) -> bool:
    """Tell whether a late mail says that something is wrong here; also if no key opens it."""
    with suppress(CannotOpen):
        mail = opened(db, occasion, detail)
        return is_for_our_people(mail) if is_passed_over else not is_caused_by_anybody(mail)
    return True


def failed(db: Database, since: datetime) -> list[int | None]:
    """Return the case ids of mails given up since a moment; None for mails about no case.

    Those to invited people do not count: one more would tell that somebody was named or asked.
    """
    given_up = "result in ('undeliverable', 'given up') and done_on >= ?"
    return [
        one.mail.case_id
        for one in _readable(db, given_up, f"{since:%Y-%m-%d}")
        if one.mail.role != Role.INVITED and _done_at(db, one.id) >= since
    ]
