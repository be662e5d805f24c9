"""Admins change their files while the service runs: adopted, refused, or waiting for a word."""

import os
import random
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from click.testing import Result
from cryptography.fernet import Fernet

from app import create_app
from demo.mailbox import StoredMessage
from program.files import FILES, LARGEST_FILE
from store import programs
from store.cases import find
from tests.world import (
    DAVID,
    EXAMPLE,
    JORDAN,
    REQUESTER,
    SAM,
    Browser,
    World,
    example_config,
    link_in,
)
from worker.watching import Files
from worker.worker import Worker

Restart = Callable[[], World]
NEW_LINE = (
    "zoe-hart,Zoe Hart,zoe.hart@example.org,,,no,daily,nurse,,surgery,,,en,,1,2026-03-10,,active\n"
)
FORGET = ('forget_after = "30 days"', 'forget_after = "7 days"')


def change(world: World, file: str, old: str, new: str) -> None:
    """Save a file with something else in it; a change of nothing fails."""
    path = world.folder / "config" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def add_supporter(world: World, line: str = NEW_LINE) -> None:
    with (world.folder / "config/supporters.csv").open("a") as roster:
        roster.write(line)


def remove_supporters(world: World, keep: Callable[[str], bool]) -> None:
    path = world.folder / "config/supporters.csv"
    header, *lines = path.read_text().splitlines(keepends=True)
    path.write_text(header + "".join(line for line in lines if keep(line)))


def files_of(worker: Worker, pause: Callable[[], None] = lambda: None) -> Files:
    files = cast(Files, worker.rounds["files"])
    files.pause = pause
    return files


def look(world: World, pause: Callable[[], None] = lambda: None) -> None:
    """Let the worker look at the folder, and send what follows."""
    files_of(world.worker, pause)
    world.work()


def about_files(world: World, to: str = SAM) -> list[StoredMessage]:
    return [m for m in world.mails(to) if "files" in m.subject or "confirm" in m.subject]


@pytest.fixture
def restarted(world: World) -> Iterator[Callable[[], World]]:
    """Start other processes on the same database and the same folder."""
    with ExitStack() as stack:

        def start() -> World:
            app = create_app(world.app.extensions["settings"], world.clock)
            other = replace(world, app=app)
            stack.callback(lambda: other.worker.close())
            return other

        yield start


def checked(world: World) -> Result:
    result: Result = world.app.test_cli_runner().invoke(args=["check"])
    return result


# Adopted


def own_people(world: World) -> None:
    """Put another program's people into the place of the example's, whatever is right besides."""
    path = world.folder / "config/program.toml"
    text = path.read_text().replace("sam-whitaker", "kim-lee").replace("Sam Whitaker", "Kim Lee")
    text = text.replace("priya-nair", "lou-park").replace("Priya Nair", "Lou Park")
    path.write_text(text.replace("sam.whitaker@", "kim.lee@").replace("priya.nair@", "lou.park@"))


def test_who_began_with_the_examples_people_gets_out_by_the_admins_address(world: World) -> None:
    """What docs/admin.md tells somebody who started the worker before putting in their people."""
    kim, example = "kim.lee@example.org", world.folder / "config/program.toml"
    before = example.read_text()
    world.work()
    own_people(world)
    look(world)
    assert "confirm" in about_files(world, SAM)[-1].subject
    assert about_files(world, kim) == []

    example.write_text(before.replace(SAM, kim))
    look(world)
    assert about_files(world, kim)[-1].subject == "Care Desk: your files are in force"

    own_people(world)
    look(world)
    page = world.open(about_files(world, kim)[-1])
    assert page.choose("in_force").status == 200
    assert world.engine.program.duties.admins == ("kim-lee",)


def test_changed_files_are_in_force_at_the_next_look_and_the_admins_hear_what_changed(
    world: World,
) -> None:
    world.work()
    add_supporter(world)
    change(world, "program.toml", '[promises.review]\nwithin = "72 hours"', "[promises.review]")
    change(world, "program.toml", "[promises.review]", '[promises.review]\nwithin = "71 hours"')
    assert "zoe-hart" not in world.engine.program.supporters
    look(world)
    assert "zoe-hart" in world.engine.program.supporters
    (mail,) = about_files(world)
    assert mail.subject == "Care Desk: your files are in force"
    assert "1 supporter added: Zoe Hart." in mail.text
    assert "Promise review: 72 hours → 71 hours." in mail.text
    assert "71 hours" in mail.html

    world.request()
    page = world.open(world.mail(JORDAN))
    assert page.choose("offered", first="zoe-hart").status == 200
    world.passes(minutes=6)
    assert world.mails("zoe.hart@example.org")


