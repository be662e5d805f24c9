"""Measure how soon a browser paints the longest pages over loopback: a review, and boards."""

import os
from collections.abc import Iterator
from dataclasses import replace

from playwright.sync_api import Browser, Page

from pages.examples.stage import LISTENING, Stage
from tests.world import JORDAN, World, link_in

TIMES = 15
PAINT = """() => new Promise(resolve => new PerformanceObserver(list => {
  const [first] = list.getEntriesByName('first-contentful-paint');
  const [page] = performance.getEntriesByType('navigation');
  if (first) resolve([first.startTime, page.responseEnd]);
}).observe({type: 'paint', buffered: true}))"""


#: How many requests are open on the measured boards.
FEW, MANY = 40, 1_000


def painted(browser: Browser, world: World) -> Iterator[str]:
    """Open the longest pages again and again, and say how soon each was seen."""
    world.request()
    page = browser.new_context(viewport={"width": 390, "height": 700}).new_page()
    page.goto(link_in(world.mail(JORDAN)))
    yield _measured(page, "the page before any other, for comparison")
    page.get_by_role("button", name="Continue").click()
    count = page.locator(".candidate").count()
    yield _measured(page, f"a review with {count} candidates")
    world.ask_for_link(JORDAN)
    page.goto(link_in(world.mail(JORDAN, "your page")))
    page.get_by_role("button", name="Continue").click()
    page.goto(f"{world.url}/board")
    for have, number in ((1, FEW), (FEW, MANY)):
        _fill(world, have, number)
        yield _measured(page, f"a board of {number:,} open requests")


def _fill(world: World, have: int, number: int) -> None:
    """Let so many requests be open, in three departments."""
    book = world.engine.casebook
    stage = Stage(book.program, book.store, book.seal, world.clock.now)
    departments = list(book.program.departments)
    for one in range(have, number):
        facts = replace(stage.facts(), department=departments[one % len(departments)])
        own = f"person.{one}@example.org", f"203-{200 + one // 7:03}-{1000 + one}"
        stage.submit(replace(LISTENING, email=own[0], phone=own[1]), facts)


def _measured(page: Page, what: str) -> str:
    found = []
    for _ in range(TIMES):
        page.reload()
        found.append(page.evaluate(PAINT))
    paints, answers = (sorted(one) for one in zip(*found, strict=True))
    load = os.getloadavg()[0]
    return (
        f"First paint of {what}, in {TIMES} loads: fastest {paints[0]:.0f} ms, median"
        f" {paints[TIMES // 2]:.0f} ms; the whole answer was there after {answers[0]:.0f} ms at"
        f" best. The load of the machine was {load:.0f}."
    )
