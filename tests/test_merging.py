"""What the older request takes from the newer: exclusions at once, the rest once confirmed."""

from dataclasses import fields, replace
from typing import Any

import pytest

from people.contacts import contact_of, in_effect
from people.records import Identity, Referrer
from tests.world import MONDAY
from workflow.merging import (
    LEADING,
    confirmed_identity,
    identity_meanwhile,
    merged_facts,
    what_waits,
    with_newer,
    without_newer,
)
from workflow.model import Case, Facts, PromiseKind, State, Waits, Wish

CASE = Case("PS-7K3QF", State.IN_REVIEW, 1, MONDAY, MONDAY, Facts())
OLDER = Identity(
    name="Jamie Quill",
    email="jamie.quill@example.org",
    phone="860-555-0199",
    is_mail_ok=True,
    not_before="After 4 pm",
    unit="Night float",
    note="the older words",
    not_wanted="the tall one",
    not_wanted_ids=("amara",),
    response_id="R_1",
    former_contacts=("old@example.org",),
)
NEWER = Identity(
    email="jamie.quill@example.org",
    phone="860-555-0142",
    is_text_ok=True,
    note="the newer words",
    not_wanted="somebody from days",
    not_wanted_ids=("beth", "amara"),
    response_id="R_2",
)
UNREADABLE = Identity(
    email="jamie.quill@example.org",
    phone="860-555-0142",
    is_call_ok=True,
    unread=(("everything", "{broken"),),
    response_id="R_2",
)


def merged(older: Identity = OLDER, newer: Identity = NEWER, state: State = CASE.state) -> Identity:
    facts = Facts(unreadable=tuple(fact for fact, _ in newer.unread))
    asked = replace(older, second=newer)
    return confirmed_identity(asked, replace(CASE, state=state), facts, MONDAY)


def test_the_way_to_be_reached_is_the_newer_one_as_a_whole() -> None:
    after = merged()
    assert (after.email, after.phone) == (NEWER.email, NEWER.phone)
    assert (after.is_mail_ok, after.is_text_ok, after.not_before) == (False, True, "")
    assert after.corrected_at == MONDAY
    assert after.former_contacts == ("860-555-0199", "old@example.org")


def test_what_the_newer_does_not_say_stays() -> None:
    after = merged()
    assert (after.name, after.unit, after.response_id) == ("Jamie Quill", "Night float", "R_2")
    renamed = merged(newer=replace(NEWER, name="J. Quill", unit="Trauma Bay"))
    assert (renamed.name, renamed.unit) == ("J. Quill", "Trauma Bay")
    assert renamed.former_units == ("Night float",)


def test_nothing_says_changed_when_the_same_was_given_again() -> None:
    assert merged(newer=replace(OLDER, note="")).corrected_at is None


def test_an_exclusion_never_gets_lost() -> None:
    after = merged()
    assert after.not_wanted_ids == ("amara", "beth")
    assert after.not_wanted == "the tall one, somebody from days"
    assert merged(newer=Identity()).not_wanted_ids == ("amara",)
    newer = replace(CASE, reference="PS-NEWER", stepped_back=("priya",))
    assert with_newer(replace(CASE, stepped_back=("jordan",)), newer).stepped_back == (
        "jordan",
        "priya",
    )


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.OFFERED, State.MATCHED])
def test_the_newest_words_are_kept_until_contact_is_made(state: State) -> None:
    assert merged(state=state).note == "the newer words"
    assert merged(newer=replace(NEWER, note=""), state=state).note == "the older words"


def test_no_words_are_kept_once_contact_is_made() -> None:
    after = merged(newer=replace(UNREADABLE, note="new"), state=State.IN_CONTACT)
    assert (after.note, after.unread) == ("", ())


def test_what_nobody_could_read_changes_no_way_to_be_reached() -> None:
    after = merged(newer=UNREADABLE)
    assert (after.phone, after.is_mail_ok, after.is_call_ok) == ("860-555-0199", True, False)
    assert after.unread == (("everything", "{broken"),)
    assert after.response_id == "R_2"
    assert "860-555-0142" in after.former_contacts
    assert merged(replace(OLDER, phone=""), UNREADABLE).phone == "860-555-0142"


def test_facts_are_the_newers_where_it_states_them() -> None:
    older = Facts("surgery", "nurse", "trauma", language="en", is_mailable=True)
    newer = Facts("", "physician", is_reachable=True)
    after = merged_facts(older, newer)
    assert (after.department, after.role, after.specialty) == ("surgery", "physician", "trauma")
    assert (after.is_mailable, after.is_reachable) == (False, True)


def test_wishes_are_the_newers_unless_nobody_could_read_it() -> None:
    older = Facts(wish_role=Wish.SIMILAR, wish_department=Wish.DIFFERENT, is_mailable=True)
    assert merged_facts(older, Facts(wish_role=Wish.DIFFERENT)).wish_role is Wish.DIFFERENT
    assert merged_facts(Facts(wish_site="North Campus"), Facts(wish_times=("night",))) == Facts(
        wish_times=("night",)
    )
    assert merged_facts(older, Facts()).wish_department is Wish.NO_PREFERENCE
    unread = merged_facts(older, Facts(unreadable=("everything",), is_reachable=True))
    assert (unread.wish_role, unread.wish_department) == (Wish.SIMILAR, Wish.DIFFERENT)
    assert (unread.is_mailable, unread.is_reachable) == (True, True)
    assert unread.unreadable == ("everything",)


def test_what_the_newer_states_is_no_longer_unreadable() -> None:
    older = Facts(unreadable=("department", "safety"))
    after = merged_facts(older, Facts(department="surgery", unreadable=("wish_role",)))
    assert after.unreadable == ("wish_role", "safety")


