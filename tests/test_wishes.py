"""How far a supporter is what was wished for, in points and in words."""

from dataclasses import replace

import pytest

from matching.weights import Matching, Weights, nearness
from matching.wishes import Fit, Wishes
from people.supporters import Supporter
from workflow.model import Facts, Wish

NEAR = {
    "role": nearness({("nurse-practitioner", "physician-assistant"): 0.8}),
    "specialty": nearness({("hospital-medicine", "emergency-medicine"): 0.6}),
}
MATCHING = Matching(near=NEAR)
KIM = Supporter(
    id="kim",
    name="Kim",
    email="kim@example.org",
    role="physician-assistant",
    department="surgery",
    specialty="hospital-medicine",
    site="North Campus",
    languages=("en", "es"),
    times=("evening", "night"),
)


def fit(supporter: Supporter, facts: Facts, matching: Matching) -> Fit:
    return Wishes(facts, matching).fit(supporter)


@pytest.mark.parametrize(
    ("facts", "words", "points", "is_met"),
    [
        (
            Facts(role="physician-assistant", wish_role=Wish.SIMILAR),
            "same role, as asked",
            10,
            True,
        ),
        (
            Facts(role="nurse-practitioner", wish_role=Wish.SIMILAR),
            "similar role, as asked",
            8,
            True,
        ),
        (Facts(role="pharmacist", wish_role=Wish.SIMILAR), "other role, not as asked", 0, False),
        (Facts(role="pharmacist", wish_role=Wish.DIFFERENT), "other role, as asked", 10, True),
        (
            Facts(role="nurse-practitioner", wish_role=Wish.DIFFERENT),
            "similar role, not as asked",
            2,
            False,
        ),
        (
            Facts(specialty="emergency-medicine", wish_specialty=Wish.SIMILAR),
            "similar specialty, as asked",
            6,
            True,
        ),
        (
            Facts(department="obstetrics", wish_department=Wish.DIFFERENT),
            "other department, as asked",
            10,
            True,
        ),
        (Facts(language="es-mx"), "speaks the form's language", 50, True),
        (Facts(language="en-gb"), None, 0, True),
        (Facts(language="pt"), "doesn't speak the form's language", 0, False),
        (Facts(wish_site="north campus"), "at the site, as asked", 6, True),
        (Facts(wish_site="Main Campus"), "at another site", 0, False),
        (Facts(wish_times=("morning", "night")), "has time when asked", 6, True),
        (Facts(wish_times=("morning",)), "has time at other hours", 0, False),
    ],
)
def test_a_wish_is_met_as_far_as(facts: Facts, words: str, points: float, is_met: bool) -> None:
    found = fit(KIM, facts, MATCHING)
    assert found.reasons == ((words,) if words else ())
    assert sum(number for _, number in found.points) == pytest.approx(points)
    assert (found.unmet == ()) is is_met


UNKNOWN = "role not on the list, may be any"


@pytest.mark.parametrize(
    ("own", "theirs", "wish", "words"),
    [
        ("other", "other", Wish.SIMILAR, UNKNOWN),
        ("other", "other", Wish.DIFFERENT, UNKNOWN),
        ("other", "nurse", Wish.SIMILAR, "other role, not as asked"),
        ("other", "nurse", Wish.DIFFERENT, "other role, as asked"),
        ("nurse", "other", Wish.SIMILAR, "other role, not as asked"),
        ("nurse", "other", Wish.DIFFERENT, "other role, as asked"),
    ],
)
def test_two_who_are_not_on_the_list_are_neither_alike_nor_different(
    own: str, theirs: str, wish: Wish, words: str
) -> None:
    matching = Matching(catch_all={"role": {"other"}})
    found = fit(replace(KIM, role=theirs), Facts(role=own, wish_role=wish), matching)
    is_met = words.endswith("role, as asked")
    assert found.reasons == (words,)
    assert (found.points, found.unmet) == (
        (("role", 10.0 if is_met else 0.0),),
        () if is_met else ("role",),
    )


@pytest.mark.parametrize(
    ("near", "wish", "words"),
    [
        (0.95, Wish.SIMILAR, "similar role, as asked"),
        (0.5, Wish.SIMILAR, "similar role, as asked"),
        (0.5, Wish.DIFFERENT, "similar role, not as asked"),
        (0.49, Wish.SIMILAR, "other role, not as asked"),
        (0.49, Wish.DIFFERENT, "other role, as asked"),
    ],
)
def test_from_half_as_near_on_it_counts_as_similar(near: float, wish: Wish, words: str) -> None:
    """What counts as similar is not different as well, in words and in what is unmet."""
    pair = ("nurse-practitioner", "physician-assistant")
    matching = Matching(near={"role": nearness({pair: near})})
    found = fit(KIM, Facts(role="nurse-practitioner", wish_role=wish), matching)
    assert found.reasons == (words,)
    assert found.unmet == (("role",) if "not as asked" in words else ())


def test_what_nobody_stated_or_asked_for_counts_nothing() -> None:
    assert fit(KIM, Facts(role="nurse"), MATCHING).points == ()


def test_a_wish_that_compares_with_nothing_counts_nothing_and_is_missed_by_nobody() -> None:
    found = fit(KIM, Facts(wish_department=Wish.DIFFERENT), MATCHING)
    assert (found.points, found.unmet) == ((("department", 0.0),), ())
    assert found.reasons == ("department not stated",)


def test_who_says_nothing_about_their_time_has_time() -> None:
    found = fit(replace(KIM, times=()), Facts(wish_times=("morning",)), MATCHING)
    assert found.unmet == ()


def test_a_supporter_without_a_specialty_meets_no_wish_about_it() -> None:
    facts = Facts(specialty="critical-care", wish_specialty=Wish.DIFFERENT)
    found = fit(replace(KIM, specialty=""), facts, MATCHING)
    assert (found.unmet, found.reasons) == (("specialty",), ("specialty not stated",))


def test_a_wish_counts_as_much_as_the_admins_say() -> None:
    matching = Matching(Weights(role=3), NEAR)
    facts = Facts(role="physician-assistant", wish_role=Wish.SIMILAR)
    assert fit(KIM, facts, matching).points == (("role", 3),)


def test_without_a_table_only_the_same_is_similar() -> None:
    facts = Facts(role="nurse-practitioner", wish_role=Wish.SIMILAR)
    assert fit(KIM, facts, Matching()).unmet == ("role",)


def test_the_nearer_counts_where_groups_overlap() -> None:
    assert nearness({("a", "b", "c"): 0.5, ("b", "a"): 0.9, ("c", "a"): 0.2}) == {
        ("a", "b"): 0.9,
        ("b", "a"): 0.9,
        ("a", "c"): 0.5,
        ("c", "a"): 0.5,
        ("b", "c"): 0.5,
        ("c", "b"): 0.5,
    }
