"""The mails of the outbox, as those who check them know them."""

from collections import Counter
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from engine.engine import Engine
from store.outbox import Outgoing
from tests import disk

QUEUED = TypeAdapter(Outgoing)


@dataclass
class Post:
    """Mails of the outbox by their ids, and the sealed details that were opened for it."""

    _queue: dict[str, Outgoing] = field(default_factory=dict)
    _opened: set[str] = field(default_factory=set)

    #: How often each came, and how many came more than once.
    _copies: Counter[str] = field(default_factory=Counter)
    _twice: int = 0

    def count(self, message_id: str, deaths: int) -> int:
        """Return how often a mail came; 1 while workers that died are reason enough for more."""
        self._copies[message_id] += 1
        self._twice += self._copies[message_id] > 1
        return self._copies[message_id] if self._twice > 2 * deaths else 1

    def queued(self, engine: Engine, message_id: str) -> Outgoing | None:
        """Return a mail as the outbox has it, or had it when we last looked."""
        self.look(engine)
        return self._queue.get(message_id.strip("<>").partition("@")[0])

    def look(self, engine: Engine) -> None:
        """Know what waits, opening only what was not opened before.

        What is withdrawn is forgotten as soon as its last mails have left.
        """
        for (detail,) in engine.store.read().execute("select detail from outbox").fetchall():
            if detail not in self._opened:
                self._opened.add(detail)
                mail = QUEUED.validate_json(disk.text_of(engine.casebook.seal, detail))
                self._queue[mail.message_id] = mail
