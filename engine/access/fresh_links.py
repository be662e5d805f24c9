"""Mail fresh links to the addresses on file: asked for on a page, looked up by the worker.

The page does the same for everyone, so that neither its answer nor its time tells whom we know.
"""

import ipaddress
import json
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from casebook import duplicates
from casebook.casebook import Loaded
from casebook.purpose import has_own_page, has_part
from engine import adoption
from engine.engine import Engine
from engine.invitations import asking
from notifications import planning, program_mails
from store import outbox
from store.access import asks, links
from store.access.links import StoredLink
from store.outbox import REQUESTER, Outgoing
from workflow.errors import NoSuchCase
from workflow.model import Role

DAY = timedelta(days=1)
#: Mails to one reader about one request, or with the link to their own page.
MOST_TO_READER = 3
#: Addresses that are typed within one network, whether we know them or not.
MOST_FROM_NETWORK = 20
#: What counts as one network: what one household or one small site usually has.
NETWORK_BITS = {4: 24, 6: 56}
LONGEST_ADDRESS = 254
#: Mailing keeps others waiting for a moment, and that would tell whom we know. So no one can tell
#: when it begins.
LONGEST_WAIT_SECONDS = 20


def ask_by_address(engine: Engine, address: str, client: str, now: datetime) -> bool:
    """Let the worker mail the owner of this address; False when this network asked too often.

    A client that we cannot tell apart is not counted: anyone could be behind it.
    """
    network = network_of(client)
    key = engine.casebook.keyed_hash("network", network) if network else ""
    return _ask(engine, {"address": address[:LONGEST_ADDRESS]}, now, key)


def ask_by_link(engine: Engine, hash: str, now: datetime) -> None:
    """Let the worker mail a fresh link for one that is over."""
    _ask(engine, {"link": hash}, now)


def _ask(engine: Engine, wanted: dict[str, str], now: datetime, network: str = "") -> bool:
    """Store what is wanted; False if its network has asked too often.

    It is counted where it is stored: many that come at once would all see the same number.
    """
    sealed = engine.casebook.seal.close(asks.WANTED, "", json.dumps(wanted))
    due_at = now + timedelta(seconds=secrets.choice(range(1, LONGEST_WAIT_SECONDS + 1)))
    with engine.store.write() as db:
        if network:
            if asks.count(db, network, now - DAY) >= MOST_FROM_NETWORK:
                return False
            asks.record(db, network, now)
        asks.add(db, sealed, due_at)
    return True


def network_of(client: str) -> str:
    """Return the network of a client's address; "" when we cannot read it."""
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return str(ipaddress.ip_network((address, NETWORK_BITS[address.version]), strict=False))


def handle(engine: Engine, id: int, wanted: str, now: datetime) -> None:
    """Look up what was asked for, and queue the mails."""
    asked = json.loads(engine.casebook.seal.open(asks.WANTED, "", wanted))
    # Anyone can type an address. People who have one of our mails can still ask by its link.
    queue(engine, list(_mails_for(engine, asked, now)), now, done=id, by=min(asked))


def drop_overdue(engine: Engine, now: datetime) -> None:
    """Drop what could not be looked up for a day: we keep no typed address longer."""
    if asks.has_due(engine.store.read(), now - DAY):
        with engine.store.write() as db:
            asks.drop_due(db, now - DAY)


def queue(
    engine: Engine, mails: Iterable[Outgoing], now: datetime, done: int = 0, by: str = "board"
) -> None:
    """Queue mails with fresh links, so many a day for each reader and way of asking at most."""
    hashed = [
        (mail, engine.casebook.keyed_hash("reader", by, mail.person, str(mail.case_id)))
        for mail in mails
    ]
    with engine.store.write() as db:
        asks.remove(db, done)
        for mail, key in hashed:
            if asks.count(db, key, now - DAY) < MOST_TO_READER and outbox.add(db, [mail]):
                asks.record(db, key, now)


def _mails_for(engine: Engine, wanted: dict[str, str], now: datetime) -> Iterator[Outgoing]:
    if "address" in wanted:
        found = engine.casebook.requested_from(wanted["address"])
        # A merged request is found in the place of the older one, which their order would tell.
        for loaded in sorted(found, key=lambda one: one.stored.id):
            yield planning.fresh_link(loaded, REQUESTER, Role.REQUESTER, None, now)
        for person in engine.program.found_by(wanted["address"]):
            yield program_mails.link_to_own_page(person.id, now)
        yield from asking.fresh_links(engine, wanted["address"], now)
        return
    stored = links.find(engine.store.read(), wanted["link"])
    if stored is not None:
        yield from _instead_of(engine, stored, now)


def _instead_of(engine: Engine, stored: StoredLink, now: datetime) -> Iterator[Outgoing]:
    """Yield the mail with a fresh link for one that is over, while its reader still has a part."""
    link = stored.link
    if link.role is Role.INVITED:
        yield from asking.fresh_link(engine, link.person, now)
    elif link.role is Role.ADMIN:
        yield from adoption.fresh_link(engine, link.page, link.person, now)
    elif link.case_id is None:
        if has_own_page(engine.program, link.person):
            yield program_mails.link_to_own_page(link.person, now)
    else:
        loaded = _case_of(engine, stored)
        if loaded is not None and has_part(
            engine.casebook, loaded, link.role, link.person, link.offer, now
        ):
            yield planning.fresh_link(loaded, link.person or REQUESTER, link.role, link.offer, now)


def _case_of(engine: Engine, stored: StoredLink) -> Loaded | None:
    """Return the case that a link leads to."""
    try:
        reference = duplicates.leads_to(engine.casebook, stored.reference, stored.link.role)
        return engine.casebook.load(reference)
    except NoSuchCase:
        return None
