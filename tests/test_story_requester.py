"""Stories of the requester: withdrawing, correcting, being told, coming back."""

import re
from time import monotonic

import pytest

from pages.access.timing import SHORT_STEP_SECONDS
from tests.twice import a_day_later
from tests.world import ELENA, JORDAN, PRIYA, REQUESTER, Browser, World
from workflow.model import Outcome, PromiseKind, State


def test_who_withdraws_within_the_delay_was_never_seen_by_anybody(world: World) -> None:
    world.submit()
    world.work()
    page = world.open(world.mail(REQUESTER)).choose("withdrawn")
    assert "withdrawn" in page.text
    assert world.count("cases") == 0
    assert world.count("identities") == 0
    world.passes(days=3)
    assert [m for m in world.mailbox.messages if REQUESTER not in m.recipients] == []
    assert "nothing left to do" in world.open(world.mail(REQUESTER)).text


@pytest.mark.parametrize("stage", ["request", "offered", "matched", "in_contact"])
def test_who_withdraws_later_is_forgotten_once_the_others_know(world: World, stage: str) -> None:
    arrived = getattr(world, stage)()
    reference = arrived if isinstance(arrived, str) else arrived[0]
    supporter = None if stage == "request" else world.asked(reference)
    world.open(world.mail(REQUESTER)).choose("withdrawn_erased")
    assert world.count("identities") == 0, "erased in the same moment"
    world.passes(minutes=1)
    assert reference in world.mail(JORDAN).subject
    assert "withdrawn" in world.mail(JORDAN).text
    if supporter:
        assert "withdrawn" in world.mail(supporter).text or "over" in world.mail(supporter).text
    assert world.count("cases") == 0
    assert world.count("outbox") == 0
    assert "nothing left to do" in world.open(world.mails(JORDAN)[0]).text


def test_the_confirmation_leaves_before_everything_is_forgotten(world: World) -> None:
    world.request()
    world.open(world.mail(REQUESTER)).choose("withdrawn")
    world.passes(minutes=1)
    assert "You withdrew your request" in world.mail(REQUESTER).text
    assert world.count("cases") == 0


def test_a_withdrawal_told_by_phone_is_recorded_by_a_reviewer(world: World) -> None:
    reference = world.request()
    world.open(world.mail(PRIYA)).choose("withdrawn")
    assert world.case(reference).outcome is Outcome.WITHDRAWN
    world.passes(minutes=1)
    assert world.count("cases") == 0


def test_the_requester_corrects_how_to_be_reached_and_the_supporter_sees_it(world: World) -> None:
    _, supporter = world.matched()
    page = world.open(world.mail(REQUESTER))
    assert "860-555-0199" not in page.text
    page.choose("contact_corrected", phone="860-555-0142", how=["text"], email="")
    world.work()
    card = world.open(world.mail(supporter, "something has changed"))
    assert "Until then, please don’t call, text, or email them" in card.text
    for used in ("860-555-0199", "860-555-0142", REQUESTER):
        assert used not in card.text, "neither the old nor the new is used meanwhile"
    a_day_later(world)
    card = world.open(world.mail(supporter, "something has changed"))
    assert "860-555-0142" in card.text
    assert "changed today" in card.text
    assert "Text only, don’t call." in card.text
    assert REQUESTER not in card.text


def test_a_wrong_number_is_said_and_changes_nothing(world: World) -> None:
    _, supporter = world.matched()
    answer = world.open(world.mail(REQUESTER)).choose("contact_corrected", phone="call me")
    assert answer.status == 400
    assert "doesn’t look right" in answer.text
    assert "860-555-0199" in world.open(world.mail(supporter)).text


def test_who_ticks_email_and_leaves_it_empty_is_asked_for_it(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(REQUESTER))
    page = page.choose("contact_corrected", phone="860-555-0155", how=["mail", "call"])
    assert page.status == 400
    assert "type your email address too, or uncheck “Email.”" in page.text
    assert world.case(reference).facts.is_mailable
    shown = page.answer.text
    assert 'value="860-555-0155"' in shown
    kept = re.findall(r'value="(\w+)"(?: required)? checked', shown)
    assert kept == ["mail", "call", "contact_corrected"], "nothing of what they wrote is lost"


