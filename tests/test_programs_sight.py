"""Nobody gains sight of requests by the admins' files alone: a coordinator agrees first."""

import pytest

from casebook.sight.gains import deciders, gains, losses
from engine import adoption
from notifications import digest
from program import Program
from store import programs
from tests.program_files import FORGET, add_supporter, change, look
from tests.standing_in import at
from tests.world import EXAMPLE, JORDAN, PRIYA, SAM, Browser, World

ADDRESS = ("priya.nair@example.org", "somebody.else@example.net")
ED = "Emergency Department"
WHAT = "Priya Nair would get email at a new address"
OWN = "jordan.at.home@example.org"
CORRECTION = '[promises.correction]\nwithin = "24 hours"'
DEPUTIES = ('deputies = ["elena-fischer", ', 'deputies = ["sam-whitaker", "elena-fischer", ')


def is_mailed_at(world: World, person: str) -> str:
    found = world.engine.program.person(person)
    assert found is not None
    return found.email


def in_digest(world: World) -> object:
    """Return what the digest of a reviewer whom the change does not concern says about it."""
    casebook, now = world.engine.casebook, world.clock()
    readers = {mail.person for mail in digest.mails(casebook, now.date(), False, now)}
    assert "hannah-oyelaran" in readers, "it is news also on a quiet day"
    return digest.facts(casebook, "hannah-oyelaran", "", now)["sight_changes"]


def edited(*changes: tuple[str, str, str]) -> Program:
    """Return the example program with something else in its files."""
    files = {p.name: p.read_bytes() for p in EXAMPLE.iterdir() if p.is_file()}
    for file, old, new in changes:
        assert old.encode() in files[file], old
        files[file] = files[file].replace(old.encode(), new.encode(), 1)
    return Program.from_files(files)


BEFORE = edited()
PEOPLE, ROSTER, FORMS = "program.toml", "supporters.csv", "survey.toml"
SAM_COORDINATES = (
    PEOPLE,
    'coordinators = ["priya-nair", "marcus-bell"]',
    'coordinators = ["priya-nair", "marcus-bell", "sam-whitaker"]',
)


@pytest.mark.parametrize(
    ("change", "who", "what"),
    [
        (SAM_COORDINATES, "sam-whitaker", "would be a coordinator of "),
        ((PEOPLE, *DEPUTIES), "sam-whitaker", "would be a deputy"),
        (
            (PEOPLE, '"ruth-lindqvist"', '"sam-whitaker"'),
            "sam-whitaker",
            "would be the backup contact",
        ),
        ((PEOPLE, *ADDRESS), "priya-nair", "would get email at a new address"),
        ((PEOPLE, '"Elena Fischer"', '"Eve Sample"'), "elena-fischer", "instead of Elena Fischer"),
        ((PEOPLE, '"OR", "Theater"', '"OR"'), "marcus-bell", "also see requests from Theater"),
        ((PEOPLE, "urgent-pager@", "pager-of-sam@"), "", "hear about urgent requests"),
        ((ROSTER, "beth.lindgren@", "zoe.hart@"), "beth-lindgren", "at a new address"),
        (
            (
                ROSTER,
                "carlos.medina@example.org,,860-555-0112",
                "carlos.medina@example.org,,860-555-0119",
            ),
            "carlos-medina",
            "would be recognized by a new phone number",
        ),
        (
            (ROSTER, "carlos.medina@example.org,,", "carlos.medina@example.org,cm@example.net,"),
            "carlos-medina",
            "at a new address",
        ),
        (
            (ROSTER, "beth-lindgren,Beth Lindgren", "beth-2,Beth Lindgren"),
            "beth-lindgren",
            "would no longer be known by the id beth-lindgren",
        ),
        (
            (ROSTER, f"emergency,{ED},Main Campus,en,,2", "emergency,,Main Campus,en,,2"),
            "beth-lindgren",
            "a supporter, would no longer count as working in Emergency Department",
        ),
        ((ROSTER, "beth-lindgren,Beth Lindgren", "beth-lindgren,Zoe Hart"), "beth-lindgren",
         "Zoe Hart would be asked to support instead of Beth Lindgren"),
        (
            (ROSTER, "en,Emergency Department,1,2026-03-10", "en,,1,2026-03-10"),
            "esther-kim",
            "Esther Kim, a supporter, would no longer be kept from ED, ER, Emergency",
        ),
        ((FORMS, '1 = "emergency"', '1 = "surgery"'), "", "would say the department"),
        ((FORMS, 'not_wanted = "QID11_TEXT"', ""), "", "would say people not wanted"),
        ((FORMS, 'email = "QID2_TEXT"', 'email = "QID11_TEXT"'), "", "would say the email"),
        ((PEOPLE, '"after 60 hours"', '"after 49 hours"'), "", "called at other moments (review)"),
        ((PEOPLE, CORRECTION, CORRECTION.replace("24 hours", "5 minutes")), "",
         "A correction could be stopped for 5 minutes instead of 24 hours"),
        ((PEOPLE, 'begin = "21:00"', 'begin = "23:00"'), "", "might be called sooner"),
        ((PEOPLE, '"2026-12-24" = "Christmas Eve"', ""), "", "might be called sooner"),
        ((FORMS, 'name = "QID1_TEXT"', ""), "", "another answer would say the name"),
        ((FORMS, "[survey.facts]\n", '[survey.facts]\nnote = "QID13_TEXT"\n'), "", "say note"),
        (
            (FORMS, "# link = ", 'link = "https://forms.example.net/s" # '),
            "",
            "its usual address → https://forms.example.net/s",
        ),
        ((FORMS, 'key = "QID8"', 'key = "QID1_TEXT"'), "", "another answer would say role"),
    ],
)  # fmt: skip
def test_it_counts_as_gaining_sight(change: tuple[str, str, str], who: str, what: str) -> None:
    (found,) = gains(BEFORE, edited(change))
    assert found.id == who
    assert what in found.what
    assert who not in deciders(BEFORE, edited(change))


