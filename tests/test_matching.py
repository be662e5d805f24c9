"""Who can be proposed, in which order, and why: the same for everybody who looks."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.ranking import Ranking, rank
from matching.weights import GRADED, WISHES, Matching, nearness
from people.records import Identity
from people.supporters import ChecksMail, Load, Supporter, SupporterStatus
from tests.examples import TIMES
from workflow.model import Case, Facts, Offer, OfferState, State, Wish

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TODAY = NOW.date()
#: What must always hold is tried often enough to meet two or three rare things at once.
THOROUGH = settings(max_examples=100 * TIMES)
ROLES = ("nurse", "charge-nurse", "physician", "resident")
NEAR: dict[tuple[str, ...], float] = {
    ("nurse", "charge-nurse"): 0.6,
    ("physician", "resident"): 0.8,
}
MATCHING = Matching(near={"role": nearness(NEAR)})
JAMIE = Identity(
    name="Jamie Quill",
    email="Jamie.Quill@example.org",
    phone="860-555-0199",
    unit="Night float, Trauma Bay",
    not_wanted_ids=("not-wanted",),
)
AMARA = Supporter(
    id="amara",
    name="Amara Cole",
    email="amara.cole@example.org",
    role="nurse",
    department="emergency",
    phone="860-555-0110",
    specialty="critical-care",
    trained_on=date(2025, 10, 14),
)
BETH = replace(AMARA, id="beth", name="Beth Lindgren", email="beth@example.org", phone="")
FACTS = Facts(
    department="emergency",
    role="nurse",
    specialty="critical-care",
    wish_role=Wish.SIMILAR,
    wish_specialty=Wish.SIMILAR,
    wish_department=Wish.DIFFERENT,
)


def case(facts: Facts = FACTS, *offers: Offer, reference: str = "PS-7K3QF") -> Case:
    return Case(reference, State.IN_REVIEW, 1, NOW, NOW, facts, offers=offers)


def ranked(
    *supporters: Supporter,
    facts: Facts = FACTS,
    identity: Identity | None = JAMIE,
    loads: dict[str, Load] | None = None,
    offers: tuple[Offer, ...] = (),
) -> Ranking:
    return rank(case(facts, *offers), identity, supporters, loads or {}, MATCHING, TODAY)


def order(ranking: Ranking) -> list[str]:
    return [candidate.supporter.id for candidate in ranking.candidates]


# Who is impossible

EXCLUDED = {
    "is paused": {"status": SupporterStatus.PAUSED},
    "is inactive": {"status": SupporterStatus.INACTIVE},
    "was never trained": {"trained_on": None},
    "is trained tomorrow": {"trained_on": TODAY + timedelta(days=1)},
    "is the requester, by e-mail": {"email": "jamie.quill@example.org"},
    "is the requester, by e-mail in capitals": {"email": "JAMIE.QUILL@EXAMPLE.ORG"},
    "is the requester, by the other e-mail": {"notify_email": "jamie.quill@EXAMPLE.org"},
    "is the requester, by phone": {"phone": "(860) 555 0199"},
    "is the requester, by phone with country code": {"phone": "+1 860 555-0199"},
    "is the requester, by phone with extension": {"phone": "860-555-0199 x12"},
    "is not wanted": {"id": "not-wanted"},
    "supervises the unit": {"supervises": ("Cardiology", "TRAUMA BAY")},
}


@pytest.mark.parametrize("changed", EXCLUDED.values(), ids=EXCLUDED)
def test_it_never_proposes_somebody_who(changed: dict[str, object]) -> None:
    somebody = replace(BETH, **changed)  # type: ignore[arg-type]
    ranking = ranked(AMARA, somebody)
    assert order(ranking) == ["amara"]
    assert ranking.choosable == {"amara"}
    assert ranking.excluded_by_wish + ranking.unavailable == 1


def test_it_counts_who_is_left_out_by_wish_without_saying_who() -> None:
    ranking = ranked(
        AMARA, replace(BETH, id="not-wanted"), replace(BETH, status=SupporterStatus.PAUSED)
    )
    assert (ranking.excluded_by_wish, ranking.unavailable) == (1, 1)


def test_who_was_trained_today_may_be_asked() -> None:
    assert order(ranked(replace(AMARA, trained_on=TODAY))) == ["amara"]


def test_without_an_identity_only_standing_and_training_exclude() -> None:
    supporters = [replace(AMARA, supervises=("Trauma Bay",)), replace(BETH, trained_on=None)]
    assert order(ranked(*supporters, identity=None)) == ["amara"]


IMPOSSIBLE = st.sampled_from([*EXCLUDED.values(), {}, {}, {}])


def numbered(number: int, changed: dict[str, object]) -> Supporter:
    own = {
        "id": f"supporter-{number}",
        "email": f"supporter-{number}@example.org",
        "phone": f"860-555-1{number:03}",
    }
    return replace(AMARA, **(own | changed))  # type: ignore[arg-type]


@THOROUGH
@given(st.lists(IMPOSSIBLE, max_size=8))
def test_nobody_impossible_is_ever_among_the_candidates(kinds: list[dict[str, object]]) -> None:
    supporters = [numbered(number, changed) for number, changed in enumerate(kinds)]
    possible = {s.id for s, changed in zip(supporters, kinds, strict=True) if not changed}
    ranking = ranked(*supporters)
    assert ranking.choosable == possible
    assert ranking.excluded_by_wish + ranking.unavailable == len(kinds) - len(possible)


@THOROUGH
@given(IMPOSSIBLE.filter(bool), IMPOSSIBLE.filter(bool))
def test_who_is_not_available_reads_the_same_whatever_the_reason(
    one: dict[str, object], other: dict[str, object]
) -> None:
    """All that can be seen is a count; only the requester's own wish is counted apart."""
    rankings = [ranked(AMARA, numbered(1, changed)) for changed in (one, other)]
    is_wish = [changed.get("id") == "not-wanted" for changed in (one, other)]
    assert (repr(rankings[0]) == repr(rankings[1])) is (is_wish[0] == is_wish[1])


