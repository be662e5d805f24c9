"""Mails greet people as they like to be addressed, and never by a piece of a name."""

import pytest

from tests.world import JORDAN, World
from workflow.words import look_into_your_mail


@pytest.mark.parametrize(
    ("name", "called", "greeting"),
    [
        ("Dr. Jordan Reyes", "", "Hello Dr. Jordan Reyes,"),
        ("Reyes, Jordan", "", "Hello Reyes, Jordan,"),
        ("R. JORDAN REYES", "Jordan", "Hello Jordan,"),
    ],
)
def test_a_mail_greets_by_the_whole_name_or_as_they_like(
    world: World, name: str, called: str, greeting: str
) -> None:
    path = world.folder / "config/program.toml"
    entry = f'name = "{name}"\ncalled = "{called}"'
    path.write_text(path.read_text().replace('name = "Jordan Reyes"', entry))
    world.work()
    world.request()
    assert greeting in world.mail(JORDAN, "review").text


def test_a_text_message_greets_by_the_whole_name() -> None:
    assert look_into_your_mail("Dr. Ana Ruiz", "Care Desk").startswith("Hi Dr. Ana Ruiz, there")