def test_who_gets_no_mail_any_more_is_told_so(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(REQUESTER))
    told = "We don’t email you about this. A coordinator will tell you what you need to know."
    assert told not in page.text
    noted = page.choose("contact_corrected", phone="860-555-0155", how=["call"])
    assert "Thank you. We have your answer." in noted.text
    assert told not in noted.text
    a_day_later(world)
    assert not world.case(reference).facts.is_mailable
    page = world.open(world.mail(REQUESTER))
    assert told in page.text
    assert page.values("choice").count("withdrawn") == 0, "no confirmation by e-mail"
    assert "withdrawn_erased" in page.values("choice")
    page.choose("contact_corrected", email=REQUESTER, how=["mail"])
    a_day_later(world)
    unasked = world.open(world.mail(REQUESTER, "what happens next"))
    assert told in unasked.text, "whom we cannot ask by mail, a reviewer asks"
    reviewing = world.open(world.mail(JORDAN, "pass on a message"))
    reviewing.choose("contact_confirmed", confirmation=reviewing.values("confirmation")[0])
    world.work()
    assert told not in world.open(world.mail(REQUESTER, "we write to you here")).text


def test_who_cannot_be_mailed_is_told_by_a_reviewer(world: World) -> None:
    reference = world.offered(QID4=["2"])
    assert world.mails(REQUESTER) == []
    world.open(world.mail(world.asked(reference))).choose("accepted")
    world.passes(minutes=6)
    task = world.mail(JORDAN)
    assert reference in task.subject
    assert world.case(reference).promise(PromiseKind.TELL, "matched") is not None
    page = world.open(task)
    assert "A supporter said yes and will get in touch with them" in page.text
    page.choose("told", subject="matched")
    assert world.case(reference).promise(PromiseKind.TELL) is None


def test_a_task_to_tell_somebody_is_reminded_of_and_then_the_deputies_hear(world: World) -> None:
    reference = world.offered(QID4=["2"])
    world.open(world.mail(world.asked(reference))).choose("accepted")
    world.passes(minutes=6)
    before = len(world.mails(ELENA))
    world.passes(hours=26)
    assert len(world.mails(ELENA)) == before + 1


def test_not_so_opens_the_request_again(world: World) -> None:
    reference, supporter = world.in_contact()
    world.open(world.mail(supporter)).choose("completed", outcome="supported")
    world.passes(minutes=6)
    world.open(world.mail(REQUESTER, "got it wrong")).choose("reopened")
    world.passes(minutes=6)
    case = world.case(reference)
    assert case.state is State.IN_REVIEW
    assert case.closed_at is None
    assert reference in world.mail(JORDAN).subject
    world.passes(days=40)
    assert world.count("cases") == 1, "an open request is not forgotten"


def test_a_reviewer_opens_a_closed_request_again(world: World) -> None:
    reference = world.request()
    world.open(world.mail(JORDAN)).choose("closed", outcome="not_a_request")
    world.passes(days=1)
    assert not world.mails(REQUESTER, "closed"), "what is no request is closed without a mail"
    world.open(world.mail(PRIYA)).choose("reopened")
    assert world.case(reference).state is State.IN_REVIEW


def test_a_broken_promise_is_told_honestly_and_once(world: World) -> None:
    reference = world.request()
    while world.clock.now < world.case(reference).submitted_at.replace(day=27):
        world.until_handled(reference)
    sorry = [m for m in world.mails(REQUESTER) if "sorry" in m.text.lower()]
    assert len(sorry) == 1
    assert "988" in sorry[0].text
    assert reference in world.mail(ELENA).subject


def test_the_page_is_as_sorry_as_the_mail_about_a_late_review(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(REQUESTER))
    assert "sorry" not in page.text
    while not world.mails(REQUESTER, "running late"):
        world.until_handled(reference)
    late = world.mail(REQUESTER, "running late")
    said = "You should have heard from us by today (Thursday), 10 AM."
    assert said in late.text
    assert f"{said} We’re running late. We’re sorry." in world.open(late).text
    assert "A trained colleague will get in touch" not in world.open(late).text
    page = world.open(world.mail(PRIYA, reference))
    page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    assert "sorry" not in world.open(late).text


