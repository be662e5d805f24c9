"""`flask qualtrics subscribe`, drift and tokens, against a Qualtrics over HTTP."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commands.checking import forms
from demo.qualtrics.survey import PEER_SUPPORT, Question
from tests.qualtrics_commands import SURVEY, refuse, run
from tests.qualtrics_shapes import exported
from tests.world import World

TOPIC = f"surveyengine.completedResponse.{SURVEY}"


def with_questions(world: World, *changed: Question) -> None:
    """Change the form: replace questions with the same id, and add the others."""
    for question in changed:
        world.qualtrics.change(SURVEY, question)


# Subscriptions


@pytest.fixture
def unsubscribed(world: World) -> World:
    world.qualtrics.brand.subscriptions.clear()
    return world


def test_every_configured_survey_is_subscribed_and_never_twice(unsubscribed: World) -> None:
    first = run(unsubscribed, "qualtrics", "subscribe")
    made = list(unsubscribed.qualtrics.brand.subscriptions.values())
    assert [(one.topics, one.url) for one in made] == [
        (TOPIC, f"{unsubscribed.url}/webhooks/qualtrics/events")
    ]
    assert first.stdout == f"{SURVEY}: subscribed, {made[0].id}.\n"
    assert "BASE_URL has no https" in first.stderr

    unsubscribed.submit()
    again = run(unsubscribed, "qualtrics", "subscribe", SURVEY)
    assert again.stdout == f"{SURVEY}: subscribed already, {made[0].id} with 1 successful call.\n"
    assert len(unsubscribed.qualtrics.brand.subscriptions) == 1
    unsubscribed.work()
    assert unsubscribed.count("cases") == 1


@pytest.mark.parametrize("topics", ["*", "surveyengine.completedResponse.*"])
def test_a_subscription_to_all_topics_counts(unsubscribed: World, topics: str) -> None:
    unsubscribed.qualtrics.subscribe(
        f"{unsubscribed.url}/webhooks/qualtrics/events/", "k" * 16, topics
    )
    assert "subscribed already" in run(unsubscribed, "qualtrics", "subscribe").stdout


def test_a_subscription_to_another_survey_or_url_does_not_count(unsubscribed: World) -> None:
    url = f"{unsubscribed.url}/webhooks/qualtrics/events"
    unsubscribed.qualtrics.subscribe(url, "k" * 16, f"{TOPIC}2")
    unsubscribed.qualtrics.subscribe(url, "k" * 16, TOPIC.replace("completed", "partial"))
    unsubscribed.qualtrics.subscribe("https://elsewhere.example.org/events", "k" * 16, TOPIC)
    assert "subscribed, SUB_" in run(unsubscribed, "qualtrics", "subscribe").stdout
    assert len(unsubscribed.qualtrics.brand.subscriptions) == 4


def test_duplicates_are_shown_with_their_calls_and_how_to_remove_them(world: World) -> None:
    first = next(iter(world.qualtrics.brand.subscriptions))
    world.submit()
    second = world.qualtrics.subscribe(
        f"{world.url}/webhooks/qualtrics/events", "an-invented-shared-key"
    )
    listed = run(world, "qualtrics", "subscriptions").stdout.splitlines()
    assert listed[0].startswith(f"{first}        1 call  {TOPIC}  {world.url}/")
    assert listed[0].endswith("(ours)")
    assert listed[1].startswith(f"{second.id}       0 calls")
    assert listed[1].endswith(f"(ours)  (duplicate of {first})")

    told = run(world, "qualtrics", "subscribe").stdout
    assert f"Remove it: flask qualtrics unsubscribe {second.id}" in told

    assert run(world, "qualtrics", "unsubscribe", second.id).stdout == f"Removed: {second.id}\n"
    assert list(world.qualtrics.brand.subscriptions) == [first]


def test_an_empty_list_says_so(unsubscribed: World) -> None:
    assert run(unsubscribed, "qualtrics", "subscriptions").stdout == "There is none.\n"


@pytest.mark.parametrize("given", ["", " ", "/", "SUB_", "*"])
def test_nothing_is_sent_without_the_id_of_a_subscription(world: World, given: str) -> None:
    result = run(world, "qualtrics", "unsubscribe", given)
    assert result.exit_code == 1
    assert "This is not the id of a subscription" in result.stderr
    assert len(world.qualtrics.brand.subscriptions) == 1


def test_a_missing_subscription_is_reported_as_unknown(world: World) -> None:
    result = run(world, "qualtrics", "unsubscribe", "SUB_unknown")
    assert "Qualtrics knows no such subscription" in result.stderr


@pytest.mark.parametrize(
    "args", [["subscribe", SURVEY], ["subscriptions"], ["unsubscribe", "SUB_x"]]
)
def test_without_the_right_to_subscribe_the_command_says_who_can_grant_it(
    world: World, args: list[str]
) -> None:
    refuse(world, "eventsubscriptions", 403)
    result = run(world, "qualtrics", *args)
    assert result.exit_code == 1
    assert "Ask a brand administrator for it, or to subscribe for you; way (b)" in result.stderr


def test_a_subscription_is_found_when_the_reply_was_lost(unsubscribed: World) -> None:
    inner = unsubscribed.qualtrics.app.wsgi_app

    def losing(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] != "POST":
            return inner(environ, start_response)
        list(inner(environ, lambda *_: list))
        start_response("502 Bad Gateway", [])
        return [b""]

    unsubscribed.qualtrics.app.wsgi_app = losing  # type: ignore[method-assign]
    result = run(unsubscribed, "qualtrics", "subscribe")
    (made,) = unsubscribed.qualtrics.brand.subscriptions
    assert result.stdout == f"{SURVEY}: subscribed, {made}.\n"


def test_subscribing_needs_a_key_and_a_survey(world: World) -> None:
    without_key = run(world, "qualtrics", "subscribe", qualtrics_shared_keys=())
    assert "QUALTRICS_SHARED_KEYS is empty" in without_key.stderr
    unknown = run(world, "qualtrics", "subscribe", "SV_unknown")
    assert "SV_unknown is not in survey.toml" in unknown.stderr
    (world.app.extensions["settings"].config_dir / "survey.toml").unlink()
    assert "survey.toml names no survey" in run(world, "qualtrics", "subscribe").stderr


# Drift


def test_the_check_compares_every_survey_with_its_form(world: World) -> None:
    safety = next(one for one in PEER_SUPPORT.questions if one.id == "QID12")
    role = next(one for one in PEER_SUPPORT.questions if one.id == "QID8")
    with_questions(
        world,
        replace(safety, choices={**safety.choices, 4: "I would rather not say"}),
        replace(role, choices={**role.choices, 1: "Registered nurse"}),
    )
    result = run(world, "check")
    assert result.exit_code == 1
    assert (
        f"survey.toml, survey {SURVEY}, facts.safety.choices: the answer 4"
        ' ("I would rather not say") is not known; add 4 = "…"; allowed is safe, urgent.\n'
    ) in result.stdout
    assert (
        f"Warning: survey.toml, survey {SURVEY}, facts.role.choices: the answer 1 is now called"
        ' "Registered nurse"; if it still means "nurse", add "Registered nurse" = "nurse".\n'
    ) in result.stdout
    assert "1 to mend" in result.stderr


def test_the_check_takes_an_exported_file_instead(world: World, tmp_path: Path) -> None:
    file = tmp_path / "form.qsf"
    file.write_text(json.dumps(exported(SurveyID=SURVEY)))
    result = run(world, "check", "--qsf", str(file), qualtrics_api_token="")
    assert result.exit_code == 1
    assert f'{SURVEY}, facts.email: "QID2_TEXT" is no longer in the form; is it "QID1_2"' in (
        result.stdout
    )


def test_the_check_names_a_form_that_can_be_finished_later(world: World, tmp_path: Path) -> None:
    file = tmp_path / "form.qsf"
    for on in ("true", "false"):
        form = exported(SurveyID=SURVEY, SurveyOptions={"SaveAndContinue": on})
        file.write_text(json.dumps(form))
        found = run(world, "check", "--qsf", str(file)).stdout
        assert ("can see a form that was left half-filled" in found) == (on == "true")


def test_an_exported_file_about_another_survey_or_none_is_a_problem(
    world: World, tmp_path: Path
) -> None:
    file = tmp_path / "form.qsf"
    file.write_text(json.dumps(exported()))
    result = run(world, "check", "--qsf", str(file))
    assert "survey.toml: has no survey SV_2anotherForm01x, which form.qsf is about" in result.stdout
    file.write_text("{}")
    assert "form.qsf is not an exported survey" in run(world, "check", "--qsf", str(file)).stdout


@pytest.mark.parametrize("status", [401, 403, 404, 429])
def test_a_form_that_cannot_be_read_is_a_warning(world: World, status: int) -> None:
    world.qualtrics.behavior.api_status = status
    result = run(world, "check")
    assert result.exit_code == 0
    assert f"Warning: survey.toml, survey {SURVEY}: could not be compared" in result.stdout
    assert "Everything is in order." in result.stdout


def test_the_check_stops_asking_when_qualtrics_does_not_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = world.app.extensions["settings"].config_dir / "survey.toml"
    example = file.read_text()
    file.write_text("".join(example.replace(SURVEY, f"SV_{number}") for number in range(4)))
    world.qualtrics.behavior.api_status = 429
    assert run(world, "check").stdout.count("could not be compared") == 1

    world.qualtrics.behavior.api_status = None
    assert run(world, "check").stdout.count("shows this account no such survey") == 4
    monkeypatch.setattr(forms, "SECONDS_FOR_ALL", -1.0)
    assert run(world, "check").stdout.count("time ran out before") == 4


# Access tokens


def test_a_refused_token_is_retried_once_and_then_an_admin_is_told(world: World) -> None:
    world.qualtrics.behavior.api_status = 401
    world.qualtrics.behavior.api_status_times = 1
    assert run(world, "qualtrics", "subscriptions").exit_code == 0
    world.qualtrics.behavior.api_status_times = 2
    assert "Compare QUALTRICS_API_TOKEN" in run(world, "qualtrics", "subscriptions").stderr


def test_refused_client_credentials_say_which_settings_to_compare(world: World) -> None:
    changed = {"qualtrics_api_token": "", "qualtrics_client_id": "an-invented-client"}
    result = run(world, "qualtrics", "access", **changed, qualtrics_client_secret="a-secret")
    assert "Compare QUALTRICS_CLIENT_ID and QUALTRICS_CLIENT_SECRET" in result.stdout
    assert "read:survey_responses" in result.stdout
    assert "a-secret" not in result.output
