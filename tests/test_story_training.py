"""Sessions of a training: who is asked to which, who has a seat, who came, and what follows."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.nominating import ALEX, SAM_LEE, Nominating, in_training, plan
from tests.program_files import look
from tests.world import JORDAN, SAM, Page, World

DANA, UMA = "dana.whitfield@example.org", "uma.krishnan@example.org"


@pytest.fixture
def nominating(world: World) -> Nominating:
    return Nominating.begin(world)


def at(day: str, hour: int = 18) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=UTC)


def go_to(world: World, moment: datetime) -> None:
    world.clock.now = moment
    world.work()
    world.passes(minutes=2)


def record(world: World, leader: str, *names: str) -> Page:
    """Let whoever leads the last session check off who came."""
    page = world.open(world.mail(leader, "who came?"))
    ids = dict(re.findall(r'name="came" value="([^"]+)"><span>([^<]+)<', page.answer.text))
    return page.choose(
        "attendance",
        session=page.values("session")[0],
        came=[id for id, name in ids.items() if name in names],
    )


def test_who_completes_the_set_gets_a_line_with_the_day(nominating: Nominating) -> None:
    world = nominating.world
    plan(world, "peer-support-1", "lunch-and-learn", "2026-12-01")
    plan(world, "second", "lunch-and-learn", "2026-12-03")
    plan(world, "long", "long-session", "2026-12-08", led_by="beth-lindgren")
    in_training(nominating)
    asked = world.mails(SAM_LEE, "can you come")
    assert len(asked) == 2, "one of each kind at a time"
    assert "Lunch with colleagues" in asked[0].text
    assert not re.search("peer|support", asked[0].subject, re.I)
    page = world.open(asked[0]).choose("yes")
    assert "You have a seat" in page.text
    world.open(asked[1]).choose("yes")
    world.work()

    calendar = page.person.look(f"{world.url}/invitation/calendar.ics")
    assert calendar.answer.headers["Content-Type"].startswith("text/calendar")
    assert "SUMMARY:Lunch with colleagues\r\n" in calendar.answer.text
    assert "DTSTART:20261201T170000Z\r\n" in calendar.answer.text
    assert not re.search("peer|support|DESCRIPTION", calendar.answer.text, re.I)

    go_to(world, at("2026-11-30", 17))
    assert "see you tomorrow" in world.mail(SAM_LEE).subject
    go_to(world, at("2026-12-01"))
    assert record(world, JORDAN, "Samantha Lee").status == 200
    assert "In training: 1 of 3 sessions done" in nominating.nominees(JORDAN).text
    world.passes(minutes=2)
    assert world.mails(SAM_LEE, "can you come")[2:] == [], "two days before it is too late to ask"
    plan(world, "third", "lunch-and-learn", "2026-12-10")
    world.open(world.mail(SAM_LEE, "can you come")).choose("yes")
    go_to(world, at("2026-12-08"))
    assert record(world, "beth.lindgren@example.org", "Samantha Lee").status == 200
    assert world.mails(SAM, "edit your files") == []
    go_to(world, at("2026-12-10"))
    record(world, JORDAN, "Samantha Lee")
    world.work()
    page = world.open(world.mail(SAM, "edit your files"))
    (line,) = re.findall(r'<p class="written whole">(.*?)</p>', page.answer.text)
    # Where a line may or may not break, nothing is copied.
    line = re.sub("<[^>]*>", "", line)
    assert ",2026-12-10,2028-12-09,active" in line
    file = world.folder / "config/supporters.csv"
    file.write_text(file.read_text() + line + "\n")
    look(world)
    assert f"{world.engine.program.supporters['samantha-lee'].trained_on}" == "2026-12-10"


def test_seats_are_given_in_the_order_of_the_yes(nominating: Nominating) -> None:
    world = nominating.world
    plan(world, "only", "lunch-and-learn", "2026-12-01", seats=1)
    in_training(nominating, SAM_LEE)
    in_training(nominating, ALEX)
    first = world.open(world.mail(SAM_LEE, "can you come")).choose("yes")
    world.clock.now += timedelta(minutes=1)
    second = world.open(world.mail(ALEX, "can you come")).choose("yes")
    assert "You have a seat" in first.text
    assert "waiting list" in second.text
    assert second.person.look(f"{world.url}/invitation/calendar.ics").status == 404
    world.work()
    assert "waiting list" in world.mail(ALEX).subject
    first.choose("no")
    world.work()
    assert "you have a seat" in world.mail(ALEX).subject
    assert "You have a seat" in second.again().text
    assert "waiting list" in first.choose("yes").text, "their seat went to somebody else"


def test_who_cannot_come_is_asked_to_the_next_one(nominating: Nominating) -> None:
    world = nominating.world
    plan(world, "first", "lunch-and-learn", "2026-12-01")
    in_training(nominating)
    world.open(world.mail(SAM_LEE, "can you come")).choose("no")
    plan(world, "second", "lunch-and-learn", "2026-12-08")
    assert len(world.mails(SAM_LEE, "can you come")) == 2
    world.open(world.mail(SAM_LEE, "can you come")).choose("never")
    plan(world, "third", "lunch-and-learn", "2026-12-15")
    assert len(world.mails(SAM_LEE, "can you come")) == 2


def test_never_again_ends_every_other_question_about_trainings(nominating: Nominating) -> None:
    """Somebody is asked to one session of each kind at a time, and says it about one of them."""
    world = nominating.world
    plan(world, "lunch", "lunch-and-learn", "2026-12-08")
    plan(world, "long", "long-session", "2026-12-10")
    plan(world, "later", "lunch-and-learn", "2026-12-15")
    in_training(nominating)
    first, other = world.mails(SAM_LEE, "can you come")
    late = world.open(other)
    world.open(first).choose("never")
    assert late.again().status in (403, 404)
    world.passes(days=8)
    assert len(world.mails(SAM_LEE, "can you come")) == 2, "not even a reminder"
    assert world.count("invitations") == 1, "the nomination alone"


def test_refreshers_that_are_due_are_asked_by_themselves(world: World) -> None:
    world.work()
    plan(world, "again", "refresher", "2026-12-01")
    assert {one for one in (DANA, UMA, JORDAN) if world.mails(one, "can you come")} == {DANA, UMA}
    world.open(world.mail(DANA, "can you come")).choose("yes")
    go_to(world, at("2026-12-01"))
    record(world, JORDAN, "Dana Whitfield")
    world.work()
    page = world.open(world.mail(SAM, "edit your files"))
    assert "Dana Whitfield: set refresher_due to 2028-11-30" in page.text
    assert "Uma" not in page.text


def test_who_comes_hears_of_another_time_and_of_the_end(nominating: Nominating) -> None:
    world = nominating.world
    plan(world, "first", "lunch-and-learn", "2026-12-01")
    in_training(nominating)
    page = world.open(world.mail(SAM_LEE, "can you come")).choose("yes")
    world.work()
    file = world.folder / "config/training.toml"
    file.write_text(file.read_text().replace("room 204", "room 9"))
    look(world)
    world.passes(minutes=2)
    assert "a new time or place" in world.mail(SAM_LEE).subject
    assert "room 9" in world.mail(SAM_LEE).text
    plan(world, "other", "lunch-and-learn", "2027-01-12")
    file.write_text(file.read_text().replace("[sessions.first]", "[sessions.renamed]"))
    look(world)
    world.passes(minutes=2)
    assert world.mails(SAM_LEE, "canceled")
    assert "canceled" in page.again().text


def test_a_canceled_session_that_comes_back_is_another_one(nominating: Nominating) -> None:
    """Whoever was told that it's canceled is asked anew, and the coordinators' page lists them."""
    world = nominating.world
    plan(world, "first", "lunch-and-learn", "2026-12-08")
    in_training(nominating)
    told = world.open(world.mail(SAM_LEE, "can you come")).choose("yes")
    file = world.folder / "config/training.toml"
    before = file.read_text()
    file.write_text(before.replace("[sessions.first]", "[sessions.other]"))
    look(world)
    world.passes(minutes=2)
    assert world.mails(SAM_LEE, "canceled")
    file.write_text(before)
    look(world)
    world.passes(minutes=2)
    trainings = nominating.nominees(JORDAN).person.look(f"{world.url}/trainings")
    assert trainings.status == 200
    assert "canceled" in told.again().text, "this link's yes counts no more"
    assert told.person.look(f"{world.url}/invitation/calendar.ics").status == 404
    page = world.open(world.mail(SAM_LEE, "can you come"))
    assert "You have a seat" in page.choose("yes").text
    assert trainings.again().text.count("Samantha Lee: coming") == 1


def two_for_one_seat(nominating: Nominating) -> World:
    """Let two nominees say yes to a session with one seat; the first one has it."""
    world = nominating.world
    plan(world, "only", "lunch-and-learn", "2026-12-01", seats=1)
    in_training(nominating, SAM_LEE)
    in_training(nominating, ALEX)
    world.open(world.mail(SAM_LEE, "can you come")).choose("yes")
    world.clock.now += timedelta(minutes=1)
    world.open(world.mail(ALEX, "can you come")).choose("yes")
    return world


def test_a_nominee_who_changes_their_mind_frees_the_seat(nominating: Nominating) -> None:
    world = two_for_one_seat(nominating)
    world.open(world.mail(SAM_LEE, "train you")).choose("no")
    world.passes(minutes=2)
    assert "you have a seat" in world.mail(ALEX).subject


def test_who_may_see_who_comes(nominating: Nominating) -> None:
    world = nominating.world
    plan(world, "first", "lunch-and-learn", "2026-12-01", led_by="beth-lindgren")
    plan(world, "other", "long-session", "2026-12-01")
    in_training(nominating)
    for mail in world.mails(SAM_LEE, "can you come"):
        world.open(mail).choose("yes")
    page = nominating.nominees(JORDAN).person.look(f"{world.url}/trainings")
    assert "Samantha Lee: coming" in page.text
    supporter = world.own_page("beth.lindgren@example.org").person
    assert supporter.look(f"{world.url}/trainings").status == 403, "it takes the link of the mail"
    go_to(world, at("2026-12-01"))
    led = world.open(world.mail("beth.lindgren@example.org", "who came?"))
    assert led.values("session") == ["first"]
    assert led.choose("attendance", session="other").status == 400
    assert world.open(world.mail(SAM_LEE)).person.look(f"{world.url}/trainings").status == 403
    world.passes(days=15)
    assert "Samantha" not in led.again().text


MISTAKES = {
    'kind = "lunch-and-learn"': ('kind = "lunch"', "lunch is not one of [kinds]"),
    "Lunch with colleagues": ("Peer support lunch", "tells on a lock screen"),
    "T13:00:00": ("T11:00:00", "ends before it begins"),
    '"jordan-reyes"': ('"nobody"', "is not an id of [people]"),
}


@pytest.mark.parametrize("right", MISTAKES)
def test_what_is_wrong_in_the_file_is_said(world: World, right: str) -> None:
    world.work()
    plan(world, "first", "lunch-and-learn", "2026-12-01")
    wrong, said = MISTAKES[right]
    file = world.folder / "config/training.toml"
    before, mark, session = file.read_text().rpartition("[sessions.first]")
    file.write_text(before + mark + session.replace(right, wrong))
    look(world)
    world.work()
    assert said in world.mail(SAM, "fix your files").text


def test_who_is_declined_makes_room_for_the_next(nominating: Nominating) -> None:
    """They are told, and the next person gets the seat."""
    world = two_for_one_seat(nominating)
    nominating.decide(JORDAN, "decline")
    world.passes(minutes=2)
    assert "thank you for offering" in world.mail(SAM_LEE).subject
    assert "you have a seat" in world.mail(ALEX).subject
