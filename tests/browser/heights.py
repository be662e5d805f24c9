"""Print how long the ten most used pages are on a phone, and where their first action ends."""

import shutil

from playwright.sync_api import Page, sync_playwright

from tests.browser import looking
from tests.browser.looking import Looker
from workflow import words

SCREEN = 700
#: The page in the gallery, what people mostly do there, and the first thing that they tap for it.
MOST_USED = (
    ("anybody, link opened", "open the page", "main button"),
    ("reviewer, new", "ask a supporter", ".candidate .choice"),
    ("reviewer, asked just now", "undo it", "label:has([value=undone])"),
    ("reviewer, urgent", "take the call", "label:has([value=call_taken])"),
    ("own pages, board, much open", "open a request", "table button"),
    ("supporter, asked", "say yes", "[value=accepted]"),
    ("supporter, matched", "get in touch", "a.button"),
    ("supporter, in contact, later", "say that it is done", "summary"),
    ("requester, matched", "say that nobody called", "label:has([value=not_heard])"),
    ("own pages, coordinator", "be away", "label:has([value=away_open])"),
)
HEIGHT = "document.documentElement.scrollHeight"
END = "what => Math.round(document.querySelector(what).getBoundingClientRect().bottom)"


def folded(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = false)")


def main() -> None:
    rows = [("page", "height", "screens", "to do", "first action ends at")]
    known = {one.name: one for one in looking.all_pages(looking.program())}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        looker = Looker(browser.new_page())
        for name, task, first in MOST_USED:
            looker.shows(known[f"{name} (en-US)"])
            folded(looker.page)
            looker.page.set_viewport_size({"width": looking.WIDTHS[0], "height": SCREEN})
            height, end = looker.page.evaluate(HEIGHT), looker.page.evaluate(END, first)
            rows.append((name, f"{height}", f"{height / SCREEN:.1f}", task, f"{end}"))
        browser.close()
    print("\n".join(words.table(rows)))
    print(f"Pixels at {looking.WIDTHS[0]} px; a screen is {SCREEN} px.")


if __name__ == "__main__":
    main()
