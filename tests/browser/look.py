"""Look at every page and every mail, at each width and in each scheme, and print what is wrong."""

import sys
import time
from collections.abc import Iterator

from playwright.sync_api import Browser

from tests.browser import looking
from tests.browser.chromium import launched
from tests.browser.keyboard import unreached
from tests.browser.looking import SCHEMES, WIDTHS, Looker, Seen


def everything(looker: Looker, seen: Seen) -> Iterator[str]:
    """Yield what is wrong with a page or a mail, and where."""
    yield from looker.looks(seen)
    if not seen.is_mail:
        yield from unreached(looker, seen)


def look(chromium: Browser, only: str) -> int:
    """Print what is wrong, and return how much that is."""
    program, looker = looking.program(), Looker(chromium.new_page())
    count = wrong = 0
    for seen in (*looking.all_pages(program), *looking.all_mails(program)):
        if only in seen.name:
            count += 1
            for what in everything(looker, seen):
                wrong += 1
                print(f"{seen.name}: {what}", flush=True)
            if count % 20 == 0:
                print(f"… {count}", file=sys.stderr, flush=True)
    print(f"Looked at {count} pages and mails, at {WIDTHS} px, {' and '.join(SCHEMES)}.")
    return wrong


def main() -> None:
    only, began = "".join(sys.argv[1:2]), time.monotonic()
    with launched() as chromium:
        wrong = look(chromium, only)
    print(f"{wrong} problems, in {time.monotonic() - began:.0f} s.")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
