"""Who may see and change what: each kind of visit, two requests, before and after they are one.

Somebody fills out the form with another person's name and phone, and a reviewer finds that it is
the same request. Everybody then tries everything that a form can send.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace

from people.records import Identity
from tests.beginnings import rows_of
from tests.twice import again, confirm, merge, page_of
from tests.world import JORDAN, PRIYA, REQUESTER, Browser, Page, World
from workflow.errors import NoSuchCase

IMPOSTOR = "partner@example.org"
#: What a form can send that would change whose request it is, or show who asked.
ATTEMPTS = (
    "withdrawn_erased", "withdrawn", "contact_confirmed", "contact_refused", "separated",
    "contact_corrected", "reopened", "identity",
)  # fmt: skip
OWN, OTHER = {"older"}, {"newer"}
BOTH, NEITHER = OWN | OTHER, set[str]()
#: Which requests a visit may change, by how the two stand to each other.
MAY_CHANGE: dict[str, dict[str, set[str]]] = {
    # They were asked about a correction that has been taken back since.
    "two requests": {
        "first address": OWN, "second address": OTHER, "asked": OWN, "barred": OWN,
    },
    "merged": {"first address": OWN, "second address": OTHER, "asked": BOTH},
    "confirmed": {"second address": OWN},
    "separated": {"first address": OWN, "second address": OTHER, "asked": OWN},
    "corrected": {"first address": OWN, "asked": OWN, "barred": OWN},
}  # fmt: skip
VISITS = (
    "first address",
    "second address",
    "asked",
    "supporter",
    "barred",
    "board",
    "stranger",
)


def test_nobody_sees_or_changes_what_is_not_theirs(world: World) -> None:
    older, _ = world.matched()
    with restored(world):
        page = world.open(world.mail(REQUESTER, "what happens next"))
        page.choose("contact_corrected", email=IMPOSTOR, phone="860-555-0188", how=["mail", "call"])
        world.work()
        attack(world, "corrected", older, "PS-XXXXX")
    newer = again(world, QID2_TEXT=IMPOSTOR)
    attack(world, "two requests", older, newer)
    for reference in (older, newer):
        assert page_of(world, reference, PRIYA).choose("handed_over").status == 200
    world.passes(minutes=11)
    assert merge(world, older, newer).status == 200
    world.work()
    attack(world, "merged", older, newer)
    with restored(world):
        page = world.open(world.mail(REQUESTER, "was this you?"))
        assert page.choose("separated", confirmation=page.values("confirmation")[0]).status == 200
        world.work()
        attack(world, "separated", older, newer)
    world.passes(minutes=1)
    assert confirm(world, REQUESTER).status == 200
    attack(world, "confirmed", older, newer)


def attack(world: World, stage: str, older: str, newer: str) -> None:
    """Try everything from every visit; each attempt finds the requests as they were."""
    before = {which: kept(world, which, older, newer) for which in BOTH}
    for visit in VISITS:
        page = arrive(world, visit, older, newer)
        if page is None:
            continue
        may = MAY_CHANGE[stage].get(visit, NEITHER)
        others = {{"older": older, "newer": newer}[which] for which in BOTH - may}
        secrets = secrets_from(visit, others, stage)
        assert_tells_nothing(page, secrets, visit)
        is_requester = visit in ("first address", "second address", "asked")
        attempts = (
            ATTEMPTS if is_requester else ("withdrawn_erased", "contact_confirmed", "identity")
        )
        for choice in attempts if page.status == 200 else ():
            with restored(world):
                answer = attempt(page, choice)
                assert answer.status < 500, (stage, visit, choice)
                assert_tells_nothing(answer, secrets, f"{visit}: {choice}")
                for which in BOTH - may:
                    now = kept(world, which, older, newer)
                    assert now == before[which], (stage, visit, choice, which)


def arrive(world: World, visit: str, older: str, newer: str) -> Page | None:
    """Open what somebody has in their mailbox; None for what they never got."""

    def mailed(to: str, containing: str) -> Page | None:
        found = [m for m in world.mails(to) if containing in m.subject + m.text]
        opening = [m for m in found if "/open/" in m.text]
        return world.open(opening[-1]) if opening else None

    opening: dict[str, Callable[[], Page | None]] = {
        "first address": lambda: mailed(REQUESTER, "We got your request"),
        "second address": lambda: mailed(IMPOSTOR, ""),
        "asked": lambda: mailed(REQUESTER, "was this you?"),
        "supporter": lambda: mailed(world.asked(older), older),
        "barred": lambda: mailed(PRIYA, older),
        "board": lambda: on_board(world, older),
        "stranger": lambda: Browser().look(f"{world.url}/page/1"),
    }
    return opening[visit]()


def on_board(world: World, reference: str) -> Page:
    """Look at a board whose link may have been passed on, after choosing a request there."""
    board = world.own_page(JORDAN).person.look(f"{world.url}/board")
    board.choose(reference)
    return board.again()


def attempt(page: Page, choice: str) -> Page:
    """Send a choice with everything that could belong to it, whatever the page offers."""
    fields: dict[str, str | list[str]] = {
        "phone": "860-555-0166",
        "email": "mine@example.org",
        "how": ["mail", "call"],
        "confirmation": (page.values("confirmation") or ["5"])[0],
    }
    return page.choose(choice, **fields) if "csrf_token" in page.answer.text else page


def secrets_from(visit: str, others: set[str], stage: str) -> set[str]:
    """Return what a visit must not show: requesters' pages show no contact, not even their own."""
    unused = {REQUESTER} if stage == "confirmed" else {IMPOSTOR, "860-555-0188"}
    contacts = {IMPOSTOR, REQUESTER, "860-555-0199", "860-555-0188", "Jamie Quill"}
    if visit == "supporter":
        return unused
    return contacts if visit in ("board", "barred") else contacts | others


def assert_tells_nothing(page: Page, secrets: set[str], about: str) -> None:
    assert not [one for one in secrets if one in page.text + page.answer.url], about


def kept(world: World, which: str, older: str, newer: str) -> object:
    """Return what is kept of a submission: who asked and how they are reached, and what of it."""
    casebook = world.engine.casebook
    try:
        one = casebook.load(older)
        if which == "older":
            own = replace(one.own, second=None) if one.own else None
            return own, one.case.facts, one.case.outcome, one.case.is_urgent
        other = casebook.load(newer).own
    except NoSuchCase:
        return None
    second = one.own.second if one.own else None
    return _plain(other or second)


def _plain(identity: Identity | None) -> dict[str, object] | None:
    return asdict(replace(identity, leads=())) if identity else None


@contextmanager
def restored(world: World) -> Iterator[None]:
    """Undo in the database whatever happens in the block."""
    before = rows_of(world.store)
    try:
        yield
    finally:
        before.put_into(world.app.extensions["settings"].database)
