"""From a form to a decision: nothing has a default, and what is missing is said."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from pages.forms import RECORDED_FOR_SUPPORTER, BadForm, correction_in, decision_in
from people.records import Identity
from workflow.model import Case, Decision, Event, Facts, Offer, OfferState, Outcome, Role, State

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
CASE = Case(
    "PS-7K3QF",
    State.OFFERED,
    1,
    NOW,
    NOW,
    Facts(),
    offers=(Offer(1, "amara", OfferState.DECLINED), Offer(2, "beth", OfferState.OPEN)),
)
UNASKED = Case("PS-7K3QF", State.IN_REVIEW, 1, NOW, NOW, Facts())
Fields = dict[str, str | list[str]]


def form(**fields: str | list[str]) -> MultiDict[str, str]:
    return MultiDict(fields)


def by_reviewer(**fields: str | list[str]) -> Decision:
    shown = form(**{"offer": "2"} | fields)
    return decision_in(shown, CASE, Role.REVIEWER, "jordan", None)


def by_supporter(**fields: str | list[str]) -> Decision:
    return decision_in(form(**fields), CASE, Role.SUPPORTER, "beth", 2)


# What is missing


@pytest.mark.parametrize("fields", [{}, {"choice": ""}, {"choice": "approve"}])
def test_a_choice_has_no_default(fields: Fields) -> None:
    for role in (Role.REVIEWER, Role.SUPPORTER, Role.REQUESTER):
        with pytest.raises(BadForm, match=r"^Please choose one of the answers first\.$"):
            decision_in(form(**fields), CASE, role, "somebody", None)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"choice": "offered"}, "Choose who to ask first."),
        ({"choice": "offered", "backup": "beth"}, "Choose who to ask first."),
        (
            {"choice": "offered", "first": "amara", "backup": ["beth", "cleo", "dana"]},
            "Choose 2 backups at most, then ask again.",
        ),
        ({"choice": "referred"}, "Please choose at least one support service."),
        ({"choice": "closed"}, "Please choose how it ended, then press the button below."),
        ({"choice": "completed"}, "Please choose how it ended, then press the button below."),
        (
            {"choice": "closed", "outcome": "because"},
            "Please choose how it ended, then press the button below.",
        ),
    ],
)
def test_what_is_missing_is_said(fields: Fields, sentence: str) -> None:
    with pytest.raises(BadForm) as said:
        by_reviewer(**fields)
    assert str(said.value) == sentence


# What was chosen


def test_an_offer_names_the_first_and_the_stand_ins_in_order() -> None:
    chosen = by_reviewer(choice="offered", first="cleo", backup=["beth", "amara"])
    assert chosen.supporters == ("cleo", "beth", "amara")


def test_who_is_asked_first_is_no_backup_of_their_own() -> None:
    chosen = by_reviewer(choice="offered", first="cleo", backup=["cleo", "beth", "amara", "beth"])
    assert chosen.supporters == ("cleo", "beth", "amara")


def test_a_reason_comes_from_the_list_or_is_none() -> None:
    chosen = by_reviewer(choice="offered", first="cleo", although="nobody_else")
    assert chosen.although == "nobody_else"
    assert by_reviewer(choice="offered", first="cleo", although="").although == ""
    with pytest.raises(BadForm, match=r"^Please choose one of the reasons\.$"):
        by_reviewer(choice="offered", first="cleo", although="I just like them")


def test_places_of_help_count_once_in_their_order() -> None:
    chosen = by_reviewer(choice="referred", resource=["ombuds", "chaplain", "ombuds"])
    assert chosen.resources == ("ombuds", "chaplain")


@pytest.mark.parametrize("choice", ["closed", "completed"])
def test_an_ending_has_an_outcome(choice: str) -> None:
    chosen = by_reviewer(choice=choice, outcome="support_declined")
    assert chosen.outcome is Outcome.SUPPORT_DECLINED


def test_only_what_belongs_to_a_decision_is_read() -> None:
    extra: Fields = {
        "first": "amara",
        "resource": ["chaplain"],
        "outcome": "duplicate",
        "subject": "delayed",
    }
    chosen = by_supporter(choice="accepted", **extra)
    assert chosen == Decision(Event.ACCEPTED, "beth", Role.SUPPORTER, offer=2)


def test_what_was_told_another_way_is_named_in_brief() -> None:
    assert by_reviewer(choice="told", subject="matched").subject == "matched"
    assert len(by_reviewer(choice="told", subject="x" * 1000).subject) <= 40


# On behalf of somebody


@pytest.mark.parametrize("event", sorted(RECORDED_FOR_SUPPORTER))
def test_a_reviewer_records_what_the_supporter_of_the_standing_offer_told(event: Event) -> None:
    chosen = by_reviewer(choice=event.value, outcome="supported")
    assert (chosen.by, chosen.recorded_for, chosen.offer) == ("jordan", "beth", 2)


def test_there_is_nobody_to_record_for_without_an_offer() -> None:
    for offer in ("", "1", "99999", "x"):
        with pytest.raises(BadForm, match="look at the request again"):
            decision_in(
                form(choice="accepted", offer=offer), UNASKED, Role.REVIEWER, "jordan", None
            )


@pytest.mark.parametrize("choice", ["withdrawn", "withdrawn_erased"])
def test_a_reviewer_records_a_withdrawal_for_the_requester(choice: str) -> None:
    assert by_reviewer(choice=choice).recorded_for == Role.REQUESTER


def test_what_people_decide_for_themselves_is_recorded_for_nobody() -> None:
    assert by_supporter(choice="declined").recorded_for == ""
    withdrawn = decision_in(form(choice="withdrawn"), CASE, Role.REQUESTER, "", None)
    assert withdrawn == Decision(Event.WITHDRAWN, "", Role.REQUESTER)


def test_erasing_at_once_is_a_withdrawal() -> None:
    erased = decision_in(form(choice="withdrawn_erased"), CASE, Role.REQUESTER, "", None)
    assert erased == Decision(Event.WITHDRAWN, "", Role.REQUESTER, erases_now=True)


# How to be reached


def test_a_correction_says_how_to_be_reached_and_whether_mail_is_among_it() -> None:
    found = correction_in(
        form(email=" jamie@example.org ", phone=" 555-0100 ", how=["mail", "text"]), "US"
    )
    assert found == Identity(
        email="jamie@example.org", phone="555-0100", is_mail_ok=True, is_text_ok=True
    )


@pytest.mark.parametrize(
    ("fields", "is_mailable"),
    [
        ({"email": "jamie@example.org", "phone": "555-0100", "how": ["text"]}, False),
        ({"email": "jamie@example.org", "phone": "555-0100", "how": ["mail"]}, True),
        ({"phone": "555-0100", "how": ["call"]}, False),
    ],
)
def test_mail_needs_an_address_and_permission(fields: Fields, is_mailable: bool) -> None:
    assert correction_in(form(**fields), "US").is_mail_ok is is_mailable


def test_who_is_fine_with_voicemail_may_be_called() -> None:
    found = correction_in(form(phone="555-0100", how=["voicemail"]), "US")
    assert found.is_call_ok is found.is_voicemail_ok is True


NO_CONTACT = "Please give an email address or a phone number."
NO_WAY = "Choose how we may reach you: by email, text, or phone."
NO_ADDRESS = "To be reached by email, type your email address too, or uncheck “Email.”"
NO_NUMBER = "To be reached by phone, type your phone number too, or uncheck the phone choices."
BAD_MAIL = "This email address doesn’t look right. Write it like name@example.org."
BAD_PHONE = "This phone number doesn’t look right. Please check the digits."


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, NO_CONTACT),
        ({"email": " ", "phone": " ", "how": ["mail"]}, NO_CONTACT),
        ({"email": "jamie@example.org"}, NO_WAY),
        ({"email": "jamie@example.org", "how": ["call"]}, NO_NUMBER),
        ({"email": "jamie@example.org", "how": ["mail", "text"]}, NO_NUMBER),
        ({"phone": "555-0100", "how": ["mail"]}, NO_ADDRESS),
        ({"phone": "555-0100", "how": ["mail", "call"]}, NO_ADDRESS),
        ({"phone": "555-0100", "how": ["pigeon"]}, NO_WAY),
    ],
)
def test_without_a_way_that_works_nobody_could_be_reached(fields: Fields, sentence: str) -> None:
    with pytest.raises(BadForm) as said:
        correction_in(form(**fields), "US")
    assert str(said.value) == sentence


@pytest.mark.parametrize(
    "email",
    [
        "jamie",
        "jamie@example",
        "jamie@..org",
        "jamie@example..org",
        "a@b@example.org",
        "jamie@example.org, ana@example.org",
        "jamie@example.org\r\nBcc: ana@example.org",
        "j" * 300 + "@example.org",
    ],
)
def test_a_wrong_address_is_said(email: str) -> None:
    with pytest.raises(BadForm) as said:
        correction_in(form(email=email, how=["mail"]), "US")
    assert str(said.value) == BAD_MAIL


@pytest.mark.parametrize(
    "phone",
    [
        "call me",
        "0199",
        "-------",
        "(((((((((",
        "555-0100\r\n555",
        "5" * 41,
        "<b>5550100</b>",
    ],
)
def test_a_wrong_phone_is_said(phone: str) -> None:
    with pytest.raises(BadForm) as said:
        correction_in(form(phone=phone, how=["call"]), "US")
    assert str(said.value) == BAD_PHONE


@pytest.mark.parametrize(
    "phone", ["555-0100", "+1 (860) 555-0199", "0049 30/123 45 67", "860.555.0199"]
)
def test_a_phone_is_kept_as_it_was_written(phone: str) -> None:
    assert correction_in(form(phone=phone, how=["call"]), "US").phone == phone


fields = st.dictionaries(
    st.sampled_from(["choice", "first", "backup", "outcome", "resource", "email", "phone"]),
    st.sampled_from([*Event, *Outcome, "amara", "@", "555-0100"]) | st.text(max_size=8),
)


@given(fields, st.sampled_from(list(Role)))
def test_no_form_breaks_it(sent: dict[str, str], role: Role) -> None:
    with suppress(BadForm):
        decision_in(MultiDict(sent), CASE, role, "somebody", 2)
    with suppress(BadForm):
        correction_in(MultiDict(sent), "US")
