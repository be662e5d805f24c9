"""flask match: the arithmetic behind a request's candidates, and of requests that one invents."""

import re

import pytest
from click.testing import Result

from tests.twice import again, page_of
from tests.world import JORDAN, REQUESTER, World

REFERENCE = "PS-7K3QF"


def match(world: World, *words: str) -> Result:
    result: Result = world.app.test_cli_runner().invoke(args=["match", *words])
    return result


def rows(output: str) -> list[list[str]]:
    """Return the cells of the table, without the words at the end."""
    return [re.split(r" {2,}", line.strip())[:-1] for line in output.splitlines() if "  " in line]


def test_it_prints_the_order_of_the_page_with_points_that_add_up(world: World) -> None:
    reference = world.request()
    result = match(world, reference.lower())
    assert result.exit_code == 0, result.output
    header, *candidates = rows(result.output)
    assert header == [*("supporter", "role", "department"), *FAIR, "score"]
    shown = [row[1] for row in candidates]
    assert shown == world.open(world.mail(JORDAN)).values("first")[: len(shown)]
    for _, _, *points, score in candidates:
        assert sum(map(float, points)) == pytest.approx(float(score), abs=0.05)
    assert "same role, as asked; other department, as asked; 0 of" in result.output


FAIR = ("room", "recent", "rest", "never", "rare")


def test_no_command_tells_that_a_request_was_merged(world: World) -> None:
    """Whoever files one in a colleague's name would read that this colleague has asked."""

    def told() -> list[str]:
        run = world.app.test_cli_runner().invoke
        return [run(args=[command, newer]).output for command in ("match", "history")]

    older = world.request()
    newer = again(world, QID2_TEXT="decoy@home.example.com")
    before = told()
    assert page_of(world, newer).choose("same_request", other=older).status == 200
    assert told() == before
    world.passes(minutes=10)
    assert told() == before
    page = page_of(world, older)
    separated = page.choose("separated", confirmation=page.values("confirmation")[0])
    assert separated.status == 200, separated.text
    world.work()
    assert told() == before


@pytest.mark.parametrize("found", ["same_request", "different_requests"])
def test_no_command_tells_it_once_the_other_request_is_forgotten(world: World, found: str) -> None:
    older = world.request()
    newer = again(world, QID2_TEXT="decoy@home.example.com")
    run = world.app.test_cli_runner().invoke
    before = run(args=["history", newer]).output
    assert page_of(world, newer).choose(found, other=older).status == 200
    world.work()
    world.open(world.mail(REQUESTER)).choose("withdrawn", sure="yes")
    world.work()
    world.passes(minutes=11)
    assert world.references == [newer]
    assert run(args=["history", newer]).output == before


def test_it_says_nothing_about_who_asked_or_why_somebody_is_left_out(world: World) -> None:
    """Amara is not wanted, others work in the same unit: nobody is missing for that.

    Beside an invented request alike, whoever was missing would tell.
    """
    changed = {"QID11_TEXT": "Amara Cole", "QID7_TEXT": "Emergency Department, nights"}
    reference = world.request(**changed)
    output = match(world, reference).output
    alike = ("role=nurse", "department=emergency", "wish.role=similar", "wish.department=different")
    invented = match(world, "--what-if", *alike).output
    at_ease = {row[1] for row in rows(invented) if f"{row[1]} " in without_cautions(invented)}
    assert {row[1] for row in rows(output)} == at_ease
    assert "amara-cole" in at_ease
    for word in (
        "Jamie",
        "Quill",
        "0199",
        "Emergency Department",
        "wish of",
        "-100",
    ):
        assert word not in output
    left_out = len(world.engine.casebook.listed) - len(rows(output)) + 1
    counted, said = output.splitlines()[-2:]
    assert counted == f"{left_out} colleagues are not active, or better not asked."
    assert said == (
        "Only the request's page leaves out whom the requester does not want or is close to, and"
        " who is not available today."
    )


def without_cautions(output: str) -> str:
    return "\n".join(line for line in output.splitlines() if "; but " not in line)


def test_what_if_invents_a_request_as_in_the_guide(world: World) -> None:
    result = match(world, "--what-if", "role=physician", "wish.department=outside")
    assert result.exit_code == 0, result.output
    said = "The wish about the department has no effect without department=ID"
    assert said in result.output
    assert "From another department" in result.output
    assert world.count("cases") == 0


def test_what_if_shows_what_would_have_to_be_given_up(world: World) -> None:
    wished = ("role=pharmacist", "wish.role=similar", "department=emergency")
    output = match(world, "--what-if", *wished, "wish.department=outside").output
    assert "Without the wish for another department: 1 more (Nina Horvat)." in output
    assert "3 colleagues are not active." in output


def test_what_if_knows_every_wish(world: World) -> None:
    words = ("specialty=critical-care", "wish.specialty=different", "wish.site=north campus")
    result = match(world, "--what-if", *words, "language=ES", "wish.times=night,evening")
    assert result.exit_code == 0, result.output
    assert rows(result.output)[0][1:5] == ["specialty", "language", "site", "times"]


def test_several_what_ifs_are_one(world: World) -> None:
    twice = match(world, "--what-if", "role=nurse", "--what-if", "wish.role=similar").output
    assert twice == match(world, "--what-if", "role=nurse", "wish.role=similar").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["PS-ZZZZZ"], "There is no request PS-ZZZZZ, or it was forgotten"),
        (["7K3QF"], '"7K3QF" is not a reference: write it like PS-7K3QF'),
        ([REFERENCE, "PS-ZZZZZ"], "Give one reference, or --what-if"),
        (["--what-if", "role"], "write key=value with role, specialty, department, language,"),
        (["--what-if", "color=blue"], '"color=blue" is not understood'),
        (["--what-if", "role=chemist"], '"chemist" is not a role that we know: write nurse,'),
        (["--what-if", "wish.role=outside"], "write similar, different or no_preference"),
        (["--what-if", "wish.department=near"], "no_preference, inside or outside"),
        (["--what-if", "wish.site=Moon"], "write Main Campus or North Campus"),
        (["--what-if", "wish.times=dawn"], "write morning, afternoon, evening or night"),
    ],
)
def test_what_it_cannot_do_it_says_in_one_sentence(
    world: World, words: list[str], said: str
) -> None:
    result = match(world, *words)
    assert result.exit_code != 0
    assert said in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_nobody_is_proposed_for_a_closed_request(world: World) -> None:
    reference = world.request()
    world.open(world.mail(JORDAN)).choose("closed", outcome="reached_otherwise")
    result = match(world, reference)
    assert (result.exit_code, "is closed" in result.output) == (1, True)
