"""Stories of two requests that were merged: urgency, simultaneous decisions, and the end."""

import fcntl
import sqlite3
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from engine import duplicates as twice
from tests.links import link_to, opened_by, visited
from tests.twice import a_day_later, again, arrive, confirm, merge, merged, page_of
from tests.world import DAVID, ELENA, JORDAN, PAGER, PRIYA, REQUESTER, Browser, Page, World
from workflow.errors import TransitionNotAllowed
from workflow.model import PromiseKind, Role

URGENT: dict[str, object] = {"QID12": 2}
STAGES = ["request", "offered", "matched", "in_contact"]


def signed_page(world: World, person: str, reference: str) -> Page:
    """Open a page by a link whose mail has not left yet."""
    return Browser().open(link_to(world, person, Role.REVIEWER, reference))


def tallied(world: World) -> dict[str, int]:
    tallies = world.rows("tallies", "what", "value", "number")
    return {value: number for what, value, number in tallies if what in ("requests", "outcome")}


def promises(world: World, reference: str) -> set[PromiseKind]:
    return {p.kind for p in world.case(reference).promises}


# Urgency


@pytest.mark.parametrize("stage", STAGES)
def test_an_urgent_newer_request_is_called_about_by_itself_before_it_is_merged(
    world: World, stage: str
) -> None:
    """Or deputies who were called about it would see that the older one is the same person's."""
    older = arrive(world, stage)
    before = world.case(older)
    newer = again(world, **URGENT)
    for person in (JORDAN, PRIYA, ELENA, DAVID):
        assert "can’t wait" in world.mail(person, newer).text
    assert "It’s urgent, so call them first." in page_of(world, older).text
    assert "This one is urgent, so first call them" in page_of(world, newer).text
    assert merge(world, older, newer).status == 409
    calls = len(world.mails(PAGER))
    world.passes(minutes=16)
    assert len(world.mails(PAGER)) > calls, "again and again"

    assert page_of(world, newer).choose("call_taken").status == 200
    assert merge(world, older, newer).status == 409, "nobody has said how it went"
    assert page_of(world, newer).choose("called").status == 200
    calls = len(world.mails(PAGER))
    assert merge(world, older, newer).status == 200
    world.work()
    case = world.case(older)
    assert (case.state, case.is_urgent, case.was_call_taken) == (before.state, False, False)
    assert {*promises(world, older)}.isdisjoint({PromiseKind.URGENT, PromiseKind.CALL})
    world.passes(hours=2)
    assert len(world.mails(PAGER)) == calls
    assert world.mails(ELENA, older) == []


# Two at once


