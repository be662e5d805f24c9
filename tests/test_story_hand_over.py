"""Stories of the warm hand-over: a support service hears of somebody by their own yes alone."""

import re
from datetime import timedelta

import pytest

from demo.mailbox import StoredMessage
from tests.handing_over import PARTNER, PLACE, agrees, asked_about, at_its_partner
from tests.program_files import agree, change, look
from tests.world import JORDAN, PRIYA, REQUESTER, SAM, Page, World, link_in
from workflow.model import Outcome, PromiseKind, State

ELSEWHERE = "hr@example.org"
NUMBER, ADDRESS = "860-555-0199", "jamie.quill@example.org"


def from_supporter(world: World) -> tuple[str, Page]:
    """Let the supporter ask, and open the mail that the requester gets."""
    reference, supporter = world.in_contact()
    page = world.open(world.mail(supporter))
    assert "Kept free for this program: Tuesday and Thursday, noon to 1 PM" in page.text
    assert "Next: tomorrow (Tuesday), 12 PM" in page.text
    asked_about(world, page)
    return reference, world.open(world.mail(REQUESTER, "would you like to hear from them"))


def to_partner(world: World) -> list[StoredMessage]:
    return world.mails(PARTNER)


def test_nobody_hears_of_them_before_their_yes_and_then_their_partner_alone(world: World) -> None:
    reference, page = from_supporter(world)
    assert world.mail(REQUESTER).subject == f"{reference}: a question for you"
    first, asked, _ = world.mail(REQUESTER).text.partition(f"{PLACE}: would you like to hear")
    assert asked, "a lock screen shows the words before"
    assert "Assistance" not in first
    assert to_partner(world) == []
    agrees(world, page, "phone")
    (mail,) = to_partner(world)
    assert re.fullmatch(r"HO-\w{5}: a new referral", mail.subject)
    for word in ("Jamie", "0199", "jamie.quill", "support request", "peer supporter"):
        assert word not in mail.text
    neutral = world.open(mail).person.look(link_in(mail))
    assert "Jamie" not in neutral.text
    shown = at_its_partner(world)
    assert "Jamie Quill" in shown.text
    assert NUMBER in shown.text
    assert "Please leave no voicemail" in shown.text
    for other in (ADDRESS, "Night float", "Nurs", "Emergency Med", "withdraw"):
        assert other not in shown.text
    answered = shown.choose("hand_over_made")
    assert "That’s all for" in answered.text
    theirs = f"{mail.subject[:8]}{mail.text}{mail.html}{neutral.text}{shown.text}{answered.text}"
    assert reference not in theirs, "who declined it knows this number, and must not hear whose"
    (known,) = set(re.findall(r"HO-\w{5}", theirs))
    assert world.case(reference).promise(PromiseKind.HAND_OVER) is None
    assert "Jamie" not in at_its_partner(world).text
    assert "Jamie" not in shown.again().text
    world.passes(days=5)
    assert len(to_partner(world)) == 1
    own = world.open(world.mail(REQUESTER))
    assert "They told us that you’re in touch" in own.text
    lines = world.open(world.mail(JORDAN)).text
    assert f"{PLACE} opened the name and how to reach them" in lines
    assert f"There, this request is called {known}." in lines, "they may ask on the phone about it"
    assert "The support service says it’s in touch" in lines


def test_the_admins_do_not_hear_of_a_yes_whose_mail_comes_back(world: World) -> None:
    reference, page = from_supporter(world)
    world.mailbox.refuse_address_with[PARTNER] = 550
    agrees(world, page, "phone")
    world.submit(QID1_TEXT="Robin Doe", QID2_TEXT="robin@example.org", QID3_TEXT=None)
    for _ in range(4):
        world.passes(minutes=15)
    assert to_partner(world) == []
    (told,) = world.mails(JORDAN, "didn’t get through")
    assert reference in told.subject
    assert not any("could not be delivered" in mail.text for mail in world.mails(SAM))


def test_only_what_they_chose_is_passed_on(world: World) -> None:
    _, page = from_supporter(world)
    refused = page.choose("hand_over_agreed", hand_over=page.values("hand_over")[0])
    assert "Choose how you’d like to get in touch" in refused.text
    agrees(world, page, "they_call")
    assert "Someone will call you" in to_partner(world)[0].text
    shown = at_its_partner(world)
    assert "Jamie Quill" in shown.text
    assert "They’ll call you" in shown.text
    assert NUMBER not in shown.text
    assert ADDRESS not in shown.text


def test_a_no_is_heard_and_not_asked_again(world: World) -> None:
    reference, page = from_supporter(world)
    page.choose("hand_over_refused", hand_over=page.values("hand_over")[0])
    world.passes(minutes=6)
    supporter = world.open(world.mail(world.asked(reference)))
    assert f"They’d rather not hear from {PLACE}" in supporter.text
    assert "employee-assistance" not in supporter.values("partner")
    assert "chaplain" in supporter.values("partner")
    supporter.choose("hand_over_asked", partner="employee-assistance")
    assert world.events(reference).count("hand_over_asked") == 1
    world.passes(days=4)
    assert to_partner(world) == []


