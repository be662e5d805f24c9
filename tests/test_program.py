"""The program: what it reads from the admins' files, and the defaults."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from lib.working_time import Working
from matching.weights import Matching, Weights
from people.supporters import ChecksMail, SupporterStatus
from program import Program, ProgramError, problems_of
from program.entries import is_open
from program.files import FILES
from program.matching import says_other
from program.roster import SupporterRow
from program.shapes import ProgramShape, Resource, Shape, Times
from program.times.promises import DEFAULTS
from qualtrics.survey import FactSources, SurveyMap
from tests.program_folder import EXAMPLE, Folder
from workflow.model import PromiseKind
from workflow.promise_rules import Anchor, When


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture(scope="module")
def example() -> Program:
    return Program.load(EXAMPLE)


def shapes(kind: type[Shape] = Shape) -> Iterator[type[BaseModel]]:
    """Yield every table that the admins' files may have."""
    for shape in kind.__subclasses__():
        yield shape
        yield from shapes(shape)


def test_it_explains_every_key_and_column_to_admins() -> None:
    explained = (EXAMPLE.parent / "docs" / "admin.md").read_text()
    known: set[type[BaseModel]] = {*shapes(), SurveyMap, FactSources}
    assert {ProgramShape, Times, Resource, SupporterRow} < known
    keys = {key for shape in known for key in shape.model_fields} | set(PromiseKind)
    assert {key for key in keys if not re.search(rf"\b{key}\b", explained)} == set()


def test_the_example_shows_the_defaults(example: Program) -> None:
    assert example.promises == DEFAULTS


def test_everybody_in_the_example_is_invented() -> None:
    text = "".join((EXAMPLE / file).read_text() for file in FILES)
    hosts, phones = re.findall(r"@([\w.-]+)", text), re.findall(r"\d{3}-\d{3}-\d{4}", text)
    assert [host for host in hosts if not host.endswith("example.org")] == []
    assert [phone for phone in phones if not phone.startswith("860-555-01")] == []


def test_it_finds_nothing_wrong_with_the_example() -> None:
    assert problems_of(EXAMPLE) == []


def test_it_reads_names_and_texts(example: Program) -> None:
    assert example.file.name == "Peer Support at Example Health"
    assert example.file.mail_name == "Care Desk"
    assert example.zone == ZoneInfo("America/New_York")
    assert example.file.crisis.text == "Call or text 988, any time."
    assert (example.file.crisis.phone, example.file.crisis.sms) == ("988", "988")
    assert example.file.emergency_text.startswith("This is not an emergency service")
    assert "\n" not in example.file.legal


def test_it_reads_who_does_what(example: Program) -> None:
    assert example.departments["surgery"].name == "Surgery"
    assert example.departments["surgery"].coordinators == ("priya-nair", "marcus-bell")
    assert example.roles["nurse"].group == "Nursing"
    assert example.file.specialties["critical-care"] == "Critical care"
    assert example.duties.deputies == ("elena-fischer", "david-okafor")
    assert example.duties.outside_person == "ruth-lindqvist"
    assert example.people["marcus-bell"].supervises == ("Operating Rooms",)


def test_it_falls_back_to_the_default_coordinators(example: Program, folder: Folder) -> None:
    assert example.coordinators_of("obstetrics") == ("hannah-oyelaran", "jordan-reyes")
    assert example.coordinators_of("") == ("jordan-reyes", "priya-nair")
    assert example.coordinators_of("unknown") == ("jordan-reyes", "priya-nair")

    folder.change("program.toml", 'coordinators = ["priya-nair", "marcus-bell"]', "")
    assert folder.load().coordinators_of("surgery") == ("jordan-reyes", "priya-nair")


def test_it_finds_everybody_who_can_be_mailed_by_id(example: Program) -> None:
    assert example.person("jordan-reyes") == example.people["jordan-reyes"]
    assert example.person("ring-2") is None
    assert example.person("nobody") is None

    supporter, ring = example.person("nadia-rahman"), example.person("ring-1")
    assert supporter is not None
    assert supporter.email == "n.rahman@mail.example.org"
    assert ring is not None
    assert ring.email == "urgent-pager@example.org"


def test_it_reads_supporters(example: Program) -> None:
    assert len(example.supporters) == 40
    supporter = example.supporters["olivia-grant"]
    assert supporter.supervises == ("Surgery 4 East", "Surgery 4 West")
    assert supporter.capacity == 2
    assert not supporter.text_ok
    assert example.supporters["keiko-tanaka"].checks_mail is ChecksMail.WEEKLY
    assert example.supporters["holly-jensen"].status is SupporterStatus.PAUSED
    assert example.supporters["amara-cole"].languages == ("en", "es")
    assert isinstance(supporter.trained_on, date)


