"""Somebody files the form in a colleague’s name, and a coordinator takes both for one person’s."""

from collections.abc import Callable

import pytest
import requests

from lib.languages.language import ENGLISH
from notifications import planning
from notifications.facts import case_facts
from store import cases
from tests.doors import WORKFLOW
from tests.referring import Referring
from tests.twice import again, confirm, merge, page_of
from tests.world import JORDAN, LINK, PRIYA, REQUESTER, TOKEN, Page, World
from workflow.model import OfferState, Role, State
from workflow.table import LEFT

MARCUS = "marcus.bell@example.org"
ROBIN: dict[str, object] = {
    "QID1_TEXT": "Robin Vale",
    "QID2_TEXT": "robin.vale@example.org",
    "QID3_TEXT": "860-555-0142",
}


@pytest.mark.parametrize(
    "changed",
    [
        {"QID10_1": 2},
        {"QID5": 1},
        {"userLanguage": "ES"},
        {"QID1_TEXT": "Robin Vale"},
        {"QID7_TEXT": "Trauma Bay"},
    ],
    ids=["wish", "role", "language", "name", "unit"],
)
def test_what_decides_who_hears_of_it_waits_for_the_requester(
    world: World, changed: dict[str, object]
) -> None:
    """Anybody can type the requester's address, and with it what leads to themselves."""
    older = world.request()
    before, proposed = world.engine.casebook.load(older), page_of(world, older).values("first")
    merge(world, older, again(world, **changed))
    after = world.engine.casebook.load(older)
    assert after.case.facts == before.case.facts
    asked = page_of(world, older).values("first")
    assert asked == [one for one in proposed if one in asked], "the same order, and no one new"
    assert before.identity is not None
    assert after.identity is not None
    assert (after.identity.name, after.identity.unit) == (
        before.identity.name,
        before.identity.unit,
    )
    world.passes(minutes=11)
    asks = world.mails(REQUESTER)[-1]
    page = world.open(asks)
    page.choose("contact_confirmed", confirmation=page.values("confirmation")[0])
    known = world.engine.casebook.load(older)
    assert (known.case.facts, known.identity) != (before.case.facts, before.identity)


def _seen_of(world: World, reference: str, page: Page, before: int) -> tuple[object, ...]:
    """Return all that Priya sees of a request that she could open, without its reference."""
    mails = [(m.subject, m.text) for m in world.mails(PRIYA)[before:]]
    mailed = [mail for mail in world.mails(PRIYA, reference) if LINK.search(mail.text)]
    links = [world.open(mail) for mail in mailed]
    pages = [(one.status, one.text) for one in (page.again(), *links)]
    board = reference in world.own_page(PRIYA).person.look(f"{world.url}/board").text
    return str((mails, pages)).replace(reference, "PS"), board


@pytest.mark.parametrize("excluded", ["older", "newer"])
def test_who_loses_a_request_to_a_merge_sees_what_a_withdrawal_shows(
    world: World, excluded: str
) -> None:
    """Or a page that closes without a word tells that there is another one, and whom it bars."""
    not_priya = {"QID11_TEXT": "Priya Nair"}
    older = world.request(**(not_priya if excluded == "older" else {}))
    newer = again(world, **(not_priya if excluded == "newer" else {}))
    lost = newer if excluded == "older" else older
    other = again(world, **ROBIN)
    pages = {reference: page_of(world, reference, PRIYA) for reference in (lost, other)}
    before = len(world.mails(PRIYA))
    assert merge(world, older, newer, JORDAN).status == 200
    world.passes(minutes=11)
    merged = _seen_of(world, lost, pages[lost], before)

    before = len(world.mails(PRIYA))
    theirs = world.open(world.mail(str(ROBIN["QID2_TEXT"]), other))
    assert theirs.choose("withdrawn").status == 200
    world.passes(minutes=11)
    assert merged == _seen_of(world, other, pages[other], before)


