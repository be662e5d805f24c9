"""Reads response exports (CSV, JSON or NDJSON, zipped or not) one response at a time."""

import csv
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from itertools import islice
from typing import IO, Any
from zoneinfo import ZoneInfo

from lib.tables.csv_text import decode, delimiter_of
from lib.text import as_moment
from qualtrics.delivery import RESPONSE_ID

ZIP = b"PK\x03\x04"
HEADER_ROWS = 3
#: A line holds one response; no real one is longer.
LONGEST_LINE = 5_000_000
LARGEST_DOCUMENT = 128 * 1024 * 1024
#: All that a ZIP unpacks to, and how many files: one of 16 KB may hold a gigabyte.
LARGEST_UNPACKED = 1024 * 1024 * 1024
MOST_MEMBERS = 1000
#: Extra files that macOS adds to a ZIP.
MACOS_EXTRAS = re.compile(r"(^|/)(__MACOSX/|\._)")
#: What Python's zipfile raises on a damaged file.
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
    OSError,
)
#: Columns with times. Today's exports name the zone of each; some of 2017 name none.
DATES = frozenset({"startDate", "endDate", "recordedDate"})
LEGACY_COLUMNS = {"responseset", "responseid"}
HAS_ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d)$")
EXPORT_AGAIN = "export it again, and import the file without opening it in a spreadsheet program"


class FileError(Exception):
    """The file is not an export of responses. Reading it again never helps."""


@dataclass(frozen=True)
class ExportedResponse:
    """One response of an export, and its place in the file."""

    place: str
    response_id: str
    values: dict[str, object] = field(repr=False)
    labels: dict[str, object] = field(default_factory=dict, repr=False)
    #: The columns of a table; None for JSON, where a missing key only means no answer.
    columns: frozenset[str] | None = None
    #: Whether its times were read in a zone that the file does not name.
    is_zone_assumed: bool = False

    @cached_property
    def recorded_at(self) -> datetime | None:
        return as_moment(self.values.get("recordedDate")) or as_moment(self.values.get("endDate"))


@dataclass(frozen=True)
class BrokenResponse:
    """A place in an export that cannot be read, and why."""

    place: str
    why: str


Entry = ExportedResponse | BrokenResponse


