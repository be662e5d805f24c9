"""Connections that the threads of one process share, since a server has few."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from store.database import StorageBusy

#: What no one has used for so long is closed.
LONGEST_IDLE_SECONDS = 60.0

Connection = psycopg.Connection[Any]


class Pool:
    """A limited number of connections, each made when a thread first needs it.

    A connection that the server has ended is replaced when it is taken, so that the first request
    after a restart of the server is served.
    """

    def __init__(self, connect: Callable[[], Connection], size: int) -> None:
        self.pid = os.getpid()
        self._connect = connect
        self._is_closed = False
        # A connection comes back by a finalizer, perhaps while its thread is in here: a semaphore
        # would wait for itself, this queue does not.
        self._places: SimpleQueue[None] = SimpleQueue()
        for _ in range(size):
            self._places.put(None)
        #: With the moment at which each was given back, in that order.
        self._idle: list[tuple[float, Connection]] = []
        # A thread that ends gives back what it had, perhaps while this one is in here.
        self._guard = threading.RLock()

    def take(self, patience: float) -> Connection:
        """Return a connection that works; raise StorageBusy if none is free in time."""
        try:
            self._places.get(timeout=patience)
        except Empty:
            raise StorageBusy("All connections of this process are in use") from None
        try:
            while (connection := self._last_given()) is not None:
                if _works(connection):
                    return connection
                connection.close()
            return self._connect()
        except BaseException:
            self._places.put(None)
            raise

    def give(self, connection: Connection) -> None:
        """Let others use a connection, unless something is wrong with it."""
        now = time.monotonic()
        with self._guard:
            status = connection.info.transaction_status
            if self._is_closed or status is not TransactionStatus.IDLE:
                connection.close()
            if not connection.closed:
                self._idle.append((now, connection))
            while self._idle and self._idle[0][0] < now - LONGEST_IDLE_SECONDS:
                self._idle.pop(0)[1].close()
        self._places.put(None)

    def close(self) -> None:
        """Close what no one uses, and the rest as it is given back."""
        self._is_closed = True
        while (connection := self._last_given()) is not None:
            connection.close()

    def __del__(self) -> None:
        # A forked child must leave its parent's connections alone.
        if self.pid == os.getpid():
            self.close()

    def _last_given(self) -> Connection | None:
        with self._guard:
            return self._idle.pop()[1] if self._idle else None


def _works(connection: Connection) -> bool:
    with suppress(psycopg.Error):
        connection.execute("")
        return True
    return False
