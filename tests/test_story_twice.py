"""Stories of the same person, twice: found by the service, decided by people, lost by nobody."""

import fcntl
import sqlite3
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from engine import duplicates
from notifications.mail.links import Link
from tests.test_doors import WORKFLOW
from tests.world import (
    DAVID,
    ELENA,
    JORDAN,
    PAGER,
    PRIYA,
    REQUESTER,
    TOKEN,
    Browser,
    Page,
    World,
)
from workflow.errors import TransitionNotAllowed
from workflow.model import Outcome, PromiseKind, Role, State

#: Nobody but the line tells that it could be the same person.
SHARED: dict[str, object] = {"QID1_TEXT": "Robin Vale", "QID2_TEXT": "robin.vale@example.org"}
URGENT: dict[str, object] = {"QID12": 2}
ASKS = "Did this person ask before?"
STAGES = ["request", "offered", "matched", "in_contact"]


def again(world: World, **changed: object) -> str:
    """Submit once more, and let the mails to the reviewers leave; returns the newer reference."""
    before = set(world.references)
    world.submit(**changed)
    world.work()
    world.passes(minutes=11)
    (newer,) = set(world.references) - before
    return newer


def arrive(world: World, stage: str) -> str:
    """Bring an older request to a stage; returns its reference."""
    arrived = getattr(world, stage)()
    return str(arrived if isinstance(arrived, str) else arrived[0])


def page_of(world: World, reference: str, person: str = JORDAN) -> Page:
    return world.open(world.mail(person, f"{reference}:"))


def signed_page(world: World, person: str, reference: str) -> Page:
    """Open a page by a link whose mail has not left yet."""
    link = Link(person, Role.REVIEWER, reference, None, world.clock.now + timedelta(days=1))
    return Browser().open(world.app.extensions["service_address"].link(link))


def tallied(world: World) -> dict[str, int]:
    tallies = world.rows("tallies", "what", "value", "number")
    return {value: number for what, value, number in tallies if what in ("requests", "outcome")}


def merge(world: World, older: str, newer: str, person: str = JORDAN) -> Page:
    page = page_of(world, newer, person)
    assert page.values("other") == [older], page.text
    return page.choose("same_request", other=older)


def merged(world: World, stage: str = "request", **changed: object) -> tuple[str, str]:
    """Let the same person ask twice, and a coordinator find that; returns older and newer."""
    older = arrive(world, stage)
    newer = again(world, **changed)
    assert merge(world, older, newer).status == 200
    world.work()
    return older, newer


def promises(world: World, reference: str) -> set[PromiseKind]:
    return {p.kind for p in world.case(reference).promises}


# Seeing


def test_the_same_address_in_review_is_shown_and_put_together(world: World) -> None:
    older = world.request()
    before = world.case(older)
    newer = again(world, QID2_TEXT=" Jamie.Quill@EXAMPLE.org", QID3_TEXT=None, QID10_1=2)
    page = page_of(world, newer)
    assert ASKS in page.text
    assert f"{older} came 22 minutes ago with the same e-mail" in page.text
    assert "waiting for review" in page.text
    assert "cannot be undone" in page.text
    assert "shared" not in page.text
    for telling in ("Jamie", "Quill", "jamie.quill", "860-555-0199"):
        assert telling not in page.text
    assert f"{newer} came" in page_of(world, older).text
    assert page_of(world, older).values("other") == [], "decided on the newer's page alone"

    landed = page.choose("same_request", other=older)
    assert landed.answer.url.endswith(f"/case/{older}/reviewer")
    assert f"Recorded: Jordan Reyes found that {newer} is the same request" in landed.text
    after, gone = world.case(older), world.case(newer)
    assert (after.state, after.submitted_at, after.promises) == (
        before.state,
        before.submitted_at,
        before.promises,
    )
    assert after.facts.wish_role == "different"
    assert (gone.outcome, gone.goes_on_as) == (Outcome.DUPLICATE, older)
    assert world.count("identities") == 1, "the newer one's is erased at once"
    mails = len(world.mailbox.messages)
    world.passes(minutes=30)
    assert len(world.mailbox.messages) == mails, "nobody is mailed about it"


