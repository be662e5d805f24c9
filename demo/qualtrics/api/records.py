"""What a brand keeps besides surveys and responses: receivers, exports, access tokens."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


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
