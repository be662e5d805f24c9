"""Invitations: each with its kind, a keyed hash of the address, and the rest sealed."""

import logging
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from invitations.model import Invitation, Kind
from lib.addresses import mailbox_of
from lib.documents import Document
from store.database import Database, stamp, stamp_minute
from store.record.documents import UNREADABLE
from store.sealing import CannotOpen

log = logging.getLogger(__name__)

#: Begins the ids of invited people in links, visits and mails; ids on our lists have no blank.
PERSON = "invitation "
#: The sealed column.
SEALED = "invitations.detail"
#: Name the tokens that forms carry, and those on pages: they are no pseudonym of any column.
CARRIED, SHOWN = "invitations.carried", "invitations.shown"
#: Numbers go up by chance, by less than this: a copy that is put back, or a database that a
#: program moved to, knows nothing of numbers that are gone, and must not give one of them again.
STEP = 2**40
_invitation = Document(Invitation)


class Changed(Exception):
    """Someone else changed the invitation first, or it is forgotten."""


@dataclass(frozen=True)
class StoredInvitation:
    """An invitation as it is stored; its revision decides who wins when two act at once."""

    id: int
    revision: int
    invitation: Invitation

    @property
    def person(self) -> str:
        """Return the id of an invited person in links, visits and mails."""
        return f"{PERSON}{self.id}"


def is_invited(person: str) -> bool:
    return person.startswith(PERSON)


def token_of(db: Database, person: str) -> str:
    """Return what a form carries along to say who was invited; it means nothing elsewhere."""
    return db.pseudonyms.of(CARRIED, person)


def person_of(db: Database, token: str) -> str:
    """Return whom a token that came with a form stands for; "" if it is none of ours."""
    return _stands_for(db, CARRIED, token)


def shown_as(db: Database, person: str) -> str:
    """Return what a page says in place of a number.

    Numbers go up for all invitations. Two of them would tell about how many people were asked in
    between, and so that someone who was named was not asked.
    """
    return db.pseudonyms.of(SHOWN, person)


def shown(db: Database, name: str) -> str:
    """Return whom a page meant; "" if it is none of ours."""
    return _stands_for(db, SHOWN, name)


def _stands_for(db: Database, column: str, pseudonym: str) -> str:
    try:
        return db.pseudonyms.id_of(column, pseudonym)
    except CannotOpen:
        return ""


def hash_of(db: Database, address: str) -> str:
    return db.hash("invited", mailbox_of(address)) if address else ""


def add(db: Database, one: Invitation) -> StoredInvitation:
    (last,) = db.execute("select coalesce(max(id), 0) from invitations").fetchone()
    id = last + 1 + secrets.randbelow(STEP)
    db.execute(
        "insert into invitations (id, kind, person, detail, remind_at, ends_at)"
        " values (:id, :kind, :person, :detail, :remind_at, :ends_at)",
        _columns(db, one) | {"id": id, "detail": _sealed(db, id, one)},
    )
    return StoredInvitation(id, 0, one)


def save(db: Database, stored: StoredInvitation, one: Invitation) -> StoredInvitation:
    """Store a changed invitation; Changed when someone else was first."""
    written = db.execute(
        "update invitations set person = :person, detail = :detail, remind_at = :remind_at,"
        " ends_at = :ends_at, revision = revision + 1 where id = :id and revision = :revision",
        _columns(db, one)
        | {"id": stored.id, "revision": stored.revision, "detail": _sealed(db, stored.id, one)},
    ).rowcount
    if written != 1:
        raise Changed
    return StoredInvitation(stored.id, stored.revision + 1, one)


def find(db: Database, person: str) -> StoredInvitation | None:
    """Return the invitation of someone by their id in links, visits and mails."""
    number = person.removeprefix(PERSON)
    if not is_invited(person) or not number.isdecimal():
        return None
    return next(_found(db, "id = ?", int(number)), None)


def of_address(db: Database, address: str) -> list[StoredInvitation]:
    is_theirs = "person > '' and person = ? order by id"
    return list(_readable(db, is_theirs, hash_of(db, address))) if address else []


def of_kind(db: Database, kind: Kind) -> list[StoredInvitation]:
    """Return all that can be read, in the order in which they were stored."""
    return list(_readable(db, "kind = ? order by id", kind))


def to_remind(db: Database, now: datetime) -> list[StoredInvitation]:
    return list(_readable(db, "remind_at <= ? order by remind_at limit 100", stamp(now)))


def over(db: Database, now: datetime) -> list[str]:
    """Return the ids of those whose time is over; they need not be read to be forgotten."""
    rows = db.execute(
        "select id from invitations where ends_at <= ? order by ends_at limit 100", [stamp(now)]
    ).fetchall()
    return [f"{PERSON}{id}" for (id,) in rows]


def drop(db: Database, person: str) -> None:
    db.execute("delete from invitations where id = ?", [int(person.removeprefix(PERSON))])


def _columns(db: Database, one: Invitation) -> dict[str, object]:
    return {
        "kind": one.kind,
        "person": hash_of(db, one.address),
        "remind_at": stamp_minute(one.remind_at) if one.remind_at else None,
        "ends_at": stamp_minute(one.ends_at),
    }


def _sealed(db: Database, id: int, one: Invitation) -> str:
    return db.seal.close(SEALED, id, _invitation.write(one))


def _found(db: Database, condition: str, *values: object) -> Iterator[StoredInvitation]:
    for row in _rows(db, condition, values):
        yield _stored(db, row)


def _readable(db: Database, condition: str, *values: object) -> Iterator[StoredInvitation]:
    """Yield those that can be read: a damaged one must not keep the others from going on."""
    for row in _rows(db, condition, values):
        try:
            yield _stored(db, row)
        except UNREADABLE as error:
            log.error("Invitation %s cannot be read: %s", row[0], error)


def _rows(db: Database, condition: str, values: Iterable[object]) -> list[tuple[int, int, str]]:
    return db.execute(
        f"select id, revision, detail from invitations where {condition}",  # noqa: S608 - our words
        list(values),
    ).fetchall()


def _stored(db: Database, row: tuple[int, int, str]) -> StoredInvitation:
    id, revision, detail = row
    return StoredInvitation(id, revision, _invitation.read(db.seal.open(SEALED, id, detail)))
