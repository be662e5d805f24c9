"""Stories of several who wait at once: the best supporter is not proposed to all."""

import re
from itertools import islice

import pytest

from pages.facts import waiting
from store import identities
from tests.world import JORDAN, PRIYA, Page, World

ELSEWHERE = "Also considered for another request"


def ask(world: World, number: int, **changed: object) -> str:
    """Submit as somebody whom nobody takes for another; returns the reference."""
    known = world.references
    fresh = {
        "QID1_TEXT": f"Robin {'ABCDEFGH'[number]}ale",
        "QID2_TEXT": f"robin.{number}@example.org",
        "QID3_TEXT": f"860-555-02{number}0",
    }
    world.submit(**(fresh | changed))
    world.work()
    world.passes(minutes=11)
    (reference,) = set(world.references) - set(known)
    return reference


def choices(page: Page) -> dict[str, str]:
    """Return what stands beside each candidate, the first first."""
    found = re.findall(r'name="first" value="([^"]+)"(.*?)</label>', page.answer.text, re.S)
    return dict(found)


def elsewhere(page: Page) -> set[str]:
    return {id for id, words in choices(page).items() if ELSEWHERE in words}


def test_who_is_a_first_choice_for_another_request_is_said_without_saying_which(
    world: World,
) -> None:
    first = ask(world, 1)
    assert elsewhere(world.open(world.mail(JORDAN, first))) == set()
    second = ask(world, 2)
    page = world.open(world.mail(JORDAN, first))
    others = list(choices(world.open(world.mail(JORDAN, second))))[:3]
    assert elsewhere(page) == set(others)
    assert second not in page.text


def test_stand_ins_of_an_offer_are_considered_and_no_load(world: World) -> None:
    first, second = ask(world, 1), ask(world, 2)
    page = world.open(world.mail(JORDAN, first))
    asked, stand_in = page.values("first")[:2]
    page.choose("offered", first=asked, backup=stand_in)
    world.passes(minutes=6)
    page = world.open(world.mail(JORDAN, second))
    assert elsewhere(page) == {stand_in}
    for id, taken in ((stand_in, 0), (asked, 1)):
        capacity = world.engine.program.supporters[id].capacity
        assert f"Free <b>{capacity - taken} of {capacity}" in choices(page)[id]


def test_every_question_that_is_open_takes_a_place(world: World) -> None:
    for number in range(3):
        page = world.open(world.mail(JORDAN, ask(world, number)))
        said = choices(page)["beth-lindgren"]
        assert f"Free <b>{2 - number} of 2" in said
        assert ("has as many requests as they can take" in said) is (number == 2)
        page.choose("offered", first="beth-lindgren")
        world.passes(minutes=6)


def test_nobody_learns_of_a_request_that_they_may_not_look_after(world: World) -> None:
    first, second = ask(world, 1), ask(world, 2)
    world.open(world.mail(PRIYA, second)).choose("handed_over")
    assert elsewhere(world.open(world.mail(PRIYA, first))) == set()
    assert len(elsewhere(world.open(world.mail(JORDAN, first)))) == 3


def test_of_many_the_five_that_are_due_next_are_looked_at(world: World) -> None:
    asked = [ask(world, number) for number in range(7)]
    surgery = ask(world, 7, QID6=2)
    casebook = world.engine.casebook
    current = casebook.load(asked[0]).stored
    department, other = (casebook.load(r).case.facts.department for r in (asked[0], surgery))
    assert department != other
    found = islice(casebook.next_waiting([department], current), waiting.NEXT_REQUESTS)
    assert [one.case.reference for one in found] == asked[1:6]
    (elsewhere_due,) = casebook.next_waiting([other], current)
    assert elsewhere_due.case.reference == surgery


def test_whatever_is_read_first_what_is_due_next_comes_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though each department has a place of its own in the index."""
    asked = [ask(world, number, QID6=which) for number, which in enumerate((1, 1, 2, 1, 2))]
    casebook = world.engine.casebook
    departments = {casebook.load(one).case.facts.department for one in asked}
    current = casebook.load(asked[0]).stored
    for few in (1, 2, 3):
        monkeypatch.setattr(identities, "FEW", few)
        found = casebook.next_waiting(departments, current)
        assert [one.case.reference for one in found] == asked[1:]


def test_a_request_that_is_over_or_with_a_supporter_considers_nobody(world: World) -> None:
    first, second = ask(world, 1), ask(world, 2)
    world.open(world.mail(JORDAN, second)).choose("closed", outcome="not_a_request")
    assert elsewhere(world.open(world.mail(JORDAN, first))) == set()


def test_on_launch_day_no_two_requests_go_to_the_same_first_choice(world: World) -> None:
    """Everybody takes the first who is proposed, one after another."""
    references = [ask(world, number) for number in range(5)]
    asked = []
    for reference in references:
        page = world.open(world.mail(JORDAN, reference))
        asked.append(page.values("first")[0])
        page.choose("offered", first=asked[-1])
        world.passes(minutes=6)
    assert len(set(asked)) == 5


def test_whom_another_request_excludes_does_not_show(world: World) -> None:
    """Who is missing there beside the first choices would be known from two pages of one reader."""
    first = ask(world, 1)
    physician = {"QID6": 3, "QID8": 2, "QID10_1": 1, "QID10_3": 1}
    second = ask(world, 2, QID11_TEXT="Gita Banerjee", **physician)
    assert "gita-banerjee" not in choices(world.open(world.mail(JORDAN, second)))
    said = elsewhere(world.open(world.mail(JORDAN, first)))
    assert {"gita-banerjee", "frank-moreau"} <= said


def test_requests_that_somebody_may_not_look_after_take_no_place_among_the_five(
    world: World,
) -> None:
    first, *others, last = [ask(world, number) for number in range(7)]
    for reference in others:
        world.open(world.mail(PRIYA, reference)).choose("handed_over")
    considered = list(choices(world.open(world.mail(PRIYA, last))))[:3]
    assert elsewhere(world.open(world.mail(PRIYA, first))) == set(considered)
