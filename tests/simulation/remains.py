"""What is left of those who were forgotten: nothing on the disk, in copies, logs, or mails."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from demo.mailbox import StoredMessage
from store.copies import backup
from store.engines.sqlite import SqliteStore
from tests import disk
from tests.simulation.chronicle import Chronicle, Record
from tests.simulation.requesters import Crowd

if TYPE_CHECKING:
    from tests.simulation.life.watch import Left

#: As `flask backup` keeps copies unless told otherwise.
KEPT = timedelta(days=14)
#: The test's own servers, which log what they are sent.
OF_THE_TEST = ("mail.log", "werkzeug", "asyncio")


class Logged(logging.Handler):
    """Keeps each line that anything logs, at any level, until it is searched."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: set[str] = set()
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        if record.name not in OF_THE_TEST:
            self.count += 1
            self.lines.add(f"{record.name} {record.getMessage()}")


@contextmanager
def everything_logged() -> Iterator[Logged]:
    """Let everything be logged, and nothing printed."""
    root, logged = logging.getLogger(), Logged()
    before = root.handlers, root.level
    root.handlers, root.level = [logged], logging.DEBUG
    try:
        yield logged
    finally:
        root.handlers, root.level = before


@dataclass
class Remains:
    """Searches all places, each month, and keeps the figures."""

    store: SqliteStore
    crowd: Crowd
    chronicle: Chronicle
    logged: Logged | None = None
    #: Where a copy is put each night; without it none is made.
    copies: Path | None = None
    searched: dict[str, int] = field(default_factory=dict)
    #: What was left of each invitation, if anybody is invited to anything.
    invited: Mapping[int, "Left"] = field(default_factory=dict)

    def back_up(self, now: datetime) -> None:
        """Do what `flask backup` does each night."""
        if self.copies is not None:
            backup.make(self.store, self.copies, now)
            backup.drop_older(self.copies, now - KEPT)

    def found(self, mails: list[StoredMessage]) -> set[str]:
        """Return what leads back to somebody where it must not, and where it was found."""
        return {*self._on_disk(), *self._in_copies(), *self._in_logs(), *self._in_mails(mails)}

    def _on_disk(self) -> Iterator[str]:
        """Yield seals and hashes of forgotten requests, whether a row still holds them or not."""
        raw = disk.raw(self.store)
        self._count("bytes of database and log", len(raw))
        yield from (f"the disk: {one!r}" for one in disk.traces_in(raw) & self._gone(None))

    def _in_copies(self) -> Iterator[str]:
        for path in sorted(self.copies.iterdir()) if self.copies is not None else ():
            raw = path.read_bytes()
            made_at = datetime.strptime(path.name, backup.NAMED).replace(tzinfo=UTC)
            self._count("copies", 1)
            self._count("bytes of copies", len(raw))
            yield from (
                f"{path.name}: {one!r}" for one in disk.traces_in(raw) & self._gone(made_at)
            )

    def _gone(self, at: datetime | None) -> set[bytes]:
        """Return the traces of requests that were forgotten by then, and of no other."""
        gone, there = set[bytes](), set[bytes]()
        known: list[Record | Left] = [*self.chronicle.records.values(), *self.invited.values()]
        for one in known:
            is_gone = one.gone_at is not None and (at is None or one.gone_at < at)
            (gone if is_gone else there).update(one.traces)
        for what, several in (("requests", self.chronicle.records), ("invitations", self.invited)):
            number = sum(one.gone_at is not None for one in several.values())
            self.searched |= {f"forgotten {what}": number} if several else {}
        return gone - there

    def _in_logs(self) -> Iterator[str]:
        if self.logged is not None:
            lines, self.logged.lines = "\n".join(self.logged.lines).lower(), set()
            self.searched["lines of logs"] = self.logged.count
            yield from (f"the log: {text}" for text in self._told() if text.lower() in lines)

    def _in_mails(self, mails: list[StoredMessage]) -> Iterator[str]:
        self._count("mails", len(mails))
        for asker in self.crowd.by_name.values():
            others = [m for m in mails if asker.email not in m.recipients[0]]
            whole = "\n".join(m.text + m.html for m in others)
            for one in (one for one in asker.secrets if one in whole):
                told = next(m for m in others if one in m.text + m.html)
                yield f"a mail to others: {one}, in “{told.subject}” to {told.recipients[0]}"

    def _told(self) -> set[str]:
        told = {text for asker in self.crowd.by_name.values() for text in asker.told}
        return {text for text in told if len(text) >= disk.SHORTEST}

    def _count(self, what: str, number: int) -> None:
        self.searched[what] = self.searched.get(what, 0) + number
