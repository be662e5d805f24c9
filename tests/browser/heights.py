"""Print how long the most used pages are on a phone, and where their first action ends."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser import looking
from tests.browser.chromium import launched
from tests.browser.looking import Looker, Seen
from workflow import words

SCREEN = 700
#: Within so many pixels the first action of a page ends.
GOAL, GOAL_OF_REVIEWERS = 800, 1_400


@dataclass(frozen=True)
class Use:
    """What people mostly do on a page of the gallery, and what they tap first for it."""

    page: str
    task: str
    first: str


MOST_USED = (
    Use("anybody, link opened", "open the page", "main button"),
    Use("reviewer, new", "ask a supporter", ".candidate .choice"),
    Use("reviewer, asked just now", "undo it", "label:has([value=undone])"),
    Use("reviewer, urgent", "take the call", "label:has([value=call_taken])"),
    Use("own pages, board, much open", "open a request", "table button"),
    Use("supporter, asked", "say yes", "[value=accepted]"),
    Use("supporter, matched", "get in touch", "a.button"),
    Use("supporter, matched", "say that they were reached", "[value=contacted]"),
    Use("supporter, in contact, later", "say that it is done", "summary"),
    Use("requester, matched", "say that nobody called", "label:has([value=not_heard])"),
    Use("requester, corrected, asked by mail", "say yes", "label:has([value=contact_confirmed])"),
    Use("own pages, coordinator", "be away", "details summary"),
    Use("own pages, supporter, free", "take a break", "details summary"),
    Use("invited, nominee, asked", "say yes", "label:has([value=yes])"),
    Use("invited, nominee, said yes", "begin to tell about themselves", "input[name=name]"),
    Use("invited, session, asked", "say that they come", "label:has([value=yes])"),
    Use("invited, sessions, one is over", "check off who came", "label:has([name=came])"),
    Use("reviewer, nominees", "decide on a nominee", "section button"),
    Use("reviewer, report of a quarter", "read the first figures", "figure svg"),
    Use("admin, files wait", "use the new files", "label:has([value=in_force])"),
    Use("admin, copies", "check off what was deleted", "label:has([name=deleted])"),
    Use("reviewer, newcomers", "copy the line", ".written"),
    Use("anybody, help", "fill out the form", ".ask a"),
)
HEIGHT = "document.documentElement.scrollHeight"
END = "what => Math.round(document.querySelector(what).getBoundingClientRect().bottom)"
#: Whatever can be tapped first on a page, besides the crisis line, which is not its point.
TAPPED = "button, a.button, .ways a, .places a, label.choice, .field, summary"
FIRST = f"main :is({TAPPED}):not(.crisis *)"
#: Where nothing ends.
NONE = 100_000
ENDS_FIRST = f"""() => Math.min({NONE}, ...[...document.querySelectorAll('{FIRST}')]
  .filter(e => e.checkVisibility()).map(e => Math.round(e.getBoundingClientRect().bottom)))"""


def goal_of(page: str) -> int:
    return GOAL_OF_REVIEWERS if page.startswith("reviewer") else GOAL


def folded(looker: Looker, seen: Seen) -> Page:
    """Show a page as it comes on a phone, with everything folded that may be."""
    looker.shows(seen)
    looker.page.evaluate("document.querySelectorAll('details').forEach(e => e.open = false)")
    looker.page.set_viewport_size({"width": looking.WIDTHS[0], "height": SCREEN})
    return looker.page


def end_of(looker: Looker, seen: Seen, use: Use) -> int:
    """Return where the first action of a use ends."""
    return int(folded(looker, seen).evaluate(END, use.first))


def main() -> None:
    rows = [("page", "height", "screens", "to do", "first action ends at")]
    known = {one.name: one for one in looking.all_pages(looking.program())}
    with launched() as browser:
        looker = Looker(browser.new_page())
        for use in MOST_USED:
            end = end_of(looker, known[f"{use.page} (en-US)"], use)
            height = looker.page.evaluate(HEIGHT)
            rows.append((use.page, f"{height}", f"{height / SCREEN:.1f}", use.task, f"{end}"))
        ends = {name: folded(looker, one).evaluate(ENDS_FIRST) for name, one in known.items()}
    print("\n".join(words.table(rows)))
    print(f"Pixels at {looking.WIDTHS[0]} px; a screen is {SCREEN} px.")
    late = [f"{name}: {end}" for name, end in ends.items() if goal_of(name) < end < NONE]
    print(f"Pages on which nothing can be tapped within the goal: {len(late)}", *late, sep="\n")


if __name__ == "__main__":
    main()
