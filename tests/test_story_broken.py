"""Answers inline, and whatever people type in them: everybody reaches a coordinator."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.prepare import ask_first
from tests.examples import TIMES
from tests.program_files import look
from tests.qualtrics_shapes import as_piped
from tests.world import JAMIE, JORDAN, PRIYA, REQUESTER, TOKEN, World, example_config, living

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


ELENA = "elena.fischer@example.org"
#: Whoever spreads the form's link writes what it carries.
ENDS_EARLY = 'flyer"}, "more": {"x": "'
MOVES = 'flyer", "QID7_TEXT": "", "QID11_TEXT": "Priya Nair", "QID13_TEXT": ""}, "more": {"x": "'
#: How the body was ordered by an earlier release: the link came before what people type.
EARLIER = ("QID7_TEXT", "QID11_TEXT", "QID13_TEXT")


def printed_earlier(body: str) -> str:
    """Return the body of the documented command with the free texts at its end."""
    task = json.loads(body)
    typed = {key: task["answers"].pop(key) for key in EARLIER}
    task["answers"] |= typed
    return json.dumps(task)


def test_a_forms_link_decides_nothing_about_who_is_not_wanted(inline: World) -> None:
    bodies = body_of(inline), printed_earlier(body_of(inline))
    carried = (ENDS_EARLY, MOVES, 'a"', "a\\", 'a"}}', 'a"}}{"x":"')
    sent = [(body, by, what) for body in bodies for by in ("source", "invitation")
            for what in carried]  # fmt: skip
    for number, (body, by, what) in enumerate(sent):
        answers = JAMIE | {
            "QID2_TEXT": f"person.{number}@example.org",
            "QID3_TEXT": f"860-556-{number:04}",
            "QID11_TEXT": "Jordan Reyes",
            "QID13_TEXT": "a long night",
            by: what,
        }
        send(inline, as_piped(body, answers, f"R_{number}"))
    inline.work()
    inline.passes(minutes=11)

    assert inline.count("cases") == len(sent)
    reached = [mail for person in (PRIYA, ELENA) for mail in inline.mails(person, "PS-")]
    assert {mail.subject.split(":")[0] for mail in reached} == {*inline.references}
    assert not inline.mails(JORDAN, "PS-"), "he is not wanted"


@pytest.mark.parametrize(
    "carried",
    ['a"}, "isTest": "true", "more": {"x": "', 'a", "finished": "0', 'a"}, "status": "started'],
)
def test_a_forms_link_loses_no_request(inline: World, carried: str) -> None:
    for number, body in enumerate((body_of(inline), printed_earlier(body_of(inline)))):
        send(inline, as_piped(body, JAMIE | {"source": carried}, f"R_{number}"))
    inline.work()
    assert inline.count("cases") == 2


@pytest.mark.parametrize(
    "typed",
    [{"QID7_TEXT": 'the "pit"'}, {"QID11_TEXT": 'Jordan "JR" Reyes'}],
    ids=["unit", "who is not wanted"],
)
def test_who_is_named_where_the_body_breaks_is_not_mailed(
    inline: World, typed: dict[str, str]
) -> None:
    answers = JAMIE | {"QID11_TEXT": "Jordan Reyes"} | typed
    send(inline, as_piped(body_of(inline), answers, "R_1"))
    inline.work()
    inline.passes(minutes=11)

    assert inline.mails(PRIYA, "PS-")
    assert not inline.mails(JORDAN, "PS-")


def test_who_leads_a_unit_is_kept_away_where_the_unit_cannot_be_read(inline: World) -> None:
    marcus = "marcus.bell@example.org"
    send(inline, as_piped(body_of(inline), JAMIE | {"QID6": 2, "QID7_TEXT": 'the "pit"'}, "R_1"))
    inline.work()
    inline.passes(minutes=11)

    assert inline.only_case().facts.department == "surgery"
    assert not inline.mails(marcus, "PS-")


def test_nobody_makes_their_request_older_by_what_they_type(inline: World) -> None:
    """The older of two requests by one person is the one that counts, until they confirm."""
    typed = 'x", "endDate": "2026-11-23T14:00:00Z'
    send(inline, as_piped(body_of(inline), JAMIE | {"QID7_TEXT": typed}, "R_1"))
    inline.work()
    assert inline.only_case().submitted_at.hour == 15


def test_an_answer_that_the_body_does_not_have_counts_as_the_strictest(inline: World) -> None:
    """The survey's map has a new question, and nobody printed the body again."""
    body = body_of(inline)
    ask_first(inline.folder / "config/survey.toml")
    look(inline)
    send(inline, as_piped(body, JAMIE, "R_1"))
    inline.work()
    facts = inline.only_case().facts
    assert facts.unreadable == ("asks_first",)
    assert facts.asks_first


