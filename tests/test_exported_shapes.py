"""Exports in the shapes that people really have: how many responses they hold, and of which times.

JSON is in UTC. A CSV is in the zone of the account that exported it, which its header names.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from qualtrics.answers import why_kept
from qualtrics.api.exports import Entry, ExportedResponse, FileError, read_export
from tests.test_files import table
from tests.test_story_import import blind, exported, filled_in, run
from tests.world import World

__all__ = ["blind"]

DENVER, NEW_YORK = ZoneInfo("America/Denver"), ZoneInfo("America/New_York")
Columns = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Shape:
    """A file, and what must be read from it."""

    content: bytes
    #: The recorded times of its responses, in UTC.
    times: tuple[str, ...]
    #: The zone in which it is read, as the header does not name one.
    assumed: ZoneInfo | None = None


def columns(zone: str = "", **more: dict[str, str]) -> Columns:
    """Return the columns of a table as Qualtrics writes them; without a zone as in 2017."""
    named = {"timeZone": zone} if zone else {}
    dates = {"startDate": named, "endDate": named}
    rest: Columns = {key: {} for key in ("status", "progress", "duration", "finished")}
    return {
        **dates,
        **rest,
        "recordedDate": named,
        **{key: {} for key in ("_recordId", "userLanguage", "QID1_TEXT", "QID8")},
        **more,
    }


def row(at: str, number: int = 1, *, labels: bool = False, more: tuple[str, ...] = ()) -> list[str]:
    status, finished, role = ("IP Address", "True", "Nurse") if labels else ("0", "1", "2")
    answers = [f"R_invented{number}", "EN", "Jamie Quill", role]
    return [at, at, status, "100", "51", finished, at, *answers, *more]


def response(at: str, number: int) -> dict[str, object]:
    values = {"endDate": at, "recordedDate": at, "status": 0, "finished": 1, "QID1_TEXT": "Jamie"}
    return {"responseId": f"R_invented{number}", "values": values, "labels": {}}


AT = "2026-11-23 08:00:00"
SUMMER, REPEATED = "2026-07-01 08:00:00", "2026-11-01 01:30:00"
ONLY_START = columns() | {"startDate": {"timeZone": "America/Denver"}}
ORDERS: Columns = {key: {} for key in ("QID8_DO", "QID1_TEXT_0a1b2cTopics", "1_QID9", "source")}
TWO = [response("2026-11-23T15:00:00.487Z", 1), response("2026-11-23T15:00:00.487Z", 2)]

SHAPES = {
    "numbers": Shape(table(row(AT), row(AT, 2), columns=columns("America/Denver")), ("15:00",) * 2),
    "labels": Shape(table(row(AT, labels=True), columns=columns("America/Denver")), ("15:00",)),
    "east of UTC": Shape(table(row(AT), columns=columns("Asia/Kolkata")), ("02:30",)),
    "by API, in UTC": Shape(table(row(AT), columns=columns("Z")), ("08:00",)),
    "summer time": Shape(table(row(SUMMER), columns=columns("America/New_York")), ("12:00",)),
    "hour that comes twice": Shape(
        table(row(REPEATED), columns=columns("America/New_York")), ("05:30",)
    ),
    "tabs, UTF-16": Shape(
        table(row(AT), columns=columns("America/Denver"), delimiter="\t").decode().encode("utf-16"),
        ("15:00",),
    ),
    "orders and topics": Shape(
        table(row(AT, more=("2|1", "", "x", "poster")), columns=columns("Z", **ORDERS)), ("08:00",)
    ),
    "2017, no zone": Shape(table(row(AT), columns=columns()), ("13:00",), assumed=NEW_YORK),
    "2017, no zone, Denver": Shape(table(row(AT), columns=columns()), ("15:00",), assumed=DENVER),
    "one column names the zone": Shape(table(row(AT), columns=ONLY_START), ("15:00",)),
    "times with an offset": Shape(table(row(f"{AT}-07:00"), columns=columns()), ("15:00",)),
    "JSON": Shape(json.dumps({"responses": TWO}).encode(), ("15:00",) * 2),
    "NDJSON": Shape("\n".join(map(json.dumps, TWO)).encode(), ("15:00",) * 2),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_each_shape_has_its_responses_at_the_moments_when_they_were_submitted(shape: Shape) -> None:
    found = responses(read_export(shape.content, shape.assumed or ZoneInfo("Asia/Tokyo")))

    assert tuple(f"{one.recorded_at:%H:%M}" for one in found) == shape.times
    assert {one.is_zone_assumed for one in found} == {shape.assumed is not None}
    assert {why_kept(one.values, one.labels) for one in found} == {""}
    assert {one.values["QID1_TEXT"] for one in found} <= {"Jamie Quill", "Jamie"}


def responses(entries: object) -> list[ExportedResponse]:
    found: list[Entry] = list(entries)  # type: ignore[call-overload]
    assert all(isinstance(one, ExportedResponse) for one in found), found
    return [one for one in found if isinstance(one, ExportedResponse)]


def test_values_and_labels_in_two_columns_stay_apart() -> None:
    content = table(row(AT, more=("Nurse",)), columns=columns("Z", QID8_label={}))
    label = b'{""ImportId"": ""QID8"", ""IsLabelsColumn"": true}'
    content = content.replace(b'{""ImportId"": ""QID8_label""}', label)
    (found,) = responses(read_export(content))
    assert (found.values["QID8"], found.labels["QID8"]) == ("2", "Nurse")


LEGACY_NAMES = "ResponseID,ResponseSet,Name,IPAddress,Status,StartDate,EndDate,Finished,Your role?,"
LEGACY_ROW = (
    "R_invented1,Default Response Set,Anonymous,,0,2026-11-23 08:00:00,2026-11-23 08:00:09,1,2,"
)
LEGACY = {
    "two header rows": f"V1,V2,V3,V4,V5,V6,V7,V8,Q8,\n{LEGACY_NAMES}\n{LEGACY_ROW}\n",
    "only its header": f"V1,V2,V3,V4,V5,V6,V7,V8,Q8,\n{LEGACY_NAMES}\n",
    "three, of 2016": (
        f"{LEGACY_NAMES}\n{LEGACY_NAMES}\n{{'ImportId': 'responseId'}},{{'ImportId': 'QID8-1'}}\n"
        f"{LEGACY_ROW}\n"
    ),
}


@pytest.mark.parametrize("content", LEGACY.values(), ids=LEGACY)
def test_the_legacy_format_is_refused_by_its_name(content: str) -> None:
    with pytest.raises(FileError, match="legacy format, which neither names the questions"):
        list(read_export(content.encode(), NEW_YORK))


def test_times_whose_zone_nobody_names_are_refused_not_taken_for_utc() -> None:
    with pytest.raises(FileError, match="does not say which time zone"):
        list(read_export(table(row(AT), columns=columns())))


# The promise of 72 hours counts from Submit


def without_zone(path: Path) -> Path:
    """Turn an export into one of the kind that does not name its time zone."""
    path.write_bytes(path.read_bytes().replace(b',""timeZone"":""America/Denver""', b""))
    return path


def test_a_table_without_a_zone_is_read_in_the_zone_that_is_said(blind: World) -> None:
    filled_in(blind, 1)
    named = exported(blind, "csv", timeZone="America/Denver")
    told = run(blind, "import", str(named), "--time-zone", "UTC", "--dry-run").output
    assert "--time-zone is not used: the file has its own time zone." in told
    assert "2026-11-23 15:00 UTC  would become a request" in told
    path = without_zone(named)

    told = run(blind, "import", str(path), "--dry-run").output
    assert "2026-11-23 13:00 UTC  would become a request" in told
    assert "Its times are read as America/New_York, the zone of program.toml." in told
    assert "name the zone with --time-zone" in told

    for wrong, why in [
        ("America/Los_Angeles", "its last response (2026-11-23 08:00) would be in the future"),
        ("Denver time", '"Denver time" is not a time zone such as America/Denver'),
    ]:
        result = run(blind, "import", str(path), "--time-zone", wrong)
        assert (result.exit_code != 0, blind.count("deliveries")) == (True, 0)
        assert why in result.output

    result = run(blind, "import", str(path), "--time-zone", "America/Denver")
    blind.work()
    assert result.exit_code == 0, result.output
    assert "Its times are read as America/Denver, as you say." in result.output
    assert blind.only_case().submitted_at == blind.clock.now
