"""Stories of promises: counted from Submit, kept over outages, told honestly."""

import re
from datetime import timedelta
from threading import Thread

from tests.world import DAVID, ELENA, JORDAN, MONDAY, PRIYA, REQUESTER, RUTH, Browser, World
from workflow import words
from workflow.model import PromiseKind, State


def arrives_late(world: World, *, hours: float, **changed: object) -> str:
    """Somebody submits, and nothing tells us for a while; returns the reference."""
    world.work()
    world.qualtrics.behavior.drop_rate = 1.0
    world.submit(**changed)
    world.qualtrics.behavior.drop_rate = 0.0
    world.passes(hours=hours)
    return world.only_case().reference


def subjects(world: World, to: str) -> list[str]:
    return [mail.subject for mail in world.mails(to, "PS-")]


# From Submit


def test_what_arrives_two_days_late_says_how_little_is_left(world: World) -> None:
    reference = arrives_late(world, hours=48)
    world.passes(minutes=11)
    assert "(23 hours left)" in world.mail(JORDAN).text
    assert len(world.mails(JORDAN)) == 1, "its nudges are past, and not made up for"
    assert world.mails(ELENA) == []
    case = world.case(reference)
    assert case.promises[0].due_at == case.submitted_at + timedelta(hours=72)
    assert "by Thursday, November 26, 10:00 AM" in world.mail(REQUESTER).text

    world.until_handled(reference)
    assert len(world.mails(ELENA)) == 1, "the deputies are called 60 hours after Submit"


def test_what_arrives_overdue_calls_the_deputies_at_once_and_apologizes_once(world: World) -> None:
    reference = arrives_late(world, hours=80)
    for reviewer in (JORDAN, PRIYA):
        [review] = world.mails(reviewer)
        assert "It reached us late and is overdue since" in review.text
        assert review.subject == f"{reference}: overdue, please review"
    for deputy in (ELENA, DAVID):
        assert subjects(world, deputy) == [f"{reference}: nobody has acted, please step in"]
    [confirmed] = world.mails(REQUESTER)
    assert "Your request has arrived" in confirmed.text
    assert "We are late already, and we are sorry" in confirmed.text


def test_the_promise_of_the_first_contact_is_told_apart_from_one_that_was_late_on_arrival(
    world: World,
) -> None:
    reference = arrives_late(world, hours=80)
    while world.clock.now < world.case(reference).submitted_at + timedelta(hours=121):
        world.until_handled(reference)
    assert [m.subject.split(": ")[1] for m in world.mails(REQUESTER)] == [
        "what happens next",
        "we are running late",
    ]


def test_who_waits_too_long_reads_which_help_is_open_at_that_moment(world: World) -> None:
    reference = world.request()
    while world.clock.now < MONDAY + timedelta(hours=121):
        world.until_handled(reference)
    on_thursday, on_saturday = (m.text for m in world.mails(REQUESTER, "running late"))
    assert "Ombuds Office (open now)" in on_thursday
    assert "Ombuds Office" not in on_saturday
    for told in (on_thursday, on_saturday):
        assert "Behavioral Health Clinic for Staff (open now)" in told


def test_who_cannot_be_mailed_and_arrives_overdue_is_told_by_the_reviewers(world: World) -> None:
    world.work()
    world.qualtrics.behavior.drop_rate = 1.0
    world.submit(QID4=["2"])
    world.passes(hours=80)
    assert world.only_case().promise(PromiseKind.TELL, "delayed") is not None
    assert world.mails(REQUESTER) == []


def test_a_second_delay_gives_nobody_more_time_to_tell_of_the_first(world: World) -> None:
    reference = world.request(QID4=["2"])
    submitted = world.case(reference).submitted_at
    while world.clock.now < submitted + timedelta(hours=121):
        world.until_handled(reference)
    telling = world.case(reference).promise(PromiseKind.TELL, "delayed")
    assert telling is not None
    assert telling.due_at == submitted + timedelta(hours=96)
    assert "Was due Friday, November 27, 10:00 AM" in world.open(world.mail(ELENA)).text