def override(world: World, name: str, text: str | bytes) -> None:
    path = world.folder / "config/templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def test_mails_in_the_programs_own_words_are_adopted_and_kept_over_a_restart(
    world: World, restarted: Callable[[], World]
) -> None:
    world.work()
    override(world, "email/received/subject.txt", "{{ reference }}: hello from the garden")
    look(world)
    (mail,) = about_files(world)
    assert "Mails in your own words: email/received/subject.txt changed." in mail.text

    shutil.rmtree(world.folder / "config/templates")
    other = restarted()
    other.submit()
    other.worker.rounds["intake"]()
    other.worker.rounds["sender-1"]()
    assert world.mails(REQUESTER, "hello from the garden")


def test_one_that_cannot_be_used_is_warned_of_and_ours_is_sent(world: World) -> None:
    world.work()
    override(world, "email/received/subject.txt", "{{ nobody.knows.this }}")
    override(world, "email/received/body.txt", b"\xff\xfe\x00")
    override(world, "email/no-such/body.txt", "Hello")
    look(world)
    (mail,) = about_files(world)
    assert mail.subject == "Care Desk: your files are in force"
    assert "templates/email/received/subject.txt: " in mail.text
    assert "templates/email/received/body.txt: is not UTF-8" in mail.text
    assert "templates/email/no-such/body.txt: replaces nothing" in mail.text
    world.submit()
    world.work()
    assert world.mails(REQUESTER, "what happens next")


def test_a_look_at_files_that_did_not_change_reads_and_writes_nothing(world: World) -> None:
    look(world)
    files = files_of(world.worker)
    before = world.store.read().execute("pragma data_version").fetchone()
    for file in FILES:
        os.utime(world.folder / "config" / file)
    assert not files()
    seen = files.seen
    assert not files()
    assert files.seen is seen
    assert world.store.read().execute("pragma data_version").fetchone() == before
    assert world.mailbox.messages == []


def test_only_remarks_changed(world: World) -> None:
    world.work()
    change(world, "program.toml", "# The program:", "# Our program:")
    look(world)
    assert "Only remarks" in about_files(world)[0].text


def test_the_mail_names_whatever_changed(world: World) -> None:
    world.work()
    change(world, "program.toml", "860-555-0101", "860-555-0190")
    change(world, "program.toml", '["priya-nair", "marcus-bell"]', '["priya-nair"]')
    change(world, "program.toml", 'name = "Nurse"', 'name = "Registered nurse"')
    change(world, "program.toml", "Call or text 988, any time.", "Call 988.")
    change(world, "program.toml", '= ["sam-whitaker"]', '= ["sam-whitaker", "marcus-bell"]')
    change(world, "program.toml", "tries = 3", "tries = 4")
    change(world, "program.toml", "rest = 1", "rest = 0.5")
    change(
        world,
        "program.toml",
        '"physician", "resident"], near = 0.8',
        '"physician", "resident"], near = 0.7',
    )
    change(world, "program.toml", '"after 60 hours"', '"after 64 hours"')
    change(
        world, "program.toml", "default_coordinators = [", 'default_coordinators = ["marcus-bell", '
    )
    change(world, "survey.toml", '5 = "resident"', '5 = "physician"')
    change(world, "resources.toml", "860-555-0173", "860-555-0179")
    change(world, "supporters.csv", "860-555-0110,yes", "860-555-0110,no")
    look(world)
    text = about_files(world)[0].text
    for sentence in (
        "- 1 person changed: Jordan Reyes (phone).",
        "- Coordinators of Surgery: Priya Nair, Marcus Bell → Priya Nair.",
        "- 1 role changed: Registered nurse (name).",
        "- duties.admins: Sam Whitaker → Sam Whitaker, Marcus Bell.",
        "- tries: 3 → 4.",
        "- Matching, weight of rest: 1 → 0.5.",
        "- Matching, what is similar: role changed.",
        "- Promise review: deputy changed.",
        "- 1 survey changed: Peer support request (facts.role.choices).",
        "- 1 resource changed: Employee Health Clinic (contact).",
        "- 1 supporter changed: Amara Cole (text_ok).",
        "- Changed as well: crisis.text.",
        "- program.toml, departments.surgery.coordinators: names only one person;",
    ):
        assert sentence in text, text
    assert about_files(world, "marcus.bell@example.org")


