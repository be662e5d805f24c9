"""Count the taps of what people do most, after the link in the mail, in Chromium with a thumb."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Locator, Page

from tests.browser.chromium import launched
from tests.browser.paint import painted
from tests.world import JORDAN, REQUESTER, World, link_in, living
from workflow import words
from workflow.model import State


@dataclass
class Thumb:
    """A phone in somebody's hand, and how often they tapped."""

    page: Page
    taps: int = 0

    def opens(self, world: World, reader: str) -> None:
        self.page.goto(link_in(world.mail(reader)))
        self.presses("Continue")

    def taps_on(self, what: Locator) -> None:
        self.taps += 1
        what.tap()

    def presses(self, name: str) -> None:
        with self.page.expect_navigation():
            self.taps_on(self.page.get_by_role("button", name=name).locator("visible=true").first)

    def unfolds(self, name: str) -> None:
        self.taps_on(self.page.locator("summary").filter(has_text=name))

    def chooses(self, name: str) -> None:
        self.taps_on(self.page.get_by_role("radio", name=name).first)


def reviews_and_asks(world: World, thumb: Thumb) -> None:
    thumb.opens(world, JORDAN)
    thumb.taps_on(thumb.page.locator(".candidate [type=radio]").first)
    thumb.presses("Ask")


def accepts(world: World, thumb: Thumb) -> None:
    thumb.opens(world, world.asked(world.only_case().reference))
    thumb.presses("Yes, I’ll do it")


def says_contact_made(world: World, thumb: Thumb) -> None:
    thumb.opens(world, world.asked(world.only_case().reference))
    thumb.presses("I reached them")


def says_done(world: World, thumb: Thumb) -> None:
    thumb.opens(world, world.asked(world.only_case().reference))
    thumb.unfolds("It’s done")
    thumb.chooses("Yes, they were supported")
    thumb.presses("Close the request")


def withdraws(world: World, thumb: Thumb) -> None:
    thumb.opens(world, REQUESTER)
    thumb.unfolds("Withdraw my request")
    thumb.chooses("Withdraw and erase now")
    thumb.presses("Withdraw my request")
    thumb.chooses("Yes, I’m sure")
    thumb.presses("Send my answer")


#: In the order in which one request sees them, and the state after each.
STORY: tuple[tuple[str, Callable[[World, Thumb], None], State], ...] = (
    ("review and offer", reviews_and_asks, State.OFFERED),
    ("accept", accepts, State.MATCHED),
    ("contact made", says_contact_made, State.IN_CONTACT),
    ("done", says_done, State.CLOSED),
)


def counted(browser: Browser, world: World) -> list[tuple[str, str]]:
    """Lead one request from the form to its end, and withdraw another; return the taps."""
    found = []
    world.request()
    for name, act, after in STORY:
        thumb = Thumb(new_phone(browser))
        act(world, thumb)
        assert world.only_case().state is after, name
        found.append((name, f"{thumb.taps}"))
        world.passes(minutes=6)
    return found


def withdrawn(browser: Browser, world: World) -> tuple[str, str]:
    world.request()
    thumb = Thumb(new_phone(browser))
    withdraws(world, thumb)
    assert not world.only_case().is_open
    return "withdraw", f"{thumb.taps}"


def new_phone(browser: Browser) -> Page:
    size = {"width": 390, "height": 700}
    context = browser.new_context(viewport=size, is_mobile=True, has_touch=True)  # type: ignore[arg-type]
    return context.new_page()


def main() -> None:
    rows = [("what", "taps, with Continue")]
    with launched() as browser, TemporaryDirectory() as folder:
        places = [Path(folder) / name for name in ("one", "two", "three")]
        for place in places:
            place.mkdir()
        with living(places[0]) as world:
            rows += counted(browser, world)
        with living(places[1]) as world:
            rows.append(withdrawn(browser, world))
        with living(places[2]) as world:
            print("\n".join(words.table([*painted(browser, world)])))
    print("\n".join(words.table(rows)))


if __name__ == "__main__":
    main()
