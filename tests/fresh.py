"""A database before anybody asked, for each story one of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.fernet import Fernet

from store.engines.sqlite import SqliteStore
from store.migrations import migrate
from store.sealing import Seal
from tests import postgresql
from tests.postgresql.contents import Contents

DATA_KEY = Fernet.generate_key().decode()


@cache
def migrated() -> bytes:
    """The database before anybody asked, as `flask migrate` makes it: made once a process."""
    with TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "peer-support.db", Seal([DATA_KEY]))
        migrate(store)
        assert store.checkpoint()
        store.close()
        return store.path.read_bytes()


def before_anybody() -> bytes | Contents:
    """Return what a fresh database has, on the engine that the tests run on."""
    if postgresql.given():
        return postgresql.migrated(postgresql.given(), DATA_KEY)[1]
    return migrated()


@contextmanager
def fresh_database(folder: Path) -> Iterator[str]:
    """Make a database for one story: a file, or one on the server that the tests run on."""
    if postgresql.given():
        with postgresql.fresh_database(postgresql.given(), DATA_KEY) as url:
            yield url
        return
    database = folder / "peer-support.db"
    database.touch(mode=0o600)
    database.write_bytes(migrated())
    yield str(database)
