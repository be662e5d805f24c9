"""Who may review: nobody learns of a request who is the person, leads them or is not wanted."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.records import Identity, Person
from people.same_person import is_requester
from people.units import supervises
from workflow.model import Case, Facts, State
from workflow.reviewers import Reviewing, choose_reviewers, is_barred

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
CASE = Case("PS-7K3QF", State.IN_REVIEW, 1, NOW, NOW, Facts())
JAMIE = Identity(
    name="Jamie Quill",
    email="jamie.quill@example.org",
    phone="860-555-0199",
    unit="Operating room 4",
    not_wanted_ids=("priya",),
)


def person(id: str, *supervised: str) -> Person:
    return Person(id, id.title(), f"{id}@example.org", supervises=supervised)


JORDAN, PRIYA, MARCUS = person("jordan"), person("priya"), person("marcus", "Operating Rooms")
ELENA, DAVID, RUTH = person("elena"), person("david"), person("ruth")
BARRED = PRIYA, MARCUS


def settled(
    coordinators: tuple[Person, ...], deputies: tuple[Person, ...] = (ELENA, DAVID)
) -> Reviewing:
    return choose_reviewers(CASE, JAMIE, coordinators, deputies, RUTH)


def chosen(reviewing: Reviewing) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """Return who reviews, and who is called when they do not act."""
    return reviewing.reviewers, reviewing.deputies


# Settling


def test_coordinators_who_are_not_barred_review_and_deputies_are_called() -> None:
    assert chosen(settled((JORDAN, *BARRED))) == ((JORDAN,), (ELENA, DAVID))


def test_the_deputies_review_when_every_coordinator_is_barred() -> None:
    assert chosen(settled(BARRED)) == ((ELENA, DAVID), (ELENA, DAVID))


def test_the_outside_person_acts_when_the_deputies_are_barred_too() -> None:
    assert chosen(settled(BARRED, BARRED)) == ((RUTH,), (RUTH,))


def test_nobody_is_lost_over_a_unit_that_nobody_knows() -> None:
    """If everybody may lead it, the outside person reviews, else whoever is not surely barred."""
    everybody = ("jordan", "marcus", "elena", "david", "ruth")
    unknown = replace(JAMIE, unit="Tower 3", unknown_units=("Tower 3",), perhaps_leading=everybody)
    found = choose_reviewers(CASE, unknown, (JORDAN, PRIYA), (ELENA, DAVID), RUTH)
    assert [p.id for p in found.reviewers] == ["ruth"]
    unwanted = replace(unknown, not_wanted_ids=("ruth", "priya"))
    found = choose_reviewers(CASE, unwanted, (JORDAN, PRIYA), (ELENA, DAVID), RUTH)
    assert [p.id for p in found.reviewers] == ["jordan"]


def test_the_outside_person_is_called_when_only_the_deputies_are_barred() -> None:
    assert chosen(settled((JORDAN,), BARRED)) == ((JORDAN,), (RUTH,))


def entitled(*called: str, **changed: object) -> set[str]:
    """Return who may see a case of Jordan and Priya, who is barred, once these were called."""
    case = replace(CASE, **changed)  # type: ignore[arg-type]
    on_call = (ELENA, DAVID, MARCUS)
    found = choose_reviewers(case, JAMIE, (JORDAN, PRIYA), on_call, RUTH)
    found = replace(found, called=lambda: called)
    known = ("jordan", "priya", "marcus", "elena", "david", "ruth", "jamie", "requester", "")
    return {id for id in known if found.may_act(id)}


def test_coordinators_see_a_case_and_deputies_only_once_they_were_called() -> None:
    assert entitled() == {"jordan"}
    assert entitled("elena") == {"jordan", "elena"}
    assert entitled("priya", "marcus", "jamie", "requester", "") == {"jordan"}


def test_the_outside_person_sees_a_case_only_once_called_beside_the_deputies() -> None:
    assert entitled("ruth") == {"jordan"}, "they stood in once, and that is over"
    assert entitled(calls_in_vain=3) == {"jordan"}, "their call comes next"
    assert entitled("ruth", calls_in_vain=3) == {"jordan", "ruth"}


people = st.lists(st.sampled_from([JORDAN, PRIYA, MARCUS, ELENA, DAVID]), unique=True)


@given(people, people)
def test_somebody_always_reviews_and_nobody_barred_ever_does(
    coordinators: list[Person], deputies: list[Person]
) -> None:
    reviewing = settled(tuple(coordinators), tuple(deputies))
    assert reviewing.reviewers
    assert reviewing.deputies
    assert not {*reviewing.reviewers, *reviewing.deputies} & {*BARRED}


@given(people, people, st.sets(st.sampled_from([JORDAN, ELENA, DAVID, RUTH])))
def test_whoever_is_here_acts_and_somebody_away_does_so_rather_than_somebody_barred(
    coordinators: list[Person], deputies: list[Person], away: set[Person]
) -> None:
    absent = {person.id for person in away}
    reviewing = choose_reviewers(CASE, JAMIE, coordinators, deputies, RUTH, absent)
    assert not {*reviewing.reviewers, *reviewing.deputies, *reviewing.away} & {*BARRED}
    here = {*coordinators, *deputies} - {*BARRED} - away
    assert set(reviewing.reviewers) <= (here or {RUTH})
    assert all(reviewing.may_act(p.id) for p in {*coordinators} - {*BARRED})
    assert {p.id for p in reviewing.reviewers} <= reviewing.entitled
    assert not {p.id for p in BARRED} & reviewing.entitled


def test_somebody_away_acts_when_even_the_outside_person_is_barred() -> None:
    reviewing = choose_reviewers(CASE, JAMIE, (JORDAN,), BARRED, PRIYA, {"jordan"})
    assert chosen(reviewing) == ((JORDAN,), (JORDAN,))
    assert reviewing.away == (JORDAN,)


def test_nobody_reviews_what_everybody_is_barred_from() -> None:
    assert choose_reviewers(CASE, JAMIE, BARRED, BARRED, PRIYA) == Reviewing((), ())


def test_the_outside_person_is_called_beside_deputies_who_were_called_in_vain() -> None:
    case = replace(CASE, calls_in_vain=3)
    with_ruth = choose_reviewers(case, JAMIE, (JORDAN,), (ELENA,), RUTH)
    assert chosen(with_ruth) == ((JORDAN,), (ELENA, RUTH))
    with_priya = choose_reviewers(case, JAMIE, (JORDAN,), (ELENA,), PRIYA)
    assert chosen(with_priya) == ((JORDAN,), (ELENA,))


# Who is barred


@pytest.mark.parametrize(
    "changed",
    [
        {"email": "Jamie.Quill@Example.org "},
        {"phone": "+1 (860) 555-0199"},
        {"id": "priya"},
        {"supervises": ("operating rooms",)},
    ],
    ids=["their e-mail", "their phone", "not wanted", "leads their unit"],
)
def test_it_bars(changed: dict[str, object]) -> None:
    assert is_barred(replace(JORDAN, **changed), CASE, JAMIE)  # type: ignore[arg-type]
    assert not is_barred(JORDAN, CASE, JAMIE)


def test_it_bars_who_leads_a_unit_that_was_given_before() -> None:
    moved = replace(JAMIE, unit="Pharmacy", former_units=("Operating room 4",))
    assert is_barred(MARCUS, CASE, moved)
    assert not is_barred(MARCUS, CASE, replace(moved, former_units=()))


def test_it_bars_whoever_stepped_back() -> None:
    assert is_barred(JORDAN, replace(CASE, stepped_back=("jordan",)), JAMIE)


def test_an_empty_identity_bars_nobody() -> None:
    nobody = replace(JORDAN, email="", phone="", supervises=("", "..."))
    assert not is_barred(nobody, CASE, Identity())


# The same person


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ("860-555-0199", "860-555-0199"),
        ("860-555-0199", "(860) 555 0199"),
        ("860-555-0199", "+1 860.555.0199"),
        ("+1 860-555-0199", "8605550199"),
        ("860-555-0199 x12", "860-555-0199"),
        ("860-555-0199", "860-555-0199 ext. 1234"),
        ("860-555-0199", "555-0199"),
        ("860-555-0199", "860-555-0142 or 860-555-0199"),
        ("+49 30 1234567", "030 1234567"),
        ("030/1234567", "0049 30 123 45 67"),
        ("+47 12 34 56 78", "12345678"),
    ],
)
def test_a_phone_is_the_same_however_it_is_written(known: str, typed: str) -> None:
    assert is_requester(Person("", "", "", known), Identity(phone=typed))


@pytest.mark.parametrize(
    ("known", "typed"),
    [("860-555-0199", "860-555-0198"), ("860-555-0199", "0199"), ("0199", "0199"), ("", "")],
)
def test_another_phone_or_an_extension_alone_tells_nothing(known: str, typed: str) -> None:
    assert not is_requester(Person("", "", "", known), Identity(phone=typed))


def test_part_of_an_address_is_another_address() -> None:
    ann = Person("", "", "ann@example.org")
    assert not is_requester(ann, Identity(email="joann@example.org"))
    assert not is_requester(Person("", "", ""), Identity(email=""))


# Units


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ("Trauma Bay", "trauma bay"),
        ("Trauma Bay", "Night float, TRAUMA-BAY (2nd floor)"),
        ("Operating Rooms", "operating room"),
        ("Operating Room", "Operating rooms 3 and 4"),
        ("Women's Health", "womens health"),
        ("Women’s Health", "Women's health, 2 West"),
        ("Médecine", "medecine"),
        ("Cafe\u0301", "café"),
        ("4 East", "Surgery 4 East"),
    ],
)
def test_a_unit_is_recognized_in_what_was_typed(known: str, typed: str) -> None:
    assert supervises(("Pharmacy", known), typed)


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ("4 East", "14 East"),
        ("4 East", "4 Eastern"),
        ("ICU", "NICU"),
        ("Surgery 4 East", "East"),
        ("", "Trauma Bay"),
        ("Trauma Bay", ""),
        ("...", "..."),
    ],
)
def test_another_unit_is_another_unit(known: str, typed: str) -> None:
    assert not supervises((known,), typed)
