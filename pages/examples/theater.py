"""A database of its own for invented requests, from which nothing stays."""

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pages.examples.stage import Stage
from program import Program
from store.database import Store
from store.migrations import migrate
from store.sealing import Seal

DATABASE = "examples.db"


@dataclass(frozen=True)
class Theater:
    """Sets the same empty stage for each scene."""

    program: Program
    now: datetime
    seal: Seal
    folder: Path
    empty: bytes

    @contextmanager
    def stage(self) -> Iterator[Stage]:
        with TemporaryDirectory(dir=self.folder) as folder:
            path = Path(folder) / DATABASE
            path.write_bytes(self.empty)
            store = Store(path, self.seal)
            try:
                yield Stage(self.program, store, self.seal, self.now)
            finally:
                store.close()


@contextmanager
def theater(program: Program, now: datetime) -> Iterator[Theater]:
    """Build a database of its own for invented requests; nothing of it stays."""
    seal = Seal([base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()])
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / DATABASE, seal)
        migrate(store)
        store.checkpoint()
        store.close()
        yield Theater(program, now, seal, Path(folder), store.path.read_bytes())
