"""A supporter whom the admins' files change stays who they are to those who do not want them."""

import pytest

from casebook.sight.gains import gains
from casebook.sight.supporters import former_after
from store import programs
from tests.program_files import change, look
from tests.test_programs_sight import BEFORE, ED, ROSTER, edited, in_mail
from tests.test_story_not_wanted import possible
from tests.world import EXAMPLE, JORDAN, MONDAY, World


def test_who_leads_a_unit_supports_its_people_only_with_a_yes_also_after_a_pause() -> None:
    roster = (EXAMPLE / ROSTER).read_text().splitlines()
    line = next(one for one in roster if one.startswith("esther-kim"))
    gone = edited((ROSTER, f"{line}\n", ""))
    former = former_after((), BEFORE, gone, MONDAY)
    back = edited((ROSTER, line, line.replace("en,Emergency Department,", "en,,")))
    (found,) = gains(gone, back, former)
    assert "Esther Kim, a supporter, would no longer be kept from" in found.what
    assert gains(gone, BEFORE, former) == []


def test_a_supporter_whom_somebody_does_not_want_stays_kept_from_them(world: World) -> None:
    """By another id, another name or another workplace they would be asked all the same."""
    wanted = {"QID11_TEXT": f"Amara Cole, and nobody from {ED}"}
    reference = world.request(QID6=2, QID7_TEXT="Surgery 4 East", **wanted)
    amara, beth = "amara-cole,Amara Cole", f"emergency,{ED},Main Campus,en,,2"
    assert possible(world, reference).isdisjoint({"amara-cole", "beth-lindgren"})
    roster = (world.folder / "config" / ROSTER).read_text()
    for old, new in (
        (amara, "amara,Amara Cole"),
        (amara, "amara,Zoe Hart"),
        (beth, "emergency,,Main Campus,en,,2"),
    ):
        (world.folder / "config" / ROSTER).write_text(roster.replace(old, new, 1))
        look(world)
        assert possible(world, reference).isdisjoint({"amara-cole", "amara", "beth-lindgren"})


def test_a_supporter_under_a_new_id_and_another_name_is_known_by_the_address() -> None:
    (found,) = gains(BEFORE, edited((ROSTER, "amara-cole,Amara Cole", "zoe-hart,Zoe Hart")))
    assert found.what == "Zoe Hart would be asked to support instead of Amara Cole"
    roster = (EXAMPLE / ROSTER).read_text().splitlines()
    line = next(one for one in roster if one.startswith("amara-cole"))
    gone = edited((ROSTER, f"{line}\n", ""))
    former = former_after((), BEFORE, gone, MONDAY)
    back = edited((ROSTER, line, line.replace(f"{ED},", ",")))
    (found,) = gains(gone, back, former)
    assert found.what.endswith("would no longer count as working in Emergency Department")


def test_two_supporters_who_change_names_are_asked_for_each_other() -> None:
    beth, carlos = "beth-lindgren,Beth Lindgren", "carlos-medina,Carlos Medina"
    swapped = edited(
        (ROSTER, beth, "beth-lindgren,Carlos Medina"),
        (ROSTER, carlos, "carlos-medina,Beth Lindgren"),
    )
    assert {gain.id for gain in gains(BEFORE, swapped)} == {"beth-lindgren", "carlos-medina"}


def test_a_supporter_who_left_and_comes_back_with_another_address_is_no_stranger(
    world: World,
) -> None:
    world.request()
    roster = world.folder / "config" / "supporters.csv"
    listed = roster.read_text()
    beth = next(line for line in listed.splitlines() if line.startswith("beth-lindgren"))
    roster.write_text(listed.replace(f"{beth}\n", ""))
    look(world)
    world.passes(days=40)
    look(world)
    assert "beth-lindgren" not in world.engine.program.supporters, "nobody waits for her any more"
    other = beth.replace("beth-lindgren,", "beth-2,").replace("beth.lindgren@", "sam.whitaker@")
    roster.write_text(listed.replace(beth, other))
    look(world)
    assert "beth-2" not in world.engine.program.supporters
    waiting = programs.not_in_force(world.store.read())
    assert waiting is not None
    assert "Beth Lindgren, a supporter, would get email at a new address" in in_mail(world)
    roster.write_text(listed)
    look(world)
    assert "beth-lindgren" in world.engine.program.supporters, "the address that we knew"


def test_a_supporter_who_gets_the_address_of_another_would_be_taken_for_them() -> None:
    told = [one.what for one in gains(BEFORE, edited((ROSTER, "beth.lindgren@", "sam.whitaker@")))]
    assert told == [
        "Beth Lindgren, a supporter, would be recognized as Sam Whitaker, too",
        "Beth Lindgren, a supporter, would be recognized by a new phone number",
        "Beth Lindgren, a supporter, would count as working in Information Services",
        "Beth Lindgren, a supporter, would get email at a new address",
    ]


@pytest.mark.parametrize("by", ["phone", "name"])
def test_who_edits_the_files_cannot_try_whose_request_a_supporter_is_asked_about(
    world: World, by: str
) -> None:
    """An admin may be the supporter, and reload the question after each try."""
    question = world.open(world.mail(world.asked(world.offered())))
    (asked,) = world.engine.program.found_by(world.asked(world.references[0]))
    if by == "phone":
        change(world, ROSTER, world.engine.program.supporters[asked.id].phone, "860-555-0142")
    else:
        zed = f'name = "Jamie Quill"\nemail = "zed@example.org"\nphone = "{asked.phone}"\n'
        change(
            world,
            "program.toml",
            "[people.jordan-reyes]",
            f"[people.zed]\n{zed}\n[people.jordan-reyes]",
        )
    look(world)
    assert "Yes, I’ll do it" in question.again().text
    told = world.mail(JORDAN, "a change needs your yes").text
    assert f"{asked.name}, a supporter, would be recognized" in told
