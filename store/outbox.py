"""The outbox: mails to send. Each is sent at least once and queued only once per occasion."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from store.database import stamp, unstamp

#: The reader and role of mails to the requester, who is on no list.
REQUESTER = "requester"
#: The role of the numbers and pagers that are told of an urgent case.
RING = "ring"
#: The version of mails that no decision caused; undoing a decision does not delete them.
NO_DECISION = 0
#: Results of a try after which a mail waits: the server takes none from us; it refused a mailbox.
RELAY_REFUSED, MAILBOX_REFUSED = "misconfigured", "mailbox refused"
#: The result of a mail that the server accepted and sent back later: it waits for another try.
RETURNED = "returned"
#: The result of a mail that waits for the end of quiet hours, or for mails to combine with.
PUT_OFF = "put off"


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


#: The columns of a mail, named like the fields.
COLUMNS = tuple(field.name for field in fields(Outgoing))
#: Stored to the microsecond, unlike other moments: a promise is identified by its beginning.
EXACT = ("promise_began_at", "moment")


def add(db: Database, rows: Iterable[Outgoing]) -> int:
    """Queue mails, except those whose occasion is already in the outbox; return how many."""
    queued = 0
    for row in rows:
        queued += db.conn.execute(
            f"insert into outbox (occasion, next_at, {', '.join(COLUMNS)})"  # noqa: S608 - our words
            f" values (:occasion, :leaves_at, {', '.join(f':{name}' for name in COLUMNS)})"
            " on conflict (occasion) do nothing",
            _written(row),
        ).rowcount
    return queued


def claim(db: Database, now: datetime, lease: timedelta, by: str) -> Claimed | None:
    """Claim the next due mail. The lease must outlast the longest possible attempt.

    `by` is the name of a `store.workers.Claimant`: if it dies, others need not wait for the lease.
    """
    found = _take(
        db,
        "select id from outbox where next_at <= ? order by next_at, id limit 1",
        [stamp(now)],
        now + lease,
        by,
    )
    return found[0] if found else None


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

    Only mails that no decision caused count, and those of an event that the clock caused.
    """
    one_of = f"email in ({', '.join('?' * len(emails))}) and (version = 0 or event = ?)"
    # Includes mails that wait for another attempt: after an outage their times differ.
    free = "next_at <= ? or (next_at is not null and leaves_at <= ? and result <> 'sending')"
    which = f"select id from outbox where ({free}) and person = ? and role = ? and {one_of}"  # noqa: S608 - our words
    values: list[object] = [stamp(now), stamp(now), mail.person, mail.role, *emails, event]
    return sorted(_take(db, which, values, now + lease, by), key=lambda one: one.id)


def _take(
    db: Database, which: str, values: list[object], until: datetime, by: str
) -> list[Claimed]:
    rows = db.execute(
        "update outbox set next_at = ?, claimed_by = ?, attempts = attempts + 1,"  # noqa: S608 - our words
        " result = 'sending'"
        f" where id in ({which}) returning id, attempts, {', '.join(COLUMNS)}",
        [stamp(until), by, *values],
    ).fetchall()
    return [Claimed(row[0], row[1], read_mail(row[2:])) for row in rows]


def _written(mail: Outgoing) -> dict[str, object]:
    moments = {name: getattr(mail, name) for name in EXACT}
    exact = {name: at.isoformat() for name, at in moments.items() if at is not None}
    return asdict(mail) | exact | {"occasion": mail.occasion, "leaves_at": stamp(mail.leaves_at)}


def read_mail(row: tuple[Any, ...]) -> Outgoing:
    values = dict(zip(COLUMNS, row, strict=True))
    exact = {name: datetime.fromisoformat(values[name]) for name in EXACT if values[name]}
    return Outgoing(**values | exact | {"leaves_at": unstamp(values["leaves_at"])})