def test_no_mail_says_that_somebody_asked_twice(world: World) -> None:
    older = world.request()
    newer = again(world)
    for mail in world.mailbox.messages:
        assert not (older in mail.text + mail.subject and newer in mail.text + mail.subject)
    mail = world.mail(JORDAN, f"{newer}:")
    assert "before" not in mail.text
    assert "same" not in mail.text


def test_the_same_line_is_found_however_it_is_written(world: World) -> None:
    older = world.request(QID2_TEXT=None, QID3_TEXT="(860) 555-0199")
    newer = again(world, QID2_TEXT=None, QID3_TEXT="+1 860 555 0199")
    assert "the same phone" in page_of(world, newer).text
    merge(world, older, newer)
    assert world.case(newer).goes_on_as == older


def test_colleagues_who_share_a_phone_are_named_as_a_possibility(world: World) -> None:
    world.request()
    newer = again(world, **SHARED)
    assert "Colleagues may share a unit’s phone: compare the names first." in (
        page_of(world, newer).text
    )


def test_different_requests_are_remembered_and_not_asked_again(world: World) -> None:
    older = world.request()
    newer = again(world, **SHARED)
    page = page_of(world, newer).choose("different_requests", other=older)
    assert page.status == 200
    assert ASKS not in page.text
    assert f"Jordan Reyes found that {older} is a different request" in page.text
    for reference, other in ((older, newer), (newer, older)):
        for person in (JORDAN, PRIYA):
            assert f"{other} came" not in page_of(world, reference, person).text
        assert world.case(reference).state is State.IN_REVIEW
    assert world.case(newer).told_apart == (older,)
    twice = page_of(world, newer).choose("different_requests", other=older)
    assert world.events(newer) == ["submitted", "told_apart"]
    assert twice.status == 200, "the same decision again shows the same page"
    world.passes(hours=1)
    assert world.count("identities") == 2


def test_neither_answer_is_chosen_beforehand_and_nothing_happens_without_one(world: World) -> None:
    older = world.request()
    newer = again(world)
    page = page_of(world, newer)
    assert "checked" not in page.answer.text
    assert page.choose("", other=older).status == 400
    assert page.choose("same_request", other="").status == 409
    assert page.choose("same_request", other=newer).status == 409
    assert page.choose("same_request", other="PS-XXXXX").status == 409
    assert page_of(world, older).choose("same_request", other=newer).status == 409
    bare = page.person.web.post(page.answer.url, data={"choice": "same_request", "other": older})
    assert bare.status_code == 400, "without the token of the page"
    assert world.events(older) == world.events(newer) == ["submitted"]


def test_somebody_else_is_not_shown(world: World) -> None:
    older = world.request()
    newer = again(world, **SHARED, QID3_TEXT="860-555-0142")
    assert ASKS not in page_of(world, newer).text
    assert newer not in page_of(world, older).text


def test_what_no_key_opens_does_not_keep_a_page_from_being_shown(world: World) -> None:
    older = world.request()
    broken, damaged = again(world, **SHARED), again(world, **SHARED)
    newer = again(world)
    world.loses_identity(broken)
    world.loses_document(damaged)
    page = page_of(world, newer)
    assert page.status == 200
    assert page.values("other") == [older]
    assert merge(world, older, newer).status == 200


# Who may see it


@pytest.mark.parametrize("which", ["older", "newer"])
def test_who_is_barred_from_one_learns_nothing_of_it_on_the_other(world: World, which: str) -> None:
    unwanted = {"QID11_TEXT": "Priya Nair"}
    older = world.request(**(unwanted if which == "older" else {}))
    newer = again(world, **(unwanted if which == "newer" else {}))
    open_to_her, hidden = (newer, older) if which == "older" else (older, newer)
    page = page_of(world, open_to_her, PRIYA)
    assert hidden not in page.text
    assert ASKS not in page.text
    assert "ago with the same" not in page.text
    assert page.choose("same_request", other=hidden).status == 409
    assert page_of(world, newer, JORDAN).choose("different_requests", other=older).status == 200
    assert hidden not in page_of(world, open_to_her, PRIYA).text, "nor in its history"
    assert (hidden in page_of(world, open_to_her, JORDAN).text) is (open_to_her == newer)


