"""Who can be proposed and why, with cautions and with wishes to give up."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.supporters import Load, Supporter, SupporterStatus
from tests.candidates import (
    AMARA,
    BETH,
    FACTS,
    NOW,
    THOROUGH,
    TODAY,
    order,
    ranked,
    rosters,
    some_facts,
)
from workflow.model import Facts, Offer, OfferState, Wish

# Who is never proposed

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


def test_it_counts_people_excluded_by_wish_without_naming_them() -> None:
    ranking = ranked(
        AMARA, replace(BETH, id="not-wanted"), replace(BETH, status=SupporterStatus.PAUSED)
    )
    assert (ranking.excluded_by_wish, ranking.unavailable) == (1, 1)


def test_a_supporter_trained_today_may_be_asked() -> None:
    assert order(ranked(replace(AMARA, trained_on=TODAY))) == ["amara"]


def test_without_an_identity_only_status_and_training_exclude() -> None:
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
def test_an_excluded_supporter_is_never_a_candidate(kinds: list[dict[str, object]]) -> None:
    supporters = [numbered(number, changed) for number, changed in enumerate(kinds)]
    possible = {s.id for s, changed in zip(supporters, kinds, strict=True) if not changed}
    ranking = ranked(*supporters)
    assert ranking.choosable == possible
    assert ranking.excluded_by_wish + ranking.unavailable == len(kinds) - len(possible)


@THOROUGH
@given(IMPOSSIBLE.filter(bool), IMPOSSIBLE.filter(bool))
def test_unavailable_supporters_look_the_same_for_any_reason(
    one: dict[str, object], other: dict[str, object]
) -> None:
    """All that can be seen is a count; only the requester's own wish is counted apart."""
    rankings = [ranked(AMARA, numbered(1, changed)) for changed in (one, other)]
    is_wish = [changed.get("id") == "not-wanted" for changed in (one, other)]
    assert (repr(rankings[0]) == repr(rankings[1])) is (is_wish[0] == is_wish[1])


# Reasons


@THOROUGH
@given(rosters(), some_facts)
def test_reasons_are_words(roster: tuple[list[Supporter], dict[str, Load]], facts: Facts) -> None:
    supporters, loads = roster
    for candidate in ranked(*supporters, facts=facts, loads=loads).candidates:
        assert candidate.reasons
        for words in (*candidate.reasons, *candidate.cautions):
            assert re.fullmatch(r"[a-z0-9][a-z0-9', ]+[a-z]", words)


def test_reasons_name_the_wishes_met_and_the_free_capacity() -> None:
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
        ("de", (), True),  # What is not stated is what everybody speaks.
        ("en", (), False),
        ("en-gb", ("es",), False),
        ("", ("es",), False),
        ("haw", ("ha",), True),
    ],
)
def test_it_says_when_a_supporter_does_not_speak_the_language_of_the_form(
    form: str, spoken: tuple[str, ...], is_warned: bool
) -> None:
    ranking = ranked(replace(AMARA, languages=spoken), facts=replace(FACTS, language=form))
    warning = "doesn't speak the form's language"
    assert (warning in ranking.candidates[0].reasons) is is_warned


CAUTIONED: dict[str, tuple[dict[str, object], Load]] = {
    "has as many requests as they can take": ({}, Load(1)),
    "refresher training is overdue": ({"refresher_due": TODAY - timedelta(days=1)}, Load()),
    "close to them at work": ({"unit": "Trauma Bay"}, Load()),
}


@pytest.mark.parametrize(("changed", "load"), CAUTIONED.values(), ids=CAUTIONED)
def test_it_warns_about_somebody_who(
    changed: dict[str, object], load: Load, request: pytest.FixtureRequest
) -> None:
    somebody = replace(AMARA, **changed)  # type: ignore[arg-type]
    candidate = ranked(somebody, loads={"amara": load}).candidates[0]
    assert candidate.cautions == (request.node.callspec.id,)
    assert ranked(AMARA).candidates[0].cautions == ()


def test_a_refresher_that_is_due_today_is_not_overdue() -> None:
    assert ranked(replace(AMARA, refresher_due=TODAY)).candidates[0].cautions == ()


# What to give up


def test_no_wish_need_be_given_up_while_two_supporters_meet_them_all() -> None:
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


def test_two_wishes_are_named_together_only_when_one_does_not_help() -> None:
    facts = replace(FACTS, wish_role=Wish.DIFFERENT, wish_specialty=Wish.NO_PREFERENCE)
    assert ranked(AMARA, BETH, replace(BETH, id="kim"), facts=facts).to_relax == (
        "Without the wish for a different role and another department: 3 more",
    )


def test_wishes_that_only_some_forms_ask_for_can_be_given_up_too() -> None:
    facts = Facts(language="es", wish_site="Main Campus", wish_times=("night",))
    kim = replace(AMARA, languages=("en",), site="North Campus", times=("morning",))
    assert ranked(kim, facts=facts).to_relax == (
        "Without the wish for the form’s language and the same site and their time of day:"
        " 1 more (Amara Cole)",
    )


def test_it_names_the_four_ways_that_help_most() -> None:
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


def test_with_an_empty_roster_there_is_nothing_to_give_up() -> None:
    assert ranked().to_relax == ranked(replace(AMARA, status=SupporterStatus.PAUSED)).to_relax == ()


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
def test_it_warns_about_a_supporter_who_was_asked_but_not_about_an_unused_stand_in(
    offers: tuple[Offer, ...], was_asked: bool
) -> None:
    cautions = ranked(AMARA, offers=offers).candidates[0].cautions
    assert cautions == (("was asked for this request before",) if was_asked else ())


def test_an_unanswered_offer_is_mentioned_but_does_not_count_against_anybody() -> None:
    lapsed = Offer(1, "amara", OfferState.LAPSED, NOW)
    [before], [after] = (ranked(AMARA, offers=offers).candidates for offers in ((), (lapsed,)))
    assert after.score == before.score
    assert after.reasons == (*before.reasons, "was asked for this request, and has not answered")


def test_a_supporter_whom_the_person_asked_to_replace_does_not_come_first() -> None:
    ended = Offer(1, "amara", OfferState.ENDED, sent_at=NOW)
    ranking = ranked(AMARA, replace(BETH, role="physician", specialty=""), offers=(ended,))
    assert order(ranking) == ["beth", "amara"]


def test_a_no_is_remembered_when_the_same_supporter_is_a_stand_in_later() -> None:
    offers = (
        Offer(1, "amara", OfferState.DECLINED, NOW),
        Offer(2, "beth", OfferState.LAPSED, NOW),
        Offer(3, "amara", OfferState.ENDED),
    )
    assert ranked(AMARA, offers=offers).candidates[0].cautions
