"""What one Qualtrics brand knows: surveys, their responses and who wants to hear of them."""

import random
import string
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from demo.qualtrics_behavior import Behavior
from demo.qualtrics_limits import Meter
from demo.qualtrics_responses import Answer, Circumstances, Response, shape_answers
from demo.survey import Survey

ALPHABET = string.ascii_letters + string.digits
ANY_CHANCE = random.Random()


def new_id(prefix: str, chance: random.Random = ANY_CHANCE) -> str:
    """Return an id as Qualtrics makes them: a prefix and 15 characters."""
    return f"{prefix}_" + "".join(chance.choices(ALPHABET, k=15))


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
    survey_id: str | None = None
    successful_calls: int = 0


@dataclass(frozen=True)
class AccessToken:
    """What an OAuth client got: until when it may do what."""

    expires_at: datetime
    scopes: frozenset[str]


@dataclass
class Export:
    """A response export that was started; its file is made piece by piece when it is fetched."""

    progress_id: str
    file_id: str
    survey_id: str
    made_at: datetime
    media_type: str
    pieces: Callable[[], Iterator[bytes]]
    continuation_token: str | None = None
    polls: int = 0


@dataclass(frozen=True)
class Continuation:
    """Where an export ended, in real, monotonic time, for the one that continues it."""

    survey_id: str
    made_at: datetime
    after: float


def at_once(_: float, action: Callable[[], None]) -> None:
    """Do what should be done later; a publisher has threads for that."""
    action()


@dataclass
class Brand:
    """All state of the stand-in, in memory. Hold `lock` to read or change what it contains."""

    surveys: dict[str, Survey]
    token: str
    clock: Callable[[], datetime]
    behavior: Behavior
    id: str = "examplehealth"
    client: tuple[str, str] | None = None
    #: Gives responses their ids; what happens to their publications follows from these.
    chance_of_ids: random.Random = field(default_factory=random.Random)
    chance_of_calls: random.Random = field(default_factory=random.Random)
    meter: Meter = field(default_factory=Meter)
    responses: dict[str, Response] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    workflow_tasks: list[WorkflowTask] = field(default_factory=list)
    exports: dict[str, Export] = field(default_factory=dict)
    continuations: dict[str, Continuation] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    listeners: list[Callable[[Response], None]] = field(default_factory=list)
    later: Callable[[float, Callable[[], None]], None] = at_once
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def survey(self) -> Survey:
        """The first survey, the only one of most brands here."""
        return next(iter(self.surveys.values()))

    def submit(
        self,
        answers: Mapping[str, Answer],
        embedded: Mapping[str, str] | None = None,
        circumstances: Circumstances | None = None,
        submitted_at: datetime | None = None,
        survey_id: str | None = None,
    ) -> str:
        """Record a response, tell whoever listens, and return its id."""
        survey = self.surveys[survey_id] if survey_id else self.survey
        circumstances = circumstances or Circumstances()
        with self.lock:
            response_id = new_id("R", self.chance_of_ids)
        comes_partial = circumstances.is_finished and self._comes_partial(response_id)
        if comes_partial:
            circumstances = replace(circumstances, is_finished=False, is_in_progress=True)
        at = submitted_at or self.clock()
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        visible = time.monotonic() + self.behavior.readable_after
        response = Response(
            id=response_id,
            survey=survey,
            answers=shape_answers(survey, answers),
            embedded=dict(embedded or {}),
            circumstances=circumstances,
            recorded_at=at,
            modified_at=at,
            readable_from=visible,
            recorded_from=visible,
            changed_from=visible,
        )
        self._keep(response)
        if comes_partial:
            self.later(self.behavior.partial_lead, lambda: self.complete(response_id))
        return response_id

    def _comes_partial(self, response_id: str) -> bool:
        share = self.behavior.partials_first
        return share > 0 and random.Random(response_id).random() < share

    def complete(self, response_id: str) -> None:
        """Submit what was still in progress; only now it counts as recorded."""
        now = time.monotonic()
        with self.lock:
            partial = self.responses[response_id]
        circumstances = replace(partial.circumstances, is_finished=True, is_in_progress=False)
        self._keep(
            replace(partial, circumstances=circumstances, recorded_from=now, changed_from=now)
        )

    def modify(self, response_id: str, changes: Mapping[str, Answer]) -> None:
        """Change answers or embedded data of a recorded response, as its owner may; no event."""
        with self.lock:
            response = self.responses[response_id]
            shaped = shape_answers(response.survey, changes)
            fields = response.survey.field_of
            self.responses[response_id] = replace(
                response,
                answers=response.answers | {k: v for k, v in shaped.items() if k in fields},
                embedded=response.embedded | {k: v for k, v in shaped.items() if k not in fields},
                modified_at=self.clock(),
                changed_from=time.monotonic(),
            )

    def _keep(self, response: Response) -> None:
        with self.lock:
            self.responses[response.id] = response
        for listener in self.listeners:
            listener(response)

    def put_survey(self, survey: Survey) -> None:
        """Add a survey, or replace it by what it has become; labels of responses follow."""
        with self.lock:
            is_known = survey.id in self.surveys
            self.surveys[survey.id] = survey
            if is_known:
                for response_id, response in self.responses.items():
                    if response.survey.id == survey.id:
                        self.responses[response_id] = replace(response, survey=survey)

    def subscribe(self, topics: str, url: str, shared_key: str | None = None) -> Subscription:
        """Add a subscription; as with the real one nothing prevents duplicates."""
        subscription = Subscription(new_id("SUB"), topics, url, shared_key)
        with self.lock:
            self.subscriptions[subscription.id] = subscription
        return subscription

    def responses_of(self, survey_id: str) -> list[Response]:
        """Return the responses to a survey that the API shows by now, oldest first."""
        now = time.monotonic()
        with self.lock:
            kept = list(self.responses.values())
        return [r for r in kept if r.survey.id == survey_id and r.readable_from <= now]

    def count_success(self, receiver: Subscription | WorkflowTask) -> None:
        """Count a call that the receiver answered with 2xx."""
        with self.lock:
            receiver.successful_calls += 1
