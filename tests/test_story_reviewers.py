"""Stories of those who review: two at once, undo, stepping back, being barred, urgency."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from tests.world import (
    DAVID,
    ELENA,
    JORDAN,
    MONDAY,
    PAGER,
    PRIYA,
    REQUESTER,
    RUTH,
    SAM,
    Browser,
    World,
    example_config,
    living,
)
from workflow.model import Outcome, PromiseKind, State


def test_two_coordinators_decide_at_once_and_the_second_is_told_kindly(world: World) -> None:
    reference = world.request()
    jordan, priya = world.open(world.mail(JORDAN)), world.open(world.mail(PRIYA))
    first, second = jordan.values("first")[:2]
    jordan.choose("offered", first=first)
    late = priya.choose("offered", first=second)
    assert late.status == 409
    assert "Jordan Reyes asked a supporter" in late.text
    assert [o.supporter for o in world.case(reference).offers] == [first]


def test_two_decisions_in_the_same_instant_leave_one_winner(world: World) -> None:
    reference = world.request()
    pages = [world.open(world.mail(JORDAN)), world.open(world.mail(PRIYA))]
    choices = pages[0].values("first")[:2]
    threads = [
        threading.Thread(target=page.choose, args=("offered",), kwargs={"first": choice})
        for page, choice in zip(pages, choices, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(world.case(reference).offers) == 1
    assert world.events(reference) == ["submitted", "offered"]


def test_the_same_decision_twice_shows_the_same_page(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    first = page.values("first")[0]
    once, twice = page.choose("offered", first=first), page.choose("offered", first=first)
    assert once.text == twice.text
    assert world.events(reference) == ["submitted", "offered"]


def test_a_choice_has_no_default(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    answer = page.choose("offered")
    assert answer.status == 400
    assert "whom to ask" in answer.text
    assert page.choose("").status == 400
    assert page.choose("closed").status == 400
    assert page.choose("referred").status == 400
    assert page.choose("nonsense").status == 400
    assert world.events(reference) == ["submitted"]


def test_undo_takes_an_offer_back_as_if_it_had_never_been_made(world: World) -> None:
    reference = world.request()
    before = world.case(reference)
    page = world.open(world.mail(JORDAN))
    result = page.choose("offered", first=page.values("first")[0])
    assert "Undo" in result.text
    assert "asked a supporter" in result.text
    result.choose("undone")
    after = world.case(reference)
    assert (after.state, after.offers, after.promises) == (
        before.state,
        before.offers,
        before.promises,
    )
    world.passes(hours=1)
    assert len(world.mailbox.messages) == 3, "nobody was asked"


def test_undo_is_over_once_the_window_has_passed_or_a_mail_has_left(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    result = page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=5)
    late = result.choose("undone")
    assert late.status == 409
    assert world.case(reference).state is State.OFFERED


def test_referring_and_closing_can_be_undone_too(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    place = page.values("resource")[0]
    page.choose("referred", resource=[place]).choose("undone")
    assert world.case(reference).state is State.IN_REVIEW
    world.open(world.mail(PRIYA)).choose("closed", outcome="not_a_request").choose("undone")
    assert world.case(reference).state is State.IN_REVIEW
    assert world.case(reference).outcome is None
    world.passes(days=40)
    assert world.count("cases") == 1, "what was undone is not forgotten"


def test_referring_sends_the_chosen_resources(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    chosen = page.values("resource")[1]
    page.choose("referred", resource=[chosen])
    world.passes(minutes=6)
    assert world.case(reference).outcome is Outcome.REFERRED
    assert world.engine.program.resources[chosen].name in world.mail(REQUESTER).text


def test_a_supporter_points_to_help_and_stays(world: World) -> None:
    reference, supporter = world.in_contact()
    page = world.open(world.mail(supporter))
    page.choose("referred", resource=[page.values("resource")[0]])
    world.work()
    assert world.case(reference).state is State.IN_CONTACT
    assert "988" in world.mail(REQUESTER).text


def test_opening_the_name_is_recorded_and_deciding_hides_it_again(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    assert "step back" in page.text
    assert page.text.index("step back") < page.text.index("Show name and contact")
    seen = page.choose("identity")
    assert "Jamie Quill" in seen.text
    assert world.count("openings") == 1
    result = page.choose("closed", outcome="reached_otherwise")
    assert result.choose("undone").status == 200
    assert world.case(reference).state is State.IN_REVIEW
    after = page.choose("identity")
    assert "Jamie" not in after.text


def test_who_steps_back_hears_no_more_and_the_others_go_on(world: World) -> None:
    reference = world.request()
    assert "stepped back" in world.open(world.mail(JORDAN)).choose("handed_over").text
    count = len(world.mails(JORDAN))
    world.passes(hours=25)
    assert len(world.mails(JORDAN)) == count
    assert len(world.mails(PRIYA)) == 2
    gone = world.open(world.mails(JORDAN)[0])
    assert gone.status == 403
    assert reference not in gone.text


def test_when_all_step_back_the_deputies_take_over_with_full_rights(world: World) -> None:
    reference = world.request()
    for coordinator in (JORDAN, PRIYA):
        world.open(world.mail(coordinator)).choose("handed_over")
    world.work()
    page = world.open(world.mail(ELENA))
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    assert world.case(reference).state is State.OFFERED


def test_who_is_the_requester_or_not_wanted_never_learns_of_it(world: World) -> None:
    world.request(QID2_TEXT="Jordan.Reyes@Example.org", QID1_TEXT="J.", QID11_TEXT="priya nayr")
    assert [m.subject for m in world.mails(PRIYA)] == []
    assert len(world.mails("Jordan.Reyes@Example.org")) == 1, "only what requesters get"
    assert world.mails(JORDAN) == []
    assert world.mails(ELENA)
    assert world.mails(DAVID)


def test_when_the_deputies_are_barred_too_the_outside_person_reviews(world: World) -> None:
    world.request(
        QID11_TEXT="Jordan Reyes, Priya Nair, Elena Fischer, David Okafor",
    )
    assert len(world.mails(RUTH)) == 1
    for barred in (JORDAN, PRIYA, ELENA, DAVID):
        assert world.mails(barred) == []
    page = world.open(world.mail(RUTH))
    assert page.choose("offered", first=page.values("first")[0]).status == 200


def test_supervisors_of_the_unit_are_barred(world: World) -> None:
    reference = world.request(QID6=2, QID7_TEXT="the operating rooms, nights")
    assert world.mails("marcus.bell@example.org") == []
    assert reference in world.mail(PRIYA).subject


def test_an_urgent_request_calls_everybody_until_somebody_takes_the_call(world: World) -> None:
    world.submit(QID12=3)
    world.work()
    reference = world.only_case().reference
    for person in (JORDAN, PRIYA, ELENA, DAVID, PAGER):
        assert len(world.mails(person)) == 1, person
    ring = world.mail(PAGER)
    assert reference not in ring.subject + ring.text
    assert "/open/" not in ring.text
    world.passes(minutes=15)
    world.passes(minutes=15)
    assert len(world.mails(JORDAN)) == 3

    page = world.open(world.mail(JORDAN))
    assert "cannot be undone" in page.text
    page.choose("call_taken")
    world.passes(minutes=45)
    assert len(world.mails(PRIYA)) == 3
    world.passes(minutes=16)
    assert world.events(reference)[-1] == "call_lapsed"
    assert len(world.mails(PRIYA)) == 4, "the calls start again at once"

    page = world.open(world.mail(PRIYA))
    result = page.choose("offered", first=page.values("first")[0])
    assert 'value="undone"' not in result.answer.text
    world.work()
    assert world.mails(world.asked(reference)), "it leaves at once"
    world.passes(minutes=15)
    assert len(world.mails(PRIYA)) == 5, "nobody has called yet"
    world.open(world.mail(world.asked(reference))).choose("accepted")
    world.passes(minutes=15)
    assert len(world.mails(PRIYA)) == 6, "nor has the supporter"
    world.open(world.mail(JORDAN, "act now")).choose("call_taken")
    count = len(world.mails(JORDAN))
    world.passes(minutes=45)
    assert len(world.mails(JORDAN)) == count


def test_once_the_person_was_spoken_with_nobody_is_woken_again_and_the_review_goes_on(
    world: World,
) -> None:
    world.submit(QID12=3)
    world.work()
    reference = world.only_case().reference
    review = world.case(reference).promise(PromiseKind.REVIEW)
    page = world.open(world.mail(JORDAN)).choose("call_taken")
    assert "Jordan Reyes is calling the person" in page.text
    page.again().choose("called")
    mails = len(world.mailbox.messages)
    world.passes(hours=8)
    assert len(world.mailbox.messages) == mails, "no urgent mail any more"
    case = world.case(reference)
    assert (case.state, case.is_urgent, case.was_call_taken) == (State.IN_REVIEW, True, True)
    assert case.promise(PromiseKind.REVIEW) == review
    page = world.open(world.mail(PRIYA))
    assert "Jordan Reyes spoke with the person" in page.text
    assert 'value="called"' not in page.answer.text
    world.passes(hours=17)
    assert world.mails(PRIYA, f"{reference}: please decide"), "the review is reminded of as usual"


def test_whoever_calls_sees_first_how_to_reach_the_person(world: World) -> None:
    world.submit(QID12=2)
    world.work()
    page = world.open(world.mail(JORDAN)).choose("call_taken")
    calling = page.text.split("Jordan Reyes is calling the person.")[1]
    assert calling.startswith(" Who it is I know this person: step back")
    assert calling.index("Show name and contact") < calling.index("How did the call go?")
    assert page.text.count("Show name and contact") == 1
    assert "looking at this" not in page.text, "everybody can see that they are"
    other = world.open(world.mail(PRIYA)).text
    assert other.index("How did the call go?") < other.index("Show name and contact")
    assert "I am looking at this" in other
    assert "Jordan Reyes is looking" not in other, "the page says that they call"


def test_who_takes_the_call_and_steps_back_leaves_nobody_waiting(world: World) -> None:
    world.submit(QID12=3)
    world.work()
    reference = world.only_case().reference
    world.open(world.mail(JORDAN)).choose("call_taken")
    world.open(world.mail(JORDAN)).choose("handed_over")
    world.work()
    assert world.case(reference).promise(PromiseKind.URGENT) is not None
    assert len(world.mails(PRIYA, "act now")) == 2
    assert len(world.mails(JORDAN)) == 1


def test_who_takes_the_call_second_is_told_who_is_calling(world: World) -> None:
    world.submit(QID12=3)
    world.work()
    pages = [world.open(world.mail(person)) for person in (JORDAN, PRIYA)]
    pages[0].choose("call_taken")
    late = pages[1].choose("call_taken")
    assert late.status == 409
    assert "Jordan Reyes is calling" in late.text


def test_a_stale_page_decides_nothing_about_somebody_else(world: World) -> None:
    reference = world.offered()
    stale = world.open(world.mail(JORDAN))
    world.open(world.mail(world.asked(reference))).choose("declined")
    assert stale.choose("accepted").status == 409
    assert world.case(reference).state is State.OFFERED


def test_after_deciding_a_visit_can_do_nothing_but_undo(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    result = page.choose("offered", first=page.values("first")[0])
    for choice in ("withdrawn", "handed_over", "identity"):
        assert "Jamie" not in result.choose(choice).text
    assert world.case(reference).state is State.OFFERED
    assert world.count("openings") == 0


def test_the_other_coordinator_may_undo_too(world: World) -> None:
    reference = world.request()
    world.open(world.mail(JORDAN)).choose("closed", outcome="duplicate")
    assert world.open(world.mail(PRIYA)).choose("undone").status == 200
    assert world.case(reference).state is State.IN_REVIEW


def test_a_nudge_or_a_fresh_link_does_not_keep_anybody_from_undoing(world: World) -> None:
    reference = world.request()
    world.clock.now += timedelta(hours=23, minutes=47)
    page = world.open(world.mail(JORDAN))
    result = page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=3)
    assert len(world.mails(PRIYA)) == 2, "the nudge after a day"
    assert result.choose("undone").status == 200
    assert world.case(reference).state is State.IN_REVIEW


def test_undoing_a_withdrawn_offer_asks_the_supporter_after_all(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=4)
    result = world.open(world.mail(PRIYA)).choose("offer_withdrawn")
    world.passes(minutes=2)
    assert result.choose("undone").status == 200
    world.work()
    assert len(world.mails(world.asked(reference))) == 1


def test_a_decision_that_is_opened_again_sends_nothing_untrue(world: World) -> None:
    reference = world.request()
    world.open(world.mail(JORDAN)).choose("closed", outcome="could_not_be_reached")
    world.open(world.mail(PRIYA)).choose("reopened")
    count = len(world.mails(REQUESTER))
    world.passes(minutes=10)
    assert world.case(reference).state is State.IN_REVIEW
    assert len(world.mails(REQUESTER)) == count


def test_a_safety_answer_that_nobody_can_read_is_urgent(world: World) -> None:
    world.submit(QID12=7)
    world.work()
    assert world.only_case().is_urgent
    assert world.only_case().promise(PromiseKind.URGENT) is not None


def test_a_browser_holds_several_visits(world: World) -> None:
    first = world.request()
    second_mail_before = len(world.mails(JORDAN))
    world.submit(QID1_TEXT="Sam Other", QID2_TEXT="sam.other@example.org", QID3_TEXT="")
    world.work()
    world.passes(minutes=11)
    assert len(world.mails(JORDAN)) == second_mail_before + 1
    browser = Browser()
    one = world.open(world.mails(JORDAN)[0], browser)
    two = world.open(world.mails(JORDAN)[1], browser)
    assert first in one.again().text
    assert first not in two.again().text


def test_a_visit_ends_after_half_an_hour(world: World) -> None:
    world.request()
    page = world.open(world.mail(JORDAN))
    world.clock.now = world.clock.now.replace(minute=59)
    assert page.again().status == 403
    assert "open the link again" in page.choose("closed", outcome="duplicate").text


def test_the_note_is_shown_on_request_and_goes_when_contact_is_made(tmp_path: Path) -> None:
    config = example_config(tmp_path)
    survey = config / "survey.toml"
    survey.write_text(survey.read_text().replace('unit = "QID7_TEXT"', 'note = "QID7_TEXT"'))
    with living(tmp_path, config) as world:
        reference = world.offered(QID7_TEXT="<b>A hard night</b>")
        page = world.open(world.mail(JORDAN))
        seen = page.choose("text")
        assert "<b>A hard night</b>" in seen.text or "&lt;b&gt;" in seen.answer.text
        supporter = world.asked(reference)
        card = world.open(world.mail(supporter)).choose("accepted")
        assert "hard night" not in card.text
        card.choose("contacted")
        identity = world.engine.casebook.load(reference).identity
        assert identity is not None
        assert identity.note == ""


def test_the_last_one_cannot_step_back_into_nothing(world: World) -> None:
    reference = world.request(
        QID11_TEXT="Jordan Reyes, Priya Nair, Elena Fischer, David Okafor",
    )
    page = world.open(world.mail(RUTH)).choose("handed_over")
    assert page.status == 409
    assert "Nobody else is left" in page.text
    assert world.engine.casebook.load(reference).reviewing.may_act("ruth-lindqvist")
    assert world.events(reference) == ["submitted"]


def test_whoever_called_and_then_asked_a_supporter_has_said_how_it_went(world: World) -> None:
    world.submit(QID12=3)
    world.work()
    reference = world.only_case().reference
    world.open(world.mail(JORDAN)).choose("call_taken")
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first=page.values("first")[0])
    count = len(world.mails(PRIYA))
    world.passes(hours=3)
    assert world.case(reference).promise(PromiseKind.URGENT) is None
    assert len(world.mails(PRIYA)) == count


def test_who_stepped_back_does_not_hear_of_a_withdrawal_either(world: World) -> None:
    world.request()
    world.open(world.mail(JORDAN)).choose("handed_over")
    count = len(world.mails(JORDAN))
    world.open(world.mail(REQUESTER)).choose("withdrawn_erased")
    world.passes(minutes=1)
    assert "withdrawn" in world.mail(PRIYA).text
    assert len(world.mails(JORDAN)) == count


def test_a_reviewer_says_that_they_are_looking_and_it_expires_by_itself(world: World) -> None:
    reference = world.request()
    before = world.case(reference)
    said = world.open(world.mail(JORDAN)).choose("looking")
    assert "Jordan Reyes is looking at this since 10:11 AM" in said.text
    assert "I am looking at this" not in said.text
    other = world.open(world.mail(PRIYA))
    assert "Jordan Reyes is looking at this since 10:11 AM" in other.text
    assert world.case(reference) == before, "no promise changes"
    assert other.choose("offered", first=other.values("first")[0]).status == 200
    world.passes(hours=2)
    page = world.open(world.mail(PRIYA))
    assert "is looking at this" not in page.text
    assert "Jordan Reyes was looking at it" in page.text


def test_who_steps_back_is_no_longer_looking(world: World) -> None:
    world.request()
    world.open(world.mail(JORDAN)).choose("looking").choose("handed_over")
    assert "is looking at this" not in world.open(world.mail(PRIYA)).text


def test_nobody_steps_back_when_only_an_outside_person_who_is_barred_is_left(world: World) -> None:
    reference = world.request(QID11_TEXT="Ruth Lindqvist")
    for person in (JORDAN, PRIYA, ELENA):
        assert world.open(world.mail(person)).choose("handed_over").status == 200
        world.work()
    page = world.open(world.mail(DAVID)).choose("handed_over")
    assert page.status == 409
    assert "Nobody else is left" in page.text
    world.work()
    assert world.mails(RUTH) == []
    assert [p.email for p in world.engine.casebook.load(reference).reviewing.reviewers] == [DAVID]


def test_nobody_who_is_here_steps_back_when_all_others_are_away(world: World) -> None:
    world.own_page(PRIYA).choose("away_open")
    reference = world.request(QID11_TEXT="Elena Fischer, David Okafor, Ruth Lindqvist")
    assert world.open(world.mail(JORDAN)).choose("handed_over").status == 409
    world.own_page(PRIYA).choose("back")
    assert world.open(world.mail(JORDAN)).choose("handed_over").status == 200
    world.work()
    assert reference in world.mail(PRIYA).subject


NOBODY_MAY_SEE = "nobody on our lists may see"
ALL_OF_THEM = "Jordan Reyes, Priya Nair, Elena Fischer, David Okafor"


def test_a_request_that_nobody_may_see_is_shown_to_nobody_and_the_admins_hear_of_it(
    world: World,
) -> None:
    world.submit(QID1_TEXT="Ruth Lindqvist", QID2_TEXT=RUTH, QID3_TEXT=None, QID11_TEXT=ALL_OF_THEM)
    world.work()
    reference = world.only_case().reference
    world.passes(minutes=11)
    assert len(world.mails(RUTH)) == 1, "only what requesters get"
    assert "988" in world.mail(RUTH).text
    told = world.mail(SAM)
    assert NOBODY_MAY_SEE in told.text
    assert reference not in told.subject + told.text
    assert "Lindqvist" not in told.subject + told.text
    count = len(world.mails(SAM))
    world.passes(hours=2)
    assert len(world.mails(SAM)) == count
    world.passes(days=1)
    assert len(world.mails(SAM)) == count + 1, "each day as long as it lasts"
    for person in (JORDAN, PRIYA, ELENA, DAVID):
        assert world.mails(person) == []
    assert world.events(reference) == ["submitted"]


def test_the_admins_hear_too_when_nobody_may_see_a_request_any_more(world: World) -> None:
    reference = world.request(QID11_TEXT=ALL_OF_THEM)
    world.passes(minutes=1)
    assert world.mails(RUTH, reference)
    assert not any(NOBODY_MAY_SEE in mail.text for mail in world.mails(SAM))
    world.engine.correct_contact(reference, {"email": RUTH, "phone": ""}, True, world.clock())
    world.passes(minutes=1)
    assert NOBODY_MAY_SEE in world.mail(SAM).text


def test_what_the_admins_were_told_is_not_kept_for_good(world: World) -> None:
    world.request(QID11_TEXT=f"{ALL_OF_THEM}, Ruth Lindqvist")
    told = world.row("alarms", "occasion")
    world.passes(days=89)
    assert told in world.rows("alarms", "occasion")
    world.passes(days=2)
    assert told not in world.rows("alarms", "occasion")


def test_an_urgent_request_that_nobody_may_see_rings_and_alarms_at_once(world: World) -> None:
    world.submit(QID12=3, QID11_TEXT=f"{ALL_OF_THEM}, Ruth Lindqvist")
    world.work()
    assert len(world.mails(PAGER)) == 1
    world.passes(minutes=1)
    assert NOBODY_MAY_SEE in world.mail(SAM).text


def test_when_deputies_are_silent_too_the_outside_person_is_called(world: World) -> None:
    reference = world.request()
    while not world.mails(RUTH):
        assert len(world.mails(ELENA, reference)) < 9
        assert world.clock.now < MONDAY + timedelta(days=8)
        world.passes(hours=1)
    page = world.open(world.mail(RUTH))
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    assert 'value="undone"' in page.again().answer.text, "the page stays theirs"
    assert world.case(reference).state is State.OFFERED


def test_an_answer_in_between_keeps_the_outside_person_out(world: World) -> None:
    reference = world.request()
    for _ in range(4):
        world.passes(days=1)
    page = world.open(world.mail(ELENA))
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    assert world.case(reference).calls_in_vain == 0
    assert world.mails(RUTH) == []


@pytest.mark.parametrize("left_out", ["", "Ruth Lindqvist"])
def test_when_the_outside_person_is_silent_or_barred_the_admins_hear_of_it(
    world: World, left_out: str
) -> None:
    reference = world.request(QID11_TEXT=left_out)
    while not world.mails(SAM):
        assert world.clock.now < MONDAY + timedelta(days=16)
        world.passes(hours=4)
    told = world.mail(SAM)
    assert "nobody who was called acts on it" in told.text
    assert reference not in told.subject + told.text
    assert bool(world.mails(RUTH)) is not bool(left_out)


def test_whoever_took_the_call_says_how_it_went_also_once_others_are_back(world: World) -> None:
    for person in (JORDAN, PRIYA, ELENA, DAVID):
        world.own_page(person).choose("away_open")
    world.submit(QID12=3)
    world.work()
    reference = world.only_case().reference
    assert world.open(world.mail(RUTH)).choose("call_taken").status == 200
    world.own_page(ELENA).choose("back")
    world.work()
    page = world.open(world.mail(RUTH))
    assert page.status == 200
    page.choose("called")
    assert world.events(reference)[-1] == "called"
    assert world.open(world.mail(RUTH)).status == 403, "now it is Elena's"