def test_a_no_is_kept_while_they_are_asked_about_another_place(world: World) -> None:
    reference, page = from_supporter(world)
    for next_place in ("chaplain", ""):
        page.choose("hand_over_refused", hand_over=page.values("hand_over")[0])
        world.passes(minutes=6)
        staff = world.open(world.mail(JORDAN))
        assert "employee-assistance" not in staff.values("partner")
        if next_place:
            asked_about(world, staff, next_place)
            page = world.open(world.mail(REQUESTER, "would you like to hear from them"))
    staff.choose("hand_over_asked", partner="employee-assistance")
    assert world.events(reference).count("hand_over_asked") == 2


def test_a_yes_can_be_undone_before_anybody_hears_of_it(world: World) -> None:
    _, page = from_supporter(world)
    said = page.choose("hand_over_agreed", hand_over=page.values("hand_over")[0], way="phone")
    assert "would you like to hear from them" in said.choose("undone").text
    world.passes(minutes=10)
    assert to_partner(world) == []


def test_a_yes_can_be_taken_back_and_its_partner_is_asked_to_forget_them(world: World) -> None:
    _, page = from_supporter(world)
    agrees(world, page, "email")
    shown = at_its_partner(world)
    assert ADDRESS in shown.text
    own = world.open(world.mail(REQUESTER))
    own.choose("hand_over_stopped", hand_over=own.values("hand_over")[0])
    world.work()
    assert "Jamie" not in shown.again().text
    assert "Please don’t get in touch about it anymore" in to_partner(world)[-1].text
    assert "/open/" not in to_partner(world)[-1].text
    assert shown.choose("hand_over_made").status == 403 if shown.values("csrf_token") else True
    world.passes(days=4)
    assert len(to_partner(world)) == 2


def test_a_question_that_nobody_answers_is_closed_without_a_word_and_blocks_nothing(
    world: World,
) -> None:
    reference, _ = from_supporter(world)
    told = len(world.mails(REQUESTER))
    world.passes(days=6, hours=23, minutes=45)
    assert "chaplain" not in world.open(world.mail(JORDAN)).values("partner"), "one at a time"
    asked = world.mail(REQUESTER, "would you like to hear from them")
    page = world.open(asked)
    world.passes(minutes=12)
    assert world.events(reference).count("hand_over_unanswered") == 1
    assert len(world.mails(REQUESTER)) == told, "who is silent is not reminded"
    assert to_partner(world) == []
    late = page.choose("hand_over_agreed", hand_over=page.values("hand_over")[0], way="phone")
    assert late.status == 409
    own = world.open(asked)
    assert (
        "You don’t have to answer, and we’ve told them nothing. You can call them yourself"
        in own.text
    )
    assert "(860) 555-0170" in own.text
    for reader in (JORDAN, world.asked(reference)):
        shown = world.open(world.mail(reader))
        assert (
            f"They didn’t say if we may tell {PLACE} about them, so we told it nothing"
            in shown.text
        )
        assert {"chaplain", "employee-assistance"} <= {*shown.values("partner")}
    asked_about(world, shown)
    agrees(world, world.open(world.mail(REQUESTER, "would you like to hear from them")), "phone")
    assert "Jamie Quill" in at_its_partner(world).text


def test_who_withdraws_takes_it_back_too(world: World) -> None:
    _, page = from_supporter(world)
    agrees(world, page, "phone")
    world.open(world.mail(REQUESTER)).choose("withdrawn_erased")
    world.passes(minutes=10)
    assert "Please don’t get in touch" in to_partner(world)[-1].text
    assert "Jamie" not in at_its_partner(world).text
    assert world.count("cases") == 0


def test_a_silent_partner_is_reminded_and_then_loses_the_name_and_others_are_told(
    world: World,
) -> None:
    _, page = from_supporter(world)
    agrees(world, page, "phone")
    shown = at_its_partner(world)
    world.passes(days=2)
    assert len(to_partner(world)) == 2
    first, again = (mail.subject.partition(" (")[0] for mail in to_partner(world))
    assert first == again
    world.passes(days=1)
    assert "Jamie" not in shown.again().text
    assert "Jamie" not in at_its_partner(world).text
    assert f"you’re in touch yet: {PLACE}" in world.mail(REQUESTER).text
    assert "(860) 555-0170" in world.mail(REQUESTER).text
    told = world.mail(JORDAN, "no word yet")
    assert f"said yes to hearing from a support service: {PLACE}" in told.text
    assert "Jamie" not in told.text
    world.passes(days=3)
    assert len(to_partner(world)) == 2
    assert "chaplain" in world.open(world.mail(JORDAN)).values("partner")


def test_a_place_loses_the_name_in_time_even_while_no_worker_runs(world: World) -> None:
    reference, page = from_supporter(world)
    agrees(world, page, "phone")
    world.clock.now += timedelta(days=2, hours=23, minutes=40)
    (mail,) = to_partner(world)
    shown = world.open(mail)
    assert "Jamie Quill" in shown.text
    world.clock.now += timedelta(minutes=20)
    assert "Jamie" not in shown.again().text
    assert "Jamie" not in world.open(mail).text
    shown.choose("hand_over_made")
    assert "hand_over_made" not in world.events(reference)


