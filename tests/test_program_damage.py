"""Silent damage to what keeps people away from a request: it is refused, or said."""

from pathlib import Path

import pytest

from program import Program
from program.files import FILES
from program.problems import Problem
from tests.program_folder import EXAMPLE, Folder

MINIMAL = "id,name,email,role,department"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def line(name: str = "Bo Lee", unit: str = "", supervises: str = "", phone: str = "") -> str:
    return f"bo-lee,{name},bo@example.org,nurse,surgery,{unit},{supervises},{phone}"


HEADER = f"{MINIMAL},unit,supervises,phone"


def only(problems: list[Problem]) -> Problem:
    (problem,) = problems
    return problem


@pytest.mark.parametrize("column", ["unit", "supervises", "name"])
@pytest.mark.parametrize(
    "cell",
    [
        "5-Apr", "5-apr.", "Apr-05", "4. Mai", "12-Dic-2026", "05-avr", "2026-04-05", "4/5/2026",
        "05.04.2026", "2026-04-05 00:00:00", "4:05", "04:05:00", "4:05 AM", "5E+02", "5.00E+02",
    ],
)  # fmt: skip
def test_a_unit_or_a_name_that_became_a_date_is_refused(
    folder: Folder, column: str, cell: str
) -> None:
    folder.supporters(HEADER, line(**{column: cell}))
    problem = only(folder.problems)
    assert problem.place == f"line 2, {column}"
    assert "that a spreadsheet program has made of" in str(problem) or "made of a number" in str(
        problem
    )
    assert not problem.is_warning


def test_one_of_several_units_that_became_a_date_is_enough(folder: Folder) -> None:
    folder.supporters(HEADER, line(supervises="4 West | 5-Apr"))
    assert "5-Apr" in str(only(folder.problems))


@pytest.mark.parametrize(
    "unit", ["4-5", "12-14", "5E2", "4.1", "7 West", "4/5", "April Wing", "May Clinic", "OR 2-4"]
)
def test_a_unit_keeps_its_name(folder: Folder, unit: str) -> None:
    folder.supporters(HEADER, line(unit=unit, supervises=unit))
    assert folder.load().supporters["bo-lee"].supervises == (unit,)


def test_what_an_older_release_adopted_stays_in_force(folder: Folder) -> None:
    folder.supporters(HEADER, line(name="José Peña", supervises="5-Apr"), encoding="mac_roman")
    adopted = Program.from_files({f: (folder.path / f).read_bytes() for f in FILES})
    assert adopted.supporters["bo-lee"].supervises == ("5-Apr",)


@pytest.mark.parametrize("phone", ["000-000-0000", "0000000", "111-111-1111", "123 456 7890"])
def test_a_phone_that_nobody_can_have_is_a_warning(folder: Folder, phone: str) -> None:
    folder.supporters(HEADER, line(phone=phone))
    warning = only(folder.problems)
    assert warning.place == "line 2, phone"
    assert warning.is_warning
    assert "no phone in US can have this number" in str(warning)
    folder.supporters(HEADER, line(phone="860-555-0199 ext. 12"))
    assert folder.problems == []


def test_a_unit_that_somebody_leads_and_nobody_works_in_may_be_misspelled(folder: Folder) -> None:
    folder.change("program.toml", '["Operating Rooms"]', '["Opreatng Rooms"]')
    warning = only(folder.problems)
    assert warning.place.endswith(".supervises")
    assert "Operating Room" in str(warning)


NAMES = ["José Peña", "Zoë Müller", "René Lévesque", "Anne Björk", "Ana García", "Ída Núñez"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("encoding", ["mac_roman", "cp437", "cp850"])
def test_a_name_in_another_encoding_is_refused(folder: Folder, name: str, encoding: str) -> None:
    if "Í" in name and encoding == "cp437":
        name = "Ana García"
    folder.supporters(HEADER, line(name="Bo Lee"), line(name=name), encoding=encoding)
    problem = only(folder.problems)
    assert problem.place == "line 3"
    assert "comes from another encoding" in str(problem)
    assert "CSV UTF-8" in str(problem)


@pytest.mark.parametrize("name", ["Łucja Kowalska", "Paweł Wąs", "Jiří Novák", "Šárka Žitná"])
def test_a_name_in_central_european_is_refused_or_shown_as_we_read_it(
    folder: Folder, name: str
) -> None:
    folder.supporters(HEADER, line(name=name), encoding="cp1250")
    problem = only(folder.problems)
    assert problem.place == "line 2"
    assert name.encode("cp1250").decode("cp1252") in str(problem)


@pytest.mark.parametrize(
    "name", [*NAMES, "Siân O’Brien", "Chloé’s Bo", "François-Noël Gruß", "Åse Sørensen"]
)
def test_a_name_as_windows_saves_it_is_read_and_said(folder: Folder, name: str) -> None:
    folder.supporters(HEADER, line(name=name), encoding="cp1252")
    assert folder.load().supporters["bo-lee"].name == name
    warning = only(folder.problems)
    assert f'we read "{name}", as Windows-1252' in str(warning)
    folder.supporters(HEADER, line(name=name))
    assert folder.problems == []


def test_a_name_that_was_encoded_twice_is_refused(folder: Folder) -> None:
    folder.supporters(HEADER, line(name="José".encode().decode("cp1252")))
    assert "another encoding" in str(only(folder.problems))


def test_it_says_what_the_name_probably_is(folder: Folder) -> None:
    folder.supporters(HEADER, line(name="José Peña"), encoding="mac_roman")
    assert 'perhaps of "José Peña"' in str(only(folder.problems))


ROSTER = (EXAMPLE / "supporters.csv").read_text()


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (ROSTER.encode("utf-16-le"), "is UTF-16 without the mark that says so"),
        (ROSTER.encode("utf-16-be"), "is UTF-16 without the mark that says so"),
        (ROSTER[:1000].encode() + bytes(500), "has NUL bytes: a cloud folder"),
        (b"\0" * 4096, "has NUL bytes"),
        (f"Supporters 2026\n{ROSTER}".encode(), "line 1: \"Supporters 2026\" is above"),
        (f"\n,,Supporters 2026,,\n\n{ROSTER}".encode(), "delete what is above line 4"),
        (f"Supporters 2026\n{ROSTER.replace(',', ';')}".encode(), "is above the names"),
    ],
)  # fmt: skip
def test_one_cause_is_one_sentence(folder: Folder, content: bytes, part: str) -> None:
    (folder.path / "supporters.csv").write_bytes(content)
    assert part in str(only(folder.problems))


@pytest.mark.parametrize("file", [file for file in FILES if file.endswith("toml")])
def test_it_is_one_sentence_for_other_files_too(folder: Folder, file: str) -> None:
    whole = (folder.path / file).read_bytes()
    for content in (whole.decode().encode("utf-16-le"), whole[:500] + bytes(400)):
        (folder.path / file).write_bytes(content)
        problem = only([p for p in folder.problems if p.file == file])
        assert "UTF-16" in str(problem) or "NUL bytes" in str(problem)


def test_columns_without_anything_in_them_are_passed_over(folder: Folder) -> None:
    header, *rows = ROSTER.splitlines()
    folder.supporters(f",{header},Column19,Unnamed: 20,", *(f",{row},,," for row in rows))
    assert folder.problems == []
    folder.supporters(f",{header},Column19,Unnamed: 20,", *(f",{row},x,," for row in rows))
    assert '"column19" is not a column' in str(only(folder.problems))
