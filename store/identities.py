"""Identities, sealed, with keyed hashes of what they are recognized by; and the cases of a few."""

import json
import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from pydantic import ValidationError
from sqlite_utils import Database

from store.cases import StoredCase, read_document

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SealedIdentity:
    """An identity as it rests, with keyed hashes of what it is recognized by, and their rules."""

    sealed: str
    hashes: frozenset[str]
    hashed_by: str


def of_open_cases(db: Database) -> Iterator[tuple[StoredCase, str]]:
    """Yield the open cases with their sealed identities; one that is damaged is left out."""
    return _with_identities(db, "is_open = 1")


def of_cases(db: Database, case_ids: Iterable[int]) -> Iterator[tuple[StoredCase, str]]:
    """Yield some open cases in the same way."""
    chosen = "is_open = 1 and cases.id in (select value from json_each(?))"
    return _with_identities(db, chosen, json.dumps(sorted(case_ids)))


def recognized(
    db: Database, hashes: Collection[str], hashed_by: str
) -> Iterator[tuple[StoredCase, str]]:
    """Yield the open cases whose identity has one of these hashes, or was hashed by other rules."""
    return _with_identities(
        db,
        "is_open = 1 and cases.id in ("
        " select case_id from identity_hashes where hash in (select value from json_each(?))"
        " union select case_id from identities where hashed_by < ?"
        " union select case_id from identities where hashed_by > ?)",
        json.dumps(sorted(hashes)),
        hashed_by,
        hashed_by,
    )


def next_waiting(
    db: Database, departments: Collection[str], beside: StoredCase, limit: int
) -> Iterator[tuple[StoredCase, str]]:
    """Yield the cases due next, beside one, that wait for a supporter's yes in some departments.

    A rehearsal is beside rehearsals only.
    """
    rows = db.execute(
        "select id from cases where is_open = 1 and state in ('in_review', 'offered')"
        " and is_test = ? and department in (select value from json_each(?)) and id <> ?"
        " order by next_at, id limit ?",
        [int(beside.case.is_test), json.dumps(sorted(departments)), beside.id, limit],
    ).fetchall()
    return of_cases(db, [row[0] for row in rows])


def perhaps_unseen(db: Database, fingerprint: str) -> list[tuple[StoredCase, str]]:
    """Return the open cases of which it is not known that this program lets anybody see them."""
    found = _with_identities(
        db,
        "is_open = 1 and cases.id in ("
        " select id from cases where is_open = 1 and seen_under < ?"
        " union select id from cases where is_open = 1 and seen_under > ?)",
        fingerprint,
        fingerprint,
    )
    return list(found)


def hashed_otherwise(db: Database, hashed_by: str, after: int, limit: int) -> list[tuple[int, str]]:
    """Return sealed identities that were hashed by other rules, of cases above an id."""
    return db.execute(
        "select case_id, sealed from identities"
        " where (hashed_by < ? or hashed_by > ?) and +case_id > ? order by +case_id limit ?",
        [hashed_by, hashed_by, after, limit],
    ).fetchall()


def of_unfinished_cases(db: Database) -> Iterator[tuple[StoredCase, str]]:
    """Yield the open cases, and the closed ones that still promise something, in the same way."""
    return _with_identities(db, "(is_open = 1 or next_at is not null)")


def _with_identities(
    db: Database, condition: str, *values: str
) -> Iterator[tuple[StoredCase, str]]:
    rows = db.execute(
        "select cases.id, revision, document, sealed from cases"  # noqa: S608 - our words
        f" join identities on identities.case_id = cases.id where {condition} order by cases.id",
        values,
    ).fetchall()
    for case_id, revision, document, sealed in rows:
        try:
            yield StoredCase(case_id, revision, read_document(document)), sealed
        except ValidationError:
            log.error("The document of case %s is damaged", case_id)


def seal(db: Database, case_id: int, identity: SealedIdentity) -> None:
    db.execute(
        "insert into identities (case_id, sealed, hashed_by) values (?, ?, ?)"
        " on conflict (case_id) do update"
        " set sealed = excluded.sealed, hashed_by = excluded.hashed_by",
        [case_id, identity.sealed, identity.hashed_by],
    )
    db.execute("delete from identity_hashes where case_id = ?", [case_id])
    db.conn.executemany(
        "insert into identity_hashes (hash, case_id) values (?, ?)",
        [(one, case_id) for one in sorted(identity.hashes)],
    )


def hash_anew(db: Database, case_id: int, identity: SealedIdentity) -> None:
    """Replace the hashes of an identity, unless it was sealed anew or erased meanwhile."""
    if sealed_of(db, case_id) == identity.sealed:
        seal(db, case_id, identity)


def sealed_of(db: Database, case_id: int) -> str | None:
    row = db.execute("select sealed from identities where case_id = ?", [case_id]).fetchone()
    return row[0] if row else None


def erase(db: Database, case_id: int) -> None:
    for table in ("identity_hashes", "identities"):
        db.execute(f"delete from {table} where case_id = ?", [case_id])  # noqa: S608 - our names