def test_who_is_barred_from_the_newer_is_barred_from_both_afterwards(world: World) -> None:
    older, newer = merged(world, QID11_TEXT="Priya Nair")
    assert world.open(world.mails(PRIYA)[0]).status == 403
    loaded = world.engine.casebook.load(older)
    assert [p.email for p in loaded.reviewing.reviewers] == [JORDAN]
    assert newer not in world.mails(PRIYA)[-1].subject


def test_a_reviewer_of_another_department_decides_and_hears_what_happened(world: World) -> None:
    older = world.request(QID6=3)
    newer = again(world, QID6=4)
    page = merge(world, older, newer, PRIYA)
    assert page.status == 200
    assert f"{newer} is the same request" in page.text
    assert "you are not among them" in page.text
    assert world.case(older).facts.department == "obstetrics"
    assert world.open(world.mail(PRIYA, f"{newer}:")).status == 403
    world.work()
    assert f"{newer} is the same request" in page_of(world, older, JORDAN).text


def test_whoever_reviews_it_from_now_on_is_told(world: World) -> None:
    older = world.request(QID6=3)
    newer = again(world, QID6=1)
    assert world.mails(PRIYA, older) == []
    merge(world, older, newer)
    world.work()
    assert "twice" in world.mail(PRIYA, older).text
    assert len(world.mails(JORDAN, older)) == 1, "who knew it before is not told"


# What becomes of the older one


def test_a_supporter_hears_that_details_changed(world: World) -> None:
    older, supporter = world.matched()
    due = world.case(older).promise(PromiseKind.CONTACT)
    newer = again(world, QID3_TEXT="860-555-0142", QID4=["2"])
    theirs = len(world.mails(REQUESTER))
    merge(world, older, newer)
    world.work()
    mail = world.mail(supporter)
    assert mail.subject == f"{older}: something has changed"
    card = world.open(mail)
    assert "860-555-0142" in card.text
    assert "changed today" in card.text
    assert "860-555-0199" not in card.text
    assert world.case(older).state is State.MATCHED
    assert world.case(older).promise(PromiseKind.CONTACT) == due
    assert len(world.mails(REQUESTER)) == theirs


def test_nothing_that_was_written_is_kept_once_contact_is_made(world: World) -> None:
    older, supporter = world.in_contact()
    newer = again(world, QID12=99)
    page = page_of(world, newer)
    assert "deleted then: read it first" in page.text
    page.choose("same_request", other=older)
    world.work()
    loaded = world.engine.casebook.load(older)
    assert loaded.case.state is State.IN_CONTACT
    assert loaded.identity is not None
    assert (loaded.identity.note, loaded.identity.unread) == ("", ())
    assert "something has changed" in world.mail(supporter).subject


def test_a_supporter_who_is_not_wanted_any_more_is_for_the_reviewers_to_take_back(
    world: World,
) -> None:
    older, supporter = world.matched()
    offer = world.case(older).current_offer
    assert offer is not None
    name = world.engine.program.supporters[offer.supporter].name
    newer = again(world, QID11_TEXT=name)
    page = merge(world, older, newer)
    world.work()
    assert f"The person would rather not talk to {name}." in page.text
    assert "Take it back" in page.text
    assert world.case(older).state is State.MATCHED, "nothing moves by itself"
    assert not world.mails(supporter, "something has changed")
    assert world.mail(PRIYA, older).subject == f"{older}: please look again"
    assert name not in world.mail(PRIYA, older).text
    world.open(world.mail(PRIYA, older)).choose("taken_back")
    again_in_review = page_of(world, older, PRIYA)
    assert "would rather not" not in again_in_review.text
    assert offer.supporter not in again_in_review.values("first")


def test_one_that_somebody_is_being_asked_about_waits_until_the_offer_is_over(world: World) -> None:
    older = world.request()
    newer = again(world)
    page = page_of(world, newer)
    page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    page = page_of(world, newer)
    assert "only while this one waits for review: take the offer back first" in page.text
    assert "same_request" not in page.values("choice")
    assert page.choose("same_request", other=older).status == 409
    assert world.case(newer).state is State.OFFERED
    page_of(world, newer).choose("offer_withdrawn")
    assert merge(world, older, newer).status == 200


