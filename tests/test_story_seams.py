"""Where the parts of intake meet: rehearsal, reconciliation, import, files, clocks and doubles."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from demo.qualtrics.api.exports import start_export
from demo.qualtrics.stand_in import Circumstances
from qualtrics.api.exports import BrokenResponse, ExportedResponse, read_export
from tests.program_files import agree, change, look
from tests.test_files import COLUMNS, RESPONSE, ROW, lines, table
from tests.test_story_reconciling import another, lose_events
from tests.twice import again, page_of
from tests.world import JAMIE, JORDAN, PRIYA, REQUESTER, SAM, TOKEN, World, living
from workflow.model import PromiseKind

SURVEY = "SV_8peerSupport01"
PREVIEW = Circumstances(status=1, channel="preview")


@pytest.fixture
def blind(tmp_path: Path) -> Iterator[World]:
    with living(tmp_path, has_api=False) as world:
        yield world


def rehearse(world: World) -> None:
    change(world, "survey.toml", "accept_from", "rehearsal = true\naccept_from")
    look(world)


def preview(world: World, **changed: object) -> None:
    world.qualtrics.submit(JAMIE | changed, circumstances=PREVIEW)  # type: ignore[arg-type]
    assert world.qualtrics.wait_until_published()
    world.work()
    world.passes(minutes=11)


def knock(world: World, **body: object) -> None:
    answer = world.app.test_client().post(
        "/webhooks/qualtrics/workflow",
        json={"surveyId": SURVEY} | body,
        headers={"X-Webhook-Token": TOKEN},
    )
    assert answer.status_code == 200


def imported(world: World, values: dict[str, object], at: str) -> str:
    """Import a file with one response; returns what the command said."""
    moments = {"endDate": f"{at}Z", "recordedDate": f"{at}.487Z", "finished": 1, "status": 0}
    file = world.folder / "export.ndjson"
    response = {"responseId": "R_1", "values": values | moments, "labels": {}}
    file.write_text(json.dumps(response) + "\n")
    result = world.app.test_cli_runner().invoke(args=["qualtrics", "import", str(file)])
    return result.output


# Rehearsals and requests in earnest


def test_a_real_request_is_not_merged_with_a_rehearsal(world: World) -> None:
    rehearse(world)
    preview(world)
    newer = again(world)
    assert page_of(world, newer).values("other") == []
    assert not world.case(newer).is_test


def test_a_test_that_the_door_knew_stays_one_whatever_comes_later(world: World) -> None:
    """The answers look real in an export; the mark stood in the event alone."""
    world.work()
    world.qualtrics.brand.subscriptions.clear()
    response_id = world.qualtrics.submit(JAMIE)  # type: ignore[arg-type]
    knock(world, responseId=response_id, isTest=True)
    world.passes(minutes=16)
    knock(world, responseId=response_id)
    world.passes(minutes=16)
    assert world.count("cases") == 0


def test_a_test_of_a_survey_that_was_not_configured_yet_stays_one(world: World) -> None:
    change(world, "survey.toml", SURVEY, "SV_another")
    look(world)
    world.qualtrics.brand.subscriptions.clear()
    knock(world, responseId=world.qualtrics.submit(JAMIE), isTest=True)  # type: ignore[arg-type]
    world.work()
    change(world, "survey.toml", "SV_another", SURVEY)
    look(world)
    world.passes(minutes=1)
    assert world.count("cases") == 0


def test_unannounced_previews_do_not_count_as_a_broken_webhook(world: World) -> None:
    world.work()
    rehearse(world)
    world.qualtrics.brand.subscriptions.clear()
    preview(world)
    world.passes(minutes=16)
    assert world.only_case().is_test
    assert not [m for m in world.mails(SAM) if "never delivered" in m.text]


# Nothing compared


@pytest.mark.parametrize("status", [400, 404, 500])
def test_the_admins_hear_and_monitors_see_that_nothing_could_be_compared(
    world: World, status: int
) -> None:
    world.work()
    lose_events(world)
    another(world)
    world.qualtrics.behavior.api_status = status
    for _ in range(10):
        world.passes(hours=3)
    assert [m for m in world.mails(SAM) if "couldn’t compare" in m.text]
    health = world.app.test_client().get("/health")
    assert health.json is not None
    assert "reconciliation" in health.json["wrong"]
    assert world.mails(JORDAN, "numbers to compare")

    world.qualtrics.behavior.api_status = None
    world.passes(minutes=16)
    health = world.app.test_client().get("/health")
    assert "reconciliation" not in (health.json or {})["wrong"]
    assert world.count("cases") == 1


def test_refused_access_leaves_the_comparison_to_people(world: World) -> None:
    world.qualtrics.behavior.has_api = False
    for _ in range(4):  # The third of these days is a holiday.
        world.passes(days=1)
    assert world.mails(JORDAN, "numbers to compare")


def test_a_clock_that_jumped_ahead_and_back_does_not_stop_the_comparison(world: World) -> None:
    world.work()
    world.passes(hours=72)
    world.clock.now -= timedelta(hours=72)
    world.work()
    lose_events(world)
    another(world)
    world.passes(hours=2)
    assert world.count("cases") == 1


def test_a_broken_entry_hides_no_broken_webhook_and_holds_the_window_for_a_day(
    world: World,
) -> None:
    world.work()
    lose_events(world)
    broken = another(world)
    another(world, 2)
    with world.qualtrics.brand.lock:
        response = world.qualtrics.responses[broken]
        world.qualtrics.responses[broken] = replace(response, id="no id of a response")
    world.passes(minutes=16)
    texts = [mail.text for mail in world.mails(SAM)]
    assert any("never delivered" in text for text in texts)
    assert any("could not be read in full" in text for text in texts)
    assert world.count("cases") == 1

    before = world.row("reconciliations", "began_at")
    world.passes(hours=3)
    assert world.row("reconciliations", "began_at") == before
    world.passes(days=1)
    assert world.row("reconciliations", "began_at") > before


# Files


def test_a_csv_in_utc_names_its_zone_z() -> None:
    columns = COLUMNS | {"endDate": {"timeZone": "Z"}, "recordedDate": {"timeZone": "Z"}}
    (found,) = read_export(table(ROW, columns=columns))
    assert isinstance(found, ExportedResponse)
    assert found.values["recordedDate"] == "2026-11-23T08:00:01Z"


def test_a_first_line_that_is_broken_leaves_the_others() -> None:
    found = list(read_export(b'{"responseId": "R_0", "val\n' + lines(RESPONSE)))
    assert [type(entry) for entry in found] == [BrokenResponse, ExportedResponse]


def test_a_file_of_another_survey_is_refused(blind: World) -> None:
    """Else everybody in it would be an urgent request."""
    said = imported(blind, {"QID901": 3, "QID902_TEXT": "a fine course"}, "2026-11-23T14:00:00")
    assert "none of its questions" in said
    blind.work()
    assert blind.count("cases") == 0


def test_an_imported_request_counts_in_the_week_of_its_submission(blind: World) -> None:
    blind.work()
    imported(blind, JAMIE, "2026-11-18T15:00:00")
    blind.work()
    blind.passes(days=1)
    assert "Peer support request: 0" in blind.mail(JORDAN, "numbers to compare").text
    assert blind.count("cases") == 1


def test_answers_outlive_a_mistyped_survey_for_a_week(blind: World) -> None:
    change(blind, "survey.toml", SURVEY, "SV_mistyped")
    blind.work()
    knock(blind, responseId="R_1", answers=JAMIE)
    blind.work()
    change(blind, "survey.toml", "SV_mistyped", SURVEY)
    look(blind)
    blind.passes(minutes=1)
    assert blind.count("cases") == 1

    knock(blind, surveyId="SV_somebodyElses", responseId="R_2", answers=JAMIE)
    blind.work()
    assert dict(blind.rows("deliveries", "response_id", "body"))["R_2"] is not None
    blind.passes(days=8)
    assert dict(blind.rows("deliveries", "response_id", "body"))["R_2"] is None


@pytest.mark.parametrize("how", ["missing", "split"])
def test_a_table_without_the_safety_answers_is_refused(blind: World, how: str) -> None:
    """Else somebody who may not be safe would be read as safe."""
    blind.qualtrics.brand.subscriptions.clear()
    blind.qualtrics.submit(JAMIE | {"QID12": 2})  # type: ignore[arg-type]
    order = {"format": "csv", "compress": False}
    export = start_export(blind.qualtrics.brand, SURVEY, order)
    content = b"".join(export.pieces()).decode()
    other = "QID12_2" if how == "split" else "QID77"
    file = blind.folder / "export.csv"
    file.write_text(content.replace('""QID12""', f'""{other}""'))
    result = blind.app.test_cli_runner().invoke(args=["qualtrics", "import", str(file)])
    assert result.exit_code == 1
    assert "the columns QID12 are missing" in result.output
    blind.work()
    assert blind.count("cases") == 0


def test_a_typed_body_that_does_not_name_the_safety_question_is_urgent(blind: World) -> None:
    blind.qualtrics.brand.subscriptions.clear()
    answers = {key: value for key, value in JAMIE.items() if key != "QID12"}
    knock(blind, responseId="R_1", answers=answers)
    blind.work()
    case = blind.only_case()
    assert case.is_urgent
    assert "safety" in case.facts.unreadable


def test_a_broken_body_that_answers_the_safety_question_twice_is_urgent(blind: World) -> None:
    body = f'{{"surveyId": "{SURVEY}", "responseId": "R_1", "answers": {{"QID12": "1",'
    body += ' "QID2_TEXT": "jamie.quill@example.org", "QID12": "3", "QID1_TEXT": "J"}}'
    headers = {"X-Webhook-Token": TOKEN, "Content-Type": "application/json"}
    door = "/webhooks/qualtrics/workflow"
    answer = blind.app.test_client().post(door, data=body, headers=headers)
    assert answer.status_code == 200
    blind.work()
    assert blind.only_case().is_urgent


def test_a_start_date_that_excludes_everybody_is_reported(world: World) -> None:
    change(world, "survey.toml", "2026-11-01", "2027-11-01")
    look(world)
    world.submit()
    world.work()
    assert world.count("cases") == 0
    assert "Please check accept_from" in world.mail(SAM, "accept_from").text


# People


def test_a_reviewer_barred_from_the_older_request_learns_no_reference_from_an_old_mail(
    world: World,
) -> None:
    older = world.request(QID11_TEXT="Priya Nair")
    newer = again(world)
    mail = world.mail(PRIYA, newer)
    page_of(world, newer, JORDAN).choose("same_request", other=older)
    page = world.open(mail)
    assert older not in page.answer.url + page.text
    assert page.status == 404


def test_an_unfetchable_response_is_reported_after_six_hours_and_not_seven(world: World) -> None:
    world.qualtrics.behavior.api_status = 503
    world.submit()
    for _ in range(12):
        world.passes(minutes=30)
    world.passes(minutes=5)
    assert [m for m in world.mails(JORDAN) if "six hours" in m.text]


def test_new_coordinators_hear_about_requests_that_wait_for_review(world: World) -> None:
    world.submit()
    world.work()
    new = '[people.zoe-hart]\nname = "Zoe Hart"\nemail = "zoe.hart@example.org"\n\n'
    change(world, "program.toml", "[people.jordan-reyes]", new + "[people.jordan-reyes]")
    old = 'group = "Acute care"\ncoordinators = ["jordan-reyes", "priya-nair"]'
    change(world, "program.toml", old, 'group = "Acute care"\ncoordinators = ["zoe-hart"]')
    look(world)
    assert "zoe-hart" not in world.engine.program.all_coordinators
    agree(world, JORDAN)
    assert "zoe-hart" in world.engine.program.all_coordinators
    world.passes(minutes=30)

    (mail,) = world.mails("zoe.hart@example.org")
    assert world.only_case().reference in mail.subject
    assert world.open(mail).values("first")
    world.passes(minutes=30)
    assert len(world.mails("zoe.hart@example.org")) == 1


def test_telling_two_requests_apart_leaves_the_older_as_it_is(world: World) -> None:
    older = world.request()
    newer = again(world)
    page = page_of(world, older)
    done = page.choose("offered", first=page.values("first")[0])
    page_of(world, newer, PRIYA).choose("different_requests", other=older)
    assert "Undo" in done.again().text


@pytest.mark.file("reads all of it")
def test_nothing_names_a_forgotten_request_that_was_told_apart(world: World) -> None:
    older = world.request()
    newer = again(world)
    page_of(world, newer).choose("different_requests", other=older)
    world.open(next(m for m in world.mails(REQUESTER) if older in m.subject)).choose("withdrawn")
    world.passes(days=2)
    assert world.count("cases") == 1
    assert older not in "\n".join(world.store.read().conn.iterdump())


@pytest.mark.parametrize("who", [JORDAN, PRIYA])
def test_a_promised_call_is_not_lost_by_merging(world: World, who: str) -> None:
    """Nobody merges it, not even whoever calls, until they say how the call went."""
    older, _ = world.matched()
    newer = again(world, QID12=3)
    page_of(world, newer).choose("call_taken")
    before = len(world.mails(PRIYA, "act now"))
    assert page_of(world, newer, who).choose("same_request", other=older).status == 409
    world.work()
    assert world.case(newer).promise(PromiseKind.CALL) is not None
    assert world.case(older).promise(PromiseKind.URGENT) is None
    world.passes(hours=2)
    assert world.case(newer).promise(PromiseKind.URGENT) is not None, "nobody said how it went"
    assert len(world.mails(PRIYA, "act now")) > before


def test_a_held_request_cannot_be_merged(world: World) -> None:
    older = world.request()
    world.app.test_cli_runner().invoke(args=["hold", older])
    newer = again(world, QID1_TEXT="J. Q.")
    page = page_of(world, newer)
    assert "These can’t be combined right now" in page.text
    assert page.choose("same_request", other=older).status == 409
    identity = world.engine.casebook.load(older).identity
    assert identity is not None
    assert identity.name == "Jamie Quill"


def test_a_response_that_qualtrics_deleted_is_given_up_after_two_weeks(world: World) -> None:
    response_id = world.submit()
    with world.qualtrics.brand.lock:
        del world.qualtrics.responses[response_id]
    world.work()
    for _ in range(15):
        world.passes(days=1)
    assert world.row("deliveries", "kept_because", "next_at") == ("gone from Qualtrics", None)
    assert [m for m in world.mails(SAM) if "for two weeks it hasn’t been there" in m.text]
