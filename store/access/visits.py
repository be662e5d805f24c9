"""Visits: who is on a page now, by the hash of a random id in their browser's cookie."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from lib.documents import Document
from store.database import Database, stamp, stamp_minute
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


#: The sealed column. All that is known of a visit stands there: who reads the file, and the log of
#: the proxy in front, must not find out which computer has whose page open.
SEALED = "visits.detail"
_visit = Document(StoredVisit)


def hash_of(id: str) -> str:
    """Return the hash by which a visit is found. It needs no key: an id has 256 random bits."""
    return hashlib.sha256(id.encode()).hexdigest()


def name_of(hash: str) -> str:
    return hash[:NAME_LENGTH]


def begin(db: Database, hash: str, visit: StoredVisit) -> None:
    """Store a visit; one to a case that was forgotten meanwhile is not begun."""
    if _has_case(db, visit):
        db.execute(
            "insert into visits (hash, detail, expires_at) values (?, ?, ?)",
            [hash, _sealed(db, hash, visit), stamp_minute(visit.expires_at)],
        )


def _has_case(db: Database, visit: StoredVisit) -> bool:
    """Tell whether there is something to visit: on own pages always."""
    found = db.execute("select 1 from cases where reference = ?", [visit.reference])
    return not visit.reference or found.fetchone() is not None


def _sealed(db: Database, hash: str, visit: StoredVisit) -> str:
    return db.seal.close(SEALED, hash, _visit.write(visit))


def _current(db: Database, now: datetime | None = None) -> Iterator[tuple[str, StoredVisit]]:
    """Yield the visits that can be read, by their hashes: few last at any moment."""
    since = stamp(now) if now else ""
    rows = db.execute("select hash, detail from visits where expires_at > ?", [since]).fetchall()
    for hash, detail in rows:
        with suppress(*UNREADABLE):
            yield hash, _visit.read(db.seal.open(SEALED, hash, detail))


def _of(db: Database, people: Collection[str], now: datetime) -> list[tuple[str, StoredVisit]]:
    """Return the visits of someone who has these ids, in the order in which they began."""
    found = (one for one in _current(db, now) if one[1].person in people)
    return sorted(found, key=lambda one: (one[1].started_at, one[0]))


def find(db: Database, hash: str, now: datetime) -> StoredVisit | None:
    """Return a visit that has not ended: one read by the primary key."""
    row = db.execute("select detail from visits where hash = ?", [hash]).fetchone()
    visit = _visit.read(db.seal.open(SEALED, hash, row[0])) if row else None
    if visit is None or visit.expires_at <= now or not _has_case(db, visit):
        return None
    return visit


def change(
    db: Database, hash: str, reference: str, offer: int | None, has_decided: bool, at: datetime
) -> None:
    """Let a visit go on, on the case as which its own goes on or with its decision made.

    One to a case that was forgotten meanwhile ends.
    """
    visit = find(db, hash, at)
    if visit is None:
        return
    visit = replace(visit, reference=reference, offer=offer, has_decided=has_decided, used_at=at)
    if _has_case(db, visit):
        _write(db, hash, visit)
    else:
        end(db, [hash])


def use(db: Database, hash: str, at: datetime) -> None:
    visit = find(db, hash, at)
    if visit is not None:
        _write(db, hash, replace(visit, used_at=at))


def _write(db: Database, hash: str, visit: StoredVisit) -> None:
    db.execute("update visits set detail = ? where hash = ?", [_sealed(db, hash, visit), hash])


def end(db: Database, hashes: Iterable[str]) -> None:
    for hash in hashes:
        db.execute("delete from visits where hash = ?", [hash])


def end_all(db: Database) -> None:
    db.execute("delete from visits")


def end_of_supporter(db: Database, case_id: int, supporter: str) -> None:
    """End the visits of a person whose part in a case is over."""
    _end_role(db, case_id, supporter, Role.SUPPORTER)


def end_of_reviewer(db: Database, case_id: int, reviewer: str) -> None:
    """End the visits of a person who reviews a case no longer."""
    _end_role(db, case_id, reviewer, Role.REVIEWER)


def end_of_requesters(db: Database, case_ids: Iterable[int]) -> None:
    """End the visits of requesters whose address no longer counts."""
    for case_id in case_ids:
        _end_role(db, case_id, "", Role.REQUESTER)


def end_of_case(db: Database, case_id: int, now: datetime) -> int:
    """End all visits to a case; return how many there were."""
    reference = _reference(db, case_id)
    hashes = [hash for hash, visit in _current(db, now) if visit.reference == reference]
    end(db, hashes)
    return len(hashes)


def end_of_person(db: Database, person: str, now: datetime) -> int:
    """End all visits of someone on the program's side; return how many there were."""
    hashes = [hash for hash, _ in _of(db, [person], now)]
    end(db, hashes)
    return len(hashes)


def of_people(db: Database, people: Collection[str], now: datetime) -> dict[str, StoredVisit]:
    """Return the visits of a person who has these ids by their names, in the order of time."""
    return {name_of(hash): visit for hash, visit in _of(db, people, now)}


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
    return {visit.person for _, visit in _current(db, now)} - {""}


def _reference(db: Database, case_id: int) -> str:
    found = db.execute("select reference from cases where id = ?", [case_id]).fetchone()
    return str(found[0]) if found else "no case"


def _end_role(db: Database, case_id: int, person: str, role: Role) -> None:
    theirs = (_reference(db, case_id), person, role)
    found = _current(db)
    end(db, [hash for hash, one in found if (one.reference, one.person, one.role) == theirs])
