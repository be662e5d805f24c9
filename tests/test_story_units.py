"""Stories of typed units: one that nobody knows is asked about, and keeps its leaders out."""

from pathlib import Path

import pytest
from click.testing import Result

from pages.forms import NOBODY
from people.not_wanted import LEADERS, WHOLE_UNIT
from people.records import Identity
from people.units import NOT_SAID, with_units
from program import Program
from tests.asking import page_of
from tests.program_files import add_supporter, agree, look
from tests.test_story_not_wanted import asked_first, possible, said_text, settles
from tests.twice import a_day_later, again, confirm, merge
from tests.world import (
    ELENA,
    EXAMPLE,
    JORDAN,
    PRIYA,
    REQUESTER,
    Page,
    World,
    example_config,
    living,
)

HANNAH, MARCUS = "hannah.oyelaran@example.org", "marcus.bell@example.org"
OBSTETRICS = {"QID6": 3}
#: Yolanda Price leads Mother and Baby, and Esther Kim the Emergency Department.
YOLANDA, ESTHER, OLIVIA = "yolanda-price", "esther-kim", "olivia-grant"


def says_unit(page: Page, typed: str, unit: str) -> Page:
    return page.choose("recognized", unit=typed, meant=unit)


def checked(world: World) -> str:
    result: Result = world.app.test_cli_runner().invoke(args=["check"])
    return result.output


def test_who_leads_a_unit_neither_reviews_nor_supports_however_it_is_typed(world: World) -> None:
    for typed in ("L&D", "labour and delivery unit", "L and D, days"):
        world.submit(QID7_TEXT=typed, **OBSTETRICS)
    world.work()
    world.passes(minutes=11)
    assert not world.mails(HANNAH)
    for reference in world.references:
        page = page_of(world, reference)
        assert "unit isn’t on our lists" not in page.text
        assert "close to them at work" in page.text, "Rosa Delgado works there too"


def test_an_unknown_unit_keeps_out_whoever_may_lead_it_until_it_is_settled(world: World) -> None:
    reference = world.request(QID7_TEXT="Tower 3", **OBSTETRICS)
    assert not world.mails(HANNAH), "she leads a unit in this department"
    page = page_of(world, reference)
    assert "unit isn’t on our lists" in page.text
    assert "Tower 3" not in page.text
    assert page.values("first"), "others can be asked meanwhile"
    assert YOLANDA not in possible(world, reference)
    assert {ESTHER, OLIVIA} <= possible(world, reference), "they lead in other departments"
    unread = page.choose("offered", first=page.values("first")[0])
    assert unread.status == 400, "what we could not understand is read first"
    assert "Check “I’ve read what’s above,”" in unread.text
    assert page.choose("offered", first=YOLANDA, read="yes").status == 409

    text = said_text(world, JORDAN, reference)
    assert "Tower 3" in text.text
    assert says_unit(text, "Tower 3", "").status == 400
    for typed, unit in (("Tower 4", NOBODY), ("Tower 3", "No such unit")):
        assert says_unit(text, typed, unit).status == 409
    settled = says_unit(text, "Tower 3", "Gynecology Clinic")
    assert '[units.gynecology-clinic] name = "Gynecology Clinic" also = ["Tower 3"]' in settled.text
    assert YOLANDA in possible(world, reference)
    assert "close to them at work" in page_of(world, reference).text, "now it is known who is"
    world.work()
    assert "From now on, you’re one of the people who decide" in world.mail(HANNAH).text


@pytest.mark.parametrize(
    ("typed", "is_asked"),
    [
        ("Night Float", False),
        ("the night float unit, 3rd floor", False),
        ("night floats", False),
        ("Night Float (weekends), main campus", False),
        ("RN in the ER", False),
        ("L&D and Night Float", False),
        ("L & D nights", False),
        ("Emergency Dept 2 East", False),
        ("Night float pool", True),
        ("Emergency Psychiatry Department", True),
        ("Labor and Delivery Triage", True),
        ("Pediatric ER", True),
        ("Tower 3", True),
        ("Night Float, 4 East", True),
        ("4E / Recovery Room", True),
        ("Emergency Department (4th floor)", True),
        ("Recovery Room, OB", True),
        ("Night Float, A&E", True),
        ("", True),
        ("-", True),
    ],
)
def test_a_longer_name_than_a_known_one_is_a_question(typed: str, is_asked: bool) -> None:
    units = Program.load(EXAMPLE).units
    assert bool(with_units(Identity(unit=typed), units).unknown_units) == is_asked