def test_the_example_roster_looks_like_a_real_one(example: Program) -> None:
    roles = [supporter.role for supporter in example.supporters.values()]
    advanced = roles.count("nurse-practitioner") + roles.count("physician-assistant")
    pharmacists = [one for one in example.supporters.values() if one.role == "pharmacist"]
    with_physicians = {
        one.department for one in example.supporters.values() if one.role == "physician"
    }

    assert (roles.count("nurse"), roles.count("physician"), advanced) == (24, 8, 5)
    assert len(pharmacists) == 1
    assert len(with_physicians) >= 2


def test_it_reads_resources_with_opening_hours(example: Program) -> None:
    assert len(example.resources) == 10
    clinic = example.resources["behavioral-health-clinic"]
    saturday = datetime(2026, 11, 28, 10, tzinfo=example.zone)
    assert is_open(clinic, saturday)
    assert not is_open(clinic, saturday.replace(hour=14))
    assert is_open(example.resources["crisis-line"], saturday.replace(hour=3))
    assert not is_open(example.resources["legal-and-financial"], saturday)


def test_it_reads_surveys_by_their_id(example: Program) -> None:
    survey = example.surveys["SV_8peerSupport01"]
    assert survey.accept_from == date(2026, 11, 1)
    assert survey.words("department") == {"emergency", "surgery", "obstetrics", "another"}


def test_it_reads_times(example: Program) -> None:
    assert example.times.undo_window == timedelta(minutes=5)
    assert example.times.forget_after == timedelta(days=30)
    assert example.quiet.begin == time(21)
    assert example.quiet.end == time(7)
    assert example.quiet.zone == example.zone
    assert example.times.tries == 3


def test_the_example_shows_the_default_weights(example: Program, folder: Folder) -> None:
    assert example.matching.weights == Weights()
    written = (folder.path / "program.toml").read_text()
    table = written[written.index("[matching.weights]") : written.index("[times]")]
    folder.change("program.toml", table, "")
    nothing: dict[str, dict[tuple[str, str], float]] = {key: {} for key in example.matching.near}
    guessed = {"role": {"other"}, "specialty": {"other"}, "department": {"another"}}
    assert folder.load().matching == Matching(near=nothing, catch_all=guessed)


@pytest.mark.parametrize(
    ("name", "is_other"),
    [
        *((name, True) for name in ("Other", "Other staff", "Another department", "Elsewhere")),
        *((name, True) for name in ("Clinical staff, other", "Otra especialidad", "OTHER (type)")),
        *((name, False) for name in ("Nurse", "Mother and baby", "Brother house", "")),
    ],
)
def test_it_guesses_which_entries_stand_for_all_others(name: str, is_other: bool) -> None:
    assert says_other(name) is is_other


def test_what_is_said_to_be_similar_is_not_guessed_to_be_anything(folder: Folder) -> None:
    folder.change("program.toml", 'roles = ["other"]\n', "")
    folder.change("program.toml", '"physician", "resident"]', '"physician", "other"]')
    assert folder.load().matching.catch_all["role"] == set()
    folder.change("program.toml", "[matching.catch_all]", '[matching.catch_all]\nroles = ["other"]')
    assert "is similar to something" in str(folder.problems[0])
    folder.change("program.toml", '\nroles = ["other"]', '\nroles = ["nobody"]')
    assert 'matching.catch_all.roles: "nobody" is not one of [roles]' in str(folder.problems[0])


def test_whoever_leads_anything_may_lead_somebody_of_another_department(example: Program) -> None:
    assert example.perhaps_leading("another") == example.perhaps_leading("")
    assert set(example.perhaps_leading("surgery")) < set(example.perhaps_leading("another"))


def test_it_warns_about_an_answer_that_somebody_chose_and_that_counts_as_none(
    folder: Folder,
) -> None:
    folder.change("survey.toml", '"Another department" = "another"', '"Another department" = ""')
    (warning,) = folder.load().warnings
    assert "facts.department.choices.Another department" in warning.place


def test_it_warns_when_another_language_weighs_less_than_the_other_wishes(folder: Folder) -> None:
    folder.change("program.toml", "language = 50", "language = 10")
    (warning,) = folder.load().warnings
    assert warning.place == "matching.weights.language"


