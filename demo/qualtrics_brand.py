"""What one Qualtrics brand knows: a survey, its responses and who wants to hear of them."""

import secrets
import string
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from demo.qualtrics_behavior import Behavior
from demo.qualtrics_responses import Answer, Circumstances, Response, build_response
from demo.survey import Survey

ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    """Return an id as Qualtrics makes them: a prefix and 15 characters."""
    return f"{prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(15))


@dataclass
class Subscription:
    """Somebody who wants to hear of events by web hook."""

    id: str
    topics: str
    url: str
    shared_key: str | None = None
    successful_calls: int = 0


@dataclass
class WorkflowTask:
    """The web service task of a workflow, with the JSON that its owner typed."""

    url: str
    token: str
    mode: Literal["ids", "answers"] = "ids"
    successful_calls: int = 0


@dataclass
class Export:
    """A response export that was started: its file, made at once, and how often it was polled."""

    progress_id: str
    file_id: str
    content: bytes
    media_type: str
    polls: int = 0


@dataclass
class Brand:
    """All state of the stand-in, in memory. Hold `lock` to read or change what it contains."""

    survey: Survey
    token: str
    clock: Callable[[], datetime]
    behavior: Behavior
    id: str = "examplehealth"
    client: tuple[str, str] | None = None
    responses: dict[str, Response] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    workflow_tasks: list[WorkflowTask] = field(default_factory=list)
    exports: dict[str, Export] = field(default_factory=dict)
    access_tokens: set[str] = field(default_factory=set)
    listeners: list[Callable[[Response], None]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def submit(
        self,
        answers: Mapping[str, Answer],
        embedded: Mapping[str, str] | None = None,
        circumstances: Circumstances | None = None,
        submitted_at: datetime | None = None,
    ) -> str:
        """Record a response, tell whoever listens, and return its id."""
        response = build_response(
            self.survey,
            new_id("R"),
            answers,
            embedded or {},
            submitted_at or self.clock(),
            circumstances or Circumstances(),
            time.monotonic() + self.behavior.readable_after,
        )
        with self.lock:
            self.responses[response.id] = response
        for listener in self.listeners:
            listener(response)
        return response.id

    def subscribe(self, topics: str, url: str, shared_key: str | None = None) -> Subscription:
        """Add a subscription; as with the real one nothing prevents duplicates."""
        subscription = Subscription(new_id("SUB"), topics, url, shared_key)
        with self.lock:
            self.subscriptions[subscription.id] = subscription
        return subscription

    def readable_responses(self) -> list[Response]:
        """Return the responses that the API shows by now, oldest first."""
        with self.lock:
            return [r for r in self.responses.values() if r.readable_from <= time.monotonic()]

    def count_success(self, receiver: Subscription | WorkflowTask) -> None:
        """Count a call that the receiver answered with 2xx."""
        with self.lock:
            receiver.successful_calls += 1
