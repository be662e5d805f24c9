"""Programs that live the same days but for one secret: who may not know it sees the same in both.

If no view differs, then no difference between two views can tell either. `make simulate` plays a
year of it.
"""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pages.facts import waiting
from tests.examples import IS_FUZZ
from tests.simulation.alone import Alone, alone, quick_folder
from tests.simulation.year import Year
from tests.twins.lives import MORNING, SOON
from tests.twins.secrets import secrets, told
from tests.twins.views import BY_MAIL

SEED, ASKING = 2, 5 if IS_FUZZ else 3


@pytest.fixture(scope="module")
def service() -> Iterator[Alone]:
    """A service on its first day: people asked, and one of them is with a supporter."""
    with quick_folder() as folder, alone(Path(folder), SEED) as found:
        Year(
            found, random.Random(SEED), 5, timedelta(hours=3), lambda text: None, burst=ASKING
        ).run()
        yield found


def test_nobody_learns_a_secret_from_all_that_they_may_see(service: Alone) -> None:
    asks, *others, barred = secrets(service, random.Random(0))
    looks = {asks: (SOON, MORNING) if IS_FUZZ else (SOON,), barred: (MORNING,)}
    for secret in (asks, *others, barred):
        found = told(service, secret, SEED, looks.get(secret, (SOON,)))
        assert list(found) == [], secret.what


def test_it_notices_a_page_that_follows_from_another_requests_secret(
    service: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, unwanted, *_ = secrets(service, random.Random(0))
    monkeypatch.setattr(waiting, "replace", lambda loaded, **_: loaded)
    found = list(told(service, unwanted, SEED, (SOON,)))
    assert {one.view.what for one in found} == {BY_MAIL}
    assert "Also considered for another request" in str(found[0].lines)
