"""Mails that came back, or were delayed, after the mail server had accepted them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.database import Database, stamp, unstamp
from store.outbox import (
    DONE_AT,
    RETURNED,
    Claimed,
    Outgoing,
    is_caused_by_anybody,
    is_for_our_people,
    message_hash,
    opened,
)
from store.record.documents import UNREADABLE

#: Sealed columns, each by its row.
DELAYED_AT, RETURNED_SINCE = "outbox.delayed_at", "outbox.returned_since"
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
    message = message_hash(db, token)
    rows = db.execute(
        "select id, attempts, occasion, detail, result, done_at, returned_since from outbox"
        " where id in (select id from outbox where message = ?"
        " union select id from outbox where left_as = ?)",
        [message, message],
    ).fetchall()
    return [
        Left(
            Claimed(row_id, attempts, opened(db, occasion, detail)),
            result,
            _moment(db, DONE_AT, row_id, done_at) if done_at else None,
            _moment(db, RETURNED_SINCE, row_id, returned_since) if returned_since else None,
        )
        for row_id, attempts, occasion, detail, result, done_at, returned_since in rows
    ]


def mark_returned(db: Database, left: Left, until: datetime) -> bool:
    """Let a mail that left wait for another try; False if it had not left, or came back before."""
    mail, row_id, since = left.claimed.mail, left.claimed.id, left.returned_since or left.done_at
    if since is None:
        return False
    cursor = db.execute(
        "update outbox set result = ?, next_at = ?, returned_since = ?,"
        " done_at = null, done_on = null, delayed_at = null, leaves_at = ?"
        " where id = ? and result = 'sent'",
        [
            RETURNED,
            stamp(until),
            db.seal.close(RETURNED_SINCE, row_id, stamp(since)),
            stamp(mail.leaves_at),
            row_id,
        ],
    )
    return bool(cursor.rowcount)


def mark_delayed(db: Database, row_id: int, at: datetime) -> None:
    db.execute(
        "update outbox set delayed_at = ? where id = ? and result = 'sent' and delayed_at is null",
        [db.seal.close(DELAYED_AT, row_id, stamp(at)), row_id],
    )


def has_another_stayed(db: Database, person: str, since: datetime, now: datetime) -> bool:
    """Tell whether a mail to someone else left since a moment and did not come back.

    Mails that anyone can cause do not count: when another is given up would tell that they left.
    """
    stayed = (mail for mail in _stayed(db, since, now) if not is_caused_by_anybody(mail))
    return any(mail.person != person for mail in stayed)


def _stayed(db: Database, since: datetime, now: datetime) -> Iterator[Outgoing]:
    """Yield the mails that left since a moment, and have stayed since."""
    rows = db.execute(
        "select id, occasion, detail, done_at from outbox where result = 'sent' and done_on >= ?",
        [f"{since:%Y-%m-%d}"],
    ).fetchall()
    for row_id, occasion, detail, done_at in rows:
        with suppress(*UNREADABLE):
            if since <= _moment(db, DONE_AT, row_id, done_at) <= now - STAYS_AFTER:
                yield opened(db, occasion, detail)


def is_everything_returned(db: Database, now: datetime) -> bool:
    """Tell whether mails to different people come back, and no mail since has stayed.

    One that was just sent again comes back a moment later, so it counts until it has stayed. Only
    mails to our own people count: everyone reads at /health what follows from this, and people who
    cause mails to others by an address must not see there whether we know it.
    """
    recently = now - STAYS_AFTER
    rows = db.execute(
        "select id, occasion, detail, returned_since, done_at from outbox"
        " where next_at is not null and result = ?"
        " union all select id, occasion, detail, returned_since, done_at from outbox"
        " where returned_since is not null and done_on >= ? and result = 'sent'",
        [RETURNED, f"{recently:%Y-%m-%d}"],
    ).fetchall()
    found = list[tuple[str, datetime]]()
    for row_id, occasion, detail, since, done_at in rows:
        # A row that no key opens must not keep anyone from hearing of the others.
        with suppress(*UNREADABLE):
            if done_at is None or _moment(db, DONE_AT, row_id, done_at) > recently:
                mail = opened(db, occasion, detail)
                if is_for_our_people(mail):
                    found.append((mail.person, _moment(db, RETURNED_SINCE, row_id, since)))
    if len({person for person, _ in found}) < 2:
        return False
    stayed = _stayed(db, max(since for _, since in found), now)
    return not any(is_for_our_people(mail) for mail in stayed)


def delayed(db: Database, case_id: int, now: datetime) -> list[tuple[str, str, datetime]]:
    """Return whose mails about a case are still delayed, in which role, and since when.

    Some left, and another server holds them; others our server refuses while it accepts mails.
    """
    rows = db.execute(
        "select id, occasion, detail, delayed_at, done_at, failing_since from outbox"
        " where case_id = ?"
        " and (delayed_at is not null or (next_at is not null and passed_over = 1))",
        [case_id],
    ).fetchall()
    since = dict[tuple[str, str], datetime]()
    for row_id, occasion, detail, delayed_at, done_at, failing_since in rows:
        with suppress(*UNREADABLE):
            if delayed_at is None:
                at = unstamp(failing_since)
            elif (
                done_at is not None
                and _moment(db, DELAYED_AT, row_id, delayed_at) >= now - LONGEST_DELAY
            ):
                at = _moment(db, DONE_AT, row_id, done_at)
            else:
                continue
            mail = opened(db, occasion, detail)
            reader = (mail.person, mail.role)
            since[reader] = min(at, since.get(reader, at))
    return sorted(((*reader, at) for reader, at in since.items()), key=lambda one: one[2])


def _moment(db: Database, column: str, row_id: int, sealed: str) -> datetime:
    """Return a moment as it is stored."""
    return unstamp(db.seal.open(column, row_id, sealed))


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