def test_an_admin_who_leaves_with_the_change_hears_of_it_too(world: World) -> None:
    world.work()
    path = world.folder / "config/program.toml"
    text = path.read_text().replace('["sam-whitaker"]', '["kim-lee"]')
    path.write_text(text.replace("[people.sam-whitaker]", "[people.kim-lee]")
                    .replace("Sam Whitaker", "Kim Lee")
                    .replace("sam.whitaker@", "kim.lee@"))  # fmt: skip
    look(world)
    assert "1 person removed: Sam Whitaker." in about_files(world, SAM)[0].text
    assert "Hello Kim" in about_files(world, "kim.lee@example.org")[0].text


def test_a_supporter_who_is_gone_loses_the_request_at_once(world: World) -> None:
    reference, supporter = world.matched()
    offer = world.case(reference).current_offer
    assert offer is not None
    person = world.engine.program.supporters[offer.supporter]
    remove_supporters(world, lambda line: supporter not in line)
    look(world)
    assert world.events(reference)[-1] == "supporter_gone"
    mail = about_files(world)[0]
    gone = f"{person.name}, who has 1 open request: it goes back to the coordinators."
    assert f"1 supporter removed: {gone}" in mail.text
    assert "Jamie" not in mail.text + mail.html
    assert "is not available any more" in world.mail(JORDAN).text


def test_a_survey_that_becomes_known_takes_up_what_waited_for_it(world: World) -> None:
    survey = (world.folder / "config/survey.toml").read_text()
    id = world.qualtrics.brand.survey.id
    change(world, "survey.toml", id, "SV_another1")
    world.submit()
    world.work()
    assert world.count("cases") == 0
    (world.folder / "config/survey.toml").write_text(survey)
    look(world)
    assert world.count("cases") == 1


def test_what_files_say_is_shown_as_it_stands(world: World) -> None:
    world.work()
    add_supporter(world, NEW_LINE.replace("Zoe", "<b>Zoe</b>"))
    change(world, "program.toml", *FORGET)
    look(world)
    mail = world.mail(SAM)
    page = world.open(mail).answer.text
    assert "<b>Zoe</b> Hart" in mail.text
    assert "&lt;b&gt;Zoe&lt;/b&gt; Hart" in mail.html
    assert "<b>Zoe" not in mail.html + page


# Refused


def test_files_that_are_wrong_change_nothing_and_the_admins_hear_where(world: World) -> None:
    world.work()
    change(world, "supporters.csv", "860-555-0110", "8.60555E+09")
    change(world, "program.toml", '"elena-fischer", "david-okafor"', '"elena-fischer"')
    look(world)
    look(world)
    (mail,) = about_files(world)
    assert mail.subject == "Care Desk: please correct your files"
    assert "supporters.csv, line 2, phone" in mail.text
    assert "format the column as text" in mail.html
    assert "duties.deputies: needs two different people" in mail.text
    assert len(world.engine.program.duties.deputies) == 2


def test_a_restart_over_files_that_are_wrong_goes_on_with_what_was_adopted(
    world: World, restarted: Restart
) -> None:
    add_supporter(world)
    look(world)
    for file in FILES:
        (world.folder / "config" / file).write_text("[[[ not finished")
    look(world)
    again = restarted()
    assert "zoe-hart" in again.engine.program.supporters
    look(again)
    assert [m.subject[11:] for m in about_files(world)] == ["please correct your files"]
    again.request()
    assert world.mail(JORDAN)
    assert again.app.test_client().get("/privacy").status_code == 200


