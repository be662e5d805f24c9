"""Reports of a simulated program: what they tell is what happened to its people."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from store.forgotten import reports, tallies
from tests.simulation.alone import alone, quick_folder
from tests.simulation.chronicle import Violation
from tests.simulation.reported import Own
from tests.simulation.year import DAY, Year
from workflow.reports.feedback import RECOMMEND, SOON
from workflow.reports.periods import due_on

#: Besides the five of the first day, who ask in every simulation.
ASKING, SELDOM = 5, 0.001


@pytest.fixture
def year() -> Iterator[Year]:
    """A service in which ten people ask in its last quarter, until the report is due."""
    with quick_folder() as folder, alone(Path(folder)) as service:
        service.jump(service.now() + 25 * DAY)
        length = due_on("2026-Q4") - service.now().date() + timedelta(days=1)
        found = Year(service, random.Random(4), SELDOM, length, say=lambda text: None)
        for _ in range(ASKING):
            found.later(found.begin + timedelta(days=found.chance.uniform(0, 6)), found.submit)
        yield found


def test_a_report_tells_what_happened_and_is_compared_when_it_comes(year: Year) -> None:
    year.run()
    report = reports.get(year.service.store.read(), "2026-Q4")
    assert report is not None
    assert report.requests is not None
    assert report.requests >= 9
    assert any(wait.half for wait in report.waits)
    assert year.invariants.reported.compared == {"2026-Q4", "2026"}


def test_it_notices_a_report_that_tells_something_else(year: Year) -> None:
    year.service.jump(year.end - DAY)
    with year.service.store.write() as db:
        tallies.add(db, [("2026-Q4", "requests", "all")] * 6)
    year.service.work()
    year.service.jump(year.end)
    year.service.work()
    with pytest.raises(Violation, match="6 requests instead of 0"):
        year.invariants.check([], worked=True)


def test_it_counts_those_who_leave_out_the_question_that_they_may_leave_out(year: Year) -> None:
    said = Counter({(SOON, "yes"): 8, (RECOMMEND, "yes"): 5})
    own = Own([], {}, year.service.engine.program, said)
    assert own.count(RECOMMEND) == {"yes": 5, "others": 3}
    assert own.count(SOON) == {"yes": 8}
