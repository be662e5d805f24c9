"""Mistakes in the admins' files: all are named at once, each with its place."""

from pathlib import Path

import pytest

from program import Problem, Program, ProgramError, problems_of
from program.files import FILES
from tests.program_folder import EXAMPLE, Folder

TWO_STRETCHES = '2026-07-01 to 2026-07-24" = "Away"\n"2026-07-25 to 2026-08-16'
PLACE = "intake@assistance.example.org"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture(scope="module")
def example() -> Program:
    return Program.load(EXAMPLE)


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
    (
        "program.toml",
        '"hannah-oyelaran"]\ndep',
        '"hanna"]\ndep',
        "units.labor-and-delivery.led_by",
        "neither an id of [people]",
    ),
    (
        "program.toml",
        'department = "surgery"',
        'department = "surgary"',
        "units.operating-rooms.department",
        'did you mean "surgery"?',
    ),
    (
        "program.toml",
        '"ER", "Emer',
        '"or", "Emer',
        "units.emergency-department",
        "a name of units.operating-rooms",
    ),
    (
        "program.toml",
        '"ER", "Emer',
        '"-", "Emer',
        "units.emergency-department.also",
        "is not the name of a unit",
    ),
    ("program.toml", 'name = "Peer', 'nam = "Peer', "nam", 'did you mean "name"?'),
    ("program.toml", 'mail_name = "Care Desk"', "mail_name = 7", "mail_name", "in quotes"),
    ("program.toml", '= "Care Desk"\n\n', '= "Care\\u0000"\n', "mail_name", "invisible"),
    ("program.toml", '= "Care Desk"\n\n', '= "=?UTF-8?="\n', "mail_name", "misread"),
    ("program.toml", "America/New_York", "America/NewYork", "time_zone", '"America/New_York"'),
    ("program.toml", "America/New_York", "right/UTC", "time_zone", "not a time zone"),
    ("program.toml", "America/New_York", "../UTC", "time_zone", "not a time zone"),
    ("program.toml", "America/New_York", "America", "time_zone", "not a time zone"),
    ("program.toml", 'country = "US"', 'country = "usa"', "country", "two capitals"),
    ("program.toml", '"860-555-0101"', '"1-OFFICE"', "people.jordan-reyes.phone", "0101"),
    (
        "program.toml",
        "[people.sam-whitaker]",
        "[people.Sam_W]",
        "people.Sam_W",
        "lowercase letters",
    ),
    ("program.toml", "[people.sam-whitaker]", "[people.ring-1]", "people.ring-1", "itself"),
    ("program.toml", "[people.sam-whitaker]", "[people.server]", "people.server", "itself"),
    ("program.toml", '["sam-whitaker"]', "[]", "duties.admins", "names nobody"),
    ("program.toml", '["jordan-reyes", "priya-nair"]\n# Are', "[]\n#", "duties.default", "nobody"),
    ("program.toml", '"sam-whitaker"', '"amara-cole"', "duties.admins", "not an id of [people]"),
    ("program.toml", '"david-okafor"]', '"elena-fischer"]', "duties.deputies", "two different"),
    (
        "program.toml",
        '"ruth-lindqvist"',
        '"priya-nair"',
        "duties.outside_person",
        "also a coordinator or deputy",
    ),
    (
        "program.toml",
        "ruth.lindqvist@",
        "Elena.Fischer@",
        "duties.outside_person",
        "also a coordinator or deputy",
    ),
    (
        "program.toml",
        "priya.nair@",
        "Jordan.Reyes@",
        "people.priya-nair.email",
        "also the address of jordan-reyes",
    ),
    ("program.toml", 'ring = ["urgent', 'ring = ["urgent pager', "urgent.ring (no. 1)", "address"),
    ("program.toml", '"21:00"', '"9 pm"', "quiet_hours.begin", "time of day"),
    ("program.toml", 'begin = "21:00"', 'begin = "08:00"', "quiet_hours", "swapped"),
    ("program.toml", '"72 hours"\nnudges', '"3 d"\nnudges', "promises.review.within", '"3 d"'),
    ("program.toml", '"after 60 hours"', '"in time"', "promises.review.deputy", "when due"),
    ("program.toml", '"after 60 hours"', '"after 80 hours"', "promises.review.deputy", "late"),
    ("program.toml", '"after 60 hours"', '"after 12 hours"', "promises.review.deputy", "first"),
    (
        "program.toml",
        '"12 hours before"]\nr',
        '"50 hours before"]\nr',
        "promises.con",
        "before the promise begins",
    ),
    ("program.toml", "[promises.tell]", "[promises.tel]", "promises.tel", 'did you mean "tell"?'),
    ("program.toml", 'repeat = "4 hours"', 'repeat = "1 minute"', "urgent.repeat", "often"),
    (
        "program.toml",
        '["when due"]\nreviewers = "24',
        '[]\nreviewers = "24',
        "try_again",
        "one mom",
    ),
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
    ("program.toml", 'life = "14 days"', 'life = "13 days"', "times.link_life", "conversation"),
    ("program.toml", 'after = "30 days"', 'after = "1 hour"', "times.forget_after", "1 day"),
    (
        "program.toml",
        'removal_grace = "30 minutes"',
        'removal_grace = "2 days"',
        "times.removal",
        "1 day",
    ),
    ("survey.toml", '# owner = "jor', 'owner = "jorr', "SV_8peerSupport01, owner", "jordan-reyes"),
    (
        "survey.toml",
        "qualtrics = false",
        'qualtrics = "yes"',
        "delete_in_qualtrics",
        "true or false",
    ),
    ("program.toml", 'undo_window = "5 minutes"', 'undo_window = "2 days"', "times.undo", "wait"),
    ("program.toml", "tries = 3", "tries = 0", "times.tries", "1 to 10"),
    ("program.toml", "bound = 11", "bound = 4", "reports.bound", "from 5 to 100"),
    ("program.toml", "bound = 11", 'bound = "11"', "reports.bound", "is not a bound"),
    ("program.toml", "days = [14, 42]", "days = [0, 14]", "check_in.days", "is not a list of days"),
    (
        "program.toml",
        "days = [14, 42]",
        'days = "off"',
        "check_in.days",
        'like [14, 42], or "none"',
    ),
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
    ("survey.toml", 'found_at = "source"', 'wish_site = "QID1_TEXT"', "wish_site", "as name does"),
    ("survey.toml", '"userLanguage"', '"QID11_TEXT"', "facts.language", "as not_wanted does"),
    ("survey.toml", "wish_specialty]", "wish_speciality]", "facts.wish_spec", "did you mean"),
    ("resources.toml", 'kind = "Ombuds"', "", "resources.ombuds.kind", "is missing"),
    ("resources.toml", '"16:00"', '"08:00"', "resources.ombuds.hours (no. 1)", "two stretches"),
    ("resources.toml", '"Mon-Thu"', '"workdays"', "resources.ombuds.hours (no. 1).days", "Mon-Fri"),
    ("resources.toml", "https://ombuds", "javascript:ombuds", "resources.ombuds.link", "https://"),
    ("resources.toml", "always_open = true", "always_open = 3", "crisis-line", "true or"),
    ("resources.toml", 'xt = "Monday to Thursday, 9 AM to 4 PM"', 'xt = ""', "ombuds", "in words"),
    ("resources.toml", ".ombuds]", ".ombuds]\nalways_open = true", "ombuds", "one of the two"),
    ("resources.toml", PLACE, "Priya.Nair@example.org", "assistance.email", "people.priya-nair"),
    ("resources.toml", PLACE, "amara.cole@example.org", "assistance.email", "amara-cole in supp"),
    ("supporters.csv", ",capacity,", ",capcity,", "line 1", 'did you mean "capacity"?'),
    ("supporters.csv", "id,name,", "id,name,name,", "line 1", "twice"),
    ("supporters.csv", "id,name,", "key,name,", "line 1", '"id" is missing'),
    ("supporters.csv", "860-555-0110", "8.60555E+09", "line 2, phone", "format the column as text"),
    ("supporters.csv", "860-555-0110", "-1514", "line 2, phone", "is not a phone number"),
    ("supporters.csv", "amara.cole@", "amara.cole", "line 2, email", "not an email address"),
    ("supporters.csv", "beth.lindgren@", "Amara.Cole@", "line 3, email", "line 2"),
    ("supporters.csv", "beth-lindgren", "amara-cole", "line 3, id", "line 2"),
    ("supporters.csv", "beth-lindgren", "priya-nair", "line 3, id", "program.toml"),
    ("supporters.csv", "beth-lindgren", "Beth", "line 3, id", "lowercase letters"),
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


