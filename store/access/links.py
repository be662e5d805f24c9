"""Mailed links: what each grants, by the hash of its token. The token itself rests nowhere."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lib.documents import Document
from store.database import Database, stamp
from workflow.model import Role


@dataclass(frozen=True)
class Link:
    """What a link opens: the page of a case, or without a case one of a person's own pages."""

    #: "" for the requester, who is on no list.
    person: str
    role: Role
    case_id: int | None
    offer: int | None
    expires_at: datetime
    #: Which own page, or for an admin the fingerprint of the files to confirm.
    page: str = ""


#: The column with a pseudonym. Anybody can have somebody mailed a link to their own page, and in a
#: copy of the database see which one is new: so it stands for nobody in links to cases.
PERSON, OWN = "links.person", "links.own"
_link = Document(Link)


@dataclass(frozen=True)
class StoredLink:
    """A link as it is stored, with the reference of its case."""

    link: Link
    reference: str
    is_revoked: bool

    def is_over(self, now: datetime) -> bool:
        return self.is_revoked or now >= self.link.expires_at


def day(at: datetime) -> str:
    """Return the day of a moment, in UTC: when a link ends tells when it was mailed."""
    return stamp(at)[:10]


def hash_of(token: str) -> str:
    """Return the hash by which a token is found. It needs no key: a token has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def keep(db: Database, token: str, link: Link) -> None:
    """Store what a token grants, before it is mailed; a mail that is tried again grants it longer.

    It never takes back that it was revoked: anybody can pretend that a mail of theirs came back.
    """
    db.execute(
        "insert into links (hash, person, case_id, detail, expires_on)"
        " values (?, ?, ?, ?, ?) on conflict (hash) do update"
        " set detail = excluded.detail, expires_on = excluded.expires_on",
        [hash_of(token), db.pseudonyms.of(OWN if link.case_id is None else PERSON, link.person),
         link.case_id,
         db.seal.close_for(hash_of(token), _link.write(link)), day(link.expires_at)],
    )  # fmt: skip


def find(db: Database, hash: str) -> StoredLink | None:
    row = db.execute(
        "select detail, case_id, coalesce(reference, ''), is_revoked"
        " from links left join cases on cases.id = case_id where hash = ?",
        [hash],
    ).fetchone()
    if row is None:
        return None
    detail, case_id, reference, is_revoked = row
    link = _link.read(db.seal.open_for(hash, detail))
    # Who can write the file and not seal must not point a link of theirs at another case.
    return StoredLink(link, reference, bool(is_revoked)) if link.case_id == case_id else None


def revoke_of_case(db: Database, case_id: int, now: datetime) -> int:
    """Revoke all links to a case; return how many still opened it."""
    return _revoke(db, "case_id = ?", [case_id], now)


def revoke_of_requesters(db: Database, case_ids: Iterable[int], now: datetime) -> None:
    """Revoke what was mailed to requesters at an address that does not count any more."""
    for case_id in case_ids:
        which = "case_id = ? and person = ?"
        _revoke(db, which, [case_id, db.pseudonyms.of(PERSON, "")], now)


def revoke_of_person(db: Database, person: str, now: datetime) -> int:
    """Revoke all links of somebody on the program's side; return how many still opened a page."""
    pseudonyms = db.pseudonyms.of(PERSON, person), db.pseudonyms.of(OWN, person)
    return _revoke(db, "person in (?, ?)", [*pseudonyms], now)


def drop_of_person(db: Database, person: str) -> None:
    """Delete all links of somebody who is invited, and forgotten: none of these leads to a case."""
    db.execute("delete from links where person = ?", [db.pseudonyms.of(OWN, person)])


def cases_of_person(db: Database, person: str, now: datetime) -> list[int]:
    """Return the ids of the cases that a person's links open."""
    rows = db.execute(
        "select distinct case_id from links"
        " where person = ? and case_id is not null and is_revoked = 0 and expires_on >= ?",
        [db.pseudonyms.of(PERSON, person), day(now)],
    ).fetchall()
    return [case_id for (case_id,) in rows]


def drop_expired(db: Database, until: datetime) -> None:
    """Delete links that expired before a moment: they cannot ask for a fresh one any more."""
    db.execute("delete from links where expires_on < ?", [day(until)])


def has_expired(db: Database, until: datetime) -> bool:
    found = db.execute("select 1 from links where expires_on < ? limit 1", [day(until)])
    return found.fetchone() is not None


def _revoke(db: Database, which: str, values: list[int | str], now: datetime) -> int:
    return db.execute(
        f"update links set is_revoked = 1 where {which} and is_revoked = 0 and expires_on >= ?",  # noqa: S608 - our words
        [*values, day(now)],
    ).rowcount