# The order

some_supporter = st.builds(
    lambda **changed: replace(AMARA, **changed),
    role=st.sampled_from(ROLES),
    department=st.sampled_from(["emergency", "surgery"]),
    specialty=st.sampled_from(["critical-care", "surgery", ""]),
    capacity=st.integers(1, 4),
    unit=st.sampled_from(["Trauma Bay", ""]),
    refresher_due=st.sampled_from([None, TODAY - timedelta(days=1), TODAY]),
    languages=st.sampled_from([(), ("en",), ("es",)]),
    site=st.sampled_from(["North Campus", "Main Campus"]),
    times=st.sampled_from([(), ("morning",), ("evening", "night")]),
    checks_mail=st.sampled_from(list(ChecksMail)),
)
wish = st.sampled_from(list(Wish))
some_facts = st.builds(
    Facts,
    department=st.sampled_from(["emergency", "surgery", ""]),
    role=st.sampled_from([*ROLES, ""]),
    specialty=st.sampled_from(["critical-care", "surgery", ""]),
    wish_role=wish,
    wish_specialty=wish,
    wish_department=wish,
    language=st.sampled_from(["en", "es-mx", ""]),
    wish_site=st.sampled_from(["North Campus", ""]),
    wish_times=st.sampled_from([(), ("night",), ("morning", "evening")]),
)


some_load = st.builds(
    Load,
    open_count=st.integers(0, 5),
    recent=st.integers(0, 9),
    rested=st.sampled_from([None, 0, 1, 2, 3, 4, 9]),
    asked_months_ago=st.sampled_from([None, 0, 1, 12]),
)


