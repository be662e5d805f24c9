"""Rare supporters are saved for those who ask for one, the more the fuller the roster is."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from matching.fairness import turn
from matching.ranking import Ranking, rank
from matching.saving import FEW, saving
from matching.weights import Matching, Weights
from people.records import Identity
from people.supporters import Load, Supporter
from tests.candidates import AMARA, MATCHING, TODAY, case, order
from workflow.model import Facts, Wish

NURSES = [replace(AMARA, id=f"nurse-{n}", capacity=2) for n in range(6)]
PHYSICIAN = replace(AMARA, id="physician", role="physician", capacity=2)
ROSTER = [*NURSES, PHYSICIAN]
#: Whoever has supported somebody lately comes after who has not.
USED = Load(recent=1, rested=0)
HALF_FULL = {one.id: USED._replace(open_count=1) for one in NURSES} | {"physician": Load()}
EMPTY = {one.id: USED for one in NURSES} | {"physician": Load()}


def ranked(
    loads: dict[str, Load], facts: Facts | None = None, identity: Identity | None = None
) -> Ranking:
    return rank(case(facts or Facts()), identity, ROSTER, loads, MATCHING, TODAY)


def test_one_of_few_is_saved_while_others_have_a_place_too() -> None:
    assert order(ranked(EMPTY))[0] == "physician", "whose turn it is"
    loads = HALF_FULL | {"nurse-0": USED, "physician": USED}
    found = ranked(loads)
    assert order(found)[0] == "nurse-0"
    physician = next(c for c in found.candidates if c.supporter.id == "physician")
    assert FEW in physician.reasons
    assert dict(physician.points)["rare"] < 0


def test_whoever_asks_for_one_gets_one() -> None:
    facts = Facts(role="physician", wish_role=Wish.SIMILAR)
    first = ranked(HALF_FULL | {"physician": USED}, facts).candidates[0]
    assert first.supporter.id == "physician"
    assert FEW not in first.reasons


def test_saving_can_be_turned_off() -> None:
    matching = Matching(Weights(rare=0))
    found = rank(case(Facts()), None, ROSTER, HALF_FULL, matching, TODAY)
    assert {dict(c.points)["rare"] for c in found.candidates} == {0}


def test_whom_somebody_does_not_want_changes_nothing_in_the_order_of_the_others() -> None:
    """Else two requests alike would show by their order that somebody is left out."""
    unwanted = Identity(not_wanted_ids=("physician",))
    loads = HALF_FULL | {"nurse-0": USED}
    others = [id for id in order(ranked(loads)) if id != "physician"]
    assert order(ranked(loads, identity=unwanted)) == others


def test_a_no_and_silence_cost_nothing_for_others() -> None:
    """All that either leaves behind is the month of the question."""
    asked = {id: load._replace(asked_months_ago=0) for id, load in HALF_FULL.items()}
    assert [c.score for c in ranked(asked).candidates] == [
        c.score for c in ranked(HALF_FULL).candidates
    ]


some_loads = st.builds(Load, st.integers(0, 3), st.integers(0, 9), st.none() | st.integers(0, 9))


@given(st.lists(some_loads, min_size=7, max_size=7), st.sampled_from(ROSTER))
def test_it_never_makes_out_as_much_as_a_wish(loads: list[Load], one: Supporter) -> None:
    known = {each.id: load for each, load in zip(ROSTER, loads, strict=True)}
    share = saving(ROSTER, known, TODAY, weight=9).share(one, known[one.id])
    assert 0 <= share <= 1
    left = (1 - share) * turn(known[one.id], one.capacity, Weights()).total
    assert 0 <= left <= Weights().fairness < Weights().smallest_wish