def test_two_workers_send_one_mail(world: World, restarted: Restart) -> None:
    other = restarted()
    look(world)
    look(other)
    add_supporter(world)
    # The other one judges while the first one waits for a spreadsheet program to finish.
    look(world, pause=lambda: look(other))
    assert len(about_files(world)) == 1
    change(world, "program.toml", "tries = 3", "tries = 0")
    look(world, pause=lambda: look(other))
    look(other)
    assert len(about_files(world)) == 2


def test_what_is_confirmed_while_a_worker_waits_is_what_it_compares_with(world: World) -> None:
    world.work()
    change(world, "program.toml", *FORGET)
    look(world)
    page = world.open(world.mail(SAM))
    change(world, "program.toml", "tries = 3", "tries = 4")
    look(world, pause=lambda: (page.choose("in_force"), None)[1])
    assert (world.engine.program.times.forget_after, world.engine.program.times.tries) == (
        timedelta(days=7),
        4,
    )
    sentences = [line for line in about_files(world)[-1].text.splitlines() if line[:2] == "- "]
    assert sentences == ["- tries: 3 → 4."]


def test_at_most_thirty_problems_stand_in_a_mail(world: World) -> None:
    world.work()
    path = world.folder / "config/supporters.csv"
    path.write_text(path.read_text().replace(",daily,", ",hourly,"))
    look(world)
    text = about_files(world)[0].text
    assert text.count("hourly") == 30
    assert "more: run flask check." in text


def test_files_that_went_back_are_in_force_as_before(world: World) -> None:
    world.work()
    change(world, "program.toml", "tries = 3", "tries = 0")
    look(world)
    change(world, "program.toml", "tries = 0", "tries = 3")
    look(world)
    change(world, "program.toml", "tries = 3", "tries = 0")
    look(world)
    subjects = [mail.subject.removeprefix("Care Desk: ") for mail in about_files(world)]
    wrong, fine = "please correct your files", "your files are in force"
    assert subjects == [wrong, fine, wrong]
    assert "again what was in force" in about_files(world)[1].text


def test_a_file_that_is_being_saved_is_not_judged(world: World) -> None:
    world.work()
    path = world.folder / "config/supporters.csv"
    whole = path.read_text()
    path.write_text(whole[:900])
    # While the worker waits, the editor finishes with one line more; then nothing moves any more.
    look(world, pause=lambda: (path.write_text(whole + NEW_LINE), None)[1])
    assert about_files(world) == []
    look(world)
    assert "1 supporter added" in about_files(world)[0].text


def test_a_folder_that_is_gone_is_a_problem_like_any_other(world: World) -> None:
    world.work()
    (world.folder / "config").rename(world.folder / "elsewhere")
    look(world)
    look(world)
    (mail,) = about_files(world)
    assert "supporters.csv: is missing" in mail.text
    (world.folder / "elsewhere").rename(world.folder / "config")
    look(world)
    assert "again what was in force" in about_files(world)[1].text


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)


def loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_suffix(".other"))
    path.with_suffix(".other").symlink_to(path)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def junk(path: Path) -> None:
    path.write_bytes(random.Random(path.name).randbytes(20_000))


def nested(path: Path) -> None:
    path.write_text("a = " + "[" * 50_000)


def number(path: Path) -> None:
    path.write_text("a = " + "9" * 50_000)


def workbook(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + random.Random(1).randbytes(9_000))


def wide(path: Path) -> None:
    path.write_text(",".join(f"column{n}" for n in range(20_000)) + "\n")


@pytest.mark.parametrize("spoil", [huge, loop, pipe, folder, junk, nested, number, workbook, wide])
def test_whatever_lies_in_the_folder_ends_in_sentences(
    world: World, spoil: Callable[[Path], None]
) -> None:
    world.work()
    for count, file in enumerate(FILES, start=1):
        path = world.folder / "config" / file
        whole = path.read_bytes()
        spoil(path)
        look(world)
        mail = about_files(world)[-1]
        assert len(world.mails(SAM, "please correct")) == count
        assert file in mail.text
        assert len(mail.text) < 30_000
        assert world.engine.program.supporters
        path.rename(path.with_suffix(f".{spoil.__name__}"))
        path.write_bytes(whole)
        look(world)


