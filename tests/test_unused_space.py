"""Nothing that was deleted stays in unused space of the database file."""

import random
import re
from itertools import count

from store.database import Store
from tests import disk
from tests.lost_disk import copy_of
from tests.qualtrics_commands import run
from tests.world import REQUESTER, World

MARK = re.compile(rb"<(\d{7})>")
SIZES = (30, 60, 90, 120)


def left_in_unused_space(store: Store) -> set[bytes]:
    """Leave deleted texts in the unused space of a file; return them.

    SQLite clears what it deletes, but not where a row lay before others pushed it elsewhere.
    """
    for seed in count():
        alive = change_at_random(store, random.Random(seed))
        store.checkpoint()
        if left := marks(store) - alive:
            return left
    raise AssertionError


def change_at_random(store: Store, rng: random.Random) -> set[bytes]:
    """Write, rewrite and delete rows in an order that splits pages; return what is there."""
    alive = list[int]()
    with store.write() as db:
        db.execute("create table if not exists texts (id integer primary key, text text not null)")
        db.execute("delete from texts")
        for number in range(600):
            many, chance = rng.choice(SIZES), rng.random()
            if chance < 0.5 or len(alive) < 20:
                alive.append(number)
                db.execute("insert into texts values (?, ?)", [number, f"<{number:07}>" * many])
            elif chance < 0.75:
                one = rng.choice(alive)
                db.execute("update texts set text = ? where id = ?", [f"<{one:07}>" * many, one])
            else:
                one = alive.pop(rng.randrange(len(alive)))
                db.execute("delete from texts where id = ?", [one])
    return {b"%07d" % one for one in alive}


def marks(store: Store) -> set[bytes]:
    return {*MARK.findall(disk.raw(store))}


def test_forgetting_clears_unused_space(world: World) -> None:
    world.request()
    left = left_in_unused_space(world.store)
    world.open(world.mail(REQUESTER)).choose("withdrawn")
    world.passes(minutes=10)
    assert world.count("cases") == 0
    assert marks(world.store) & left == set()


def test_a_new_day_clears_unused_space(world: World) -> None:
    world.passes(minutes=1)
    left = left_in_unused_space(world.store)
    world.passes(minutes=1)
    assert marks(world.store) & left == left
    world.passes(days=1)
    assert marks(world.store) & left == set()


def test_commands_clear_unused_space(world: World) -> None:
    for command in ("forget", "rotate-keys"):
        left = left_in_unused_space(world.store)
        assert run(world, command).exit_code == 0
        assert marks(world.store) & left == set()


def test_a_copy_has_no_unused_space(world: World) -> None:
    left = left_in_unused_space(world.store)
    assert {*MARK.findall(copy_of(world).read_bytes())} & left == set()