def test_what_could_not_be_read_changes_neither_wishes_nor_the_way_to_be_reached(
    world: World,
) -> None:
    older = world.request()
    before = world.engine.casebook.load(older)
    body = '{"surveyId": "SV_8peerSupport01", "responseId": "R_broken", "title": "a "new" one",'
    body += f' "answers": {{"QID2_TEXT": "{REQUESTER}"}}}}'
    headers = {"X-Webhook-Token": TOKEN, "Content-Type": "application/json"}
    world.qualtrics.behavior.api_status = 403
    answer = requests.post(world.url + WORKFLOW, data=body, headers=headers, timeout=5)
    assert answer.status_code == 200
    world.work()
    (newer,) = set(world.references) - {older}
    page = page_of(world, newer)
    assert "the same e-mail" in page.text
    page.choose("same_request", other=older)
    after = world.engine.casebook.load(older)
    assert before.identity is not None
    assert after.identity is not None
    assert after.identity.phone == before.identity.phone
    assert after.identity.is_text_ok == before.identity.is_text_ok
    assert after.case.facts.wish_role == before.case.facts.wish_role
    assert after.case.facts.is_mailable
    assert after.case.is_urgent, "an answer that nobody could read counts as urgent"
    assert "We could not read: everything" in page_of(world, older).text
    assert after.identity.response_id == "R_broken"


def test_limits_behind_a_break_are_the_strictest_and_an_address_stays(
    world: World,
) -> None:
    older = world.request()
    before = world.engine.casebook.load(older)
    body = '{"surveyId": "SV_8peerSupport01", "responseId": "R_broken", "answers": {"QID2_TEXT": '
    body += f'"{REQUESTER}", "QID11_TEXT": "Dana "the boss" Whitlock"}}}}'
    headers = {"X-Webhook-Token": TOKEN, "Content-Type": "application/json"}
    world.qualtrics.behavior.api_status = 403
    answer = requests.post(world.url + WORKFLOW, data=body, headers=headers, timeout=5)
    assert answer.status_code == 200
    world.work()
    (newer,) = set(world.references) - {older}
    page = page_of(world, newer)
    assert "the same e-mail" in page.text
    page.choose("same_request", other=older)
    after = world.engine.casebook.load(older)
    assert before.identity is not None
    assert after.identity is not None
    assert after.identity.phone == before.identity.phone
    assert (after.identity.is_text_ok, after.identity.is_call_ok) == (False, True)
    assert after.case.facts.wish_role == before.case.facts.wish_role
    assert not after.case.facts.is_mailable
    assert after.case.is_urgent, "an answer that nobody could read counts as urgent"
    assert "We could not read: name, phone, contact" in page_of(world, older).text
    assert after.identity.response_id == "R_broken"


# Urgency


@pytest.mark.parametrize("stage", STAGES)
def test_an_urgent_newer_one_makes_the_older_urgent(world: World, stage: str) -> None:
    older = arrive(world, stage)
    newer = again(world, **URGENT)
    assert PromiseKind.URGENT in promises(world, newer)
    state = world.case(older).state
    merge(world, older, newer)
    world.work()
    case = world.case(older)
    assert (case.state, case.is_urgent, case.was_call_taken) == (state, True, False)
    for person in (JORDAN, PRIYA, ELENA, DAVID):
        assert "cannot wait" in world.mail(person, older).text
    calls = len(world.mails(PAGER))
    world.passes(minutes=16)
    assert len(world.mails(PAGER)) == calls + 1, "again and again, and about one request only"
    assert newer not in world.mail(JORDAN).subject
    page = page_of(world, older)
    assert "I am calling now" in page.text
    page.choose("call_taken")
    calls = len(world.mails(PAGER))
    world.passes(minutes=40)
    assert len(world.mails(PAGER)) == calls
    assert world.case(older).was_call_taken