def test_a_withdrawn_request_that_is_held_looks_like_a_lost_one_at_once(world: World) -> None:
    """Or a hold, or a mail that is late, tells who lost a request that it goes on without them."""
    older = world.request()
    other = again(world, **ROBIN)
    newer = again(world, QID6=2)
    pages = {reference: page_of(world, reference, JORDAN) for reference in (older, other)}
    opening = {reference: world.mail(JORDAN, reference) for reference in pages}
    merge(world, older, newer, PRIYA)
    world.app.test_cli_runner().invoke(args=["hold", "--all"])
    theirs = world.open(world.mail(str(ROBIN["QID2_TEXT"]), other))
    assert theirs.choose("withdrawn").status == 200
    for minutes in (0, 11):
        world.passes(minutes=minutes)
        seen = [
            (page.again().status, page.again().text, world.open(opening[one]).status)
            for one, page in pages.items()
        ]
        assert seen[0] == seen[1]
    assert {older, other} <= set(world.references)
    mails = [
        (m.subject.replace(one, ""), m.text.replace(one, ""))
        for one in pages
        for m in world.mails(JORDAN, one)[-1:]
    ]
    assert mails[0] == mails[1]


@pytest.mark.parametrize("address", [REQUESTER, "somebody.else@example.net"])
def test_nobody_is_asked_unseen_because_a_second_request_leaves_out_others(
    world: World, address: str
) -> None:
    """Somebody false could file it to steer who is asked; somebody real means it, so it counts."""
    older = world.request()
    first, second, *_ = page_of(world, older).values("first")
    newer = again(world, QID2_TEXT=address, QID11_TEXT=world.engine.program.supporters[first].name)
    assert merge(world, older, newer).status == 200
    world.work()
    page = page_of(world, older)
    assert page.values("first")[0] == second, "it counts at once"
    assert "A second request leaves out a colleague" in page.text
    names = world.engine.program.names
    assert names[first] not in page.text
    assert names[first] in page.choose("text").text
    assert page_of(world, older).choose("offered", first=second).status == 400
    assert world.case(older).offers == ()

    confirm(world, REQUESTER)
    page = page_of(world, older)
    assert "A second request" not in page.text
    assert page.choose("offered", first=second).status == 200
    assert first not in {one.supporter for one in world.case(older).offers}


def _by_phone(world: World, supporter: str) -> str:
    return again(world, QID3_TEXT=world.engine.program.supporters[supporter].phone)


def _by_a_form_about_a_colleague(world: World, supporter: str) -> str:
    name = world.engine.program.names[supporter]
    Referring(world).refer(REQUESTER, by=name)
    return again(world)


def _by_a_part_that_no_one_can_read(world: World, supporter: str) -> str:
    name = world.engine.program.names[supporter]
    body = '{"surveyId": "SV_8peerSupport01", "responseId": "R_broken", "answers": {"QID2_TEXT": '
    body += f'"{REQUESTER}", "QID12": 1, "QID11_TEXT": "{name} "the tall one""}}}}'
    headers = {"X-Webhook-Token": TOKEN, "Content-Type": "application/json"}
    world.qualtrics.behavior.api_status = 403
    before = set(world.references)
    assert requests.post(world.url + WORKFLOW, data=body, headers=headers, timeout=60).ok
    world.work()
    world.passes(minutes=11)
    (newer,) = set(world.references) - before
    return newer


@pytest.mark.parametrize(
    "file", [_by_phone, _by_a_form_about_a_colleague, _by_a_part_that_no_one_can_read]
)
def test_nobody_is_asked_unseen_because_a_second_request_keeps_others_out_in_another_way(
    world: World, file: Callable[[World, str], str]
) -> None:
    """And once the requester says that it isn't theirs, nothing of it is left."""
    Referring.begin(world)
    older = world.request()
    before = world.engine.casebook.load(older).own
    supporters = world.engine.program.supporters
    proposed = page_of(world, older).values("first")
    first = next(one for one in proposed if supporters[one].phone)
    newer = file(world, first)
    page = page_of(world, newer)
    assert "The people this one leaves out count right away." in page.text
    assert page.choose("same_request", other=older).status == 200
    world.work()
    page = page_of(world, older)
    assert "A second request leaves out" in page.text
    left = page.values("first")
    assert first not in left, "it counts at once"
    assert page.choose("offered", first=left[0]).status == 400
    assert world.case(older).offers == ()

    asks = world.open(world.mail(REQUESTER, "was this you?"))
    asks.choose("separated", confirmation=asks.values("confirmation")[0])
    world.work()
    assert world.engine.casebook.load(older).own == before
    assert page_of(world, older).values("first") == proposed


