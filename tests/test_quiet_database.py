"""Workers with nothing to do leave the database alone, and query it by index."""

import re
import sqlite3
import threading
import time
from contextlib import closing
from datetime import timedelta

from app import create_app
from store.deliveries import wake
from store.workers import beat
from tests.world import World
from worker.worker import LONGEST_IDLE_SECONDS, Round, Worker


def test_idle_workers_stay_idle(world: World) -> None:
    again = create_app(world.app.extensions["settings"], world.clock)
    workers: list[Worker] = [world.app.extensions["worker"](), again.extensions["worker"]()]
    rounds = [counted(worker) for worker in workers]
    names, writes, looks = {*workers[0].rounds}, 0, 0
    stop = threading.Event()
    threads = [threading.Thread(target=worker.run, args=(stop,), daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    with closing(sqlite3.connect(world.store.path)) as onlooker:
        # On a busy machine it takes a while until everything is said that a start has to say.
        for _ in range(20):
            is_calm = changes_within(2 * LONGEST_IDLE_SECONDS, onlooker) == 0
            if is_calm and all(set(counts) == names for counts in rounds):
                break
        for counts in rounds:
            counts.clear()
        # Everybody looks about once a second, on a busy machine more seldom.
        while looks < 20 and not (looks and all(set(counts) == names for counts in rounds)):
            writes, looks = writes + changes_within(3, onlooker), looks + 1
    stop.set()
    for thread in threads:
        thread.join(60)

    assert writes <= 3 * looks
    for counts in rounds:
        assert set(counts) == names
        assert max(counts.values()) <= 8 * looks


def test_what_is_written_wakes_only_rounds_that_cannot_wait(world: World) -> None:
    worker: Worker = world.app.extensions["worker"]()
    counts, stop = counted(worker), threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,), daemon=True)
    thread.start()
    began = time.monotonic()
    for number in range(40):
        woken = counts.get("intake", 0)
        with world.store.write() as db:
            beat(db, "somebody else", world.clock.now + timedelta(seconds=number))
        until = time.monotonic() + 60
        while counts.get("intake", 0) == woken and time.monotonic() < until:
            time.sleep(0.01)
    seconds = time.monotonic() - began
    stop.set()
    thread.join(60)
    assert counts["intake"] >= 40
    assert max(counts[name] for name in ("files", "absences", "housekeeping")) <= seconds + 2


def counted(worker: Worker) -> dict[str, int]:
    counts: dict[str, int] = {}

    def count(name: str, work: Round) -> Round:
        def one_more() -> bool:
            counts[name] = counts.get(name, 0) + 1
            return work()

        return one_more

    for name, work in list(worker.rounds.items()):
        worker.rounds[name] = count(name, work)
    return counts


def changes_within(seconds: float, onlooker: sqlite3.Connection) -> int:
    seen, changes = onlooker.execute("pragma data_version").fetchone(), 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        now = onlooker.execute("pragma data_version").fetchone()
        changes, seen = changes + (now != seen), now
        time.sleep(0.005)
    return changes


def test_the_loops_use_an_index_however_large_the_archive_is(world: World) -> None:
    asked: list[str] = []
    connection = world.store.read().conn
    connection.set_trace_callback(asked.append)
    world.offered()
    world.app.test_client().get("/health")
    with world.store.write() as db:
        wake(db, "SV_other", "survey not configured", world.clock())
    # As boards and digests ask.
    assert list(world.engine.casebook.unfinished_cases())
    connection.set_trace_callback(None)

    plans = {sql: plan_of(connection, sql) for sql in asked if is_of_a_loop(sql)}

    assert len(plans) > 20
    for sql, plan in plans.items():
        assert not [step for step in plan if step.startswith("SCAN") and " INDEX " not in step], sql
    used = " ".join(step for plan in plans.values() for step in plan)
    for index in (
        "deliveries_due", "deliveries_kept", "cases_due", "cases_open", "cases_to_forget",
        "outbox_due", "alarms_untold",
    ):  # fmt: skip
        assert f"INDEX {index} " in used + " ", index


def is_of_a_loop(sql: str) -> bool:
    words = re.findall(r"[\w\[\]]+", sql.lower())
    small = {"heartbeats", "secrets", "sqlite_master", "[_sqlite_migrations]"}
    small |= {"reconciliations", "mail_server"}  # A row for each survey; one row.
    small |= {"auto_replies"}  # A row for each person who is away.
    is_of_the_world = "rowid" in words  # Stories read everything, in the order in which it came.
    return words[0] in {"select", "update", "delete"} and not (
        is_of_the_world or small & set(words)
    )


def plan_of(connection: sqlite3.Connection, sql: str) -> list[str]:
    return [row[3] for row in connection.execute(f"explain query plan {sql}")]