@pytest.mark.parametrize("stage", ["request", "matched"])
def test_a_call_that_was_taken_goes_over(world: World, stage: str) -> None:
    older = arrive(world, stage)
    newer = again(world, **URGENT)
    page_of(world, newer).choose("call_taken")
    merge(world, older, newer)
    world.work()
    case = world.case(older)
    assert (case.is_urgent, case.was_call_taken) == (True, True)
    assert case.promise(PromiseKind.URGENT) is None
    call = case.promise(PromiseKind.CALL)
    assert (call is not None) is (stage == "request")
    calls = len(world.mails(PAGER))
    world.passes(hours=2)
    assert (len(world.mails(PAGER)) > calls) is (stage == "request"), "or nobody says how it went"


def test_a_supporter_cannot_close_it_over_an_urgent_call_that_nobody_took(world: World) -> None:
    older, supporter = world.in_contact()
    newer = again(world, **URGENT)
    merge(world, older, newer)
    world.work()
    page = world.open(world.mail(supporter))
    assert "The coordinators know, and call." in page.text
    assert page.choose("completed", outcome="supported").status == 409
    page_of(world, older).choose("call_taken")
    page = world.open(world.mail(supporter))
    assert page.choose("completed", outcome="supported").status == 200
    assert world.case(older).state is State.CLOSED


# Two at once


