"""What is not known about Qualtrics, or differs from day to day, as switches."""

from dataclasses import dataclass
from typing import Literal


@dataclass
class Behavior:
    """Switches of the stand-in; they may be turned while it runs. Times are real seconds."""

    # The API.
    latency: float = 0.0
    readable_after: float = 1.0
    before_readable: Literal[202, 404] = 202
    api_status: int | None = None
    api_status_times: int | None = None
    retry_after: int = 2
    export_polls: int = 0

    # What it sends.
    drop_rate: float = 0.0
    repeats: int = 0
    delay: float = 0.0
    retries: int = 0
    retry_pause: float = 1.0
    timeout: float = 16.0
    space_as: Literal["+", "%20"] = "+"
    empty_fields: bool = False
    escapes_piped_text: bool = True

    def take_api_status(self) -> int | None:
        """Return the failure that the next API call has to show, and count it."""
        if self.api_status is None or self.api_status_times is None:
            return self.api_status
        if self.api_status_times <= 0:
            return None
        self.api_status_times -= 1
        return self.api_status
