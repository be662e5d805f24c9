"""Stories of people who name a colleague by the given name alone, by number, or by their role."""

from pathlib import Path

import pytest

from pages.forms import NOBODY
from tests.asking import page_of
from tests.test_story_not_wanted import asked_first, said_text, settles
from tests.world import JORDAN, PRIYA, World, example_config, living

ELENA, DAVID = "elena.fischer@example.org", "david.okafor@example.org"


@pytest.mark.parametrize(
    "typed",
    [
        "I'd rather not talk to Jordan",
        "i'd rather not talk to jordan",
        "everyone is fine except Jordan",
        "my ex Jordan",
        "Please don't let Jordan see this",
        "cualquiera menos Jordan",
        "the phone with 860-555-0101",
    ],
)
def test_who_is_named_in_a_sentence_is_never_mailed_and_the_others_are_asked(
    world: World, typed: str
) -> None:
    reference = world.request(QID11_TEXT=typed)
    assert not world.mails(JORDAN)
    page = page_of(world, reference, PRIYA)
    assert asked_first(page)
    assert typed in page.choose("text").text
    world.passes(days=4)
    assert not world.mails(JORDAN), "no reminder either"


@pytest.mark.parametrize("typed", ["Dr. Young", "young"])
def test_whose_name_is_a_usual_word_is_not_mailed_either(tmp_path: Path, typed: str) -> None:
    config = example_config(tmp_path)
    program = config / "program.toml"
    program.write_text(program.read_text().replace("Jordan Reyes", "Zelda Young"))
    with living(tmp_path, config) as world:
        reference = world.request(QID11_TEXT=typed)
        assert "It’s Zelda Young" in said_text(world, PRIYA, reference).text
        assert not world.mails(JORDAN)


def test_once_it_was_an_ordinary_word_the_colleague_decides_too(world: World) -> None:
    reference = world.request(QID11_TEXT="my neighbor Jordan, who works elsewhere")
    text = said_text(world, PRIYA, reference)
    assert "It’s Jordan Reyes" in text.text
    settles(text, NOBODY)
    settles(said_text(world, PRIYA, reference), NOBODY)
    world.work()
    told = world.mail(JORDAN, reference)
    assert "From now on, you’re one of the people who decide" in told.text
    assert "neighbor" not in page_of(world, reference, JORDAN).text


@pytest.mark.parametrize(
    "typed",
    [
        "the coordinator",
        "none of the coordinators",
        "the ED coordinator",
        "whoever runs peer support",
        "ninguna de las coordinadoras",
        "quien coordina el programa de apoyo",
    ],
)
def test_who_does_not_want_the_coordinators_is_read_by_the_deputies(
    world: World, typed: str
) -> None:
    reference = world.request(QID11_TEXT=typed)
    assert not world.mails(JORDAN)
    assert not world.mails(PRIYA)
    assert world.mails(DAVID, reference)
    text = said_text(world, ELENA, reference)
    assert typed in text.text
    settles(text, "priya-nair")
    world.work()
    assert world.mails(JORDAN, reference), "who was not meant decides from then on"
    assert not world.mails(PRIYA)


@pytest.mark.parametrize(
    "typed",
    [
        "no managers",
        "no one from leadership",
        "not a supervisor please",
        "ningún jefe",
        "la gerencia",
    ],
)
def test_who_wants_no_managers_is_read_by_nobody_who_leads_a_unit(world: World, typed: str) -> None:
    """Marcus Bell leads a unit and coordinates the department; Priya Nair leads none."""
    reference = world.request(QID6=2, QID7_TEXT="Night Float", QID11_TEXT=typed)
    assert not world.mails("marcus.bell@example.org")
    text = said_text(world, PRIYA, reference)
    assert typed in text.text
    settles(text, NOBODY)
    world.work()
    assert world.mails("marcus.bell@example.org", reference)


def test_if_everybody_here_leads_a_unit_the_outside_person_asks_who_is_meant(
    tmp_path: Path,
) -> None:
    config = example_config(tmp_path)
    program = config / "program.toml"
    units = ("Emergency Department", "Surgical Services", "Well-Being Office", "Spiritual Care")
    written = program.read_text()
    for unit in units:
        written = written.replace(
            f'unit = "{unit}"\n', f'unit = "{unit}"\nsupervises = ["{unit}"]\n'
        )
    program.write_text(written)
    with living(tmp_path, config) as world:
        reference = world.request(QID7_TEXT="Night Float", QID11_TEXT="no managers")
        assert "no managers" in said_text(world, "ruth.lindqvist@example.org", reference).text
        assert not world.mails(JORDAN)
