"""The roster as spreadsheet programs save it, undamaged and damaged."""

from pathlib import Path

import pytest

from people.names import recognize
from program import Program
from program.files import FILES
from tests.examples import IS_FUZZ
from tests.program_folder import EXAMPLE, Folder

HEADER = (EXAMPLE / "supporters.csv").read_text().splitlines()[0]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture(scope="module")
def example() -> Program:
    return Program.load(EXAMPLE)


MINIMAL = "id,name,email,role,department"
ANNE = "anne-bjork,Anne Björk,anne@example.org,nurse,surgery"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_it_accepts_a_roster_in_any_form_that_a_spreadsheet_saves(
    folder: Folder, encoding: str, delimiter: str
) -> None:
    lines = [MINIMAL.replace(",", delimiter), ANNE.replace(",", delimiter)]
    folder.supporters(*lines, encoding=encoding)
    assert folder.load().supporters["anne-bjork"].name == "Anne Björk"


def test_it_ignores_empty_rows_and_the_spelling_of_headers(folder: Folder) -> None:
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


def test_former_names_and_nicknames_stand_in_one_cell(folder: Folder) -> None:
    folder.supporters(
        f"{MINIMAL},called,also_known_as", f"{ANNE},Bee,Anne Hartwell; Annie | Doc Björk"
    )
    program = folder.load()
    also = ("Anne Hartwell", "Annie", "Doc Björk")
    assert program.supporters["anne-bjork"].also_known_as == also
    for typed in ("Hartwell", "Annie Bjork", "Doc Bjork", "Annie", "bee"):
        assert "anne-bjork" in recognize(typed, program.lists).certain


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
def test_it_reports_a_lost_cell_in_one_sentence(folder: Folder, lost: int) -> None:
    roster = (EXAMPLE / "supporters.csv").read_text()
    cut = ",".join([*AMARA[:lost], *AMARA[lost + 1 :]])
    folder.supporters(*roster.replace(",".join(AMARA), cut).splitlines())
    (problem,) = folder.problems
    assert str(problem) == (
        "supporters.csv, line 2: has 17 cells, the header has 18;"
        " add the missing one, even if it is empty."
    )


def test_cells_may_be_left_out_at_the_end_of_a_row(folder: Folder) -> None:
    header = f"{HEADER},away_from,away_until,times"
    folder.supporters(header, ",".join(AMARA))
    assert folder.load().supporters["amara-cole"].capacity == 1
    folder.supporters(header, ",".join(AMARA).replace("860-555-0110", "8.60555E+09"))
    (problem,) = folder.problems
    assert problem.place == "line 2, phone", "what is wrong with the cell, not how many there are"


def few_supporters(folder: Folder) -> None:
    """Leave some supporters: most of the time of reading the files is theirs."""
    folder.supporters(*(EXAMPLE / "supporters.csv").read_text().splitlines()[:5])


@pytest.mark.parametrize("file", FILES)
def test_it_reports_problems_for_any_line_that_is_lost_or_cut(folder: Folder, file: str) -> None:
    """Somebody's unlucky edit must end in sentences, never in a traceback."""
    few_supporters(folder)
    lines = (EXAMPLE / file).read_text().splitlines()
    for number in range(0, len(lines), 1 if IS_FUZZ else 5):
        lost = [*lines[:number], *lines[number + 1 :]]
        cut = [*lines[:number], lines[number][: len(lines[number]) // 2]]
        for spoiled in (lost, cut) if IS_FUZZ else (lost, cut)[number % 2 :][:1]:
            (folder.path / file).write_text("\n".join(spoiled))
            assert all(str(problem) for problem in folder.problems)


VALUES = ["1", "true", "2026-01-01", "[]", "[1]", "[[]]", "{}", "{ a = 1 }", '""', '"; {x}"']


@pytest.mark.parametrize("value", VALUES)
def test_it_reports_problems_for_a_value_of_any_type(folder: Folder, value: str) -> None:
    """Each key gets one of the values, and all of them in `make fuzz`."""
    few_supporters(folder)
    first, step = (0, 1) if IS_FUZZ else (VALUES.index(value), len(VALUES))
    for file in (file for file in FILES if file.endswith(".toml")):
        original = (EXAMPLE / file).read_text()
        keys = [line for line in original.splitlines() if " = " in line and line[0].isalpha()]
        for line in keys[first::step]:
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
def test_it_accepts_the_bytes_that_spreadsheet_programs_write(
    folder: Folder, content: bytes, why: str
) -> None:
    (folder.path / "supporters.csv").write_bytes(content)
    assert folder.load().supporters.keys() == {"bo-lee"}, why
    assert folder.load().supporters["bo-lee"].department == "surgery"


@pytest.mark.parametrize(("word", "expected"), [("TRUE", True), ("False", False), ("YES", True)])
def test_it_reads_a_checked_box_as_yes(folder: Folder, word: str, expected: bool) -> None:
    folder.supporters(MINIMAL_DATES, f"{BO},860-555-0155,{word},,1,2026-03-31")
    assert folder.load().supporters["bo-lee"].text_ok is expected


@pytest.mark.parametrize(
    ("column", "cell", "how"),
    [
        ("phone", "8.60555E+09", "a phone number that a spreadsheet program damaged; format"),
        ("phone", '"8,60555E+09"', "a phone number that a spreadsheet program damaged; format"),
        ("phone", "8605550101.0", "a phone number that a spreadsheet program damaged; format"),
        ("phone", '"8605550101,00"', "a phone number that a spreadsheet program damaged"),
        ("phone", "##########", "when a column is too narrow; widen it"),
        ("trained_on", "3/31/2026", "in a spreadsheet program's own order; format"),
        ("trained_on", "31.03.2026", "enter it again like 2026-03-31"),
        ("trained_on", "31-Mar-26", "enter it again like 2026-03-31"),
        ("trained_on", "2026-03-31 00:00:00", "enter it again like 2026-03-31"),
        ("trained_on", "46112", "a spreadsheet program stores for a date"),
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


def test_a_unit_may_have_a_name_that_looks_damaged(folder: Folder) -> None:
    for unit in ("5E2", "#4", "#NORTH", "4.1", "7 West", "12-14"):
        folder.supporters(MINIMAL_DATES, f"{BO},,no,{unit},1,")
        assert folder.load().supporters["bo-lee"].unit == unit


@pytest.mark.parametrize("begin", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_it_recognizes_a_workbook_that_was_only_renamed(folder: Folder, begin: bytes) -> None:
    (folder.path / "supporters.csv").write_bytes(begin + bytes(range(256)) * 20)
    first = str(folder.problems[0])
    assert "is a workbook of a spreadsheet program" in first
    assert "CSV UTF-8" in first
