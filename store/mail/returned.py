"""Mails that came back, or were delayed, after the mail server had accepted them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from store.database import stamp, unstamp
from store.outbox import COLUMNS, RETURNED, Claimed, read_mail

#: How long servers try to deliver a mail, and some days more. Older reports mean nothing.
OLDEST = timedelta(days=10)
#: After this time servers have delivered a delayed mail, or sent it back.
LONGEST_DELAY = timedelta(days=5)
#: A mail that has not come back after this time has stayed.
STAYS_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Left:
    """A mail that left, and what became of it since."""

    claimed: Claimed
    result: str
    done_at: datetime | None
    #: When it left for the first time, if it came back since.
    returned_since: datetime | None


def named(db: Database, token: str) -> list[Left]:
    """Return the mails that left under a Message-ID: several reminders may leave as one."""
    rows = db.execute(
        "select id, attempts, result, done_at, returned_since, "  # noqa: S608 - our words
        f"{', '.join(COLUMNS)} from outbox where id in (select id from outbox where message_id = ?"
        " union select id from outbox where left_as = ?)",
        [token, token],
    ).fetchall()
    return [
        Left(
            Claimed(row[0], row[1], read_mail(row[5:])),
            row[2],
            unstamp(row[3]) if row[3] else None,
            unstamp(row[4]) if row[4] else None,
        )
        for row in rows
    ]


def mark_returned(db: Database, row_id: int, until: datetime) -> bool:
    """Let a mail that left wait for another try; False if it had not left, or came back before."""
    cursor = db.execute(
        "update outbox set result = ?, next_at = ?, returned_since = coalesce(returned_since,"
        " done_at), done_at = null, delayed_at = null where id = ? and result = 'sent'",
        [RETURNED, stamp(until), row_id],
    )
    return bool(cursor.rowcount)


def mark_delayed(db: Database, row_id: int, at: datetime) -> None:
    db.execute(
        "update outbox set delayed_at = ? where id = ? and result = 'sent' and delayed_at is null",
        [stamp(at), row_id],
    )


def has_another_stayed(db: Database, person: str, since: datetime, now: datetime) -> bool:
    """Tell whether a mail to somebody else left since a moment and did not come back."""
    row = db.execute(
        "select 1 from outbox where result = 'sent' and done_at >= ? and done_at <= ?"
        " and person <> ? limit 1",
        [stamp(since), stamp(now - STAYS_AFTER), person],
    ).fetchone()
    return row is not None


def is_everything_returned(db: Database, now: datetime) -> bool:
    """Tell whether mails to different people come back, and no mail since has stayed.

    One that was just sent again comes back a moment later, so it counts until it has stayed.
    """
    recently = stamp(now - STAYS_AFTER)
    rows = db.execute(
        "select person, returned_since from outbox where next_at is not null and result = ?"
        " union all select person, returned_since from outbox"
        " where result = 'sent' and done_at > ? and returned_since is not null",
        [RETURNED, recently],
    ).fetchall()
    if len({person for person, _ in rows}) < 2:
        return False
    stayed = db.execute(
        "select 1 from outbox where result = 'sent' and done_at >= ? and done_at <= ? limit 1",
        [max(since for _, since in rows), recently],
    ).fetchone()
    return stayed is None


def delayed(db: Database, case_id: int, now: datetime) -> list[tuple[str, str, datetime]]:
    """Return whose mails about a case are still delayed, in which role, and since when."""
    rows = db.execute(
        "select person, role, min(done_at) from outbox where case_id = ?"
        " and delayed_at >= ? group by person, role order by 3",
        [case_id, stamp(now - LONGEST_DELAY)],
    ).fetchall()
    return [(person, role, unstamp(since)) for person, role, since in rows]


def record_reading(db: Database, at: datetime) -> None:
    """Record when the mailbox that mails come back to was read."""
    db.execute(
        "insert into return_mailbox (id, read_at) values (1, ?)"
        " on conflict (id) do update set read_at = excluded.read_at",
        [stamp(at)],
    )


def last_reading(db: Database) -> datetime | None:
    row = db.execute("select read_at from return_mailbox").fetchone()
    return unstamp(row[0]) if row else None
