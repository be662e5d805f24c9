"""From Submit to mail, and what waiting costs: web, worker, a Qualtrics that takes its time."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import requests

from app import HERE
from demo.mailbox import Mailbox
from demo.qualtrics.behavior import Behavior
from demo.qualtrics.stand_in import StandIn
from demo.serving import served
from notifications.examples.occasions import occasions
from notifications.mail.catalog import EMAILS
from notifications.mail.compose import Composer
from notifications.mail.mime import Writer
from tests import bench_service
from tests.bench_load import acknowledged_after, delivery
from tests.bench_service import Process
from tests.world import API_TOKEN, JAMIE, SHARED_KEY

API_SECONDS = 0.1
WRITTEN = 20
SUBMISSIONS, AT_ONCE, IDLE_SECONDS = 20, 100, 10.0
#: To the requester and to two coordinators.
MAILS_A_CASE = 3


@dataclass
class Stage:
    """Everything that takes part, alive."""

    qualtrics: StandIn
    qualtrics_url: str
    mailbox: Mailbox
    web: Process
    port: int
    worker: Process

    def api_seconds(self) -> float:
        """Measure what one call of the API takes, as our client would make it."""
        id = self.qualtrics.submit(JAMIE)  # type: ignore[arg-type]
        url = f"{self.qualtrics_url}/API/v3/surveys/{self.qualtrics.brand.survey.id}/responses/{id}"

        def call(session: requests.Session) -> float:
            began = time.perf_counter()
            session.get(url, headers={"X-API-TOKEN": API_TOKEN}).raise_for_status()
            return time.perf_counter() - began

        with requests.Session() as session:
            return median(call(session) for _ in range(5))

    def submit_to_mail(self) -> tuple[float, float]:
        """Return the seconds from Submit to the first mail, and to the last one of the case."""
        before = len(self.mailbox.messages)
        began = time.perf_counter()
        self.deliver([self.qualtrics.submit(JAMIE)], connections=1)  # type: ignore[arg-type]
        self.mailbox.wait_for(before + 1, timeout=30)
        first = time.perf_counter() - began
        self.mailbox.wait_for(before + MAILS_A_CASE, timeout=30)
        return first, time.perf_counter() - began

    def many_at_once(self) -> tuple[float, float]:
        """Return the seconds until all are acknowledged, and until every mail has arrived."""
        before = len(self.mailbox.messages)
        ids = [self.qualtrics.submit(JAMIE) for _ in range(AT_ONCE)]  # type: ignore[arg-type]
        began = time.perf_counter()
        acknowledged = self.deliver(ids, connections=AT_ONCE)
        self.mailbox.wait_for(before + MAILS_A_CASE * AT_ONCE, timeout=60)
        return acknowledged, time.perf_counter() - began

    def deliver(self, ids: list[str], connections: int) -> float:
        survey = self.qualtrics.brand.survey.id
        requests = [delivery(survey, id, SHARED_KEY) for id in ids]
        return acknowledged_after(self.port, requests, connections)

    def idle_cpu(self) -> float:
        """Return the share of one core that a worker without work takes."""
        began = self.worker.cpu_seconds()
        threading.Event().wait(IDLE_SECONDS)
        return (self.worker.cpu_seconds() - began) / IDLE_SECONDS


def to_write() -> float:
    """Return the milliseconds of processor time for rendering and writing a mail: the median."""
    composer = Composer(HERE / "templates")
    sender = "Care Desk <care-desk@example.org>"
    writer = Writer(sender, "", lambda: datetime.now(UTC))

    def cost(name: str, facts: Mapping[str, object]) -> float:
        began = time.thread_time()
        writer.write(composer.compose(name, facts), "robin@example.org", "<1.a@example.org>")
        return 1000 * (time.thread_time() - began)

    known = {name: next(iter(occasions(name).values())) for name in EMAILS}
    return median(min(cost(name, facts) for _ in range(WRITTEN)) for name, facts in known.items())


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Set everything up and take it down again."""
    with ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox())
        behavior = Behavior(latency=API_SECONDS, readable_after=0)
        qualtrics = StandIn(token=API_TOKEN, behavior=behavior)
        url = stack.enter_context(served(qualtrics.app))
        env = bench_service.settings_of(folder, url, mailbox.url)
        bench_service.migrate(env)
        web, port = stack.enter_context(bench_service.web(env))
        worker = stack.enter_context(bench_service.worker(env))
        yield Stage(qualtrics, url, mailbox, web, port, worker)