@pytest.mark.parametrize("typed", ["4E / Recovery Room", "Night Float, 4 East"])
def test_who_leads_the_second_unit_of_an_answer_stays_out(world: World, typed: str) -> None:
    """Float nurses and therapists name several, one of them by its number."""
    reference = world.request(QID7_TEXT=typed, QID6=2)
    assert OLIVIA not in possible(world, reference), "she leads Surgery 4 East"
    assert "unit isn’t on our lists" in page_of(world, reference, PRIYA).text


def test_what_may_be_a_known_unit_counts_as_that_until_it_is_settled(world: World) -> None:
    reference = world.request(QID7_TEXT="Labor and Delivery Triage", **OBSTETRICS)
    assert not world.mails(HANNAH), "she leads Labor and Delivery"
    assert "unit isn’t on our lists" in page_of(world, reference).text
    text = said_text(world, JORDAN, reference)
    says_unit(text, "Labor and Delivery Triage", "Labor and Delivery")
    assert "unit isn’t on our lists" not in page_of(world, reference).text
    world.work()
    assert not world.mails(HANNAH)


def test_who_leads_the_unit_that_a_reviewer_names_stays_out(world: World) -> None:
    reference = world.request(QID7_TEXT="Tower 3", **OBSTETRICS)
    text = said_text(world, JORDAN, reference)
    settled = says_unit(text, "Tower 3", "Mother and Baby Unit")
    assert settled.status == 200
    assert YOLANDA not in possible(world, reference)
    says_unit(text, "Tower 3", NOBODY)
    assert YOLANDA not in possible(world, reference), "it is settled"


def test_in_an_unknown_department_whoever_leads_anything_stays_out(world: World) -> None:
    reference = world.request(QID7_TEXT="Tower 3", QID6=4)
    assert not {YOLANDA, ESTHER, OLIVIA} & possible(world, reference)
    text = said_text(world, JORDAN, reference)
    assert '[units.tower-3] name = "Tower 3" led_by = []' in says_unit(text, "Tower 3", NOBODY).text
    assert {YOLANDA, ESTHER, OLIVIA} <= possible(world, reference)


@pytest.fixture(params=["", "-", "?", " \n", None])
def nothing_said(request: pytest.FixtureRequest) -> object:
    return request.param


def test_whoever_names_no_unit_is_kept_from_all_who_may_lead_them(
    world: World, nothing_said: object
) -> None:
    """Who is careful not to say where they work must not get what they fear."""
    reference = world.request(QID7_TEXT=nothing_said, **OBSTETRICS)
    assert not world.mails(HANNAH), "she leads a unit in this department"
    page = page_of(world, reference)
    assert "Their request names no unit" in page.text
    assert "unit isn’t on our lists" not in page.text
    assert YOLANDA not in possible(world, reference)
    assert {ESTHER, OLIVIA} <= possible(world, reference), "they lead in other departments"
    assert page.choose("offered", first=page.values("first")[0]).status == 400
    assert page.choose("offered", first=YOLANDA, read="yes").status == 409


def test_that_they_did_not_say_keeps_out_whoever_may_lead_them_for_good(world: World) -> None:
    reference = world.request(QID7_TEXT=None, **OBSTETRICS)
    text = said_text(world, JORDAN, reference)
    assert "They didn’t say: leave out anyone who may lead it" in text.text
    settled = says_unit(text, "", NOT_SAID)
    assert (settled.status, "program.toml" in settled.text) == (200, False)
    page = page_of(world, reference)
    assert "names no unit" not in page.text, "they are asked once"
    assert page.choose("offered", first=YOLANDA).status == 409
    assert YOLANDA not in possible(world, reference)
    says_unit(text, "", "Gynecology Clinic")
    assert YOLANDA not in possible(world, reference), "it is settled"
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    world.work()
    assert not world.mails(HANNAH)