def test_two_simultaneous_answers_leave_one_decision(world: World) -> None:
    older = world.request()
    newer = again(world)
    pages = [page_of(world, newer, person) for person in (JORDAN, PRIYA)]
    answers: list[Page] = []

    def decide(page: Page, choice: str) -> None:
        answers.append(page.choose(choice, other=older))

    choices = zip(pages, ("same_request", "different_requests"), strict=True)
    threads = [threading.Thread(target=decide, args=args, daemon=True) for args in choices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(page.status for page in answers) == [200, 409]
    found = {*world.events(older), *world.events(newer)} - {"submitted", "closed"}
    assert found in ({"merged"}, {"told_apart"})


@pytest.mark.file("comes between two statements of its connection")
def test_a_request_is_read_with_its_identity_of_the_same_moment(world: World) -> None:
    older = world.request()
    newer = again(world)
    page, connection = page_of(world, newer), world.store.read().conn

    def meanwhile(statement: str) -> None:
        if "identities" in statement:
            connection.set_trace_callback(None)
            assert page.choose("same_request", other=older).status == 200

    connection.set_trace_callback(meanwhile)
    loaded = world.engine.casebook.load(newer)
    assert world.case(newer).goes_on_as == older
    assert loaded.case.is_open is (loaded.identity is not None)


def test_requests_merged_meanwhile_can_be_neither_merged_nor_told_apart(
    world: World,
) -> None:
    older = world.request()
    newer = again(world)
    merge(world, older, newer)
    for decide in (twice.merge, twice.tell_apart):
        with pytest.raises(TransitionNotAllowed):
            decide(world.engine, newer, older, "priya-nair", world.clock.now)


def test_the_slower_reviewer_is_led_to_the_older_request(world: World) -> None:
    older = world.request()
    newer = again(world)
    slow = page_of(world, newer, PRIYA)
    quick = page_of(world, newer)
    quick.choose("same_request", other=older)
    late = slow.choose("offered", first=slow.values("first")[0])
    assert late.status == 409
    assert f"It goes on as {older}" in late.text
    assert "your answer changed nothing" in late.text
    assert f"Open {older}" in late.text
    assert f"Request {older}" in slow.again().text
    repeated = quick.choose("same_request", other=older)
    assert repeated.status == 200
    assert f"Request {older}" in repeated.text
    assert world.events(older) == ["submitted", "merged"]
    assert world.events(newer) == ["submitted", "closed"]


@pytest.mark.file("another one holds its lock")
def test_a_change_in_between_lets_the_slower_reviewer_decide_again(world: World) -> None:
    older = world.request()
    newer = again(world)
    page = page_of(world, newer)
    answers: list[Page] = []
    path = world.store.path
    with closing(sqlite3.connect(path, isolation_level=None)) as rival:
        rival.execute("begin immediate")
        slower = threading.Thread(
            target=lambda: answers.append(page.choose("same_request", other=older)),
            daemon=True,
        )
        slower.start()
        wait_until_somebody_writes(path)
        rival.execute("update cases set revision = revision + 1 where reference = ?", [older])
        rival.execute("commit")
        slower.join(60)
    (late,) = answers
    assert late.status == 409
    assert "changed nothing" in late.text
    assert late.values("other") == [older], "and may decide anew"
    assert world.events(older) == world.events(newer) == ["submitted"]
    assert world.count("identities") == 2
    assert late.choose("same_request", other=older).status == 200
    assert world.case(newer).goes_on_as == older


def wait_until_somebody_writes(path: Path) -> None:
    """Wait until the service has decided and holds its write lock."""
    with path.with_name(path.name + ".lock").open() as lock:
        for _ in range(1000):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            fcntl.flock(lock, fcntl.LOCK_UN)
            time.sleep(0.002)
    raise AssertionError("nobody wanted to write")


# Afterwards


@pytest.mark.parametrize("stage", ["request", "in_contact"])
def test_withdrawing_through_either_mail_erases_both_requests(world: World, stage: str) -> None:
    older = arrive(world, stage)
    newer = again(world)
    link = world.mail(REQUESTER, "what happens next")
    merge(world, older, newer)
    world.work()
    page = world.open(link)
    assert visited(world, Role.REQUESTER) == {older}
    page.choose("withdrawn_erased")
    assert world.count("identities") == 0
    world.passes(minutes=1)
    assert world.references == []
    for table in ("history", "outbox", "openings", "rankings"):
        assert world.count(table) == 0
    assert "nothing left to do" in world.open(link).text


def test_a_page_opened_before_the_merge_still_lets_the_person_withdraw(world: World) -> None:
    older = world.request()
    newer = again(world)
    page = world.open(world.mails(REQUESTER)[-1])
    assert newer in page.text
    merge(world, older, newer)
    assert "withdrawn" in page.choose("withdrawn_erased").text
    assert "is withdrawn" in page.again().text, "that visit is over"
    world.passes(minutes=1)
    assert world.references == []


def test_contact_details_can_be_corrected_through_either_mail(world: World) -> None:
    older, _ = merged(world)
    link = world.mails(REQUESTER)[-1]
    world.open(link).choose("contact_corrected", phone="860-555-0155", how=["call"])
    a_day_later(world)
    loaded = world.engine.casebook.load(older)
    assert loaded.identity is not None
    assert loaded.identity.phone == "860-555-0155"


def test_a_withdrawal_right_after_merging_counts_as_little_as_any_other(world: World) -> None:
    world.submit()
    world.work()
    (older,) = world.references
    world.clock.now += timedelta(minutes=1)
    world.submit()
    world.work()
    (newer,) = set(world.references) - {older}
    assert world.mails(JORDAN) == [], "the mails to the reviewers wait a little"
    signed_page(world, "jordan-reyes", newer).choose("same_request", other=older)
    world.open(world.mails(REQUESTER)[-1]).choose("withdrawn_erased")
    world.passes(minutes=11)
    assert world.references == []
    assert tallied(world) == {}
    assert world.mails(JORDAN) == []


def test_merged_requests_are_forgotten_together_and_counted_once(world: World) -> None:
    older, newer = merged(world, "in_contact")
    world.passes(days=34)
    assert world.references == [older, newer], "as long as the older one is there"
    page_of(world, older).choose("completed", outcome="supported", offer="1")
    world.passes(days=29)
    assert world.references == [older, newer]
    world.passes(days=2)
    assert world.references == []
    assert tallied(world) == {"all": 1, "supported": 1}


def test_a_duplicate_cannot_be_reopened(world: World) -> None:
    older, newer = merged(world)
    page = page_of(world, newer)
    assert f"Request {older}" in page.text
    assert "reopened" not in page.values("choice")


def test_a_merged_request_that_is_merged_again_takes_its_duplicate_along(world: World) -> None:
    private: dict[str, object] = {"QID2_TEXT": "private@example.org", "QID3_TEXT": "860-555-0155"}
    third = world.request(QID3_TEXT=None)
    second = again(world, **private)
    first = again(world, **private)
    merge(world, second, first)
    newest = again(world, QID3_TEXT="860-555-0155")
    page = page_of(world, newest)
    assert sorted(page.values("other")) == sorted([third, second])
    page.choose("same_request", other=third)
    page_of(world, second).choose("same_request", other=third)
    assert world.case(third).took_in == (newest,), "one confirmation at a time"
    a_day_later(world)
    again_asked = world.open(world.mails(JORDAN, f"{second}:")[-1])
    again_asked.choose("same_request", other=third)
    assert world.case(third).took_in == (newest, second, first)
    world.work()
    theirs = world.mails("private@example.org")
    assert {opened_by(world, mail) for mail in theirs} == {second}
    confirm(world, REQUESTER)
    assert {opened_by(world, mail) for mail in theirs} == {third}


def test_who_opened_a_merged_request_stands_in_the_history_of_the_one_that_goes_on(
    world: World,
) -> None:
    older = world.request()
    newer = again(world)
    page_of(world, newer).choose("identity")
    merge(world, older, newer)
    world.work()
    assert "Jordan Reyes opened name and contact" in page_of(world, older, PRIYA).text


@pytest.mark.parametrize("held", ["older", "newer"])
def test_a_held_request_is_not_merged_until_it_is_released(world: World, held: str) -> None:
    """Whoever is barred from the older one would read why the newer one, which stays, is closed."""
    older = world.request()
    newer = again(world)
    runner, which = world.app.test_cli_runner(), older if held == "older" else newer
    runner.invoke(args=["hold", which])
    page = page_of(world, newer)
    assert "These can’t be combined right now" in page.text
    assert page.choose("same_request", other=older).status == 409
    runner.invoke(args=["hold", which, "--release"])
    assert merge(world, older, newer).status == 200


def test_a_duplicate_that_is_held_outlives_the_older_request(world: World) -> None:
    older, newer = merged(world)
    runner = world.app.test_cli_runner()
    runner.invoke(args=["hold", newer])
    assert world.count("identities") == 1
    assert f"Request {older}" in page_of(world, newer).text
    world.open(world.mails(REQUESTER)[-1]).choose("withdrawn_erased")
    world.passes(minutes=1)
    assert world.references == [newer]
    assert "nothing left to do" in world.open(world.mails(REQUESTER)[-1]).text
    runner.invoke(args=["hold", newer, "--release"])
    world.passes(minutes=1)
    assert world.references == []


def test_a_mail_still_waiting_reaches_the_person_but_no_reviewer(
    world: World,
) -> None:
    older = world.request()
    world.mailbox.refuse_data_with = 451
    world.submit()
    world.work()
    (newer,) = set(world.references) - {older}
    signed_page(world, "priya-nair", newer).choose("same_request", other=older)
    count = len(world.mails(REQUESTER))
    world.mailbox.refuse_data_with = None
    world.passes(minutes=15)
    assert len(world.mails(REQUESTER)) == count + 1
    world.open(world.mails(REQUESTER)[-1])
    assert visited(world, Role.REQUESTER) == {older}
    assert [m for m in world.mailbox.messages if newer in m.subject + m.text] == []