def finish(db: Database, row_id: int, at: datetime, result: str, left_as: str = "") -> None:
    """Mark a mail as done: sent, dropped because its occasion is over, or given up.

    One that left together with others names the one whose Message-ID they had.
    """
    db.execute(
        "update outbox set next_at = null, claimed_by = '', done_at = ?, result = ?, left_as = ?"
        " where id = ?",
        [stamp(at), result, left_as, row_id],
    )


def sent_before(db: Database, claimed: Claimed) -> tuple[int, str]:
    """Return how often this e-mail about its case reached its reader before, and the first mail.

    The first mail that this reader got about the case, as its message id; "" when there is none.
    """
    mail = claimed.mail
    row = db.execute(
        "select count(*) filter (where email = ?), min(id) from outbox"
        " where case_id = ? and person = ? and role = ? and id < ? and result = 'sent'",
        [mail.email, mail.case_id, mail.person, mail.role, claimed.id],
    ).fetchone()
    first = db.execute("select message_id from outbox where id = ?", [row[1]]).fetchone()
    return row[0], first[0] if first else ""


def is_due(db: Database, now: datetime) -> bool:
    row = db.execute("select 1 from outbox where next_at <= ? limit 1", [stamp(now)]).fetchone()
    return row is not None


def postpone(db: Database, row_id: int, until: datetime, trouble: str) -> None:
    db.execute(
        "update outbox set next_at = ?, claimed_by = '', result = ?"
        " where id = ? and next_at is not null",
        [stamp(until), trouble, row_id],
    )


def put_off(db: Database, row_id: int, until: datetime) -> None:
    """Let a claimed mail wait until it may leave, without counting an attempt."""
    db.execute(
        "update outbox set next_at = ?, claimed_by = '', attempts = attempts - 1, result = ?"
        " where id = ?",
        [stamp(until), PUT_OFF, row_id],
    )


def take_back(db: Database, case_id: int, version: int) -> bool:
    """Delete a decision's mails; False, and nothing deleted, when one was already claimed."""
    claimed = db.execute(
        "select count(*) from outbox where case_id = ? and version = ? and attempts > 0",
        [case_id, version],
    ).fetchone()[0]
    if claimed:
        return False
    db.execute("delete from outbox where case_id = ? and version = ?", [case_id, version])
    return True


def replace_waiting(db: Database, mail: Outgoing) -> None:
    """Queue a mail, and delete an earlier one like it that still waits."""
    db.execute(
        "delete from outbox where case_id = ? and email = ? and person = ? and offer = ?"
        " and next_at is not null",
        [mail.case_id, mail.email, mail.person, mail.offer],
    )
    add(db, [mail])


def ever_mailed(db: Database, case_id: int, role: str) -> list[str]:
    """Return who was ever mailed about a case in this role."""
    rows = db.execute(
        "select distinct person from outbox where case_id = ? and role = ? and attempts > 0",
        [case_id, role],
    ).fetchall()
    return [row[0] for row in rows]


def addressed(db: Database, case_id: int, role: str, since: datetime | None = None) -> set[str]:
    """Return the readers of mails about a case in this role, ever or since a moment.

    The mails were sent or wait; dropped ones do not count.
    """
    rows = db.execute(
        "select distinct person from outbox where case_id = ? and role = ? and leaves_at >= ?"
        " and result not like 'dropped%'",
        [case_id, role, stamp(since) if since else ""],
    ).fetchall()
    return {row[0] for row in rows}


def addressed_after(db: Database, row_id: int, case_id: int, role: str) -> set[str]:
    """Return the readers, in this role, of mails about a case that were queued after a mail."""
    rows = db.execute(
        "select distinct person from outbox where case_id = ? and role = ? and id > ?"
        " and result not like 'dropped%'",
        [case_id, role, row_id],
    ).fetchall()
    return {row[0] for row in rows}


def readers(db: Database, case_id: int, email: str, subject: str) -> list[str]:
    """Return the readers of one mail about a case."""
    rows = db.execute(
        "select person from outbox where case_id = ? and email = ? and subject = ? order by id",
        [case_id, email, subject],
    ).fetchall()
    return [row[0] for row in rows]


