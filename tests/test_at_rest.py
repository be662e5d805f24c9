"""What is on the disk without the keys: each column is as docs/privacy.md says."""

import re
from pathlib import Path

import pytest

from store.sealing import has_moment
from tests import disk
from tests.test_mails import eventful_life
from tests.world import JAMIE, REQUESTER, World

PRIVACY = Path(__file__).parent.parent / "docs" / "privacy.md"
COLUMN = re.compile(r"^\| `(\w+\.\w+)` \| (\w+) \|", re.M)
HASH, PSEUDONYM = re.compile(r"[0-9a-f]{64}( [0-9a-f]{64})*"), re.compile(r"[0-9a-f]{96,}")
SEAL = re.compile(r"gAAAAAAAAAAA[\w-]+=*")
#: How the values of a column look; whatever is clear may look as it likes.
LOOKS = {"seal": SEAL, "hash": HASH, "pseudonym": PSEUDONYM}


def documented() -> dict[str, str]:
    return dict(COLUMN.findall(PRIVACY.read_text(encoding="utf-8")))


def schema(world: World) -> set[str]:
    db = world.store.read()
    tables = [name for name in db.table_names() if not name.startswith(("sqlite_", "_sqlite"))]
    return {
        f"{table}.{row[1]}"
        for table in tables
        for row in db.execute(f"pragma table_info({table})").fetchall()
    }


def test_every_column_is_documented(world: World) -> None:
    assert documented().keys() == schema(world)
    assert set(documented().values()) == {*LOOKS, "clear"}


def test_without_the_keys_nobody_finds_who_asked_or_who_was_asked(world: World) -> None:
    """The year of `make simulate` asks the same of some sixty people."""
    note = "I cannot sleep since Tuesday’s code"
    eventful_life(world)
    world.submit(QID1_TEXT="Robin Vale", QID2_TEXT="robin.vale@example.org", QID7_TEXT=note)
    world.work()
    told = {str(text) for text in JAMIE.values()} | {"Robin Vale", note}
    response_ids = {response for (response,) in world.rows("deliveries", "response_id")}
    secret = told | world.tokens | response_ids | disk.ids(world.engine.program)
    assert len(response_ids) == 2
    assert disk.found(disk.raw(world.store), secret) == set()
    assert_columns_look_as_documented(world)


def assert_columns_look_as_documented(world: World) -> None:
    seen = set()
    for column, how in documented().items():
        table, _, name = column.partition(".")
        found = world.store.read().execute(f"select {name} from {table}").fetchall()  # noqa: S608
        values = [str(value) for (value,) in found if value not in (None, "")]
        if values and how in LOOKS:
            seen.add(column)
            assert [v for v in values if not LOOKS[how].fullmatch(v)] == [], column
            assert how != "seal" or not any(map(has_moment, values)), column
    assert len(seen) > 15


def test_the_search_finds_each_spelling() -> None:
    for spelled in (*disk.spellings("Robin Vale"), *disk.coded("Robin Vale")):
        assert disk.found(b"\0gAAAA" + spelled + b"xyz", {"Robin Vale", "Jamie Q"}) == {
            "Robin Vale"
        }


@pytest.mark.parametrize("text", ["", "x", "x\0\0", "x\x01\0", "é" * 200, "y" * 1000])
def test_a_seal_keeps_the_text_and_hides_its_length(world: World, text: str) -> None:
    seal = world.store.seal
    assert seal.open(seal.close(text)) == text
    assert len(seal.close("a")) == len(seal.close("a" * 200))


def test_what_is_forgotten_is_found_neither_without_nor_with_the_keys(world: World) -> None:
    reference = world.request()
    world.open(world.mail(REQUESTER)).choose("withdrawn")
    assert "Jamie Quill" in disk.opened(world.store)
    world.passes(minutes=5)
    world.passes(days=1)
    known = disk.opened(world.store)
    told = {str(text) for text in JAMIE.values() if len(str(text)) >= disk.SHORTEST}
    assert {text for text in {*told, reference} if text in known} == set()
    assert disk.found(disk.raw(world.store), {*told, *world.tokens}) == set()
