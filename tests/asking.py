"""Requests and the candidates on their pages, for stories of who may be asked."""

import re

from tests.world import JORDAN, Page, World

#: Supporters of the example program.
AMARA, BETH, ESTHER = (
    "amara.cole@example.org",
    "beth.lindgren@example.org",
    "esther.kim@example.org",
)


def bytes_of(page: Page) -> str:
    """Return a page without what differs each time, or tells only that something else waits."""
    elsewhere = "<small>Also considered for another request.</small>"
    return re.sub(rf'name="csrf_token" value="[^"]+"|{elsewhere}', "", page.answer.text)


def asks_for_support(world: World, email: str, **changed: object) -> str:
    """Let somebody submit; returns the reference, before anybody was mailed about it."""
    before = open_references(world)
    world.submit(QID1_TEXT="Somebody", QID2_TEXT=email, QID3_TEXT=None, **changed)
    world.work()
    return (open_references(world) - before).pop()


def open_references(world: World) -> set[str]:
    return {loaded.case.reference for loaded in world.engine.casebook.open_cases()}


def page_of(world: World, reference: str, reviewer: str = JORDAN) -> Page:
    return world.open(world.mails(reviewer, reference)[-1])


def candidates(world: World, reference: str) -> set[str]:
    return set(page_of(world, reference).values("first"))
