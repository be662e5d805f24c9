"""The roster at a glance: what it lacks, whose refresher is due, and nothing that tells why."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from casebook import roster
from matching import coverage
from matching.coverage import Roster, Vocabulary
from matching.weights import Matching, nearness
from people.supporters import Supporter, SupporterStatus
from program import Program
from tests.program_files import add_supporter
from tests.world import EXAMPLE, JORDAN, SAM, World, example_config, living

TODAY = date(2026, 11, 23)
#: What config.example/supporters.csv lacks on purpose; docs/admin.md names the same.
LACKING = [
    "1 nurse practitioner or physician assistant in Obstetrics and Gynecology",
    "1 pharmacist in all",
    "1 technician or therapist in all",
]
WORDS = Vocabulary(
    departments={"emergency": "Emergency", "surgery": "Surgery", "birth": "OB/GYN"},
    roles={"nurse": "Nurse", "physician": "Physician", "rn": "RN", "other": "Other role"},
    specialties={"anesthesiology": "Anesthesiology", "other": "Other specialty"},
)
#: "Other" is no role and no specialty that anybody could lack.
LISTED = Matching(catch_all={"role": {"other"}, "specialty": {"other"}})


def example(*more: Supporter) -> Roster:
    program = Program.load(EXAMPLE)
    words = Vocabulary(
        {id: d.name for id, d in program.departments.items()},
        {id: r.name for id, r in program.roles.items()},
        program.file.specialties,
    )
    return Roster((*program.supporters.values(), *more), words, program.matching, TODAY)


def two_in_each(role: str) -> list[Supporter]:
    places = Program.load(EXAMPLE).departments
    return [supporter(role, place, number) for place in places for number in (1, 2)]


def supporter(role: str, department: str, number: int = 1, **more: object) -> Supporter:
    id = f"new-{role}-{department}-{number}-{len(more)}"
    known: dict[str, object] = {"name": id, "email": f"{id}@example.org", "specialty": "other"}
    known |= {"trained_on": date(2026, 1, 1)} | more
    return Supporter(id=id, role=role, department=department, **known)  # type: ignore[arg-type]


def lacking(*supporters: Supporter, near: Matching | None = None) -> list[str]:
    return coverage.gaps(Roster(supporters, WORDS, near or LISTED, TODAY))


def crowd(**counts: int) -> list[Supporter]:
    """Have so many of a role in each department, written like `nurse=2`."""
    return [
        supporter(role, place, number)
        for role, count in counts.items()
        for place in WORDS.departments
        for number in range(count)
    ]


# What is missing


def test_the_example_lacks_exactly_what_it_lacks_on_purpose() -> None:
    assert coverage.gaps(example()) == LACKING


@pytest.mark.parametrize(
    ("gap", "fills"),
    [
        (LACKING[0], [supporter("physician-assistant", "obstetrics")]),
        (LACKING[1], two_in_each("pharmacist")),
        (LACKING[2], two_in_each("technician")),
    ],
)
def test_filling_one_takes_away_exactly_its_line(gap: str, fills: list[Supporter]) -> None:
    assert coverage.gaps(example(*fills)) == [other for other in LACKING if other != gap]


def test_a_second_one_of_a_rare_role_says_where_the_third_is_needed() -> None:
    found = coverage.gaps(example(supporter("pharmacist", "surgery")))
    assert [gap for gap in found if "pharmacist" in gap] == [
        "no pharmacist in Obstetrics and Gynecology",
        "1 pharmacist each in Emergency Medicine and in Surgery",
        "1 pharmacist each outside Emergency Medicine and outside Surgery",
    ]


def test_nobody_of_a_role_outside_a_department_is_a_gap() -> None:
    people = [*crowd(nurse=2, rn=2), *(supporter("physician", "birth", n) for n in range(2))]
    assert lacking(*people, *anesthetists()) == [
        "no physician in Emergency or in Surgery",
        "no physician outside OB/GYN",
    ]


def anesthetists(count: int = 2) -> list[Supporter]:
    return [supporter("nurse", "surgery", n, specialty="anesthesiology") for n in range(count)]


def test_a_specialty_counts_in_its_own_departments_and_in_all() -> None:
    people = crowd(nurse=2, physician=2, rn=2)
    assert lacking(*people) == ["no anesthesiology supporter at all"]
    assert lacking(*people, *anesthetists(1)) == ["1 anesthesiology supporter in all"]
    assert lacking(*people, *anesthetists()) == []
    elsewhere = supporter("nurse", "birth", 9, specialty="anesthesiology")
    found = lacking(*people, *anesthetists(), elsewhere)
    assert found == ["1 anesthesiology supporter in OB/GYN"]


def test_what_is_near_fills_a_gap_as_it_meets_a_wish() -> None:
    people = [*crowd(nurse=2, physician=2), *anesthetists()]
    assert lacking(*people) == ["no RN at all"]
    near = replace(LISTED, near={"role": nearness({("nurse", "rn"): 0.8})})
    assert lacking(*people, near=near) == []


def test_a_broad_gap_hides_what_follows_from_it() -> None:
    assert lacking() == ["no supporter at all"]
    assert lacking(supporter("nurse", "birth")) == ["1 supporter in all"]
    found = lacking(*(person for person in crowd(nurse=2, physician=2, rn=2) if person.department
                      != "surgery"), *anesthetists(0))  # fmt: skip
    assert found == ["no supporter in Surgery", "no anesthesiology supporter at all"]


def test_a_department_with_one_role_alone_lacks_another() -> None:
    birth = [supporter("nurse", "birth", n) for n in range(9, 11)]
    people = [p for p in crowd(nurse=2, physician=2, rn=2) if p.department != "birth"]
    found = lacking(*people, *birth, *anesthetists())
    assert found == [
        "no physician in OB/GYN",
        "no RN in OB/GYN",
        "no supporter with a role other than nurse in OB/GYN",
    ]


def test_a_language_in_which_people_ask_is_a_wish_too() -> None:
    people = [*crowd(nurse=2, physician=2, rn=2), *anesthetists()]
    english = [replace(person, languages=("en",)) for person in people]
    asked = replace(WORDS, languages=("en", "es"))
    assert coverage.gaps(Roster(tuple(english), asked, LISTED, TODAY)) == [
        "no supporter who speaks Spanish at all"
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"status": SupporterStatus.PAUSED},
        {"status": SupporterStatus.INACTIVE},
        {"trained_on": None},
        {"trained_on": date(2027, 1, 1)},
    ],
)
def test_whoever_cannot_be_asked_covers_nothing(changed: dict[str, object]) -> None:
    people = [*crowd(nurse=2, physician=2, rn=2), *anesthetists()]
    assert lacking(*people) == []
    people[6] = replace(people[6], **changed)  # type: ignore[arg-type]
    assert lacking(*people) == ["1 physician in Emergency"]


# On the command line


@pytest.fixture
def says(world: World) -> Callable[[str], str]:
    world.work()
    return lambda command: world.app.test_cli_runner().invoke(args=[command]).output


def test_flask_roster_shows_everybody_and_what_is_to_do(says: Callable[[str], str]) -> None:
    shown = says("roster")
    header, *rows = shown.split("\n\n")[0].splitlines()
    assert header.split() == ["name", "role", "department", "trained", "refresher", "due",
                              "takes", "status", "asked"]  # fmt: skip
    assert len(rows) == len(Program.load(EXAMPLE).supporters)
    assert rows[0].split("  ")[0] == "Amara Cole"
    assert " active " in rows[0]
    assert rows[0].endswith("never")
    assert "Dana Whitfield: was due on Thursday, Oct 8, 2026" in shown
    for gap in LACKING:
        assert f"\n  {gap}\n" in shown
    assert 'Warning: 3 gaps in coverage: "flask roster" shows which' in says("check")


def test_flask_roster_shows_what_the_files_say_and_not_who_is_available_today(
    world: World, says: Callable[[str], str]
) -> None:
    here = says("roster")
    for choice in ("away_open", "pause", "rest_1", "rest_4"):
        page = world.own_page("beth.lindgren@example.org")
        assert page.choose(choice).status == 200
        assert says("roster") == here
        page.choose("back" if choice == "away_open" else "ready")
    file = world.folder / "config/supporters.csv"
    lines = file.read_text().splitlines()
    lines[2] = ",".join([*lines[2].split(",")[:-1], "paused"])
    file.write_text("\n".join(lines))
    world.work()
    row_now = next(line for line in says("roster").splitlines() if line.startswith("Beth"))
    assert " paused " in row_now


def test_no_command_tells_an_admin_who_asks_for_support(world: World) -> None:
    """Not even about somebody whom the admin puts on the roster to find out."""
    guess = "guessed,Jamie Quill,jamie.quill@example.org,,860-555-0199,no,daily,nurse,,emergency,,,"
    add_supporter(world, f"{guess}en,,1,2026-03-10,,active\n")
    world.request()
    world.passes(days=1)
    run = world.app.test_cli_runner().invoke
    row = next(line for line in run(args=["roster"]).output.splitlines() if "Jamie" in line)
    assert " active " in row
    assert "guessed" in run(args=["match", "--what-if", "wish.role=similar", "role=nurse"]).output
    assert "guessed" in run(args=["match", world.only_case().reference]).output
    assert "guessed" not in world.open(world.mail(JORDAN, "review")).values("first")


def test_who_was_asked_is_not_never_asked(world: World, says: Callable[[str], str]) -> None:
    total = len(Program.load(EXAMPLE).supporters)
    assert f"{total} of {total} supporters never asked." in says("roster")
    world.offered()
    assert f"{total - 1} of {total} supporters never asked." in says("roster")


# By mail


@pytest.fixture
def early(tmp_path: Path) -> Iterator[World]:
    with living(tmp_path, example_config(tmp_path, digest_at="08:00")) as world:
        world.work()
        yield world


def test_the_admins_read_it_once_a_month(early: World) -> None:
    subject = "the roster this month"
    (mail,) = early.mails(SAM, subject)
    assert "Uma Krishnan: was due on Thursday, Oct 8, 2026" in mail.text
    for gap in LACKING:
        assert gap in mail.text
    assert early.mails(JORDAN, subject) == []
    for day in range(24, 31):
        early.clock.now = datetime(2026, 11, day, 14, tzinfo=UTC)
        early.work()
    assert len(early.mails(SAM, subject)) == 1
    early.clock.now = datetime(2026, 12, 1, 14, tzinfo=UTC)
    early.work()
    assert len(early.mails(SAM, subject)) == 2


def test_the_admins_read_it_again_in_the_same_month_of_the_next_year(early: World) -> None:
    early.clock.now = datetime(2027, 11, 1, 14, tzinfo=UTC)
    early.work()
    assert len(early.mails(SAM, "the roster this month")) == 2


def test_a_refresher_is_told_of_sixty_days_ahead(early: World) -> None:
    early.clock.now = datetime(2027, 9, 1, 14, tzinfo=UTC)
    early.work()
    told = early.mail(SAM, "the roster this month").text
    assert "Amara Cole: due by Thursday, Oct 14, 2027" in told
    assert "Beth Lindgren" not in told


@pytest.mark.parametrize(
    ("days_before", "said"),
    [
        (61, []),
        (60, ["Amara Cole: due by Thursday, Oct 14, 2027"]),
        (0, ["Amara Cole: due by Thursday, Oct 14, 2027"]),
        (-1, ["Amara Cole: was due on Thursday, Oct 14, 2027"]),
    ],
)
def test_a_refresher_is_due_to_the_end_of_its_day(
    world: World, days_before: int, said: list[str]
) -> None:
    today = date(2027, 10, 14) - timedelta(days=days_before)
    told = roster.refreshers(world.engine.casebook, today)
    assert [line for line in told if line.startswith("Amara")] == said