def test_who_leads_a_unit_elsewhere_may_see_unknown_units_here() -> None:
    led = 'led_by = ["marcus-bell"]\ndepartment = "surgery"'
    (found,) = gains(BEFORE, edited((PEOPLE, led, led.replace("surgery", "obstetrics"))))
    kept = "Marcus Bell would also see requests from unknown units in Surgery"
    assert found.what == kept


def test_an_admin_cannot_let_mails_tell_what_somebody_typed(world: World) -> None:
    """Wishes stand in mails to supporters who are asked, and in what admins read."""
    world.request()
    facts = "[survey.facts]\n"
    change(world, FORMS, facts, f'{facts}wish_site = "QID99_TEXT"\n')
    look(world)
    assert (
        "another answer would say wish site" in world.mail(JORDAN, "a change needs your yes").text
    )
    world.submit(QID99_TEXT="Marigold", QID2_TEXT="marigold@example.org", QID3_TEXT=None)
    world.work()
    world.passes(minutes=11)
    newest = world.references[-1]
    shown = world.app.test_cli_runner().invoke(args=["match", newest]).output
    assert "Wishes" in shown
    assert "Marigold" not in shown + world.mail(JORDAN, newest).text


def test_a_form_that_nobody_knew_makes_requests_only_with_a_yes() -> None:
    other = edited((FORMS, "SV_8peerSupport01", "SV_8peerSupport02"))
    found, gone = gains(BEFORE, other)
    assert "its responses would become requests from now on" in found.what
    assert gone.what == "Peer support request: its responses would be read no more"


#: The phones of everybody who may review, and lines by which they would count as somebody else.
PHONES = {
    "Jordan Reyes": "860-555-0101",
    "Priya Nair": "860-555-0102",
    "Elena Fischer": "860-555-0105",
    "David Okafor": "860-555-0106",
    "Ruth Lindqvist": "860-555-0107",
}
GUESSES = {
    "phone": "",
    "unit": 'supervises = ["Night float"]',
    "former name": 'also_known_as = ["Marigold Hartwell"]',
}


@pytest.mark.parametrize("guess", GUESSES)
def test_an_admin_cannot_try_who_has_asked_by_barring_everybody(world: World, guess: str) -> None:
    """If everybody is barred from a request, the admins hear that one waits."""
    world.request(QID11_TEXT="Marigold Hartwell")
    for name, phone in PHONES.items():
        line = f'name = "{name}"'
        if guess == "phone":
            change(world, PEOPLE, phone, "860-555-0199")
        else:
            change(world, PEOPLE, line, f"{line}\n{GUESSES[guess]}")
    look(world)
    world.passes(minutes=30)
    assert [m for m in world.mails(SAM) if "nobody on our lists" in m.text] == []
    assert len(world.mails(SAM, "confirm")) == 1


def test_another_department_in_the_form_waits_for_a_coordinator(world: World) -> None:
    world.request()
    change(world, FORMS, '1 = "emergency"', '1 = "obstetrics"')
    look(world)
    world.submit(QID1_TEXT="Robin Doe", QID2_TEXT="robin@example.org", QID3_TEXT=None)
    world.work()
    world.passes(minutes=11)
    newer = world.references[-1]
    assert world.mails(JORDAN, newer)
    assert not world.mails("hannah.oyelaran@example.org", newer)
    assert (
        "another answer would say the department"
        in world.mail(JORDAN, "a change needs your yes").text
    )


def test_who_loses_a_former_name_is_not_recognized_by_it_any_more() -> None:
    name = 'name = "Marcus Bell"'
    former = edited((PEOPLE, name, f'{name}\nalso_known_as = ["Marcus Hartwell"]'))
    (found,) = gains(former, BEFORE)
    assert found.what == "Marcus Bell would no longer be recognized as Marcus Hartwell"


