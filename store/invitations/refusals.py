"""Whom not to ask what, for a while or for good: keyed hashes and nothing else."""

from datetime import date

from invitations.model import Kind
from lib.addresses import mailbox_of
from store.database import Database


def rest(db: Database, kind: Kind, address: str, until: date) -> None:
    """Do not ask someone this again before a day; for good stays for good."""
    db.execute(
        "insert into refusals (hash, until) values (?, ?) on conflict (hash) do update"
        " set until = excluded.until where refusals.until is not null",
        [_hash(db, kind, address), f"{until}"],
    )


def end_rest(db: Database, kind: Kind, address: str) -> None:
    """Let someone be asked this again; for good stays for good."""
    db.execute(
        "delete from refusals where hash = ? and until is not null", [_hash(db, kind, address)]
    )


def never_again(db: Database, kind: Kind, address: str) -> None:
    db.execute(
        "insert into refusals (hash, until) values (?, null)"
        " on conflict (hash) do update set until = null",
        [_hash(db, kind, address)],
    )


def stands(db: Database, kind: Kind, address: str, today: date) -> bool:
    """Tell whether someone must not be asked this today."""
    row = db.execute(
        "select 1 from refusals where hash = ? and (until is null or until > ?)",
        [_hash(db, kind, address), f"{today}"],
    ).fetchone()
    return row is not None


def has_over(db: Database, today: date) -> bool:
    found = db.execute("select 1 from refusals where until <= ? limit 1", [f"{today}"])
    return found.fetchone() is not None


def drop_over(db: Database, today: date) -> None:
    db.execute("delete from refusals where until <= ?", [f"{today}"])


def _hash(db: Database, kind: Kind, address: str) -> str:
    return db.hash("refusal", kind, mailbox_of(address))
