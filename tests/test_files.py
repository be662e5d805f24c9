"""Exports as Qualtrics makes them and as people hand them on: read one by one, never guessed."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from qualtrics.api.exports import BrokenResponse, Entry, ExportedResponse, FileError, read_export

VALUES: dict[str, object] = {
    "endDate": "2026-11-23T15:00:00Z",
    "recordedDate": "2026-11-23T15:00:01.487Z",
    "status": 0,
    "finished": 1,
    "QID1_TEXT": "Jamie Quill",
    "QID4": ["1", "2"],
}
RESPONSE = {"responseId": "R_1", "values": VALUES, "labels": {"QID4": ["E-mail", "Text"]}}


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def lines(*responses: object) -> bytes:
    return "".join(json.dumps(r) + "\n" for r in responses).encode()


def table(*rows: list[str], columns: dict[str, dict[str, str]], delimiter: str = ",") -> bytes:
    file = io.StringIO(newline="")
    out = csv.writer(file, delimiter=delimiter)
    out.writerow(columns)
    out.writerow([f"The question, {tag}" for tag in columns])
    out.writerow([json.dumps({"ImportId": tag} | more) for tag, more in columns.items()])
    out.writerows(rows)
    return file.getvalue().encode()


COLUMNS: dict[str, dict[str, str]] = {
    "endDate": {"timeZone": "America/Denver"},
    "recordedDate": {"timeZone": "America/Denver"},
    "_recordId": {},
    "QID1_TEXT": {},
    "QID4": {},
}
ROW = ["2026-11-23 08:00:00", "2026-11-23 08:00:01", "R_1", "Jamie Quill", "1,2"]
CSV = table(ROW, columns=COLUMNS)


def one(content: bytes) -> ExportedResponse:
    (found,) = read_export(content)
    assert isinstance(found, ExportedResponse), found
    return found


def broken(content: bytes) -> list[BrokenResponse]:
    return [found for found in read_export(content) if isinstance(found, BrokenResponse)]


@pytest.mark.parametrize(
    "content",
    [
        lines(RESPONSE),
        b"\xef\xbb\xbf" + lines(RESPONSE),
        json.dumps({"responses": [RESPONSE]}).encode(),
        json.dumps({"responses": [RESPONSE]}, indent=2).encode(),
        CSV,
        b"\xef\xbb\xbf" + CSV,
        b"sep=,\r\n" + CSV,
        CSV.decode().encode("utf-16"),
        table(ROW, columns=COLUMNS, delimiter=";"),
        table(ROW, columns=COLUMNS, delimiter="\t"),
        table(ROW, ["", "", "", "", ""], columns=COLUMNS),
    ],
    ids=["ndjson", "ndjson with a mark", "json", "indented json", "csv", "csv with a mark",
         "csv with sep", "utf-16", "semicolons", "tabs", "empty rows"],
)  # fmt: skip
@pytest.mark.parametrize("is_zipped", [False, True])
def test_every_format_says_the_same(content: bytes, is_zipped: bool) -> None:
    found = one(zipped(export=content) if is_zipped else content)

    assert found.response_id == "R_1"
    assert found.values["QID1_TEXT"] == "Jamie Quill"
    assert found.recorded_at is not None
    assert found.recorded_at.replace(microsecond=0) == datetime(2026, 11, 23, 15, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("content", [b"", b"\n", zipped(export=b""), b'{"responses": []}'])
def test_an_export_of_nothing_is_nothing(content: bytes) -> None:
    assert list(read_export(content)) == []


def test_a_question_that_takes_several_columns_is_one_answer() -> None:
    content = CSV.replace(b'"{""ImportId"": ""QID1_TEXT""}"', b'"{""ImportId"": ""QID4""}"')
    assert one(content).values["QID4"] == "Jamie Quill,1,2"


def test_quotes_commas_and_line_breaks_in_a_cell_stay_in_it() -> None:
    said = 'She said "no", twice;\nthen left'
    row = [*ROW[:3], said, ROW[4]]
    content = table(row, [*ROW[:2], "R_2", "Robin", "1"], columns=COLUMNS)
    first, second = read_export(content)
    assert isinstance(first, ExportedResponse)
    assert isinstance(second, ExportedResponse)
    assert first.values["QID1_TEXT"] == said
    assert (second.response_id, second.place) == ("R_2", "line 6")


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({**RESPONSE, "responseId": "R 1"}, "response id"),
        ({**RESPONSE, "values": {"QID1_TEXT": "Jamie"}}, "no date"),
        ({**RESPONSE, "values": None}, "not a response"),
        ({**RESPONSE, "values": VALUES | {"endDate": "yesterday", "recordedDate": 5}}, "no date"),
    ],
)
def test_a_response_that_cannot_be_read_is_named_and_the_others_count(
    entry: dict[str, object], why: str
) -> None:
    content = lines(RESPONSE, entry, {**RESPONSE, "responseId": "R_3"})

    (found,) = broken(content)

    assert found.place == "line 2"
    assert why in found.why
    assert len(list(read_export(content))) == 3


def test_a_file_that_was_cut_off_says_so_on_its_last_line() -> None:
    content = lines(RESPONSE, {**RESPONSE, "responseId": "R_2"})[:-40]
    assert [found.place for found in broken(content)] == ["line 2"]


def test_a_date_that_a_spreadsheet_program_rewrote_is_an_error_not_today() -> None:
    """Else a response from before the program would mail somebody."""
    content = table(["11/23/2026 8:00", "11/23/2026 8:00", *ROW[2:]], columns=COLUMNS)
    (found,) = broken(content)
    assert found.place == "line 4"
    assert "without opening it in a spreadsheet program" in found.why


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"Name,Mail\nJamie,jamie@example.org\n", "three header rows"),
        (b"%PDF-1.7 nothing", "three header rows"),
        (b"{", "cut off"),
        (b"[1, 2]", 'no list "responses"'),
        (zipped(export=lines(RESPONSE))[:-30], "ZIP"),
        (b"PK\x03\x04" + b"\x00" * 40, "ZIP"),
        (CSV.replace(b"America/Denver", b"Middle-earth/Shire"), "time zone"),
    ],
)
def test_what_is_no_export_is_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(FileError, match=why):
        list(read_export(content))


@pytest.mark.parametrize("seed", range(50))
def test_junk_is_an_entry_or_a_refusal_never_a_crash(seed: int) -> None:
    import random

    rng = random.Random(seed)
    whole = rng.choice([CSV, lines(RESPONSE), zipped(export=CSV), lines(RESPONSE, RESPONSE)])
    spoiled = bytearray(whole)
    for _ in range(rng.randrange(1, 30)):
        spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
    found: list[Entry] = []
    try:
        found = list(read_export(bytes(spoiled)))
    except FileError:
        return
    assert all(isinstance(entry, ExportedResponse | BrokenResponse) for entry in found)
