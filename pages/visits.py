"""Visits: a person on a case, or on their own pages, for half an hour, kept on the server.

The cookie holds a random id for each; the database holds their hashes.
"""

import json
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import g, request, session

from pages.access import sign_on
from pages.context import casebook, now
from store.access import visits
from store.access.visits import StoredVisit, hash_of
from store.sealing import CannotOpen
from workflow.model import Role

LIFE = timedelta(minutes=30)
#: Visits to cases that one browser may hold at a time.
MOST_VISITS = 12
#: Where the cookie has them. An earlier release kept some elsewhere that opened less than a mail's.
ON_CASES = "cases"
#: Where the cookie has how the last one ended.
OVER = "over"
#: Where the cookie has by which links this browser came.
CAME = "came"
#: Numbers in addresses have nine digits.
LEAST_NUMBER = 10**8
#: "Last used" is no more precise: it is written only when something is sent.
PRECISION = timedelta(minutes=5)


@dataclass(frozen=True)
class Visit:
    """One person on one case in one role, for half an hour."""

    reference: str
    role: Role
    person: str
    offer: int | None
    has_decided: bool = False
    #: The number of the visit in this browser, which alone stands in the address.
    slot: int = 0


@dataclass(frozen=True)
class PersonVisit:
    """One person on their own pages; a browser has at most one such visit."""

    person: str
    role: Role
    #: The page that the link was for; for an admin perhaps the fingerprint of files to confirm.
    page: str = ""


class NoLink(Exception):
    """We do not know the link, or it opens nothing for its reader anymore."""


class NoVisit(Exception):
    """This browser opened no link to the page, or too long ago."""


class Ended(NoVisit):
    """The visit ended a moment ago with an answer of this browser."""

    def __init__(self, event: str) -> None:
        super().__init__(event)
        self.event = event


# Visits to cases


def current(slot: int) -> Visit:
    """Return a current visit of this browser; NoVisit when there is none or it has ended.

    NotSignedOn when its person is not signed on and must be.
    """
    visit, used_at = _found(slot)
    sign_on.require(visit.role, visit.person, is_own_page=False)
    if request.method == "POST" and now() - used_at >= PRECISION:
        with casebook().store.write() as db:
            visits.use(db, hash_of(_ids()[str(slot)]), now())
    return visit


def _found(slot: int) -> tuple[Visit, datetime]:
    """Return a visit of this browser, and when it was last used."""
    id = _ids().get(str(slot), "")
    found = visits.find(casebook().store.read(), hash_of(id), now()) if id else None
    if found is None or not found.reference:
        raise refusal(slot)
    visit = Visit(found.reference, found.role, found.person, found.offer, found.has_decided, slot)
    return visit, found.used_at


def begin(visit: Visit) -> Visit:
    """Begin a visit under a new id; one like it keeps its number, which no other ever gets."""
    ids = _ids()
    before = next((one.slot for one in _all_current() if _is_like(one, visit)), None)
    slot = before or new_number(ids)
    ended = [ids.pop(str(slot))] if before else []
    while len(ids) >= MOST_VISITS:
        ended.append(ids.pop(next(iter(ids))))
    _keep(ids | {str(slot): _stored(_as_stored(visit), ended)})
    return replace(visit, slot=slot)


def new_number(taken: Collection[str]) -> int:
    """Return what stands in the address of a page: by chance, so that no other ever gets it.

    A number that counts would tell the next person at this computer that others came before.
    """
    number = LEAST_NUMBER + secrets.randbelow(9 * LEAST_NUMBER)
    return new_number(taken) if str(number) in taken else number


def running(person: str) -> dict[str, Visit]:
    """Return the visits of a reviewer in this browser, by case: mails about them began each."""
    return {
        visit.reference: visit
        for visit in _all_current()
        if (visit.role, visit.person) == (Role.REVIEWER, person)
    }


def change(visit: Visit) -> None:
    """Store that a visit goes on: on another case, or with its decision made."""
    hash = hash_of(_ids().get(str(visit.slot), ""))
    with casebook().store.write() as db:
        visits.change(db, hash, visit.reference, visit.offer, visit.has_decided, now())


