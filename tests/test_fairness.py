"""Whose turn it is, and how unevenly matches are shared."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.fairness import Use, gini, load_of, month_of, oldest_kept, quarter_of, turn
from matching.weights import Weights
from people.supporters import Load

TODAY = date(2026, 11, 24)
FRESH = Load()
USED = Load(open_count=0, recent=1, rested=2, asked_months_ago=2)


def points(load: Load, capacity: int = 2) -> float:
    return sum(number for _, number in turn(load, capacity, Weights()).points)


def test_a_quarter_and_a_month_have_their_names() -> None:
    assert (quarter_of(date(2026, 1, 1)), quarter_of(TODAY)) == ("2026-Q1", "2026-Q4")
    assert month_of(date(2026, 3, 31)) == "2026-03"


def test_three_years_are_kept() -> None:
    assert oldest_kept(TODAY) == "2024-Q1"
    assert oldest_kept(date(2026, 1, 1)) == "2023-Q2"


def test_matches_of_this_quarter_and_the_three_before_are_recent() -> None:
    use = Use({"2026-Q4": 1, "2026-Q1": 2, "2025-Q4": 5}, asked="2026-09")
    assert load_of(1, use, TODAY) == Load(1, recent=3, rested=0, asked_months_ago=2)
    assert load_of(0, Use({"2025-Q3": 4}), TODAY) == Load(0, recent=0, rested=5)
    assert load_of(0, Use(), TODAY) == FRESH


def test_what_lies_ahead_after_a_clock_was_put_back_counts_as_now() -> None:
    use = Use({"2027-Q1": 1}, asked="2026-12")
    assert load_of(0, use, TODAY) == Load(0, recent=1, rested=0, asked_months_ago=0)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (USED._replace(open_count=1), USED),
        (USED._replace(recent=2), USED),
        (USED, USED._replace(rested=3)),
        (USED._replace(rested=4), USED._replace(recent=0, rested=None)),
    ],
    ids=["less open", "fewer matches", "longer rest", "no match yet"],
)
def test_it_is_more_the_turn_of_who_has(less: Load, more: Load) -> None:
    assert points(less) < points(more)


def test_the_same_number_weighs_less_on_who_can_take_more() -> None:
    assert points(USED, capacity=1) < points(USED, capacity=3)


def test_a_question_without_a_yes_costs_nothing() -> None:
    """Neither a no nor a silence is held against anybody, however often."""
    assert points(Load(asked_months_ago=0)) == points(FRESH)
    assert points(USED._replace(asked_months_ago=0)) == points(USED._replace(asked_months_ago=30))


def test_fairness_never_makes_out_more_than_is_promised() -> None:
    assert points(FRESH) == Weights().fairness < Weights().smallest_wish


some_load = st.builds(
    Load,
    open_count=st.integers(0, 9),
    recent=st.integers(0, 20),
    rested=st.none() | st.integers(0, 11),
)


@given(some_load, st.integers(1, 5))
def test_whatever_somebody_has_done_no_part_is_below_nothing_or_above_its_weight(
    load: Load, capacity: int
) -> None:
    """Else two who have both done a lot would be further apart than any wish."""
    weights = Weights()
    for what, number in turn(load, capacity, weights).points:
        assert 0 <= number <= getattr(weights, what)


@pytest.mark.parametrize(
    ("load", "said"),
    [
        (FRESH, "never asked yet"),
        (Load(rested=6), "not asked for a while"),
        (Load(asked_months_ago=4), "not asked for a while"),
        (Load(asked_months_ago=3), ""),
        (Load(asked_months_ago=0), "asked this month"),
    ],
)
def test_it_says_when_somebody_was_asked(load: Load, said: str) -> None:
    assert turn(load, 3, Weights()).reasons == ("0 of 3 open", *([said] if said else []))


def test_gini_tells_even_from_uneven() -> None:
    assert gini([]) == gini([0, 0]) == 0
    assert gini([2, 2, 2]) == pytest.approx(0)
    assert gini([0, 0, 0, 4]) == pytest.approx(0.75)
    assert gini([1, 3]) == pytest.approx(gini([10, 30])) == pytest.approx(0.25)
