"""What hides small numbers: whoever knows the rule, and all that is shown, computes nobody."""

import random
from collections import defaultdict
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.statistics.hiding import may_show_sum, shown_parts
from lib.statistics.spans import HOURS, LONGER, quantile

#: A whole in its parts.
Whole = tuple[int, ...]
#: Its sum, and its parts as far as they are shown.
Print = tuple[int, tuple[int | None, ...]]
bounds = st.integers(5, 20)
wholes = st.lists(st.integers(0, 40), min_size=1, max_size=9).map(tuple)


def printed(whole: Whole, bound: int) -> Print | None:
    """Return what a report shows of a whole and its parts; None if it is too small."""
    if sum(whole) < bound:
        return None
    shown = shown_parts({f"{place}": number for place, number in enumerate(whole)}, bound)
    return sum(whole), tuple(n if f"{place}" in shown else None for place, n in enumerate(whole))


def splits(total: int, parts: int) -> Iterator[Whole]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        yield from ((first, *rest) for rest in splits(total - first, parts - 1))


@pytest.mark.parametrize(
    ("parts", "bound", "largest"), [(2, 6, 40), (3, 5, 30), (4, 4, 22), (5, 3, 14), (6, 3, 11)]
)
def test_who_knows_the_rule_and_tries_everything_computes_no_small_number(
    parts: int, bound: int, largest: int
) -> None:
    for total in range(bound, largest + 1):
        same = defaultdict[Print | None, list[Whole]](list)
        for whole in splits(total, parts):
            same[printed(whole, bound)].append(whole)
        for report, possible in same.items():
            assert report is not None
            for place, shown in enumerate(report[1]):
                fits = {whole[place] for whole in possible}
                if shown is None and min(fits) < bound:
                    assert len(fits) > 1, (report, place)
                    assert max(fits) >= bound - 1, (report, place)


@given(wholes, bounds)
def test_nothing_small_is_shown_or_left_over(whole: Whole, bound: int) -> None:
    report = printed(whole, bound)
    if report is None:
        return
    total, parts = report
    assert [part for part in parts if part is not None and part < bound] == []
    left = [number for number, part in zip(whole, parts, strict=True) if part is None]
    if left:
        assert total - sum(part for part in parts if part is not None) >= bound
        assert len([number for number in left if number]) != 1 or max(left) >= bound


@given(wholes, bounds)
def test_everything_is_shown_where_nothing_is_small(whole: Whole, bound: int) -> None:
    large = tuple(number + bound for number in whole)
    assert printed(large, bound) == (sum(large), large)


@given(wholes, bounds, st.randoms())
def test_hidden_numbers_may_change_places_without_a_trace(
    whole: Whole, bound: int, chance: random.Random
) -> None:
    report = printed(whole, bound)
    hidden = [place for place, part in enumerate(report[1]) if part is None] if report else []
    moved, order = list(whole), hidden[:]
    chance.shuffle(order)
    for place, other in zip(hidden, order, strict=True):
        moved[place] = whole[other]
    assert printed(tuple(moved), bound) == report


@given(st.lists(st.integers(0, 40), min_size=1, max_size=4), bounds)
def test_a_year_tells_no_more_of_a_hidden_quarter_than_that_it_is_small(
    quarters: list[int], bound: int
) -> None:
    hidden = [number for number in quarters if number < bound]
    if not may_show_sum(sum(quarters), hidden, bound):
        return
    rest, most = sum(hidden), bound - 1
    for _ in hidden:
        assert rest - most * (len(hidden) - 1) <= 0, "it may be 0"
        assert rest >= most, "it may be the largest small number"


@given(
    st.dictionaries(st.sampled_from([*map(str, HOURS), LONGER]), st.integers(1, 50), min_size=1),
    st.sampled_from([0.5, 0.9]),
)
def test_a_share_of_all_spans_ends_within_its_bucket_and_not_within_the_one_before(
    histogram: dict[str, int], share: float
) -> None:
    names = [*map(str, HOURS), LONGER]
    place, total = names.index(quantile(histogram, share)), sum(histogram.values())
    within = [sum(histogram.get(name, 0) for name in names[:end]) for end in (place, place + 1)]
    assert within[0] < share * total <= within[1]