def test_a_closed_request_goes_on_at_its_partner_and_is_forgotten_with_it(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    page.choose("referred", resource="employee-assistance")
    world.passes(minutes=6)
    asked_about(world, world.open(world.mail(PRIYA)))
    agrees(world, world.open(world.mail(REQUESTER, "would you like to hear from them")), "phone")
    case = world.case(reference)
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.REFERRED)
    assert case.due_at is None, "it is no reviewer’s turn"
    assert "Jamie Quill" in at_its_partner(world).text
    world.passes(days=31)
    assert world.count("cases") == 0
    assert "Jamie" not in at_its_partner(world).text
    assert all(mail.text.count("Jamie") == 0 for mail in to_partner(world))


def test_while_how_to_reach_them_is_corrected_it_is_not_passed_on(world: World) -> None:
    _, page = from_supporter(world)
    agrees(world, page, "phone")
    own = world.open(world.mail(REQUESTER))
    own.choose("contact_corrected", phone="860-555-0123", how="call")
    shown = at_its_partner(world)
    assert "We’re checking a new way to reach them" in shown.text
    assert NUMBER not in shown.text
    assert "0123" not in shown.text


def test_an_old_answer_is_about_no_other_partner(world: World) -> None:
    reference, page = from_supporter(world)
    page.choose("hand_over_refused", hand_over=page.values("hand_over")[0])
    world.passes(minutes=6)
    asked_about(world, world.open(world.mail(JORDAN)), "chaplain")
    answered = page.choose("hand_over_agreed", hand_over=page.values("hand_over")[0], way="phone")
    assert answered.status == 409
    world.passes(minutes=6)
    assert not world.mails("chaplain-on-call@example.org")
    assert world.case(reference).promise(PromiseKind.HAND_OVER) is None


def test_who_cannot_be_asked_by_mail_is_not_handed_over(world: World) -> None:
    world.in_contact(QID4=["2"])
    assert "hand_over_asked" not in world.open(world.mail(JORDAN)).answer.text


def test_another_address_of_a_partner_waits_for_a_coordinator(world: World) -> None:
    _, page = from_supporter(world)
    change(world, "resources.toml", "intake@assistance.example.org", "sam.private@example.org")
    look(world)
    agrees(world, page, "phone")
    assert len(to_partner(world)) == 1, "the files before are in force"
    agree(world, JORDAN)
    assert "sam.private@example.org" in {p.email for p in world.engine.program.partners.values()}


@pytest.mark.parametrize(
    ("old", "new", "is_same_place"),
    [(PARTNER, ELSEWHERE, True), (f'"{PLACE}"', '"Human Resources"', False)],
)
def test_a_yes_to_a_place_is_none_to_what_it_becomes(
    world: World, old: str, new: str, is_same_place: bool
) -> None:
    reference, page = from_supporter(world)
    agrees(world, page, "phone")
    former = at_its_partner(world)
    change(world, "resources.toml", old, new)
    look(world)
    agree(world, JORDAN)
    assert "Jamie" not in former.again().text
    assert "Jamie" not in at_its_partner(world).text
    told = world.mail(REQUESTER).text
    assert f"you’re in touch yet: {PLACE}" in told
    assert "Human Resources" not in told
    assert ("(860) 555-0170" in told) is is_same_place
    own = world.open(world.mail(REQUESTER)).text
    assert f"{PLACE} They haven’t told us that you’re in touch" in own
    assert ("You can call them yourself" in own) is is_same_place
    late = world.mail(JORDAN, "no word yet").text
    assert "The yes was for the old one" in late
    assert "Human Resources" not in late
    world.passes(days=4)
    assert not world.mails(ELSEWHERE)
    assert len(to_partner(world)) == 1
    assert world.events(reference).count("hand_over_lapsed") == 1
    asked_about(world, world.open(world.mail(JORDAN)))
    agrees(world, world.open(world.mail(REQUESTER, "would you like to hear from them")), "phone")
    place = world.mails(ELSEWHERE) or to_partner(world)[1:]
    assert "Jamie Quill" in world.open(place[0]).text


def test_a_page_from_before_asks_about_no_other_place(world: World) -> None:
    _, page = from_supporter(world)
    change(world, "resources.toml", f'"{PLACE}"', '"Human Resources"')
    look(world)
    agree(world, JORDAN)
    answered = page.choose("hand_over_agreed", hand_over=page.values("hand_over")[0], way="phone")
    assert answered.status == 409
    world.passes(minutes=6)
    assert to_partner(world) == []
    assert "Human Resources: would you like to hear" in page.again().text


@pytest.mark.parametrize(
    ("key", "wrong"),
    [("email", "has hand_over but no email"), ("expedited_text", "no expedited_text")],
)
def test_what_is_missing_in_the_files_is_named(world: World, key: str, wrong: str) -> None:
    world.work()
    change(world, "resources.toml", f"{key} = ", f"# {key} = ")
    look(world)
    assert wrong in world.mail("sam.whitaker@example.org").text
