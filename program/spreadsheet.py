"""Read a CSV table as spreadsheet programs save it: odd delimiters, encodings, empty rows."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lib.tables.csv_text import DELIMITERS, decode, delimiter_of
from lib.tables.encodings import (
    MARKS,
    encoded_twice,
    foreign_word,
    is_utf8,
    misread,
    probably_meant,
)
from program.problems import AS_UTF8, Problem, broken_bytes, shown, suggestion

#: First bytes of workbooks of Excel, LibreOffice and Numbers that were only renamed.
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
#: A first line with more unknown columns than this is not a header.
MOST_UNKNOWN = 30
#: So many lines may be looked at for a header that stands below a title.
MOST_TITLES = 10
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
class Layout:
    """The columns of a table in their order, and what stands between two cells."""

    columns: tuple[str, ...] = ()
    delimiter: str = ","


@dataclass(frozen=True)
class Table:
    """The rows that could be read, and everything that is wrong with the table."""

    rows: list[Row]
    problems: list[Problem]
    layout: Layout = Layout()


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


def read_rows(file: str, content: bytes, columns: Columns, *, was_adopted: bool = False) -> Table:
    """Read a table; files that were adopted stay as they were read then."""
    if content.startswith(WORKBOOKS):
        what = "is a workbook of a spreadsheet program, not a table"
        allowed = 'choose "Save as" and "CSV UTF-8" in that program'
        return Table([], [Problem(file, "", what, allowed)])
    doubts = [] if was_adopted else list(_byte_problems(file, content))
    if any(not doubt.is_warning for doubt in doubts):
        return Table([], doubts)
    text = decode(content)
    try:
        lines = list(_lines(text))
    except csv.Error as error:
        what = f"cannot be read as a table: {error}"
        return Table([], [Problem(file, "", what, "save it as CSV")])
    if not lines:
        wanted = f"its first line names the columns: {', '.join(columns.known)}"
        return Table([], [Problem(file, "", "is empty", wanted)])
    if (title := _title_problem(file, lines, columns)) is not None:
        return Table([], [title])
    header, *rest = lines
    names = [_column_name(cell) for cell in header.cells]
    names = [
        name if name in columns.known or _is_used(at, rest) else "" for at, name in enumerate(names)
    ]
    problems = doubts + _header_problems(file, header, names, columns)
    problems += [problem for line in rest for problem in _line_problems(file, line, len(names))]
    while names and not names[-1]:
        names.pop()
    named = tuple(names)
    rows = [Row(line.number, _filled(named, line.cells), named, tuple(line.cells)) for line in rest]
    return Table(rows, problems, Layout(named, _delimiter(text)))


def _byte_problems(file: str, content: bytes) -> Iterator[Problem]:
    """Yield what the bytes tell before anything is read: one sentence for one cause."""
    if (broken := broken_bytes(file, content)) is not None:
        yield broken
        return
    text, is_known = decode(content), content.startswith(MARKS) or is_utf8(content)
    if (found := encoded_twice(text) or (None if is_known else misread(text))) is not None:
        meant = probably_meant(found.word)
        perhaps = f", perhaps of {shown(meant)}" if meant else ""
        what = f"{shown(found.word)} comes from another encoding{perhaps}"
        yield Problem(file, f"line {found.line}", f"{what}, by {shown(found.character)}", AS_UTF8)
    elif not is_known and (seen := foreign_word(text)) is not None:
        what = f"we read {shown(seen.word)}, as Windows-1252"
        allowed = f"if that is wrong, {AS_UTF8}"
        yield Problem(file, f"line {seen.line}", what, allowed, is_warning=True)


def _title_problem(file: str, lines: Sequence[_Line], columns: Columns) -> Problem | None:
    """Return a problem if the header is not the first line, because a title stands above it."""
    required = set(columns.required)
    for number, line in enumerate(lines[:MOST_TITLES]):
        if required <= {_column_name(cell) for cell in line.cells}:
            if number == 0:
                return None
            title = next(filter(None, lines[0].cells))
            what = f"{shown(title)} is above the names of the columns"
            allowed = f"delete what is above line {line.number}"
            return Problem(file, f"line {lines[0].number}", what, allowed)
    return None


def _is_used(at: int, lines: Sequence[_Line]) -> bool:
    """Tell whether a column has anything but its name."""
    return not lines or any(at < len(line.cells) and line.cells[at] for line in lines)


def _filled(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(names, cells, strict=False) if name and cell}


def _line_problems(file: str, line: _Line, width: int) -> Iterator[Problem]:
    place = f"line {line.number}"
    if any(line.cells[width:]):
        what = "has more cells than there are columns"
        yield Problem(file, place, what, "put quotes around a cell that holds a comma or semicolon")
    if line.is_broken:
        what = "continues on the next line inside a cell"
        yield Problem(file, place, what, "close the quotation mark, or take out the line break")


def _lines(text: str) -> Iterator[_Line]:
    """Yield every line that is not empty, with its line number in the file."""
    number = 1
    if hint := SEPARATOR_HINT.match(text):
        text, number = text[hint.end() :], 2
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    before = number - 1
    for cells in reader:
        tidy = [" ".join(cell.split()) for cell in cells]
        if any(tidy):
            is_broken = any("\n" in cell or "\r" in cell for cell in cells)
            yield _Line(number, tidy, is_broken)
        number = before + reader.line_num + 1


def _delimiter(text: str) -> str:
    """Return what stands between cells; a title above the header may have none."""
    lines = text.splitlines()
    return delimiter_of(next((one for one in lines if any(d in one for d in DELIMITERS)), ""))


def _column_name(cell: str) -> str:
    return cell.lower().replace(" ", "_").replace("-", "_")


def _header_problems(file: str, header: _Line, names: list[str], columns: Columns) -> list[Problem]:
    place = f"line {header.number}"
    named = [name for name in names if name]
    unknown = [name for name in dict.fromkeys(named) if name not in columns.known]
    missing = [name for name in columns.required if name not in named]
    if len(unknown) > MOST_UNKNOWN:
        wanted = f"its first line names the columns: {', '.join(columns.known)}"
        return [Problem(file, place, f"holds {len(unknown)} words that are not columns", wanted)]
    repeated = [name for name in dict.fromkeys(named) if named.count(name) > 1]
    return [
        *(
            Problem(file, place, f"{shown(name)} is not a column", suggestion(name, columns.known))
            for name in unknown
        ),
        *(Problem(file, place, f'the column "{name}" is missing', "add it") for name in missing),
        *(
            Problem(file, place, f"the column {shown(name)} appears twice", "keep one")
            for name in repeated
        ),
    ]
