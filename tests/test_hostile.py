"""Whatever comes in: documented answers, one case each, and nobody who is named or injected."""

import json
import logging
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from demo.mailbox import StoredMessage
from demo.qualtrics.publisher import signature
from lib import logs
from tests.examples import IS_FUZZ, TIMES
from tests.world import (
    API_TOKEN,
    JAMIE,
    PAGER,
    SHARED_KEY,
    TOKEN,
    World,
    link_in,
    living,
)

EVENTS, WORKFLOW = "/webhooks/qualtrics/events", "/webhooks/qualtrics/workflow"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
DOCUMENTED = {
    EVENTS: {200, 400, 403, 413, 415},
    WORKFLOW: {200, 403, 413, 415},
}


def bounded(examples: int) -> settings:
    """The same examples in every run, and not too many."""
    return settings(
        max_examples=examples * TIMES,
        derandomize=not IS_FUZZ,
        database=None,
        # A failure is shown as found: making it smaller would run the whole way a thousand times.
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


@pytest.fixture(scope="module")
def told() -> Iterator[list[logging.LogRecord]]:
    """Everything that is logged while this module runs, but for what the test's own parts say."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign, assignment]
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield records
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(scope="module")
def hostile(
    told: list[logging.LogRecord], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One world for all examples; nothing in it may break for the next one."""
    with living(tmp_path_factory.mktemp("hostile")) as alive:
        yield alive


@pytest.fixture(scope="module")
def doors(
    told: list[logging.LogRecord], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A world of which only the doors are open."""
    with living(tmp_path_factory.mktemp("doors")) as alive:
        yield alive


# At the doors

anything = st.text(st.characters(exclude_categories=()), max_size=60)
ids = st.sampled_from(["SV_8peerSupport01", "SV_x", "R_1", "R_2", "", "R_", "../R_1"]) | anything
fields = st.sampled_from(
    ["Topic", "MSG", "HMAC", "Status", "SurveyID", "ResponseID", "CompletedDate", "IsTest"]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | anything,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(anything, inner, max_size=4),
    max_leaves=12,
)
likely_events = st.dictionaries(fields | anything, ids | json_values, max_size=8)
likely_answers = st.dictionaries(
    st.sampled_from([*JAMIE, "endDate", "status"]) | anything, json_values
)
likely_tasks = st.fixed_dictionaries(
    {"surveyId": ids | json_values, "responseId": ids | json_values},
    optional={
        "answers": likely_answers | json_values,
        "labels": likely_answers | json_values,
        "recordedDate": json_values,
        "status": json_values,
    },
)


def knock(
    world: World, door: str, body: bytes, kind: str = "", token: str | None = TOKEN
) -> TestResponse:
    headers = {} if token is None else {"X-Webhook-Token": token}
    kind = kind or (FORM if door == EVENTS else JSON)
    client = world.app.test_client()
    return client.post(door, data=body, content_type=kind, headers=headers)


def assert_documented(answer: TestResponse, door: str) -> None:
    assert answer.status_code in DOCUMENTED[door]
    assert len(answer.data) < 100
    assert set(answer.json) <= {"status", "error"}  # type: ignore[arg-type]


def signed(message: str, **more: str) -> bytes:
    sound = message.encode(errors="replace").decode()
    form = {"MSG": sound, "HMAC": signature(SHARED_KEY, sound)} | more
    return urlencode(form, errors="surrogatepass").encode()


@bounded(150)
@given(body=st.binary(max_size=300), door=st.sampled_from([EVENTS, WORKFLOW]))
@example(body=b"MSG=&HMAC=", door=EVENTS)
@example(body=b"MSG=%ED%A0%80&HMAC=" + b"0" * 128, door=EVENTS)
@example(body=b"\xef\xbb\xbf{}", door=WORKFLOW)
@example(body=b'{"a":' * 40_000, door=WORKFLOW)
@example(body=b"9" * 60_000, door=WORKFLOW)
def test_any_bytes_get_a_documented_answer(doors: World, body: bytes, door: str) -> None:
    assert_documented(knock(doors, door, body), door)


@bounded(60)
@given(kind=anything, token=anything, door=st.sampled_from([EVENTS, WORKFLOW]))
def test_any_headers_get_a_documented_answer(
    doors: World, kind: str, token: str, door: str
) -> None:
    sound = [
        re.sub(r"[\r\n]", "", t.encode("latin-1", "replace").decode("latin-1"))
        for t in (kind, token)
    ]
    answer = knock(doors, door, b"{}", *sound)
    assert answer.status_code in {403, 415}


@bounded(150)
@given(form=st.lists(st.tuples(fields | anything, ids | anything), max_size=60))
def test_any_form_is_refused_unless_it_is_signed(doors: World, form: list[tuple[str, str]]) -> None:
    answer = knock(doors, EVENTS, urlencode(form, errors="surrogatepass").encode())
    assert answer.status_code in {400, 403}
    assert_documented(answer, EVENTS)


@bounded(200)
@given(message=likely_events.map(json.dumps) | json_values.map(json.dumps) | anything)
@example(message='{"SurveyID":"SV_8peerSupport01","ResponseID":"R_1","CompletedDate":"9999-99-99"}')
@example(message='{"SurveyID":"SV_1","SurveyID":"SV_2","ResponseID":"R_1"}')
@example(message='{"ResponseID":1e999,"SurveyID":-0}')
@example(message="[" * 20_000)
@example(message='{"ResponseID":' + "9" * 5000 + "}")
def any_signed_message(doors: World, message: str) -> None:
    assert_documented(knock(doors, EVENTS, signed(message)), EVENTS)


@bounded(200)
@given(task=likely_tasks | json_values)
def any_json(doors: World, task: object) -> None:
    assert_documented(knock(doors, WORKFLOW, json.dumps(task).encode()), WORKFLOW)


def test_any_signed_message_gets_a_documented_answer_and_is_worked_off(
    doors: World, told: list[logging.LogRecord]
) -> None:
    any_signed_message(doors)
    assert doors.count("deliveries") > 0
    assert work_off(doors, told) == []


def test_any_json_of_a_workflow_gets_a_documented_answer_and_is_worked_off(
    doors: World, told: list[logging.LogRecord]
) -> None:
    any_json(doors)
    assert work_off(doors, told) == []
    assert doors.count("cases") > 20


def work_off(doors: World, told: list[logging.LogRecord]) -> list[str]:
    """Let what was taken become cases or wait for Qualtrics; returns what broke a round."""
    doors.qualtrics.behavior.api_status = 429  # spares the pauses between tries
    before = len(told)
    take_in = doors.worker.rounds["intake"]
    while take_in():
        pass
    return [r.getMessage() for r in told[before:] if r.levelno >= logging.ERROR]


# Through the whole way

ATTACKS = [
    "\r\nBcc: thief@example.org\r\n\r\nhello",
    "\nBcc:thief@example.org",
    "=?UTF-8?Q?=0ABcc:_thief@example.org?=",
    "=?utf-8?b?CkJjYzogdGhpZWZAZXhhbXBsZS5vcmc=?=",
    "=\u200b?UTF-8?Q?=0D=0ABcc:_thief@example.org?=",
    "\u2028Bcc: thief@example.org\u2029\x0b\x0c\x1c\x1d\x85Bcc: thief@example.org",
    "<script>alert(7)</script>",
    '"><svg onload=alert(7)>',
    "'><img src=x onerror=alert(7)>",
    "</textarea></title><iframe src=//thief.example.org>",
    "<!-- ", "{{ 7 * 7191 }}", "{% include 'x' %}", "javascript:alert(7)",
    "\u202eevitcepser\u202c\u2066\u200f", "\ud800\udfff\ud83d", "\x00\x01\x1b[2J\x7f",
    "x" * 10_000, "\n" * 10_000, "ﷺ" * 3000, "e" + "\u0301" * 5000,
    "../../etc/passwd", "%s%n%(name)s{0.__class__}", "=cmd|' /C calc'!A0", "+1", "@SUM(1)",
    ".\r\n.\r\nMAIL FROM:<thief@example.org>", "<thief@example.org>", "thief@example.org, ",
]  # fmt: skip
hostile_text = st.lists(st.sampled_from(ATTACKS) | anything, min_size=1, max_size=3).map("".join)
#: Stands at the front of all that says who somebody is, so that it can be looked for.
MARK = "Zebulon"

MARKUP = re.compile(r"<(script|svg|img src=x|iframe|!-- )|/textarea></title|50337", re.IGNORECASE)
HEADERS = {
    "from", "to", "subject", "date", "message-id", "reply-to", "auto-submitted",
    "x-auto-response-suppress", "mime-version", "content-type", "content-transfer-encoding",
    "references", "in-reply-to", "importance",
}  # fmt: skip


@bounded(8)
@given(
    name=hostile_text,
    email=st.just("") | hostile_text,
    phone=hostile_text,
    unit=hostile_text,
    not_wanted=hostile_text,
    other=hostile_text,
    embedded=hostile_text,
    safety=st.sampled_from([1, 1, 2]) | hostile_text,
    choice=st.sampled_from([1, 2]) | hostile_text,
)
@example(*([ATTACKS[0]] * 9))
@example(*([ATTACKS[2]] * 9))
@example(*([ATTACKS[3]] * 9))
@example(*(["<script>alert(7)</script>"] * 9))
@example(*(["\ud800"] * 9))
@example(*(["x" * 10_000] * 9))
@example(*(["\u202e" + '"><svg onload=alert(7)>'] * 9))
def test_any_text_becomes_one_case_and_names_nobody(
    hostile: World, name: str, email: str, phone: str, unit: str, not_wanted: str, other: str,
    embedded: str, safety: object, choice: object,
) -> None:  # fmt: skip
    number = hostile.count("deliveries")
    address = f"zebulon{number}@example.org"
    answers = JAMIE | {
        "QID1_TEXT": MARK + name,
        "QID2_TEXT": address + email,
        "QID3_TEXT": f"860-555-7{number:03}" + phone,
        "QID4": ["1", "2", choice],
        "QID6": choice,
        "QID7_TEXT": MARK + unit,
        "QID8": 8,
        "QID8_8_TEXT": MARK + other,
        "QID9": choice,
        "QID11_TEXT": MARK + not_wanted,
        "QID12": safety,
    }
    cases, mails = hostile.count("cases"), len(hostile.mailbox.messages)

    hostile.qualtrics.submit(answers, {"source": embedded})  # type: ignore[arg-type]
    assert hostile.qualtrics.wait_until_published()
    hostile.work()
    hostile.passes(minutes=11)

    assert hostile.count("cases") == cases + 1
    assert (
        hostile.store.read().execute("select * from deliveries where trouble <> ''").fetchall()
        == []
    )
    left = hostile.mailbox.messages[mails:]
    known = {person.email for person in hostile.engine.program.people.values()} | {PAGER}
    for mail in left:
        assert_sound(mail, address, known)
    reviewers = [mail for mail in left if mail.recipients[0] in known - {PAGER}]
    # A unit that nobody knows keeps out whoever may lead it.
    assert reviewers
    assert_pages_are_sound(hostile, reviewers[0])
    for mail in left:
        if mail.recipients[0].startswith(address):
            assert_sound_page(hostile.open(mail).answer.text, names=False)


def assert_sound(mail: StoredMessage, address: str, known: set[str]) -> None:
    """Its headers are ours, it goes to one person, and names no requester."""
    assert {name.lower() for name in mail.parsed.keys()} <= HEADERS  # noqa: SIM118 - may repeat
    assert len(mail.parsed.keys()) == len(set(mail.parsed.keys()))
    assert len(mail.recipients) == 1
    is_their_own = mail.recipients[0].startswith(address)
    assert is_their_own or mail.recipients[0] in known
    said = f"{mail.subject}\n{mail.text}\n{mail.html}\n{mail.raw.decode(errors='replace')}"
    assert "thief" not in said
    assert not MARKUP.search(mail.html)
    assert MARK not in said
    if not is_their_own:
        assert "zebulon" not in said.lower()
        assert "555-7" not in said


def assert_pages_are_sound(world: World, mail: StoredMessage) -> None:
    """The page names nobody until somebody asks, and what it shows then is text."""
    page = world.open(mail)
    assert_sound_page(page.answer.text, names=False)
    who = page.choose("identity").answer
    assert_sound_page(who.text, names=True)
    # Controls, marks that turn the writing around and halves of characters are not shown.
    assert not re.search(
        r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", who.text
    )
    assert who.status_code == 200
    if "text" in page.values("choice"):
        assert_sound_page(page.choose("text").answer.text, names=None)
    # Closed, it does not remind anybody while the next one is looked at.
    assert page.choose("closed", outcome="not_a_request").status == 200


def assert_sound_page(html: str, names: bool | None) -> None:
    assert not MARKUP.search(html)
    assert names is None or (MARK in unescape(html)) is names


# What is logged


def test_logs_tell_no_secret_and_nobody(
    hostile: World, told: list[logging.LogRecord], capfd: pytest.CaptureFixture[str]
) -> None:
    hostile.submit(QID1_TEXT="Zebulon Quill", QID2_TEXT="zebulon@example.org", QID7_TEXT="Zebulon")
    knock(hostile, WORKFLOW, b'{"answers": {"QID1_TEXT": "Zebulon "Z" Quill"}}')
    knock(hostile, WORKFLOW, b"{}", token="a-token-nearly-right")
    knock(hostile, EVENTS, b"MSG=Zebulon&HMAC=" + b"0" * 128)
    hostile.qualtrics.behavior.api_status = 401
    hostile.submit(QID1_TEXT="Zebulon Quill")
    hostile.work()
    hostile.qualtrics.behavior.api_status = None
    hostile.mailbox.refuse_recipient_with = 550
    hostile.passes(minutes=11)
    hostile.mailbox.refuse_recipient_with = None
    hostile.passes(hours=1)
    hostile.app.test_client().get("/open/a-guessed-token")
    links = [link_in(mail) for mail in hostile.mailbox.messages if "/open/" in mail.text]
    hostile.app.test_client().post(f"/open/{links[-1].rpartition('/')[2]}")
    browser = hostile.app.test_client()
    browser.post(browser.get(f"/open/{links[-1].rpartition('/')[2]}").location)

    streams = capfd.readouterr()
    logged = [logging.Formatter("%(name)s %(message)s %(exc_text)s").format(r) for r in ours(told)]
    logged += [logs.formatter(logs.JSON).format(r) for r in ours(told)]
    everything = "\n".join([*logged, streams.out, streams.err])
    assert len(logged) > 10
    keys: tuple[str, ...] = hostile.app.extensions["settings"].data_keys
    secrets = [SHARED_KEY, TOKEN, API_TOKEN, "a-token-nearly-right", "a-guessed-token", *keys]
    for secret in [*secrets, *(link.rpartition("/")[2] for link in links)]:
        assert secret not in everything
    for word in (
        "zebulon",
        "quill",
        "@example.org",
        "860-555",
        "alert(7)",
        "Night float",
        "/open/",
    ):
        assert word.lower() not in everything.lower(), word


def ours(records: list[logging.LogRecord]) -> list[logging.LogRecord]:
    """Leave out what the mailbox and the stand-in's server log: they are not the service."""
    return [r for r in records if r.name not in {"mail.log", "mail.debug", "asyncio", "werkzeug"}]