def test_a_file_that_is_too_large_is_told_so(world: World) -> None:
    world.work()
    with (world.folder / "config/supporters.csv").open("ab") as file:
        file.write(b"\n" * LARGEST_FILE)
    look(world)
    assert "cannot be read: it is larger than 256 KB" in about_files(world)[0].text


# Waiting for a confirmation


def test_what_cannot_be_taken_back_waits_until_an_admin_confirms_it(world: World) -> None:
    reference, supporter = world.in_contact()
    world.open(world.mail(supporter)).choose("completed", outcome="supported")
    world.passes(days=8)
    change(world, "program.toml", *FORGET)
    look(world)
    (mail,) = about_files(world)
    assert mail.subject == "Care Desk: please confirm a change"
    words = "Requests are forgotten 7 days after closing instead of 30 days:"
    assert f"{words} 1 closed request would be forgotten at once." in mail.text
    assert world.engine.program.times.forget_after == timedelta(days=30)

    page = world.open(mail)
    assert page.answer.url == f"{world.url}/program"
    assert "1 closed request would be forgotten at once" in page.text
    assert "checked" not in page.answer.text
    assert page.choose("").status == 400
    assert find(world.store.read(), reference)
    done = page.choose("in_force")
    assert "Sam Whitaker put these files in force on" in done.text
    look(world)
    assert world.engine.program.times.forget_after == timedelta(days=7)
    assert find(world.store.read(), reference) is None
    assert "Sam Whitaker put them in force" in about_files(world)[-1].text
    assert page.choose("in_force").status == 200
    assert page.choose("rejected").status == 409


def test_a_confirmation_holds_over_a_restart(world: World, restarted: Restart) -> None:
    world.work()
    change(world, "program.toml", *FORGET)
    look(world)
    again = restarted()
    look(again)
    assert len(about_files(world)) == 1
    assert again.engine.program.times.forget_after == timedelta(days=30)
    again.open(world.mail(SAM)).choose("in_force")
    assert restarted().engine.program.times.forget_after == timedelta(days=7)


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
    assert "Sam Whitaker left things as they were on Monday, November 23, 10:00 AM." in late.text
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


def test_a_change_that_is_no_longer_the_newest_says_so(world: World) -> None:
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


def test_files_that_went_back_need_no_confirmation(world: World) -> None:
    world.work()
    change(world, "program.toml", *FORGET)
    look(world)
    link = world.mail(SAM)
    change(world, "program.toml", *reversed(FORGET))
    look(world)
    assert "again what was in force" in world.mail(SAM).text
    assert "have changed since" in world.open(link).text
    files = world.store.read().execute("select fate from programs where files is not null")
    assert files.fetchall() == [("in_force",)]


def test_losing_many_supporters_or_a_coordinator_waits(world: World) -> None:
    world.work()
    seen = iter(range(100))
    remove_supporters(world, lambda line: next(seen) >= 9)
    look(world)
    assert "Of 40 supporters 9 would be removed." in about_files(world)[0].text
    path = world.folder / "config/program.toml"
    path.write_text(path.read_text().replace('"priya-nair", "marcus-bell"', '"priya-nair"'))
    look(world)
    assert "Marcus Bell would not be a coordinator any more." in about_files(world)[1].text
    assert len(world.engine.program.supporters) == 40


def test_what_an_admin_confirmed_is_followed_up_without_a_restart(world: World) -> None:
    reference = world.offered()
    asked = world.asked(reference)
    seen = iter(range(100))
    remove_supporters(world, lambda line: next(seen) >= 9 and asked not in line)
    world.work()
    look(world)
    assert world.events(reference)[-1] == "offered"
    world.open(world.mail(SAM)).choose("in_force")
    look(world)
    assert world.events(reference)[-1] == "supporter_gone"


def test_eight_of_ten_supporters_are_enough_to_go_on(world: World) -> None:
    world.work()
    seen = iter(range(100))
    remove_supporters(world, lambda line: next(seen) >= 8)
    look(world)
    assert "8 supporters removed" in about_files(world)[0].text
    assert len(world.engine.program.supporters) == 32


