"""Leads of departments check in with colleagues: they get a guide, and see no request."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from demo.mailbox import StoredMessage
from tests.program_files import change, look
from tests.program_folder import Folder
from tests.world import JORDAN, LINK, Browser, World

NADIA = "nadia.brooks@example.org"
HER = """[people.nadia-brooks]
name = "Nadia Brooks"
email = "nadia.brooks@example.org"

[duties]
"""
COORDINATORS = '"Acute care"\ncoordinators = ["jordan-reyes", "priya-nair"]\n'
LEADS = 'leads = ["nadia-brooks", "marcus-bell"]\n'
MARCUS = "marcus.bell@example.org"


@pytest.fixture
def led(world: World) -> World:
    """A world in which Emergency Medicine has two leads, since Monday at ten."""
    with_leads(world)
    return world


def with_leads(world: World) -> None:
    change(world, "program.toml", "[duties]\n", HER)
    change(world, "program.toml", COORDINATORS, COORDINATORS + LEADS)
    look(world)


def guides(world: World, to: str) -> list[StoredMessage]:
    return world.mails(to, "your guide as a lead")


def to_day(world: World, year: int, month: int, day: int) -> None:
    """Let the worker live until a day: through a morning a week, and all of the last weeks."""
    end = datetime(year, month, day, 15, tzinfo=UTC)
    while world.clock.now < end:
        is_near = end - world.clock.now < timedelta(days=14)
        world.clock.now = min(end, world.clock.now + timedelta(days=1 if is_near else 7))
        world.work()


def test_a_lead_gets_the_guide_at_the_beginning_and_once_a_quarter(led: World) -> None:
    led.work()
    for address in (NADIA, MARCUS):
        (guide,) = guides(led, address)
        for said in (
            "in Emergency Medicine", "How are you doing?", "When to suggest peer support",
            "call a coordinator: Jordan Reyes or Priya Nair.", "They can write to everyone",
            "When to call right away", "Call or text 988, any time.", f"{led.url}/help",
        ):  # fmt: skip
            assert said in guide.text
    to_day(led, 2026, 12, 31)
    assert len(guides(led, NADIA)) == 1
    to_day(led, 2027, 1, 4)
    assert len(guides(led, NADIA)) == 2
    to_day(led, 2027, 3, 31)
    assert len(guides(led, NADIA)) == 2


def test_the_mail_has_no_link_that_acts(led: World) -> None:
    led.work()
    assert LINK.findall(guides(led, NADIA)[0].text + guides(led, NADIA)[0].html) == []


def test_a_new_lead_gets_it_the_next_working_morning_and_nobody_else_again(led: World) -> None:
    led.work()
    change(led, "program.toml", LEADS, LEADS.replace("]", ', "jordan-reyes"]'))
    look(led)
    assert guides(led, JORDAN) == []
    led.passes(days=1)
    assert len(guides(led, JORDAN)) == 1
    assert len(guides(led, MARCUS)) == 1


def test_whoever_becomes_a_lead_as_a_quarter_ends_gets_it_when_the_next_begins(
    led: World,
) -> None:
    to_day(led, 2026, 12, 27)
    change(led, "program.toml", LEADS, LEADS.replace("]", ', "jordan-reyes"]'))
    look(led)
    to_day(led, 2026, 12, 31)
    assert guides(led, JORDAN) == []
    to_day(led, 2027, 1, 4)
    assert len(guides(led, JORDAN)) == 1


def test_no_guide_comes_at_night_or_on_a_holiday(world: World) -> None:
    world.clock.now = datetime(2026, 11, 26, 15, tzinfo=UTC)
    with_leads(world)
    assert guides(world, NADIA) == []
    world.clock.now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    world.work()
    assert guides(world, NADIA) == []
    world.passes(hours=2)
    assert len(guides(world, NADIA)) == 1


def test_a_lead_sees_and_hears_nothing_of_requests(led: World) -> None:
    led.work()
    led.matched()
    led.ask_for_link(NADIA)
    assert [mail.subject for mail in led.mails(NADIA)] == ["Care Desk: your guide as a lead"]


def test_the_help_page_says_which_departments_have_leads(led: World) -> None:
    page = Browser().look(f"{led.url}/help").text
    assert "In Emergency Medicine, people check in with colleagues after hard events." in page
    assert "Nadia" not in page


def test_a_lead_must_be_known(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.change("program.toml", 'leads = ["priya-nair"]', 'leads = ["priya-nai"]')
    (problem,) = folder.problems
    assert 'departments.surgery.leads: "priya-nai" is not an id of [people]' in str(problem)
