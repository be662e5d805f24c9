"""Read supporters.csv as spreadsheet programs really save it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import (
    BeforeValidator,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from lib.addresses import canonical
from people.supporters import TIMES, ChecksMail, Supporter, SupporterStatus
from program.problems import Problem, problems_from, quoted, shown
from program.shapes import Shape, comes_back_after_leaving
from program.spreadsheet import Columns, Layout, Row, read_rows
from program.values import (
    Circumstances,
    Id,
    Line,
    MailAddress,
    Phone,
    Remark,
    Unit,
    circumstances,
    read_cell,
    read_words,
)

FILE = "supporters.csv"
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]+)?")
#: Spreadsheet programs save checkboxes as true and false.
YES_OR_NO = {"yes": True, "no": False, "true": True, "false": False}
#: Day 0 of the numbers with which spreadsheet programs store dates.
DAY_ZERO = date(1899, 12, 30)
SERIAL = re.compile(r"[2-9]\d{4}([.,]0+)?")
LOCAL_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\.?( .*)?|\d{1,2}[- ]\w{3,9}[- ]\d{2,4}")
MOST_AT_ONCE = 10


def read_yes_or_no(value: str) -> bool:
    if value.lower() not in YES_OR_NO:
        raise ValueError(f"{shown(value)} is neither yes nor no; write yes or no")
    return YES_OR_NO[value.lower()]


def read_several(value: str) -> tuple[str, ...]:
    """Read a cell that holds several words, with | or ; between them."""
    return tuple(word.strip() for word in re.split(r"[|;]", value) if word.strip())


def read_languages(value: str) -> tuple[str, ...]:
    codes = tuple(word.lower() for word in re.split(r"[|;,\s]+", value) if word)
    wrong = [code for code in codes if not LANGUAGE.fullmatch(code)]
    if wrong:
        raise ValueError(f'{shown(wrong[0])} is not a language code; write codes like "en | es"')
    return codes


def read_times(value: str) -> tuple[str, ...]:
    times = tuple(word.lower() for word in read_several(value))
    wrong = [word for word in times if word not in TIMES]
    if wrong:
        allowed = f"write some of {quoted(TIMES)}, or nothing"
        raise ValueError(f"{shown(wrong[0])} is not a time of the day; {allowed}")
    return times


def read_date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{shown(value)} {_what_happened(value)}") from None


def _what_happened(value: str) -> str:
    if SERIAL.fullmatch(value):
        day = DAY_ZERO + timedelta(days=int(value[:5]))
        number = "is the number a spreadsheet program stores for a date"
        return f"{number}; format the column as text and enter the date again (perhaps {day})"
    if LOCAL_DATE.fullmatch(value):
        local = "is a date in a spreadsheet program's own order"
        return f"{local}; format the column as text and enter it again like 2026-03-31"
    return "is not a date; write it like 2026-03-31"


def read_capacity(value: str) -> int:
    if value not in map(str, range(1, MOST_AT_ONCE + 1)):
        raise ValueError(f"{shown(value)} is not a capacity; write 1 to {MOST_AT_ONCE}")
    return int(value)


def one_of(kind: type[StrEnum]) -> BeforeValidator:
    def read(value: str) -> StrEnum:
        words = [str(member) for member in kind]
        if value.lower() not in words:
            raise ValueError(f"{shown(value)} is not allowed; write one of {quoted(words)}")
        return kind(value.lower())

    return BeforeValidator(read)


#: These keep people away from a request, so a damaged one would do harm unnoticed.
TELLING = {"name", "unit", "supervises"}
HAVE_OWN_MESSAGES = {"phone", "trained_on", "refresher_due", "away_from", "away_until"}


class SupporterRow(Shape):
    """One line of supporters.csv; the fields are its columns."""

    id: Id
    name: Line
    email: MailAddress
    role: str
    department: str
    notify_email: MailAddress = ""
    phone: Phone = ""
    text_ok: Annotated[bool, BeforeValidator(read_yes_or_no)] = False
    checks_mail: Annotated[ChecksMail, one_of(ChecksMail)] = ChecksMail.DAILY
    specialty: str = ""
    unit: Remark = ""
    site: Remark = ""
    languages: Annotated[tuple[str, ...], BeforeValidator(read_languages)] = ()
    times: Annotated[tuple[str, ...], BeforeValidator(read_times)] = ()
    supervises: Annotated[tuple[Unit, ...], BeforeValidator(read_several)] = ()
    capacity: Annotated[int, BeforeValidator(read_capacity)] = 1
    trained_on: Annotated[date | None, BeforeValidator(read_date)] = None
    refresher_due: Annotated[date | None, BeforeValidator(read_date)] = None
    status: Annotated[SupporterStatus, one_of(SupporterStatus)] = SupporterStatus.ACTIVE
    away_from: Annotated[date | None, BeforeValidator(read_date)] = None
    away_until: Annotated[date | None, BeforeValidator(read_date)] = None
    called: Remark = ""
    also_known_as: Annotated[tuple[Line, ...], BeforeValidator(read_several)] = ()

    @field_validator("*", mode="before")
    @classmethod
    def _is_as_typed(cls, cell: str, info: ValidationInfo) -> str:
        """Refuse damaged cells; readers of phones and dates have clearer messages of their own."""
        if info.field_name in TELLING and not circumstances(info).was_adopted:
            for word in read_several(cell):
                read_words(word)
        return cell if info.field_name in HAVE_OWN_MESSAGES and "#" not in cell else read_cell(cell)

    @model_validator(mode="after")
    def _has_a_phone_for_texts(self) -> "SupporterRow":
        if self.text_ok and not self.phone:
            raise ValueError("text_ok is yes without a phone; add the phone or write no")
        return self

    @model_validator(mode="after")
    def _refreshes_after_training(self) -> "SupporterRow":
        if self.trained_on and self.refresher_due and self.refresher_due <= self.trained_on:
            raise ValueError("refresher_due is not after trained_on; correct one of the two")
        return self

    @model_validator(mode="after")
    def _comes_back_after_leaving(self) -> "SupporterRow":
        return comes_back_after_leaving(self)


COLUMNS = Columns(
    known=tuple(SupporterRow.model_fields),
    required=tuple(name for name, info in SupporterRow.model_fields.items() if info.is_required()),
)


@dataclass(frozen=True)
class Roster:
    """The supporters by id, the rows as written except shifted ones, and all problems."""

    supporters: dict[str, Supporter]
    rows: list[Row]
    problems: list[Problem]
    layout: Layout


def read_roster(content: bytes, around: Circumstances) -> Roster:
    """Return every readable supporter and everything that is wrong in supporters.csv."""
    table = read_rows(FILE, content, COLUMNS, was_adopted=around.was_adopted)
    problems = table.problems
    supporters: dict[str, Supporter] = {}
    aligned: list[Row] = []
    for row in table.rows:
        found = _read_row(row, around)
        if _is_shifted(row, found, around):
            problems.append(_lacks_cells(row))
            continue
        aligned.append(row)
        if isinstance(found, Supporter):
            supporters[found.id] = found
        else:
            problems += found
    problems += _problems_between(aligned)
    # A table that could not be read has said so.
    if (table.rows or not table.problems) and not any(
        row.cells.get("status", "active").lower() == SupporterStatus.ACTIVE for row in table.rows
    ):
        problems.append(Problem(FILE, "", "has no active supporter", 'write "active" as status'))
    return Roster(supporters, aligned, problems, table.layout)


def _is_shifted(row: Row, found: Supporter | list[Problem], around: Circumstances) -> bool:
    """Tell whether cells are in the wrong columns, because a gap somewhere would fix the row.

    Cells missing at the end of a line shift nothing.
    """
    if isinstance(found, Supporter):
        return False
    filled = (_read_row(other, around) for other in row.with_gaps())
    return any(isinstance(other, Supporter) or len(other) < len(found) for other in filled)


def _lacks_cells(row: Row) -> Problem:
    what = f"has {len(row.written)} cells, the header has {len(row.columns)}"
    return Problem(FILE, f"line {row.line}", what, "add the missing one, even if it is empty")


def _read_row(row: Row, around: Circumstances) -> Supporter | list[Problem]:
    known = {column: cell for column, cell in row.cells.items() if column in COLUMNS.known}
    try:
        shape = SupporterRow.model_validate(known, context=around)
    except ValidationError as error:
        place = f"line {row.line}"
        return problems_from(error, SupporterRow, file=FILE, inside=place)
    return Supporter(**dict(shape))


def _problems_between(rows: list[Row]) -> Iterator[Problem]:
    yield from _repeated(rows, "id")
    yield from _repeated(rows, "email", "notify_email")


def _repeated(rows: list[Row], *columns: str) -> Iterator[Problem]:
    """Yield values that must be unique but occur in two rows."""
    first_line: dict[str, int] = {}
    for row in rows:
        for column in (column for column in columns if column in row.cells):
            word = row.cells[column]
            first = first_line.setdefault(canonical(word), row.line)
            if first != row.line:
                what = f"{shown(word)} is already in line {first}"
                place = f"line {row.line}, {column}"
                yield Problem(FILE, place, what, "everyone needs one of their own")
