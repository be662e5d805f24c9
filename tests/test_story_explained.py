"""The order of candidates, explained to the coordinators."""

import csv
import json
from pathlib import Path

import pytest

from tests.browser.gallery import NOT_AMARA, PHARMACIST, all_but_amara_paused
from tests.world import JORDAN, REQUESTER, World, living


def test_every_candidate_says_why(world: World) -> None:
    world.request()
    text = world.open(world.mail(JORDAN)).text
    assert "Role same Dept other Free 1 of 1 Never asked yet" in text
    assert "Fewer than two" not in text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "You can talk with the requester about their wishes, refer them to professional"),
        (
            {"QID2_TEXT": None, "QID3_TEXT": None},
            "First look for a way to reach them, in their response in Qualtrics",
        ),
    ],
)
def test_when_nobody_can_be_asked_the_page_says_what_is_left(
    tmp_path: Path, changed: dict[str, object], said: str
) -> None:
    with living(tmp_path, all_but_amara_paused(tmp_path)) as world:
        world.request(**(NOT_AMARA | {"QID2_TEXT": REQUESTER} | changed))
        text = world.open(world.mail(JORDAN)).text
    assert f"No supporter is free right now. {said}" in text
    assert "Refer the person" not in text, "nobody is referred unheard"


def test_when_fewer_than_two_fit_the_page_says_what_to_give_up(world: World) -> None:
    world.request(**PHARMACIST)
    text = world.open(world.mail(JORDAN)).text
    assert "Fewer than two fit all wishes Wishes you could drop:" in text
    assert "Without the wish for another department: 1 more (Nina Horvat)" in text


def test_what_was_shown_is_recorded_with_the_decision_and_forgotten_with_it(world: World) -> None:
    world.request()
    page = world.open(world.mail(JORDAN))
    first = page.values("first")[0]
    page.choose("offered", first=first)
    (sealed,) = world.row("rankings", "shown")
    shown = json.loads(world.engine.casebook.seal.open(sealed))
    assert shown[0]["id"] == first
    assert shown[0]["reasons"][0] == "same role, as asked"
    assert sum(number for _, number in shown[0]["points"]) == shown[0]["score"]
    world.open(world.mail(JORDAN)).choose("closed", outcome="reached_otherwise")
    world.passes(days=40)
    assert world.count("rankings") == world.count("cases") == 0


def with_amara(world: World, **changed: str) -> None:
    """Change what the admins' file says of a supporter."""
    path = world.folder / "config" / "supporters.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], *(key for key in changed if key not in rows[0])])
        writer.writeheader()
        writer.writerows(row | changed if row["id"] == "amara-cole" else row for row in rows)
    world.work()


def test_who_is_not_available_reads_the_same_whatever_the_reason(world: World) -> None:
    world.request(QID10_1=3, QID10_3=3)
    page = world.open(world.mail(JORDAN))
    assert "Amara Cole" in page.text
    seen = set()
    for reason in ({"status": "paused"}, {"status": "inactive"}, {"trained_on": ""}):
        with_amara(world, **reason)
        seen.add(page.again().text)
        with_amara(world, status="active", trained_on="2025-10-14")
    world.own_page("amara.cole@example.org").choose("away_open")
    seen.add(page.again().text)
    assert len(seen) == 1
    assert "Amara" not in seen.pop()
