"""The values of a response, described as a JSON Schema."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from demo.qualtrics.api.responses import FINISHED_LABELS, STATUS_LABELS
from demo.qualtrics.survey import Field, Survey


class Metadata(NamedTuple):
    """One value that every response carries, and its column in a table."""

    key: str
    type: str
    export_tag: str
    description: str


METADATA = (
    Metadata("startDate", "string", "StartDate", "Start Date"),
    Metadata("endDate", "string", "EndDate", "End Date"),
    Metadata("status", "number", "Status", "Response Type"),
    Metadata("ipAddress", "string", "IPAddress", "IP Address"),
    Metadata("progress", "number", "Progress", "Progress"),
    Metadata("duration", "number", "Duration (in seconds)", "Duration (in seconds)"),
    Metadata("finished", "number", "Finished", "Finished"),
    Metadata("recordedDate", "string", "RecordedDate", "Recorded Date"),
    Metadata("_recordId", "string", "ResponseId", "Response ID"),
    Metadata("recipientLastName", "string", "RecipientLastName", "Recipient Last Name"),
    Metadata("recipientFirstName", "string", "RecipientFirstName", "Recipient First Name"),
    Metadata("recipientEmail", "string", "RecipientEmail", "Recipient Email"),
    Metadata("externalReference", "string", "ExternalReference", "External Data Reference"),
    Metadata("locationLatitude", "string", "LocationLatitude", "Location Latitude"),
    Metadata("locationLongitude", "string", "LocationLongitude", "Location Longitude"),
    Metadata("distributionChannel", "string", "DistributionChannel", "Distribution Channel"),
    Metadata("userLanguage", "string", "UserLanguage", "User Language"),
)
#: Metadata whose value is a number with a label, like the answer to a question with choices.
LABELS = {"status": STATUS_LABELS, "finished": FINISHED_LABELS}
METADATA_KEYS = frozenset(each.key for each in METADATA)
LAST_MODIFIED = Metadata("_lastModifiedDate", "string", "LastModifiedDate", "Last Modified Date")
DATES = frozenset({"startDate", "endDate", "recordedDate", LAST_MODIFIED.key})


def response_schema(survey: Survey) -> dict[str, Any]:
    """Return the result of GET /surveys/{id}/response-schema, a JSON Schema."""
    properties = {each.key: _metadata(each) for each in METADATA}
    properties |= {field.key: _property(field) for field in survey.fields()}
    properties |= {
        name: {"description": name, "dataType": "embeddedData", "type": "string", "exportTag": name}
        for name in survey.embedded
    }
    return {
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "$id": f"http://qualtrics.com/API/v3/surveys/{survey.id}/response-schema",
        "title": f"{survey.name} ({survey.id}) - Survey Response",
        "description": f"This is a schema for survey responses from {survey.id}",
        "type": "object",
        "required": ["values", "displayedFields", "displayedValues", "labels", "responseId"],
        "properties": {
            "responseId": {"type": "string"},
            "displayedFields": {
                "type": "array",
                "description": "What was shown",
                "items": {"type": "string"},
            },
            "displayedValues": {
                "type": "object",
                "description": "What could be chosen",
                "additionalProperties": {"type": "array"},
            },
            "labels": {
                "type": "object",
                "description": "The texts of what was chosen",
                "additionalProperties": True,
            },
            "values": {
                "type": "object",
                "description": "What was answered",
                "properties": properties,
            },
        },
    }


def _metadata(metadata: Metadata) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": metadata.description,
        "dataType": "metadata",
        "type": metadata.type,
        "exportTag": metadata.export_tag,
    }
    if metadata.key in LABELS:
        described["oneOf"] = _one_of(LABELS[metadata.key])
    return described | ({"format": "date-time"} if metadata.key in DATES else {})


def _one_of(labels: Mapping[int, str]) -> list[dict[str, Any]]:
    return [{"label": label, "const": value} for value, label in labels.items()]


def _property(field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": field.description,
        "dataType": "question",
        "exportTag": field.export_tag,
        "questionId": field.question_id,
        "questionExportTag": field.question_id.replace("QID", "Q"),
    }
    if field.is_multiple:
        strings = [{"label": text, "const": str(n)} for n, text in field.choices.items()]
        return described | {"type": "array", "items": {"type": "string", "oneOf": strings}}
    if field.choices:
        return described | {"type": "number", "oneOf": _one_of(field.choices)}
    return described | {"type": "string"}
