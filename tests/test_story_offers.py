"""Stories of offers: no, silence, stand-ins, a late yes, and what comes back."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import unquote

import pytest

from people.supporters import ChecksMail
from tests.test_story_supporters import edit
from tests.world import ELENA, JORDAN, PRIYA, REQUESTER, Page, World
from workflow.model import OfferState, PromiseKind, State
from workflow.words import day_and_time


def test_a_no_goes_to_the_stand_in_and_the_next_no_back_to_the_coordinators(world: World) -> None:
    reference = world.offered()
    first = world.asked(reference)
    assert "Thank you" in world.open(world.mail(first)).choose("declined").text
    assert world.case(reference).state is State.OFFERED
    second = world.asked(reference)
    assert second != first
    world.passes(minutes=6)

    world.open(world.mail(second)).choose("declined")
    world.passes(minutes=6)
    assert world.case(reference).state is State.IN_REVIEW
    assert reference in world.mail(JORDAN).subject
    page = world.open(world.mail(JORDAN))
    assert "was asked for this request before" in page.text


def test_a_form_that_is_sent_without_a_button_answers_nothing(world: World) -> None:
    reference = world.offered()
    page = world.open(world.mail(world.asked(reference))).choose("")
    assert page.status == 400
    assert world.case(reference).state is State.OFFERED


def test_silence_lapses_and_a_late_yes_counts_until_somebody_else_said_yes(world: World) -> None:
    reference = world.offered()
    silent = world.asked(reference)
    offer_mail = world.mail(silent)
    world.until_handled(reference)
    assert len(world.mails(silent)) == 2, "one nudge, after the night"
    while world.asked(reference) == silent:
        world.until_handled(reference)
    stand_in = world.asked(reference)
    assert world.events(reference)[-1] == "lapsed"

    late = world.open(offer_mail)
    assert "still counts" in late.text
    assert "Jamie" not in late.text
    assert "Jamie Quill" in late.choose("accepted").text
    world.passes(minutes=6)
    assert world.asked(reference) == silent
    assert "covered" in world.mail(stand_in).text
    assert world.open(world.mail(stand_in, "/open/")).status == 404


def test_a_late_yes_comes_too_late_once_somebody_else_accepted(world: World) -> None:
    reference = world.offered()
    silent = world.asked(reference)
    offer_mail = world.mail(silent)
    late = world.open(offer_mail)
    while world.asked(reference) == silent:
        world.until_handled(reference)
    world.open(world.mail(world.asked(reference))).choose("accepted")
    answer = world.open(offer_mail)
    assert "Jamie" not in answer.text
    assert 'value="accepted"' not in answer.answer.text
    assert late.status == 200


def test_the_offer_counts_from_when_its_mail_left_and_rests_at_night(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first=reads_mail(world, ChecksMail.DAILY))
    case = world.case(reference)
    assert case.promise(PromiseKind.OFFER) is None
    assert case.promise(PromiseKind.REVIEW) is not None, "the reviewers' moment stands until then"
    world.passes(minutes=6)
    promise = world.case(reference).promise(PromiseKind.OFFER)
    assert promise is not None
    assert promise.began_at == world.clock.now
    assert (promise.due_at - promise.began_at).total_seconds() == 34 * 3600, "24 h and one night"


def test_an_offer_that_cannot_be_delivered_goes_to_the_next(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    first, second = page.values("first")[:2]
    page.choose("offered", first=first, backup=second)
    world.mailbox.refuse_address_with[world.asked(reference)] = 550
    for _ in range(4):
        world.passes(minutes=6)
    offers = world.case(reference).offers
    assert [o.state for o in offers] == [OfferState.UNDELIVERABLE, OfferState.OPEN]


def test_a_supporter_hands_back_and_sees_nothing_any_more(world: World) -> None:
    reference, supporter = world.matched()
    page = world.open(world.mail(supporter))
    assert "Jamie Quill" in page.text
    assert "can’t open it anymore" in page.choose("handed_back").text
    for shown in (page.again(), world.open(world.mail(supporter))):
        assert "Jamie" not in shown.text
        assert 'value="undone"' in shown.answer.text
    assert world.mails(PRIYA, "again") == []
    world.passes(minutes=6)
    assert 'value="undone"' not in page.again().answer.text
    assert "Jamie" not in page.again().text
    assert "Jamie" not in world.open(world.mail(supporter)).text
    assert reference in world.mail(PRIYA).subject
    assert world.case(reference).state is State.IN_REVIEW


def test_a_reviewer_takes_back_and_the_supporter_hears_that_it_is_covered(world: World) -> None:
    reference, supporter = world.matched()
    world.open(world.mail(JORDAN)).choose("taken_back")
    world.passes(minutes=6)
    assert "covered" in world.mail(supporter).text
    assert "Jamie" not in world.open(world.mail(supporter, "/open/")).text
    assert world.case(reference).state is State.IN_REVIEW


def test_the_requester_has_not_heard_or_asks_for_somebody_else(world: World) -> None:
    reference, supporter = world.matched()
    page = world.open(world.mail(REQUESTER))
    known = page.text.split("No one has been in touch yet")[1].split("I’d like to talk")[0]
    assert "find someone else" in known
    assert "Your supporter only hears that it’s covered" in known
    assert "We have your answer" in page.choose("not_heard").text
    world.passes(minutes=6)
    assert world.case(reference).state is State.IN_REVIEW
    assert "hasn’t been in touch" in world.mail(JORDAN).text
    assert "covered" in world.mail(supporter).text

    page = world.open(world.mail(JORDAN))
    page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    supporter = world.asked(reference)
    world.open(world.mail(supporter)).choose("accepted")
    world.open(world.mail(supporter)).choose("contacted")
    world.passes(minutes=6)
    world.open(world.mail(REQUESTER)).choose("rematch_asked")
    world.passes(minutes=6)
    assert world.case(reference).state is State.IN_REVIEW
    assert world.events(reference)[-1] == "rematch_asked"


def test_three_tries_without_reaching_anybody_bring_it_back(world: World) -> None:
    reference, supporter = world.matched()
    for _ in range(3):
        world.open(world.mail(supporter)).choose("tried")
        world.passes(hours=1)
    assert world.events(reference)[-3:] == ["tried", "tried", "not_reached"]
    assert world.case(reference).state is State.IN_REVIEW


def test_a_reviewer_withdraws_an_offer_and_keeps_a_day_or_what_is_left(world: World) -> None:
    reference = world.offered()
    supporter = world.asked(reference)
    world.open(world.mail(PRIYA)).choose("offer_withdrawn")
    case = world.case(reference)
    review = case.promise(PromiseKind.REVIEW_AGAIN)
    assert review is not None
    assert (review.due_at - case.submitted_at).total_seconds() == 72 * 3600
    assert len(world.mails(supporter)) == 1, "it can still be undone"
    world.passes(minutes=6)
    assert "covered" in world.mail(supporter).text


def test_a_supporter_who_left_the_roster_is_noticed(world: World) -> None:
    reference, _ = world.matched()
    offer = world.case(reference).current_offer
    assert offer is not None
    edit(world, lambda line: "", offer.supporter)
    world.passes(minutes=31)
    assert world.events(reference)[-1] == "supporter_gone"
    assert reference in world.mail(JORDAN).subject


def test_silence_after_a_yes_is_told_to_the_reviewers_and_then_the_deputies(world: World) -> None:
    reference, supporter = world.matched()
    world.passes(hours=24)
    assert len(world.mails(supporter, reference)) >= 2, "a nudge before it is due"
    assert not [m for m in world.mails(ELENA) if reference in m.subject]
    for _ in range(8):
        world.until_handled(reference)
    assert "hasn’t told us" in world.mail(JORDAN, reference).text
    assert reference in world.mail(ELENA).subject
    page = world.open(world.mail(ELENA))
    assert page.choose("taken_back").status == 200
    assert world.case(reference).state is State.IN_REVIEW


def test_who_is_not_wanted_and_not_on_our_lists_is_shown_to_reviewers(world: World) -> None:
    world.request(QID11_TEXT="the tall one from days")
    page = world.open(world.mail(JORDAN))
    assert "the tall one" not in page.text
    assert "the tall one from days" in page.choose("text").text


def test_the_mail_of_an_offer_names_the_moment_that_counts(world: World) -> None:
    reference = world.offered()
    mail = world.mail(world.asked(reference))
    promise = world.case(reference).promise(PromiseKind.OFFER)
    assert promise is not None
    assert day_and_time(promise.due_at, world.engine.program.zone, world.clock()) in mail.text
    assert (
        day_and_time(promise.due_at, world.engine.program.zone, world.clock())
        in world.open(mail).text
    )


def test_a_late_yes_is_over_once_somebody_accepted_even_if_it_comes_back(world: World) -> None:
    reference = world.offered()
    silent = world.asked(reference)
    offer_mail = world.mail(silent)
    while world.asked(reference) == silent:
        world.until_handled(reference)
    world.open(world.mail(world.asked(reference))).choose("accepted")
    world.passes(minutes=6)
    world.open(world.mail(REQUESTER)).choose("rematch_asked")
    late = world.open(offer_mail)
    assert "still counts" not in late.text
    assert 'value="accepted"' not in late.answer.text
    assert world.case(reference).state is State.IN_REVIEW


def test_who_is_no_longer_on_the_roster_sees_nothing(world: World) -> None:
    reference, supporter = world.matched()
    page = world.open(world.mail(supporter))
    offer = world.case(reference).current_offer
    assert offer is not None
    edit(world, lambda line: "", offer.supporter)
    world.passes(minutes=31)
    assert "Jamie" not in page.again().text


def test_a_double_tap_counts_once(world: World) -> None:
    reference, supporter = world.matched()
    page = world.open(world.mail(supporter))
    for _ in range(3):
        assert page.choose("tried", version=page.values("version")[0]).status == 200
    assert world.events(reference).count("tried") == 1
    assert world.case(reference).state is State.MATCHED


# Supporters who seldom read mail


def reads_mail(
    world: World, habit: ChecksMail, phone: str = "860-555-0110", text_ok: str = "yes"
) -> str:
    """Let somebody who may be asked read mail as given; returns their id."""
    listed, wanted = "860-555-0110,yes,daily", f"{phone},{text_ok},{habit.value}"
    if wanted != listed:
        edit(world, lambda line: line.replace(listed, wanted), "amara-cole")
    return "amara-cole"


def sms_links(page: Page) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="(sms:[^"]+)"', page.answer.text)]


def test_who_reads_mail_twice_a_week_is_texted_and_has_longer(world: World) -> None:
    reference = world.request()
    amara = reads_mail(world, ChecksMail.TWICE_A_WEEK)
    page = world.open(world.mail(JORDAN))
    assert (
        "Reads email twice a week: an answer may take until Thursday, Nov 26, 10 AM. Text or"
        " call them too." in page.text
    )

    decided = page.choose("offered", first=amara)
    assert "once our email is out" in decided.text
    world.passes(minutes=6)
    page = world.open(world.mail(PRIYA))
    assert (
        "Hi Amara Cole, there’s an email for you from Care Desk. Could you look at it" in page.text
    )
    assert "Please let them know yourself." in page.text
    promise = world.case(reference).promise(PromiseKind.OFFER)
    assert promise is not None
    assert day_and_time(promise.due_at, world.engine.program.zone, world.clock()) in page.text
    assert (
        day_and_time(promise.due_at, world.engine.program.zone, world.clock())
        in world.mail(world.asked(reference)).text
    )


def test_the_text_says_nothing_and_leaves_only_by_hand(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    page = page.choose("offered", first=reads_mail(world, ChecksMail.TWICE_A_WEEK))
    [link] = sms_links(page)
    number, _, text = link.partition("?body=")
    assert number == "sms:860-555-0110"
    assert unquote(text) == (
        "Hi Amara Cole, there’s an email for you from Care Desk. Could you look at it today?"
    )
    assert reference not in link
    assert "http" not in link
    before = len(world.mailbox.messages)
    world.work()
    assert len(world.mailbox.messages) == before


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"text_ok": "no"}, "Call them"),
        ({"text_ok": "no", "phone": ""}, "Please let them know yourself"),
    ],
)
def test_who_may_not_be_texted_is_called_or_told(
    world: World, changed: dict[str, str], said: str
) -> None:
    world.request()
    amara = reads_mail(world, ChecksMail.WEEKLY, **changed)
    page = world.open(world.mail(JORDAN)).choose("offered", first=amara)
    assert sms_links(page) == []
    assert said in page.text


def test_who_reads_mail_daily_is_not_texted(world: World) -> None:
    world.request()
    amara = reads_mail(world, ChecksMail.DAILY)
    page = world.open(world.mail(JORDAN)).choose("offered", first=amara)
    assert "Let Amara Cole know" not in page.text


def test_waiting_for_mail_never_breaks_the_promise_of_the_first_contact(world: World) -> None:
    reference = world.request()
    amara = reads_mail(world, ChecksMail.WEEKLY)
    case = world.case(reference)
    rules, now = world.engine.casebook.rules, world.clock.now
    due_at = rules.offer_due_at(case, now, ChecksMail.WEEKLY)
    assert due_at - case.submitted_at == timedelta(hours=72), "48 hours are left for the contact"
    assert due_at > rules.offer_due_at(case, now, ChecksMail.DAILY)

    world.clock.now += timedelta(hours=70)
    late = rules.offer_due_at(case, world.clock.now, ChecksMail.WEEKLY)
    assert late == rules.offer_due_at(case, world.clock.now, ChecksMail.DAILY), "as long as others"
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first=amara)
    world.passes(minutes=6)
    promise = world.case(reference).promise(PromiseKind.OFFER)
    assert promise is not None
    assert promise.due_at - late < timedelta(minutes=10)


def test_who_seldom_reads_mail_gets_days_when_there_is_time(world: World) -> None:
    reference = world.offered()
    case = world.case(reference)
    contact = case.promise(PromiseKind.FIRST_CONTACT)
    assert contact is not None
    roomy = case.with_promise(replace(contact, due_at=contact.due_at + timedelta(days=30)))
    rules, now = world.engine.casebook.rules, world.clock.now
    days = {
        habit: (rules.offer_due_at(roomy, now, habit) - now) / timedelta(days=1)
        for habit in ChecksMail
    }
    assert days[ChecksMail.DAILY] < 2
    assert (days[ChecksMail.TWICE_A_WEEK], days[ChecksMail.WEEKLY]) == (4, 8)
