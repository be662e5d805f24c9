"""Stories of reviewers: two at once, undo, visits, and what a page shows."""

import threading
from datetime import timedelta
from pathlib import Path

from tests.world import JORDAN, PRIYA, REQUESTER, Browser, World, example_config, living
from workflow.model import Outcome, State


def test_when_two_coordinators_decide_the_second_is_told_what_the_first_decided(
    world: World,
) -> None:
    reference = world.request()
    jordan, priya = world.open(world.mail(JORDAN)), world.open(world.mail(PRIYA))
    first, second = jordan.values("first")[:2]
    jordan.choose("offered", first=first)
    late = priya.choose("offered", first=second)
    assert late.status == 409
    assert "Jordan Reyes asked a supporter" in late.text
    assert [o.supporter for o in world.case(reference).offers] == [first]


def test_two_simultaneous_decisions_leave_one_winner(world: World) -> None:
    reference = world.request()
    pages = [world.open(world.mail(JORDAN)), world.open(world.mail(PRIYA))]
    choices = pages[0].values("first")[:2]
    threads = [
        threading.Thread(
            target=page.choose, args=("offered",), kwargs={"first": choice}, daemon=True
        )
        for page, choice in zip(pages, choices, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
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
    assert "who to ask" in answer.text
    assert page.choose("").status == 400
    assert page.choose("closed").status == 400
    assert page.choose("referred").status == 400
    assert page.choose("nonsense").status == 400
    assert world.events(reference) == ["submitted"]


def test_undo_removes_an_offer_as_if_it_had_never_been_made(world: World) -> None:
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


def test_undo_ends_when_the_window_has_passed_or_a_mail_has_left(world: World) -> None:
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
    assert "Step back" in page.text
    assert page.text.index("Step back") < page.text.index("Show name and contact")
    seen = page.choose("identity")
    assert "Jamie Quill" in seen.text
    assert world.count("openings") == 1
    result = page.choose("closed", outcome="reached_otherwise")
    assert result.choose("undone").status == 200
    assert world.case(reference).state is State.IN_REVIEW
    after = page.choose("identity")
    assert "Jamie" not in after.text


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
    world.open(world.mail(JORDAN)).choose("closed", outcome="not_a_request")
    assert world.open(world.mail(PRIYA)).choose("undone").status == 200
    assert world.case(reference).state is State.IN_REVIEW


def test_a_reminder_or_a_fresh_link_does_not_prevent_undo(world: World) -> None:
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


def test_a_reopened_decision_sends_nothing_untrue(world: World) -> None:
    reference = world.request()
    world.open(world.mail(JORDAN)).choose("closed", outcome="could_not_be_reached")
    world.open(world.mail(PRIYA)).choose("reopened")
    count = len(world.mails(REQUESTER))
    world.passes(minutes=10)
    assert world.case(reference).state is State.IN_REVIEW
    assert len(world.mails(REQUESTER)) == count


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
    assert "open the link again" in page.choose("closed", outcome="not_a_request").text


def test_the_note_is_shown_on_request_and_erased_when_contact_is_made(tmp_path: Path) -> None:
    config = example_config(tmp_path)
    survey = config / "survey.toml"
    survey.write_text(survey.read_text().replace("# note =", "note ="))
    with living(tmp_path, config) as world:
        reference = world.offered(QID13_TEXT="<b>A hard night</b>")
        page = world.open(world.mail(JORDAN))
        seen = page.choose("text")
        assert "<b>A hard night</b>" in seen.text or "&lt;b&gt;" in seen.answer.text
        supporter = world.asked(reference)
        card = world.open(world.mail(supporter)).choose("accepted")
        assert "hard night" not in card.text
        card.choose("contacted")
        world.passes(minutes=6)
        identity = world.engine.casebook.load(reference).identity
        assert identity is not None
        assert identity.note == ""


def test_a_note_that_a_reviewer_is_looking_expires_by_itself(world: World) -> None:
    reference = world.request()
    before = world.case(reference)
    said = world.open(world.mail(JORDAN)).choose("looking")
    assert "Jordan Reyes has been looking at this since 10:11 AM" in said.text
    assert "I am looking at this" not in said.text
    other = world.open(world.mail(PRIYA))
    assert "Jordan Reyes has been looking at this since 10:11 AM" in other.text
    assert world.case(reference) == before, "no promise changes"
    assert other.choose("offered", first=other.values("first")[0]).status == 200
    world.passes(hours=2)
    page = world.open(world.mail(PRIYA))
    assert "has been looking at this" not in page.text
    assert "Jordan Reyes was looking at it" in page.text


def test_what_a_coordinator_told_is_confirmed_on_the_page(world: World) -> None:
    world.matched(QID2_TEXT=None, QID4=["3"])
    page = world.open(world.mail(JORDAN))
    done = page.choose("told", subject=page.values("subject")[0])
    assert "Saved: Jordan Reyes passed on a message" in done.text


def test_after_a_decision_the_page_says_who_is_asked_next(world: World) -> None:
    world.request()
    page = world.open(world.mail(JORDAN))
    first, backup = page.values("first")[:2]
    names = world.engine.program.names
    done = page.choose("offered", first=first, backup=backup)
    assert f"We’ll email {names[first]} in a few minutes." in done.text
    assert f"If they can’t, or don’t answer in time, we’ll ask {names[backup]}." in done.text
    assert "Undo until 10:16 AM" in done.text


def test_the_button_below_another_name_asks_nobody(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN, reference))
    first, other = page.values("first")[:2]
    refused = page.choose("offered", first=first, asked=other)
    assert refused.status == 400
    assert "press the button below their name" in refused.text
    assert world.case(reference).state == "in_review"
    assert refused.choose("offered", first=first, asked=first).status == 200
    assert world.case(reference).state == "offered"