# Until it is confirmed

MAILABLE = Facts(is_mailable=True, is_reachable=True)


@pytest.mark.parametrize(
    ("newer", "facts", "expected"),
    [
        (replace(OLDER, note="more"), MAILABLE, Waits.NOTHING),
        (replace(OLDER, email="JAMIE.Quill@example.org "), MAILABLE, Waits.NOTHING),
        (replace(OLDER, phone="+1 (860) 555-0199"), MAILABLE, Waits.NOTHING),
        (UNREADABLE, MAILABLE, Waits.NOTHING),
        (NEWER, MAILABLE, Waits.EVERYTHING),
        (replace(NEWER, not_wanted="", not_wanted_ids=()), MAILABLE, Waits.CONTACT),
        (replace(OLDER, is_mail_ok=False), MAILABLE, Waits.CONTACT),
        (replace(OLDER, email="partner@example.org"), MAILABLE, Waits.EVERYTHING),
        (replace(OLDER, email=""), MAILABLE, Waits.EVERYTHING),
        (OLDER, Facts(), Waits.EVERYTHING),
    ],
)
def test_only_an_address_that_we_may_write_to_vouches_for_a_newer_request(
    newer: Identity, facts: Facts, expected: Waits
) -> None:
    newer_facts = Facts(unreadable=tuple(fact for fact, _ in newer.unread))
    assert what_waits(OLDER, newer, facts, newer_facts, "US") is expected


@pytest.mark.parametrize("waits", Waits)
def test_the_first_way_to_be_reached_counts_and_no_exclusion_waits(waits: Waits) -> None:
    second = replace(NEWER, name="Jay Quill", unit="Trauma Bay")
    stored = identity_meanwhile(OLDER, second, CASE, Facts(), waits)
    for identity in (stored, in_effect(stored)):
        assert contact_of(identity) == contact_of(OLDER)
    barring = in_effect(stored)
    assert barring.not_wanted_ids == ("amara", "beth")
    assert "860-555-0142" in barring.former_contacts
    assert "Trauma Bay" in (barring.unit, *barring.former_units)
    is_asked = waits is Waits.EVERYTHING
    assert (stored.name, stored.note) == (
        ("Jamie Quill", "the older words") if is_asked else ("Jay Quill", "the newer words")
    )
    assert (stored.not_wanted_ids == OLDER.not_wanted_ids) is is_asked


def test_every_fact_that_a_newer_one_gave_waits_unless_it_leads_to_nobody() -> None:
    """A form with somebody's address must not choose who is asked about them."""
    # A merge keeps the department, and reading an answer again decides by itself who is kept out.
    lead_nowhere = {"department", "found_at", "is_mailable", "is_reachable", "unreadable"}
    assert {field.name for field in fields(Facts)} == {*LEADING, *lead_nowhere}
    spanish = replace(MAILABLE, language="es")
    assert what_waits(OLDER, OLDER, MAILABLE, spanish, "US") is Waits.EVERYTHING


@pytest.mark.parametrize(
    "changed",
    [
        {"referrers": (Referrer("Kim Vale"),)},
        {"outreach": "group-1"},
        {"not_wanted": "the other one"},
        {"not_wanted_units": ("Trauma Bay",)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_whom_a_newer_one_keeps_out_in_addition_waits_however_it_says_so(
    changed: dict[str, Any],
) -> None:
    newer = replace(OLDER, **changed)
    assert what_waits(OLDER, newer, MAILABLE, MAILABLE, "US") is Waits.EVERYTHING
    assert what_waits(newer, newer, MAILABLE, MAILABLE, "US") is Waits.NOTHING


def test_other_contacts_keep_out_while_they_wait_and_nothing_is_left_of_a_refusal() -> None:
    newer = replace(OLDER, phone="860-555-0155", former_contacts=("860-555-0163",))
    stored = identity_meanwhile(OLDER, newer, CASE, MAILABLE, Waits.CONTACT)
    assert {"860-555-0155", "860-555-0163"} <= {*in_effect(stored).former_contacts}
    refused = replace(stored, second=None)
    assert contact_of(refused) == contact_of(OLDER)
    assert refused.former_contacts == OLDER.former_contacts
    after = confirmed_identity(stored, CASE, None, MONDAY)
    assert after.phone == "860-555-0155"
    assert {"860-555-0163", "860-555-0199"} <= {*after.former_contacts}


def test_wishes_and_who_reviews_wait_and_nothing_becomes_urgent() -> None:
    older = replace(CASE, facts=Facts("surgery", wish_role=Wish.SIMILAR))
    newer = replace(
        CASE,
        reference="PS-NEWER",
        facts=Facts("emergency", wish_role=Wish.DIFFERENT),
        is_urgent=True,
        stepped_back=("priya",),
        took_in=("PS-FIRST",),
    )
    after = with_newer(older, newer, Waits.EVERYTHING)
    assert after.facts == older.facts
    assert (after.is_urgent, after.stepped_back) == (False, ("priya",))
    assert after.confirmation is not None
    assert after.confirmation.facts == merged_facts(older.facts, newer.facts)
    since = replace(after, stepped_back=("priya", "jordan"))
    assert without_newer(since) == replace(older, stepped_back=("jordan",))


def test_what_was_urgent_by_itself_stays_so_when_the_two_are_separated() -> None:
    urgent = replace(CASE, is_urgent=True)
    newer = replace(urgent, reference="PS-NEWER")
    after = with_newer(urgent, newer, Waits.EVERYTHING)
    assert without_newer(after).is_urgent
    assert without_newer(after).promise(PromiseKind.URGENT) == after.promise(PromiseKind.URGENT)
