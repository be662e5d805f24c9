"""Links as mails carry them, for stories in which no mail has left yet."""

import secrets
from datetime import timedelta

from demo.mailbox import StoredMessage
from store import cases
from store.access import links, visits
from store.access.links import Link
from tests.inside import Inside
from tests.world import World
from workflow.model import Role


def link_to(
    service: Inside, person: str, role: Role, reference: str, offer: int | None = None
) -> str:
    """Return a link to the page of a case."""
    token, db = secrets.token_urlsafe(32), service.store.read()
    stored = cases.find(db, reference)
    assert stored is not None
    until = service.app.extensions["clock"]() + timedelta(days=9)
    with service.store.write() as db:
        links.keep(db, token, Link(person, role, stored.id, offer, until))
    return f"{service.app.extensions['service_address']().base_url}/open/{token}"


def opened_by(world: World, mail: StoredMessage) -> str:
    """Open a mail's link, and return the request that it leads to, or "" if it opens nothing."""
    with world.store.write() as db:
        db.execute("delete from visits")
    world.open(mail)
    found = visited(world, Role.REQUESTER)
    return found.pop() if found else ""


def visited(service: Inside, role: Role) -> set[str]:
    """Return the requests that somebody in this role is looking at."""
    db, now = service.store.read(), service.app.extensions["clock"]()
    hashes = [hash for (hash,) in db.execute("select hash from visits").fetchall()]
    found = (visits.find(db, hash, now) for hash in hashes)
    return {one.reference for one in found if one is not None and one.role is role}