def test_two_who_decide_in_the_same_instant_leave_one_decision(world: World) -> None:
    older = world.request()
    newer = again(world)
    pages = [page_of(world, newer, person) for person in (JORDAN, PRIYA)]
    answers: list[Page] = []

    def decide(page: Page, choice: str) -> None:
        answers.append(page.choose(choice, other=older))

    choices = zip(pages, ("same_request", "different_requests"), strict=True)
    threads = [threading.Thread(target=decide, args=args) for args in choices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(page.status for page in answers) == [200, 409]
    found = {*world.events(older), *world.events(newer)} - {"submitted", "closed"}
    assert found in ({"merged"}, {"told_apart"})


def test_who_compares_what_was_just_put_together_is_told_that_somebody_was_faster(
    world: World,
) -> None:
    older = world.request()
    newer = again(world)
    merge(world, older, newer)
    for decide in (duplicates.merge, duplicates.tell_apart):
        with pytest.raises(TransitionNotAllowed):
            decide(world.engine, newer, older, "priya-nair", world.clock.now)


def test_who_comes_second_is_led_to_the_older_one(world: World) -> None:
    older = world.request()
    newer = again(world)
    slow = page_of(world, newer, PRIYA)
    quick = page_of(world, newer)
    quick.choose("same_request", other=older)
    late = slow.choose("offered", first=slow.values("first")[0])
    assert late.status == 409
    assert f"It goes on as {older}" in late.text
    assert "your answer changed nothing" in late.text
    assert f"/case/{older}/reviewer" in late.answer.text
    assert slow.again().answer.url.endswith(f"/case/{older}/reviewer")
    repeated = quick.choose("same_request", other=older)
    assert repeated.status == 200
    assert f"Request {older}" in repeated.text
    assert world.events(older) == ["submitted", "merged"]
    assert world.events(newer) == ["submitted", "closed"]


def test_a_move_in_between_lets_the_slower_decide_anew(world: World) -> None:
    older = world.request()
    newer = again(world)
    page = page_of(world, newer)
    answers: list[Page] = []
    path = world.store.path
    with closing(sqlite3.connect(path, isolation_level=None)) as rival:
        rival.execute("begin immediate")
        slower = threading.Thread(
            target=lambda: answers.append(page.choose("same_request", other=older))
        )
        slower.start()
        wait_until_somebody_writes(path)
        rival.execute("update cases set revision = revision + 1 where reference = ?", [older])
        rival.execute("commit")
        slower.join()
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
def test_who_withdraws_through_either_mail_is_forgotten_as_a_whole(
    world: World, stage: str
) -> None:
    older = arrive(world, stage)
    newer = again(world)
    link = world.mail(REQUESTER, "arrived")
    merge(world, older, newer)
    world.work()
    page = world.open(link)
    assert page.answer.url.endswith(f"/case/{older}/requester")
    page.choose("withdrawn_erased")
    assert world.count("identities") == 0
    world.passes(minutes=1)
    assert world.references == []
    for table in ("history", "outbox", "openings", "rankings"):
        assert world.count(table) == 0
    assert "is over" in world.open(link).text


def test_a_page_that_was_open_before_still_lets_the_person_withdraw(world: World) -> None:
    older = world.request()
    newer = again(world)
    page = world.open(world.mails(REQUESTER)[-1])
    assert newer in page.text
    merge(world, older, newer)
    assert "withdrawn" in page.choose("withdrawn_erased").text
    assert page.again().status == 403, "that visit is over"
    world.passes(minutes=1)
    assert world.references == []


def test_the_person_corrects_how_to_be_reached_through_either_mail(world: World) -> None:
    older, _ = merged(world)
    link = world.mails(REQUESTER)[-1]
    world.open(link).choose("contact_corrected", phone="860-555-0155", how=["call"])
    loaded = world.engine.casebook.load(older)
    assert loaded.identity is not None
    assert loaded.identity.phone == "860-555-0155"


def test_who_withdraws_right_after_merging_is_counted_like_everybody_else(world: World) -> None:
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
    assert tallied(world) == {"all": 2, "duplicate": 1, "withdrawn": 1}
    assert world.mails(JORDAN) == []


def test_both_are_forgotten_together_and_each_is_counted_once(world: World) -> None:
    older, newer = merged(world, "in_contact")
    world.passes(days=45)
    assert world.references == [older, newer], "as long as the older one is there"
    page_of(world, older).choose("completed", outcome="supported", offer="1")
    world.passes(days=29)
    assert world.references == [older, newer]
    world.passes(days=2)
    assert world.references == []
    assert tallied(world) == {"all": 2, "duplicate": 1, "supported": 1}


def test_a_duplicate_is_not_opened_again(world: World) -> None:
    older, newer = merged(world)
    page = page_of(world, newer)
    assert f"Request {older}" in page.text
    assert "reopened" not in page.values("choice")


def test_one_found_twice_takes_along_what_it_took_in(world: World) -> None:
    third = world.request(QID3_TEXT=None)
    second = again(world, QID2_TEXT="private@example.org", QID3_TEXT="860-555-0142")
    first = again(world, QID2_TEXT="private@example.org", QID3_TEXT=None)
    merge(world, second, first)
    newest = again(world, QID3_TEXT="860-555-0142")
    page = page_of(world, newest)
    assert sorted(page.values("other")) == sorted([third, second])
    page.choose("same_request", other=third)
    page_of(world, second).choose("same_request", other=third)
    assert world.case(third).took_in == (newest, second, first)
    for mail in world.mails("private@example.org"):
        assert world.open(mail).answer.url.endswith(f"/case/{third}/requester")


def test_a_duplicate_that_is_released_loses_its_identity_at_once(world: World) -> None:
    older = world.request()
    newer = again(world)
    runner = world.app.test_cli_runner()
    runner.invoke(args=["hold", newer])
    merge(world, older, newer)
    assert world.count("identities") == 2
    assert newer in runner.invoke(args=["history", older]).output
    runner.invoke(args=["hold", newer, "--release"])
    assert world.count("identities") == 1
    assert world.engine.casebook.load(older).identity is not None


def test_a_held_duplicate_keeps_its_identity_and_goes_once_it_is_released(world: World) -> None:
    older = world.request()
    newer = again(world)
    runner = world.app.test_cli_runner()
    runner.invoke(args=["hold", newer])
    merge(world, older, newer)
    assert world.count("identities") == 2
    assert page_of(world, newer).answer.url.endswith(f"/case/{older}/reviewer")
    world.open(world.mails(REQUESTER)[-1]).choose("withdrawn_erased")
    world.passes(minutes=1)
    assert world.references == [newer]
    assert "is over" in world.open(world.mails(REQUESTER)[-1]).text
    runner.invoke(args=["hold", newer, "--release"])
    world.passes(minutes=1)
    assert world.references == []


def test_a_mail_that_still_waits_reaches_the_person_and_none_of_the_reviewers(
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
    assert world.open(world.mails(REQUESTER)[-1]).answer.url.endswith(f"/case/{older}/requester")
    assert [m for m in world.mailbox.messages if newer in m.subject + m.text] == []