def test_who_told_a_coordinator_their_unit_is_kept_from_whoever_leads_that(world: World) -> None:
    reference = world.request(QID7_TEXT=None, **OBSTETRICS)
    text = said_text(world, JORDAN, reference)
    assert "Please don’t press them" in text.text
    assert says_unit(text, "", "Mother and Baby Unit").status == 200
    assert "names no unit" not in page_of(world, reference).text
    assert YOLANDA not in possible(world, reference)
    world.work()
    assert "you’re one of the people who decide" in world.mail(HANNAH).text


def test_a_unit_that_no_one_can_make_out_may_stay_unknown(world: World) -> None:
    reference = world.request(QID7_TEXT="n/a", **OBSTETRICS)
    text = said_text(world, JORDAN, reference)
    assert "I can’t tell: leave out anyone who may lead it" in text.text
    assert "program.toml" not in says_unit(text, "n/a", NOT_SAID).text
    assert "unit isn’t on our lists" not in page_of(world, reference).text
    assert YOLANDA not in possible(world, reference)


def test_without_a_unit_others_review_if_every_coordinator_may_lead_it(world: World) -> None:
    program = world.folder / "config/program.toml"
    text = program.read_text()
    for lead in ("jordan-reyes", "priya-nair"):
        text = text.replace(f"[people.{lead}]\n", f'[people.{lead}]\nsupervises = ["Tower 9"]\n')
    program.write_text(text)
    look(world)
    reference = world.request(QID7_TEXT=None)
    assert not world.mails(JORDAN)
    assert not world.mails(PRIYA)
    assert "names no unit" in page_of(world, reference, ELENA).text


def test_a_form_that_does_not_ask_for_the_unit_is_no_gap(tmp_path: Path) -> None:
    config = example_config(tmp_path)
    survey = config / "survey.toml"
    survey.write_text(survey.read_text().replace('unit = "QID7_TEXT"\n', ""))
    with living(tmp_path, config) as world:
        reference = world.request(QID7_TEXT="Gynecology Clinic", **OBSTETRICS)
        assert "names no unit" in page_of(world, reference).text
        assert not world.mails(HANNAH)
        assert "does not ask for the unit" in checked(world)


def test_a_second_request_without_a_unit_keeps_its_leaders_out_until_it_is_confirmed(
    world: World,
) -> None:
    """Whoever filed the first may have written anything."""
    # Hannah leads a unit there: she may act on neither, so she loses nothing.
    gynecology = {
        "QID7_TEXT": "Gynecology Clinic",
        "QID11_TEXT": "Hannah Oyelaran",
        **OBSTETRICS,
    }
    older = world.request(**gynecology)
    assert YOLANDA in possible(world, older)
    newer = again(world, QID2_TEXT="jamie.other@example.org", **gynecology | {"QID7_TEXT": None})
    assert merge(world, older, newer).status == 200
    assert YOLANDA not in possible(world, older)
    assert "A second request leaves out" in page_of(world, older).text
    assert "names no unit" not in page_of(world, older).text, "the first one does"
    a_day_later(world)
    confirm(world, REQUESTER)
    assert YOLANDA in possible(world, older), "it is the same person, who named it once"


def test_a_second_request_without_a_unit_does_not_take_a_question_back(world: World) -> None:
    """Whoever is asked would say yes in vain."""
    # Hannah leads a unit there: she may act on neither, so she loses nothing.
    gynecology = {
        "QID7_TEXT": "Gynecology Clinic",
        "QID11_TEXT": "Hannah Oyelaran",
        **OBSTETRICS,
    }
    older = world.request(**gynecology)
    page_of(world, older).choose("offered", first=YOLANDA)
    newer = again(world, QID2_TEXT="jamie.other@example.org", **gynecology | {"QID7_TEXT": None})
    assert merge(world, older, newer).status == 409
    assert "It leaves out Yolanda Price, whom you’ve asked." in page_of(world, older).text


