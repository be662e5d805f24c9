"""What `flask qualtrics …` and `flask check` print, against a Qualtrics over HTTP."""

import json
import tomllib
from pathlib import Path

import pytest
import requests

from program import Program
from tests.qualtrics_commands import SURVEY, refuse, run
from tests.qualtrics_shapes import as_piped, exported
from tests.world import EXAMPLE, JAMIE, TOKEN, World

# From a form to survey.toml


def test_the_proposal_for_the_demos_form_is_the_example(world: World, tmp_path: Path) -> None:
    result = run(world, "qualtrics", "map", SURVEY)
    assert result.exit_code == 0
    folder = world.app.extensions["settings"].config_dir
    example = Program.load(EXAMPLE).surveys[SURVEY]
    (folder / "survey.toml").write_text(result.stdout, encoding="utf-8")
    proposed = Program.load(folder).surveys[SURVEY]
    assert proposed.facts == example.facts
    assert (proposed.name, proposed.language) == (example.name, example.language)
    assert proposed.accept_from == world.clock.now.date()
    assert "Everything is in order." in run(world, "check").stdout


def test_a_proposal_needs_no_api_with_an_exported_file(world: World, tmp_path: Path) -> None:
    file = tmp_path / "Talk to a colleague.qsf"
    file.write_text(json.dumps(exported()), encoding="utf-8-sig")
    result = run(world, "qualtrics", "map", str(file), qualtrics_api_token="")
    assert tomllib.loads(result.stdout)["survey"][0]["facts"]["safety"]["key"] == "QID6"


def test_a_proposal_works_without_a_survey_toml(world: World) -> None:
    folder = world.app.extensions["settings"].config_dir
    (folder / "survey.toml").unlink()
    assert '1 = "emergency"' in run(world, "qualtrics", "map", SURVEY).stdout
    (folder / "program.toml").write_text("name = ")
    result = run(world, "qualtrics", "map", SURVEY)
    assert "program.toml cannot be read yet" in result.stderr
    assert tomllib.loads(result.stdout)["survey"][0]["facts"]["name"] == "QID1_TEXT"


@pytest.mark.parametrize("content", [b"", b"no JSON", b"[]", b'{"SurveyEntry": {}}', b"\xff\xfe{}"])
def test_a_file_that_is_not_an_exported_survey_is_refused_with_the_reason(
    world: World, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "form.qsf"
    file.write_bytes(content)
    result = run(world, "qualtrics", "map", str(file))
    assert result.exit_code == 1
    assert "form.qsf is not an exported survey (.qsf): " in result.stderr
    assert "; in Qualtrics open the survey" in result.stderr


def test_a_missing_file_is_reported_as_missing(world: World) -> None:
    assert "cannot be read: No such file" in run(world, "qualtrics", "map", "form.qsf").stderr


@pytest.mark.parametrize(
    "command",
    [
        ("qualtrics", "forms"),
        ("flyers",),
        ("emails", "preview", "--out"),
        ("preview", "--out"),
    ],
)
def test_a_command_that_may_not_write_there_says_where(
    world: World, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    place = tmp_path / "taken" / "below"
    result = run(world, *command, str(place), qualtrics_base_url="https://yul1.qualtrics.com")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith(f"Error: {tmp_path / 'taken'}")
    assert result.stderr.endswith(". The service's user must be able to read and write there\n")


def test_without_api_the_command_suggests_an_exported_file(world: World) -> None:
    result = run(world, "qualtrics", "map", SURVEY, qualtrics_api_token="")
    assert result.exit_code == 1
    assert "No API access is set" in result.stderr
    assert "Export survey" in result.stderr


def test_the_definition_is_enough_without_the_schema(world: World) -> None:
    refuse(world, "response-schema", 403)
    facts = tomllib.loads(run(world, "qualtrics", "map", SURVEY).stdout)["survey"][0]["facts"]
    assert facts["safety"]["choices"]["1"] == "safe"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "Compare QUALTRICS_API_TOKEN with Account Settings"),
        (403, "This account may not read the survey. Its owner can share it: Collaborate"),
        (404, "Qualtrics shows this account no such survey"),
        (429, "trying again later can help"),
    ],
)
def test_a_refused_survey_is_explained_in_a_sentence(world: World, status: int, words: str) -> None:
    refuse(world, "survey-definitions", status)
    result = run(world, "qualtrics", "map", SURVEY)
    assert result.exit_code == 1
    assert words in result.stderr


# From survey.toml to a workflow task


