"""A small stand-in for Qualtrics: a form, the API behind it and the events it sends."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from flask import Flask

from demo import qualtrics_access, qualtrics_api, qualtrics_form
from demo.qualtrics_behavior import Behavior
from demo.qualtrics_brand import Brand, Subscription, WorkflowTask
from demo.qualtrics_publisher import Publication, Publisher
from demo.qualtrics_responses import Answer, Circumstances, Response
from demo.survey import PEER_SUPPORT, Survey

__all__ = ["TOKEN", "Behavior", "Circumstances", "StandIn", "WorkflowTask"]

TOKEN = "an-invented-token-of-forty-characters-00"


def utc_now() -> datetime:
    """Return the real time, aware and in UTC."""
    return datetime.now(UTC)


class StandIn:
    """Qualtrics in one object: serve `app`, or call `submit` without any browser."""

    def __init__(
        self,
        survey: Survey = PEER_SUPPORT,
        *,
        token: str = TOKEN,
        client: tuple[str, str] | None = None,
        clock: Callable[[], datetime] = utc_now,
        behavior: Behavior | None = None,
    ) -> None:
        self.brand = Brand(survey, token, clock, behavior or Behavior(), client=client)
        self.publisher = Publisher(self.brand)
        self.brand.listeners.append(self.publisher.publish)
        self.app = Flask("demo")
        self.app.url_map.strict_slashes = False
        self.app.json.sort_keys = False  # type: ignore[attr-defined]
        self.app.extensions["qualtrics_brand"] = self.brand
        parts = (qualtrics_form, qualtrics_access, qualtrics_api)
        for blueprint in [*(part.bp for part in parts), qualtrics_api.elsewhere]:
            self.app.register_blueprint(blueprint)

    @property
    def behavior(self) -> Behavior:
        """The switches; turn them at any time."""
        return self.brand.behavior

    @property
    def responses(self) -> dict[str, Response]:
        """All recorded responses by id, in the order of their arrival."""
        return self.brand.responses

    @property
    def publications(self) -> list[Publication]:
        """All that was sent or dropped, with the outcomes."""
        return self.publisher.publications

    def subscribe(self, url: str, shared_key: str | None = None, topics: str = "") -> Subscription:
        """Subscribe to completed responses, without a call of the API."""
        topics = topics or f"surveyengine.completedResponse.{self.brand.survey.id}"
        return self.brand.subscribe(topics, url, shared_key)

    def add_workflow_task(self, task: WorkflowTask) -> None:
        """Add a web service task that runs after every finished response."""
        with self.brand.lock:
            self.brand.workflow_tasks.append(task)

    def submit(
        self,
        answers: Mapping[str, Answer],
        embedded: Mapping[str, str] | None = None,
        circumstances: Circumstances | None = None,
        submitted_at: datetime | None = None,
    ) -> str:
        """Record a response with these answers, publish it, and return its id."""
        return self.brand.submit(answers, embedded, circumstances, submitted_at)

    def publish(self, response_id: str) -> None:
        """Publish a recorded response once more."""
        self.publisher.publish(self.responses[response_id])

    def wait_until_published(self, timeout: float = 5.0) -> bool:
        """Wait until no publication is on its way; False when that took too long."""
        return self.publisher.wait(timeout)
