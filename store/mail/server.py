"""What the mail server accepts and refuses: whose fault it is that mails wait."""

from contextlib import suppress
from datetime import datetime, timedelta

from store.database import Database, stamp, unstamp
from store.outbox import MAILBOX_REFUSED, RELAY_REFUSED, is_caused_by_anybody, opened
from store.record.documents import UNREADABLE

#: If the mail server accepted no one for so long, it was at fault, perhaps for all that waits.
LONG_SILENCE = timedelta(hours=1)


def record_accepted(db: Database, at: datetime) -> None:
    """Record that the mail server accepted a mail: what waited for it is due at once.

    That is what failed since it accepted the last one; everything, if that was long ago.
    """
    db.execute(
        "update outbox set next_at = :at where next_at > :at"
        " and result in ('later', :mailbox, :refused) and failing_since is not null"
        " and (passed_over = 0 or (select accepted_at from mail_server) < :long_ago)",
        {
            "at": stamp(at),
            "refused": RELAY_REFUSED,
            "mailbox": MAILBOX_REFUSED,
            "long_ago": stamp(at - LONG_SILENCE),
        },
    )
    # Of what is being tried now we do not know which answer came first.
    db.execute(
        "update outbox set passed_over = 1"
        " where next_at is not null and failing_since is not null and result <> 'sending'"
    )
    db.execute(
        "insert into mail_server (id, accepted_at) values (1, ?)"
        " on conflict (id) do update set accepted_at = excluded.accepted_at",
        [stamp(at)],
    )


def is_another_tried(db: Database, row_id: int, until: datetime) -> bool:
    """Tell whether another mail that the server did not take is tried until a moment."""
    row = db.execute(
        "select 1 from outbox where next_at <= ? and id <> ? and result in ('later', ?, ?) limit 1",
        [stamp(until), row_id, RELAY_REFUSED, MAILBOX_REFUSED],
    ).fetchone()
    return row is not None


def last_accepted(db: Database) -> datetime | None:
    """Return when the mail server last accepted a mail."""
    row = db.execute("select accepted_at from mail_server").fetchone()
    return unstamp(row[0]) if row else None


def record_failure(
    db: Database, row_id: int, at: datetime, *, anew: bool = False
) -> datetime | None:
    """Return since when this mail fails while the server accepts others; None if it accepts none.

    The first failure begins it, and every one begins it anew until another mail was accepted. So
    does `anew`: a failure that says nothing about this mail.
    """
    row = db.execute(
        "select failing_since from outbox where id = ? and passed_over = 1", [row_id]
    ).fetchone()
    if row is not None and not anew:
        return unstamp(row[0])
    db.execute(
        "update outbox set failing_since = ?, passed_over = 0 where id = ?", [stamp(at), row_id]
    )
    return None


def is_refusing(db: Database) -> bool:
    """Tell whether mails wait because the mail server takes none from us.

    It says so itself, or it refuses different mailboxes, and has accepted no one since. Of mails
    that anyone can cause no refusal counts: it would tell that they were written.
    """
    rows = db.execute(
        "select occasion, detail, result from outbox"
        " where next_at is not null and result in (?, ?) and passed_over = 0",
        [RELAY_REFUSED, MAILBOX_REFUSED],
    ).fetchall()
    readers = set[str]()
    for occasion, detail, result in rows:
        with suppress(*UNREADABLE):
            mail = opened(db, occasion, detail)
            if is_caused_by_anybody(mail):
                continue
            readers.add(mail.person)
            if result == RELAY_REFUSED or len(readers) > 1:
                return True
    return False
