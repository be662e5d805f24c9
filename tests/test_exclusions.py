"""Who can never be asked, and who should rather not be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from matching.exclusions import Cautions, is_excluded, is_impossible
from people.records import Identity, Person
from people.same_person import is_requester
from people.supporters import Load, Supporter, SupporterStatus
from tests.candidates import AMARA as SUPPORTER
from tests.candidates import JAMIE as REQUESTER
from workflow.model import Case, Facts, Offer, OfferState, State, Wish

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TODAY = NOW.date()
JAMIE = replace(REQUESTER, unit="Trauma Bay, nights", leads=("Fast Track",))
AMARA = replace(SUPPORTER, unit="Emergency Department")
CASE = Case("PS-7K3QF", State.IN_REVIEW, 1, NOW, NOW, Facts())

IMPOSSIBLE: dict[str, dict[str, object]] = {
    "has the e-mail": {"email": "Jamie.Quill@example.org "},
    "has the other e-mail": {"notify_email": "jamie.quill@example.org"},
    "has the phone": {"phone": "+1 (860) 555-0199"},
    "has the name": {"name": "jamie quill"},
    "has the name the other way round": {"name": "Quill Jamie"},
    "is not wanted": {"id": "not-wanted"},
    "leads their unit": {"supervises": ("Cardiology", "trauma bay")},
    "is led by them": {"unit": "Fast Track"},
}
UNAVAILABLE: dict[str, dict[str, object]] = {
    "is paused": {"status": SupporterStatus.PAUSED},
    "is inactive": {"status": SupporterStatus.INACTIVE},
    "was never trained": {"trained_on": None},
    "is trained tomorrow": {"trained_on": TODAY + timedelta(days=1)},
}


@pytest.mark.parametrize("changed", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_it_is_impossible_for_somebody_who(changed: dict[str, object]) -> None:
    somebody = replace(AMARA, **changed)  # type: ignore[arg-type]
    assert is_impossible(somebody, JAMIE)
    assert is_excluded(somebody, JAMIE, TODAY)
    assert not is_impossible(AMARA, JAMIE)


@pytest.mark.parametrize("changed", UNAVAILABLE.values(), ids=UNAVAILABLE)
def test_nobody_asks_somebody_who(changed: dict[str, object]) -> None:
    assert is_excluded(replace(AMARA, **changed), JAMIE, TODAY)  # type: ignore[arg-type]
    assert not is_excluded(AMARA, JAMIE, TODAY)


def test_a_contact_and_a_unit_typed_before_still_exclude() -> None:
    before = replace(JAMIE, former_contacts=("amara.cole@example.org",))
    assert is_impossible(AMARA, before)
    moved = replace(JAMIE, unit="Recovery", former_units=("Trauma Bay",))
    assert is_impossible(replace(AMARA, supervises=("Trauma Bay",)), moved)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Søren Müller", "soren muller", True),
        ("Jamie Quill", "Quill, Jamie", True),
        ("Jamie Quill", "Jamie", False),
        ("Jamie", "Jamie", False),
        ("Jamie Quill", "Jamie Cole", False),
        ("...", "...", False),
        ("", "", False),
    ],
)
def test_only_a_whole_name_makes_a_namesake(one: str, other: str, is_same: bool) -> None:
    person = Person("somebody", one, "somebody@example.org")
    assert is_requester(person, Identity(name=other)) is is_same


def warned(
    supporter: Supporter, facts: Facts = CASE.facts, load: int = 0, *offers: Offer
) -> list[str]:
    case = replace(CASE, facts=facts, offers=offers)
    return list(Cautions(case, JAMIE, TODAY).about(supporter, Load(load)))


def test_one_unit_is_a_caution_unless_they_asked_for_their_own_department() -> None:
    near = replace(AMARA, unit="Trauma Bay")
    assert warned(near) == ["close to them at work"]
    assert warned(near, Facts(wish_department=Wish.DIFFERENT)) == ["close to them at work"]
    assert warned(near, Facts(wish_department=Wish.SIMILAR)) == []


def test_a_no_and_a_request_handed_back_are_cautions_in_the_same_words() -> None:
    said_no = Offer(1, "amara", OfferState.DECLINED, NOW)
    handed_back = Offer(1, "amara", OfferState.ENDED, NOW)
    words = {tuple(warned(AMARA, Facts(), 0, offer)) for offer in (said_no, handed_back)}
    assert words == {("was asked for this request before",)}


def test_cautions_add_up() -> None:
    lapsed = replace(AMARA, refresher_due=TODAY - timedelta(days=1))
    assert warned(lapsed, Facts(), 1) == [
        "has as many requests as they can take",
        "refresher training is overdue",
    ]