def test_a_missing_table_does_not_make_the_whole_roster_wrong(folder: Folder) -> None:
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
    folder.change("program.toml", 'repeat = "4 hours"', 'repeat = "15 minutes"')

    warnings = folder.load().warnings
    assert all(warning.is_warning for warning in warnings)
    assert {warning.place for warning in warnings} == {
        "mail_name",
        "departments.surgery.coordinators",
        "people.marcus-bell",
        "people.elena-fischer",
        "duties.deputies",
        "promises.urgent.repeat",
    }
    assert any("96 times a day" in str(warning) for warning in warnings)


def test_it_warns_about_one_address_with_two_names(folder: Folder) -> None:
    folder.change("supporters.csv", "amara.cole@example.org", "Jordan.Reyes@example.org")
    (warning,) = folder.load().warnings
    assert str(warning) == (
        'supporters.csv, line 2, name: "Amara Cole" has the address of people.jordan-reyes,'
        ' "Jordan Reyes"; if it is one person, write the name the same way; if not, correct the'
        " address."
    )
    folder.change("supporters.csv", "Amara Cole", "jordan reyes")
    assert folder.load().warnings == ()


def test_it_says_when_there_is_no_folder(tmp_path: Path) -> None:
    missing = problems_of(tmp_path / "nowhere")
    assert [problem.file for problem in missing] == list(FILES)
    assert all("config.example" in problem.allowed for problem in missing)


def test_it_says_so_when_toml_is_not_utf8(folder: Folder) -> None:
    content = (EXAMPLE / "program.toml").read_text().replace("Jordan Reyes", "Jordán Reyes")
    (folder.path / "program.toml").write_bytes(content.encode("cp1252"))
    (problem,) = folder.problems
    assert "save the file as UTF-8" in str(problem)
    assert content.splitlines()[int(problem.place.removeprefix("line ")) - 1].startswith("name = ")


def test_it_accepts_files_saved_by_notepad(example: Program, folder: Folder) -> None:
    for file in FILES:
        text = (EXAMPLE / file).read_text().replace("\n", "\r\n")
        (folder.path / file).write_bytes(text.encode("utf-8-sig"))
    assert folder.load().supporters == example.supporters
