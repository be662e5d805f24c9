"""Files that are wrong change nothing: the admins hear what is wrong and where."""

import os
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from program.files import FILES, LARGEST_FILE
from tests.program_files import (
    FORGET,
    NEW_LINE,
    Restart,
    about_files,
    add_supporter,
    change,
    look,
    restarting,
)
from tests.world import JORDAN, SAM, World


@pytest.fixture
def restarted(world: World) -> Iterator[Restart]:
    with restarting(world) as restart:
        yield restart


def test_wrong_files_change_nothing_and_the_admins_hear_where_the_mistakes_are(
    world: World,
) -> None:
    world.work()
    change(world, "supporters.csv", "860-555-0110", "8.60555E+09")
    change(world, "program.toml", '"elena-fischer", "david-okafor"', '"elena-fischer"')
    look(world)
    look(world)
    (mail,) = about_files(world)
    assert mail.subject == "Care Desk: please fix your files"
    assert "supporters.csv, line 2, phone" in mail.text
    assert "format the column as text" in mail.html
    assert "duties.deputies: needs two different people" in mail.text
    assert len(world.engine.program.duties.deputies) == 2


def test_after_a_restart_with_wrong_files_the_adopted_version_stays_in_force(
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
    assert [m.subject[11:] for m in about_files(world)] == ["please fix your files"]
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


def test_a_waiting_worker_compares_with_the_version_confirmed_meanwhile(world: World) -> None:
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


def test_a_mail_lists_at_most_thirty_problems(world: World) -> None:
    world.work()
    path = world.folder / "config/supporters.csv"
    path.write_text(path.read_text().replace(",daily,", ",hourly,"))
    look(world)
    text = about_files(world)[0].text
    assert text.count("hourly") == 30
    assert "more. “flask check” shows them all." in text


def test_files_that_were_changed_back_are_reported_as_in_force_again(world: World) -> None:
    world.work()
    change(world, "program.toml", "tries = 3", "tries = 0")
    look(world)
    change(world, "program.toml", "tries = 0", "tries = 3")
    look(world)
    change(world, "program.toml", "tries = 3", "tries = 0")
    look(world)
    subjects = [mail.subject.removeprefix("Care Desk: ") for mail in about_files(world)]
    wrong, fine = "please fix your files", "your files are in force"
    assert subjects == [wrong, fine, wrong]
    assert "the same as the files already" in about_files(world)[1].text


def test_a_half_saved_file_is_not_checked(world: World) -> None:
    world.work()
    path = world.folder / "config/supporters.csv"
    whole = path.read_text()
    path.write_text(whole[:900])
    # While the worker waits, the editor finishes with one line more; then nothing moves any more.
    look(world, pause=lambda: (path.write_text(whole + NEW_LINE), None)[1])
    assert about_files(world) == []
    look(world)
    assert "1 supporter added" in about_files(world)[0].text


def test_a_program_that_would_fail_within_a_year_is_refused_before_it_does(world: World) -> None:
    """Every Monday of ten weeks is closed or a holiday: each check alone finds nothing."""
    world.work()
    change(world, "program.toml", 'days = "Mon-Fri"', 'days = "Mon"')
    change(world, "program.toml", 'deputy = "24 hours before"', 'deputy = "1 working day before"')
    change(world, "program.toml", 'within = "5 days"', 'within = "2 working days"')
    closed = ("2026-12-29 to 2027-01-17", "2027-01-19 to 2027-02-14", "2027-02-16 to 2027-03-14")
    lines = "".join(f'"{days}" = "Closed"\n' for days in closed)
    change(world, "program.toml", "[closed_days]\n", f"[closed_days]\n{lines}")
    look(world)
    (mail,) = about_files(world)
    assert mail.subject == "Care Desk: please fix your files"
    assert "program.toml, working_hours: fails on 2026-12-" in mail.text
    result = world.app.test_cli_runner().invoke(args=["check"])
    assert "working_hours: fails on 2026-12-" in result.output
    assert result.exit_code == 1


def test_a_missing_folder_is_reported_like_any_other_problem(world: World) -> None:
    world.work()
    (world.folder / "config").rename(world.folder / "elsewhere")
    look(world)
    look(world)
    (mail,) = about_files(world)
    assert "supporters.csv: is missing" in mail.text
    (world.folder / "elsewhere").rename(world.folder / "config")
    look(world)
    assert "the same as the files already" in about_files(world)[1].text


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
def test_any_content_of_the_folder_is_reported_in_sentences(
    world: World, spoil: Callable[[Path], None]
) -> None:
    world.work()
    for count, file in enumerate(FILES, start=1):
        path = world.folder / "config" / file
        whole = path.read_bytes()
        spoil(path)
        look(world)
        mail = about_files(world)[-1]
        assert len(world.mails(SAM, "please fix")) == count
        assert file in mail.text
        assert len(mail.text) < 30_000
        assert world.engine.program.supporters
        path.rename(path.with_suffix(f".{spoil.__name__}"))
        path.write_bytes(whole)
        look(world)


def test_a_file_that_is_too_large_is_reported_as_such(world: World) -> None:
    world.work()
    with (world.folder / "config/supporters.csv").open("ab") as file:
        file.write(b"\n" * LARGEST_FILE)
    look(world)
    assert "cannot be read: it is larger than 512 KB" in about_files(world)[0].text
