"""Stories on PostgreSQL get a database that others had: it is as it was before anybody asked."""

import os
from collections.abc import Iterator

import pytest

from store.engines.postgresql import PostgresStore
from store.sealing import Seal
from tests import postgresql
from tests.fresh import DATA_KEY
from tests.ports import free_port
from tests.postgresql.contents import Contents


@pytest.fixture
def server() -> Iterator[str]:
    if postgresql.programs() is None and os.environ.get("CI") != "true":
        pytest.skip("PostgreSQL is not installed")
    with postgresql.server(*postgresql.HASTY, port=free_port()) as url:
        yield url


def test_a_database_is_lent_with_nothing_of_the_story_before(server: str) -> None:
    with postgresql.fresh_database(server, DATA_KEY) as first:
        before = Contents.of(first)
        store = PostgresStore(first, Seal([DATA_KEY]))
        with store.write() as db:
            for table in ("secrets", "migrations"):
                db.execute(f"delete from {table}")  # noqa: S608 - our names
            db.execute("insert into deliveries (seen) values ('one')")
        # It stays open, as when a story ended a process.
    with postgresql.fresh_database(server, DATA_KEY) as second:
        assert second == first
        assert Contents.of(second) == before
        postgresql.run(second, "drop table matches")
    with postgresql.fresh_database(server, DATA_KEY) as third:
        assert third != second
        assert Contents.of(third) == before
    store.close()
