"""`make test-postgres`: the stories, on a PostgreSQL server of their own."""

import os
import sys
from pathlib import Path

import pytest

from tests import postgresql
from tests.ports import free_port

TESTS = Path(__file__).parent.parent
#: What people live through, and what must hold whatever the engine is. Other tests are about the
#: file, or ask no database.
CHOSEN = (
    "test_story_*.py",
    "test_authority.py",
    "test_doors.py",
    "test_intake.py",
    "test_interleavings.py",
    "test_matrix.py",
    "test_nominations_restored.py",
    "test_outbox.py",
    "test_postgresql.py",
    "test_restoring.py",
    "test_sending.py",
    "test_transitions.py",
)


def main() -> int:
    chosen = sys.argv[1:] or [str(path) for name in CHOSEN for path in sorted(TESTS.glob(name))]
    with postgresql.server(*postgresql.HASTY, port=free_port()) as url:
        os.environ[postgresql.GIVEN] = url
        return pytest.main(["-rs", *chosen])


if __name__ == "__main__":
    sys.exit(main())
