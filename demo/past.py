"""The demo's invented past, so that there are reports to look at."""

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from pages.reports import past
from program import Program, ProgramError
from store import cases
from store.engines.sqlite import SqliteStore
from store.sealing import Seal


def invent_past(settings: Mapping[str, str], now: datetime) -> None:
    """Leave the counts of earlier quarters in a new database; the worker reports them."""
    try:
        program = Program.load(Path(settings["CONFIG_DIR"]))
    except ProgramError:
        return  # Whoever broke the files reads why in the mail about them.
    seal = Seal(settings["DATA_KEYS"].split(","))
    with closing(SqliteStore(Path(settings["DATABASE"]), seal)) as store:
        if not cases.was_anything_asked(store.read()):
            with store.write() as db:
                past.invent(db, program, program.today(now))