def post(world: World, body: str) -> None:
    headers = {"X-Webhook-Token": TOKEN, "Content-Type": "application/json"}
    url = f"{world.url}/webhooks/qualtrics/workflow"
    assert requests.post(url, data=body.encode(), headers=headers, timeout=60).status_code == 200


@pytest.mark.parametrize("safety", [1, 2, 3])
def test_the_printed_body_sends_everything_that_the_api_returns(world: World, safety: int) -> None:
    world.submit(QID12=safety)
    world.work()
    by_api = world.only_case()
    body = run(world, "qualtrics", "map", "--workflow-body").stdout
    world.qualtrics.behavior.api_status = 403

    post(world, as_piped(body, JAMIE | {"QID12": safety}, "R_inline"))
    world.work()

    _, newest = world.references
    by_task = world.case(newest)
    assert by_task.facts == by_api.facts
    assert by_task.is_urgent == by_api.is_urgent == (safety != 1)


def test_with_a_body_of_ids_the_answers_are_fetched_by_api(world: World) -> None:
    world.qualtrics.brand.subscriptions.clear()
    body = run(world, "qualtrics", "map", "--workflow-body", "--ids-only").stdout
    response_id = world.submit()
    post(world, as_piped(body, {}, response_id))
    world.work()
    assert world.only_case().facts.role == "nurse"


def test_the_body_of_one_of_several_surveys_needs_its_id(world: World) -> None:
    file = world.app.extensions["settings"].config_dir / "survey.toml"
    file.write_text(file.read_text() + file.read_text().replace(SURVEY, "SV_second"))
    result = run(world, "qualtrics", "map", "--workflow-body")
    assert f"Name one survey of survey.toml: {SURVEY}, SV_second" in result.stderr
    body = run(world, "qualtrics", "map", "SV_second", "--workflow-body").stdout
    assert json.loads(body)["surveyId"] == "SV_second"


def test_no_body_is_printed_while_survey_toml_is_wrong(world: World) -> None:
    file = world.app.extensions["settings"].config_dir / "survey.toml"
    file.write_text(file.read_text().replace('2 = "urgent"', '2 = "urgently"'))
    result = run(world, "qualtrics", "map", "--workflow-body")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "facts.safety" in result.stderr


# Which way an account has


def test_access_of_a_brand_administrator_is_way_a(world: World) -> None:
    lines = run(world, "qualtrics", "access").stdout.splitlines()
    assert lines[0].endswith(
        "answers; the account is survey.owner@example.org, brand examplehealth."
    )
    assert lines[1:] == [
        "Subscriptions: this account may list them; the brand has 1.",
        f"Survey {SURVEY}: can be read.",
        "You have way (a): event subscription and API.",
    ]


def test_access_without_the_right_to_subscribe_is_way_b(world: World) -> None:
    refuse(world, "eventsubscriptions", 403)
    refuse(world, "survey-definitions", 404)
    result = run(world, "qualtrics", "access", qualtrics_webhook_tokens=())
    assert "Subscriptions: Only a brand administrator's access may see" in result.stdout
    assert f"Survey {SURVEY}: Qualtrics shows this account no such survey" in result.stdout
    assert "You have way (b): a workflow task with ids, answers by API." in result.stdout
    assert "Set QUALTRICS_WEBHOOK_TOKENS for it" in result.stdout


def test_access_without_the_right_to_use_the_api_is_way_c(world: World) -> None:
    refuse(world, "whoami", 403)
    result = run(world, "qualtrics", "access")
    assert "A brand administrator can grant it: Admin, Users" in result.stdout
    assert result.stdout.endswith("You have way (c): a workflow task with the answers in it.\n")


def test_access_with_a_wrong_token_says_what_to_compare(world: World) -> None:
    result = run(world, "qualtrics", "access", qualtrics_api_token="mistyped")
    assert result.exit_code == 1
    assert "Compare QUALTRICS_API_TOKEN with Account Settings" in result.stdout
    assert "we cannot tell yet if you have more" in result.stderr


def test_no_access_at_all_is_way_c(world: World) -> None:
    result = run(world, "qualtrics", "access", qualtrics_api_token="")
    assert "No API access is set" in result.stdout
    assert "You have way (c)" in result.stdout


@pytest.mark.parametrize("path", ["whoami", "eventsubscriptions"])
def test_no_way_is_named_while_qualtrics_is_down(world: World, path: str) -> None:
    refuse(world, path, 429)
    result = run(world, "qualtrics", "access")
    assert result.exit_code == 1
    assert "You have way" not in result.stdout
    assert "annot tell" in result.stderr
