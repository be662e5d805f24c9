"""DATA_KEYS change while the service runs: a leaked key is retired, and no other is missed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from app import create_app
from store.keys import rotation
from store.sealing import Seal
from tests import disk
from tests.fresh import DATA_KEY
from tests.qualtrics_commands import run
from tests.test_at_rest import documented
from tests.world import JORDAN, World
from workflow.model import Decision, Event, Role, State

NEW = Fernet.generate_key().decode()


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


def restart(world: World, *keys: str) -> None:
    """Restart web and worker with these keys; pages that are open go on with the older ones."""
    world.worker.close()
    settings = replace(world.app.extensions["settings"], data_keys=keys)
    world.app = create_app(settings, world.clock)
    world.__dict__.pop("worker")


def refer(world: World, reference: str) -> None:
    decision = Decision(Event.REFERRED, "jordan-reyes", Role.REVIEWER, resources=("eap",))
    world.engine.decide(reference, decision, world.clock.now)


def sealed_by(world: World, key: str) -> list[str]:
    """Return what this key sealed, from the tables."""
    seal, db = Seal([key]), world.store.read()
    every = (f"select {column} from {table}" for table, column in rotation.SEALED)  # noqa: S608
    values = [row[0] for sql in every for row in db.execute(sql).fetchall()]
    return [one for one in values if one is not None and seal.key_of(one) == 0]


def test_a_leaked_key_opens_nothing_any_more_and_the_service_never_stops(world: World) -> None:
    reference, _ = world.in_contact()
    world.open(world.mail(JORDAN)).choose("identity")
    world.submit(QID1_TEXT="Robin Vale")
    world.work()
    restart(world, NEW, DATA_KEY)
    world.passes(minutes=11)

    columns = list[str]()

    def stop(column: str, number: int) -> None:
        columns.append(column)
        if column == "history.detail":
            raise Stopped

    with pytest.raises(Stopped):
        rotation.rotate(world.store, stop)
    second = world.references[1]
    world.passes(days=1)
    assert world.mails(JORDAN, f"{second}: please decide"), "half of it is under each key"
    assert rotation.needed(world.store).keys() == {0, 1}
    assert "key 2 opens" in run(world, "check").output

    older = sealed_by(world, DATA_KEY)
    assert len(older) > 10
    result = run(world, "rotate-keys")

    assert result.exit_code == 0, result.output
    assert "openings.detail: " in result.output
    assert "only older copies of the database need it. Remove it" in result.output
    assert run(world, "rotate-keys").output.count(": 0\n") == len(rotation.SEALED)
    assert sealed_by(world, DATA_KEY) == []
    raw = disk.raw(world.store).decode("latin-1")
    assert [one for one in older if one[12:52] in raw or one[-52:-12] in raw] == []

    restart(world, NEW)
    assert world.case(reference).state is State.IN_CONTACT
    assert "key 2" not in run(world, "check").output
    world.passes(days=1)
    identity = world.engine.casebook.load(second).identity
    assert identity is not None
    assert identity.name == "Robin Vale"


def test_what_changes_while_it_is_sealed_anew_is_not_overwritten(world: World) -> None:
    """Others write between reading and writing a batch; they seal with the first key, too."""
    reference = world.request()
    restart(world, NEW, DATA_KEY)
    (batch,) = rotation._batches(world.store, "cases", "document")
    world.until_handled(reference)
    revised = world.rows("cases", "document", "revision")
    assert rotation._resealed(world.store, "cases", "document", batch) == 0
    assert world.rows("cases", "document", "revision") == revised
    assert world.clock.now - world.case(reference).submitted_at >= timedelta(hours=1)


def test_check_says_when_a_key_is_missing(world: World) -> None:
    world.request()
    restart(world, NEW, DATA_KEY)
    rotation.rotate(world.store, lambda column, number: None)
    world.submit(QID1_TEXT="Robin Vale")
    restart(world, NEW)
    with world.store.write() as db:
        db.execute("update openings set detail = 'x'")
        db.execute("update cases set document = ?", [Seal([DATA_KEY]).wrap("{}")])
    result = run(world, "check")
    assert result.exit_code == 1
    assert "DATA_KEYS: no key opens 1 value: one is missing, or they are damaged" in result.output


def test_every_sealed_column_is_sealed_anew() -> None:
    sealed = {column for column, how in documented().items() if how == "seal"}
    assert {f"{table}.{column}" for table, column in rotation.SEALED} == sealed