def test_who_no_longer_leads_a_unit_gains_sight_of_its_requests() -> None:
    no_list = (PEOPLE, 'supervises = ["Operating Rooms"]', "")
    assert gains(BEFORE, edited(no_list)) == [], "the unit still says who leads it"
    (found,) = gains(BEFORE, edited(no_list, (PEOPLE, 'led_by = ["marcus-bell"]', "")))
    assert found.id == "marcus-bell"
    assert "would also see requests from Operating Rooms" in found.what


def test_who_leads_a_unit_that_moves_to_another_department_gains_sight_of_unknown_units() -> None:
    """A request of an unknown unit is kept from whoever leads one in its department."""
    led = 'led_by = ["marcus-bell"]\ndepartment = '
    moved = edited((PEOPLE, f'{led}"surgery"', f'{led}"emergency"'))
    (found,) = gains(BEFORE, moved)
    assert found.id == "marcus-bell"
    assert found.what.endswith("would also see requests from unknown units in Surgery")
    assert "marcus-bell" not in deciders(BEFORE, moved)
    nowhere = edited((PEOPLE, f'{led}"surgery"', 'led_by = ["marcus-bell"]\n'))
    assert gains(BEFORE, nowhere) == [], "without a department they may lead any"
    (found,) = gains(nowhere, BEFORE)
    assert "unknown units in Emergency" in found.what


@pytest.mark.parametrize(
    "change",
    [
        (PEOPLE, '"Elena Fischer"', '"Elena Fischer, RN"'),
        (PEOPLE, "priya.nair@example.org", "Priya.Nair@example.org"),
        (PEOPLE, 'outside_person = "ruth-lindqvist"', 'outside_person = "ruth-lindqvist" # x'),
        (PEOPLE, '["priya-nair", "marcus-bell"]', '["marcus-bell", "priya-nair"]'),
        (ROSTER, f"emergency,{ED},Main Campus,en,,2", "emergency,ER,Main Campus,en,,2"),
    ],
)
def test_it_shows_nobody_more(change: tuple[str, str, str]) -> None:
    assert gains(BEFORE, edited(change)) == []


def test_who_gains_or_is_an_admin_does_not_agree_while_others_could() -> None:
    after = edited(SAM_COORDINATES, (PEOPLE, *ADDRESS))
    assert deciders(BEFORE, after) == ["jordan-reyes", "marcus-bell", "hannah-oyelaran"]
    with_admin = (PEOPLE, 'admins = ["sam-whitaker"]', 'admins = ["sam-whitaker", "jordan-reyes"]')
    before = edited(with_admin)
    assert "jordan-reyes" not in deciders(before, edited(with_admin, SAM_COORDINATES))
    assert [one.id for one in losses(after, BEFORE)] == ["sam-whitaker"]


def test_a_changed_address_waits_for_a_coordinator_and_the_old_address_hears_of_it(
    world: World,
) -> None:
    world.request()
    change(world, "program.toml", *ADDRESS)
    look(world)
    assert is_mailed_at(world, "priya-nair") == PRIYA
    told = world.mail(PRIYA, "a change for you")
    assert "Priya Nair would get email at a new address" in told.text
    assert "is waiting for a coordinator" in world.mail(SAM, "please confirm").text
    asked = world.mail(JORDAN, "a change needs your yes")
    assert ADDRESS[1] not in asked.text
    assert not world.mails(PRIYA, "a change needs your yes"), "nobody agrees to their own change"
    assert not world.mails(ADDRESS[1])

    assert in_digest(world) == [f"Waiting for a coordinator’s yes: {WHAT}"]
    admin = world.open(world.mail(SAM, "please confirm"))
    assert "A coordinator must agree: " in admin.text
    assert "Jordan Reyes" in admin.text
    assert 'value="in_force"' not in admin.answer.text
    page = world.open(asked)
    assert f"Priya Nair would get email at a new address: {ADDRESS[1]}." in page.text
    assert "Jordan Reyes chose the new files" in page.choose("in_force").text
    look(world)
    assert is_mailed_at(world, "priya-nair") == ADDRESS[1]
    assert in_digest(world) == [f"In force, Jordan Reyes agreed: {WHAT}"]


def test_a_coordinator_who_agrees_hears_no_number_of_requests(world: World) -> None:
    """One of them may be a request from which they are barred."""
    reference = world.request(QID11_TEXT="Priya Nair")
    page = world.open(world.mail(JORDAN, reference))
    assert page.choose("closed", outcome="reached_otherwise").status == 200
    world.passes(days=8)
    change(world, PEOPLE, *FORGET)
    change(world, PEOPLE, *DEPUTIES)
    look(world)
    asked = world.open(world.mail(PRIYA, "a change needs your yes")).text
    assert "Requests are deleted 7 days after closing instead of 30 days." in asked
    assert "closed request" not in asked
    assert "1 closed request would be deleted right away" in world.mail(SAM, "confirm").text


