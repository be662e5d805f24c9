"""Make a copy while everything runs, check it, and delete the ones that are too old."""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from store.copies import checking, moving, restorations
from store.copies.checking import Unusable
from store.database import Database, Store
from store.engines.sqlite import SqliteDatabase, SqliteStore
from store.migrations import migrate
from store.sealing import Seal

#: A copy is named by its moment, so that names are in the order of time.
NAMED = "peer-support-%Y%m%dT%H%M%SZ.db"
PATTERN, UNFINISHED = "peer-support-*Z.db", "peer-support-*Z.part*"


def make(store: Store, folder: Path, at: datetime) -> tuple[Path, dict[str, int]]:
    """Return the path of a new copy and its numbers of rows; raise Unusable if it went wrong.

    It has its name only once it was checked and is on the disk.
    """
    with checking.explained():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left_behind in folder.glob(UNFINISHED):
            left_behind.unlink()
        path = folder / at.astimezone(UTC).strftime(NAMED)
        part = path.with_suffix(".part")
        if path.exists():
            raise Unusable(f"{path} was made in this second")
        try:
            rows = _copied(store, part, at)
            _check(part, store, rows)
            part.rename(path)
        finally:
            for file in folder.glob(f"{part.name}*"):
                file.unlink()
        sync(folder)
    return path, rows


def _copied(store: Store, part: Path, at: datetime) -> dict[str, int]:
    """Copy one moment of the database into a file that only we may read."""
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if part.stat().st_mode & 0o077:
        raise Unusable("others can read the files in this folder, whatever their mode")
    # People go on writing meanwhile.
    with store.snapshot() as db:
        rows = checking.counts(db)
        _fill(part, db, store.seal)
    with closing(sqlite3.connect(part, isolation_level=None)) as there:
        there.execute("pragma synchronous = full")
        # One file, without a log beside it that someone could forget.
        there.execute("pragma journal_mode = delete")
        # Unused space of the database may keep what is to be forgotten before the copy is dropped.
        there.execute("pragma temp_store = memory")
        there.execute("vacuum")
        restorations.record_copy(SqliteDatabase(there, store.seal), at)
    sync(part)
    return rows


def _fill(part: Path, db: Database, seal: Seal) -> None:
    """Write what a connection sees into a file, from whatever engine."""
    if isinstance(db, SqliteDatabase):
        with closing(sqlite3.connect(part, isolation_level=None)) as there:
            db.conn.backup(there)
        return
    file = SqliteStore(part, seal)
    try:
        migrate(file)
        moving.copy_rows(db, file)
    finally:
        file.close()


def _check(part: Path, store: Store, rows: dict[str, int]) -> None:
    """Open the copy as a restored one is opened, and compare it with what was copied."""
    copy = SqliteStore(part, store.seal)
    try:
        checking.check_file(copy)
        checking.check_keys(copy)
        if checking.counts(copy.read()) != rows:
            raise Unusable("it has other rows than the database")
    finally:
        copy.close()


def drop_older(folder: Path, before: datetime) -> list[Path]:
    """Delete the copies that were made before a moment, and return which."""
    found = []
    for path in sorted(folder.glob(PATTERN)):
        with suppress(ValueError):  # Someone else's file.
            if datetime.strptime(path.name, NAMED).replace(tzinfo=UTC) < before:
                path.unlink()
                found.append(path)
    return found


def sync(path: Path) -> None:
    """Let a file, or the names in a folder, get to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