def test_a_second_request_that_leaves_out_the_unit_keeps_out_nobody_and_waits_for_nothing(
    world: World,
) -> None:
    older = world.request(QID7_TEXT="Trauma Bay")
    newer = again(world, QID7_TEXT=None)
    assert merge(world, older, newer).status == 200
    assert world.case(older).confirmation is None


def test_a_phone_that_the_requester_refuses_leaves_nothing_behind(world: World) -> None:
    older = world.request()
    before = world.engine.casebook.load(older).own
    newer = again(world, QID3_TEXT="860-555-0155")
    assert merge(world, older, newer).status == 200
    world.work()
    page = world.open(world.mail(REQUESTER, "was this you?"))
    page.choose("contact_refused", confirmation=page.values("confirmation")[0])
    world.work()
    after = world.engine.casebook.load(older).own
    assert before is not None
    assert after is not None
    assert (after.phone, after.former_contacts) == (before.phone, before.former_contacts)


@pytest.mark.parametrize(
    ("asked", "filed", "loser"),
    [({"QID11_TEXT": "Jordan Reyes"}, {}, JORDAN), ({}, {"QID6": 2}, MARCUS)],
    ids=["not wanted", "another department"],
)
def test_whoever_filed_it_cannot_lose_it_to_a_request_that_they_may_not_see(
    world: World, asked: dict[str, object], filed: dict[str, object], loser: str
) -> None:
    """They know that they did not withdraw it, so losing it would tell them that one exists."""
    older = world.request(**asked)
    newer = again(world, QID2_TEXT="decoy@example.net", **filed)
    before = page_of(world, newer, loser).text
    page = page_of(world, newer, PRIYA)
    assert page.values("choice").count("same_request") == 0
    assert "These can’t be combined" in page.text
    assert page.choose("same_request", other=older).status == 409
    world.passes(minutes=11)
    assert world.case(newer).is_open
    assert page_of(world, newer, loser).text == before


@pytest.mark.parametrize(
    ("filed", "asked", "loser"),
    [
        ({}, {"QID11_TEXT": "Priya Nair"}, PRIYA),
        ({}, {"QID1_TEXT": "Priya Nair"}, PRIYA),
        ({}, {"QID2_TEXT": PRIYA}, PRIYA),
        ({}, {"QID11_TEXT": "the tall one"}, PRIYA),
        ({"QID6": 2}, {}, MARCUS),
    ],
    ids=[
        "not wanted",
        "their name",
        "their address",
        "perhaps not wanted",
        "another department",
    ],
)
@pytest.mark.parametrize("address", ["", "decoy@example.net"])
def test_whoever_filed_it_first_cannot_lose_it_to_a_request_that_came_later(
    world: World, address: str, filed: dict[str, object], asked: dict[str, object], loser: str
) -> None:
    """Or they read that the person asked later, and does not want them to know."""
    older = world.request(QID2_TEXT=address, **filed)
    newer = again(world, **asked)
    before = len(world.mails(loser)), page_of(world, older, loser).text
    page = page_of(world, newer, PRIYA if loser == MARCUS else JORDAN)
    assert page.values("choice").count("same_request") == 0
    assert "These can’t be combined" in page.text
    assert page.choose("same_request", other=older).status == 409
    world.work()
    assert (len(world.mails(loser)), page_of(world, older, loser).text) == before
    assert all(world.case(one).is_open for one in (older, newer))


@pytest.mark.parametrize("lost", ["older", "newer"])
def test_nobody_reads_that_a_request_that_came_back_was_combined_with_one_that_bars_them(
    world: World, lost: str
) -> None:
    """If both gave the same address they lose it as if it was withdrawn, and get it back."""
    not_priya = {"QID11_TEXT": "Priya Nair"}
    older = world.request(**(not_priya if lost == "newer" else {}))
    newer = again(world, QID10_1=2, **(not_priya if lost == "older" else {}))
    theirs, other = (older, newer) if lost == "older" else (newer, older)
    assert merge(world, older, newer).status == 200
    world.work()
    assert world.mails(PRIYA)[-1].subject == f"{theirs}: nothing more to do"
    page = world.open(world.mail(REQUESTER, "was this you?"))
    page.choose("separated", confirmation=page.values("confirmation")[0])
    world.passes(minutes=11)
    mail = world.mails(PRIYA)[-1]
    assert f"{theirs} is with you now" in mail.text
    for text in (mail.subject, mail.text):
        assert other not in text
        assert "combined" not in text
        assert "separate" not in text
    assert other not in world.open(mail).text


