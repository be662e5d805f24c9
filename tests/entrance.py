"""The addresses at which the worlds of the tests are reached, one after the other."""

import atexit
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from flask import Flask

from demo.qualtrics.stand_in import StandIn
from demo.serving import served

_servers = ExitStack()
atexit.register(_servers.close)
#: Servers behind whose address nobody lives now.
_free: list[tuple[Flask, str]] = []


@contextmanager
def open_door(qualtrics: StandIn) -> Iterator[tuple[Flask, str]]:
    """Yield a server without an app yet, and its address: the one of the last world, if it is free.

    What is copied from another world has links to this address.
    """
    door, url = _free.pop() if _free else _new()
    yield door, url
    door.wsgi_app = Flask("door").wsgi_app  # type: ignore[method-assign]
    # What Qualtrics still sends must not reach the next world.
    if qualtrics.wait_until_published(timeout=0):
        _free.append((door, url))


def _new() -> tuple[Flask, str]:
    door = Flask("door")
    return door, _servers.enter_context(served(door))
