"""A database of a release that sealed only identities: the upgrade seals the rest of it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casebook.program_in_force import Report, seal_files, seal_report
from people.absences import Absence
from program.files import read_folder
from store import absences, alarms, cases, programs, uses
from store.engines.sqlite import SqliteStore
from store.keys import upgrade
from store.mail import readers
from store.migrations import Upgrading, migrate, migrations
from store.programs import VersionStatus
from store.record import openings
from store.record.documents import sealed_document
from store.schema.steps import is_current
from store.sealing import Seal
from tests import fresh
from tests import world as worlds
from tests.bench_archive import CLOSED
from tests.world import PRIYA, World, living
from workflow.model import State

#: Made by the release before, with a key and people that are invented.
DUMP = Path(__file__).parent / "databases" / "before_sealing.sql"
KEY = "u3Uc-qAi9iiCv3fkBfRUAKrM1gH8w51-nVU8M8A73Jg="
MATCHED, OFFERED, TOLD_APART = "PS-Z49WE", "PS-3NUN9", "PS-3ASRD"
#: What it told without the keys.
TOLD = (
    "yolanda-price", "jordan-reyes", "priya-nair", "emergency", "nursing", "R_fkYxz40s79NSNlG",
    "SV_8peer", "review_requested", "supporter_matched", "in_contact\"", "told_apart", "T15:",
)  # fmt: skip


def as_left(path: Path) -> SqliteStore:
    """Return the database as the older release left it, its log included."""
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.executescript(DUMP.read_text(encoding="utf-8"))
    return SqliteStore(path, Seal([KEY]))


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return as_left(tmp_path / "peer-support.db")


@pytest.fixture
def upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    left = as_left(tmp_path / "left.db")
    migrate(left)
    left.close()
    monkeypatch.setattr(worlds, "DATA_KEY", KEY)
    monkeypatch.setattr(fresh, "migrated", left.path.read_bytes)
    with living(tmp_path) as world:
        world.clock.now = datetime(2026, 11, 23, 15, 40, tzinfo=UTC)
        put_in_force(world)
        yield world


def put_in_force(world: World) -> None:
    """Put the folder in force, as it was then: the dump leaves its program out."""
    reading, seal = read_folder(world.folder / "config"), world.store.seal
    with world.store.write() as db:
        programs.add(
            db,
            fingerprint=reading.fingerprint,
            status=VersionStatus.IN_FORCE,
            at=world.clock.now,
            report=seal_report(seal, Report(), reading.fingerprint),
            files=seal_files(seal, reading.contents, reading.fingerprint, VersionStatus.IN_FORCE),
        )


def raw(store: SqliteStore) -> str:
    """Return all that is on disk, as somebody reads it who has no key."""
    files = store.path.parent.glob(f"{store.path.name}*")
    return "".join(file.read_bytes().decode("latin-1") for file in files)


def told(store: SqliteStore) -> set[str]:
    found = raw(store)
    return {word for word in TOLD if word in found}


def test_nothing_that_was_in_clear_is_left_on_disk(store: SqliteStore) -> None:
    assert told(store) == set(TOLD)
    assert "gAAAAABr" in raw(store), "tokens show when they were made"

    ran = migrate(store)
    assert ran.index("sealed") + 1 == ran.index("emptied")

    # Admins' decisions and counts of a week keep their day or form, which tell of no request.
    assert told(store) - {"SV_8peer", "T15:"} == set()
    assert "gAAAAABr" not in raw(store)
    (at,) = store.read().execute("select min(next_at) from cases").fetchone()
    assert at.endswith(":00Z")


def test_a_stopped_upgrade_changes_nothing_and_can_be_repeated(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations.apply(Upgrading(store.read()), stop_before="sealed")
    before = sorted(store.read().conn.iterdump())

    def stops(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(upgrade, "_seal_alarms", stops)
        with pytest.raises(KeyboardInterrupt):
            migrate(store)

    assert sorted(store.read().conn.iterdump()) == before
    assert not is_current(store)
    migrate(store)
    assert is_current(store)
    assert told(store) - {"SV_8peer", "T15:"} == set()


def test_everything_is_still_known(upgraded: World) -> None:
    db = upgraded.store.read()
    states = [upgraded.case(one).state for one in (MATCHED, OFFERED, TOLD_APART)]
    assert states == [State.IN_CONTACT, State.OFFERED, State.IN_REVIEW]
    assert upgraded.events(MATCHED) == ["submitted", "offered", "accepted", "contacted"]
    assert openings.of_case(db, 3) == [(datetime(2026, 11, 23, 15, 39, tzinfo=UTC), "jordan-reyes",
                                      "identity")]  # fmt: skip
    assert [one.case.reference for one in cases.mentioning(db, MATCHED)] == [TOLD_APART]
    assert readers.ever_mailed(db, 1, "reviewer") == ["jordan-reyes", "priya-nair"]
    assert absences.declared(db)["priya-nair"] == (Absence(date(2027, 1, 4), date(2027, 1, 8)),)
    assert uses.all_uses(db)["yolanda-price"].matches == {"2026-Q4": 1}
    assert upgraded.rows("tallies", "value") == [("nursing",)]
    assert [mail.person for mail in upgraded.queue][:3] == [
        "requester", "jordan-reyes", "priya-nair"
    ]  # fmt: skip
    with upgraded.store.write() as writing:
        alarms.sound(writing, "no_api", "SV_1", datetime(2026, 11, 23, 20, tzinfo=UTC))
    assert upgraded.count("alarms") == 1, "the same day's alarm is known again"


def test_it_finds_out_how_long_closed_requests_are_kept(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "peer-support.db", Seal([KEY]))
    migrations.apply(Upgrading(store.read()), stop_before="kept_for")
    closed = replace(CLOSED, closed_at=datetime(2026, 11, 23, 23, 50, tzinfo=UTC))
    with store.write() as db:
        for reference, document in (
            (closed.reference, sealed_document(db, closed)),
            ("PS-2", "damaged"),
        ):
            db.execute(
                "insert into cases (reference, revision, version, document, is_open, forget_at)"
                " values (?, 5, 5, ?, 0, '2026-12-23')",
                [reference, document],
            )
    assert migrate(store) == ["kept_for"]
    found = store.read().execute("select kept_for from cases order by id").fetchall()
    assert [row[0] for row in found] == [30 * 24 * 3600, None]


def test_the_service_goes_on_where_it_was(upgraded: World) -> None:
    """The offer that waited leaves, the next moment comes, and nobody is mailed twice."""
    upgraded.passes(minutes=6)
    supporter = upgraded.asked(OFFERED)
    assert len(upgraded.mails(supporter, "")) == 1
    assert upgraded.open(upgraded.mail(supporter)).choose("accepted").status == 200
    upgraded.work()
    assert upgraded.case(OFFERED).state is State.MATCHED
    upgraded.until_handled(TOLD_APART)
    (reminder,) = upgraded.mails(PRIYA)
    assert "please decide" in reminder.subject