def mailed_since(db: Database, case_id: int, email: str, since: datetime) -> set[str]:
    """Return the readers of one mail about a case that left, or leaves, since a moment."""
    rows = db.execute(
        "select distinct person from outbox where case_id = ? and email = ? and leaves_at >= ?",
        [case_id, email, stamp(since)],
    ).fetchall()
    return {row[0] for row in rows}


def was_sent_since(db: Database, occasion: str, since: datetime) -> bool:
    row = db.execute(
        "select 1 from outbox where occasion = ? and result = 'sent' and done_at >= ?",
        [occasion, stamp(since)],
    ).fetchone()
    return row is not None


def was_anybody_mailed(db: Database, case_id: int, except_role: str) -> bool:
    """Tell whether an attempt was made to mail anybody about a case, except in one role."""
    row = db.execute(
        "select count(*) from outbox where case_id = ? and role <> ? and attempts > 0",
        [case_id, except_role],
    ).fetchone()
    return bool(row[0])


def is_waiting(db: Database, case_id: int) -> bool:
    """Tell whether a mail about this case still waits."""
    row = db.execute(
        "select 1 from outbox where case_id = ? and next_at is not null limit 1", [case_id]
    ).fetchone()
    return row is not None


def oldest_waiting(db: Database, now: datetime) -> datetime | None:
    """Return when the oldest overdue mail should have left; None if no mail is overdue."""
    row = db.execute(
        "select min(should_leave_at) from (select iif(result = ?, next_at, leaves_at)"
        " as should_leave_at from outbox where next_at is not null) where should_leave_at <= ?",
        [PUT_OFF, stamp(now)],
    ).fetchone()
    return unstamp(row[0]) if row[0] else None


def failed(db: Database, since: datetime) -> list[int | None]:
    """Return the case ids of mails given up since a moment; None for mails about no case."""
    rows = db.execute(
        "select case_id from outbox where result in ('undeliverable', 'given up') and done_at >= ?",
        [stamp(since)],
    ).fetchall()
    return [row[0] for row in rows]


def record_accepted(db: Database, at: datetime) -> None:
    """Record that the mail server accepted a mail: what waited for it is due at once."""
    db.execute(
        "insert into mail_server (id, accepted_at) values (1, ?)"
        " on conflict (id) do update set accepted_at = max(accepted_at, excluded.accepted_at)",
        [stamp(at)],
    )
    db.execute(
        "update outbox set next_at = ? where next_at > ? and result = ?",
        [stamp(at), stamp(at), RELAY_REFUSED],
    )


def last_accepted(db: Database) -> datetime | None:
    """Return when the mail server last accepted a mail."""
    row = db.execute("select accepted_at from mail_server").fetchone()
    return unstamp(row[0]) if row else None


def record_failure(db: Database, row_id: int, at: datetime) -> datetime | None:
    """Return since when this mail fails while the server accepts others; None if it accepts none.

    The first failure begins it, and every one begins it anew until another mail was accepted.
    """
    row = db.execute(
        "select failing_since from outbox where id = ? and failing_since <="
        " (select accepted_at from mail_server)",
        [row_id],
    ).fetchone()
    if row is not None:
        return unstamp(row[0])
    db.execute("update outbox set failing_since = ? where id = ?", [stamp(at), row_id])
    return None


def is_server_refusing(db: Database) -> bool:
    """Tell whether mails wait because the mail server takes none from us.

    It says so itself, or it refuses different mailboxes and has accepted nobody since.
    """
    row = db.execute(
        "select count(*) filter (where result = ?),"
        " count(distinct person) filter (where result = ? and failing_since >"
        " coalesce((select accepted_at from mail_server), ''))"
        " from outbox where next_at is not null",
        [RELAY_REFUSED, MAILBOX_REFUSED],
    ).fetchone()
    relay_refused, mailboxes_refused = row
    return bool(relay_refused or mailboxes_refused > 1)
