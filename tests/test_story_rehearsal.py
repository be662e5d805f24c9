"""A rehearsal: previews and tests go all the way, and everything says TEST."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.qualtrics.stand_in import Circumstances
from people.supporters import Load
from tests.world import (
    JAMIE,
    JORDAN,
    REQUESTER,
    SAM,
    Browser,
    World,
    example_config,
    living,
)

PREVIEW = Circumstances(status=1, channel="preview")


@pytest.fixture
def rehearsing(tmp_path: Path) -> Iterator[World]:
    config = example_config(tmp_path)
    survey = config / "survey.toml"
    survey.write_text(survey.read_text().replace("accept_from", "rehearsal = true\naccept_from", 1))
    with living(tmp_path, config) as world:
        yield world


def preview(world: World, **changed: object) -> None:
    world.qualtrics.submit(JAMIE | changed, circumstances=PREVIEW)  # type: ignore[arg-type]
    assert world.qualtrics.wait_until_published()
    world.work()
    world.passes(minutes=11)


def test_a_preview_goes_all_the_way_and_every_mail_and_page_says_test(rehearsing: World) -> None:
    world = rehearsing
    preview(world, QID12=3)
    reference = world.only_case().reference

    page = world.open(world.mail(JORDAN))
    pages = [page, page.choose("identity")]
    pages.append(page.choose("offered", first=page.values("first")[0]))
    world.work()
    supporter = world.asked(reference)
    card = world.open(world.mail(supporter))
    pages += [card, card.choose("accepted")]
    world.passes(minutes=6)
    mine = world.open(world.mail(REQUESTER, "next step"))
    pages += [mine, mine.choose("withdrawn")]
    world.work()

    assert {p.status for p in pages} == {200}
    assert [p.text for p in pages if "TEST" not in p.text] == []
    assert len(world.mailbox.messages) > 8
    for mail in world.mailbox.messages:
        assert mail.subject.startswith("TEST"), mail.subject
        assert "TEST" in mail.text
        assert not mail.html or re.search(r">\s*TEST\s*<", mail.html)


def test_nothing_of_a_rehearsal_is_counted(rehearsing: World) -> None:
    world = rehearsing
    preview(world)
    world.open(world.mail(REQUESTER)).choose("withdrawn")
    world.work()

    assert world.count("cases") == 0
    assert (world.count("tallies"), world.count("arrivals")) == (0, 0)


def test_nobody_is_taken_for_away_who_answers_no_rehearsal(rehearsing: World) -> None:
    preview(rehearsing)
    for hours in (24, 24, 13):
        rehearsing.passes(hours=hours)
    assert rehearsing.engine.casebook.absent == set()


def test_a_real_request_in_a_rehearsal_is_none_of_it(rehearsing: World) -> None:
    world = rehearsing
    reference = world.request()

    assert not world.case(reference).is_test
    assert all("TEST" not in mail.subject + mail.text for mail in world.mailbox.messages)
    assert "TEST" not in world.open(world.mail(JORDAN), Browser()).text
    assert world.count("arrivals") == 1


def test_an_unfinished_preview_is_no_request(rehearsing: World) -> None:
    world = rehearsing
    circumstances = Circumstances(status=1, channel="preview", is_finished=False)
    world.qualtrics.submit(JAMIE, circumstances=circumstances)  # type: ignore[arg-type]
    world.work()
    world.passes(hours=1)

    assert world.count("cases") == 0


def test_a_mark_at_the_door_makes_a_rehearsal_though_the_answers_look_real(
    rehearsing: World,
) -> None:
    """Some marks of a test stand in the event alone."""
    world = rehearsing
    world.qualtrics.brand.subscriptions.clear()
    response_id = world.qualtrics.submit(JAMIE)  # type: ignore[arg-type]
    headers = {"X-Webhook-Token": "an-invented-webhook-token"}
    body = {"surveyId": "SV_8peerSupport01", "responseId": response_id, "isTest": True}
    answer = world.app.test_client().post(
        "/webhooks/qualtrics/workflow", json=body, headers=headers
    )
    assert answer.status_code == 200

    world.work()

    assert world.only_case().is_test


def test_without_a_rehearsal_a_preview_is_kept_and_not_even_fetched(world: World) -> None:
    world.qualtrics.behavior.api_status = 500
    body = {"surveyId": "SV_8peerSupport01", "responseId": "R_1preview", "isPreview": True}
    headers = {"X-Webhook-Token": "an-invented-webhook-token"}
    world.app.test_client().post("/webhooks/qualtrics/workflow", json=body, headers=headers)

    world.work()

    assert world.row("deliveries", "kept_because", "next_at") == ("preview", None)
    world.passes(minutes=1)
    (told,) = world.mails(SAM)
    assert "filled out a preview of the survey SV_8peerSupport01" in told.text


def test_nobody_counts_as_asked_or_matched_by_a_rehearsal(rehearsing: World) -> None:
    preview(rehearsing)
    page = rehearsing.open(rehearsing.mail(JORDAN))
    page.choose("offered", first=page.values("first")[0])
    rehearsing.passes(minutes=6)
    supporter = rehearsing.asked(rehearsing.only_case().reference)
    rehearsing.open(rehearsing.mail(supporter)).choose("accepted")
    assert rehearsing.only_case().state == "matched"
    assert rehearsing.count("asked") == rehearsing.count("matches") == 0


def test_a_rehearsal_takes_no_place_and_considers_nobody(rehearsing: World) -> None:
    world = rehearsing
    preview(world)
    rehearsal = world.only_case().reference
    fresh = {"QID1_TEXT": "Robin Vale", "QID2_TEXT": "robin@example.org", "QID3_TEXT": None}
    world.submit(**fresh)
    world.work()
    world.passes(minutes=11)
    both = {loaded.case.reference for loaded in world.engine.casebook.open_cases()}
    (reference,) = both - {rehearsal}
    page = world.open(world.mail(JORDAN, reference))
    assert "Also considered" not in page.text
    world.open(world.mail(JORDAN, rehearsal)).choose("offered", first="amara-cole")
    world.passes(minutes=6)
    assert world.case(rehearsal).current_offer is not None
    assert world.engine.casebook.loads().get("amara-cole", Load()).open_count == 0


def test_the_board_marks_a_test(rehearsing: World) -> None:
    preview(rehearsing)
    board = rehearsing.own_page(JORDAN).person.look(f"{rehearsing.url}/board")
    assert f"{rehearsing.only_case().reference} TEST" in board.text
