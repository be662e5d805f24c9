"""Several absences of one person: what a new word says of those that are known."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from people.absences import Absence, merged, with_declared

TODAY = date(2026, 11, 23)
days = st.integers(0, 12).map(lambda ahead: TODAY + timedelta(days=ahead))
words = st.builds(
    lambda first, length: Absence(first, None if length is None else first + timedelta(length)),
    days,
    st.none() | st.integers(0, 6),
)


@given(st.lists(words, max_size=8))
def test_whatever_somebody_says_no_two_absences_begin_on_one_day(said: list[Absence]) -> None:
    known: list[Absence] = []
    for word in said:
        known = with_declared(known, word, TODAY)
        assert len({one.first for one in known}) == len(known)
        assert any(one.covers(word.first) for one in known), "the newest word counts"


@given(st.lists(words, max_size=8), st.integers(-2, 40))
def test_merged_absences_cover_the_same_days_and_leave_a_day_between(
    said: list[Absence], ahead: int
) -> None:
    day, found = TODAY + timedelta(days=ahead), merged(said)
    assert any(one.covers(day) for one in said) == any(one.covers(day) for one in found)
    for one, after in pairwise(found):
        assert one.last is not None
        assert one.last + timedelta(days=1) < after.first