def test_nobody_reads_in_how_a_request_was_closed_that_there_is_another_one(
    world: World,
) -> None:
    """Only a merge tells, to whoever may act on both."""
    world.request(QID11_TEXT="Jordan Reyes")
    newer = again(world, QID2_TEXT="second@example.net")
    page = page_of(world, newer, PRIYA)
    assert "duplicate" not in page.values("outcome")
    assert page.choose("closed", outcome="duplicate").status == 409
    assert world.case(newer).is_open


def test_an_answer_can_be_undone_as_long_although_reviewers_told_two_requests_apart(
    world: World,
) -> None:
    """Whoever filed one in a name would see their “Undo” go: somebody found another one."""
    older = world.request()
    newer = again(world, QID2_TEXT="decoy@example.net")
    page_of(world, newer, PRIYA).choose("closed", outcome="not_a_request")
    world.passes(minutes=12)
    page = world.open(world.mail("decoy@example.net", newer)).choose("reopened")
    world.work()
    assert page_of(world, newer, PRIYA).choose("different_requests", other=older).status == 200
    page = page.again()
    assert "Undo until" in page.text
    assert page.choose("undone").status == 200
    case = world.case(newer)
    assert (case.state, case.told_apart) == (State.CLOSED, (older,))


def test_history_names_no_request_that_its_reader_may_not_see_once_it_was_merged(
    world: World,
) -> None:
    not_jordan = {"QID11_TEXT": "Jordan Reyes"}
    first = world.request(**not_jordan)
    second = again(world, **not_jordan)
    decoy = again(world, QID2_TEXT="decoy@example.net")
    page_of(world, decoy, PRIYA).choose("different_requests", other=second)
    before = page_of(world, decoy).text
    assert page_of(world, second, PRIYA).choose("same_request", other=first).status == 200
    assert second in page_of(world, decoy, PRIYA).text, "who may see both still reads it"
    assert page_of(world, decoy).text == before


def test_a_question_to_somebody_whom_a_newer_one_leaves_out_is_the_reviewers_to_take_back(
    world: World,
) -> None:
    """If merging took it back, whoever filed the newer one in a name could ask themselves."""
    older = world.request()
    page_of(world, older).choose("offered", first=page_of(world, older).values("first")[0])
    world.passes(minutes=6)
    address = world.asked(older)
    (asked,) = world.case(older).offers
    name = world.engine.program.names[asked.supporter]
    mails, before = len(world.mails(address)), world.open(world.mail(address)).values("choice")
    newer = again(world, QID11_TEXT=name)
    assert f"It leaves out {name}, whom you’ve asked." in page_of(world, older).text
    page = page_of(world, newer)
    assert "First take that offer back on its page, or wait for the answer." in page.text
    assert name not in page.text, "who it is takes an opening that is recorded"
    assert page.values("choice").count("same_request") == 0
    assert page.choose("same_request", other=older).status == 409
    assert world.open(world.mail(address)).values("choice") == before
    assert len(world.mails(address)) == mails
    assert world.case(newer).is_open

    assert page_of(world, older).choose("offer_withdrawn", offer="1").status == 200
    assert merge(world, older, newer).status == 200
    (taken_back,) = world.case(older).offers
    assert (world.case(older).state, taken_back.state) == (State.IN_REVIEW, OfferState.WITHDRAWN)
    world.passes(minutes=12)
    (told,) = world.mails(address)[mails:]
    assert "nothing more" in told.subject
    assert asked.supporter not in page_of(world, older).values("first")


def test_a_farewell_has_no_facts_that_own_words_could_tell(world: World) -> None:
    """An admin's words would say whether a request was withdrawn or goes on without its reader."""
    reference = world.request()

    def facts() -> dict[str, object]:
        stored = cases.find(world.store.read(), reference)
        assert stored is not None
        engine, now = world.engine, world.clock()
        notice = next(iter(LEFT))
        mail = planning.case_mail(stored.id, notice, "jordan-reyes", Role.REVIEWER, reference, now)
        return case_facts(engine.casebook, stored.case, mail, now, ENGLISH)

    before = facts()
    world.passes(days=1)
    page_of(world, reference).choose("closed", outcome="not_a_request")
    assert facts() == before
    assert before["reference"] == reference