def test_somebody_who_makes_themselves_admin_cannot_confirm_it(world: World) -> None:
    world.work()
    change(world, "program.toml", '= ["sam-whitaker"]', '= ["jordan-reyes"]')
    change(world, "program.toml", *FORGET)
    look(world)
    assert about_files(world, JORDAN) == []
    done = world.open(world.mail(SAM)).choose("in_force")
    assert "Sam Whitaker put these files in force" in done.text
    look(world)
    assert "in force" in world.mail(JORDAN, "your files").subject
    assert "in force" in about_files(world, SAM)[-1].subject


def test_who_is_no_admin_any_more_sees_and_decides_nothing(world: World) -> None:
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


def test_a_link_that_is_too_old_brings_a_fresh_one_while_the_change_waits(world: World) -> None:
    world.work()
    change(world, "program.toml", *FORGET)
    look(world)
    old = world.mail(SAM)
    world.clock.now += timedelta(days=31)
    page = world.open(old)
    assert page.status == 410
    page.choose("fresh")
    world.work()
    assert "30 days" in world.open(world.mail(SAM)).text
    assert link_in(world.mail(SAM)) != link_in(old)

    world.open(world.mail(SAM)).choose("rejected")
    count = len(about_files(world))
    world.clock.now += timedelta(days=31)
    world.open(old).choose("fresh")
    world.work()
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


def test_a_longer_time_is_not_applied_to_what_was_closed_before(world: World) -> None:
    reference, supporter = world.in_contact()
    world.open(world.mail(supporter)).choose("completed", outcome="supported")
    change(world, "program.toml", FORGET[0], 'forget_after = "60 days"')
    look(world)
    assert world.engine.program.times.forget_after == timedelta(days=60)
    world.passes(days=31)
    assert find(world.store.read(), reference) is None


# Around it


def test_many_who_need_the_first_files_at_once_adopt_them_once(
    world: World, restarted: Restart
) -> None:
    engines = [restarted().app.extensions["engine"] for _ in range(2)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda number: engines[number % 2]().program, range(40)))
    assert len({program.fingerprint for program in found}) == 1
    assert world.count("programs") == 1


def test_what_an_older_release_adopted_and_this_one_refuses_gives_way_to_the_folder(
    world: World,
    restarted: Restart,
) -> None:
    world.work()
    with world.store.write() as db:
        db.execute("update programs set files = ?", [world.app.extensions["seal"].close("{}")])
    add_supporter(world)
    again = restarted()
    assert "zoe-hart" in again.engine.program.supporters
    look(again)
    assert again.count("programs") == 2
    assert restarted().engine.program.supporters.keys() >= {"zoe-hart"}


def test_the_doors_need_no_program_at_all(world: World) -> None:
    for file in FILES:
        (world.folder / "config" / file).unlink()
    response_id = world.submit()
    assert world.count("deliveries") == 1
    assert world.count("programs") == 0
    assert response_id
    health = world.app.test_client().get("/health").get_json()
    assert "program" in health["wrong"]


def test_health_says_when_the_folder_has_been_wrong_for_a_day(world: World) -> None:
    world.work()
    change(world, "program.toml", "tries = 3", "tries = 0")
    look(world)
    client = world.app.test_client()
    assert "files" not in client.get("/health").get_json()["wrong"]
    world.passes(hours=25)
    assert "files" in client.get("/health").get_json()["wrong"]


def test_nothing_that_was_adopted_rests_readable(world: World) -> None:
    world.work()
    change(world, "supporters.csv", "amara.cole@", "amara.cole")
    look(world)
    world.store.checkpoint()
    content = world.store.path.read_bytes()
    # Sealed text may well spell a short word by chance, but never one of these.
    told = (b"amara cole", b"amara.cole", b"amara-cole", b"860-555")
    assert [word for word in told if word in content.lower()] == []


def test_old_versions_are_forgotten(world: World) -> None:
    world.work()
    counts = []
    for tries in (4, 5, 6, 7):
        world.passes(days=50)
        change(world, "program.toml", f"tries = {tries - 1}", f"tries = {tries}")
        look(world)
        counts.append(world.count("programs"))
    assert counts == [2, 2, 2, 2]


