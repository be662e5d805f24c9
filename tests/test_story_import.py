"""A file exported by hand: everybody in it becomes a request, once; and nobody to compare with."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from demo.qualtrics.api.exports import start_export
from demo.qualtrics.stand_in import Circumstances
from tests.qualtrics_shapes import as_piped
from tests.test_story_broken import body_of, send
from tests.twice import merge
from tests.world import JAMIE, JORDAN, PRIYA, REQUESTER, SAM, World, example_config, living

SURVEY = "SV_8peerSupport01"
EARLY = datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.fixture
def blind(tmp_path: Path) -> Iterator[World]:
    """Without API access: answers come inline, and nobody can find what never arrived."""
    with living(tmp_path, has_api=False) as world:
        world.qualtrics.brand.subscriptions.clear()
        yield world


def filled_in(world: World, number: int, **circumstances: object) -> str:
    answers = JAMIE | {"QID2_TEXT": f"person.{number}@example.org", "QID3_TEXT": ""}
    at = circumstances.pop("submitted_at", None)
    return world.qualtrics.submit(
        answers,  # type: ignore[arg-type]
        circumstances=Circumstances(**circumstances),  # type: ignore[arg-type]
        submitted_at=at,  # type: ignore[arg-type]
    )


def exported(world: World, kind: str = "csv", **wanted: object) -> Path:
    """Export as a person does in Qualtrics."""
    order = {"format": kind, "compress": False, **wanted}
    export = start_export(world.qualtrics.brand, SURVEY, order)
    path = world.folder / f"export.{kind}"
    path.write_bytes(b"".join(export.pieces()))
    return path


def run(world: World, *command: str) -> Result:
    return world.app.test_cli_runner().invoke(args=["qualtrics", *map(str, command)])


def test_a_date_in_a_file_makes_no_request_the_older_of_two(blind: World) -> None:
    """Or its address would be asked "was this you?", and hear that this person has asked."""
    decoy = JAMIE | {"QID2_TEXT": "decoy@home.example.com"}
    yesterday = blind.clock() - timedelta(days=1)
    blind.qualtrics.submit(decoy, circumstances=Circumstances(), submitted_at=yesterday)
    path = exported(blind)
    send(blind, as_piped(body_of(blind), JAMIE, "R_live"))
    blind.work()
    (live,) = blind.references
    assert run(blind, "import", str(path)).exit_code == 0
    blind.work()
    blind.passes(minutes=11)
    (imported,) = {*blind.references} - {live}
    assert blind.case(imported).submitted_at < blind.case(live).submitted_at

    assert merge(blind, live, imported).status == 200
    blind.passes(minutes=11)
    assert blind.mails(REQUESTER, "was this you?")
    assert not blind.mails("decoy@home.example.com", "was this you?")


@pytest.mark.parametrize("kind", ["csv", "json", "ndjson"])
@pytest.mark.parametrize("is_zipped", [False, True])
def test_everybody_in_a_file_becomes_a_request_once(
    blind: World, kind: str, is_zipped: bool
) -> None:
    for number in range(3):
        filled_in(blind, number)
    path = exported(blind, kind)
    if is_zipped:
        path = zipped(path)

    first = run(blind, "import", str(path))
    second = run(blind, "import", str(path))
    blind.work()

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert "3 responses, 3 of them requests that we did not have yet" in first.output
    assert "0 of them" not in first.output
    assert blind.count("cases") == 3
    assert run(blind, "import", str(path)).output.startswith("3 responses, 0 of them")
    for number in range(3):
        assert len(blind.mails(f"person.{number}@example.org")) == 1


def zipped(path: Path) -> Path:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.write(path, "Peer support request.csv")
    target = path.with_suffix(".zip")
    target.write_bytes(file.getvalue())
    return target


def test_an_import_says_the_same_as_the_webhook(blind: World) -> None:
    """CSV has no labels and only texts; the facts are the same."""
    filled_in(blind, 1)
    run(blind, "import", str(exported(blind, "csv", useLabels=True)))
    blind.work()
    by_label = blind.only_case()
    facts = by_label.facts
    assert (facts.department, facts.role, facts.wish_role) == ("emergency", "nurse", "similar")
    assert facts.is_mailable
    assert by_label.submitted_at == blind.clock.now


def test_a_dry_run_lists_and_changes_nothing(blind: World) -> None:
    new = filled_in(blind, 1)
    early = filled_in(blind, 2, submitted_at=EARLY)
    filled_in(blind, 3, status=1, channel="preview")
    path = exported(blind, "json")

    result = run(blind, "import", str(path), "--dry-run")
    blind.work()

    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert f"{new}  2026-11-23 15:00 UTC  would become a request" in lines
    assert f"{early}  2026-10-01 12:00 UTC  is from before accept_from: no email is sent" in lines
    assert "3 responses, 1 of them requests that we did not have yet." in lines
    assert "Nothing was changed." in lines
    assert "person.1@example.org" not in result.output
    assert (blind.count("deliveries"), blind.mailbox.messages) == (0, digests(blind))


def digests(world: World) -> list[object]:
    return [m for m in world.mailbox.messages if "numbers to compare" in m.subject]


def test_what_cannot_be_read_is_named_and_the_others_count(blind: World) -> None:
    filled_in(blind, 1)
    filled_in(blind, 2)
    path = exported(blind, "ndjson")
    path.write_bytes(path.read_bytes()[:-300])

    result = run(blind, "import", str(path))
    blind.work()

    assert result.exit_code == 1
    assert "line 2 is cut off" in result.output
    assert "1 of 2 could not be read; the rest were" in result.output
    assert blind.count("cases") == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Name,Mail\n", "three header rows"),
        (b"PK\x03\x04junk", "ZIP file is damaged"),
    ],
)
def test_a_file_that_is_no_export_is_refused_in_a_sentence(
    blind: World, content: bytes, words: str
) -> None:
    path = blind.folder / "file"
    path.write_bytes(content)
    result = run(blind, "import", str(path))
    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output


def test_a_survey_that_is_not_configured_is_named(blind: World) -> None:
    result = run(blind, "import", str(exported(blind)), "--survey", "SV_other")
    assert result.exit_code == 1
    assert f"SV_other is not in survey.toml; known are {SURVEY}" in result.output


def test_with_several_surveys_the_file_needs_its_own(tmp_path: Path) -> None:
    config = example_config(tmp_path)
    path = config / "survey.toml"
    spanish = path.read_text().replace("SV_8peerSupport01", "SV_9pedirApoyo001")
    path.write_text(path.read_text() + spanish[spanish.rindex("[[survey]]") :])
    with living(tmp_path, config, has_api=False) as world:
        world.qualtrics.brand.subscriptions.clear()
        filled_in(world, 1)
        file = exported(world)
        result = run(world, "import", str(file))
        assert "add --survey: SV_8peerSupport01, SV_9pedirApoyo001" in result.output
        assert run(world, "import", str(file), "--survey", "SV_9pedirApoyo001").exit_code == 0
        world.work()
        assert world.row("deliveries", "survey_id") == ("SV_9pedirApoyo001",)


def test_reconciling_by_hand_says_what_it_found_and_where_to_look(world: World) -> None:
    world.work()
    world.qualtrics.behavior.drop_rate = 1.0
    filled_in(world, 1)
    world.clock.now += timedelta(minutes=5)

    result = run(world, "reconcile")
    world.work()
    again = run(world, "reconcile", SURVEY)

    assert result.exit_code == 0, result.output
    assert "\n1 response, 1 of them requests" in result.output, "on a line of its own"
    assert "should have come by webhook" in result.output
    assert "1 response, 0 of them requests" in again.output
    assert world.count("cases") == 1
    assert f"{SURVEY}  reconciliation      1" in run(world, "arrivals").output


def test_reconciling_by_hand_fails_with_a_sentence(world: World, tmp_path: Path) -> None:
    world.qualtrics.behavior.api_status = 403
    assert "Qualtrics answered 403 (AuthZ_2.0)" in run(world, "reconcile").output
    assert run(world, "reconcile").exit_code == 1
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with living(elsewhere, has_api=False) as blind:
        without = run(blind, "reconcile")
    assert without.exit_code == 1
    assert "flask qualtrics import FILE" in without.output


# Without API access somebody must count by hand


def inline(world: World, response_id: str) -> None:
    values = world.qualtrics.responses[response_id].values
    body = {"surveyId": SURVEY, "responseId": response_id, "answers": values}
    headers = {"X-Webhook-Token": "an-invented-webhook-token"}
    answer = world.app.test_client().post(
        "/webhooks/qualtrics/workflow", json=body, headers=headers
    )
    assert answer.status_code == 200, json.dumps(answer.json)


def test_each_working_morning_coordinators_get_the_numbers_to_compare(blind: World) -> None:
    """It is a Monday morning in New York."""
    blind.work()
    assert "export the responses of the last two weeks" in blind.mail(JORDAN, "numbers").text
    assert blind.mails(SAM, "numbers")
    for number in range(3):
        inline(blind, filled_in(blind, number))
    blind.passes(days=1)

    for person in (JORDAN, PRIYA):
        assert "Peer support request: 3" in blind.mail(person, "numbers").text
        assert len(blind.mails(person, "numbers")) == 2
    assert len(blind.mails(SAM, "numbers")) == 1
    blind.passes(hours=3)
    assert len(blind.mails(JORDAN, "numbers")) == 2

    for _ in range(5):
        blind.passes(days=1)
    # Wednesday and Friday; not on Thanksgiving, Saturday and Sunday.
    marcus = "marcus.bell@example.org"
    assert len(blind.mails(marcus, "numbers")) == 4
    blind.passes(days=1)
    monday = blind.mail(marcus, "numbers").text
    assert "since Monday, Nov 23" in monday
    assert "Peer support request: 3" in monday


def test_a_request_that_was_forgotten_still_counts_for_comparing(blind: World) -> None:
    inline(blind, filled_in(blind, 1))
    blind.work()
    blind.open(blind.mail("person.1@example.org")).choose("withdrawn_erased")
    blind.work()
    assert blind.count("cases") == 0

    blind.passes(days=1)

    assert "Peer support request: 1" in blind.mail(JORDAN, "numbers").text


def test_two_workers_send_one_mail_a_morning(blind: World) -> None:
    second = blind.app.extensions["worker"]()
    blind.work()
    second.run_once()
    second.close()
    assert len(blind.mails(JORDAN, "numbers")) == 1


def test_with_api_access_nobody_has_to_count(world: World) -> None:
    for _ in range(3):
        world.passes(days=1)
    assert world.mailbox.messages == []


# What cannot be read for hours


def test_after_six_hours_the_coordinators_are_told_which_response_to_open(world: World) -> None:
    response_id = world.submit()
    with world.qualtrics.brand.lock:
        hidden = world.qualtrics.responses.pop(response_id)
    for _ in range(5):
        world.passes(hours=1)
    assert world.mails(JORDAN) == []

    for _ in range(4):
        world.passes(hours=1)

    for person in (JORDAN, PRIYA):
        (mail,) = world.mails(person)
        assert f"Response: {response_id}" in mail.text
        assert "Survey: Peer support request" in mail.text
    assert "quill" not in world.mail(JORDAN).text.lower()

    with world.qualtrics.brand.lock:
        world.qualtrics.responses[response_id] = hidden
    world.passes(hours=1)
    assert world.mails(REQUESTER)
    assert len(world.mails(JORDAN, "please take a look")) == 1
    # Nothing in the outbox leads to the response any more.
    assert response_id not in str(world.queue)


def test_a_response_that_was_read_in_time_asks_nobody_to_open_it(world: World) -> None:
    """The mail server is down while the mail waits; meanwhile Qualtrics is back."""
    world.submit()
    world.qualtrics.behavior.api_status = 500
    world.mailbox.refuse_recipient_with = 451
    for _ in range(8):
        world.passes(hours=1)
    world.qualtrics.behavior.api_status = None
    world.passes(hours=1)
    assert world.count("cases") == 1
    world.mailbox.refuse_recipient_with = None
    world.passes(hours=2)

    assert [m for m in world.mails(JORDAN) if "open it in Qualtrics" in m.text] == []
