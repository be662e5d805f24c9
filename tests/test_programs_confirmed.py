"""Changes that cannot be undone wait until an admin confirms them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from store.cases import find, is_taken
from tests.program_files import (
    FORGET,
    NEW_LINE,
    Restart,
    about_files,
    add_supporter,
    agree,
    change,
    look,
    remove_supporters,
    restarting,
)
from tests.referring import ask
from tests.world import DAVID, JORDAN, PRIYA, SAM, Browser, World, link_in


@pytest.fixture
def restarted(world: World) -> Iterator[Restart]:
    with restarting(world) as restart:
        yield restart


def test_an_irreversible_change_waits_until_an_admin_confirms_it(world: World) -> None:
    reference, supporter = world.in_contact()
    world.open(world.mail(supporter)).choose("completed", outcome="supported")
    world.passes(days=8)
    change(world, "program.toml", *FORGET)
    look(world)
    (mail,) = about_files(world)
    assert mail.subject == "Care Desk: please confirm a change"
    words = "Requests are deleted 7 days after closing instead of 30 days:"
    assert f"{words} 1 closed request would be deleted right away." in mail.text
    assert world.engine.program.times.forget_after == timedelta(days=30)

    page = world.open(mail)
    assert page.answer.url == f"{world.url}/program"
    assert "1 closed request would be deleted right away" in page.text
    assert "checked" not in page.answer.text
    assert page.choose("").status == 400
    assert find(world.store.read(), reference)
    done = page.choose("in_force")
    assert "Sam Whitaker chose the new files on" in done.text
    look(world)
    assert world.engine.program.times.forget_after == timedelta(days=7)
    assert find(world.store.read(), reference) is None
    assert "Sam Whitaker put them in force" in about_files(world)[-1].text
    assert page.choose("in_force").status == 200
    assert page.choose("rejected").status == 409


def test_a_confirmation_survives_a_restart(world: World, restarted: Restart) -> None:
    world.work()
    change(world, "program.toml", *FORGET)
    look(world)
    again = restarted()
    look(again)
    assert len(about_files(world)) == 1
    assert again.engine.program.times.forget_after == timedelta(days=30)
    again.open(world.mail(SAM)).choose("in_force")
    assert restarted().engine.program.times.forget_after == timedelta(days=7)


def test_a_shorter_retention_applies_without_opening_what_is_closed(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    reference, supporter = world.in_contact()
    world.open(world.mail(supporter)).choose("completed", outcome="supported")
    world.passes(days=3)
    with world.store.write() as db:
        db.execute("update cases set document = 'damaged' where is_open = 0")
    change(world, "program.toml", *FORGET)
    look(world)
    assert "is damaged" not in caplog.text
    world.open(about_files(world)[-1]).choose("in_force")
    look(world)
    assert is_taken(world.store.read(), reference)
    world.passes(days=5)
    assert not is_taken(world.store.read(), reference)


def with_two_admins(world: World) -> None:
    change(world, "program.toml", '= ["sam-whitaker"]', '= ["sam-whitaker", "david-okafor"]')
    look(world)


def test_the_second_admin_hears_what_was_decided_when_and_by_whom(
    world: World, restarted: Restart
) -> None:
    with_two_admins(world)
    change(world, "program.toml", *FORGET)
    look(world)
    sam, david = world.open(world.mail(SAM)), world.open(world.mail(DAVID))
    assert "left things as they were" in sam.choose("rejected").text
    late = david.choose("in_force")
    assert late.status == 409
    assert "Sam Whitaker left things as they were on Monday, Nov 23, 10 AM." in late.text
    assert "nothing left to decide" in world.open(world.mail(DAVID)).text
    assert world.engine.program.times.forget_after == timedelta(days=30)
    look(world)
    look(restarted())
    assert len(world.mails(SAM, "confirm")) == 1


@pytest.mark.parametrize("first", ["in_force", "rejected"])
def test_the_same_answer_twice_shows_the_same_page(world: World, first: str) -> None:
    world.work()
    change(world, "program.toml", *FORGET)
    look(world)
    page = world.open(world.mail(SAM))
    once, twice = page.choose(first), page.choose(first)
    assert (once.status, twice.status) == (200, 200)
    assert once.text == twice.text
    assert len(world.store.read().execute("select * from programs").fetchall()) == 2


def test_the_page_of_an_outdated_change_says_that_it_is_outdated(world: World) -> None:
    world.work()
    change(world, "program.toml", *FORGET)
    look(world)
    old = world.mail(SAM)
    before = world.open(old)
    change(world, "program.toml", '"7 days"', '"8 days"')
    look(world)
    assert "have changed since" in world.open(old).text
    late = before.choose("in_force")
    assert late.status == 409
    assert "have changed since" in late.text
    assert world.engine.program.times.forget_after == timedelta(days=30)
    assert "8 days" in world.open(world.mail(SAM)).text


def test_files_that_were_changed_back_need_no_confirmation(world: World) -> None:
    world.work()
    change(world, "program.toml", *FORGET)
    look(world)
    link = world.mail(SAM)
    change(world, "program.toml", *reversed(FORGET))
    look(world)
    assert "the same as the files already" in world.mail(SAM).text
    assert "have changed since" in world.open(link).text
    files = world.store.read().execute("select fate from programs where files is not null")
    assert files.fetchall() == [("in_force",)]


def test_removing_many_supporters_or_a_coordinator_waits_for_confirmation(world: World) -> None:
    world.work()
    seen = iter(range(100))
    remove_supporters(world, lambda line: next(seen) >= 9)
    look(world)
    assert "9 of 40 supporters would be removed." in about_files(world)[0].text
    path = world.folder / "config/program.toml"
    path.write_text(path.read_text().replace('"priya-nair", "marcus-bell"', '"priya-nair"'))
    look(world)
    assert "Marcus Bell would no longer be a coordinator." in about_files(world)[1].text
    assert len(world.engine.program.supporters) == 40


def test_a_confirmed_change_takes_effect_without_a_restart(world: World) -> None:
    reference = world.offered()
    asked = world.asked(reference)
    seen = iter(range(100))
    remove_supporters(world, lambda line: next(seen) >= 9 and asked not in line)
    world.work()
    look(world)
    assert world.events(reference)[-1] == "offered"
    world.open(world.mail(SAM)).choose("in_force")
    look(world)
    assert world.events(reference)[-1] == "offered"
    world.passes(minutes=31)
    assert world.events(reference)[-1] == "supporter_gone"


def test_removing_a_fifth_of_the_supporters_needs_no_confirmation(world: World) -> None:
    world.work()
    seen = iter(range(100))
    remove_supporters(world, lambda line: next(seen) >= 8)
    look(world)
    assert "8 supporters removed" in about_files(world)[0].text
    assert len(world.engine.program.listed) == 32


def test_people_who_make_themselves_admin_cannot_confirm_that_change(world: World) -> None:
    world.work()
    change(world, "program.toml", '= ["sam-whitaker"]', '= ["jordan-reyes"]')
    change(world, "program.toml", *FORGET)
    look(world)
    assert about_files(world, JORDAN) == []
    done = world.open(world.mail(SAM)).choose("in_force")
    assert "Sam Whitaker chose the new files" in done.text
    look(world)
    assert "in force" in world.mail(JORDAN, "your files").subject
    assert "in force" in about_files(world, SAM)[-1].subject


def test_a_former_admin_sees_and_decides_nothing(world: World) -> None:
    with_two_admins(world)
    change(world, "program.toml", *FORGET)
    look(world)
    link = world.mail(DAVID)
    open_page = world.open(link)
    change(world, "program.toml", ', "david-okafor"]\n\n', "]\n\n")
    change(world, "program.toml", *reversed(FORGET))
    look(world)
    assert world.open(link).status == 403
    assert open_page.choose("in_force").status == 403


def test_an_expired_link_brings_a_fresh_one_while_the_change_waits(world: World) -> None:
    world.work()
    change(world, "program.toml", *FORGET)
    look(world)
    old = world.mail(SAM)
    world.clock.now += timedelta(days=31)
    page = world.open(old)
    assert page.status == 410
    page.choose("fresh")
    world.until_links_are_mailed()
    assert "30 days" in world.open(world.mail(SAM)).text
    assert link_in(world.mail(SAM)) != link_in(old)

    world.open(world.mail(SAM)).choose("rejected")
    count = len(about_files(world))
    world.clock.now += timedelta(days=31)
    world.open(old).choose("fresh")
    world.until_links_are_mailed()
    assert len(about_files(world)) == count


def test_the_page_shows_nothing_to_anybody_else(world: World) -> None:
    world.request()
    assert world.app.test_client().get("/program").status_code == 403
    assert world.app.test_client().post("/program", data={"choice": "in_force"}).status_code == 400
    jordan = Browser()
    jordan.open(link_in(world.mail(JORDAN)))
    assert jordan.web.get(f"{world.url}/program").status_code == 403
    change(world, "program.toml", *FORGET)
    look(world)
    neutral = Browser().web.get(link_in(world.mail(SAM)))
    assert "30 days" not in neutral.text
    sam = world.open(world.mail(SAM))
    world.clock.now += timedelta(minutes=31)
    assert sam.again().status == 403
    assert sam.choose("in_force").status == 403
    assert world.engine.program.times.forget_after == timedelta(days=30)


def test_a_longer_retention_does_not_apply_to_requests_closed_before(world: World) -> None:
    reference, supporter = world.in_contact()
    world.open(world.mail(supporter)).choose("completed", outcome="supported")
    change(world, "program.toml", FORGET[0], 'forget_after = "60 days"')
    look(world)
    assert world.engine.program.times.forget_after == timedelta(days=60)
    world.passes(days=31)
    assert find(world.store.read(), reference) is None


def test_who_would_see_more_waits_for_a_coordinator_though_nobody_had_asked_before(
    world: World,
) -> None:
    """An admin could save it while the program is set up, with something that they confirm."""
    world.work()
    acute = 'group = "Acute care"\ncoordinators = ["jordan-reyes", "priya-nair"'
    change(world, "program.toml", acute, f'{acute}, "sam-whitaker"')
    change(world, "program.toml", *FORGET)
    look(world)
    reference = world.request()
    world.passes(days=1)
    page = world.open(world.mails(SAM, "confirm")[-1])
    assert page.choose("in_force").status != 200
    look(world)
    assert not world.mails(SAM, reference)
    assert world.mails(PRIYA, "a change needs your yes")
    agree(world, PRIYA)
    assert "sam-whitaker" in world.engine.program.all_coordinators


def test_a_name_that_waited_with_the_files_is_no_older_than_they_are(world: World) -> None:
    """An admin could guess names, wait until someone asked, and look who is missing then."""
    ask(world, QID1_TEXT="Some One", QID2_TEXT="some.one@example.org", QID3_TEXT="860-555-0161")
    add_supporter(world, NEW_LINE)
    change(world, "program.toml", *FORGET)
    look(world)
    world.passes(days=1)
    address = "zoe.hart@example.org"
    ask(world, QID1_TEXT="Zoe Hart", QID2_TEXT=address, QID3_TEXT="860-555-0171")
    world.passes(days=1)
    assert world.open(world.mail(SAM, "confirm")).choose("in_force").status == 200
    look(world)
    world.passes(days=1)
    assert "zoe-hart" in world.engine.program.supporters
    assert "zoe-hart" not in world.engine.casebook.supported
