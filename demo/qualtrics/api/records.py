"""Records of a brand besides surveys and responses: receivers, exports, access tokens."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass
class Subscription:
    """A subscription to events by webhook."""

    id: str
    topics: str
    url: str
    shared_key: str | None = None
    successful_calls: int = 0


@dataclass
class WorkflowTask:
    """The web service task of a workflow, with the JSON that its owner wrote."""

    url: str
    token: str
    mode: Literal["ids", "answers"] = "ids"
    survey_id: str | None = None
    successful_calls: int = 0


@dataclass(frozen=True)
class AccessToken:
    """An OAuth token: its scopes, and when it expires."""

    expires_at: datetime
    scopes: frozenset[str]


@dataclass
class Export:
    """A response export that was started. Its file is made when it is fetched."""

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
    """Where an export ended, in monotonic time, for the export that continues it."""

    survey_id: str
    made_at: datetime
    after: float
