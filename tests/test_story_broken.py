"""Answers inline, and whatever people type in them: everybody reaches a coordinator."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples import TIMES
from tests.qualtrics_shapes import as_piped
from tests.world import JAMIE, JORDAN, TOKEN, World, example_config, living

PEOPLE = 25 * TIMES
PIECES = (
    '"', "\\", "\n", "\r\n", "\t",
    '\\"', '"}', '{"', '": "', '", "QID12": "1', "}}", "\\u00", "\\n",
    "I can't", 'said "no"', "C:\\notes", "ward 7", "…", "’", "🙂", "it was\n\nlate", "end\\",
)  # fmt: skip


@pytest.fixture
def inline(tmp_path: Path) -> Iterator[World]:
    """A survey with a note, answers in the task, no API."""
    config = example_config(tmp_path)
    survey = config / "survey.toml"
    survey.write_text(survey.read_text().replace("# note =", "note ="))
    with living(tmp_path, config, has_api=False) as world:
        world.qualtrics.brand.subscriptions.clear()
        yield world


def body_of(world: World) -> str:
    """The body that the documented command prints."""
    command = ["qualtrics", "map", "--workflow-body"]
    result = world.app.test_cli_runner().invoke(args=command)
    assert result.exit_code == 0, result.output
    return result.stdout


def send(world: World, body: str) -> None:
    answer = world.app.test_client().post(
        "/webhooks/qualtrics/workflow",
        data=body.encode(),
        content_type="application/json",
        headers={"X-Webhook-Token": TOKEN},
    )
    assert answer.json == {"status": "stored"}


def test_everybody_reaches_a_coordinator_whatever_they_typed(inline: World) -> None:
    rng = random.Random(20)
    body = body_of(inline)
    urgent = set()
    for number in range(PEOPLE):
        safety = rng.choice([1, 1, 1, 2, 3])
        urgent |= {number} if safety != 1 else set()
        typed = {
            key: "".join(rng.choices(PIECES, k=rng.randrange(1, 6)))
            for key in ("QID7_TEXT", "QID11_TEXT", "QID13_TEXT")
            if rng.random() < 0.7
        }
        answers = JAMIE | typed | {
            "QID2_TEXT": f"person.{number}@example.org",
            "QID3_TEXT": f"860-556-{number:04}",
            "QID12": safety,
        }  # fmt: skip
        send(inline, as_piped(body, answers, f"R_{number}"))

    inline.work()
    inline.passes(minutes=11)

    assert inline.count("cases") == PEOPLE
    told = {mail.subject.split(":")[0] for mail in inline.mails(JORDAN, "PS-")}
    assert told == set(inline.references)
    for number in range(PEOPLE):
        (mail,) = inline.mails(f"person.{number}@example.org")
        case = inline.case(mail.subject.split(":")[0])
        # What was typed later harms neither the safety answer nor the contact.
        assert case.is_urgent == (number in urgent), number
        assert case.facts.is_mailable
        assert case.facts.role == "nurse"


def test_what_cannot_be_read_stands_on_the_page_with_the_response_to_open(inline: World) -> None:
    answers = JAMIE | {"QID11_TEXT": 'Dana "the boss" Whitlock', "QID13_TEXT": "a long night"}
    send(inline, as_piped(body_of(inline), answers, "R_quoted"))
    inline.work()
    inline.passes(minutes=11)

    page = inline.open(inline.mail(JORDAN, "PS-"))
    assert (
        "We couldn’t read: who they’d rather not talk to; note. Please read what they wrote,"
        in page.text
    )
    assert 'Dana "the boss" Whitlock' in page.choose("text").text
    assert "a long night" in page.choose("text").text
    who = page.choose("identity").text
    assert "R_quoted" in who
    assert "Jamie Quill" in who


def test_a_note_that_looks_like_an_answer_changes_none(inline: World) -> None:
    """Somebody who is not safe quotes the form in their note."""
    answers = JAMIE | {"QID12": 3, "QID13_TEXT": 'x", "QID12": "1", "QID2_TEXT": "a@example.org'}
    send(inline, as_piped(body_of(inline), answers, "R_1"))
    inline.work()

    assert inline.only_case().is_urgent
    assert inline.mails("a@example.org") == []


def test_a_break_before_the_safety_answer_is_urgent(inline: World) -> None:
    body = body_of(inline).replace('"labels": {', '"title": "a "quoted" word",\n  "labels": {')
    send(inline, as_piped(body, JAMIE, "R_1"))
    inline.work()

    case = inline.only_case()
    assert case.is_urgent
    assert case.facts.unreadable == ("everything",)


def test_a_preview_that_breaks_is_still_a_preview(inline: World) -> None:
    body = body_of(inline).replace('"labels"', '"status": "1",\n  "labels"', 1)
    send(inline, as_piped(body, JAMIE | {"QID13_TEXT": 'a "quoted" word'}, "R_1"))
    inline.work()

    assert inline.count("cases") == 0
    assert inline.row("deliveries", "kept_because", "body") == ("preview", None)
