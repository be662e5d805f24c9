"""What a round leaves out for a while because it raised an error."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lib.faults import where
from store.database import UNWRITABLE

log = logging.getLogger(__name__)

AFTER_AN_ERROR = timedelta(minutes=5)
#: How many that are due one round looks at.
AT_ONCE = 100


@dataclass
class PassedOver:
    """What raised an error, and until when it is left out, so that it keeps no other waiting."""

    clock: Callable[[], datetime]
    until: dict[object, datetime] = field(default_factory=dict)

    @property
    def limit(self) -> int:
        """Return how many to look at: those that are left out come first."""
        return AT_ONCE + len(self.until)

    @property
    def is_any(self) -> bool:
        """Tell whether something is left out now."""
        return any(until > self.clock() for until in self.until.values())

    def may_be_tried(self, one: object) -> bool:
        now = self.clock()
        if self.until.get(one, now) > now:
            return False
        self.until.pop(one, None)
        return True

    def attempt(self, one: object, what: str, work: Callable[[], object]) -> None:
        """Do this work for one of those that are due."""
        try:
            work()
        except UNWRITABLE:
            raise  # Nothing is wrong with this one.
        except Exception as error:
            log.error("%s is passed over after an error: %s", what, where(error))
            self.until[one] = self.clock() + AFTER_AN_ERROR