@st.composite
def rosters(draw: st.DrawFn) -> tuple[list[Supporter], dict[str, Load]]:
    drawn = draw(st.lists(some_supporter, min_size=1, max_size=8))
    roster = [
        replace(s, id=f"s{number}", email=f"s{number}@example.org", phone="")
        for number, s in enumerate(drawn)
    ]
    return roster, {s.id: draw(some_load) for s in roster}


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
    before = ranked(*supporters, facts=facts, loads=loads)
    after = ranked(*supporters, more, facts=facts, loads=loads)
    assert best_wish_score(after) >= best_wish_score(before)
    assert [one for one in order(after) if one != "new"] == order(before)


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
def test_a_wish_that_everybody_meets_changes_nothing_about_the_order(
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
def test_what_everybody_speaks_or_offers_changes_nothing_about_the_order(
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
def test_what_is_said_of_somebody_is_not_said_of_who_is_nearly_like_them(
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
def test_whoever_there_is_reason_not_to_ask_comes_after_all_others(
    roster: tuple[list[Supporter], dict[str, Load]], facts: Facts
) -> None:
    supporters, loads = roster
    one_wish = replace(facts, wish_specialty=Wish.NO_PREFERENCE, wish_department=Wish.NO_PREFERENCE)
    cautioned = [
        bool(c.cautions) for c in ranked(*supporters, facts=one_wish, loads=loads).candidates
    ]
    assert cautioned == sorted(cautioned)


def test_equals_are_drawn_anew_for_each_request_and_alike_for_everybody_who_looks() -> None:
    supporters = [replace(AMARA, id=f"s{n}", email=f"s{n}@example.org") for n in range(10)]

    def first_of(reference: str) -> str:
        drawn = case(reference=reference)
        return order(rank(drawn, JAMIE, supporters, {}, MATCHING, TODAY))[0]

    firsts = {first_of(f"PS-{number:05}") for number in range(40)}
    assert len(firsts) > 5
    assert first_of("PS-7K3QF") == first_of("PS-7K3QF")


def test_what_is_equal_on_paper_is_drawn_whatever_computers_make_of_its_sum() -> None:
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
def test_what_was_not_stated_is_said_and_decides_nothing(wished: Wish) -> None:
    facts = Facts(wish_specialty=wished)
    ranking = ranked(AMARA, replace(BETH, specialty=""), facts=facts)
    assert {c.reasons[0] for c in ranking.candidates} == {"specialty not stated"}
    assert len({c.score for c in ranking.candidates}) == 1


# Reasons


@THOROUGH
@given(rosters(), some_facts)
def test_reasons_are_words(roster: tuple[list[Supporter], dict[str, Load]], facts: Facts) -> None:
    supporters, loads = roster
    for candidate in ranked(*supporters, facts=facts, loads=loads).candidates:
        assert candidate.reasons
        for words in (*candidate.reasons, *candidate.cautions):
            assert re.fullmatch(r"[a-z0-9][a-z0-9, ]+[a-z]", words)


def test_reasons_say_what_was_asked_and_how_much_room_there_is() -> None:
    ranking = ranked(replace(AMARA, capacity=2), loads={"amara": Load(1)})
    assert ranking.candidates[0].reasons == (
        "same role, as asked",
        "same specialty, as asked",
        "same department, not as asked",
        "1 of 2 open",
        "never asked yet",
        "reads mail daily",
    )


@pytest.mark.parametrize(
    ("form", "spoken", "is_warned"),
    [
        ("es-mx", ("en", "es"), False),
        ("pt", ("pt-br",), False),
        ("es", ("en",), True),
        ("de", (), False),
        ("en", ("es",), True),
        ("", ("es",), False),
        ("haw", ("ha",), True),
    ],
)
def test_it_says_who_does_not_speak_the_language_of_the_form(
    form: str, spoken: tuple[str, ...], is_warned: bool
) -> None:
    ranking = ranked(replace(AMARA, languages=spoken), facts=replace(FACTS, language=form))
    warning = "does not speak the language of the form"
    assert (warning in ranking.candidates[0].reasons) is is_warned


CAUTIONED: dict[str, tuple[dict[str, object], Load]] = {
    "has as many requests as they can take": ({}, Load(1)),
    "refresher training is overdue": ({"refresher_due": TODAY - timedelta(days=1)}, Load()),
    "close to them at work": ({"unit": "Trauma Bay"}, Load()),
}


@pytest.mark.parametrize(("changed", "load"), CAUTIONED.values(), ids=CAUTIONED)
def test_it_warns_of_somebody_who(
    changed: dict[str, object], load: Load, request: pytest.FixtureRequest
) -> None:
    somebody = replace(AMARA, **changed)  # type: ignore[arg-type]
    candidate = ranked(somebody, loads={"amara": load}).candidates[0]
    assert candidate.cautions == (request.node.callspec.id,)
    assert ranked(AMARA).candidates[0].cautions == ()


def test_a_refresher_that_is_due_today_is_not_overdue() -> None:
    assert ranked(replace(AMARA, refresher_due=TODAY)).candidates[0].cautions == ()


# What to give up


def test_nothing_is_to_be_given_up_while_two_meet_every_wish() -> None:
    others = [replace(AMARA, id=f"s{n}", email=f"s{n}@example.org", role="physician") for n in "12"]
    facts = replace(FACTS, wish_department=Wish.SIMILAR)
    assert ranked(AMARA, BETH, *others, facts=facts).to_relax == ()


def test_it_says_which_wish_to_give_up_to_get_how_many_more() -> None:
    surgery: dict[str, Any] = {"department": "surgery", "email": ""}
    ranking = ranked(
        replace(AMARA, **surgery),
        *(replace(AMARA, id=f"same{n}") for n in range(3)),
        *(replace(BETH, id=f"role{n}", role="physician", **surgery) for n in range(2)),
        replace(BETH, id="busy", **surgery),
        replace(BETH, id="both", role="physician"),
        loads={"busy": Load(1)},
    )
    assert ranking.to_relax == (
        "Without the wish for another department: 3 more",
        "Without the wish for a similar role: 2 more (Beth Lindgren and Beth Lindgren)",
        "In spite of “has as many requests as they can take”: 1 more (Beth Lindgren)",
    )


def test_two_wishes_at_once_are_named_only_when_one_does_not_help() -> None:
    facts = replace(FACTS, wish_role=Wish.DIFFERENT, wish_specialty=Wish.NO_PREFERENCE)
    assert ranked(AMARA, BETH, replace(BETH, id="kim"), facts=facts).to_relax == (
        "Without the wish for a different role and another department: 3 more",
    )


def test_what_only_some_forms_ask_can_be_given_up_too() -> None:
    facts = Facts(language="es", wish_site="Main Campus", wish_times=("night",))
    kim = replace(AMARA, languages=("en",), site="North Campus", times=("morning",))
    assert ranked(kim, facts=facts).to_relax == (
        "Without the wish for the form’s language and the same site and their time of the day:"
        " 1 more (Amara Cole)",
    )


def test_it_names_the_four_that_help_most() -> None:
    """More would be read by nobody."""
    away = {"department": "surgery"}
    obstacles: dict[str, dict[str, Any]] = {
        "full": away,
        "lapsed": away | {"refresher_due": TODAY - timedelta(days=1)},
        "role": away | {"role": "physician"},
        "specialty": away | {"specialty": "surgery"},
        "department": {},
    }
    supporters = [
        replace(BETH, id=f"{kind}-{number}", **changed)
        for count, (kind, changed) in enumerate(obstacles.items(), start=1)
        for number in range(count)
    ]
    said = ranked(*supporters, loads={"full-0": Load(1)}).to_relax
    assert [sentence.partition(": ")[2].partition(" (")[0] for sentence in said] == [
        "5 more",
        "4 more",
        "3 more",
        "2 more",
    ]


def test_with_nobody_at_all_there_is_nothing_to_give_up() -> None:
    assert ranked().to_relax == ranked(replace(AMARA, status=SupporterStatus.PAUSED)).to_relax == ()


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


# What was asked before


@pytest.mark.parametrize(
    ("offers", "was_asked"),
    [
        ((Offer(1, "amara", OfferState.OPEN),), True),
        ((Offer(1, "amara", OfferState.DECLINED, NOW),), True),
        ((Offer(1, "amara", OfferState.LAPSED, NOW),), False),
        ((Offer(1, "amara", OfferState.WITHDRAWN, NOW),), True),
        ((Offer(1, "amara", OfferState.STANDING_BY),), False),
        ((Offer(1, "amara", OfferState.ENDED),), False),
        ((Offer(1, "beth", OfferState.DECLINED, NOW),), False),
    ],
)
def test_it_warns_of_who_was_asked_but_not_of_a_stand_in_whose_turn_never_came(
    offers: tuple[Offer, ...], was_asked: bool
) -> None:
    cautions = ranked(AMARA, offers=offers).candidates[0].cautions
    assert cautions == (("was asked for this request before",) if was_asked else ())


def test_a_silence_counts_against_nobody_and_is_told() -> None:
    lapsed = Offer(1, "amara", OfferState.LAPSED, NOW)
    [before], [after] = (ranked(AMARA, offers=offers).candidates for offers in ((), (lapsed,)))
    assert after.score == before.score
    assert after.reasons == (*before.reasons, "was asked for this request, and has not answered")


def test_who_supported_the_person_until_they_asked_for_somebody_else_is_not_first() -> None:
    ended = Offer(1, "amara", OfferState.ENDED, sent_at=NOW)
    ranking = ranked(AMARA, replace(BETH, role="physician", specialty=""), offers=(ended,))
    assert order(ranking) == ["beth", "amara"]


def test_a_no_is_not_forgotten_when_the_same_colleague_stands_by_later() -> None:
    offers = (
        Offer(1, "amara", OfferState.DECLINED, NOW),
        Offer(2, "beth", OfferState.LAPSED, NOW),
        Offer(3, "amara", OfferState.ENDED),
    )
    assert ranked(AMARA, offers=offers).candidates[0].cautions
