"""Put a copy where the database belongs, and never over one that is there."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from store import workers
from store.copies import checking, moving
from store.copies.backup import sync
from store.copies.checking import Unusable
from store.database import Store
from store.engines.sqlite import SqliteStore
from store.migrations import migrate
from store.sealing import Seal

#: The files that SQLite keeps beside a database; a log that belongs to another file damages it.
BESIDE = ("", "-wal", "-shm", "-journal")


def is_live(store: Store) -> bool:
    """Tell whether a worker, or any other process, has the database open now."""
    return workers.any_alive(store) or store.is_open_elsewhere()


def files_of(database: Path) -> list[Path]:
    """Return what is there of a database."""
    paths = [database.with_name(f"{database.name}{end}") for end in BESIDE]
    return [path for path in paths if path.exists()]


def set_aside(database: Path, at: datetime) -> Path:
    """Move a database away with all that belongs to it, and return the folder."""
    folder = database.with_name(f"{database.name}.before-{at:%Y%m%dT%H%M%SZ}")
    folder.mkdir(mode=0o700)
    for path in files_of(database):
        path.rename(folder / path.name)
    sync(database.parent)
    return folder


@contextmanager
def staged(copy: Path, database: Path, seal: Seal) -> Iterator[Store]:
    """Yield a second copy beside the place of the database; at the end it becomes the database.

    Until then no one can use it, and it is gone if anything fails. No one else writes meanwhile.
    """
    log = copy.with_name(f"{copy.name}-wal")
    if log.exists() and log.stat().st_size:
        raise Unusable(
            f"{log.name} lies beside it, so it is half of a database that was in use:"
            f' make one file of both with `sqlite3 {copy} "pragma journal_mode = delete"`'
        )
    path = database.with_name(f"{database.name}.restoring")
    with checking.explained(), SqliteStore(database, seal).locked():
        _remove(path)
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            shutil.copyfile(copy, path)
            store = SqliteStore(path, seal)
            try:
                yield store
            finally:
                store.close()
            _place(path, database)
        finally:
            _remove(path)


@contextmanager
def staged_for_server(copy: Path, target: Store) -> Iterator[Store]:
    """Yield a second copy in a file; at the end its rows are moved to an empty database."""
    with TemporaryDirectory(prefix="restoring-") as folder:
        file = SqliteStore(Path(folder) / "peer-support.db", target.seal)
        with staged(copy, file.path, target.seal) as store:
            yield store
        try:
            migrate(target)
            moving.move(file, target)
        finally:
            file.close()


def _place(path: Path, database: Path) -> None:
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise Unusable("its write-ahead log could not be emptied")
    sync(path)
    try:
        os.link(path, database)
    except FileExistsError:
        raise Unusable(f"something made {database} meanwhile: end web and all workers") from None
    sync(database.parent)


def _remove(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