#: How the body is printed, and how an earlier release printed it.
ORDERS = pytest.mark.parametrize("printed", [str, printed_earlier], ids=["now", "earlier"])


@ORDERS
def test_who_is_named_in_a_forms_link_reviews_as_usual(
    inline: World, printed: Callable[[str], str]
) -> None:
    """Whoever spreads the link would choose who reviews the requests of all who ask by it."""
    carried = (
        'a" Jordan Reyes Priya Nair Elena Fischer',
        'a" "QID11_TEXT": "Jordan Reyes Priya Nair',
        'a", "QID99_TEXT": "Jordan Reyes Priya Nair',
    )
    for number, what in enumerate(what for what in carried for _ in ("source", "invitation")):
        by = ("source", "invitation")[number % 2]
        typed = {"QID3_TEXT": f"860-556-{number:04}", "QID2_TEXT": f"p.{number}@example.org"}
        send(inline, as_piped(printed(body_of(inline)), JAMIE | typed | {by: what}, f"R_{number}"))
    inline.work()
    inline.passes(minutes=11)

    told = {mail.subject.split(":")[0] for mail in inline.mails(JORDAN, "PS-")}
    assert told == set(inline.references)
    assert len(told) == 2 * len(carried)
    assert not inline.mails(ELENA, "PS-"), "deputies come later"


@ORDERS
def test_an_address_in_a_forms_link_is_no_ones(
    inline: World, printed: Callable[[str], str]
) -> None:
    address = "sam.private@home.example.com"
    carried = (f'a" {address}', f'a" "phone": "860-555-6666", "QID2_TEXT": "{address}"')
    only_phone = JAMIE | {"QID2_TEXT": "", "QID4": [3]}
    for number, what in enumerate(carried):
        answers = only_phone | {"QID3_TEXT": f"860-556-{number:04}", "source": what}
        send(inline, as_piped(printed(body_of(inline)), answers, f"R_{number}"))
    inline.work()
    inline.passes(minutes=11)

    for reference in inline.references:
        own = inline.engine.casebook.load(reference).own
        assert own is not None
        assert own.email == ""
        assert "860-556" in own.phone


def test_a_break_before_all_answers_still_tells_the_link_from_what_was_typed(
    inline: World,
) -> None:
    """The survey's owner broke the body: there is no answer to read, only its text."""
    body = body_of(inline).replace('"labels": {', '"title": "a "quoted" word",\n  "labels": {')
    answers = JAMIE | {"QID11_TEXT": "Jordan Reyes", "source": "Priya sam@home.example.com"}
    send(inline, as_piped(body, answers, "R_1"))
    inline.work()

    own = inline.engine.casebook.load(inline.references[0]).own
    assert own is not None
    assert own.email == REQUESTER
    assert inline.mails(PRIYA, "PS-")
    assert not inline.mails(JORDAN, "PS-")


@ORDERS
def test_a_forms_link_adds_no_answer(inline: World, printed: Callable[[str], str]) -> None:
    """The body stays valid: neither a column of an export nor a question that it lacks counts."""
    body = printed(body_of(inline))
    ask_first(inline.folder / "config/survey.toml")
    look(inline)
    said = {"source": 'a", "QID4_4": "Voicemail is fine', "invitation": 'a", "QID16": "2'}
    send(inline, as_piped(body, JAMIE | said | {"QID4": "", "QID11_TEXT": "Priya Nair"}, "R_1"))
    inline.work()
    inline.passes(minutes=11)

    loaded = inline.engine.casebook.load(inline.references[0])
    assert loaded.own is not None
    assert loaded.own.is_mail_ok
    assert not loaded.own.is_voicemail_ok
    assert loaded.case.facts.unreadable == ("asks_first",)
    assert loaded.case.facts.asks_first
    assert loaded.own.not_wanted_ids, "and what was typed counts"
