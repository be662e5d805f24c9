"""What monitors are told, and what became of the mails."""

from collections import Counter
from datetime import timedelta
from typing import Any

import requests

from tests.world import World

HOUR = timedelta(hours=1)


def health(world: World) -> Any:
    """Return what monitors are told."""
    answered = requests.get(f"{world.url}/health", timeout=60)
    assert answered.status_code == (503 if answered.json()["wrong"] else 200)
    return answered.json()


def results(world: World) -> Counter[str]:
    return Counter(row[0] for row in world.store.read().execute("select result from outbox"))
