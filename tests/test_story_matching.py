"""Stories of matching: some supporters are never proposed, and nobody can tell why."""

import re
from pathlib import Path

import pytest

from demo.qualtrics.stand_in import Circumstances
from tests.asking import (
    AMARA,
    ESTHER,
    asks_for_support,
    bytes_of,
    candidates,
    open_references,
    page_of,
)
from tests.world import JAMIE, JORDAN, PRIYA, REQUESTER, World, example_config, living
from workflow.model import OfferState, State

# Being supported


def test_a_supporter_who_asks_for_support_is_not_proposed_to_others(world: World) -> None:
    reference = world.request()
    assert "amara-cole" in candidates(world, reference)
    own = asks_for_support(world, AMARA)
    assert "amara-cole" in candidates(world, reference), "the same minute would tell who just asked"
    world.passes(days=1)
    assert "amara-cole" not in candidates(world, reference)
    assert "Amara Cole" not in page_of(world, reference).text

    world.open(world.mail(AMARA)).choose("withdrawn_erased")
    world.work()
    assert own not in open_references(world)
    assert "amara-cole" in candidates(world, reference)


def test_supported_and_absent_supporters_look_the_same(world: World) -> None:
    reference = world.request()
    page = page_of(world, reference)
    before = bytes_of(page.again())
    asks_for_support(world, AMARA)
    assert bytes_of(page.again()) == before
    world.passes(days=1)
    page = page_of(world, reference)
    supported = bytes_of(page.again())
    world.open(world.mail(AMARA)).choose("withdrawn_erased")
    here = bytes_of(page.again())
    world.own_page(AMARA).choose("away_open")
    assert bytes_of(page.again()) == supported
    assert "3 supporters are not free right now" in here
    assert "4 supporters are not free right now" in supported


def test_a_rehearsal_makes_nobody_unavailable(tmp_path: Path) -> None:
    config = example_config(tmp_path)
    survey = config / "survey.toml"
    survey.write_text(survey.read_text().replace("accept_from", "rehearsal = true\naccept_from", 1))
    with living(tmp_path, config) as world:
        reference = world.request()
        answers = JAMIE | {"QID1_TEXT": "Somebody", "QID2_TEXT": AMARA, "QID3_TEXT": None}
        world.qualtrics.submit(answers, circumstances=Circumstances(status=1, channel="preview"))  # type: ignore[arg-type]
        assert world.qualtrics.wait_until_published()
        world.work()
        assert "TEST" in world.mail(AMARA).subject
        assert "amara-cole" in candidates(world, reference)


def test_a_supporter_who_asks_for_support_keeps_accepted_requests_and_may_still_accept(
    world: World,
) -> None:
    matched, supporter = world.matched()
    asks_for_support(world, supporter)
    world.passes(minutes=6)
    assert world.case(matched).state is State.MATCHED
    assert world.open(world.mail(supporter, matched)).choose("contacted").status == 200


def test_a_supporter_with_an_open_offer_who_asks_for_support_decides_themselves(
    world: World,
) -> None:
    reference = world.offered()
    asked = world.asked(reference)
    offer = world.mail(asked)
    asks_for_support(world, asked)
    assert world.asked(reference) == asked
    page = world.open(offer)
    assert "Jamie Quill" in page.choose("accepted").text
    assert world.case(reference).state is State.MATCHED


def test_a_stand_in_who_asks_for_support_is_passed_over(world: World) -> None:
    reference = world.offered()
    stand_in = world.engine.program.supporters[world.case(reference).offers[1].supporter]
    asks_for_support(world, stand_in.email)
    world.passes(hours=15)
    world.open(world.mail(world.asked(reference))).choose("declined")
    assert world.case(reference).state is State.IN_REVIEW
    assert world.case(reference).offers[1].state is OfferState.ENDED


# The line of supervision


def test_nobody_is_matched_with_their_own_supervisor(world: World) -> None:
    reference = world.request(QID7_TEXT="Emergency Department")
    assert "esther-kim" not in candidates(world, reference)


@pytest.mark.parametrize("contact", [{"QID2_TEXT": ESTHER}, {"QID3_TEXT": "860-555-0114"}])
def test_a_supervisor_is_not_matched_with_anybody_of_the_unit(
    world: World, contact: dict[str, str]
) -> None:
    reference = world.request(**contact)
    led = {
        supporter.id
        for supporter in world.engine.program.supporters.values()
        if supporter.unit == "Emergency Department"
    }
    assert len(led) > 4
    assert not led & candidates(world, reference)
    for id in led:
        assert page_of(world, reference).choose("offered", first=id).status == 409


def test_a_corrected_contact_is_compared_immediately(world: World) -> None:
    reference = world.request()
    assert "amara-cole" in candidates(world, reference)
    page = world.open(world.mail(REQUESTER))
    page.choose("contact_corrected", phone="860 555 0110", how=["call"])
    assert "amara-cole" not in candidates(world, reference)
    assert world.open(world.mail(PRIYA)).choose("offered", first="amara-cole").status == 409


