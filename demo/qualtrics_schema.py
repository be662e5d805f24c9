"""The values of a response, described as a JSON Schema."""

from typing import Any

from demo.survey import Field, Survey

METADATA_TYPES = {
    "startDate": "string",
    "endDate": "string",
    "status": "number",
    "ipAddress": "string",
    "progress": "number",
    "duration": "number",
    "finished": "number",
    "recordedDate": "string",
    "_recordId": "string",
    "recipientLastName": "string",
    "recipientFirstName": "string",
    "recipientEmail": "string",
    "externalReference": "string",
    "locationLatitude": "string",
    "locationLongitude": "string",
    "distributionChannel": "string",
    "userLanguage": "string",
}


def response_schema(survey: Survey) -> dict[str, Any]:
    """Return the result of GET /surveys/{id}/response-schema, a JSON Schema."""
    properties: dict[str, Any] = {
        name: {"description": name, "dataType": "metadata", "type": kind, "exportTag": name}
        for name, kind in METADATA_TYPES.items()
    }
    properties |= {field.key: _property(field) for field in survey.fields()}
    properties |= {
        name: {"description": name, "dataType": "embeddedData", "type": "string", "exportTag": name}
        for name in survey.embedded
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": survey.name,
        "type": "object",
        "required": ["responseId", "values", "labels"],
        "properties": {
            "responseId": {"type": "string"},
            "values": {"type": "object", "properties": properties},
            "labels": {"type": "object"},
            "displayedFields": {"type": "array"},
            "displayedValues": {"type": "object"},
        },
    }


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
        numbers = [{"label": text, "const": n} for n, text in field.choices.items()]
        return described | {"type": "number", "oneOf": numbers}
    return described | {"type": "string"}