def test_it_reads_nearness_in_either_order(example: Program) -> None:
    near = example.matching.likeness
    assert near("role", "nurse-practitioner", "physician-assistant") == 0.8
    assert near("role", "physician-assistant", "nurse-practitioner") == 0.8
    assert near("specialty", "hospital-medicine", "emergency-medicine") == 0.6
    assert near("specialty", "hospital-medicine", "obstetrics-gynecology") == 0
    assert near("role", "nurse", "nurse") == 1
    assert near("role", "nurse", "") is None


def test_a_wish_may_weigh_nothing_but_not_every_wish(folder: Folder) -> None:
    folder.change("program.toml", "site = 6", "site = 0")
    assert folder.load().matching.weights.site == 0
    for wish in ("role = 10", "specialty = 10", "department = 10", "language = 50"):
        folder.change("program.toml", f"\n{wish}", f"\n{wish.partition(' ')[0]} = 0")
    folder.change("program.toml", "\ntimes = 6", "\ntimes = 0")
    assert "lets no wish count" in str(next(p for p in folder.problems if not p.is_warning))


def test_it_warns_about_a_caution_that_weighs_less_than_the_wishes(folder: Folder) -> None:
    folder.change("program.toml", "caution = 100", "caution = 50")
    (warning,) = folder.load().warnings
    assert warning.place == "matching.weights.caution"
    assert "not heavier than all wishes and fairness, 96.5" in str(warning)


def test_it_warns_about_a_site_where_nobody_works(folder: Folder) -> None:
    sites = "{ key = 'QID14', choices = { 1 = 'main campus', 2 = 'Nord Campus' } }"
    folder.change("survey.toml", "[survey.facts]\n", f"[survey.facts]\nwish_site = {sites}\n")
    (warning,) = folder.load().warnings
    assert "facts.wish_site.choices.2" in warning.place
    assert str(warning).endswith('did you mean "North Campus"?')


def test_it_reads_when_supporters_have_time(folder: Folder) -> None:
    header = "id,name,email,role,department,times"
    folder.supporters(header, "kim,Kim,kim@example.org,nurse,surgery,Evening | night")
    assert folder.load().supporters["kim"].times == ("evening", "night")
    folder.supporters(header, "kim,Kim,kim@example.org,nurse,surgery,dawn")
    (problem,) = [p for p in folder.problems if not p.is_warning]
    assert (problem.place, '"morning"' in problem.allowed) == ("line 2, times", True)


def test_it_has_a_rule_for_every_promise(example: Program) -> None:
    assert set(example.promises) == set(PromiseKind)
    contact = example.promises[PromiseKind.CONTACT]
    assert contact.within == timedelta(hours=48)
    assert contact.nudges[1] == When(Anchor.BEFORE_DUE, timedelta(hours=12))
    assert contact.reviewers == When(Anchor.WHEN_DUE)
    assert contact.deputy == When(Anchor.LATE, timedelta(hours=24))


def test_promises_that_are_not_configured_keep_their_defaults(
    example: Program, folder: Folder
) -> None:
    text = (folder.path / "program.toml").read_text()
    before, after = text.index("[promises.review]"), text.index("[times]")
    written = '[promises.offer]\nwithin = "36 hours"\n'
    (folder.path / "program.toml").write_text(text[:before] + written + text[after:])

    changed = folder.load().promises
    assert changed.pop(PromiseKind.OFFER).within == timedelta(hours=36)
    assert changed == {
        kind: rule for kind, rule in example.promises.items() if kind is not PromiseKind.OFFER
    }


def test_promises_may_be_written_in_working_time(folder: Folder) -> None:
    folder.change("program.toml", 'within = "72 hours"', 'within = "24 working hours"')
    folder.change(
        "program.toml",
        'nudges = ["after 24 hours", "after 48 hours"]\ndeputy = "after 60 hours"\n'
        'repeat = "24 hours"',
        'nudges = ["after 1 working day", "4 working hours before", "then every 4 working hours"]\n'
        'deputy = "2 working hours before"',
    )
    folder.change("program.toml", 'within = "5 days"', 'within = "5 working days"')
    folder.change("program.toml", '"2026-12-24" =', '"2026-12-24 to 2026-12-31" =')
    program = folder.load()
    review = program.promises[PromiseKind.REVIEW]
    assert review.within == Working(hours=24)
    assert review.nudges[0] == When(Anchor.AFTER_BEGIN, Working(days=1))
    assert review.repeat == Working(hours=4)
    assert len(program.working.closed_days) == 8
    assert program.working.day_length == timedelta(hours=9)
    assert not program.working.is_working_day(date(2026, 4, 3)), "Good Friday, in Connecticut"
    assert program.working.is_working_day(date(2026, 10, 12)), "Columbus Day, as written"


