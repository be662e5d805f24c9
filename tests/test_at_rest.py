"""What is on the disk without the keys: each column is as docs/privacy.md says."""

import functools
import gc
import re
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

from store.sealing import has_moment
from tests import disk
from tests.test_house import FOLDERS
from tests.test_mails import eventful_life
from tests.twice import again
from tests.world import JAMIE, JORDAN, REQUESTER, World

#: What belongs to no cache although one refers to it.
OTHERS = (str, type, ModuleType, FunctionType)
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


def test_a_link_that_anybody_asks_for_names_nobody_in_rows_about_requests(world: World) -> None:
    """Whoever types an address sees in a copy of the database which row is new."""
    world.request()
    world.ask_for_link(JORDAN)
    rows = world.store.read().execute("select person, case_id is null from links").fetchall()
    of_own_pages = {person for person, is_own in rows if is_own}
    about_requests = {person for person, is_own in rows if not is_own}
    assert len(of_own_pages) == 1
    assert len(about_requests) > 1
    assert of_own_pages.isdisjoint(about_requests)


def test_nobody_can_tell_by_rows_whose_link_is_missing_for_another_request(world: World) -> None:
    """Whoever files requests in which each coordinator is not wanted learns who is which row."""
    world.request()
    again(world, QID1_TEXT="Robin Vale", QID2_TEXT="robin.vale@example.org", QID3_TEXT=None)
    rows = world.rows("links", "case_id", "person")
    first, second = ({person for case_id, person in rows if case_id == one} for one in (1, 2))
    assert len(first) > 2
    assert first.isdisjoint(second)


def assert_columns_look_as_documented(world: World) -> None:
    seen = set()
    for column, how in documented().items():
        table, _, name = column.partition(".")
        found = world.store.read().execute(f"select {name} from {table}").fetchall()  # noqa: S608
        values = [str(value) for (value,) in found if value not in (None, "")]
        if values and how in LOOKS:
            seen.add(column)
            assert [v for v in values if not LOOKS[how].fullmatch(v)] == [], column
            if how == "seal":
                assert not any(map(has_moment, values)), column
                places = {world.store.seal.unwrap(one).partition("/")[0] for one in values}
                assert places == {column}
    assert len(seen) > 15


def test_the_search_finds_each_spelling() -> None:
    for spelled in (*disk.spellings("Robin Vale"), *disk.coded("Robin Vale")):
        assert disk.found(b"\0gAAAA" + spelled + b"xyz", {"Robin Vale", "Jamie Q"}) == {
            "Robin Vale"
        }


@pytest.mark.parametrize("text", ["", "x", "x\0\0", "x\x01\0", "é" * 200, "y" * 1000])
def test_a_seal_keeps_the_text_and_hides_its_length(world: World, text: str) -> None:
    seal = world.store.seal
    assert seal.open("a.b", 1, seal.close("a.b", 1, text)) == text
    assert len(seal.close("a.b", 1, "a")) == len(seal.close("a.b", 1, "a" * 200))


def test_mails_about_no_request_go_after_ninety_days(world: World) -> None:
    world.ask_for_link(JORDAN)
    assert world.count("outbox") == 1
    world.passes(days=89)
    assert world.rows("outbox", "email")[0] == ("your_page",)
    world.passes(days=2)
    assert ("your_page",) not in world.rows("outbox", "email")


def cached() -> str:
    """Return all texts that any cache of ours holds in this process, in lower case."""
    gc.unfreeze()
    caches = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
    gc.freeze()
    ours = [one for one in caches if one.__module__.partition(".")[0] in FOLDERS]
    assert len(ours) > 10
    found = set[str]()
    held = [one for cache in ours for one in gc.get_referents(cache) if isinstance(one, dict)]
    left: list[object] = [one for one in held if "__wrapped__" not in one]
    for _ in range(6):
        found |= {one for one in left if isinstance(one, str)}
        left = gc.get_referents(*(one for one in left if not isinstance(one, OTHERS)))
    return "\n".join(found).lower()


def test_who_was_compared_last_stays_in_no_cache(world: World) -> None:
    """Pages and rounds compare everybody on the lists with who asks."""
    world.request(QID7_TEXT="Quillwork Annex QWX")
    (reference,) = world.references
    assert world.open(world.mail(JORDAN)).status == 200
    assert not re.search(r"\bquill\b", cached()), "the page drops what it compared"
    loaded = world.engine.casebook.load(reference)
    world.engine.casebook.ranking(loaded, world.clock.now)
    assert re.search(r"\bquill\b", cached())
    world.passes(minutes=1)
    assert not re.search(r"\bquill\b", cached()), "the worker does so within half a minute"


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
