"""What all tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World, living


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The whole service over real HTTP, SMTP and a database on disk, with a movable clock."""
    with living(tmp_path) as alive:
        yield alive
