"""Whether the mail server can be reached, also while there is nothing to send."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.engine import Engine
from notifications.mail.mailer import Mailer
from notifications.mail.microsoft import GraphMailer
from notifications.mail.refusals import MailError
from store.mail import server as mail_server

#: How often we try when no mail was accepted meanwhile; and how often while it fails.
EVERY, AGAIN = timedelta(minutes=15), timedelta(minutes=1)
#: A server that restarts is no trouble.
TROUBLE_AFTER = timedelta(minutes=5)


@dataclass
class Reach:
    """Connects to the mail server now and then, and says nothing to it."""

    engines: Callable[[], Engine]
    clock: Callable[[], datetime]
    mailer: Mailer | GraphMailer
    tried_at: datetime | None = None
    failing_since: datetime | None = None

    def __call__(self) -> bool:
        """Try if it is time. Return False: no work is ever left."""
        now = self.clock()
        wait = EVERY if self.failing_since is None else AGAIN
        if self.tried_at is not None and abs(now - self.tried_at) < wait:
            return False
        self.tried_at = now
        accepted_at = mail_server.last_accepted(self.engines().store.read())
        is_accepting = accepted_at is not None and abs(now - accepted_at) < EVERY
        if is_accepting or self._reaches():
            self.failing_since = None
        else:
            self.failing_since = self.failing_since or now
        return False

    @property
    def is_out_of_reach(self) -> bool:
        since = self.failing_since
        return since is not None and self.clock() - since >= TROUBLE_AFTER

    def _reaches(self) -> bool:
        try:
            self.mailer.connect()
        except MailError:
            return False
        self.mailer.close()
        return True
