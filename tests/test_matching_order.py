"""The order of the candidates: it is the same for everybody who looks."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.ranking import Ranking, rank
from matching.weights import GRADED, WISHES, Matching, Weights, nearness
from people.supporters import ChecksMail, Load, Supporter, SupporterStatus
from tests.candidates import (
    AMARA,
    BETH,
    FACTS,
    JAMIE,
    MATCHING,
    THOROUGH,
    TODAY,
    case,
    order,
    ranked,
    rosters,
    some_facts,
    some_supporter,
)
from workflow.model import Facts, Wish


@THOROUGH
@given(rosters(), some_facts, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_of_the_roster(
    roster: tuple[list[Supporter], dict[str, Load]], facts: Facts, random: Random
) -> None:
    supporters, loads = roster
    mixed = list(supporters)
    random.shuffle(mixed)
    one, other = (ranked(*both, facts=facts, loads=loads) for both in (mixed, supporters))
    assert (one, one.candidates) == (other, other.candidates)


def best_wish_score(ranking: Ranking) -> float:
    """Return what the one who fits best gets for the wishes alone."""
    wished = (sum(n for what, n in c.points if what in WISHES) for c in ranking.candidates)
    return max(wished, default=0.0)


@THOROUGH
@given(rosters(), some_facts, some_supporter, st.booleans())
def test_one_supporter_more_never_lowers_the_best_wish_score(
    roster: tuple[list[Supporter], dict[str, Load]],
    facts: Facts,
    newcomer: Supporter,
    is_available: bool,
) -> None:
    supporters, loads = roster
    status = SupporterStatus.ACTIVE if is_available else SupporterStatus.PAUSED
    more = replace(newcomer, id="new", email="new@example.org", phone="", status=status)
    for matching in (MATCHING, SAVING_NOBODY):
        before = ranked(*supporters, facts=facts, loads=loads, matching=matching)
        after = ranked(*supporters, more, facts=facts, loads=loads, matching=matching)
        assert best_wish_score(after) >= best_wish_score(before)
        # Somebody more who can be asked makes those like them less rare, and no one else.
        if matching is SAVING_NOBODY or not is_available:
            assert [one for one in order(after) if one != "new"] == order(before)


SAVING_NOBODY = replace(MATCHING, weights=Weights(rare=0))


@THOROUGH
@given(rosters(), some_facts)
def test_fairness_never_beats_a_wish(
    roster: tuple[list[Supporter], dict[str, Load]], facts: Facts
) -> None:
    """Whoever misses the same wishes as somebody else and one more comes after them."""
    supporters, loads = roster
    candidates = rank(case(facts), JAMIE, supporters, loads, Matching(), TODAY).candidates
    for place, later in enumerate(candidates):
        for earlier in candidates[:place]:
            if len(earlier.cautions) == len(later.cautions):
                assert not set(later.unmet) < set(earlier.unmet)


def test_fairness_may_decide_between_degrees_of_nearness() -> None:
    """Just near enough, and busy, comes after a little less near and never used."""
    near: dict[tuple[str, ...], float] = {
        ("nurse", "charge-nurse"): 0.5,
        ("nurse", "physician"): 0.45,
    }
    similar, other = (
        replace(AMARA, role="charge-nurse", capacity=2),
        replace(BETH, role="physician"),
    )
    loads = {similar.id: Load(1, recent=4, rested=0, asked_months_ago=0)}
    asked = case(Facts(role="nurse", wish_role=Wish.SIMILAR))
    matching = Matching(near={"role": nearness(near)})
    found = rank(asked, JAMIE, (similar, other), loads, matching, TODAY)
    assert [one.unmet for one in found.candidates] == [("role",), ()]
    assert order(found) == [other.id, similar.id]


@THOROUGH
@given(rosters(), some_facts, st.sampled_from(GRADED))
def test_a_wish_that_everybody_meets_does_not_change_the_order(
    roster: tuple[list[Supporter], dict[str, Load]], facts: Facts, what: str
) -> None:
    supporters, loads = roster
    theirs: dict[str, Any] = {what: "theirs"}
    # In one unit: a caution for all but those who ask for their own department.
    alike = [replace(s, unit="", **theirs) for s in supporters]
    orders = []
    for own, wish in (
        ("theirs", Wish.SIMILAR),
        ("mine", Wish.DIFFERENT),
        ("mine", Wish.NO_PREFERENCE),
    ):
        wished: dict[str, Any] = {what: own, f"wish_{what}": wish}
        orders.append(order(ranked(*alike, facts=replace(facts, **wished), loads=loads)))
    assert orders[0] == orders[1] == orders[2]


#: How a wish that is no comparison is stated, and how it is not; and how everybody meets it.
STATED: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "language": ({"language": "es"}, {"language": ""}, {"languages": ("es",)}),
    "site": ({"wish_site": "North Campus"}, {"wish_site": ""}, {"site": "North Campus"}),
    "times": ({"wish_times": ("night",)}, {"wish_times": ()}, {"times": ("night",)}),
}


@THOROUGH
@given(rosters(), some_facts, st.sampled_from(sorted(STATED)))
def test_a_language_site_or_time_shared_by_all_does_not_change_the_order(
    roster: tuple[list[Supporter], dict[str, Load]], facts: Facts, what: str
) -> None:
    supporters, loads = roster
    stated, unstated, theirs = STATED[what]
    alike = [replace(s, **theirs) for s in supporters]
    orders = [
        order(ranked(*alike, facts=replace(facts, **wished), loads=loads))
        for wished in (stated, unstated)
    ]
    assert orders[0] == orders[1]


@pytest.mark.parametrize(
    "changed",
    [
        {"role": "physician"},
        {"specialty": "surgery"},
        {"department": "surgery"},
        {"languages": ("es",)},
        {"site": "North Campus"},
        {"times": ("night",)},
        {"capacity": 2},
        {"checks_mail": ChecksMail.WEEKLY},
        {"refresher_due": TODAY - timedelta(days=1)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_candidate_gets_the_same_reasons_alone_and_after_a_similar_one(
    changed: dict[str, Any],
) -> None:
    """Each kind of supporter is measured once: what makes a kind must not be forgotten."""
    facts = replace(FACTS, language="en", wish_site="Main Campus", wish_times=("morning",))
    loads = {id: Load(0, recent=1) for id in ("amara", "beth")}
    amara = replace(AMARA, languages=("en",), site="Main Campus", times=("morning",))
    beth = replace(amara, id="beth", email="beth@example.org", **changed)
    (alone,) = ranked(beth, facts=facts, loads=loads).candidates
    after_amara = ranked(amara, beth, facts=facts, loads=loads).candidates
    assert next(c for c in after_amara if c.supporter == beth) == alone


@THOROUGH
@given(rosters(), some_facts, st.integers(0, 5), st.integers(1, 3))
def test_more_load_never_ranks_higher(
    roster: tuple[list[Supporter], dict[str, Load]], facts: Facts, before: int, more: int
) -> None:
    supporters, loads = roster
    places = [
        order(
            ranked(
                *supporters,
                facts=facts,
                loads=loads | {"s0": loads["s0"]._replace(open_count=count)},
            )
        ).index("s0")
        for count in (before, before + more)
    ]
    assert places[0] <= places[1]


@THOROUGH
@given(rosters(), some_facts)
def test_supporters_with_a_caution_come_after_all_others(
    roster: tuple[list[Supporter], dict[str, Load]], facts: Facts
) -> None:
    supporters, loads = roster
    one_wish = replace(facts, wish_specialty=Wish.NO_PREFERENCE, wish_department=Wish.NO_PREFERENCE)
    cautioned = [
        bool(c.cautions) for c in ranked(*supporters, facts=one_wish, loads=loads).candidates
    ]
    assert cautioned == sorted(cautioned)


def test_ties_are_drawn_by_lot_for_each_request_and_look_the_same_to_everybody() -> None:
    supporters = [replace(AMARA, id=f"s{n}", email=f"s{n}@example.org") for n in range(10)]

    def first_of(reference: str) -> str:
        drawn = case(reference=reference)
        return order(rank(drawn, JAMIE, supporters, {}, MATCHING, TODAY))[0]

    firsts = {first_of(f"PS-{number:05}") for number in range(40)}
    assert len(firsts) > 5
    assert first_of("PS-7K3QF") == first_of("PS-7K3QF")


def test_rounding_errors_do_not_break_a_tie() -> None:
    """To them 2/3 + 1 is more than 1 + 2/3, and whoever has that would win always."""
    supporters = [AMARA, replace(BETH, capacity=6)]
    loads = {"amara": Load(0, recent=2, rested=0), "beth": Load(2, recent=6, rested=0)}

    def first_of(number: int) -> str:
        drawn = case(Facts(), reference=f"PS-{number:05}")
        return order(rank(drawn, JAMIE, supporters, loads, MATCHING, TODAY))[0]

    assert {first_of(number) for number in range(40)} == {"amara", "beth"}


@pytest.mark.parametrize(
    ("wished", "best", "words"),
    [
        (Wish.SIMILAR, ["nurse", "charge-nurse", "physician"], "same role, as asked"),
        (Wish.DIFFERENT, ["physician", "charge-nurse", "nurse"], "other role, as asked"),
    ],
)
def test_the_same_role_comes_before_a_similar_one_and_that_before_another(
    wished: Wish, best: list[str], words: str
) -> None:
    supporters = [replace(AMARA, id=role, role=role, email=f"{role}@example.org") for role in best]
    facts = Facts(role="nurse", wish_role=wished)
    ranking = ranked(*reversed(supporters), facts=facts)
    assert order(ranking) == best
    assert ranking.candidates[0].reasons[0] == words


@pytest.mark.parametrize("wished", [Wish.SIMILAR, Wish.DIFFERENT])
def test_a_missing_fact_is_mentioned_and_decides_nothing(wished: Wish) -> None:
    facts = Facts(wish_specialty=wished)
    ranking = ranked(AMARA, replace(BETH, specialty=""), facts=facts)
    assert {c.reasons[0] for c in ranking.candidates} == {"specialty not stated"}
    assert len({c.score for c in ranking.candidates}) == 1


def test_the_score_is_the_sum_of_what_is_shown() -> None:
    (candidate,) = ranked(AMARA, loads={"amara": Load(1, recent=1, rested=2)}).candidates
    assert dict(candidate.points) == {
        "role": 10,
        "specialty": 10,
        "department": 0,
        "room": 0,
        "recent": 1,
        "rest": 0.5,
        "never": 0,
        "rare": 0,
        "cautions": -100,
    }
    assert candidate.score == -78.5


def test_two_reasons_not_to_ask_somebody_weigh_more_than_one() -> None:
    lapsed = replace(AMARA, refresher_due=TODAY - timedelta(days=1))
    full = replace(BETH, role="physician", specialty="surgery", department="surgery")
    loads = {"amara": Load(1), "beth": Load(1)}
    assert order(ranked(lapsed, full, loads=loads)) == ["beth", "amara"]
    candidates = ranked(lapsed, full, loads=loads).candidates
    assert [dict(c.points)["cautions"] for c in candidates] == [-100, -200]
