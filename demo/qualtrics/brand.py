"""The state of a Qualtrics brand: surveys, responses, subscriptions, exports and tokens."""

import random
import string
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from demo.qualtrics.api.records import AccessToken, Continuation, Export, Subscription, WorkflowTask
from demo.qualtrics.api.responses import Answer, Circumstances, Response, shape_answers
from demo.qualtrics.behavior import Behavior
from demo.qualtrics.limits import Meter
from demo.qualtrics.survey import Survey

ALPHABET = string.ascii_letters + string.digits
UNSEEDED = random.Random()


def new_id(prefix: str, chance: random.Random = UNSEEDED) -> str:
    """Return an id as Qualtrics makes them: a prefix and 15 characters."""
    return f"{prefix}_" + "".join(chance.choices(ALPHABET, k=15))


def run_now(_: float, action: Callable[[], None]) -> None:
    """Run an action now; a publisher replaces this by a delay in a thread."""
    action()


@dataclass
class Brand:
    """All state of the stand-in, in memory. Hold `lock` to read or change it."""

    surveys: dict[str, Survey]
    token: str
    clock: Callable[[], datetime]
    behavior: Behavior
    id: str = "examplehealth"
    client: tuple[str, str] | None = None
    #: Source of response ids, which also seed what happens to their publications.
    chance_of_ids: random.Random = field(default_factory=random.Random)
    chance_of_calls: random.Random = field(default_factory=random.Random)
    #: How often each failure happened to a call.
    troubles: Counter[int | str] = field(default_factory=Counter)
    meter: Meter = field(default_factory=Meter)
    responses: dict[str, Response] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    workflow_tasks: list[WorkflowTask] = field(default_factory=list)
    exports: dict[str, Export] = field(default_factory=dict)
    continuations: dict[str, Continuation] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    listeners: list[Callable[[Response], None]] = field(default_factory=list)
    later: Callable[[float, Callable[[], None]], None] = run_now
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def survey(self) -> Survey:
        """Return the first survey. Most brands here have only one."""
        return next(iter(self.surveys.values()))

    def submit(
        self,
        answers: Mapping[str, Answer],
        embedded: Mapping[str, str] | None = None,
        circumstances: Circumstances | None = None,
        submitted_at: datetime | None = None,
        survey_id: str | None = None,
    ) -> str:
        """Record a response, notify the listeners, and return its id."""
        with self.lock:
            response = self._response(answers, embedded, circumstances, submitted_at, survey_id)
            self.responses[response.id] = response
            arrives_partial = response.is_finished and self._arrives_partial(response.id)
            if arrives_partial:
                response = self._in_progress(response)
        self._notify(response)
        if arrives_partial:
            self.later(self.behavior.partial_lead, lambda: self.complete(response.id))
        return response.id

    def _response(
        self,
        answers: Mapping[str, Answer],
        embedded: Mapping[str, str] | None,
        circumstances: Circumstances | None,
        submitted_at: datetime | None,
        survey_id: str | None,
    ) -> Response:
        survey = self.surveys[survey_id] if survey_id else self.survey
        at = submitted_at or self.clock()
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        visible = time.monotonic() + self.behavior.readable_after
        return Response(
            id=new_id("R", self.chance_of_ids),
            survey=survey,
            answers=shape_answers(survey, answers),
            embedded=dict(embedded or {}),
            circumstances=circumstances or Circumstances(),
            recorded_at=at,
            modified_at=at,
            readable_from=visible,
            recorded_from=visible,
            changed_from=visible,
        )

    def _notify(self, response: Response) -> None:
        for listener in self.listeners:
            listener(response)

    def _arrives_partial(self, response_id: str) -> bool:
        share = self.behavior.partials_first
        return share > 0 and random.Random(response_id).random() < share

    def _in_progress(self, response: Response) -> Response:
        circumstances = replace(response.circumstances, is_finished=False, is_in_progress=True)
        self.responses[response.id] = replace(response, circumstances=circumstances)
        return self.responses[response.id]

    def complete(self, response_id: str) -> None:
        """Submit a response that was in progress. From now on it counts as recorded."""
        with self.lock:
            partial = self.responses[response_id]
            circumstances = replace(partial.circumstances, is_finished=True, is_in_progress=False)
            # Not before it is readable, or a continued export would miss it.
            since = max(time.monotonic(), partial.readable_from)
            response = replace(
                partial, circumstances=circumstances, recorded_from=since, changed_from=since
            )
            self.responses[response_id] = response
        self._notify(response)

    def modify(self, response_id: str, changes: Mapping[str, Answer]) -> None:
        """Change answers or embedded data of a recorded response. No event is sent."""
        with self.lock:
            response = self.responses[response_id]
            shaped = shape_answers(response.survey, changes)
            fields = response.survey.field_of
            self.responses[response_id] = replace(
                response,
                answers=response.answers | {k: v for k, v in shaped.items() if k in fields},
                embedded=response.embedded | {k: v for k, v in shaped.items() if k not in fields},
                modified_at=self.clock(),
                changed_from=max(time.monotonic(), response.readable_from),
            )

    def put_survey(self, survey: Survey) -> None:
        """Add a survey or replace its former version. Labels of its responses follow."""
        with self.lock:
            is_known = survey.id in self.surveys
            self.surveys[survey.id] = survey
            if is_known:
                for response_id, response in self.responses.items():
                    if response.survey.id == survey.id:
                        self.responses[response_id] = replace(response, survey=survey)

    def subscribe(self, topics: str, url: str, shared_key: str | None = None) -> Subscription:
        """Add a subscription. Duplicates are possible, as in the real Qualtrics."""
        subscription = Subscription(new_id("SUB"), topics, url, shared_key)
        with self.lock:
            self.subscriptions[subscription.id] = subscription
        return subscription

    def responses_of(self, survey_id: str) -> list[Response]:
        """Return a survey's responses that the API shows already, oldest first."""
        now = time.monotonic()
        with self.lock:
            kept = list(self.responses.values())
        return [r for r in kept if r.survey.id == survey_id and r.readable_from <= now]

    def count_success(self, receiver: Subscription | WorkflowTask) -> None:
        """Count a call that the receiver answered with 2xx."""
        with self.lock:
            receiver.successful_calls += 1
