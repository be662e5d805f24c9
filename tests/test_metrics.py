"""/metrics: what Prometheus reads, and what nobody can work out from it."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from pages.monitors.health import WORDS
from settings import Settings, SettingsError
from tests.world import JORDAN, MONDAY, REQUESTER, World, living

TOKEN = "drawn-9f8e7d6c5b4a39281706f5e4d3c2b1a0"
RULES = Path(__file__).parents[1] / "deploy" / "prometheus" / "care-desk.rules.yml"
SAMPLE = re.compile(r'(care_desk_\w+)(?:\{(\w+)="([\w.]+)"\})? (\d+)')
DAY = timedelta(days=1)
PROMTOOL = shutil.which("promtool")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with living(tmp_path, more={"METRICS_TOKEN": TOKEN}, is_copied=True) as world:
        yield world


def read(world: World) -> str:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = requests.get(f"{world.url}/metrics", headers=headers, timeout=60)
    assert answer.status_code == 200
    return answer.text


def samples(text: str) -> dict[str, int]:
    """Return each sample by its name and the value of its label."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found = [SAMPLE.fullmatch(line) for line in lines]
    return {f"{one[1]} {one[3] or ''}".strip(): int(one[4]) for one in found if one}


def test_nobody_reads_them_until_there_is_a_token(tmp_path: Path) -> None:
    with living(tmp_path, is_copied=True) as world:
        for sent in ("", "Bearer ", f"Bearer {TOKEN}"):
            headers = {"Authorization": sent}
            answer = requests.get(f"{world.url}/metrics", headers=headers, timeout=60)
            assert answer.status_code == 404


@pytest.mark.parametrize("sent", ["", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer é"])
def test_only_the_token_opens_them(world: World, sent: str) -> None:
    headers = {"Authorization": sent.encode()}
    answer = requests.get(f"{world.url}/metrics", headers=headers, timeout=60)
    assert answer.status_code == 403
    assert "care_desk" not in answer.text


@pytest.mark.parametrize("token", ["short", "changeme" * 5, "é" * 40])
def test_a_token_that_can_be_guessed_is_refused(token: str) -> None:
    with pytest.raises(SettingsError, match="METRICS_TOKEN is too short or easy to guess"):
        Settings.from_env({"METRICS_TOKEN": token})


def test_they_count_days_and_weeks_that_are_over(world: World) -> None:
    world.request()
    before = samples(read(world))
    assert before["care_desk_requests_last_week event"] == 0
    assert before["care_desk_mails_yesterday sent"] == 0
    assert before["care_desk_promises running"] == 0
    world.clock.now += DAY
    assert samples(read(world))["care_desk_mails_yesterday sent"] > 0
    assert samples(read(world))["care_desk_promises running"] > 0
    world.clock.now = MONDAY + 7 * DAY
    later = samples(read(world))
    assert later["care_desk_requests_last_week event"] == 1
    assert later["care_desk_promises overdue"] > 0


def test_nothing_in_them_moves_while_people_ask_and_act(world: World) -> None:
    """Who reads them every second learns no moment."""
    world.work()
    before = samples(read(world))
    reference = world.request()
    world.ask_for_link(REQUESTER)
    world.ask_for_link("nobody@example.org")
    after = samples(read(world))
    assert {name for name in before if before[name] != after[name]} <= {
        "care_desk_age_seconds worker_last_round"
    }
    assert world.case(reference).is_open


def test_no_number_tells_whether_we_know_an_address(world: World) -> None:
    world.request()
    world.clock.now += DAY
    before = len(world.mailbox.messages)
    world.work()
    of_ours = len(world.mailbox.messages) - before
    for address in (JORDAN, REQUESTER):
        world.ask_for_link(address)
    assert len(world.mailbox.messages) - before == of_ours + 2
    world.clock.now += DAY
    assert samples(read(world))["care_desk_mails_yesterday sent"] == of_ours > 0


def test_they_say_what_health_says(world: World) -> None:
    text = samples(read(world))
    assert {word for word in WORDS if text[f"care_desk_wrong {word}"]} == {"worker_last_round"}
    world.work()
    world.passes(seconds=1)
    assert not any(samples(read(world))[f"care_desk_wrong {word}"] for word in WORDS)


def test_each_line_is_one_that_we_know(world: World) -> None:
    world.request()
    world.clock.now += DAY
    lines = read(world).splitlines()
    unknown = [line for line in lines if not line.startswith("# ") and not SAMPLE.fullmatch(line)]
    assert unknown == []
    assert not re.search(r"PS-|SV_|R_\w|@", "\n".join(lines))


def test_every_alert_asks_for_what_there_is(world: World) -> None:
    asked = re.findall(r"expr: (.+)", RULES.read_text())
    known = {name for name, *_ in SAMPLE.findall(read(world))} | {"up"}
    named = {name for one in asked for name in re.findall(r"\b(?:care_desk_\w+|up)\b", one)}
    assert len(asked) > 5
    assert named <= known
    listed = [words.split("|") for one in asked for words in re.findall(r'what=~?"(.+?)"', one)]
    assert sorted(word for words in listed for word in words) == sorted(WORDS)


@pytest.mark.skipif(not PROMTOOL, reason="promtool is not installed")
def test_promtool_accepts_both(world: World) -> None:
    done = subprocess.run([f"{PROMTOOL}", "check", "rules", RULES], check=False,
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode == 0, done.stderr
    done = subprocess.run([f"{PROMTOOL}", "check", "metrics"], check=False, input=read(world),
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode == 0, done.stderr
