"""People on pages of their own: they say that they are away or back, hand over, open requests."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from tests.world import Page

if TYPE_CHECKING:
    from tests.simulation.people import Everybody

DAY = timedelta(days=1)
REFERENCE = re.compile(r"PS-[A-HJ-NP-Z2-9]{5}")
ASKED_AT = 16
#: Vacations of which somebody tells the service, those without a last day, and late returns.
TELLS, UNTIL_BACK, RETURNS_LATE, LATER = 0.65, 0.4, 0.2, 10 * DAY
HANDS_OVER, OPENS_BOARD, OPENS_ANOTHER = 0.4, 0.4, 0.3
BY_A_MAIL = "this page shows only what it was about"
AWAY_NOW = "We won’t email you until you’re back"


@dataclass(frozen=True)
class Leaving:
    """What somebody wants to say; without a last day until they are back."""

    first: date
    last: date | None


def plan(everybody: "Everybody", address: str, vacations: list[tuple[datetime, datetime]]) -> None:
    """Most vacations are told on one's own page, the day before."""
    chance, zone = everybody.chance, everybody.program.zone
    for begin, end in vacations:
        first = begin.astimezone(zone)
        tells_at = (first - DAY).replace(hour=ASKED_AT)
        if tells_at <= everybody.now() or chance.random() >= TELLS:
            continue
        is_open = chance.random() < UNTIL_BACK
        leaving = Leaving(first.date(), None if is_open else end.astimezone(zone).date())
        everybody.later(tells_at, partial(ask_for_link, everybody, address, leaving))
        if is_open:
            back_at = end + (LATER if chance.random() < RETURNS_LATE else timedelta())
            everybody.later(back_at, partial(ask_for_link, everybody, address, None))


def ask_for_link(everybody: "Everybody", address: str, wish: Leaving | None) -> None:
    """Ask for the link to one's own page, for something that one wants to say there."""
    everybody.wishes[address] = wish
    browser = everybody.browser()
    try:
        page = browser.look(f"{everybody.url}/link")
        everybody.choose(address, page, "", address=address)
    finally:
        browser.close()


def at_own_page(everybody: "Everybody", address: str, page: Page) -> None:
    """Say what one came to say; somebody who is back says so."""
    everybody.shown(address, REFERENCE.findall(page.text))
    # By the link of a mail that may have been passed on, nobody says that they are away.
    wish = None if BY_A_MAIL in page.text else everybody.wishes.pop(address, None)
    if wish is not None:
        kind = "away_until" if wish.last else "away_open"
        first, last = f"{wish.first}", f"{wish.last or ''}"
        page = everybody.choose(address, page, kind, first=first, last=last)
    elif AWAY_NOW in page.text:
        page = everybody.choose(address, page, "back", first=page.values("first")[:1])
    if "hand_over" in page.values("choice") and everybody.chance.random() < HANDS_OVER:
        page = everybody.choose(address, page, "hand_over", shown=page.values("shown"))
    wanted = everybody.carries.pop(address, "")
    if wanted in page.values("reference"):
        page = everybody.choose(address, page, "talk", reference=wanted)
    everybody.at_own_page(address, page)


def at_board(everybody: "Everybody", address: str, page: Page) -> None:
    """Look what is open, and have the link to something mailed: it is read like any mail."""
    references = page.values("choice")
    everybody.shown(address, references)
    if address in everybody.wishes or "You’re marked as away" in page.text:
        at_own_page(everybody, address, page.person.look(f"{everybody.url}/me"))
    if not references or everybody.chance.random() >= OPENS_BOARD:
        return
    is_first = everybody.chance.random() >= OPENS_ANOTHER
    reference = references[0] if is_first else everybody.chance.choice(references)
    everybody.choose(address, page, reference)