def test_flask_check_says_what_is_in_force_and_what_became_of_the_folder(world: World) -> None:
    assert re.match(r"(Note: )?SQLite 3\.\d+", checked(world).output)
    assert "No files are in force yet" in checked(world).output
    world.work()
    since = "In force are the files of 2026-11-23 15:00 UTC; those in"
    assert f"{since} {world.folder}/config are the same." in checked(world).output
    change(world, "program.toml", *FORGET)
    assert "no worker has looked at them yet" in checked(world).output
    look(world)
    assert "wait for an admin's confirmation" in checked(world).output
    assert checked(world).exit_code == 0
    world.open(world.mail(SAM)).choose("rejected")
    assert "were left aside by sam-whitaker" in checked(world).output
    change(world, "program.toml", "tries = 3", "tries = 0")
    look(world)
    assert "are wrong, since 2026-11-23" in checked(world).output
    assert checked(world).exit_code == 1


def test_flask_check_says_beforehand_what_will_wait_for_whose_confirmation(world: World) -> None:
    world.work()
    assert "confirmation" not in checked(world).output
    change(world, "program.toml", "tries = 3", "tries = 4")
    assert "confirmation" not in checked(world).output
    change(world, "program.toml", *FORGET)
    result = checked(world)
    assert (
        "Waits for a confirmation by Sam Whitaker: Requests are forgotten 7 days" in result.output
    )
    assert result.exit_code == 0
    assert world.count("programs") == 1
    change(world, "program.toml", "tries = 4", "tries = 0")
    assert "confirmation" not in checked(world).output


def test_commands_that_only_look_bring_nothing_into_force(world: World) -> None:
    run = world.app.test_cli_runner().invoke
    assert 'gaps in coverage: "flask roster" says which' in checked(world).output
    assert "Amara Cole" in run(args=["roster"]).output
    assert run(args=["match", "--what-if", "role=physician"]).exit_code == 0
    assert "Nothing to report yet" in run(args=["report", "--supporters"]).output
    assert "forgotten" in run(args=["history", "PS-7K3QF"]).output
    assert world.count("programs") == 0
    change(world, "program.toml", "tries = 3", "tries = 0")
    assert "program.toml, times.tries" in run(args=["roster"]).output


def test_flask_check_refuses_a_folder_that_others_can_read(world: World) -> None:
    config = world.folder / "config"
    assert checked(world).exit_code == 0
    (config / "supporters.csv").chmod(0o644)
    result = checked(world)
    assert "can be read by everybody on this computer (supporters.csv)" in result.output
    assert f"chmod -R go= {config}" in result.output
    assert result.exit_code == 1
    (config / "supporters.csv").chmod(0o600)
    config.chmod(stat.S_IRWXU | stat.S_IROTH)
    assert "(config)" in checked(world).output


def test_flask_check_refuses_a_folder_that_git_tracks(world: World) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=world.folder, check=True, capture_output=True)

    git("init")
    assert checked(world).exit_code == 0
    git("add", "config/supporters.csv")
    result = checked(world)
    assert "is tracked by git (supporters.csv)" in result.output
    assert result.exit_code == 1


def test_flask_check_looks_at_the_folder_also_without_settings(tmp_path: Path) -> None:
    config = example_config(tmp_path)
    roster = config / "supporters.csv"
    roster.write_text(roster.read_text().replace("amara.cole@", "amara.cole"))
    env = {"CONFIG_DIR": str(config), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "check"],
        cwd=EXAMPLE.parent, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "SECRET_KEY is not set" in done.stdout
    assert "supporters.csv, line 2, email: " in done.stdout
    assert "is missing" not in done.stdout


def test_everybody_in_the_story_hears_nothing_of_the_files(world: World) -> None:
    world.request()
    add_supporter(world)
    look(world)
    assert about_files(world, REQUESTER) + about_files(world, JORDAN) == []
    assert programs.in_force_id(world.store.read())


def test_flask_check_says_that_no_key_opens_what_the_database_holds(world: World) -> None:
    settings = replace(
        world.app.extensions["settings"], data_keys=(Fernet.generate_key().decode(),)
    )
    other = create_app(settings, world.clock)
    result = other.test_cli_runner().invoke(args=["check"])
    assert result.exit_code == 1
    assert "DATA_KEYS: No key in DATA_KEYS opens what the database holds" in result.output