def test_working_hours_have_a_default(folder: Folder) -> None:
    text = (folder.path / "program.toml").read_text()
    before, after = text.index("[working_hours]"), text.index("# Every promise has")
    (folder.path / "program.toml").write_text(text[:before] + text[after:])
    working = folder.load().working
    assert (working.days, working.opens, working.closes) == ((0, 1, 2, 3, 4), time(8), time(17))


@pytest.mark.parametrize(
    ("country", "subdivision", "place", "part"),
    [
        ("US", "Bavaria", "working_hours.subdivision", "not a part of US"),
        ("US", "ct", "working_hours.subdivision", 'mean "CT"?'),
        ("GB", "CT", "working_hours.subdivision", 'allowed is "ENG", "NIR", "SCT", "WLS"'),
        ("DE", "CT", "working_hours.subdivision", '"BB", "BE"'),
        ("FI", "CT", "working_hours.subdivision", "FI"),
        ("XX", "CT", "country", "two capitals of its ISO code"),
        ("EN", "", "country", "two capitals of its ISO code"),
    ],
)
def test_a_country_and_its_part_must_go_together(
    folder: Folder, country: str, subdivision: str, place: str, part: str
) -> None:
    folder.change("program.toml", 'country = "US"', f'country = "{country}"')
    folder.change("program.toml", 'subdivision = "CT"', f'subdivision = "{subdivision}"')
    (problem,) = [p for p in folder.problems if p.place == place]
    assert not problem.is_warning
    assert part in str(problem)
    # What an older release put in force goes on, with the holidays that are known.
    adopted = Program.from_files({f: (folder.path / f).read_bytes() for f in FILES})
    assert adopted.working.is_working_day(date(2026, 7, 6))


@pytest.mark.parametrize(
    ("old", "new", "place", "part"),
    [
        ('"America/New_York"', '"EST"', "time_zone", "all summer times are an hour off"),
        ('"America/New_York"', '"Etc/GMT+5"', "time_zone", "America/New_York"),
        (
            'end = "07:00"',
            'end = "02:30"',
            "quiet_hours.end",
            "2026-03-08); quiet hours then end at 03:30",
        ),
        ('"Columbus Day"', '"Columbus"', "working_hours.open_on", "you would be closed that day"),
    ],
)
def test_it_warns_what_clocks_and_holidays_will_do(
    folder: Folder, old: str, new: str, place: str, part: str
) -> None:
    folder.change("program.toml", old, new)
    (warning,) = folder.load().warnings
    assert warning.place == place
    assert part in str(warning)


def test_a_zone_that_never_changes_its_clocks_is_fine_where_it_is_a_place(folder: Folder) -> None:
    folder.change("program.toml", '"America/New_York"', '"America/Phoenix"')
    assert folder.load().warnings == ()


def test_a_promise_in_working_time_requires_known_holidays(folder: Folder) -> None:
    place, part = "working_hours.open_on", 'mean "Columbus Day"?'
    folder.change("program.toml", '"Columbus Day"', '"Columbus"')
    assert not [p for p in folder.problems if not p.is_warning]
    folder.change("program.toml", 'within = "5 days"', 'within = "9 working days"')
    folder.change("program.toml", 'deputy = "24 hours before"', 'deputy = "1 working day before"')
    [problem] = [p for p in folder.problems if not p.is_warning]
    assert problem.place == place
    assert part in str(problem)


def test_undo_and_delay_can_be_turned_off(folder: Folder) -> None:
    folder.change("program.toml", 'undo_window = "5 minutes"', 'undo_window = "none"')
    assert folder.load().times.undo_window == timedelta()


def test_the_fingerprint_distinguishes_versions(example: Program, folder: Folder) -> None:
    assert folder.load().fingerprint == example.fingerprint
    folder.change("resources.toml", "(860) 555-0173", "(860) 555-0179")
    assert folder.load().fingerprint != example.fingerprint


def test_it_reads_the_same_from_stored_files(example: Program) -> None:
    files = (*FILES, "training.toml", "texts/es.po")
    stored = {file: (EXAMPLE / file).read_bytes() for file in files}
    assert Program.from_files(stored) == example

    del stored["survey.toml"]
    with pytest.raises(ProgramError, match=r"survey\.toml: is missing"):
        Program.from_files(stored)
