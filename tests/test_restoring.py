"""The disk is lost: what a copy brings back, what comes from Qualtrics, and what must wait."""

from datetime import timedelta

from tests.lost_disk import copy_of, elsewhere, open_older
from tests.outcomes import health
from tests.qualtrics_commands import run
from tests.test_story_reconciling import another
from tests.world import JORDAN, PAGER, PRIYA, REQUESTER, SAM, World
from workflow.model import State

RECEIVED = "what happens next"


def received(world: World, number: int) -> int:
    return len(world.mails(f"person.{number}@example.org", RECEIVED))


def test_the_drill(world: World) -> None:
    matched, supporter = world.matched()
    another(world, 1)
    another(world, 2, QID12=3)
    world.worker.rounds["intake"]()
    assert [mail.email for mail in world.queue if mail.case_id == 2] == [
        "received", "review_requested", "review_requested"
    ]  # fmt: skip
    copied_at, copy = world.clock.now, copy_of(world)

    # What the copy does not know.
    assert world.open(world.mail(supporter)).choose("contacted").status == 200
    world.passes(minutes=30)
    another(world, 3)
    world.passes(minutes=20)
    another(world, 4)
    world.work()
    assert world.open(world.mail("person.4@example.org")).choose("withdrawn").status == 200
    world.passes(hours=2)
    before = {reference: world.case(reference).submitted_at for reference in world.references}
    assert [received(world, one) for one in range(1, 5)] == [1, 1, 1, 1]
    lost_link = world.mail("person.3@example.org", RECEIVED)
    alarms, sent = len(world.mails(SAM)), len(world.mailbox.messages)

    with elsewhere(world) as again:
        result = run(again, "restore", f"{copy}")
        assert result.exit_code == 0, result.output
        assert f"since {copied_at:%Y-%m-%d %H:%M} UTC" in result.output
        assert "Held back because they may have been sent since: 4 mails." in result.output
        again.work()

        assert len(again.references) == 5
        assert again.references[:3] == list(before)[:3]
        moments = [again.case(one).submitted_at for one in again.references]
        assert moments[:4] == list(before.values()), "of Submit, not of the restoration"
        assert again.case(matched).state is State.MATCHED, "the first contact is not known"
        assert [received(again, one) for one in range(1, 5)] == [1, 1, 1, 1]
        assert len(again.mails(REQUESTER, RECEIVED)) == 1, "marked as sent in the copy"
        new = again.mailbox.messages[sent:]
        assert [m.subject for m in new if PAGER in m.recipients], "a call is never held back"
        assert [m.subject for m in new if JORDAN in m.recipients and "act now" in m.subject]
        assert again.count("cases") == again.count("deliveries") == 5
        (alarm,) = again.mails(SAM)[alarms:]
        assert "put back from a copy" in alarm.text
        assert "never delivered" not in alarm.text
        assert "restored_held" in health(again)["wrong"]

        page = open_older(again, lost_link)
        assert page.status == 404
        assert "restored this service from a backup" in page.text
        assert "/link" in page.answer.text

        # Reviewers hear of what was found, and what they decide now leaves.
        found = again.references[3]
        again.passes(minutes=11)
        page = again.open(again.mail(JORDAN, found))
        assert page.choose("offered", first=page.values("first")[0]).status == 200
        again.passes(minutes=6)
        assert again.mails(again.asked(found), found)
        again.ask_for_link(JORDAN)
        board = again.open(again.mail(JORDAN, "your page")).person.look(f"{again.url}/board")
        assert "restored this service from a backup" in board.text
        another(again, 5)
        again.work()
        assert received(again, 5) == 1, "this request is new"
        assert [received(again, one) for one in range(1, 5)] == [1, 1, 1, 1]

        result = run(again, "restore", "--release")
        assert result.exit_code == 0, result.output
        again.work()
        assert [received(again, one) for one in range(1, 6)] == [2, 2, 2, 2, 1]
        assert health(again)["wrong"] == []
        assert again.open(again.mail("person.3@example.org", RECEIVED)).status == 200
        assert "restored this service" not in board.again().text
        assert run(again, "restore", "--release").exit_code == 1


def test_what_the_clock_would_do_next_waits_for_people(world: World) -> None:
    """The yes of a supporter is lost, and its time is over: nobody else is asked unseen."""
    reference = world.offered()
    copy = copy_of(world)
    assert world.open(world.mail(world.asked(reference))).choose("accepted").status == 200
    world.passes(minutes=6)
    # Long enough for a supporter who reads email once a week.
    world.clock.now += timedelta(days=21)
    sent = len(world.mailbox.messages)

    with elsewhere(world) as again:
        run(again, "restore", f"{copy}")
        again.work()
        assert again.events(reference)[-1] == "lapsed"
        second, new = again.asked(reference), again.mailbox.messages[sent:]
        assert [m for m in new if second in m.recipients] == []
        again.passes(days=3)
        reminders = [m for m in again.mails(JORDAN) if m in again.mailbox.messages[sent:]]
        assert reminders, "who reviews hears that it waits"
        run(again, "restore", "--release")
        again.work()
        assert again.mails(second, reference)


def test_news_waits_for_people_where_the_way_to_reach_somebody_may_be_an_old_one(
    world: World,
) -> None:
    """A colleague whose address was typed by mistake must not read who supports whom."""
    wrong = "jamie.quil@example.org"
    reference = world.request(QID2_TEXT=wrong)
    copy = copy_of(world)
    page = world.open(world.mail(wrong))
    assert page.choose("contact_corrected", email=REQUESTER, how="mail").status == 200
    world.passes(days=1, hours=2)
    before = len(world.mails(wrong))

    with elsewhere(world) as again:
        told = run(again, "restore", f"{copy}").output
        assert "how to reach them" in told
        again.work()
        page = open_older(again, again.mail(PRIYA, reference))
        assert page.choose("offered", first=page.values("first")[0]).status == 200
        again.passes(minutes=6)
        supporter = again.mail(again.asked(reference), reference)
        assert again.open(supporter).choose("accepted").status == 200
        again.passes(minutes=6)
        assert again.mails(wrong)[before:] == []
        run(again, "restore", "--release")
        again.work()
        assert len(again.mails(wrong)) == before + 1, "it waited, and is not lost"


def test_what_requesters_do_after_a_restoration_is_answered_at_once(world: World) -> None:
    reference = world.request()
    copy = copy_of(world)
    with elsewhere(world) as again:
        run(again, "restore", f"{copy}")
        again.work()
        again.ask_for_link(REQUESTER)
        page = again.open(again.mail(REQUESTER, "new link"))
        new = "jamie.new@example.org"
        assert page.choose("contact_corrected", email=new, how="mail").status == 200
        again.passes(minutes=6)
        assert again.mails(new)
        assert reference in again.mail(REQUESTER, "was this you").subject


def test_what_is_due_is_forgotten_before_anybody_is_served(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    assert page.choose("closed", outcome="reached_otherwise").status == 200
    world.passes(minutes=6)
    copy = copy_of(world)
    world.clock.now += timedelta(days=40)

    with elsewhere(world) as again:
        result = run(again, "restore", f"{copy}")
        assert "Forgotten because they were due: 1 request." in result.output
        assert again.references == []
        again.work()
        assert again.references == [], f"{reference} never comes back from Qualtrics"
        assert again.mails(REQUESTER, RECEIVED) == world.mails(REQUESTER, RECEIVED)
