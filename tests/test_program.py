"""The program: the example is right, and every mistake is named with its place, all at once."""

import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from lib.working_time import Working
from matching.weights import Matching, Weights
from people.supporters import ChecksMail, SupporterStatus
from program import Problem, Program, ProgramError, problems_of
from program.entries import is_open
from program.files import FILES
from program.promises import DEFAULTS
from program.roster import SupporterRow
from program.shapes import ProgramShape, Resource, Shape, Times
from qualtrics.survey import FactSources, SurveyMap
from workflow.model import PromiseKind
from workflow.promise_rules import Anchor, When

EXAMPLE = Path(__file__).parent.parent / "config.example"
TWO_STRETCHES = '2026-07-01 to 2026-07-24" = "Away"\n"2026-07-25 to 2026-08-16'
HEADER = (EXAMPLE / "supporters.csv").read_text().splitlines()[0]


class Folder:
    """A copy of the example that a test may spoil."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for file in FILES:
            shutil.copy(EXAMPLE / file, path / file)

    def change(self, file: str, old: str, new: str) -> None:
        """Replace what stands in the file exactly as given; a test that changes nothing fails."""
        text = (self.path / file).read_text()
        assert old in text
        (self.path / file).write_text(text.replace(old, new, 1))

    def supporters(self, *lines: str, encoding: str = "utf-8") -> None:
        (self.path / "supporters.csv").write_bytes("\n".join(lines).encode(encoding))

    @property
    def problems(self) -> list[Problem]:
        return problems_of(self.path)

    def load(self) -> Program:
        return Program.load(self.path)


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


def test_it_shows_the_defaults_in_the_example(example: Program) -> None:
    assert example.promises == DEFAULTS


def test_it_invents_everybody_in_the_example() -> None:
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


def test_it_has_an_example_roster_as_programs_have_it(example: Program) -> None:
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
    assert survey.words("department") == {"emergency", "surgery", "obstetrics"}


def test_it_reads_times(example: Program) -> None:
    assert example.times.undo_window == timedelta(minutes=5)
    assert example.times.forget_after == timedelta(days=30)
    assert example.quiet.begin == time(21)
    assert example.quiet.end == time(7)
    assert example.quiet.zone == example.zone
    assert example.times.tries == 3


def test_it_shows_the_weights_in_the_example_that_hold_without_it(
    example: Program, folder: Folder
) -> None:
    assert example.matching.weights == Weights()
    written = (folder.path / "program.toml").read_text()
    table = written[written.index("[matching.weights]") : written.index("[times]")]
    folder.change("program.toml", table, "")
    assert folder.load().matching == Matching(near={key: {} for key in example.matching.near})


def test_it_reads_what_is_near_in_either_order(example: Program) -> None:
    near = example.matching.likeness
    assert near("role", "nurse-practitioner", "physician-assistant") == 0.8
    assert near("role", "physician-assistant", "nurse-practitioner") == 0.8
    assert near("specialty", "hospital-medicine", "emergency-medicine") == 0.6
    assert near("specialty", "hospital-medicine", "obstetrics-gynecology") == 0
    assert near("role", "nurse", "nurse") == 1
    assert near("role", "nurse", "") is None


def test_wishes_that_count_nothing_are_no_wishes(folder: Folder) -> None:
    folder.change("program.toml", "site = 6", "site = 0")
    assert folder.load().matching.weights.site == 0
    for wish in ("role", "specialty", "department", "language"):
        folder.change("program.toml", f"\n{wish} = 10", f"\n{wish} = 0")
    folder.change("program.toml", "\ntimes = 6", "\ntimes = 0")
    assert "lets no wish count" in str(next(p for p in folder.problems if not p.is_warning))


def test_it_warns_of_a_caution_that_is_lighter_than_the_wishes(folder: Folder) -> None:
    folder.change("program.toml", "caution = 100", "caution = 50")
    (warning,) = folder.load().warnings
    assert warning.place == "matching.weights.caution"
    assert "not heavier than all wishes and fairness, 56.5" in str(warning)


def test_it_warns_of_a_site_where_nobody_works(folder: Folder) -> None:
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


def test_it_keeps_the_usual_promises_where_nothing_is_written(
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
    ("old", "new", "place", "part"),
    [
        ('"CT"', '"Bavaria"', "working_hours.subdivision", "no part of US"),
        ('"Columbus Day"', '"Columbus"', "working_hours.open_on", 'mean "Columbus Day"?'),
        ('country = "US"', 'country = "XX"', "country", "no public holidays"),
    ],
)
def test_holidays_must_be_known_once_a_promise_counts_on_them(
    folder: Folder, old: str, new: str, place: str, part: str
) -> None:
    folder.change("program.toml", old, new)
    assert not [p for p in folder.problems if not p.is_warning]
    folder.change("program.toml", 'within = "5 days"', 'within = "9 working days"')
    folder.change("program.toml", 'deputy = "24 hours before"', 'deputy = "1 working day before"')
    [problem] = [p for p in folder.problems if not p.is_warning]
    assert problem.place == place
    assert part in str(problem)


def test_it_can_do_without_undo_and_delay(folder: Folder) -> None:
    folder.change("program.toml", 'undo_window = "5 minutes"', 'undo_window = "none"')
    assert folder.load().times.undo_window == timedelta()


def test_it_tells_versions_apart_by_their_fingerprint(example: Program, folder: Folder) -> None:
    assert folder.load().fingerprint == example.fingerprint
    folder.change("resources.toml", "860-555-0173", "860-555-0179")
    assert folder.load().fingerprint != example.fingerprint


def test_it_reads_the_same_from_stored_files(example: Program) -> None:
    stored = {file: (EXAMPLE / file).read_bytes() for file in FILES}
    assert Program.from_files(stored) == example

    del stored["survey.toml"]
    with pytest.raises(ProgramError, match=r"survey\.toml: is missing"):
        Program.from_files(stored)


def test_it_names_everything_that_is_wrong_at_once(folder: Folder) -> None:
    folder.change("program.toml", "jordan.reyes@example.org", "jordan.reyes")
    folder.change("program.toml", '"elena-fischer", "david-okafor"', '"elena-fischer"')
    folder.change("program.toml", '["hannah-oyelaran"', '["hanna-oyelaran"')
    folder.change("survey.toml", '2 = "surgery"', '2 = "surgry"')
    folder.change("supporters.csv", ",nurse,emergency-medicine", ",nurze,emergency-medicine")
    folder.change("supporters.csv", "Olivia Grant", "")
    (folder.path / "resources.toml").unlink()

    with pytest.raises(ProgramError) as refused:
        folder.load()

    errors = {(problem.file, problem.place) for problem in refused.value.problems}
    assert errors == {
        ("program.toml", "people.jordan-reyes.email"),
        ("program.toml", "duties.deputies"),
        ("program.toml", "departments.obstetrics.coordinators"),
        ("survey.toml", "survey SV_8peerSupport01, facts.department.choices.2"),
        ("supporters.csv", "line 2, role"),
        ("supporters.csv", "line 16, name"),
        ("resources.toml", ""),
    }
    assert len(str(refused.value).splitlines()) == len(refused.value.problems)


# Each of these spoils the example in one place: file, what stands there, what is written instead;
# then the place that is named and a part of the sentence.
MISTAKES = [
    ("program.toml", 'name = "Peer', 'nam = "Peer', "nam", 'did you mean "name"?'),
    ("program.toml", 'mail_name = "Care Desk"', "mail_name = 7", "mail_name", "in quotes"),
    ("program.toml", '= "Care Desk"\n\n', '= "Care\\u0000"\n', "mail_name", "invisible"),
    ("program.toml", '= "Care Desk"\n\n', '= "=?UTF-8?="\n', "mail_name", "misread"),
    ("program.toml", "America/New_York", "America/NewYork", "time_zone", '"America/New_York"'),
    ("program.toml", 'country = "US"', 'country = "usa"', "country", "two capitals"),
    ("program.toml", '"860-555-0101"', '"1-OFFICE"', "people.jordan-reyes.phone", "0101"),
    ("program.toml", "[people.sam-whitaker]", "[people.Sam_W]", "people.Sam_W", "small letters"),
    ("program.toml", "[people.sam-whitaker]", "[people.ring-1]", "people.ring-1", "itself"),
    ("program.toml", '["sam-whitaker"]', "[]", "duties.admins", "names nobody"),
    ("program.toml", '["jordan-reyes", "priya-nair"]\n# Are', "[]\n#", "duties.default", "nobody"),
    ("program.toml", '"sam-whitaker"', '"amara-cole"', "duties.admins", "not an id of [people]"),
    ("program.toml", '"david-okafor"]', '"elena-fischer"]', "duties.deputies", "two different"),
    ("program.toml", '"ruth-lindqvist"', '"priya-nair"', "duties.outside_person", "deputy too"),
    ("program.toml", "ruth.lindqvist@", "Elena.Fischer@", "duties.outside_person", "deputy too"),
    ("program.toml", "priya.nair@", "Jordan.Reyes@", "people.priya-nair.email", "jordan-reyes too"),
    ("program.toml", 'ring = ["urgent', 'ring = ["urgent pager', "urgent.ring (no. 1)", "address"),
    ("program.toml", '"21:00"', '"9 pm"', "quiet_hours.begin", "time of day"),
    ("program.toml", 'begin = "21:00"', 'begin = "08:00"', "quiet_hours", "swapped"),
    ("program.toml", '"72 hours"\nnudges', '"3 d"\nnudges', "promises.review.within", '"3 d"'),
    ("program.toml", '"after 60 hours"', '"in time"', "promises.review.deputy", "when due"),
    ("program.toml", '"after 60 hours"', '"after 80 hours"', "promises.review.deputy", "late"),
    ("program.toml", '"after 60 hours"', '"after 12 hours"', "promises.review.deputy", "first"),
    ("program.toml", '"12 hours before"]\nr', '"50 hours before"]\nr', "promises.con", "begun"),
    ("program.toml", "[promises.tell]", "[promises.tel]", "promises.tel", 'did you mean "tell"?'),
    ("program.toml", 'repeat = "15 minutes"', 'repeat = "1 minute"', "urgent.repeat", "often"),
    ("program.toml", '["when due"]\nrepeat = "1', '[]\nrepeat = "1', "promises.urgent", "one mom"),
    ("program.toml", 'within = "5 days"', 'within = "2 days"', "first_contact", "after the"),
    ("program.toml", '"2026-12-24" =', '"soon" =', "closed_days", "is not a day"),
    ("program.toml", '2026-12-24" =', '2026-12-24 to 2026-12-01" =', "closed_days", "earlier"),
    ("program.toml", '2026-12-24" =', '2026-01-01 to 2026-12-31" =', "closed_days", "month"),
    ("program.toml", '2026-12-24" =', f'{TWO_STRETCHES}" =', "closed_days", "more than a month"),
    ("program.toml", 'opens = "08:00"', 'opens = "17:00"', "working_hours", "closes before"),
    ("program.toml", '"Mon-Fri"', '"never"', "working_hours.days", "does not name weekdays"),
    ("program.toml", '"after 60 hours"', '"after 60 working hours"', "review.deputy", "not always"),
    ("program.toml", '"after 60 hours"', '"70 working hours before"', "review.deputy", "sometimes"),
    ("program.toml", 'within = "72 hours"', 'within = "8 working hours"', "review.nudges", "due"),
    ("program.toml", 'within = "5 days"', 'within = "2 working days"', "first_contact", "longer"),
    ("program.toml", 'within = "1 hour"', 'within = "1 working hour"', "promises.call", "urgent"),
    (
        "program.toml",
        'within = "14 days"',
        'within = "25 working days"',
        "link_life",
        "promises.conversation.within",
    ),
    ("program.toml", '48 hours"]\ndep', '48 hours", "then daily"]\ndep', "review", "says twice"),
    ("program.toml", '["after 12 hours", "when', '["then daily", "when', "again.nudges", "moment"),
    (
        "program.toml",
        '["after 12 hours"]\nch',
        '["after 12 hours", "then hourly"]\nch',
        "promises.offer.nudges (no. 2)",
        '"then weekly" or "then every 4 hours"',
    ),
    ("program.toml", '= "4 days", w', '= "4 hours", w', "checks_mail.twice a week", "shorter"),
    ("program.toml", '"twice a week" =', '"daily" =', "offer.checks_mail.daily", "take it out"),
    ("program.toml", '"twice a week" =', '"hourly" =', "offer.checks_mail", "not a key"),
    (
        "program.toml",
        'within = "1 hour"',
        'checks_mail = {weekly = "8 days"}',
        "call.ch",
        "for offer",
    ),
    ("program.toml", 'life = "30 days"', 'life = "14 days"', "times.link_life", "outlive"),
    ("program.toml", 'after = "30 days"', 'after = "1 hour"', "times.forget_after", "1 day"),
    ("program.toml", 'undo_window = "5 minutes"', 'undo_window = "2 days"', "times.undo", "wait"),
    ("program.toml", "tries = 3", "tries = 0", "times.tries", "1 to 10"),
    ("program.toml", 'sms = "988"', 'sms = "text 988"', "crisis.sms", 'write it like "988"'),
    ("program.toml", 'phone = "988"', 'phone = "91"', "crisis.phone", "not a number to dial"),
    ("program.toml", "role = 10", "role = -1", "matching.weights.role", "from 0 to 1000"),
    ("program.toml", "role = 10", 'role = "10"', "matching.weights.role", "is not a weight"),
    ("program.toml", "role = 10", "roles = 10", "matching.weights.roles", 'did you mean "role"?'),
    ("program.toml", "role = 10", "role = 8", "matching.weights.recent", "must stay under 4"),
    ("program.toml", "rest = 1", "rest = 2", "matching.weights.recent", "must stay under 5"),
    ("program.toml", ", near = 0.8", ", near = 8", "similar.roles (no. 1).near", "like 0.8"),
    ("program.toml", '"resident"]', '"residnt"]', "roles (no. 2).ids", 'did you mean "resident"?'),
    ("program.toml", '"resident"]', '"physician"]', "roles (no. 2).ids", "different ids"),
    (
        "program.toml",
        "departments = []",
        'departments = [{ ids = ["er", "surgery"], near = 0.5 }]',
        "similar.departments (no. 1).ids",
        '"emergency"',
    ),
    ("program.toml", 'mail_name = "', "mail_name = “", "line 20", "straight quotes"),
    ("survey.toml", '"QID4"\n', '"QID4"\n[', "line", "cannot be understood"),
    ("survey.toml", "2026-11-01", '"soon"', "survey (no. 1).accept_from", "2026-11-01"),
    ("survey.toml", "accept_from = 2026-11-01", "", "survey (no. 1).accept_from", "is missing"),
    ("survey.toml", "SV_8peerSupport01", "8peer", "survey (no. 1).id", "form"),
    ("survey.toml", 'st" = "pharmacist"', 'st" = "chemist"', "role.choices", "chemist"),
    ("survey.toml", '5 = "critical-care"', '5 = "critical"', "specialty.choices.5", "-care"),
    ("survey.toml", "wish_specialty]", "wish_speciality]", "facts.wish_spec", "did you mean"),
    ("resources.toml", 'kind = "Ombuds"', "", "resources.ombuds.kind", "is missing"),
    ("resources.toml", '"16:00"', '"08:00"', "resources.ombuds.hours (no. 1)", "two stretches"),
    ("resources.toml", '"Mon-Thu"', '"workdays"', "resources.ombuds.hours (no. 1).days", "Mon-Fri"),
    ("resources.toml", "https://ombuds", "javascript:ombuds", "resources.ombuds.link", "https://"),
    ("resources.toml", "always_open = true", "always_open = 3", "crisis-line", "true or"),
    ("resources.toml", 'xt = "Monday to Thursday, 9 am to 4 pm"', 'xt = ""', "ombuds", "in words"),
    ("resources.toml", ".ombuds]", ".ombuds]\nalways_open = true", "ombuds", "one of the two"),
    ("supporters.csv", ",capacity,", ",capcity,", "line 1", 'did you mean "capacity"?'),
    ("supporters.csv", "id,name,", "id,name,name,", "line 1", "twice"),
    ("supporters.csv", "id,name,", "key,name,", "line 1", '"id" is missing'),
    ("supporters.csv", "860-555-0110", "8.60555E+09", "line 2, phone", "format the column as text"),
    ("supporters.csv", "860-555-0110", "-1514", "line 2, phone", "is not a phone number"),
    ("supporters.csv", "amara.cole@", "amara.cole", "line 2, email", "not an e-mail address"),
    ("supporters.csv", "beth.lindgren@", "Amara.Cole@", "line 3, email", "line 2"),
    ("supporters.csv", "beth-lindgren", "amara-cole", "line 3, id", "line 2"),
    ("supporters.csv", "beth-lindgren", "priya-nair", "line 3, id", "program.toml"),
    ("supporters.csv", "beth-lindgren", "Beth", "line 3, id", "small letters"),
    ("supporters.csv", ",emergency-medicine,emergency,", ",,er,", "line 2, department", '"er"'),
    ("supporters.csv", ",critical-care,", ",critical,", "line 10, specialty", '"critical"'),
    ("supporters.csv", ",en | es,", ",Spanish and English,", "line 2, languages", "language code"),
    ("supporters.csv", ",2,", ",11,", "line 3, capacity", "1 to 10"),
    ("supporters.csv", ",2,", ",two,", "line 3, capacity", "1 to 10"),
    ("supporters.csv", ",2027-10-14,", ",10/14/2027,", "line 2, refresher_due", "2026-03-31"),
    ("supporters.csv", ",2027-10-14,", ",2024-10-14,", "line 2", "not after trained_on"),
    ("supporters.csv", ",paused", ",on leave", "line 9, status", '"paused"'),
    ("supporters.csv", ",yes,daily,", ",maybe,daily,", "line 2, text_ok", "yes or no"),
    ("supporters.csv", "860-555-0110,yes", ",yes", "line 2", "without a phone"),
    ("supporters.csv", ",daily,", ",hourly,", "line 2, checks_mail", '"twice a week"'),
    ("supporters.csv", ",Amara Cole,", ",Cole, Amara,", "line 2", "put quotes around"),
    ("supporters.csv", ",Amara Cole,", ',"Amara Cole,', "line 2", "close the quotation mark"),
]


@pytest.mark.parametrize(("file", "old", "new", "place", "part"), MISTAKES)
def test_it_says_where_a_mistake_is_and_what_is_allowed(
    folder: Folder, file: str, old: str, new: str, place: str, part: str
) -> None:
    folder.change(file, old, new)

    errors = [problem for problem in folder.problems if not problem.is_warning]
    assert any(
        problem.file == file and place in problem.place and part in str(problem)
        for problem in errors
    ), "\n".join(map(str, errors))
    with pytest.raises(ProgramError):
        folder.load()


def test_it_does_not_call_a_whole_roster_wrong_when_a_table_is_missing(folder: Folder) -> None:
    folder.change("program.toml", "[roles]", "[rolls]")
    assert [str(problem) for problem in folder.problems if "rol" in problem.place] == [
        "program.toml, roles: is missing; add it.",
        'program.toml, rolls: is not a key that we know; did you mean "roles"?',
    ]


def test_it_says_one_clear_sentence() -> None:
    problem = Problem("supporters.csv", "line 7, role", '"nurze" is not known', "did you mean so?")
    assert str(problem) == 'supporters.csv, line 7, role: "nurze" is not known; did you mean so?'
    assert str(Problem("survey.toml", "", "is missing")) == "survey.toml: is missing."


def test_it_warns_without_refusing(folder: Folder) -> None:
    folder.change("program.toml", 'mail_name = "Care Desk"', 'mail_name = "Peer Support"')
    folder.change("program.toml", '"priya-nair", "marcus-bell"', '"priya-nair"')
    folder.change("program.toml", '["elena-fischer", "david-', '["hannah-oyelaran", "david-')

    warnings = folder.load().warnings
    assert all(warning.is_warning for warning in warnings)
    assert {warning.place for warning in warnings} == {
        "mail_name",
        "departments.surgery.coordinators",
        "people.marcus-bell",
        "people.elena-fischer",
        "duties.deputies",
    }


def test_it_warns_of_one_address_with_two_names(folder: Folder) -> None:
    folder.change("supporters.csv", "amara.cole@example.org", "Jordan.Reyes@example.org")
    (warning,) = folder.load().warnings
    assert str(warning) == (
        'supporters.csv, line 2, name: "Amara Cole" has the address of people.jordan-reyes,'
        ' "Jordan Reyes"; write the name alike if it is one person, else correct the address.'
    )
    folder.change("supporters.csv", "Amara Cole", "jordan reyes")
    assert folder.load().warnings == ()


def test_it_says_when_there_is_no_folder_at_all(tmp_path: Path) -> None:
    missing = problems_of(tmp_path / "nowhere")
    assert [problem.file for problem in missing] == list(FILES)
    assert all("config.example" in problem.allowed for problem in missing)


def test_it_says_so_when_toml_is_not_utf8(folder: Folder) -> None:
    content = (EXAMPLE / "program.toml").read_text().replace("Jordan Reyes", "Jordán Reyes")
    (folder.path / "program.toml").write_bytes(content.encode("cp1252"))
    (problem,) = folder.problems
    assert "save the file as UTF-8" in str(problem)
    assert content.splitlines()[int(problem.place.removeprefix("line ")) - 1].startswith("name = ")


def test_it_takes_files_that_notepad_saved(example: Program, folder: Folder) -> None:
    for file in FILES:
        text = (EXAMPLE / file).read_text().replace("\n", "\r\n")
        (folder.path / file).write_bytes(text.encode("utf-8-sig"))
    assert folder.load().supporters == example.supporters


MINIMAL = "id,name,email,role,department"
ANNE = "anne-bjork,Anne Björk,anne@example.org,nurse,surgery"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_it_takes_the_roster_however_a_spreadsheet_saved_it(
    folder: Folder, encoding: str, delimiter: str
) -> None:
    lines = [MINIMAL.replace(",", delimiter), ANNE.replace(",", delimiter)]
    folder.supporters(*lines, encoding=encoding)
    assert folder.load().supporters["anne-bjork"].name == "Anne Björk"


def test_it_does_not_mind_empty_rows_and_how_headers_are_written(folder: Folder) -> None:
    folder.supporters(
        "sep=;",
        "ID; Name ;E-mail;Role;DEPARTMENT;Notify Email;;".replace("E-mail", "email"),
        ";;;;;;;",
        "anne-bjork; Anne  Björk ;anne@example.org;nurse;surgery;a@example.org;;",
        ";;;;;;;",
        "",
        "",
    )
    supporter = folder.load().supporters["anne-bjork"]
    assert supporter.name == "Anne Björk"
    assert supporter.notify_email == "a@example.org"


def test_it_counts_lines_as_the_editor_does(folder: Folder) -> None:
    folder.supporters("sep=,", MINIMAL, "", ANNE, ANNE.replace("anne", "x").replace("nurse", "y"))
    assert [problem.place for problem in folder.problems] == ["line 5, role"]


@pytest.mark.parametrize(
    ("lines", "part"),
    [
        ([], "is empty"),
        ([HEADER], "no active supporter"),
        ([HEADER + ",status2"], '"status2" is not a column'),
        ([MINIMAL, ANNE, "only-an-id"], "line 3, name: is missing"),
        (["x" * 200_000], "cannot be read as a table"),
    ],
)
def test_it_says_what_is_wrong_with_the_table_itself(
    folder: Folder, lines: list[str], part: str
) -> None:
    folder.supporters(*lines)
    assert part in "\n".join(map(str, folder.problems))


AMARA = (EXAMPLE / "supporters.csv").read_text().splitlines()[1].split(",")


@pytest.mark.parametrize("lost", range(len(AMARA) - 1))
def test_it_says_one_sentence_when_a_cell_is_lost(folder: Folder, lost: int) -> None:
    roster = (EXAMPLE / "supporters.csv").read_text()
    cut = ",".join([*AMARA[:lost], *AMARA[lost + 1 :]])
    folder.supporters(*roster.replace(",".join(AMARA), cut).splitlines())
    (problem,) = folder.problems
    assert str(problem) == (
        "supporters.csv, line 2: has 17 cells, the header has 18;"
        " put in the one that is missing, also when empty."
    )


def test_cells_that_are_left_out_at_the_end_are_no_mistake(folder: Folder) -> None:
    header = f"{HEADER},away_from,away_until,times"
    folder.supporters(header, ",".join(AMARA))
    assert folder.load().supporters["amara-cole"].capacity == 1
    folder.supporters(header, ",".join(AMARA).replace("860-555-0110", "8.60555E+09"))
    (problem,) = folder.problems
    assert problem.place == "line 2, phone", "what is wrong with the cell, not how many there are"


@pytest.mark.parametrize("file", FILES)
def test_it_answers_with_problems_whatever_line_is_lost_or_cut(folder: Folder, file: str) -> None:
    """Somebody's unlucky edit must end in sentences, never in a traceback."""
    lines = (EXAMPLE / file).read_text().splitlines()
    for number in range(0, len(lines), 3):
        lost = [*lines[:number], *lines[number + 1 :]]
        cut = [*lines[:number], lines[number][: len(lines[number]) // 2]]
        for spoiled in (lost, cut):
            (folder.path / file).write_text("\n".join(spoiled))
            assert all(str(problem) for problem in folder.problems)


@pytest.mark.parametrize(
    "value", ["1", "true", "2026-01-01", "[]", "[1]", "[[]]", "{}", "{ a = 1 }", '""', '"; {x}"']
)
def test_it_answers_with_problems_whatever_type_a_value_has(folder: Folder, value: str) -> None:
    for file in (file for file in FILES if file.endswith(".toml")):
        original = (EXAMPLE / file).read_text()
        keys = [line for line in original.splitlines() if " = " in line and line[0].isalpha()]
        for line in keys[::5]:
            key = line.partition(" = ")[0]
            (folder.path / file).write_text(original.replace(line, f"{key} = {value}", 1))
            assert all(str(problem) for problem in folder.problems)
        (folder.path / file).write_text(original)


# As Excel, LibreOffice and Numbers leave it

MINIMAL_DATES = f"{MINIMAL},phone,text_ok,unit,capacity,trained_on"
BO = "bo-lee,Bo Lee,bo@example.org,nurse,surgery"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (f"{MINIMAL}\r\n{BO}\r\n".encode("utf-8-sig"), "Excel, CSV UTF-8"),
        (f"{MINIMAL}\r\n{BO}\r\n".replace(",", ";").encode("cp1252"), "Excel, CSV, in Europe"),
        (f"{MINIMAL}\r\n{BO}\r\n".replace(",", "\t").encode("utf-16"), "Excel, Unicode text"),
        (f"{MINIMAL}\r{BO}\r".encode(), "Excel, CSV (Macintosh)"),
        (f"sep=;\r\n{MINIMAL}\r\n{BO}\r\n".replace(",", ";").encode("utf-8-sig"), "with a hint"),
        (f"sep=,\r{MINIMAL}\r{BO}\r".encode(), "with a hint, Macintosh"),
        (f'"sep=;"\n{MINIMAL}\n{BO}\n'.replace(",", ";").encode(), "with a quoted hint"),
        (f'"{MINIMAL}"\n"{BO}"\n'.replace(",", '","').encode(), "LibreOffice, all cells quoted"),
        (f"{MINIMAL};;;\n{BO};;;\n;;;;;;;\n;;;;;;;\n".replace(",", ";").encode(), "empty cells"),
        (f"{MINIMAL},,\n{BO},,\n,,,,,,\n\n\n".encode(), "Numbers, empty rows and columns"),
        (f"{MINIMAL}\n{BO.replace(',', ' ,')}\u00a0\n".encode(), "spaces that nobody sees"),
        (f"\u00a0{MINIMAL}\n\u00a0{BO}\n".encode("cp1252"), "the same in Windows-1252"),
        (f"\ufeff\ufeff{MINIMAL}\n{BO}\n".encode(), "two byte order marks"),
    ],
)
def test_it_takes_the_bytes_that_spreadsheet_programs_write(
    folder: Folder, content: bytes, why: str
) -> None:
    (folder.path / "supporters.csv").write_bytes(content)
    assert folder.load().supporters.keys() == {"bo-lee"}, why
    assert folder.load().supporters["bo-lee"].department == "surgery"