def end(visit: Visit, event: str) -> None:
    """End a visit with the answer that ended it, which a reload says once more."""
    keep_ending(visit, event)
    ids = _ids()
    hash = hash_of(ids.pop(str(visit.slot), ""))
    _keep(ids)
    with casebook().store.write() as db:
        visits.end(db, [hash])
    forget_links()


def keep_ending(visit: Visit, event: str) -> None:
    """Keep which answer ends a visit, for half an hour, in the browser that sent it.

    No request stands there: the case may be forgotten by then. It is sealed, since a browser may
    keep its cookies for long, and only requesters withdraw.
    """
    kept = json.dumps([visit.slot, event, now().isoformat()])
    session[OVER] = casebook().seal.close(OVER, visit.slot, kept)


def end_here() -> None:
    """End all visits of this browser. What it still shows sends nothing anymore."""
    hashes = [hash_of(id) for id in (*_ids().values(), _own_id()) if id]
    session.clear()
    if hashes:
        with casebook().store.write() as db:
            visits.end(db, hashes)
    clear_cache()


def forget_links() -> None:
    """Drop the links by which this browser came: one of them has served its purpose."""
    session.pop(CAME, None)
    clear_cache()


def refusal(slot: int) -> NoVisit:
    """Return why a number leads to no page anymore, whatever became of its request."""
    sealed = session.get(OVER)
    with suppress(CannotOpen):
        if isinstance(sealed, str):
            ended, event, at = json.loads(casebook().seal.open(OVER, slot, sealed))
            if ended == slot and now() - datetime.fromisoformat(at) < LIFE:
                return Ended(event)
    return NoVisit()


def _as_stored(visit: Visit) -> StoredVisit:
    return StoredVisit(
        visit.person, visit.role, visit.reference, visit.offer, now(), now(), now() + LIFE,
        has_decided=visit.has_decided,
    )  # fmt: skip


def _all_current() -> Iterator[Visit]:
    for slot in _ids():
        with suppress(NoVisit):
            yield _found(int(slot))[0]


def _is_like(one: Visit, other: Visit) -> bool:
    """Tell whether two visits are of one person in one role on one case."""
    return (one.reference, one.role, one.person, one.offer) == (
        other.reference, other.role, other.person, other.offer,
    )  # fmt: skip


# Visits to own pages


def current_person() -> PersonVisit:
    """Return the current visit to own pages; NoVisit, or NotSignedOn, when it opens nothing."""
    id = _own_id()
    found = visits.find(casebook().store.read(), hash_of(id), now()) if id else None
    if found is None or found.reference:
        raise NoVisit
    sign_on.require(found.role, found.person, is_own_page=True)
    return PersonVisit(found.person, found.role, found.page)


def begin_person(visit: PersonVisit) -> None:
    stored = StoredVisit(
        visit.person, visit.role, "", None, now(), now(), now() + LIFE, page=visit.page
    )
    session["person"] = _stored(stored, [_own_id()])


def names_here() -> set[str]:
    """Return the names of this browser's visits, as `visits.of_people` lists them."""
    return {visits.name_of(hash_of(id)) for id in (*_ids().values(), _own_id()) if id}


# The cookie


def was_here() -> bool:
    """Tell whether this browser has had a visit, so that one which is over is no one's attack."""
    return bool(_ids() or _own_id())


def clear_cache() -> None:
    """Let the browser drop what it keeps of our pages, because someone's part is over.

    Never its cookies: that would clear those of the whole domain, the hospital's included.
    """
    g.clears_cache = True


def _ids() -> dict[str, str]:
    """Return the ids of this browser's visits by their numbers, the oldest first."""
    kept = session.get(ON_CASES)
    # Releases before kept them otherwise, and in no order.
    return dict(kept) if isinstance(kept, list) else {}


def _keep(ids: Mapping[str, str]) -> None:
    session[ON_CASES] = [[slot, id] for slot, id in ids.items()]


def _own_id() -> str:
    id = session.get("person")
    return id if isinstance(id, str) else ""


def _stored(visit: StoredVisit, ended: Iterable[str]) -> str:
    """Store a visit under a new id, instead of others of this browser; return the id."""
    id = secrets.token_urlsafe(32)
    with casebook().store.write() as db:
        visits.end(db, map(hash_of, ended))
        visits.begin(db, hash_of(id), visit)
    return id