def test_a_second_request_with_a_unit_lets_no_one_in_before_it_is_confirmed(world: World) -> None:
    """Anyone may type a unit in someone's name."""
    older = world.request(QID7_TEXT=None, **OBSTETRICS)
    assert YOLANDA not in possible(world, older)
    newer = again(world, QID7_TEXT="Gynecology Clinic", **OBSTETRICS)
    assert merge(world, older, newer).status == 200
    assert YOLANDA not in possible(world, older)
    assert "names no unit" in page_of(world, older).text
    a_day_later(world)
    confirm(world, REQUESTER)
    assert YOLANDA in possible(world, older)
    assert "names no unit" not in page_of(world, older).text


def test_who_edits_the_files_cannot_try_which_unit_has_asked(world: World) -> None:
    """A count would go away once the files name the unit that somebody typed."""
    world.work()
    said = checked(world)
    world.request(QID7_TEXT="Tower 3")
    assert checked(world) == said


def test_everybody_of_a_unit_that_is_not_wanted_stays_out_and_who_joins_it_later(
    world: World,
) -> None:
    reference = world.request(QID11_TEXT="nobody from Surgery 4 West please")
    assert not asked_first(page_of(world, reference))
    assert not {"paula-novak", OLIVIA} & possible(world, reference), "one works there, one leads it"
    roster = world.folder / "config/supporters.csv"
    text = roster.read_text()
    assert "lucia-ferrari" in possible(world, reference)
    roster.write_text(text.replace("4 East,Main Campus,en | it", "4 West,Main Campus,en"))
    look(world)
    agree(world, JORDAN)  # Someone who does not want 4 East could be offered her from now on.
    assert "lucia-ferrari" not in possible(world, reference)


def test_a_reviewer_may_name_a_whole_unit_or_who_leads_theirs(world: World) -> None:
    reference = world.request(QID7_TEXT="ED", QID11_TEXT="the boss; anyone from nights")
    text = said_text(world, JORDAN, reference)
    assert settles(text, f"{WHOLE_UNIT}No such unit").status == 409
    settled = settles(text, LEADERS, f"{WHOLE_UNIT}Trauma Bay", "amara-cole")
    assert not asked_first(settled)
    assert not {"amara-cole", "grace-mbeki", ESTHER} & possible(world, reference)


TWIN = "marcus-b,{},marcus.bell@example.org,,,no,daily,nurse,general-surgery,surgery,,Main Campus,en,,2,2026-03-10,2028-03-10,active\n"  # noqa: E501


def test_who_is_listed_twice_leads_as_one_person(world: World) -> None:
    """A coordinator who is a supporter too, by another id and spelled otherwise."""
    add_supporter(world, TWIN.format("M. Bell"))
    look(world)
    reference = world.request(QID6=2, QID7_TEXT="Operating Rooms")
    assert "marcus-b" in world.engine.program.supporters
    assert "marcus-b" not in possible(world, reference)


def test_my_manager_is_who_leads_the_unit(world: World) -> None:
    reference = world.request(QID7_TEXT="Labor & Delivery", QID11_TEXT="my manager", **OBSTETRICS)
    assert not asked_first(page_of(world, reference))
    assert not world.mails(HANNAH)
    assert not world.mails(ELENA)
    assert world.mails(JORDAN)
    assert not world.mails(PRIYA)


@pytest.mark.parametrize(
    ("also", "name"),
    [("Hannah Smith", "Hannah Smith"), ("Smith", "Hannah Smith, RN"), ("Nan", "nan oyelaran")],
)
def test_who_asks_under_a_former_name_or_a_nickname_is_known_as_who_leads(
    tmp_path: Path, also: str, name: str
) -> None:
    config = example_config(tmp_path)
    program, hers = config / "program.toml", 'name = "Hannah Oyelaran"\n'
    program.write_text(program.read_text().replace(hers, f'{hers}also_known_as = ["{also}"]\n'))
    with living(tmp_path, config) as world:
        private = {"QID2_TEXT": "h@home.test", "QID3_TEXT": "860-555-9999"}
        reference = world.request(QID1_TEXT=name, QID7_TEXT="Night Float", **private, **OBSTETRICS)
        assert not world.mails(HANNAH), "she does not review her own request"
        led = {"rosa-delgado", "sarah-olsen", "uma-krishnan", "frank-moreau"}
        assert not led & possible(world, reference), "they work where she leads"