def test_choosing_an_unavailable_supporter_is_refused_in_the_same_words_as_an_unknown_one(
    world: World,
) -> None:
    reference = world.request(QID11_TEXT="Beth Lindgren", QID7_TEXT="Emergency Department")
    asks_for_support(world, AMARA)
    world.passes(days=1)
    world.own_page("grace.mbeki@example.org").choose("away_open")
    answers = set()
    for id in (
        "amara-cole",  # asks for support
        "beth-lindgren",  # is not wanted
        "esther-kim",  # leads the unit
        "grace-mbeki",  # is away
        "holly-jensen",  # is paused
        "quinn-abbott",  # is inactive
        "jordan-reyes",  # is no supporter
        "nobody-at-all",
    ):
        page = page_of(world, reference).choose("offered", first=id, although="talked_with")
        assert page.status == 409
        answers.add(bytes_of(page))
        second = page_of(world, reference).choose(
            "offered", first="carlos-medina", backup=id, although="talked_with"
        )
        answers.add(bytes_of(second))
    assert len(answers) == 1
    assert "isn’t free right now, so we asked no one" in second.text
    assert world.case(reference).state is State.IN_REVIEW
    assert world.count("rankings") == 0


# Choosing somebody despite a caution


def test_a_supporter_with_a_caution_is_asked_only_with_a_reason(world: World) -> None:
    reference = world.request()
    page = page_of(world, reference)
    back = page.choose("offered", first="dana-whitfield", backup="amara-cole")
    assert back.status == 400
    assert "Why are they still a good choice?" in back.text
    assert "Dana Whitfield: refresher training is overdue." in back.text
    alone = page.choose("offered", first="dana-whitfield")
    assert "Why is Dana Whitfield still a good choice?" in alone.text
    assert world.case(reference).state is State.IN_REVIEW
    assert back.values("first") == ["dana-whitfield"], "who was chosen stays chosen"
    assert back.values("backup") == ["amara-cole"]
    assert " checked" not in back.answer.text
    assert not page.values("although"), "it is asked only where it is needed"

    why = back.values("although")[1]
    done = back.choose("offered", first="dana-whitfield", backup="amara-cole", although=why)
    assert done.status == 200
    words = (
        "Jordan Reyes asked a supporter, although (Dana Whitfield: refresher training is overdue):"
        " I talked with the colleague, and they’d be glad to"
    )
    assert words in done.text
    assert words in page_of(world, reference).text
    printed = world.app.test_cli_runner().invoke(args=["history", reference]).output
    assert "jordan-reyes" in printed
    assert not {"talked_with", "refresher"} & {*printed.replace(",", " ").split()}, (
        "it would tell who works near the requester"
    )


def test_one_reason_covers_the_stand_ins_too(world: World) -> None:
    reference = world.request()
    backups = ["dana-whitfield", "uma-krishnan"]
    chosen: dict[str, str | list[str]] = {"first": "amara-cole", "backup": backups}
    back = page_of(world, reference).choose("offered", **chosen)
    assert "Dana Whitfield: refresher" in back.text
    assert "Uma Krishnan: refresher" in back.text
    assert back.choose("offered", although="nobody_else", **chosen).status == 200
    asked = [offer.supporter for offer in world.case(reference).offers]
    assert asked == ["amara-cole", *backups]


def test_an_unneeded_reason_is_not_stored(world: World) -> None:
    reference = world.request()
    page = page_of(world, reference).choose("offered", first="amara-cole", although="talked_with")
    assert page.status == 200
    assert "although" not in page.text


def test_a_reason_is_forgotten_with_the_request(world: World) -> None:
    reference = world.request()
    page_of(world, reference).choose("offered", first="dana-whitfield", although="asked_for")
    world.passes(minutes=6)
    world.open(world.mail(REQUESTER)).choose("withdrawn")
    world.work()
    world.passes(days=2)
    assert world.count("history") == world.count("rankings") == world.count("cases") == 0


# What nobody on the list can be said to be


def test_two_people_who_are_not_on_the_list_have_nothing_in_common(world: World) -> None:
    """Pia Sandoval of Social Work has "Other role" too."""
    text = page_of(world, world.request(QID8=8, QID10_1=1, QID10_3=3)).text
    assert "Theirs isn’t on our list, so we can’t say who has it." in text
    assert re.search(r"Pia Sandoval Other role, [\w ]+ Role may be any", text)
    assert "Role same" not in text
    assert "Without the wish for a similar role: " in text


def test_another_department_is_said_and_has_nobody_who_takes_part(world: World) -> None:
    reference = world.request(QID6=4, QID10_1=3, QID10_3=1)
    assert "Department: Another department" in world.mail(JORDAN, reference).text
    page = page_of(world, reference)
    assert "Department Another department" in page.text
    assert "no one from there takes part" in page.text
    assert "Dept same" not in page.text


# The language of the form


def test_who_filled_in_the_spanish_form_sees_who_speaks_it_first(world: World) -> None:
    answers = JAMIE | {"QID10_2": 1, "QID10_3": 1}
    world.qualtrics.submit(answers, circumstances=Circumstances(language="ES-ES"))  # type: ignore[arg-type]
    assert world.qualtrics.wait_until_published()
    world.work()
    world.passes(minutes=11)
    page = page_of(world, world.only_case().reference)
    assert "Language Spanish" in page.text
    order, roster = page.values("first"), world.engine.program.supporters
    speaking = ["es" in roster[id].languages for id in order]
    assert speaking == sorted(speaking, reverse=True)
    assert sum(speaking) == 6
    assert page.text.count("Language speaks it") == 6
    first = roster[order[0]]
    assert (first.role, first.specialty, first.department) == (
        "nurse", "emergency-medicine", "emergency",
    ), "among those who speak it the other wishes count as always"  # fmt: skip
