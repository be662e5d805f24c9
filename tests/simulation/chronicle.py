"""What happened to every request, kept beside the service, which forgets it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from store import cases
from store.cases import StoredCase
from store.engines.sqlite import SqliteStore
from store.record import history
from store.record.history import HistoryLine
from tests import disk
from workflow.model import Case


class Violation(AssertionError):
    """Something that must hold does not; the story leads up to it."""


@dataclass
class Record:
    """One request as it was seen after every event."""

    reference: str
    seen: list[tuple[datetime, Case]] = field(default_factory=list)
    lines: list[HistoryLine] = field(default_factory=list)
    gone_at: datetime | None = None
    #: What the disk held of it, to be searched for once it is forgotten.
    traces: set[bytes] = field(default_factory=set)

    @property
    def case(self) -> Case:
        return self.seen[-1][1]

    @property
    def standing(self) -> list[HistoryLine]:
        """The history without what was undone."""
        return history.standing(self.lines)

    def before(self, at: datetime) -> Case:
        """Return the case as it was just before this moment."""
        return next(
            (case for seen_at, case in reversed(self.seen) if seen_at < at), self.seen[0][1]
        )

    def until(self, at: datetime) -> Iterator[Case]:
        return (case for seen_at, case in self.seen if seen_at <= at)


class Chronicle:
    """Follows the database; nothing is read twice that did not change."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.records: dict[str, Record] = {}
        self._revisions: dict[str, int] = {}

    def look(self, now: datetime) -> list[StoredCase]:
        """Note what changed, and return it."""
        db = self.store.read()
        there = {r: v for r, v in db.execute("select reference, revision from cases").fetchall()}
        for reference in self._revisions.keys() - there.keys():
            del self._revisions[reference]
            self.records[reference].gone_at = now
        changed = []
        for reference, revision in there.items():
            if self._revisions.get(reference) == revision:
                continue
            stored = cases.find(db, reference)
            if stored is None:
                continue  # Forgotten by a process beside us at this very moment.
            self._revisions[reference] = stored.revision
            record = self.records.setdefault(reference, Record(reference))
            record.lines = history.lines(db, stored.id) or record.lines
            record.seen.append((now, stored.case))
            record.traces |= disk.traces_of(self.store, stored.id)
            changed.append(stored)
        return changed

    def still_there(self) -> list[Record]:
        return [self.records[reference] for reference in self._revisions]
