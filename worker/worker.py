"""The loops of a worker: one thread for each round of work, woken by writes to the database."""

import logging
import signal
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.covering import Cover
from engine.trial import PageTrial
from lib.faults import where
from qualtrics.api.client import Client
from store import workers
from store.database import Store
from store.mail import returned
from store.mail import server as mail_server
from store.workers import Claimant
from worker.guiding import Guides
from worker.heartbeat import Heartbeat
from worker.inviting import Invitations
from worker.reaching import Reach
from worker.returned import Returned
from worker.rounds import (
    Clock,
    Copies,
    Digests,
    Engines,
    FreshLinks,
    Housekeeping,
    Intake,
    Moments,
    Reconciliation,
    Takeover,
)
from worker.sending import Sender
from worker.troubles import Troubles
from worker.watching import Files

log = logging.getLogger(__name__)

POLL_SECONDS = 0.02
LONGEST_IDLE_SECONDS = 1.0
ENDING_SECONDS = 3.0
#: The rounds whose work cannot wait a second. A worker with much to do writes all the time, and
#: waking the others each time would cost it as much as some of its mails.
PROMPT = ("intake", "moments", "links", "sender")

#: One round of work; True when there was something to do.
Round = Callable[[], bool]


def run_loop(name: str, work: Round, wake: threading.Event, stop: threading.Event) -> None:
    """Call `work` when something wakes it, again while it has work, and once a second.

    What comes during the work wakes it again. An error must not end the loop, because honcho would
    then stop everything.
    """
    while not stop.is_set():
        wake.clear()
        try:
            goes_on = work()
        except Exception as error:
            log.error("A round of %s failed: %s", name, where(error))
            goes_on = False
        if not goes_on:
            wake.wait(LONGEST_IDLE_SECONDS)


def watch(store: Store, wakes: Sequence[threading.Event], stop: threading.Event) -> None:
    """Wake loops after every write to the database, until asked to stop."""
    has_changed = store.watch()
    while not stop.wait(POLL_SECONDS):
        try:
            changed = has_changed()
        except Exception as error:
            log.error("The database could not be watched: %s", where(error))
            changed = False
            # A server that is away is away for a while.
            stop.wait(LONGEST_IDLE_SECONDS)
        if changed:
            _wake(wakes)


def _wake(wakes: Iterable[threading.Event]) -> None:
    for wake in wakes:
        wake.set()


@dataclass
class Worker:
    """All rounds of one worker process."""

    engines: Engines
    clock: Clock
    client: Client | None
    #: Each has its own loop and connection to the mail server.
    senders: tuple[Sender, ...]
    #: The admins' files.
    folder: Path
    claimant: Claimant
    #: Tries whether the mail server is there.
    reach: Reach
    #: Tries whether people could open every page with changed files.
    pages: PageTrial
    name: str = "worker"
    #: The URL of an outside monitor; "" means none.
    heartbeat_url: str = ""
    #: Hears of mails that came back; None where no mailbox is read.
    returned: Returned | None = None

    @cached_property
    def rounds(self) -> dict[str, Round]:
        """One round for each loop."""
        reconciliation = Reconciliation(self.engines, self.client, self.clock)
        return {
            "files": Files(self.engines, self.clock, self.folder, self.pages),
            "takeover": Takeover(self.engines, self.clock),
            "intake": Intake(self.engines, self.client, self.clock, self.claimant),
            "moments": Moments(self.engines, self.clock),
            "links": FreshLinks(self.engines, self.clock),
            "invitations": Invitations(self.engines, self.clock),
            # After the moments, because people who were mailed about one need no second mail.
            "absences": Cover(self.engines, self.clock),
            "reconciliation": reconciliation,
            "digests": Digests(self.engines, self.client, self.clock, reconciliation),
            "mail server": self.reach,
            "housekeeping": Housekeeping(self.engines, self.clock, self.name, self._in_trouble),
            # After the housekeeping, which forgets.
            "copies": Copies(self.engines, self.client, self.clock),
            "guides": Guides(self.engines, self.clock),
            **({"returned": self.returned} if self.returned else {}),
            **{f"sender-{i}": s.send_next for i, s in enumerate(self.senders, 1)},
        }

    @cached_property
    def troubles(self) -> Troubles:
        return Troubles(self.engines, self.clock)

    def _in_trouble(self) -> list[str]:
        found = {"rounds": self.troubles.lasting, "mail_server": self.reach.is_out_of_reach}
        return [word for word, is_so in found.items() if is_so]

    @cached_property
    def heartbeat(self) -> Heartbeat:
        store = self.engines().store
        return Heartbeat(
            self.heartbeat_url,
            self.clock,
            self.rounds.keys(),
            lambda: (
                mail_server.is_refusing(store.read())
                or returned.is_everything_returned(store.read(), self.clock())
            ),
        )

    @property
    def loops(self) -> dict[str, Round]:
        """The rounds, which record when they end without an error, and the heartbeat."""
        watched = {name: self.troubles.watching(name, work) for name, work in self.rounds.items()}
        if not self.heartbeat_url:
            return watched
        recorded = {name: self.heartbeat.recording(name, work) for name, work in watched.items()}
        return {**recorded, "heartbeat": self.heartbeat}

    def close(self) -> None:
        """Close the connections to the mail server, and stop claiming work."""
        for sender in self.senders:
            sender.mailer.close()
        self.claimant.close()

    def run(self, stop: threading.Event) -> None:
        """Work until asked to stop."""
        workers.remove_dead(self.engines().store)
        wakes = {name: threading.Event() for name in self.loops}
        threads = [
            threading.Thread(target=run_loop, args=(name, work, wakes[name], stop), name=name)
            for name, work in self.loops.items()
        ]
        for thread in threads:
            # An export may take minutes. We need not wait for it: the next one brings the same.
            thread.daemon = thread.name in ("reconciliation", "heartbeat", "returned")
            thread.start()
        prompt = [wake for name, wake in wakes.items() if name.startswith(PROMPT)]
        watch(self.engines().store, prompt, stop)
        _wake(wakes.values())
        for thread in threads:
            thread.join(timeout=ENDING_SECONDS if thread.daemon else None)
        self.close()

    def run_until_signal(self) -> None:
        """Work until SIGTERM or SIGINT, and then finish the rounds that are running."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.run(stop)

    def run_once(self) -> None:
        """Run all rounds until none has work left."""
        while any([work() for work in self.loops.values()]):
            pass
