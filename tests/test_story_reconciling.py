"""What Qualtrics never told us is found, and people hear that it was not told."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import request

from app import create_app
from demo.qualtrics.stand_in import Circumstances
from engine import reconciling
from tests.world import JAMIE, JORDAN, REQUESTER, SAM, World

EXPORTS = "/export-responses"


def lose_events(world: World) -> None:
    world.qualtrics.behavior.drop_rate = 1.0


def another(world: World, number: int = 0, **changed: object) -> str:
    """Somebody else submits."""
    answers = JAMIE | {"QID2_TEXT": f"person.{number}@example.org", "QID3_TEXT": ""} | changed
    response_id = world.qualtrics.submit(answers)  # type: ignore[arg-type]
    assert world.qualtrics.wait_until_published()
    return response_id


@pytest.fixture
def api_calls(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls that reach Qualtrics, as it sees them."""
    seen: list[str] = []
    inner = world.qualtrics.app.wsgi_app

    def noting(environ, start):  # type: ignore[no-untyped-def]
        if environ["PATH_INFO"].startswith("/API/"):
            seen.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        return inner(environ, start)

    world.qualtrics.app.wsgi_app = noting  # type: ignore[method-assign]
    return seen


def test_what_was_never_told_becomes_a_request_within_a_quarter_of_an_hour(world: World) -> None:
    world.work()
    lose_events(world)
    another(world)

    world.passes(minutes=16)

    case = world.only_case()
    assert case.submitted_at == world.clock.now - timedelta(minutes=16)
    assert world.mails("person.0@example.org", "what happens next")
    told = world.mail(SAM, "never delivered")
    assert "flask qualtrics subscriptions" in told.text
    assert "SV_8peerSupport01" in told.text
    world.passes(hours=5)
    assert world.count("cases") == 1
    assert len(world.mails(SAM)) == 1


def test_a_working_webhook_leaves_nothing_to_find_and_three_calls(
    world: World, api_calls: list[str]
) -> None:
    world.submit()
    world.work()
    api_calls.clear()

    world.passes(minutes=16)

    assert [call.split(" ")[0] for call in api_calls] == ["POST", "GET", "GET"]
    assert all(EXPORTS in call for call in api_calls)
    assert world.mails(SAM) == []
    assert world.count("cases") == 1


def test_an_event_on_its_way_is_no_broken_webhook(world: World) -> None:
    """The export may be faster than the event; it comes once, and nobody is alarmed."""
    lose_events(world)
    response_id = another(world)
    world.work()
    world.qualtrics.behavior.drop_rate = 0.0
    world.qualtrics.publish(response_id)
    assert world.qualtrics.wait_until_published()
    world.passes(minutes=16)

    assert world.count("cases") == 1
    assert world.mails(SAM) == []


def test_a_week_without_the_service_loses_nothing(world: World) -> None:
    world.work()
    lose_events(world)
    for number in range(7):
        world.clock.now += timedelta(days=1)
        another(world, number)

    world.passes(minutes=1)

    assert world.count("cases") == 7
    late = [mail for mail in world.mails(JORDAN) if "It reached us late" in mail.text]
    assert len(late) >= 4


def test_it_goes_on_where_the_last_one_that_went_well_began(
    world: World, api_calls: list[str]
) -> None:
    world.work()
    began_at = world.clock.now
    world.qualtrics.behavior.api_status = 500
    for _ in range(8):
        world.passes(hours=1)
    lose_events(world)
    another(world, submitted=None)
    world.qualtrics.behavior.api_status = None
    bodies = exports_asked_for(world)

    world.passes(minutes=16)

    since = datetime.fromisoformat(bodies[0]["startDate"])
    assert since == began_at - reconciling.OVERLAP
    assert world.count("cases") == 1


def exports_asked_for(world: World) -> list[dict[str, str]]:
    bodies: list[dict[str, str]] = []
    inner = world.qualtrics.app.before_request_funcs

    def note() -> None:
        if request.method == "POST" and request.path.endswith(EXPORTS):
            bodies.append(json.loads(request.get_data()))

    inner.setdefault(None, []).append(note)
    return bodies


def test_it_never_asks_for_what_was_recorded_before_the_program(world: World) -> None:
    world.qualtrics.submit(JAMIE, submitted_at=datetime(2026, 10, 1, tzinfo=UTC))  # type: ignore[arg-type]
    bodies = exports_asked_for(world)
    world.qualtrics.brand.subscriptions.clear()

    world.work()

    # When the first of November begins in New York.
    assert bodies[0]["startDate"] == "2026-11-01T04:00:00Z"
    assert world.count("deliveries") <= 1
    assert world.count("cases") == 0


