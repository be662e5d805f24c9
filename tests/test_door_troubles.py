"""Deliveries while something is broken: Qualtrics is asked to send again, and nothing is lost."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from store.engines.sqlite import SqliteStore
from store.sealing import Seal
from tests.doors import (
    EVENTS,
    KIB,
    WORKFLOW,
    a_shell_holding,
    case_count,
    event,
    impatient,
    knock,
    of_size,
    post,
    publication,
    restarted,
    rows,
    task,
    with_answers,
    work,
)
from tests.fresh import DATA_KEY
from tests.full_disk import no_room_left
from tests.world import JAMIE, JORDAN, World


@contextmanager
def another_process_writing(path: Path) -> Iterator[None]:
    with SqliteStore(path, Seal([DATA_KEY])).locked():
        yield


@pytest.mark.parametrize("trouble", [a_shell_holding, another_process_writing])
@pytest.mark.parametrize(("door", "body"), [(EVENTS, publication(event())), (WORKFLOW, task())])
def test_it_answers_503_while_the_database_is_locked(
    world: World, trouble: object, door: str, body: object
) -> None:
    with impatient(world):
        with trouble(world.store.path):  # type: ignore[operator]
            answers = [post(world, door, body) for _ in range(2)]
            assert [answer.status_code for answer in answers] == [503, 503]
            assert all("Quill" not in answer.text for answer in answers)
        assert rows(world, "id") == []

        assert post(world, door, body).json() == {"status": "stored"}
    assert len(rows(world, "id")) == 1


def test_a_full_disk_never_answers_200_and_the_service_recovers(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)  # The log on a full disk is not tested here.
    acknowledged = [f"R_{number}" for number in range(5)]
    assert all(post(world, WORKFLOW, with_answers(id)).ok for id in acknowledged)

    with no_room_left(world.store):
        refused = [knock(world.app, WORKFLOW, with_answers(f"R_full{n}")) for n in range(5)]
    assert {answer.status_code for answer in refused} == {503}

    assert post(world, WORKFLOW, with_answers("R_after")).status_code == 200
    assert [row[0] for row in rows(world, "response_id")] == [*acknowledged, "R_after"]
    world.work()
    assert case_count(world) == 6


@pytest.mark.parametrize("trouble", ["not migrated", "another key"])
def test_it_answers_503_while_the_service_is_misconfigured(
    world: World, tmp_path: Path, trouble: str
) -> None:
    changes: dict[str, object] = (
        {"database": f"{tmp_path}/new/empty.db"}
        if trouble == "not migrated"
        else {"data_keys": (Fernet.generate_key().decode(),)}
    )
    app = restarted(world, **changes)

    for door, body in ((EVENTS, publication(event())), (WORKFLOW, with_answers())):
        answer = knock(app, door, body)
        assert answer.status_code == 503
        assert answer.json == {"error": "CannotStore"}


def test_a_delivery_is_stored_while_the_admins_files_are_broken(world: World) -> None:
    path = world.folder / "config" / "program.toml"
    right = path.read_text()
    path.write_text('name = "half a')
    broken = restarted(world)
    response_id = world.qualtrics.submit(JAMIE)  # type: ignore[arg-type]

    assert knock(broken, EVENTS, publication(event(response_id))).status_code == 200
    assert knock(broken, WORKFLOW, with_answers("R_2")).status_code == 200
    assert knock(broken, EVENTS, of_size(64 * KIB + 1)).status_code == 413

    path.write_text(right)
    work(restarted(world))
    assert case_count(world) == 2


def test_the_text_of_an_unparsable_body_is_shown_to_the_person_who_opens_it(world: World) -> None:
    body = '{"surveyId": "${e://x}", "answers": {"QID1_TEXT": "Alex "Ace" Doe, pager 88123"}}'
    assert post(world, WORKFLOW, body).status_code == 200
    world.work()
    page = world.open(world.mail(JORDAN))
    assert "88123" not in page.text
    assert "pager 88123" in page.choose("text").text