def test_a_second_delay_and_the_nudge_to_tell_of_the_first_are_one_mail(world: World) -> None:
    world.request(QID4=["2"])
    world.passes(hours=73)
    before = len(world.mails(JORDAN))
    assert "something is to be told" in world.mail(JORDAN).text
    world.passes(hours=50)
    assert len(world.mails(JORDAN)) == before + 1
    assert world.mail(JORDAN).text.count("something is to be told") == 1


def test_a_worker_that_comes_back_at_night_lets_nudges_wait_until_morning(world: World) -> None:
    world.request(QID4=["2"])
    world.passes(hours=74 + 11)  # It is 11:11 PM in New York.
    assert [len(world.mails(person)) for person in (JORDAN, ELENA)] == [1, 0]
    world.passes(hours=8)
    assert [len(world.mails(person)) for person in (JORDAN, ELENA)] == [2, 1]
    told = world.mail(JORDAN).text
    assert "waits for a decision, was due on" in told
    assert "something is to be told" in told
    assert "nobody has acted" in world.mail(ELENA).subject


def test_after_a_week_without_a_worker_one_request_means_one_mail_for_everybody(
    world: World,
) -> None:
    world.request()
    everybody = (JORDAN, PRIYA, ELENA, DAVID, REQUESTER)
    before = {person: len(world.mails(person)) for person in everybody}
    world.passes(days=7)
    assert {person: len(world.mails(person)) - before[person] for person in everybody} == (
        dict.fromkeys(everybody, 1)
    )


def test_the_deputies_are_called_once_when_several_promises_call_them(world: World) -> None:
    world.request(QID4=["2"])
    world.passes(hours=73)
    called = len(world.mails(ELENA, "nobody has acted"))
    world.passes(hours=25)  # The first contact is due in a day, and nobody has told of the delay.
    assert len(world.mails(ELENA, "nobody has acted")) == called + 1


