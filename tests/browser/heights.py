"""Print how long the ten most used pages are on a phone, and how many taps their task takes."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from tests.browser.gallery import ROADS, Gallery, walk
from workflow import words

STYLE = (Path(__file__).parents[2] / "static" / "style.css").read_text()
WIDTH, SCREEN = 390, 700
#: The page, what people mostly do there, and the first thing that they tap for it.
MOST_USED = (
    ("continue", "open the page", "button"),
    ("reviewer", "ask a supporter", "input[name=first]"),
    ("reviewer-decided", "undo it", "input[value=undone]"),
    ("reviewer-urgent", "take the call", "input[value=call_taken]"),
    ("board", "open a request", "form button"),
    ("supporter-asked", "say yes", "[value=accepted]"),
    ("supporter-accepted", "say that we’re in touch", "[value=contacted]"),
    ("supporter-in-contact", "say that it’s done", "input[name=outcome]"),
    ("requester-matched", "say that no one has called", "input[value=not_heard]"),
    ("me", "be away", "input[value=away_open]"),
)
ROADS_NEEDED = ("main_road", "urgent", "own_pages")
#: Folded parts around it, the answer itself, and the button of its form.
TAPS = """what => {
  const first = document.querySelector(what);
  if (!first) return 0;
  let folded = 0;
  for (let e = first.parentElement; e; e = e.parentElement)
    if (e.tagName === 'DETAILS' && !e.open) folded++;
  return folded + (first.tagName === 'INPUT' ? 2 : 1);
}"""
HEIGHT = "document.documentElement.scrollHeight"
PLACE = """what => {
  for (let e = document.querySelector(what); e; e = e.parentElement)
    if (e.tagName === 'DETAILS') e.open = true;
  const found = document.querySelector(what);
  return found ? Math.round(found.getBoundingClientRect().bottom) : 0;
}"""


def galleries() -> Gallery:
    found: Gallery = {}
    with TemporaryDirectory() as folder:
        for road in ROADS:
            if road.__name__.strip("_") in ROADS_NEEDED:
                place = Path(folder) / road.__name__
                place.mkdir()
                found |= walk(road, place).gallery
    return found


def styled(text: str) -> str:
    """Return a page with its stylesheet inside."""
    return text.replace("</head>", f"<style>{STYLE}</style></head>")


def measured(page: Page, text: str, first: str) -> tuple[int, int, int]:
    """Return a page's height, where the first tap is, and how many taps the task takes."""
    page.set_content(styled(text))
    height, taps = page.evaluate(HEIGHT), page.evaluate(TAPS, first)
    return height, page.evaluate(PLACE, first), taps


def main() -> None:
    known, rows = galleries(), [("page", "height", "screens", "to do", "at", "taps")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(viewport={"width": WIDTH, "height": SCREEN})
        for name, task, first in MOST_USED:
            height, at, taps = measured(page, known[name].text, first)
            screens = f"{height / SCREEN:.1f}"
            rows.append((name, f"{height}", screens, task, f"{at}", f"{taps}"))
        browser.close()
    print("\n".join(words.table(rows)))
    print(f"Pixels at {WIDTH} px; a screen is {SCREEN} px. Each link also takes one tap: Continue.")


if __name__ == "__main__":
    main()
