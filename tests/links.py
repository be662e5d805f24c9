"""Links as mails carry them, for stories in which no mail has left yet."""

import secrets
from datetime import timedelta

from store import cases
from store.access import links
from store.access.links import Link
from tests.world import Inside
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
    return f"{service.app.extensions['service_address'].base_url}/open/{token}"


def visited(service: Inside, role: Role) -> set[str]:
    """Return the requests that somebody in this role is looking at."""
    found = service.store.read().execute(
        "select reference from visits join cases on cases.id = case_id where role = ?", [role]
    )
    return {reference for (reference,) in found.fetchall()}
