"""The web server's worker process: no client keeps one of its threads by sending slowly."""

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):  # type: ignore[misc]
    """A threaded worker with a limit on how long a request may take to arrive.

    gunicorn alone waits without end for the rest of a request, so that a few silent connections
    would use up all threads, and Qualtrics would find the doors shut.
    """

    longest_arrival_seconds = 20.0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._until: dict[Any, float] = {}

    def handle(self, conn: Any) -> Any:
        """Handle a request in a thread."""
        self._until[conn] = time.monotonic() + self.longest_arrival_seconds
        try:
            return super().handle(conn)
        finally:
            self._until.pop(conn, None)

    def murder_keepalived(self, force: bool = False) -> None:
        """Close what is too old; the loop does this every second.

        The thread reads the end of the request, and can still answer.
        """
        super().murder_keepalived(force)
        now = time.monotonic()
        for conn in [conn for conn, until in list(self._until.items()) if until < now]:
            with suppress(OSError):
                conn.sock.shutdown(socket.SHUT_RD)
