"""A small stand-in for Qualtrics: a form, the API behind it and the events it sends."""

import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Flask

from demo.qualtrics import access as qualtrics_access
from demo.qualtrics.api import form as qualtrics_form
from demo.qualtrics.api import qsf as qualtrics_qsf
from demo.qualtrics.api import routes as qualtrics_api
from demo.qualtrics.api.records import Subscription, WorkflowTask
from demo.qualtrics.api.responses import Answer, Circumstances, Response
from demo.qualtrics.behavior import Behavior
from demo.qualtrics.brand import Brand
from demo.qualtrics.publisher import Publication, Publisher
from demo.qualtrics.survey import PEER_SUPPORT, Question, Survey

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["TOKEN", "Behavior", "Circumstances", "StandIn", "WorkflowTask"]

TOKEN = "an-invented-token-of-forty-characters-00"


def utc_now() -> datetime:
    """Return the real time, aware and in UTC."""
    return datetime.now(UTC)


class SlashesSqueezed:
    """Treats `/API/v3//surveys` as `/API/v3/surveys`, which existing clients rely on."""

    def __init__(self, inner: "WSGIApplication") -> None:
        self._inner = inner

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Pass the call on, without a redirect."""
        environ["PATH_INFO"] = re.sub("/{2,}", "/", environ["PATH_INFO"])
        return self._inner(environ, start)


class StandIn:
    """Qualtrics in one object: serve `app`, or call `submit` without a browser."""

    def __init__(
        self,
        survey: Survey = PEER_SUPPORT,
        *,
        token: str = TOKEN,
        client: tuple[str, str] | None = None,
        clock: Callable[[], datetime] = utc_now,
        behavior: Behavior | None = None,
        seed: int | None = None,
    ) -> None:
        behavior = behavior or Behavior()
        self.brand = Brand({survey.id: survey}, token, clock, behavior, client=client)
        self.brand.chance_of_ids = random.Random(seed)
        self.brand.chance_of_calls = random.Random(seed)
        self.publisher = Publisher(self.brand)
        self.brand.listeners.append(self.publisher.publish)
        self.brand.later = self.publisher.later
        self.app = Flask("demo")
        self.app.url_map.strict_slashes = False
        self.app.wsgi_app = SlashesSqueezed(self.app.wsgi_app)  # type: ignore[assignment, method-assign]
        self.app.json.sort_keys = False  # type: ignore[attr-defined]
        self.app.extensions["qualtrics_brand"] = self.brand
        parts = (qualtrics_form, qualtrics_qsf, qualtrics_access, qualtrics_api)
        for blueprint in [*(part.bp for part in parts), qualtrics_api.elsewhere]:
            self.app.register_blueprint(blueprint)

    @property
    def behavior(self) -> Behavior:
        """Return the switches, which may be changed at any time."""
        return self.brand.behavior

    @property
    def responses(self) -> dict[str, Response]:
        """Return all recorded responses by id, in the order of arrival."""
        return self.brand.responses

    @property
    def publications(self) -> list[Publication]:
        """Return all publications, sent or dropped, with their outcomes."""
        return self.publisher.publications

    def subscribe(self, url: str, shared_key: str | None = None, topics: str = "") -> Subscription:
        """Subscribe to completed responses without an API call."""
        topics = topics or f"surveyengine.completedResponse.{self.brand.survey.id}"
        return self.brand.subscribe(topics, url, shared_key)

    def add_workflow_task(self, task: WorkflowTask) -> None:
        """Add a web service task that runs after every finished response."""
        with self.brand.lock:
            self.brand.workflow_tasks.append(task)

    def add_survey(self, survey: Survey) -> None:
        """Add another survey to the brand."""
        self.brand.put_survey(survey)

    def change(self, survey_id: str, question: Question) -> None:
        """Replace a question by its new version, or add it."""
        self._put(self.brand.surveys[survey_id].changed(question))

    def trash(self, survey_id: str, question_id: str) -> None:
        """Move a question to the trash."""
        self._put(self.brand.surveys[survey_id].trashed(question_id))

    def delete(self, survey_id: str, question_id: str) -> None:
        """Delete a question for good, from the form or from the trash."""
        self._put(self.brand.surveys[survey_id].without(question_id))

    def _put(self, survey: Survey) -> None:
        self.brand.put_survey(replace(survey, modified_at=self.brand.clock()))

    def submit(
        self,
        answers: Mapping[str, Answer],
        embedded: Mapping[str, str] | None = None,
        circumstances: Circumstances | None = None,
        submitted_at: datetime | None = None,
        survey_id: str | None = None,
    ) -> str:
        """Record a response with these answers, publish it, and return its id."""
        return self.brand.submit(answers, embedded, circumstances, submitted_at, survey_id)

    def complete(self, response_id: str) -> None:
        """Submit a response that was in progress, and publish it."""
        self.brand.complete(response_id)

    def modify(self, response_id: str, changes: Mapping[str, Answer]) -> None:
        """Change answers or embedded data of a recorded response. No event is sent."""
        self.brand.modify(response_id, changes)

    def publish(self, response_id: str) -> None:
        """Publish a recorded response again."""
        self.publisher.publish(self.responses[response_id])

    def wait_until_published(self, timeout: float = 60.0) -> bool:
        """Wait until all publications are sent; return False on timeout."""
        return self.publisher.wait(timeout)