def test_the_crisis_line_is_one_tap_away_where_the_program_gives_its_number(world: World) -> None:
    world.request()
    page = world.open(world.mail(REQUESTER))
    assert '<a href="tel:988">Call 988</a>' in page.answer.text
    assert '<a href="sms:988">Text 988</a>' in page.answer.text
    ended = page.choose("withdrawn_erased")
    assert "is withdrawn" in ended.text
    assert 'href="tel:988"' in ended.answer.text
    program = world.folder / "config/program.toml"
    numbers = 'phone = "988"\nsms = "988"\n'
    assert numbers in program.read_text()
    program.write_text(program.read_text().replace(numbers, ""))
    world.work()
    world.submit(QID2_TEXT="robin.vale@example.org")
    world.work()
    page = world.open(world.mail("robin.vale@example.org"))
    assert "Call or text 988, any time." in page.text
    assert "tel:988" not in page.answer.text


def test_the_privacy_page_says_who_may_read_what_was_written(world: World) -> None:
    page = Browser().look(f"{world.url}/privacy").text
    kept, rest = page.split("Who sees it")
    readers, until = rest.split("For how long")
    assert "who you would rather not talk to, whether you feel safe, and where you" in kept
    assert "They can open your name and what you wrote. We record each time they do" in readers
    assert "deputies step in. After them, one more person" in readers
    assert "They see the same from then on, and nothing before" in readers
    assert "sees your name and how to reach you. They never see what you wrote" in readers
    assert "your own words is deleted here once a colleague is in touch" in until


def test_an_old_link_mails_a_new_one_to_the_address_on_file(world: World) -> None:
    reference = world.request()
    old = world.mail(JORDAN)
    world.passes(days=31)
    count = len(world.mails(JORDAN))
    page = world.open(old)
    assert page.status == 410
    assert reference not in page.text
    assert "on its way" in page.choose("fresh").text
    world.until_links_are_mailed()
    assert len(world.mails(JORDAN)) == count + 1
    assert reference in world.open(world.mail(JORDAN)).text
    assert world.open(old).choose("fresh").status == 200
    world.until_links_are_mailed()
    assert len(world.mails(JORDAN)) == count + 1, "not one for every tap"


def test_who_withdrew_can_no_longer_be_looked_up(world: World) -> None:
    world.request()
    link = world.mail(JORDAN)
    world.mailbox.refuse_data_with = 451
    world.open(world.mail(REQUESTER)).choose("withdrawn")
    page = world.open(link)
    assert "Show name" not in page.text
    world.mailbox.refuse_data_with = None
    world.passes(minutes=10)
    assert world.count("cases") == 0


def test_a_hold_tells_nobody_of_a_request_that_nobody_had_heard_of(world: World) -> None:
    world.submit()
    world.work()
    reference = world.only_case().reference
    world.app.test_cli_runner().invoke(args=["hold", reference])
    world.open(world.mail(REQUESTER)).choose("withdrawn_erased")
    world.passes(days=2)
    assert [m for m in world.mailbox.messages if REQUESTER not in m.recipients] == []


def test_a_hold_keeps_nobody_from_correcting_how_to_be_reached(world: World) -> None:
    reference = world.request()
    world.app.test_cli_runner().invoke(args=["hold", reference])
    page = world.open(world.mail(REQUESTER))
    page.choose("contact_corrected", phone="860-555-0142", how=["text"], email="")
    a_day_later(world)
    identity = world.engine.casebook.load(reference).identity
    assert identity is not None
    assert identity.phone == "860-555-0142"
    assert "860-555-0199" in identity.former_contacts


def test_what_was_forgotten_before_anybody_saw_it_leaves_nothing_in_the_file(world: World) -> None:
    response_id = world.submit()
    world.work()
    reference = world.only_case().reference
    world.open(world.mail(REQUESTER)).choose("withdrawn_erased")
    files = b"".join(f.read_bytes() for f in world.folder.glob("peer-support.db*"))
    assert reference.encode() not in files
    assert response_id.encode() not in files
    assert world.count("tallies") == 0


