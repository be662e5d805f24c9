"""Visits: who is on a page now, by the hash of a random id in their browser's cookie."""

import hashlib
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from lib.documents import Document
from store.database import Database, stamp, stamp_minute, unstamp
from store.record.documents import UNREADABLE
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


#: The column with a pseudonym: another one in visits to each case, and to own pages.
PERSON = "visits.person"
#: The sealed column.
SEALED = "visits.detail"
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
    """Store a visit; one to a case that was forgotten meanwhile is not begun.

    Its moments are coarse in clear: a proxy's log has the second at which somebody came.
    """
    case_id = None
    if visit.reference:
        case = db.execute("select id from cases where reference = ?", [visit.reference]).fetchone()
        if case is None:
            return
        case_id = case[0]
    db.execute(
        "insert into visits (hash, person, case_id, detail, started_at, used_at, expires_at)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        [
            hash,
            _pseudonym(db, case_id, visit.person),
            case_id,
            db.seal.close(SEALED, hash, _visit.write(visit)),
            _minute(visit.started_at),
            _minute(visit.used_at),
            stamp_minute(visit.expires_at),
        ],
    )


def _minute(at: datetime) -> str:
    return stamp(at.replace(second=0, microsecond=0))


def _pseudonym(db: Database, case_id: int | None, person: str) -> str:
    return db.pseudonyms.of(PERSON, f"{case_id or ''}/{person}")


def _of(db: Database, people: Collection[str], now: datetime) -> list[tuple[str, datetime]]:
    """Return the hashes and beginnings of somebody's visits, who has these ids.

    Few visits last at any moment, so all of them are compared.
    """
    rows = db.execute(
        "select hash, case_id, person, started_at from visits where expires_at > ?"
        " order by started_at, hash",
        [stamp(now)],
    ).fetchall()
    return [
        (hash, unstamp(at))
        for hash, case_id, theirs, at in rows
        if any(theirs == _pseudonym(db, case_id, person) for person in people)
    ]


def find(db: Database, hash: str, now: datetime) -> StoredVisit | None:
    """Return a visit that has not ended: one read by the primary key."""
    row = db.execute(
        "select detail, coalesce(reference, ''), used_at"
        " from visits left join cases on cases.id = case_id where hash = ? and expires_at > ?",
        [hash, stamp(now)],
    ).fetchone()
    if row is None:
        return None
    detail, reference, used_at = row
    visit = _visit.read(db.seal.open(SEALED, hash, detail))
    # As with links: only what is sealed counts.
    if visit.reference != reference or visit.expires_at <= now:
        return None
    return replace(visit, used_at=unstamp(used_at))


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
    visit = _visit.read(db.seal.open(SEALED, hash, row[0]))
    visit = replace(visit, reference=reference, offer=offer, has_decided=has_decided)
    db.execute(
        "update visits set detail = ?, used_at = ?, case_id = ?, person = ? where hash = ?",
        [
            db.seal.close(SEALED, hash, _visit.write(visit)),
            _minute(at),
            case[0],
            _pseudonym(db, case[0], visit.person),
            hash,
        ],
    )


def use(db: Database, hash: str, at: datetime) -> None:
    db.execute("update visits set used_at = ? where hash = ?", [_minute(at), hash])


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
    drop_expired(db, now)
    return db.execute("delete from visits where case_id = ?", [case_id]).rowcount


def end_of_person(db: Database, person: str, now: datetime) -> int:
    """End all visits of somebody on the program's side; return how many there were."""
    drop_expired(db, now)
    hashes = [hash for hash, _ in _of(db, [person], now)]
    end(db, hashes)
    return len(hashes)


def of_people(db: Database, people: Collection[str], now: datetime) -> list[VisitLine]:
    """Return the visits of a person who has these ids, in the order in which they began."""
    return [VisitLine(name_of(hash), at) for hash, at in _of(db, people, now)]


def end_named(db: Database, people: Collection[str], name: str, now: datetime) -> None:
    """End the visit of this name if it is one of a person who has these ids."""
    end(db, [hash for hash, _ in _of(db, people, now) if name_of(hash) == name])


def has_expired(db: Database, now: datetime) -> bool:
    found = db.execute("select 1 from visits where expires_at <= ? limit 1", [stamp(now)])
    return found.fetchone() is not None


def drop_expired(db: Database, now: datetime) -> None:
    db.execute("delete from visits where expires_at <= ?", [stamp(now)])


def people(db: Database, now: datetime) -> set[str]:
    """Return who is on a page now, apart from requesters."""
    found = set()
    current = "select hash, detail from visits where expires_at > ?"
    for hash, detail in db.execute(current, [stamp(now)]).fetchall():
        with suppress(*UNREADABLE):
            found.add(_visit.read(db.seal.open(SEALED, hash, detail)).person)
    return found - {""}


def _end_role(db: Database, case_id: int, person: str, role: Role) -> None:
    rows = db.execute(
        "select hash, detail from visits where case_id = ? and person = ?",
        [case_id, _pseudonym(db, case_id, person)],
    ).fetchall()
    roles = ((hash, _visit.read(db.seal.open(SEALED, hash, detail)).role) for hash, detail in rows)
    end(db, [hash for hash, theirs in roles if theirs is role])
