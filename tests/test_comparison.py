"""Our ranking beside simpler ways of choosing: two years, the same requests for each."""

import pytest

from tests.comparison.__main__ import compare


@pytest.mark.parametrize("seed", [1, 2])
def test_it_meets_more_wishes_and_is_fairer_than_chance_and_than_the_file(seed: int) -> None:
    ours, by_chance, first = compare(years=2, a_month=5, seed=seed).values()
    assert ours.requests == by_chance.requests == first.requests > 90
    assert ours.wishes > 0.9 > max(by_chance.wishes, first.wishes)
    assert ours.gini <= by_chance.gini
    assert ours.gini <= first.gini / 2
    assert ours.never_used <= by_chance.never_used <= first.never_used


def test_the_same_seed_makes_the_same_years() -> None:
    assert compare(1, 2, seed=3) == compare(1, 2, seed=3) != compare(1, 2, seed=4)
