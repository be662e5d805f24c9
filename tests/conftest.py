"""What all tests share."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import examples  # noqa: F401 - says how many, before a test module is read
from tests.world import World, living

# Every process of the suite, and each that a test starts, finds what another one compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The whole service over real HTTP, SMTP and a database on disk, with a movable clock."""
    with living(tmp_path) as alive:
        yield alive
