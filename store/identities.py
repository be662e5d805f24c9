"""Sealed identities, with keyed hashes of their traits, and the cases that belong to them."""

import json
import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from store.cases import StoredCase, department
from store.database import Database
from store.record.documents import UNREADABLE, read_document

#: The sealed column.
SEALED = "identities.sealed"
#: What may still get a supporter's yes.
WAITING = ("in_review", "offered")
#: Cases of one place that are read first, and then; departments that one statement asks for.
FEW, EVERY, AT_ONCE = 10, 2**31 - 1, 100
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SealedIdentity:
    """An identity as stored: sealed, with keyed hashes of its traits and the rules for them."""

    sealed: str
    hashes: frozenset[str]
    hashed_by: str


def with_case(db: Database, reference: str) -> tuple[StoredCase, str | None] | None:
    """Return a case with its sealed identity, both as they are at one moment."""
    row = db.execute(
        "select cases.id, revision, document, sealed from cases"
        " left join identities on identities.case_id = cases.id where reference = ?",
        [reference],
    ).fetchone()
    return (
        (StoredCase(row[0], row[1], read_document(db, reference, row[2])), row[3]) if row else None
    )


def of_open_cases(db: Database) -> Iterator[tuple[StoredCase, str]]:
    """Yield the open cases with their sealed identities; damaged cases are left out."""
    return _with_identities(db, "is_open = 1")


def of_cases(db: Database, case_ids: Iterable[int]) -> Iterator[tuple[StoredCase, str]]:
    """Yield those of these cases that are open, with their sealed identities."""
    chosen = "is_open = 1 and cases.id in (select value from json_each(?))"
    return _with_identities(db, chosen, json.dumps(sorted(case_ids)))


def recognized(
    db: Database, hashes: Collection[str], hashed_by: str, *, only_open: bool = True
) -> Iterator[tuple[StoredCase, str]]:
    """Yield the cases whose identity has one of these hashes or outdated ones."""
    return _with_identities(
        db,
        f"{'is_open = 1 and ' if only_open else ''} cases.id in ("  # noqa: S608 - our words
        " select case_id from identity_hashes where hash in (select value from json_each(?))"
        " union select case_id from identities where hashed_by < ?"
        " union select case_id from identities where hashed_by > ?)",
        json.dumps(sorted(hashes)),
        hashed_by,
        hashed_by,
    )


def next_waiting(
    db: Database, departments: Collection[str], current: StoredCase
) -> Iterator[tuple[StoredCase, str]]:
    """Yield the cases other than `current` that wait for a supporter's yes, the next due first.

    Only cases in these departments count, and only rehearsals if the current case is one. Each is
    read when it is asked for.
    """
    those = sorted(department(db, id) for id in departments)
    seen = {current.id}
    # Hardly anyone asks for more than a few.
    for most in (FEW, EVERY):
        for case_id in _waiting_in(db, those, int(current.case.is_test), most):
            if case_id not in seen:
                seen.add(case_id)
                yield from of_cases(db, [case_id])


def _waiting_in(db: Database, departments: list[str], is_test: int, most: int) -> list[int]:
    """Return so many of the cases that wait, the next due first.

    Each department and state is read from its own place in the index, whatever else is open.
    """
    found = list[tuple[str, int]]()
    for first in range(0, len(departments), AT_ONCE):
        places = list(product(departments[first : first + AT_ONCE], WAITING))
        query = " union all ".join(
            "select * from (select coalesce(next_at, ''), id from cases where is_open = 1"  # noqa: S608 - our words
            " and department = ? and state = ? and is_test = ?"
            f" order by cases.next_at, id limit {most}) as place_{number}"
            for number in range(len(places))
        )
        values = [value for place in places for value in (*place, is_test)]
        found += db.execute(query, values).fetchall()
    return [case_id for _, case_id in sorted((at, case_id) for at, case_id in found)[:most]]


def perhaps_unseen(db: Database, seen_under: str) -> list[tuple[StoredCase, str]]:
    """Return the open cases that these rules and this program may let no one see."""
    found = _with_identities(
        db,
        "is_open = 1 and cases.id in ("
        " select id from cases where is_open = 1 and seen_under < ?"
        " union select id from cases where is_open = 1 and seen_under > ?)",
        seen_under,
        seen_under,
    )
    return list(found)


def with_outdated_hashes(
    db: Database, hashed_by: str, after: int, limit: int
) -> list[tuple[int, str, str]]:
    """Return (id, reference, sealed) of identities whose hashes follow other rules, after an id."""
    return db.execute(
        "select case_id, reference, sealed from identities join cases on cases.id = case_id"
        " where (hashed_by < ? or hashed_by > ?) and +case_id > ? order by +case_id limit ?",
        [hashed_by, hashed_by, after, limit],
    ).fetchall()


def of_unfinished_cases(db: Database) -> Iterator[tuple[StoredCase, str]]:
    """Yield the open cases and the closed ones with a moment left, with sealed identities."""
    # One after the other: with "or" SQLite would read all that are closed.
    unfinished = (
        "select id from cases where is_open = 1"
        " union select id from cases where next_at is not null"
    )
    return _with_identities(db, f"cases.id in ({unfinished})")


def _with_identities(
    db: Database, condition: str, *values: str
) -> Iterator[tuple[StoredCase, str]]:
    rows = db.execute(
        "select cases.id, revision, reference, document, sealed from cases"  # noqa: S608 - our words
        f" join identities on identities.case_id = cases.id where {condition} order by cases.id",
        values,
    ).fetchall()
    for case_id, revision, reference, document, sealed in rows:
        try:
            case = read_document(db, reference, document)
            yield StoredCase(case_id, revision, case), sealed
        except UNREADABLE:
            log.error("The document of case %s is damaged", case_id)


def seal(db: Database, case_id: int, identity: SealedIdentity) -> None:
    db.execute(
        "insert into identities (case_id, sealed, hashed_by) values (?, ?, ?)"
        " on conflict (case_id) do update"
        " set sealed = excluded.sealed, hashed_by = excluded.hashed_by",
        [case_id, identity.sealed, identity.hashed_by],
    )
    db.execute("delete from identity_hashes where case_id = ?", [case_id])
    db.executemany(
        "insert into identity_hashes (hash, case_id) values (?, ?)",
        [(one, case_id) for one in sorted(identity.hashes)],
    )


def rehash(db: Database, case_id: int, identity: SealedIdentity) -> None:
    """Replace the hashes of an identity, unless it was changed or erased meanwhile."""
    if sealed_of(db, case_id) == identity.sealed:
        seal(db, case_id, identity)


def sealed_of(db: Database, case_id: int) -> str | None:
    row = db.execute("select sealed from identities where case_id = ?", [case_id]).fetchone()
    return row[0] if row else None


def newest(db: Database) -> str | None:
    """Return the identity that was sealed last, to try whether the keys open it."""
    newest = "(select max(case_id) from identities)"
    row = db.execute(f"select sealed from identities where case_id = {newest}").fetchone()  # noqa: S608
    return row[0] if row else None


def erase_merged(db: Database) -> None:
    """Erase the identities of merged cases, which only a hold on everything had kept."""
    merged = "select id from cases where is_open = 0 and forget_at is null and held_at is null"
    for table in ("identity_hashes", "identities"):
        db.execute(f"delete from {table} where case_id in ({merged})")  # noqa: S608 - our words


def erase(db: Database, case_id: int) -> None:
    for table in ("identity_hashes", "identities"):
        db.execute(f"delete from {table} where case_id = ?", [case_id])  # noqa: S608 - our names
