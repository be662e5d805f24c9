"""Visits: who is on a page now, by the hash of a random id in their browser's cookie."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from lib.documents import Document
from store.database import Database, stamp, unstamp
from workflow.model import Role

#: How much of its hash names a visit on its person's own page; it opens nothing.
NAME_LENGTH = 16


@dataclass(frozen=True)
class StoredVisit:
    """One person on one page, until it ends."""

    person: str
    role: Role
    #: "" on a person's own pages.
    reference: str
    offer: int | None
    started_at: datetime
    used_at: datetime
    expires_at: datetime
    #: On own pages: the one that the link was for; for an admin perhaps a fingerprint of files.
    page: str = ""
    has_decided: bool = False


#: The column with a pseudonym.
PERSON = "visits.person"
_visit = Document(StoredVisit)


@dataclass(frozen=True)
class VisitLine:
    """A visit as its person's own page lists it."""

    name: str
    started_at: datetime


def hash_of(id: str) -> str:
    """Return the hash by which a visit is found. It needs no key: an id has 256 random bits."""
    return hashlib.sha256(id.encode()).hexdigest()


def name_of(hash: str) -> str:
    return hash[:NAME_LENGTH]


def begin(db: Database, hash: str, visit: StoredVisit) -> None:
    """Store a visit; one to a case that was forgotten meanwhile is not begun."""
    case = "select id from cases where reference = :reference"
    case = case if visit.reference else "select cast(null as integer) as id"
    db.execute(
        "insert into visits (hash, person, case_id, detail, started_at, used_at, expires_at)"  # noqa: S608 - our words
        " select :hash, :person, id, :detail, :started_at, :used_at, :expires_at"
        f" from ({case}) as target",
        {
            "hash": hash,
            "person": db.pseudonyms.of(PERSON, visit.person),
            "detail": db.seal.close_for(hash, _visit.write(visit)),
            "reference": visit.reference,
            "started_at": stamp(visit.started_at),
            "used_at": stamp(visit.used_at),
            "expires_at": stamp(visit.expires_at),
        },
    )


def find(db: Database, hash: str, now: datetime) -> StoredVisit | None:
    """Return a visit that has not ended: one read by the primary key."""
    row = db.execute(
        "select detail, coalesce(reference, ''), started_at, used_at, visits.expires_at"
        " from visits left join cases on cases.id = case_id where hash = ? and expires_at > ?",
        [hash, stamp(now)],
    ).fetchone()
    if row is None:
        return None
    detail, reference, *moments = row
    started_at, used_at, expires_at = map(unstamp, moments)
    visit = _visit.read(db.seal.open_for(hash, detail))
    if visit.reference != reference:  # As with links: only what is sealed counts.
        return None
    return replace(
        visit,
        started_at=started_at,
        used_at=used_at,
        expires_at=expires_at,
    )


def change(
    db: Database, hash: str, reference: str, offer: int | None, has_decided: bool, at: datetime
) -> None:
    """Let a visit go on, on the case as which its own goes on or with its decision made.

    One to a case that was forgotten meanwhile ends.
    """
    row = db.execute("select detail from visits where hash = ?", [hash]).fetchone()
    if row is None:
        return
    case = db.execute("select id from cases where reference = ?", [reference]).fetchone()
    if case is None:
        end(db, [hash])
        return
    visit = _visit.read(db.seal.open_for(hash, row[0]))
    visit = replace(visit, reference=reference, offer=offer, has_decided=has_decided)
    db.execute(
        "update visits set detail = ?, used_at = ?, case_id = ? where hash = ?",
        [db.seal.close_for(hash, _visit.write(visit)), stamp(at), case[0], hash],
    )


def use(db: Database, hash: str, at: datetime) -> None:
    db.execute("update visits set used_at = ? where hash = ?", [stamp(at), hash])


def end(db: Database, hashes: Iterable[str]) -> None:
    for hash in hashes:
        db.execute("delete from visits where hash = ?", [hash])


def end_all(db: Database) -> None:
    db.execute("delete from visits")


def end_of_supporter(db: Database, case_id: int, supporter: str) -> None:
    """End the visits of somebody whose part in a case is over."""
    _end_role(db, case_id, supporter, Role.SUPPORTER)


def end_of_requesters(db: Database, case_ids: Iterable[int]) -> None:
    """End the visits of requesters whose address does not count any more."""
    for case_id in case_ids:
        _end_role(db, case_id, "", Role.REQUESTER)


def end_of_case(db: Database, case_id: int, now: datetime) -> int:
    """End all visits to a case; return how many there were."""
    return _end(db, "case_id = ?", case_id, now)


def end_of_person(db: Database, person: str, now: datetime) -> int:
    """End all visits of somebody on the program's side; return how many there were."""
    return _end(db, "person = ?", db.pseudonyms.of(PERSON, person), now)


def of_people(db: Database, people: Collection[str], now: datetime) -> list[VisitLine]:
    """Return the visits of a person who has these ids, in the order in which they began."""
    rows = [
        row
        for person in people
        for row in db.execute(
            "select hash, started_at from visits where person = ? and expires_at > ?",
            [db.pseudonyms.of(PERSON, person), stamp(now)],
        ).fetchall()
    ]
    ordered = sorted(rows, key=lambda row: (row[1], row[0]))
    return [VisitLine(name_of(hash), unstamp(at)) for hash, at in ordered]


def end_named(db: Database, people: Collection[str], name: str) -> None:
    """End the visit of this name if it is one of a person who has these ids."""
    for person in people:
        db.execute(
            "delete from visits where person = ? and substr(hash, 1, ?) = ?",
            [db.pseudonyms.of(PERSON, person), NAME_LENGTH, name],
        )


def has_expired(db: Database, now: datetime) -> bool:
    found = db.execute("select 1 from visits where expires_at <= ? limit 1", [stamp(now)])
    return found.fetchone() is not None


def drop_expired(db: Database, now: datetime) -> None:
    db.execute("delete from visits where expires_at <= ?", [stamp(now)])


def people(db: Database) -> set[str]:
    """Return who is on a page now, apart from requesters."""
    rows = db.execute("select distinct person from visits where person > ''").fetchall()
    return {db.pseudonyms.id_of(PERSON, person) for (person,) in rows}


def _end(db: Database, which: str, value: int | str, now: datetime) -> int:
    db.execute("delete from visits where expires_at <= ?", [stamp(now)])
    return db.execute(f"delete from visits where {which}", [value]).rowcount  # noqa: S608 - our words


def _end_role(db: Database, case_id: int, person: str, role: Role) -> None:
    rows = db.execute(
        "select hash, detail from visits where case_id = ? and person = ?",
        [case_id, db.pseudonyms.of(PERSON, person)],
    ).fetchall()
    roles = ((hash, _visit.read(db.seal.open_for(hash, detail)).role) for hash, detail in rows)
    end(db, [hash for hash, theirs in roles if theirs is role])
