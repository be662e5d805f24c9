"""Response exports: which responses they hold, and their three formats."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from demo.qualtrics_brand import Brand, Export, new_id
from demo.qualtrics_responses import Response
from demo.survey import Survey

NOT_WITH_JSON = (
    "includeDisplayOrder",
    "useLabels",
    "formatDecimalAsComma",
    "seenUnansweredRecode",
    "multiselectSeenUnansweredRecode",
    "timeZone",
    "newlineReplacement",
    "breakoutSets",
)
OFFERED = {"format", "compress", "startDate", "endDate", "limit", "useLabels"}

METADATA_COLUMNS = (
    ("startDate", "StartDate", "Start Date"),
    ("endDate", "EndDate", "End Date"),
    ("status", "Status", "Response Type"),
    ("ipAddress", "IPAddress", "IP Address"),
    ("progress", "Progress", "Progress"),
    ("duration", "Duration (in seconds)", "Duration (in seconds)"),
    ("finished", "Finished", "Finished"),
    ("recordedDate", "RecordedDate", "Recorded Date"),
    ("_recordId", "ResponseId", "Response ID"),
    ("recipientLastName", "RecipientLastName", "Recipient Last Name"),
    ("recipientFirstName", "RecipientFirstName", "Recipient First Name"),
    ("recipientEmail", "RecipientEmail", "Recipient Email"),
    ("externalReference", "ExternalReference", "External Data Reference"),
    ("locationLatitude", "LocationLatitude", "Location Latitude"),
    ("locationLongitude", "LocationLongitude", "Location Longitude"),
    ("distributionChannel", "DistributionChannel", "Distribution Channel"),
    ("userLanguage", "UserLanguage", "User Language"),
)
DATES = ("startDate", "endDate", "recordedDate")


class ExportRefused(Exception):
    """The request for an export contains something that is not allowed."""


def start_export(brand: Brand, wanted: Mapping[str, Any]) -> Export:
    """Make the file of an export at once and register it."""
    export_format = wanted.get("format")
    if export_format not in ("json", "ndjson", "csv"):
        raise ExportRefused(f"Invalid value {export_format!r} for parameter 'format'.")
    _refuse_what_does_not_fit(export_format, wanted)
    content = _render(brand.survey, export_format, _chosen(brand, wanted), wanted)
    media_type = "text/csv" if export_format == "csv" else "application/json"
    if wanted.get("compress", True):
        content = _zipped(f"{brand.survey.name}.{export_format}", content)
        media_type = "application/zip"
    export = Export(new_id("ES"), f"{uuid4()}-def", content, media_type)
    with brand.lock:
        brand.exports[export.progress_id] = export
    return export


def _refuse_what_does_not_fit(export_format: str, wanted: Mapping[str, Any]) -> None:
    for name in NOT_WITH_JSON:
        if export_format != "csv" and name in wanted:
            raise ExportRefused(f"Parameter '{name}' is not allowed with format {export_format}.")
    for name in wanted.keys() - OFFERED:
        raise ExportRefused(f"Parameter '{name}' is not offered by this stand-in.")


def _chosen(brand: Brand, wanted: Mapping[str, Any]) -> list[Response]:
    start = _moment(wanted, "startDate")
    end = _moment(wanted, "endDate")
    chosen = [
        response
        for response in brand.readable_responses()
        if (start is None or start <= response.recorded_at)
        and (end is None or response.recorded_at < end)
    ]
    chosen.sort(key=lambda response: response.recorded_at)
    return chosen[: wanted.get("limit")]


def _moment(wanted: Mapping[str, Any], name: str) -> datetime | None:
    text = wanted.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise ExportRefused(f"Invalid value {text!r} for parameter '{name}'.") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def _render(
    survey: Survey, export_format: str, responses: list[Response], wanted: Mapping[str, Any]
) -> bytes:
    results = [response.as_result() for response in responses]
    if export_format == "json":
        return json.dumps({"responses": results}).encode()
    if export_format == "ndjson":
        return "".join(json.dumps(result) + "\n" for result in results).encode()
    return _csv(survey, responses, use_labels=bool(wanted.get("useLabels")))


def _csv(survey: Survey, responses: Iterable[Response], *, use_labels: bool) -> bytes:
    """Three header rows: export tags, descriptions, and the ids that imports go by."""
    columns = [*METADATA_COLUMNS]
    columns += [(field.key, field.export_tag, field.description) for field in survey.fields()]
    columns += [(name, name, name) for name in survey.embedded]
    file = io.StringIO(newline="")
    rows = csv.writer(file)
    rows.writerow([tag for _, tag, _ in columns])
    rows.writerow([description for _, _, description in columns])
    rows.writerow([json.dumps(_import_id(key), separators=(",", ":")) for key, _, _ in columns])
    for response in responses:
        shown = response.values | (response.labels if use_labels else {})
        rows.writerow([_cell(key, shown.get(key, "")) for key, _, _ in columns])
    return file.getvalue().encode()


def _import_id(key: str) -> dict[str, str]:
    return {"ImportId": key, "timeZone": "UTC"} if key in DATES else {"ImportId": key}


def _cell(key: str, value: Any) -> Any:
    if key in DATES:
        return value[:19].replace("T", " ")
    return ",".join(value) if isinstance(value, list) else value


def _zipped(name: str, content: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return archive.getvalue()