def read_export(content: bytes, zone: tzinfo | None = None) -> Iterator[Entry]:
    """Yield the responses in a file of any format; raise FileError if it is not an export.

    JSON is in UTC, a table in the zone of its header. `zone` is for tables that name none.
    """
    if not content.startswith(ZIP):
        yield from _read(io.BytesIO(content), zone)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in _members(archive):
                # A ZIP's own file is slow in reading lines.
                with io.BufferedReader(archive.open(member)) as file:  # type: ignore[type-var]
                    yield from _read(file, zone)
    except ZIP_ERRORS as error:
        raise FileError(
            f"the ZIP file is damaged ({type(error).__name__}); {EXPORT_AGAIN}"
        ) from None


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the files in a ZIP, if they are not too much to unpack.

    A ZIP that understates a size is no way around: zipfile reads no more than what is stated.
    """
    members = archive.infolist()
    if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > LARGEST_UNPACKED:
        raise FileError(
            f"it holds more than {MOST_MEMBERS:,} files or unpacks to more than"
            f" {LARGEST_UNPACKED >> 20:,} MB; import fewer responses at a time"
        )
    return [one for one in members if not (one.is_dir() or MACOS_EXTRAS.search(one.filename))]


def _read(file: IO[bytes], zone: tzinfo | None) -> Iterator[Entry]:
    beginning = file.readline(LONGEST_LINE)
    start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not beginning:
        return
    if not start.startswith((b"{", b"[")):
        yield from _read_csv(beginning + _rest(file), zone)
    elif _is_one_response(start):
        yield from _read_lines(beginning, file)
    else:
        yield from _read_whole(beginning + _rest(file))


def _rest(file: IO[bytes]) -> bytes:
    """Read the rest at once, up to a limit: a small ZIP may unpack to something huge."""
    content = file.read(LARGEST_DOCUMENT + 1)
    if len(content) > LARGEST_DOCUMENT:
        raise FileError("it is too large; export it as NDJSON, or fewer responses at a time")
    return content


def _is_one_response(line: bytes) -> bool:
    found = _load(line)
    return isinstance(found, dict) and "responseId" in found


def _read_whole(content: bytes) -> Iterator[Entry]:
    """Read a file that is one JSON document, or lines of which the first is broken."""
    if _load(content) is None and any(map(_is_one_response, content.splitlines())):
        yield from _read_lines(b"", io.BytesIO(content))
    else:
        yield from _read_json(content)


def _read_lines(first: bytes, file: IO[bytes]) -> Iterator[Entry]:
    number, line = 1, first or file.readline(LONGEST_LINE)
    while line:
        if line.strip():
            yield _response(f"line {number}", _load(line))
        number, line = number + 1, file.readline(LONGEST_LINE)


def _read_json(content: bytes) -> Iterator[Entry]:
    found = _load(content)
    responses = found.get("responses") if isinstance(found, dict) else None
    if not isinstance(responses, list):
        raise FileError(f'the JSON has no list "responses", or is cut off; {EXPORT_AGAIN}')
    for number, response in enumerate(responses, start=1):
        yield _response(f"response {number}", response)


def _load(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _response(place: str, found: object) -> Entry:
    if not isinstance(found, dict) or not isinstance(found.get("values"), dict):
        return BrokenResponse(place, "is cut off, or is not a response")
    labels = found.get("labels")
    return _validated(
        ExportedResponse(
            place,
            str(found.get("responseId") or found["values"].get("_recordId") or ""),
            found["values"],
            labels if isinstance(labels, dict) else {},
        )
    )


def _validated(response: ExportedResponse) -> Entry:
    if not RESPONSE_ID.fullmatch(response.response_id):
        return BrokenResponse(response.place, "has no response id (R_…)")
    if response.recorded_at is None:
        # Without a date no one can tell whether it was submitted before the program began.
        return BrokenResponse(response.place, f"has no date that can be read; {EXPORT_AGAIN}")
    return response


# CSV has three header rows; the last one holds the keys that the API uses.


def _read_csv(content: bytes, zone: tzinfo | None) -> Iterator[Entry]:
    text = decode(content)
    if not text.strip():
        return
    if text[:4].lower() == "sep=":
        text = text.partition("\n")[2]
    first_line = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(first_line))
    try:
        columns = _columns(list(islice(rows, HEADER_ROWS)), zone)
        line = rows.line_num
        for row in rows:
            place, line = f"line {line + 1}", rows.line_num
            if any(cell.strip() for cell in row):
                yield _from_row(place, columns, row)
    except csv.Error as error:
        raise FileError(f"it cannot be read as a table: {error}; {EXPORT_AGAIN}") from None


@dataclass(frozen=True)
class _Column:
    key: str
    zone: tzinfo | None = None
    is_zone_assumed: bool = False
    #: An export with values and labels has two columns for one key.
    is_label: bool = False


def _columns(header: list[list[str]], assumed: tzinfo | None) -> list[_Column]:
    ids = [_load(cell.encode()) for cell in header[-1]] if len(header) == HEADER_ROWS else []
    if not any(isinstance(id, dict) and "ImportId" in id for id in ids):
        raise FileError(_why_no_export(header))
    import_ids = [id if isinstance(id, dict) else {} for id in ids]
    named = {_zone(id["timeZone"]) for id in import_ids if id.get("timeZone")}
    by_default = named.pop() if len(named) == 1 else None
    return [_column(id, by_default, assumed) for id in import_ids]


def _column(
    import_id: Mapping[str, object], by_default: tzinfo | None, assumed: tzinfo | None
) -> _Column:
    key, name = str(import_id.get("ImportId", "")), import_id.get("timeZone")
    if key not in DATES:
        return _Column(key, is_label=import_id.get("IsLabelsColumn") is True)
    zone = _zone(name) if name else by_default
    return _Column(key, zone or assumed, is_zone_assumed=zone is None)


def _why_no_export(header: list[list[str]]) -> str:
    names = {cell.strip().casefold() for row in header for cell in row}
    if names >= LEGACY_COLUMNS:
        return (
            "it is an export in the legacy format, which neither names the questions by id (QID…)"
            " nor the time zone; export it again without the legacy format"
        )
    return (
        "the three header rows of a Qualtrics export are missing;"
        " export as CSV, JSON or NDJSON and import the file as it is"
    )


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo("UTC" if name == "Z" else str(name))
    except (KeyError, ValueError, OSError):
        raise FileError(f'its time zone "{str(name)[:40]}" is not known; export in UTC') from None


def _from_row(place: str, columns: list[_Column], row: list[str]) -> Entry:
    values: dict[str, object] = {}
    labels: dict[str, object] = {}
    is_zone_assumed = False
    for column, cell in zip(columns, row, strict=False):
        if column.key and cell.strip():
            value = _in_utc(cell, column.zone) if column.key in DATES else cell
            is_zone_assumed |= value != cell and column.is_zone_assumed
            # A question with several answers may have a column for each.
            found = labels if column.is_label else values
            known = found.get(column.key)
            found[column.key] = f"{known},{value}" if known else value
    response_id = str(values.get("_recordId", "")).strip()
    keys = frozenset(column.key for column in columns)
    return _validated(ExportedResponse(place, response_id, values, labels, keys, is_zone_assumed))


def _in_utc(cell: str, zone: tzinfo | None) -> str:
    moment = as_moment(cell)
    if moment is None or HAS_ZONE.search(cell.strip()):
        return cell
    if zone is None:
        raise FileError(f"it does not say which time zone its times are in; {EXPORT_AGAIN}")
    return moment.replace(tzinfo=zone).astimezone(UTC).isoformat().replace("+00:00", "Z")
