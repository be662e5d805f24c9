"""Measure how soon a browser paints the longest pages over loopback, and what they cost.

Paints are late on a busy machine. So the processor time of the service and of the page in the
browser stands beside them, and both for the page that only says "Continue".
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import Flask, g, request_finished, request_started
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
HEAD = ("page", "service", "browser", "both ÷ Continue", "answered", "painted", "median")


class Service:
    """How much processor time the service has taken for answers, in milliseconds."""

    def __init__(self, app: Flask) -> None:
        self.took = 0.0
        request_started.connect(self._begins, app)
        request_finished.connect(self._ends, app)

    def _begins(self, app: Flask, **_: object) -> None:
        g.began = time.thread_time()

    def _ends(self, app: Flask, **_: object) -> None:
        self.took += 1000 * (time.thread_time() - g.began)


@dataclass(frozen=True)
class Painted:
    """One load of a page, in milliseconds: processor time, and when things were there."""

    service: float
    browser: float
    answered: float
    painted: float


def painted(browser: Browser, world: World) -> Iterator[tuple[str, ...]]:
    """Open the longest pages again and again; yield a row of a table for each."""
    yield HEAD
    first: list[Painted] = []
    for what, loads in _all_loads(browser, world):
        first = first or loads
        service, taken = (min(one.service for one in loads), min(one.browser for one in loads))
        usual = min(one.service for one in first) + min(one.browser for one in first)
        paints = sorted(one.painted for one in loads)
        yield (
            what,
            *(f"{found:.0f} ms" for found in (service, taken)),
            f"{(service + taken) / usual:.1f}",
            f"{min(one.answered for one in loads):.0f} ms",
            f"{paints[0]:.0f} ms",
            f"{paints[TIMES // 2]:.0f} ms, load {os.getloadavg()[0]:.0f}",
        )


def _all_loads(browser: Browser, world: World) -> Iterator[tuple[str, list[Painted]]]:
    service = Service(world.app)
    world.request()
    page = browser.new_context(viewport={"width": 390, "height": 700}).new_page()
    page.goto(link_in(world.mail(JORDAN)))
    yield "Continue", _loads(page, service)
    page.get_by_role("button", name="Continue").click()
    count = page.locator(".candidate").count()
    yield f"a review with {count} candidates", _loads(page, service)
    world.ask_for_link(JORDAN)
    page.goto(link_in(world.mail(JORDAN, "your page")))
    page.get_by_role("button", name="Continue").click()
    page.goto(f"{world.url}/board")
    for have, number in ((1, FEW), (FEW, MANY)):
        _fill(world, have, number)
        yield f"a board of {number:,} requests", _loads(page, service)


def _fill(world: World, have: int, number: int) -> None:
    """Let so many requests be open, in three departments."""
    book = world.engine.casebook
    stage = Stage(book.program, book.store, book.seal, world.clock.now)
    departments = list(book.program.departments)
    for one in range(have, number):
        facts = replace(stage.facts(), department=departments[one % len(departments)])
        own = f"person.{one}@example.org", f"203-{200 + one // 7:03}-{1000 + one}"
        stage.submit(replace(LISTENING, email=own[0], phone=own[1]), facts)


def _loads(page: Page, service: Service) -> list[Painted]:
    """Load a page again and again; its browser's metrics begin anew each time."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    found = []
    for _ in range(TIMES):
        before = service.took
        page.reload()
        seen, answered = page.evaluate(PAINT)
        metrics = session.send("Performance.getMetrics")["metrics"]
        [took] = [one["value"] for one in metrics if one["name"] == "TaskDuration"]
        found.append(Painted(service.took - before, 1000 * took, answered, seen))
    session.detach()
    return found
