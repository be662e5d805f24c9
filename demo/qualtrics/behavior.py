"""Switches for behavior of Qualtrics that is unknown or varies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass
class Behavior:
    """Switches of the stand-in, which may be changed while it runs. Times are real seconds."""

    # The API
    latency: float = 0.0
    readable_after: float = 1.0
    before_readable: Literal[202, 404] = 202
    api_status: int | None = None
    api_status_times: int | None = None
    #: Share of the calls that fail, by failure: a status, or one of `trouble.OTHER_FAILURES`.
    api_trouble: Mapping[int | str, float] = field(default_factory=dict)
    hang_seconds: float = 10.0
    retry_after: int | None = 2
    #: Calls per minute of the stand-in's clock; the real ones are `limits.LIMITS`.
    rate_limits: Mapping[str, int] = field(default_factory=dict)
    export_polls: int = 0
    export_fails: bool = False

    # Access
    has_api: bool = True
    is_brand_admin: bool = True
    #: Lifetime of an access token, in seconds of the stand-in's clock.
    expires_in: int = 3599

    # Publications
    drop_rate: float = 0.0
    repeats: int = 0
    repeat_rate: float = 0.0
    delay: float = 0.0
    #: Longest random extra delay, so that publications overtake one another.
    scatter: float = 0.0
    #: Share of finished responses that are first published, and readable, as partial ones.
    partials_first: float = 0.0
    partial_topic: Literal["partialResponse", "completedResponse"] = "partialResponse"
    partial_lead: float = 0.1
    retries: int = 0
    retry_pause: float = 1.0
    timeout: float = 16.0
    space_as: Literal["+", "%20"] = "+"
    empty_fields: bool = False
    escapes_piped_text: bool = True

    def take_api_status(self) -> int | None:
        """Return the failure for the next API call, and count it; None for no failure."""
        if self.api_status is None or self.api_status_times is None:
            return self.api_status
        if self.api_status_times <= 0:
            return None
        self.api_status_times -= 1
        return self.api_status