def test_coordinators_read_the_next_morning_whom_an_admin_lets_requesters_call(
    world: World,
) -> None:
    world.request()
    change(world, "resources.toml", "(860) 555-0170", "(860) 555-6666")
    look(world)
    change(world, PEOPLE, "Christmas Eve", "The day before Christmas")
    look(world)
    casebook, now = world.engine.casebook, world.clock()
    told = digest.facts(casebook, "hannah-oyelaran", "", now)["call_changes"]
    assert isinstance(told, list)
    (line,) = told
    assert "Employee Assistance Program, (860) 555-0170, " in line
    assert "→ Employee Assistance Program, (860) 555-6666, " in line
    mailed = digest.mails(casebook, now.date(), False, now)
    assert "hannah-oyelaran" in {mail.person for mail in mailed}
    world.passes(days=2)
    casebook, now = world.engine.casebook, world.clock()
    assert digest.facts(casebook, "hannah-oyelaran", "", now)["call_changes"] == []


def test_an_admin_cannot_agree_and_coordinators_are_reminded_daily(world: World) -> None:
    world.request()
    change(world, "program.toml", *DEPUTIES)
    look(world)
    version = programs.not_in_force(world.store.read())
    assert version is not None
    assert "sam-whitaker" not in adoption.deciders(world.engine, version, world.clock())
    browser = Browser()
    world.open(world.mail(SAM, "please confirm"), browser)
    # A form of another page has the token that this one lacks.
    form = browser.look(f"{world.url}/link")
    sent = {"csrf_token": form.values("csrf_token")[0], "choice": "in_force"}
    assert browser.web.post(f"{world.url}/program", data=sent).status_code == 409
    look(world)
    assert "sam-whitaker" not in world.engine.program.duties.deputies
    assert len(world.mails(JORDAN, "a change needs your yes")) == 1
    for day in (24, 25):
        at(world, day, 9)
        at(world, day, 16)
    assert len(world.mails(JORDAN, "a change needs your yes")) == 3
    page = world.open(world.mail(JORDAN, "a change needs your yes"))
    assert "left things as they were" in page.choose("rejected").text
    at(world, 26, 9)
    assert len(world.mails(JORDAN, "a change needs your yes")) == 3


def test_what_else_changed_is_in_force_once_the_file_leaves_out_who_would_see_more(
    world: World,
) -> None:
    world.request()
    change(world, "program.toml", *DEPUTIES)
    add_supporter(world)
    look(world)
    assert "zoe-hart" not in world.engine.program.supporters
    change(world, "program.toml", *reversed(DEPUTIES))
    look(world)
    assert "zoe-hart" in world.engine.program.supporters


@pytest.mark.parametrize("as_supporter", [False, True])
def test_nobody_agrees_to_their_own_address_in_another_place(as_supporter: bool) -> None:
    ring = (PEOPLE, 'ring = ["', f'ring = ["{OWN if as_supporter else JORDAN}", "')
    listed = (ROSTER, "\nbeth-lindgren,Beth Lindgren,", "\njordan-2,Jordan Reyes,")
    known = (ROSTER, "beth.lindgren@example.org", OWN)
    before = edited(listed, known) if as_supporter else BEFORE
    after = edited(listed, known, ring) if as_supporter else edited(ring)
    assert "jordan-reyes" in deciders(before, before)
    assert "jordan-reyes" not in deciders(before, after)
    assert "priya-nair" in deciders(before, after)


def test_the_server_is_the_way_out_when_no_coordinator_could_agree(world: World) -> None:
    world.request()
    command = world.app.test_cli_runner().invoke
    assert "No change of who sees requests is waiting" in command(args=["admit"]).output
    for name in ("jordan.reyes", "priya.nair", "marcus.bell", "hannah.oyelaran"):
        change(world, "program.toml", f"{name}@example.org", f"{name}@example.net")
    look(world)
    assert "flask admit" in world.mail(SAM, "please confirm").text
    shown = command(args=["admit"])
    assert "would get email at a new address: jordan.reyes@example.net" in shown.output
    assert "Who can agree, by the link in their email: no one" in shown.output
    look(world)
    assert is_mailed_at(world, "jordan-reyes") == JORDAN
    assert "It is in force" in command(args=["admit", "--yes"]).output
    look(world)
    assert is_mailed_at(world, "jordan-reyes") == "jordan.reyes@example.net"
    assert "It has taken effect. If you didn’t expect this" in world.mail(JORDAN).text


def in_mail(world: World) -> str:
    return world.mail(JORDAN, "a new address").text
