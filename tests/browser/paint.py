"""Measure how soon a browser paints the reviewers' page, the longest one, over loopback."""

import os

from playwright.sync_api import Browser

from tests.world import JORDAN, World, link_in

TIMES = 15
PAINT = """() => new Promise(resolve => new PerformanceObserver(list => {
  const [first] = list.getEntriesByName('first-contentful-paint');
  const [page] = performance.getEntriesByType('navigation');
  if (first) resolve([first.startTime, page.responseEnd]);
}).observe({type: 'paint', buffered: true}))"""


def painted(browser: Browser, world: World) -> str:
    """Open a review with all its candidates again and again, and say how soon it was seen."""
    world.request()
    page = browser.new_context(viewport={"width": 390, "height": 700}).new_page()
    page.goto(link_in(world.mail(JORDAN)))
    page.get_by_role("button", name="Continue").click()
    count = page.locator(".candidate").count()
    found = []
    for _ in range(TIMES):
        page.reload()
        found.append(page.evaluate(PAINT))
    paints, answers = (sorted(one) for one in zip(*found, strict=True))
    load = os.getloadavg()[0]
    return (
        f"First paint of a review with {count} candidates, in {TIMES} loads: fastest"
        f" {paints[0]:.0f} ms, median {paints[TIMES // 2]:.0f} ms; the whole answer was there after"
        f" {answers[0]:.0f} ms at best. The load of the machine was {load:.0f}."
    )
