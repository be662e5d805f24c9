"""The stand-in fails as its switches say, and a seed repeats it."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from demo.qualtrics.limits import LIMITS
from demo.qualtrics.stand_in import Behavior, StandIn, WorkflowTask
from tests import children
from tests.stand_in import ANSWERS, EXPORTS, NOON, SURVEY, Api, Door, calling, listening
from tests.world import Clock

ROOT = Path(__file__).parent.parent
ALL_SCOPES = "read:survey_responses read:surveys read:subscriptions write:subscriptions"


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def stand_in(clock: Clock) -> StandIn:
    behavior = Behavior(readable_after=0, hang_seconds=0.05)
    return StandIn(clock=clock, behavior=behavior, client=("an-id", "a-secret"), seed=7)


@pytest.fixture
def api(stand_in: StandIn) -> Iterator[Api]:
    with calling(stand_in) as api:
        yield api


@pytest.fixture
def door() -> Iterator[Door]:
    with listening() as door:
        yield door


def outcome(api: Api, path: str) -> str:
    """Return the outcome of an API call in a word."""
    try:
        reply = api.get(path)
        if reply.status_code != 200:
            return str(reply.status_code)
        return "read" if "responseId" in reply.json()["result"] else "no id"
    except requests.RequestException as error:
        return type(error).__name__


@pytest.mark.parametrize(
    ("trouble", "seen"),
    [
        (202, "202"),
        (404, "404"),
        (429, "429"),
        (500, "500"),
        ("hang", "read"),
        ("no id", "no id"),
        ("cut", "ChunkedEncodingError"),
        ("reset", "ConnectionError"),
    ],
)
def test_reading_a_response_can_fail(
    stand_in: StandIn, api: Api, trouble: int | str, seen: str
) -> None:
    stand_in.behavior.api_trouble = {trouble: 1.0}
    assert outcome(api, f"/surveys/{SURVEY}/responses/{stand_in.submit(ANSWERS)}") == seen


def test_failures_of_responses_do_not_affect_other_calls(stand_in: StandIn, api: Api) -> None:
    stand_in.behavior.api_trouble = {202: 0.4, 404: 0.3, "no id": 0.3}
    assert {api.get("/whoami").status_code for _ in range(10)} == {200}


def test_a_file_can_be_cut_off(stand_in: StandIn, api: Api) -> None:
    stand_in.submit(ANSWERS)
    path = f"{EXPORTS}/{api.exported(format='ndjson')['fileId']}/file"
    stand_in.behavior.api_trouble = {"cut": 1.0}
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        api.get(path)


def test_failures_happen_at_their_rates_and_a_seed_repeats_them(
    stand_in: StandIn, api: Api
) -> None:
    shares: dict[int | str, float] = {202: 0.2, 429: 0.2, "no id": 0.1}
    stand_in.behavior.api_trouble = shares
    path = f"/surveys/{SURVEY}/responses/{stand_in.submit(ANSWERS)}"
    first = [outcome(api, path) for _ in range(60)]
    seen = Counter(first)
    assert seen.keys() == {"read", "202", "429", "no id"}
    assert 20 < seen["read"] < 45
    again = StandIn(behavior=Behavior(readable_after=0, api_trouble=shares), seed=7)
    path = f"/surveys/{SURVEY}/responses/{again.submit(ANSWERS)}"
    with calling(again) as same:
        assert [outcome(same, path) for _ in range(60)] == first


def test_a_429_can_come_without_a_retry_after(stand_in: StandIn, api: Api) -> None:
    stand_in.behavior.api_status, stand_in.behavior.retry_after = 429, None
    assert "Retry-After" not in api.get("/whoami").headers


def test_calls_are_limited_per_minute(clock: Clock, stand_in: StandIn, api: Api) -> None:
    stand_in.behavior.rate_limits = {"subscriptions": 2, "": 4}
    seen = [api.get("/eventsubscriptions").status_code for _ in range(3)]
    assert seen == [200, 200, 429]
    seen = [api.get("/whoami").status_code for _ in range(3)]
    assert seen == [200, 200, 429]
    clock.now += timedelta(minutes=1)
    assert api.get("/eventsubscriptions").status_code == 200
    assert LIMITS["show_response"] == 240


def test_an_account_can_lack_the_right_to_subscribe(stand_in: StandIn, api: Api) -> None:
    assert api.get("/whoami").json()["result"]["accountType"] == "UT_BRANDADMIN"
    stand_in.behavior.is_brand_admin = False
    refused = api.call("POST", "/eventsubscriptions", json={"topics": "*"})
    assert refused.status_code == 403
    assert refused.json()["meta"]["error"]["errorCode"] == "AuthZ_2.0"
    assert api.get("/eventsubscriptions").status_code == 403
    assert api.get(f"/surveys/{SURVEY}").status_code == 200
    assert api.get("/whoami").json()["result"]["accountType"] != "UT_BRANDADMIN"


def test_a_brand_can_be_without_api(stand_in: StandIn, api: Api) -> None:
    stand_in.behavior.has_api = False
    assert api.get("/whoami").json()["meta"]["error"]["errorCode"] == "AuthZ_2.0"


def bearer(api: Api, scope: str) -> requests.Response:
    del api.session.headers["X-API-TOKEN"]
    reply = api.session.post(
        api.root.replace("/API/v3", "/oauth2/token"),
        data={"grant_type": "client_credentials", "scope": scope},
        auth=("an-id", "a-secret"),
    )
    if reply.ok:
        api.session.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
    return reply


def test_an_access_token_expires(clock: Clock, stand_in: StandIn, api: Api) -> None:
    stand_in.behavior.expires_in = 60
    assert bearer(api, ALL_SCOPES).json()["expires_in"] == 60
    clock.now += timedelta(seconds=59)
    assert api.get("/surveys").status_code == 200
    clock.now += timedelta(seconds=1)
    expired = api.get("/surveys")
    assert expired.status_code == 401
    assert expired.json()["meta"]["error"]["errorCode"] == "DCD_7"


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        (ALL_SCOPES, "/eventsubscriptions", 200),
        ("manage:all", "/eventsubscriptions", 200),
        ("manage:subscriptions", "/eventsubscriptions", 200),
        ("write:subscriptions", "/eventsubscriptions", 403),
        ("read:surveys", f"/surveys/{SURVEY}/responses/R_0", 403),
        ("", "/whoami", 200),
    ],
)
def test_a_scope_allows_only_what_it_names(api: Api, scope: str, path: str, status: int) -> None:
    assert bearer(api, scope).status_code == 200
    assert api.get(path).status_code == status


def test_an_unknown_scope_is_refused(api: Api) -> None:
    refused = bearer(api, "read:minds")
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_scope"})


def test_a_partial_publication_can_come_first(stand_in: StandIn, api: Api, door: Door) -> None:
    stand_in.behavior.partials_first, stand_in.behavior.partial_lead = 1.0, 0.3
    stand_in.subscribe(door.url, topics="*")
    stand_in.add_workflow_task(WorkflowTask(door.url, "an invented token"))
    path = f"/surveys/{SURVEY}/responses/{stand_in.submit(ANSWERS)}"
    assert api.get(path).json()["result"]["values"]["finished"] == 0
    assert stand_in.wait_until_published()
    assert [form.get("Status") for form in door.forms if form] == ["Partial", "Complete"]
    assert "partialResponse" in door.forms[0]["Topic"]
    assert len(door.forms) == 3
    values = api.get(path).json()["result"]["values"]
    assert (values["finished"], values["QID1_TEXT"]) == (1, "Alex Doe")


def test_a_partial_publication_can_have_the_topic_of_completed_ones(
    stand_in: StandIn, door: Door
) -> None:
    stand_in.behavior.partials_first, stand_in.behavior.partial_lead = 1.0, 0.3
    stand_in.behavior.partial_topic = "completedResponse"
    stand_in.subscribe(door.url)
    stand_in.submit(ANSWERS)
    assert stand_in.wait_until_published()
    assert [form["Status"] for form in door.forms] == ["Partial", "Complete"]
    assert len({form["Topic"] for form in door.forms}) == 1


def publications(stand_in: StandIn, door: Door) -> tuple[list[list[int | str]], list[str], int]:
    """Submit 40 times; return the outcomes, the ids in order, and the ids that arrived."""
    stand_in.subscribe(door.url)
    ids = [stand_in.submit(ANSWERS) for _ in range(40)]
    assert stand_in.wait_until_published()
    return [each.outcomes for each in stand_in.publications], ids, len(door.forms)


def test_publications_get_lost_repeated_and_reordered(door: Door) -> None:
    chaos = Behavior(drop_rate=0.3, repeat_rate=0.2, scatter=0.1)
    outcomes, ids, arrived = publications(StandIn(behavior=chaos, seed=7), door)
    seen = Counter(tuple(each) for each in outcomes)
    assert {("dropped",), (200,), (200, 200)} <= seen.keys()
    assert arrived == sum(each.count(200) for each in outcomes)
    order = [form["ResponseID"] for form in door.forms]
    assert order != sorted(order, key=ids.index)
    again = publications(StandIn(behavior=chaos, seed=7), door)
    assert again[0] == outcomes


def test_it_runs_alone_on_a_port() -> None:
    started = [sys.executable, "-m", "demo.qualtrics", "--port", "0", "--responses", "3"]
    more = ["--token", "an-invented-token", "--client", "an-id:a-secret", "--readable-after", "0"]
    with children.running([*started, *more], stdout=subprocess.PIPE, cwd=ROOT) as alone:
        assert alone.stdout is not None
        lines = [alone.stdout.readline().decode() for _ in range(9)]
        url = next(line.split()[-1] for line in lines if "listens at" in line)
        api = Api(url)
        api.session.headers["X-API-TOKEN"] = "an-invented-token"
        with api.session:
            assert len(api.export(format="ndjson", compress=False).splitlines()) == 3
            assert bearer(api, ALL_SCOPES).status_code == 200