def test_correcting_the_address_does_not_let_the_requester_review(world: World) -> None:
    reference = world.request(QID2_TEXT=PRIYA, QID3_TEXT="")
    assert world.engine.casebook.load(reference).reviewing.may_act("priya-nair") is False
    own = world.mails(PRIYA)[0]
    world.open(own).choose("contact_corrected", email="private@example.org", how=["mail"])
    assert world.engine.casebook.load(reference).reviewing.may_act("priya-nair") is False


def test_a_task_to_tell_somebody_is_over_when_it_is_no_longer_true(world: World) -> None:
    reference = world.offered(QID4=["2"])
    supporter = world.asked(reference)
    world.open(world.mail(supporter)).choose("accepted")
    assert world.case(reference).promise(PromiseKind.TELL, "matched") is not None
    world.open(world.mail(supporter)).choose("handed_back")
    assert world.case(reference).promise(PromiseKind.TELL) is None


def test_who_cannot_be_mailed_is_told_that_it_is_complete_by_a_reviewer(world: World) -> None:
    reference, supporter = world.in_contact(QID4=["2"])
    world.open(world.mail(supporter)).choose("completed", outcome="supported")
    assert world.case(reference).promise(PromiseKind.TELL, "completed") is not None


def test_who_cannot_be_mailed_is_told_with_words_to_copy_and_a_link_that_texts(
    world: World,
) -> None:
    reference = world.request(QID4=["2", "3"])
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    world.open(world.mail(world.asked(reference))).choose("accepted")
    world.passes(minutes=6)
    page = world.open(world.mail(JORDAN, "tell"))
    assert "by tomorrow (Tuesday), 10:17 AM" in page.text
    assert "Hello from Care Desk. We’ve found someone" in page.text
    assert "sms:" not in page.answer.text, "the number stands behind a recorded tap"
    looked = page.choose("identity")
    body = "?&amp;body=Hello%20from%20Care%20Desk.%20We%E2%80%99ve%20found%20someone"
    assert f'href="sms:860-555-0199{body}' in looked.answer.text
    assert page.choose("told", subject="matched").status == 200
    assert "Hello from Care Desk" not in world.open(world.mail(JORDAN, "tell")).text


def test_no_link_is_offered_that_the_person_forbade(world: World) -> None:
    reference = world.request(QID4=["3"])
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    world.open(world.mail(world.asked(reference))).choose("accepted")
    world.passes(minutes=6)
    looked = world.open(world.mail(JORDAN, "tell")).choose("identity").answer.text
    assert "sms:" not in looked
    assert "tel:860-555-0199" in looked


@pytest.mark.parametrize(
    ("choice", "said"), [("withdrawn_erased", "is withdrawn"), ("erased", "It’s deleted")]
)
def test_a_reload_after_everything_was_deleted_says_so(
    world: World, choice: str, said: str
) -> None:
    reference = world.request()
    if choice == "erased":
        world.open(world.mail(JORDAN)).choose("closed", outcome="reached_otherwise")
        world.work()
    page = world.open(world.mail(REQUESTER))
    ended = page.choose(choice)
    assert ended.status == 200
    for _ in range(2):
        again = page.again()
        assert (again.status, said in again.text) == (200, True)
        assert reference not in again.text
    assert page.choose(choice).status == 200, "the browser's own reload sends the form again"
    other = Browser().look(page.answer.url)
    assert other.status == 403
    assert said not in other.text
    world.passes(minutes=31)
    assert "Please open the link again" in page.again().text


@pytest.mark.usefixtures("waits")
def test_their_page_comes_at_moments_that_tell_of_no_other_request(world: World) -> None:
    """One that was combined with another takes more work, and anyone may have filed it."""
    world.request()
    page = world.open(world.mail(REQUESTER))
    for ask in (page.again, lambda: page.choose("nothing")):
        began = monotonic()
        ask()
        assert monotonic() - began >= SHORT_STEP_SECONDS
