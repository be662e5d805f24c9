"""Mailed links: what each grants, by the hash of its token. The token itself rests nowhere."""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from lib.documents import Document
from store.database import Database, stamp
from store.record.documents import UNREADABLE
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
    #: It is sealed, too: who can write the file must not take it back.
    is_revoked: bool = False


#: The column with a pseudonym, which is another one in links to each case: who is missing there
#: would tell whom a requester does not want, to anyone who finds out by their own requests which
#: pseudonym is whose. In links to own pages, too: anyone can have one mailed, and see it is new.
PERSON, OWN = "links.person", "links.own"
#: The links of someone to a case.
OF_PART = "case_id = ? and person = ?"
#: The sealed column.
SEALED = "links.detail"
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


def pseudonym(db: Database, case_id: int | None, person: str) -> str:
    """Return what stands for someone in links to a case, or without one to their own page."""
    if case_id is None:
        return db.pseudonyms.of(OWN, person)
    return db.pseudonyms.of(PERSON, f"{case_id}/{person}")


def keep(db: Database, token: str, link: Link) -> None:
    """Store what a token grants, before it is mailed; a mail that is tried again grants it longer.

    It never takes back that it was revoked: anyone can pretend that a mail of theirs came back.
    """
    with suppress(*UNREADABLE):
        known = find(db, hash_of(token))
        link = replace(link, is_revoked=known is not None and known.is_revoked)
    db.execute(
        "insert into links (hash, person, case_id, detail, expires_on)"
        " values (?, ?, ?, ?, ?) on conflict (hash) do update"
        " set detail = excluded.detail, expires_on = excluded.expires_on",
        [hash_of(token), pseudonym(db, link.case_id, link.person), link.case_id,
         db.seal.close(SEALED, hash_of(token), _link.write(link)), day(link.expires_at)],
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
    link = _link.read(db.seal.open(SEALED, hash, detail))
    # Who can write the file and not seal must not point a link of theirs at another case.
    if link.case_id != case_id:
        return None
    return StoredLink(link, reference, link.is_revoked or bool(is_revoked))


def revoke_of_case(db: Database, case_id: int, now: datetime) -> int:
    """Revoke all links to a case; return how many still opened it."""
    return _revoke(db, "case_id = ?", [case_id], now)


def revoke_of_requesters(db: Database, case_ids: Iterable[int], now: datetime) -> None:
    """Revoke what was mailed to requesters at an address that no longer counts."""
    for case_id in case_ids:
        _revoke(db, OF_PART, [case_id, pseudonym(db, case_id, "")], now)


def revoke_of_person(db: Database, person: str, now: datetime) -> int:
    """Revoke all links of someone on the program's side; return how many still opened a page."""
    of_cases = (
        _revoke(db, OF_PART, [case_id, pseudonym(db, case_id, person)], now)
        for case_id in cases_of_person(db, person, now)
    )
    return sum(of_cases) + _revoke(db, "person = ?", [pseudonym(db, None, person)], now)


def drop_of_person(db: Database, person: str) -> None:
    """Delete all links of an invited person who is forgotten: none of these leads to a case."""
    db.execute("delete from links where person = ?", [pseudonym(db, None, person)])


def cases_of_person(db: Database, person: str, now: datetime) -> list[int]:
    """Return the ids of the cases that a person's links open."""
    rows = db.execute(
        "select distinct case_id, person from links"
        " where case_id is not null and is_revoked = 0 and expires_on >= ?",
        [day(now)],
    ).fetchall()
    return [case_id for case_id, theirs in rows if theirs == pseudonym(db, case_id, person)]


def drop_expired(db: Database, until: datetime) -> None:
    """Delete links that expired before a moment: they can no longer ask for a fresh one."""
    db.execute("delete from links where expires_on < ?", [day(until)])


def has_expired(db: Database, until: datetime) -> bool:
    found = db.execute("select 1 from links where expires_on < ? limit 1", [day(until)])
    return found.fetchone() is not None


def _revoke(db: Database, which: str, values: list[int | str], now: datetime) -> int:
    rows = db.execute(
        f"select hash, detail from links where {which} and is_revoked = 0 and expires_on >= ?",  # noqa: S608 - our words
        [*values, day(now)],
    ).fetchall()
    for hash, detail in rows:
        sealed = detail
        with suppress(*UNREADABLE):
            link = replace(_link.read(db.seal.open(SEALED, hash, detail)), is_revoked=True)
            sealed = db.seal.close(SEALED, hash, _link.write(link))
        db.execute("update links set is_revoked = 1, detail = ? where hash = ?", [sealed, hash])
    return len(rows)
