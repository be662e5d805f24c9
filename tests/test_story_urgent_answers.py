"""About an urgent request mails leave at once, so whatever mails somebody is asked twice."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.world import JORDAN, REQUESTER, Page, World, example_config, living


def in_review(world: World) -> str:
    world.request(QID12=3)
    page = world.open(world.mail(JORDAN))
    page.choose("call_taken")
    page.again().choose("called", outcome="goes_on")
    return world.only_case().reference


def offered(world: World) -> str:
    reference = in_review(world)
    page = world.open(world.mail(JORDAN))
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    world.passes(minutes=6)
    return reference


def matched(world: World) -> str:
    reference = offered(world)
    world.open(world.mail(world.asked(reference))).choose("accepted")
    world.passes(minutes=6)
    return reference


def in_contact(world: World) -> str:
    reference = matched(world)
    world.open(world.mail(world.asked(reference))).choose("contacted")
    world.passes(minutes=6)
    return reference


def closed(world: World) -> str:
    reference = in_review(world)
    world.open(world.mail(JORDAN)).choose("closed", outcome="reached_otherwise")
    world.passes(minutes=6)
    return reference


def sent_once(page: Page, choice: str, **fields: str) -> Page:
    """Send a form as it stands, as a mail scanner does."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.answer.text)
    assert token
    shown = {"offer": page.values("offer")[0]} if page.values("offer") else {}
    data = {"csrf_token": token[1], "choice": choice} | shown | fields
    return Page(page.person, page.person.web.post(page.answer.url, data=data))


SUPPORTER = "the supporter"


@pytest.mark.parametrize(
    ("state", "reader", "choice", "fields"),
    [
        (in_review, JORDAN, "referred", {"resource": "crisis-line"}),
        (in_review, JORDAN, "closed", {"outcome": "reached_otherwise"}),
        (offered, JORDAN, "offer_withdrawn", {}),
        (offered, SUPPORTER, "accepted", {}),
        (offered, SUPPORTER, "declined", {}),
        (matched, SUPPORTER, "handed_back", {}),
        (matched, JORDAN, "taken_back", {}),
        (matched, REQUESTER, "rematch_asked", {}),
        (in_contact, SUPPORTER, "completed", {"outcome": "supported"}),
        (closed, JORDAN, "reopened", {}),
        (closed, REQUESTER, "reopened", {}),
    ],
    ids=lambda one: one.__name__ if callable(one) else None,
)
def test_what_mails_somebody_at_once_is_asked_twice(
    world: World,
    state: Callable[[World], str],
    reader: str,
    choice: str,
    fields: dict[str, str],
) -> None:
    reference = state(world)
    address = world.asked(reference) if reader == SUPPORTER else reader
    page = world.open(world.mail(address))
    before = world.events(reference)
    asked = sent_once(page, choice, **fields)
    assert "Are you sure? This can’t be undone." in asked.text
    assert world.events(reference) == before
    assert page.choose(choice, **fields).status == 200
    assert world.events(reference) == [*before, choice]


def test_where_the_program_lets_nothing_be_undone_all_of_it_is_asked_twice(tmp_path: Path) -> None:
    config = example_config(tmp_path)
    program = config / "program.toml"
    program.write_text(
        program.read_text().replace('undo_window = "5 minutes"', 'undo_window = "none"')
    )
    with living(tmp_path, config) as world:
        reference = world.request()
        page = world.open(world.mail(JORDAN))
        first = page.values("first")[0]
        asked = sent_once(page, "offered", first=first)
        assert "Ask them now?" in asked.text
        assert world.events(reference) == ["submitted"]
        assert page.choose("offered", first=first).status == 200
        world.passes(minutes=1)
        page = world.open(world.mail(world.asked(reference)))
        assert "Save this now?" in sent_once(page, "accepted").text
        assert world.events(reference) == ["submitted", "offered"]
        assert page.choose("accepted").status == 200
        assert world.events(reference) == ["submitted", "offered", "accepted"]
