"""The web server's parts of ours: its worker process, and how it writes log lines."""

import logging
import os
import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from lib import logs


class Log(Logger):  # type: ignore[misc]
    """Writes gunicorn's own lines and those of the service in the same format."""

    def setup(self, cfg: Any) -> None:
        """Begin before the service is loaded; its settings are checked then."""
        super().setup(cfg)
        kind = os.environ.get("LOG_FORMAT", "").strip()
        # Requests that succeed leave no line, and libraries tell of each one that they refuse.
        logs.begin(kind, logging.WARNING)
        if kind == logs.JSON:
            for handler in self.error_log.handlers:
                handler.setFormatter(logs.formatter(kind))


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
