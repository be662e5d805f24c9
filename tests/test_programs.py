"""Admins change their files while the service runs: changes take effect at the next look."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from casebook.program_in_force import seal_files
from program import Program
from program.files import FILES
from store import programs
from store.programs import VersionStatus
from tests.program_files import (
    FORGET,
    NEW_LINE,
    Restart,
    about_files,
    add_supporter,
    change,
    files_of,
    look,
    remove_supporters,
    restarting,
)
from tests.world import JORDAN, REQUESTER, SAM, World


@pytest.fixture
def restarted(world: World) -> Iterator[Restart]:
    with restarting(world) as restart:
        yield restart


# Adopted


def own_people(world: World) -> None:
    """Put another program's people into the place of the example's, whatever is right besides."""
    path = world.folder / "config/program.toml"
    text = path.read_text().replace("sam-whitaker", "kim-lee").replace("Sam Whitaker", "Kim Lee")
    text = text.replace("priya-nair", "lou-park").replace("Priya Nair", "Lou Park")
    path.write_text(text.replace("sam.whitaker@", "kim.lee@").replace("priya.nair@", "lou.park@"))


def test_a_program_that_began_with_the_example_people_recovers_through_the_admin_address(
    world: World,
) -> None:
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


def test_changed_files_take_effect_at_the_next_look_and_the_admins_hear_what_changed(
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


def test_the_programs_own_mail_texts_are_adopted_and_survive_a_restart(
    world: World, restarted: Callable[[], World]
) -> None:
    world.work()
    override(world, "email/received/subject.txt", "{{ reference }}: hello from the garden")
    look(world)
    (mail,) = about_files(world)
    assert "Emails in your own words: email/received/subject.txt changed." in mail.text

    shutil.rmtree(world.folder / "config/templates")
    other = restarted()
    other.submit()
    other.worker.rounds["intake"]()
    other.worker.rounds["sender-1"]()
    assert world.mails(REQUESTER, "hello from the garden")


def test_an_unusable_mail_text_causes_a_warning_and_the_built_in_text_is_sent(world: World) -> None:
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


def test_a_look_at_unchanged_files_reads_and_writes_nothing(world: World) -> None:
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


def test_a_change_of_comments_only(world: World) -> None:
    world.work()
    change(world, "program.toml", "# The program:", "# Our program:")
    look(world)
    assert "Only remarks" in about_files(world)[0].text


def test_the_mail_names_everything_that_changed(world: World) -> None:
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
    change(world, "resources.toml", "(860) 555-0173", "(860) 555-0179")
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
        "- Also changed: crisis.text.",
        "- program.toml, departments.surgery.coordinators: names only one person;",
    ):
        assert sentence in text, text
    assert about_files(world, "marcus.bell@example.org")


def test_the_mail_names_only_what_the_files_say(world: World) -> None:
    world.work()
    change(world, "supporters.csv", ",active\n", ",paused\n")
    for supporter in Program.load(world.folder / "config").supporters.values():
        assert supporter.kind, "a ranking keeps this with the supporter"
    look(world)
    assert re.search(r"1 supporter changed: [^,]+ \(status\)\.", about_files(world)[0].text)


def test_an_admin_who_is_removed_by_the_change_hears_about_it_too(world: World) -> None:
    world.work()
    path = world.folder / "config/program.toml"
    text = path.read_text().replace('["sam-whitaker"]', '["kim-lee"]')
    path.write_text(text.replace("[people.sam-whitaker]", "[people.kim-lee]")
                    .replace("Sam Whitaker", "Kim Lee")
                    .replace("sam.whitaker@", "kim.lee@"))  # fmt: skip
    look(world)
    assert "1 person removed: Sam Whitaker." in about_files(world, SAM)[0].text
    assert "Hello Kim" in about_files(world, "kim.lee@example.org")[0].text


def test_a_removed_supporter_loses_the_request_immediately_where_admins_say_so(
    world: World,
) -> None:
    change(world, "program.toml", 'removal_grace = "30 minutes"', 'removal_grace = "none"')
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
    assert "is no longer on the list" in world.mail(JORDAN).text


def test_a_newly_configured_survey_processes_the_responses_that_waited_for_it(world: World) -> None:
    survey = (world.folder / "config/survey.toml").read_text()
    id = world.qualtrics.brand.survey.id
    change(world, "survey.toml", id, "SV_another1")
    world.submit()
    world.work()
    assert world.count("cases") == 0
    (world.folder / "config/survey.toml").write_text(survey)
    look(world)
    assert world.count("cases") == 1


def test_text_from_the_files_is_shown_literally(world: World) -> None:
    world.work()
    add_supporter(world, NEW_LINE.replace("Zoe", "<b>Zoe</b>"))
    change(world, "program.toml", *FORGET)
    look(world)
    mail = world.mail(SAM)
    page = world.open(mail).answer.text
    assert "<b>Zoe</b> Hart" in mail.text
    assert "&lt;b&gt;Zoe&lt;/b&gt; Hart" in mail.html
    assert "<b>Zoe" not in mail.html + page


# Versions


def test_simultaneous_first_readers_adopt_the_files_once(world: World, restarted: Restart) -> None:
    engines = [restarted().app.extensions["engine"] for _ in range(2)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda number: engines[number % 2]().program, range(40)))
    assert len({program.fingerprint for program in found}) == 1
    assert world.count("programs") == 1


def test_the_folder_replaces_a_version_that_this_release_cannot_read(
    world: World,
    restarted: Restart,
) -> None:
    world.work()
    (fingerprint,) = world.row("programs", "fingerprint")
    files = seal_files(world.store.seal, {}, fingerprint, VersionStatus.IN_FORCE)
    with world.store.write() as db:
        db.execute("update programs set files = ?", [files])
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


def test_a_history_and_the_holds_can_be_read_without_a_program(
    world: World, restarted: Restart
) -> None:
    reference = world.request()
    with world.store.write() as db:
        db.execute("delete from programs")
    for file in FILES:
        (world.folder / "config" / file).unlink()
    run = restarted().app.test_cli_runner().invoke
    assert "submitted" in run(args=["history", reference]).output
    assert "Nothing is held" in run(args=["hold", "--list"]).output
    assert run(args=["roster"]).exit_code == 1


def test_health_reports_a_folder_that_has_been_wrong_for_a_day(world: World) -> None:
    world.work()
    change(world, "program.toml", "tries = 3", "tries = 0")
    look(world)
    client = world.app.test_client()
    assert "files" not in client.get("/health").get_json()["wrong"]
    world.passes(hours=25)
    assert "files" in client.get("/health").get_json()["wrong"]


def test_adopted_files_are_sealed_in_the_database(world: World) -> None:
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


def test_people_who_are_not_admins_hear_nothing_about_the_files(world: World) -> None:
    world.request()
    add_supporter(world)
    look(world)
    assert about_files(world, REQUESTER) + about_files(world, JORDAN) == []
    assert programs.in_force_id(world.store.read())