def test_the_deputies_hear_a_day_before_the_first_contact_is_due(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    world.passes(hours=59)
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    world.open(world.mail(world.asked(reference))).choose("accepted")
    case = world.case(reference)
    contact, first = case.promise(PromiseKind.CONTACT), case.promise(PromiseKind.FIRST_CONTACT)
    assert contact is not None
    assert first is not None
    assert first.due_at == case.submitted_at + timedelta(days=5)

    called = len(world.mails(ELENA))
    world.clock.now = first.due_at - timedelta(hours=24, minutes=1)
    world.work()
    assert len(world.mails(ELENA)) == called
    world.passes(minutes=1)
    assert len(world.mails(ELENA)) == called + 1
    assert "the last moment is Saturday, November 28, 10:00 AM" in world.mail(ELENA).text
    assert "the first contact is promised by" in world.mail(ELENA).subject
    assert world.case(reference).state is State.MATCHED


# After an outage


def fourteen(world: World) -> list[str]:
    """Bring fourteen requests to different states; returns their references."""
    for number in range(14):
        world.submit(QID2_TEXT=f"person.{number}@example.org", QID3_TEXT="")
    world.work()
    world.passes(minutes=11)
    references = world.references
    for reference in references[4:]:
        page = world.open(world.mail(JORDAN, reference))
        page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    for reference in references[8:]:
        world.open(world.mail(world.asked(reference), reference)).choose("accepted")
    for reference in references[12:]:
        world.open(world.mail(world.asked(reference), "said yes")).choose("contacted")
    world.work()
    return references


def test_after_a_week_without_a_worker_everybody_hears_once_where_things_stand(
    world: World,
) -> None:
    references = fourteen(world)
    states = {world.case(reference).state for reference in references}
    assert states == {State.IN_REVIEW, State.OFFERED, State.MATCHED, State.IN_CONTACT}
    before = len(world.mailbox.messages)

    world.passes(days=7)

    after = world.mailbox.messages[before:]
    for reviewer in (JORDAN, PRIYA, ELENA, DAVID):
        [told] = [m for m in after if reviewer in m.recipients and "wait for you" in m.subject]
        assert [r for r in references if r in told.text] == references[:12]
        lapsed = [] if reviewer in (ELENA, DAVID) else references[4:8]
        assert told.text.count("the offer was not answered in time") == len(lapsed)
        assert told.text.count("was due on") == 12 - len(lapsed), "they have a day to choose again"
        assert [m for m in after if reviewer in m.recipients] == [told]
    for number in range(14):
        assert len([m for m in after if f"person.{number}@example.org" in m.recipients]) <= 1

    world.work()
    assert world.mailbox.messages[before:] == after


def test_a_supporter_of_two_requests_hears_once_after_an_outage_with_the_link_of_each(
    world: World,
) -> None:
    for number in range(2):
        world.submit(QID2_TEXT=f"person.{number}@example.org", QID3_TEXT="")
    world.work()
    world.passes(minutes=11)
    one, other = world.references
    both = [
        set(world.open(world.mail(JORDAN, reference)).values("first")) for reference in (one, other)
    ]
    takes_two = {
        id for id, listed in world.engine.program.supporters.items() if listed.capacity > 1
    }
    chosen = min(both[0] & both[1] & takes_two)
    for reference in (one, other):
        world.open(world.mail(JORDAN, reference)).choose("offered", first=chosen)
    world.passes(minutes=6)
    supporter = world.asked(one)
    for reference in (one, other):
        world.open(world.mail(supporter, reference)).choose("accepted")
    world.work()
    before = len(world.mailbox.messages)

    world.passes(days=7)

    [told] = [m for m in world.mailbox.messages[before:] if supporter in m.recipients]
    assert "2 wait for a word from you" in told.subject
    assert told.text.count("the first contact, was due on") == 2
    links = dict(re.findall(r"Open (PS-\w+): (http\S+)", told.text))
    assert sorted(links) == sorted([one, other])
    browser = Browser()
    for reference in (one, other):
        assert browser.open(links[reference]).choose("contacted").status == 200
        assert world.case(reference).state is State.IN_CONTACT
    own_page = browser.open(told.text.split("Open your page:")[1].split()[0])
    assert f"{other} You are in contact" in own_page.text
    browser.close()


def test_nobody_is_reminded_twice_when_an_outage_ends_just_before_the_next_reminder(
    world: World,
) -> None:
    reference, supporter = world.matched()
    due = world.case(reference).promise(PromiseKind.CONTACT)
    assert due is not None
    overdue = due.due_at + timedelta(days=2)  # nudges are daily by now, at this time of the day
    before = len(world.mails(supporter))
    world.clock.now = overdue - timedelta(minutes=2)
    world.work()
    assert len(world.mails(supporter)) == before + 1
    for _ in range(10):
        world.passes(minutes=1)
    assert len(world.mails(supporter)) == before + 1
    world.clock.now = overdue + timedelta(days=1, minutes=1)
    world.work()
    assert len(world.mails(supporter)) == before + 2


def test_one_request_alone_keeps_its_own_mail_with_its_own_link(world: World) -> None:
    reference = world.request()
    world.passes(days=7)
    assert subjects(world, JORDAN)[-1] == f"{reference}: overdue, please decide"
    assert reference in world.open(world.mail(JORDAN)).text
    assert world.mails(JORDAN, "wait for you") == []


def test_what_was_decided_meanwhile_is_left_out_of_where_things_stand(world: World) -> None:
    for number in range(3):
        world.submit(QID2_TEXT=f"person.{number}@example.org", QID3_TEXT="")
    world.work()
    world.passes(minutes=11)
    world.mailbox.refuse_data_with = 451
    world.passes(hours=24)
    decided = world.mails(JORDAN)[0]
    world.open(decided).choose("closed", outcome="duplicate")
    world.mailbox.refuse_data_with = None
    world.passes(minutes=5)
    told = world.mail(JORDAN, "wait for you")
    assert "2 wait for you" in told.subject
    assert decided.subject.split(":")[0] not in told.text


def test_it_leads_to_a_page_of_ones_own_and_names_nobody(world: World) -> None:
    fourteen(world)
    world.passes(days=7)
    told = world.mail(ELENA, "wait for you")
    assert "Jamie" not in told.text
    assert world.open(told).status == 200


def test_two_workers_send_where_things_stand_once(world: World) -> None:
    fourteen(world)
    before = len(world.mailbox.messages)
    other = world.app.extensions["worker"]()
    world.clock.now += timedelta(days=7)
    threads = [Thread(target=worker.run_once) for worker in (world.worker, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    world.passes(minutes=2)
    other.close()
    after = world.mailbox.messages[before:]
    for reviewer in (JORDAN, PRIYA, ELENA, DAVID):
        told = [m for m in after if reviewer in m.recipients and "wait for you" in m.subject]
        assert len(told) == 1, [m.subject for m in after if reviewer in m.recipients]


def test_tries_at_different_times_do_not_split_what_an_outage_kept_back(world: World) -> None:
    world.mailbox.refuse_data_with = 451
    for number in range(4):
        world.submit(QID2_TEXT=f"person.{number}@example.org", QID3_TEXT="")
        world.passes(minutes=50)
    world.passes(hours=24)
    for _ in range(40):
        world.passes(minutes=7)
    before = len(world.mailbox.messages)
    world.mailbox.refuse_data_with = None
    world.clock.now = MONDAY.replace(day=25, hour=13)
    for _ in range(80):
        world.passes(minutes=1)
    after = [m for m in world.mailbox.messages[before:] if JORDAN in m.recipients]
    nudges = [m for m in after if "wait for you" in m.subject or "overdue" in m.subject]
    assert len(nudges) == 1


def test_deputies_are_called_once_a_day_at_most(world: World) -> None:
    world.request()
    while world.clock.now < MONDAY + timedelta(days=6):
        world.passes(minutes=60)
    for deputy in (ELENA, DAVID):
        days = [m.arrived_at.date() for m in world.mails(deputy, "nobody has acted")]
        assert len(days) == len(set(days))
        daily = [m for m in world.mails(deputy) if m.arrived_at.date() == days[-1]]
        assert len(daily) == 1, [m.subject for m in daily]


def test_deputies_who_get_a_late_request_are_not_called_about_it_besides(world: World) -> None:
    for coordinator in (JORDAN, PRIYA):
        world.own_page(coordinator).choose("away_open")
    reference = arrives_late(world, hours=80)
    assert subjects(world, ELENA) == [f"{reference}: overdue, please review"]


def test_an_urgent_request_that_arrives_overdue_is_told_to_the_deputies_once(world: World) -> None:
    reference = arrives_late(world, QID12=3, hours=80)
    for person in (JORDAN, PRIYA, ELENA, DAVID):
        assert subjects(world, person) == [f"{reference}: please act now"]


def test_nobody_hears_that_nothing_was_missed_while_something_is_late(world: World) -> None:
    reference = world.request()
    while world.clock.now < MONDAY + timedelta(days=5):
        world.passes(hours=1)
    for person in (ELENA, RUTH):
        assert world.mails(person, f"{reference}: nobody has acted, please step in")
    assert not [m for m in world.mailbox.messages if "Nobody need have missed" in m.text]


def test_the_last_day_has_its_call_also_when_deputies_were_just_called_about_the_review(
    world: World,
) -> None:
    reference = world.request()
    while world.clock.now < MONDAY + timedelta(hours=96):
        world.passes(hours=1)
    before = len(world.mails(ELENA, reference))
    page = world.open(world.mails(JORDAN, reference)[0])
    page.choose("offered", first=page.values("first")[0])
    world.passes(hours=12)
    assert len(world.mails(ELENA, reference)) == before, "they were called an hour before"
    while world.clock.now < MONDAY + timedelta(hours=119):
        world.passes(hours=1)
    assert len(world.mails(ELENA, reference)) == before + 1
    assert "its time is running out" in world.mail(ELENA, reference).text


def test_several_first_contacts_that_are_near_are_not_told_as_silence(world: World) -> None:
    for number in range(2):
        world.submit(QID2_TEXT=f"person.{number}@example.org", QID3_TEXT="")
    world.work()
    world.passes(hours=59)
    for reference in world.references:
        page = world.open(world.mail(JORDAN, reference))
        page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    for reference in world.references:
        world.open(world.mail(world.asked(reference), reference)).choose("accepted")
    world.clock.now = MONDAY + timedelta(days=4, minutes=1)
    world.work()
    told = world.mail(ELENA, "wait for you")
    assert told.text.count("the first contact must be soon, due on Saturday") == 2
    assert "nobody has acted" not in told.text


# Somebody steps back


def test_who_takes_over_reads_what_must_be_told_to_whom_nobody_can_mail(world: World) -> None:
    world.own_page(PRIYA).choose("away_open")
    reference, _ = world.matched(QID4=["2"])
    world.open(world.mails(JORDAN, reference)[0]).choose("handed_over")
    world.work()
    told = world.mail(ELENA)
    assert told.subject == f"{reference}: you look after it now"
    telling = world.case(reference).promise(PromiseKind.TELL, "matched")
    assert telling is not None
    due = words.day_and_time(telling.due_at, world.engine.program.zone)
    assert f"please pass on a message, due on {due}" in told.text
    assert "Nothing is to be decided" not in told.text


def test_who_takes_over_what_is_overdue_reads_since_when(world: World) -> None:
    reference = world.request()
    world.passes(hours=73)
    for person in (JORDAN, PRIYA):
        world.open(world.mails(person, reference)[0]).choose("handed_over")
        world.work()
    told = world.mail(ELENA, "back with you").text
    assert "It was due on Thursday, November 26, 10:00 AM" in told
    assert "by Thursday" not in told


# At night


def test_what_could_not_be_delivered_at_night_is_told_in_the_morning(world: World) -> None:
    reference = world.offered()
    world.clock.now = MONDAY.replace(day=24, hour=3)  # 10 PM in New York
    world.open(world.mail(world.asked(reference))).choose("accepted")
    world.mailbox.refuse_address_with[world.asked(reference)] = 550
    world.work()
    world.passes(minutes=6)
    world.passes(hours=1)
    assert world.mails(JORDAN, "did not get through") == []
    world.passes(hours=8)
    assert len(world.mails(JORDAN, "did not get through")) == 1


def test_an_outage_that_ends_at_night_wakes_nobody(world: World) -> None:
    reference = world.request()
    before = len(world.mailbox.messages)
    world.clock.now = MONDAY.replace(day=26, hour=7)  # Thursday, 2 AM in New York
    world.work()
    assert len(world.mailbox.messages) == before
    world.until_handled(reference)
    assert world.clock.now.hour == 12
    assert len(world.mails(JORDAN)) == 2
    assert len(world.mails(ELENA)) == 1


def test_a_nudge_that_the_mail_server_kept_back_into_the_night_waits_for_the_morning(
    world: World,
) -> None:
    world.request()
    world.mailbox.refuse_data_with = 451
    world.passes(hours=24)
    before = len(world.mailbox.messages)
    world.mailbox.refuse_data_with = None
    world.clock.now = MONDAY.replace(day=25, hour=7)
    world.work()
    assert len(world.mailbox.messages) == before
    world.passes(hours=5)
    assert len(world.mails(JORDAN)) == 2


def test_an_urgent_call_that_an_outage_kept_back_goes_out_at_night(world: World) -> None:
    world.submit(QID12=2)
    world.work()
    before = len(world.mails(JORDAN))
    world.clock.now = MONDAY.replace(day=25, hour=7)
    world.work()
    assert len(world.mails(JORDAN)) == before + 1


def test_a_stand_in_is_not_asked_at_midnight_because_somebody_is_away(world: World) -> None:
    reference = world.offered()
    world.clock.now = MONDAY.replace(hour=22)
    first = world.asked(reference)
    world.own_page(first).choose("away_until", first="2026-11-24", last="2026-11-30")
    before = len(world.mailbox.messages)
    world.clock.now = MONDAY.replace(day=24, hour=5, minute=1)  # One minute past midnight
    world.work()
    assert world.asked(reference) != first
    assert len(world.mailbox.messages) == before
    world.clock.now = MONDAY.replace(day=24, hour=12, minute=1)
    world.work()
    assert world.mails(world.asked(reference))
