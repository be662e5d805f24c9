"""Days on which people are away, for stories of those who stand in."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.world import World

NY = ZoneInfo("America/New_York")


def at(world: World, day: int, hour: int, minute: int = 0, month: int = 11) -> None:
    """Let it be a day and an hour in New York; Monday is the 23rd."""
    then = datetime(2026, month, day, hour, minute, tzinfo=NY).astimezone(world.clock.now.tzinfo)
    assert then >= world.clock.now
    world.clock.now = then
    world.work()


def say(world: World, address: str, first: str = "", last: str = "") -> None:
    choice = "away_until" if last else "away_open"
    assert world.own_page(address).choose(choice, first=first, last=last).status == 200
    world.work()
