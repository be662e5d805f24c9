"""Nobody finds out who was nominated, or who said no, by what is missing or refused elsewhere."""

import re

import pytest

from demo.qualtrics.survey import NOMINATION
from tests.nominating import ABOUT_ME, ALEX, SAM_LEE, Nominating, in_training, named, numbers, plan
from tests.program_files import look
from tests.world import JORDAN, Page, World

ROBIN, DANA = "robin.vale@example.org", "dana.whitfield@example.org"
OUTSIDE = "robin.vale@elsewhere.example.com"


@pytest.fixture
def nominating(world: World) -> Nominating:
    return Nominating.begin(world)


def seen(page: Page) -> tuple[int, str]:
    """Return what a page says, without what is new each time."""
    return page.status, re.sub(r'name="csrf_token" value="[^"]+"', "", page.answer.text)


def test_silence_no_and_never_look_the_same_to_a_coordinator(nominating: Nominating) -> None:
    world = nominating.world
    nominating.willing(email="kim.vale@example.org", name="Kim Vale")
    before = nominating.nominees(JORDAN)
    for email in (SAM_LEE, ALEX, ROBIN):
        nominating.nominate(email, email)
    asked, others = before.again(), numbers(world)[1:]
    world.open(world.mail(ALEX)).choose("no")
    world.open(world.mail(ROBIN)).choose("never")
    answered = before.again()
    assert seen(before) == seen(asked) == seen(answered)
    for choice in ("ask", "remove", "invite", "ready", "decline"):
        tried = [
            seen(before.choose(choice, nominee=named(world, number), address=email))
            for number, email in zip(others, (SAM_LEE, ALEX, ROBIN), strict=True)
        ]
        assert tried[0][0] == 409
        assert tried[0] == tried[1] == tried[2], choice
    world.work()
    assert [len(world.mails(one)) for one in (SAM_LEE, ALEX, ROBIN)] == [1, 1, 1]


def test_a_coordinator_cannot_try_whether_somebody_said_no(nominating: Nominating) -> None:
    """With a nominee of their own making, whom they ask at another one's address."""
    world = nominating.world
    nominating.nominate(email=ROBIN)
    world.open(world.mail(ROBIN)).choose("never")
    tried = {}
    for address in (ROBIN, ALEX, DANA):
        nominating.nominate("Decoy", OUTSIDE)
        tried[address] = seen(nominating.decide(JORDAN, "ask", address=address))
    world.work()
    assert tried[ROBIN] == tried[ALEX] == tried[DANA]
    assert [len(world.mails(one)) for one in (ROBIN, ALEX, DANA)] == [1, 1, 0]


@pytest.mark.parametrize("answer", ["", "no", "never"])
def test_a_flood_of_their_own_does_not_tell_a_coordinator_who_was_asked_before(
    nominating: Nominating, answer: str
) -> None:
    """Each form over the bound counts: one that is missing would be somebody's answer."""
    world = nominating.world
    nominating.nominate("Robin Vale", ROBIN)
    if answer:
        world.open(world.mail(ROBIN)).choose(answer)
    for number in range(20):
        answers = {"QID1_TEXT": f"Person {number}", "QID2_TEXT": f"own.{number}@example.org"}
        world.qualtrics.submit(answers, survey_id=NOMINATION.id)
    assert world.qualtrics.wait_until_published()
    world.work()
    # One of their own is over the bound already.
    for number, address in enumerate((ROBIN, ROBIN, ALEX), start=2):
        nominating.nominate("Somebody", address)
        shown = nominating.nominees(JORDAN)
        assert f"{number} nominations" in shown.text
        assert address not in shown.answer.text
    shown.choose("ask_held")
    world.work()
    assert [len(world.mails(one)) for one in (ROBIN, ALEX)] == [1, 1]
    assert "busy day" not in shown.again().text


