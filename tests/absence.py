"""How people say that they are away, for stories of absences."""

from datetime import date, timedelta

from tests.world import World

#: The world's clock begins on this Monday.
TODAY = date(2026, 11, 23)
TOMORROW = TODAY + timedelta(days=1)
PHONE_OF_JORDAN = 'phone = "860-555-0101"'
PHONE_OF_PRIYA = 'phone = "860-555-0102"'


def leave(world: World, address: str, first: str = "", last: str = "") -> None:
    """Say on one's own page that one is away."""
    choice = "away_until" if last else "away_open"
    page = world.own_page(address).choose(choice, first=first, last=last)
    assert page.status == 200, page.text
    world.work()


def count(world: World, *people: str) -> list[int]:
    return [len(world.mails(person)) for person in people]


def in_files(world: World, old: str, new: str, file: str = "program.toml") -> None:
    world.work()
    path = world.folder / "config" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    world.work()