def test_what_came_unfinished_becomes_a_request_once_it_is_finished(world: World) -> None:
    """Qualtrics closes what somebody left unfinished, or they come back and finish."""
    partial = Circumstances(is_finished=False)
    response_id = world.qualtrics.submit(JAMIE, circumstances=partial)  # type: ignore[arg-type]
    world.passes(minutes=16)
    assert (world.count("deliveries"), world.count("cases")) == (1, 0)
    lose_events(world)
    world.qualtrics.complete(response_id)

    world.passes(minutes=16)

    assert world.count("cases") == 1
    assert "never delivered" not in "".join(mail.text for mail in world.mails(SAM))


def test_what_cannot_be_fetched_comes_by_export(world: World) -> None:
    """A response that Qualtrics does not hand out alone stands in its exports all the same."""
    world.qualtrics.behavior.before_readable = 404
    response_id = world.submit()
    response = world.qualtrics.responses[response_id]
    world.qualtrics.responses[response_id] = replace(response, readable_from=float("inf"))
    world.work()
    assert world.count("cases") == 0
    world.qualtrics.responses[response_id] = response

    world.passes(minutes=16)

    assert world.only_case().reference
    assert world.mails(REQUESTER)


@pytest.mark.parametrize("status", [401, 403])
def test_refused_exports_are_told_once_a_day(world: World, status: int) -> None:
    world.qualtrics.behavior.api_status = status
    for _ in range(5):
        world.passes(minutes=16)

    assert len(world.mails(SAM)) == 1
    assert "refuses our API access" in world.mail(SAM).text


def test_a_forgotten_request_never_comes_back_from_an_export(world: World) -> None:
    world.submit()
    world.work()
    world.open(world.mail(REQUESTER)).choose("withdrawn_erased")
    world.work()
    assert world.count("cases") == 0

    for _ in range(4):
        world.passes(minutes=16)

    assert world.count("cases") == 0


def test_earlier_responses_are_looked_for_once_the_program_accepts_them(world: World) -> None:
    world.qualtrics.brand.subscriptions.clear()
    world.qualtrics.submit(JAMIE, submitted_at=datetime(2026, 10, 20, tzinfo=UTC))  # type: ignore[arg-type]
    world.work()
    assert world.count("cases") == 0
    survey = world.folder / "config" / "survey.toml"
    survey.write_text(survey.read_text().replace("2026-11-01", "2026-10-01"))

    app = create_app(world.app.extensions["settings"], world.clock)
    app.extensions["client"] = world.app.extensions["client"]
    worker = app.extensions["worker"]()
    world.clock.now += timedelta(minutes=16)
    worker.run_once()
    worker.close()

    assert world.count("cases") == 1


def test_two_workers_compare_once(world: World, api_calls: list[str]) -> None:
    world.worker.rounds["reconciliation"]()
    api_calls.clear()
    world.clock.now += timedelta(minutes=16)
    second = world.app.extensions["worker"]()

    world.worker.rounds["reconciliation"]()
    second.rounds["reconciliation"]()
    second.close()

    assert len([call for call in api_calls if call.startswith("POST")]) == 1


@pytest.mark.file("reads its bytes")
def test_nothing_of_an_answer_stands_in_a_log_or_readable_in_the_file(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.work()
    lose_events(world)
    another(world, QID1_TEXT="Jamie Quill")
    world.clock.now += timedelta(minutes=16)
    assert world.worker.rounds["reconciliation"](), "it is found"

    assert "Quill" not in caplog.text
    assert b"Quill" not in world.store.path.read_bytes()
    log = world.store.path.with_name(world.store.path.name + "-wal")
    assert not log.exists() or b"Quill" not in log.read_bytes()


def test_the_log_says_in_words_what_was_found(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="worker.rounds")
    world.work()
    assert "Reconciliation of SV_8peerSupport01: nothing recorded" in caplog.text
    lose_events(world)
    another(world)
    world.passes(minutes=16)
    assert "Reconciliation of SV_8peerSupport01: 1 never came" in caplog.text


@pytest.mark.file("puts a copy of it in its place")
def test_what_came_after_a_copy_is_found_when_the_copy_is_put_back(world: World) -> None:
    """What docs/deploy.md tells whoever must put a copy back."""
    kept = world.request()
    copy = world.folder / "copy.db"
    with closing(sqlite3.connect(world.store.path)) as db, closing(sqlite3.connect(copy)) as there:
        db.backup(there)
    another(world, 1)
    world.passes(hours=2)
    assert len(world.references) == 2
    world.worker.close()

    old = world.folder / "old"
    old.mkdir()
    for file in world.folder.glob("peer-support.db*"):
        file.rename(old / file.name)
    copy.rename(world.store.path)
    again = replace(world, app=create_app(world.app.extensions["settings"], world.clock))
    assert again.references == [kept]
    again.app.extensions["client"] = world.app.extensions["client"]
    again.passes(minutes=1)
    assert len(again.references) == 2
    assert len(world.mails("person.1@example.org", "what happens next")) == 2, "in either life"
    assert len(world.mails(REQUESTER, "what happens next")) == 1
    again.worker.close()