def test_a_flood_of_nominations_waits_for_a_coordinator(nominating: Nominating) -> None:
    world = nominating.world
    for number in range(23):
        answers = {"QID1_TEXT": f"Person {number}", "QID2_TEXT": f"person{number}@example.org"}
        world.qualtrics.submit(answers, survey_id=NOMINATION.id)
    assert world.qualtrics.wait_until_published()
    world.work()
    asked = {one.person for one in world.queue if one.email == "nominated"}
    assert len(asked) == 20
    page = nominating.nominees(JORDAN)
    assert "3 nominations came on a busy day" in page.text
    assert "Person 22" not in page.answer.text, "who has not said yes shows nowhere"
    assert "person22@" not in page.answer.text
    assert "3 waiting for you" in page.person.look(f"{world.url}/board").text
    assert "Are you sure" in page.choose("ask_held", sure="").text
    assert "We’ll ask all of them now" in page.choose("ask_held").text
    world.work()
    assert len(world.mails("person22@example.org")) == 1
    assert "busy day" not in page.again().text
    world.passes(days=2)
    nominating.nominate("Alex Moore", ALEX)
    assert len(world.mails(ALEX)) == 1


def test_a_flood_that_no_one_meant_is_deleted_at_once(nominating: Nominating) -> None:
    world = nominating.world
    for number in range(22):
        answers = {"QID1_TEXT": "Nobody", "QID2_TEXT": f"person{number}@example.org"}
        world.qualtrics.submit(answers, survey_id=NOMINATION.id)
    assert world.qualtrics.wait_until_published()
    world.work()
    page = nominating.nominees(JORDAN).choose("remove_held")
    assert "All of them are deleted" in page.text
    assert "busy day" not in page.text
    assert world.count("invitations") == 20


def test_the_day_on_which_it_is_forgotten_tells_of_no_no(nominating: Nominating) -> None:
    """Qualtrics' id of the response goes to whoever deletes it there, on that day."""
    world = nominating.world
    nominating.nominate()
    nominating.nominate(email=ALEX)
    world.passes(days=3)
    world.open(world.mail(ALEX)).choose("no")
    ends = {at for (at,) in world.rows("invitations", "ends_at")}
    assert len(ends) == 1


def test_who_was_asked_at_another_address_before_is_not_read_there(nominating: Nominating) -> None:
    world = nominating.world
    nominating.nominate("Robin Vale", OUTSIDE)
    nominating.decide(JORDAN, "ask", address=OUTSIDE)
    world.work()
    elsewhere, mail = world.open(world.mail(OUTSIDE)), world.mail(OUTSIDE)
    world.mailbox.refuse_address_with[OUTSIDE] = 550
    world.passes(days=7, minutes=1)
    world.request()
    for _ in range(3):
        world.passes(minutes=10)
    nominating.decide(JORDAN, "ask", address=ROBIN)
    world.work()
    page = world.open(world.mail(ROBIN)).choose("yes")
    assert "Robin" not in page.answer.text, "a mistyped address would read who was nominated"
    page.choose("about_me", **ABOUT_ME)
    assert "Samantha" in page.again().text
    assert (elsewhere.again().status, world.open(mail).status) == (403, 404)


def test_a_list_of_guests_tells_of_no_no(nominating: Nominating) -> None:
    world = nominating.world
    plan(world, "first", "lunch-and-learn", "2026-12-01")
    in_training(nominating)
    page = nominating.nominees(JORDAN).person.look(f"{world.url}/trainings")
    world.open(world.mail(SAM_LEE, "can you come")).choose("no")
    assert "Samantha" not in page.text
    assert seen(page) == seen(page.again())


def test_a_supporter_who_left_is_asked_and_reminded_no_more(world: World) -> None:
    file = world.folder / "config/supporters.csv"
    lines = file.read_text().splitlines(keepends=True)
    plan(world, "again", "refresher", "2026-12-01")
    page = world.open(world.mail(DANA, "can you come")).choose("yes")
    assert page.status == 200
    file.write_text("".join(line for line in lines if DANA not in line))
    look(world)
    world.passes(minutes=2)
    assert page.again().status == 403
    assert world.count("invitations") < 2


def test_no_page_says_how_many_were_asked_between_two_nominees(nominating: Nominating) -> None:
    """Who nominates decoys around somebody would see that no number was used for them."""
    for name in ("First Decoy", "Second Decoy"):
        nominating.nominate(name, OUTSIDE)
        nominating.nominate(email=SAM_LEE)
    page = nominating.nominees(JORDAN)
    names = set(page.values("nominee"))
    assert names
    assert all(re.fullmatch(r"[0-9a-f]{64,}", name) for name in names)
    assert page.choose("remove", nominee="1").status == 400