@pytest.mark.parametrize(("word", "expected"), [("TRUE", True), ("False", False), ("YES", True)])
def test_it_takes_a_ticked_box_for_yes(folder: Folder, word: str, expected: bool) -> None:
    folder.supporters(MINIMAL_DATES, f"{BO},860-555-0155,{word},,1,2026-03-31")
    assert folder.load().supporters["bo-lee"].text_ok is expected


@pytest.mark.parametrize(
    ("column", "cell", "how"),
    [
        ("phone", "8.60555E+09", "a phone number that a spreadsheet program has damaged; format"),
        ("phone", '"8,60555E+09"', "a phone number that a spreadsheet program has damaged; format"),
        ("phone", "8605550101.0", "a phone number that a spreadsheet program has damaged; format"),
        ("phone", '"8605550101,00"', "a phone number that a spreadsheet program has damaged"),
        ("phone", "##########", "when a column is too narrow; widen it"),
        ("trained_on", "3/31/2026", "in the order that a spreadsheet program likes; format"),
        ("trained_on", "31.03.2026", "enter it again like 2026-03-31"),
        ("trained_on", "31-Mar-26", "enter it again like 2026-03-31"),
        ("trained_on", "2026-03-31 00:00:00", "enter it again like 2026-03-31"),
        ("trained_on", "46112", "by which a spreadsheet program keeps a date"),
        ("trained_on", "46112.0", "(perhaps 2026-03-31)"),
        ("trained_on", "########", "when a column is too narrow; widen it"),
        ("trained_on", "in spring", "is not a date; write it like 2026-03-31"),
        ("capacity", "2.0", "what a spreadsheet program has made of a number; format"),
        ("capacity", '"2,00"', "what a spreadsheet program has made of a number; format"),
        ("unit", "5.00E+02", "what a spreadsheet program has made of a number; format"),
        ("unit", "#NAME?", "the error of a formula"),
        ("unit", "#N/A", "the error of a formula"),
        ("unit", "Err:502", "the error of a formula"),
        ("unit", "=A1&B1", "is a formula"),
    ],
)
def test_it_says_how_a_spreadsheet_program_damaged_a_value(
    folder: Folder, column: str, cell: str, how: str
) -> None:
    usual = {"phone": "", "text_ok": "no", "unit": "", "capacity": "1", "trained_on": ""}
    cells = usual | {column: cell}
    folder.supporters(MINIMAL_DATES, f"{BO},{','.join(cells.values())}")
    (problem,) = folder.problems
    assert problem.place == f"line 2, {column}"
    assert how in str(problem)


def test_a_unit_may_be_called_as_it_is(folder: Folder) -> None:
    for unit in ("5E2", "#4", "#NORTH", "4.1", "7 West", "12-14"):
        folder.supporters(MINIMAL_DATES, f"{BO},,no,{unit},1,")
        assert folder.load().supporters["bo-lee"].unit == unit


@pytest.mark.parametrize("begin", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_it_knows_a_workbook_that_was_only_renamed(folder: Folder, begin: bytes) -> None:
    (folder.path / "supporters.csv").write_bytes(begin + bytes(range(256)) * 20)
    first = str(folder.problems[0])
    assert "is a workbook of a spreadsheet program" in first
    assert "CSV UTF-8" in first
