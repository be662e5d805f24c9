"""Sends event publications and workflow tasks after a response."""

import hashlib
import hmac
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from typing import NamedTuple
from urllib.parse import quote, quote_plus, urlencode

import requests

from demo.qualtrics.api.records import Subscription, WorkflowTask
from demo.qualtrics.api.responses import Response
from demo.qualtrics.behavior import Behavior
from demo.qualtrics.brand import Brand

FORM = "application/x-www-form-urlencoded"

CARRIED = ("userLanguage", "source", "invitation")


@dataclass
class Publication:
    """One message to one receiver, and the outcome of each attempt: a status or an error's name."""

    receiver: Subscription | WorkflowTask
    response_id: str
    body: bytes
    headers: dict[str, str]
    outcomes: list[int | str] = field(default_factory=list)


class Copy(NamedTuple):
    """One copy of a publication: how long it waits, and whether it gets lost."""

    wait: float
    is_dropped: bool


class Publisher:
    """Sends each publication in a separate thread, so that the form answers immediately."""

    def __init__(self, brand: Brand) -> None:
        self.brand = brand
        self.publications: list[Publication] = []
        self._threads: list[threading.Thread] = []
        self._publish_counts: Counter[tuple[str, str]] = Counter()

    @property
    def behavior(self) -> Behavior:
        """Return the switches, which may change between two publications."""
        return self.brand.behavior

    def publish(self, response: Response) -> None:
        """Send to each subscription with a matching topic and to each workflow task of the survey.

        The response's id decides what happens to its publications. So a seed repeats it, whatever
        the order of the threads.
        """
        topic = topic_of(self.brand, response)
        with self.brand.lock:
            publications = list(self._publications(topic, response))
            if not publications:
                return
            self._publish_counts[response.id, topic] += 1
        chance = random.Random(f"{response.id} {topic} {self._publish_counts[response.id, topic]}")
        for publication in publications:
            self._start(publication, chance)

    def _publications(self, topic: str, response: Response) -> Iterator[Publication]:
        for subscription in self.brand.subscriptions.values():
            if matches(subscription.topics, topic):
                yield event_publication(self.brand, subscription, topic, response)
        for task in self.brand.workflow_tasks:
            if response.is_finished and task.survey_id in (None, response.survey.id):
                yield workflow_publication(self.brand, task, response)

    def wait(self, timeout: float = 5.0) -> bool:
        """Wait until everything is sent; return False on timeout."""
        deadline = time.monotonic() + timeout
        while (running := self._running()) and time.monotonic() < deadline:
            for thread in running:
                thread.join(max(0.0, deadline - time.monotonic()))
        return not self._running()

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Run an action after a pause, in a thread that `wait` waits for."""

        def act() -> None:
            time.sleep(seconds)
            action()

        self._run(act)

    def _running(self) -> list[threading.Thread]:
        with self.brand.lock:
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            return list(self._threads)

    def _run(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._running()
        with self.brand.lock:
            thread.start()
            self._threads.append(thread)

    def _start(self, publication: Publication, chance: random.Random) -> None:
        copies = self._draw_copies(chance)
        with self.brand.lock:
            self.publications.append(publication)
        self._run(lambda: self._deliver(publication, copies))

    def _draw_copies(self, chance: random.Random) -> list[Copy]:
        behavior = self.behavior
        count = 1 + behavior.repeats + (chance.random() < behavior.repeat_rate)
        return [
            Copy(chance.random() * behavior.scatter, chance.random() < behavior.drop_rate)
            for _ in range(count)
        ]

    def _deliver(self, publication: Publication, copies: list[Copy]) -> None:
        time.sleep(self.behavior.delay)
        for copy in copies:
            time.sleep(copy.wait)
            if copy.is_dropped:
                publication.outcomes.append("dropped")
            else:
                self._send_with_retries(publication)

    def _send_with_retries(self, publication: Publication) -> None:
        for attempt in range(1 + self.behavior.retries):
            if attempt:
                time.sleep(self.behavior.retry_pause)
            if self._send(publication):
                self.brand.count_success(publication.receiver)
                return

    def _send(self, publication: Publication) -> bool:
        """Send once, without a proxy: receivers are local. Return whether it was accepted."""
        with requests.Session() as session:
            session.trust_env = False
            try:
                reply = session.post(
                    publication.receiver.url,
                    data=publication.body,
                    headers=publication.headers,
                    timeout=self.behavior.timeout,
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                publication.outcomes.append(type(error).__name__)
                return False
        publication.outcomes.append(reply.status_code)
        return reply.ok and not reply.is_redirect


def topic_of(brand: Brand, response: Response) -> str:
    """Return the topic of the event, without the brand."""
    event = "completedResponse" if response.is_finished else brand.behavior.partial_topic
    return f"surveyengine.{event}.{response.survey.id}"


def matches(subscribed: str, topic: str) -> bool:
    """Tell whether a subscription to `subscribed` receives `topic`."""
    return subscribed in (topic, topic.rpartition(".")[0] + ".*", "*")


def event_publication(
    brand: Brand, subscription: Subscription, topic: str, response: Response
) -> Publication:
    """Return the form-encoded publication for a subscription."""
    fields = {"Topic": f"{brand.id}.{topic}"}
    attributes = _attributes(brand, response)
    if subscription.shared_key is None:
        fields |= attributes
    else:
        message = json.dumps(attributes, separators=(",", ":"))
        fields |= {"MSG": message, "HMAC": signature(subscription.shared_key, message)}
    quoted = urlencode(fields, quote_via=quote_plus if brand.behavior.space_as == "+" else quote)
    return Publication(subscription, response.id, quoted.encode(), {"Content-Type": FORM})


def signature(shared_key: str, message: str) -> str:
    """Return the lower-case hex of the HMAC-SHA512 over the message."""
    return hmac.new(shared_key.encode(), message.encode(), hashlib.sha512).hexdigest()


def _attributes(brand: Brand, response: Response) -> dict[str, str]:
    optional = {"RecipientID": "", "ResponseEventContext": "", "DistributionID": ""}
    if not brand.behavior.empty_fields:
        optional = {}
    if context := response.embedded.get("ResponseEventContext"):
        optional["ResponseEventContext"] = str(context)[:50]
    return {
        "Status": "Complete" if response.is_finished else "Partial",
        "SurveyID": response.survey.id,
        "ResponseID": response.id,
        **optional,
        "CompletedDate": f"{response.recorded_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "BrandID": brand.id,
    }


def workflow_publication(brand: Brand, task: WorkflowTask, response: Response) -> Publication:
    """Return the JSON publication for a workflow task, with the answers if its mode says so."""
    content = {
        "surveyId": response.survey.id,
        "responseId": response.id,
        "recordedDate": response.values["recordedDate"],
    }
    if task.mode == "answers":
        # What the form's link carries is last, as in the body that our command prints.
        content["answers"] = dict(
            sorted(response.values.items(), key=lambda one: one[0] in CARRIED)
        )
    body = json.dumps(content, ensure_ascii=False)
    if not brand.behavior.escapes_piped_text:
        body = body.replace('\\"', '"').replace("\\n", "\n")
    headers = {"Content-Type": "application/json", "X-Webhook-Token": task.token}
    return Publication(task, response.id, body.encode(), headers)
