"""Read a CSV table as spreadsheet programs save it: odd delimiters, encodings, empty rows."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lib.csv_text import decode, delimiter_of
from program.problems import Problem, shown, suggestion

#: First bytes of workbooks of Excel, LibreOffice and Numbers that were only renamed.
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
#: A first line with more unknown columns than this is not a header.
MOST_UNKNOWN = 30
#: The line with which Excel declares the delimiter.
SEPARATOR_HINT = re.compile(r'"?sep=.?"?[,;\t]*(\r\n|\r|\n|$)', re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One line of the table: its line number in the file, and its cells that are not empty."""

    line: int
    cells: dict[str, str]
    #: All columns of the header, and all cells of the line, including empty ones.
    columns: tuple[str, ...] = ()
    written: tuple[str, ...] = ()

    @property
    def lacking(self) -> int:
        """Return how many cells the row has fewer than the header."""
        return max(0, len(self.columns) - len(self.written))

    def with_gaps(self) -> Iterator["Row"]:
        """Yield the possible rows if the lacking cells are not at the end."""
        for size in sorted({1, self.lacking}) if self.lacking else ():
            for at in range(len(self.written)):
                cells = [*self.written[:at], *[""] * size, *self.written[at:]]
                yield Row(self.line, _filled(self.columns, cells))


@dataclass(frozen=True)
class Table:
    """The rows that could be read, and everything that is wrong with the table."""

    rows: list[Row]
    problems: list[Problem]


@dataclass(frozen=True)
class Columns:
    """The columns that a table may have, and those that it must have."""

    known: tuple[str, ...]
    required: tuple[str, ...]


@dataclass(frozen=True)
class _Line:
    number: int
    cells: list[str]
    #: A cell has a line break, usually because a quotation mark was never closed.
    is_broken: bool


def read_rows(file: str, content: bytes, columns: Columns) -> Table:
    if content.startswith(WORKBOOKS):
        what = "is a workbook of a spreadsheet program, not a table"
        allowed = 'choose "Save as" and "CSV UTF-8" in that program'
        return Table([], [Problem(file, "", what, allowed)])
    try:
        lines = list(_lines(decode(content)))
    except csv.Error as error:
        what = f"cannot be read as a table: {error}"
        return Table([], [Problem(file, "", what, "save it as CSV")])
    if not lines:
        wanted = f"its first line names the columns: {', '.join(columns.known)}"
        return Table([], [Problem(file, "", "is empty", wanted)])
    header, *rest = lines
    names = [_column_name(cell) for cell in header.cells]
    problems = _header_problems(file, header, names, columns)
    problems += [problem for line in rest for problem in _line_problems(file, line, len(names))]
    while names and not names[-1]:
        names.pop()
    named = tuple(names)
    rows = [Row(line.number, _filled(named, line.cells), named, tuple(line.cells)) for line in rest]
    return Table(rows, problems)


def _filled(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(names, cells, strict=False) if name and cell}


def _line_problems(file: str, line: _Line, width: int) -> Iterator[Problem]:
    place = f"line {line.number}"
    if any(line.cells[width:]):
        what = "has more cells than there are columns"
        yield Problem(file, place, what, "put quotes around a cell that holds a comma or semicolon")
    if line.is_broken:
        what = "goes on in the next line inside a cell"
        yield Problem(file, place, what, "close the quotation mark, or take out the line break")


def _lines(text: str) -> Iterator[_Line]:
    """Yield every line that is not empty, with its line number in the file."""
    number = 1
    if hint := SEPARATOR_HINT.match(text):
        text, number = text[hint.end() :], 2
    header = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(header))
    before = number - 1
    for cells in reader:
        tidy = [" ".join(cell.split()) for cell in cells]
        if any(tidy):
            is_broken = any("\n" in cell or "\r" in cell for cell in cells)
            yield _Line(number, tidy, is_broken)
        number = before + reader.line_num + 1


def _column_name(cell: str) -> str:
    return cell.lower().replace(" ", "_").replace("-", "_")


def _header_problems(file: str, header: _Line, names: list[str], columns: Columns) -> list[Problem]:
    place = f"line {header.number}"
    named = [name for name in names if name]
    unknown = [name for name in dict.fromkeys(named) if name not in columns.known]
    missing = [name for name in columns.required if name not in named]
    if len(unknown) > MOST_UNKNOWN:
        wanted = f"its first line names the columns: {', '.join(columns.known)}"
        return [Problem(file, place, f"holds {len(unknown)} words that are no columns", wanted)]
    repeated = [name for name in dict.fromkeys(named) if named.count(name) > 1]
    return [
        *(
            Problem(file, place, f"{shown(name)} is not a column", suggestion(name, columns.known))
            for name in unknown
        ),
        *(Problem(file, place, f'the column "{name}" is missing', "add it") for name in missing),
        *(
            Problem(file, place, f"the column {shown(name)} is there twice", "keep one")
            for name in repeated
        ),
    ]
