"""One filled-in survey, in the shape in which the API returns it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from demo.survey import Field, Survey

Answer = str | int | Sequence[str | int]

STATUS_LABELS = {
    0: "IP Address",
    1: "Survey Preview",
    2: "Survey Test",
    4: "Imported",
    8: "Spam",
    9: "Survey Preview Spam",
    12: "Imported Spam",
    16: "Offline",
    17: "Offline Survey Preview",
}


@dataclass(frozen=True)
class Circumstances:
    """How a response came about; the defaults are those of a person who submits the form."""

    status: int = 0
    is_finished: bool = True
    channel: str = "anonymous"
    language: str = "EN"
    duration: timedelta = timedelta(seconds=94)


@dataclass(frozen=True)
class Response:
    """A recorded response."""

    id: str
    values: dict[str, Any]
    labels: dict[str, Any]
    displayed_fields: list[str]
    displayed_values: dict[str, list[int] | list[str]]
    recorded_at: datetime
    is_finished: bool
    readable_from: float

    def as_result(self) -> dict[str, Any]:
        """Return the object that the API and the JSON exports contain."""
        return {
            "responseId": self.id,
            "values": self.values,
            "labels": self.labels,
            "displayedFields": self.displayed_fields,
            "displayedValues": self.displayed_values,
        }


def build_response(
    survey: Survey,
    response_id: str,
    answers: Mapping[str, Answer],
    embedded: Mapping[str, str],
    submitted_at: datetime,
    circumstances: Circumstances,
    readable_from: float,
) -> Response:
    """Return the response that these answers make; an empty answer leaves no key."""
    kinds = {field.key: field for field in survey.fields()}
    given = {key: _shaped(kinds.get(key), value) for key, value in answers.items() if value != ""}
    given = {key: value for key, value in given.items() if value != []}
    return Response(
        id=response_id,
        values=_metadata(response_id, submitted_at, circumstances) | given | dict(embedded),
        labels=_labels(kinds, given, circumstances),
        displayed_fields=list(kinds),
        displayed_values={f.key: _displayed(f) for f in kinds.values() if f.choices},
        recorded_at=submitted_at.replace(microsecond=submitted_at.microsecond // 1000 * 1000),
        is_finished=circumstances.is_finished,
        readable_from=readable_from,
    )


def _shaped(field: Field | None, value: Answer) -> Any:
    """Choices are numbers, several choices are strings; unknown keys are left as they are."""
    if field is None or not field.choices:
        return value
    if field.is_multiple:
        several = [value] if isinstance(value, str | int) else value
        return [str(choice) for choice in several]
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def _metadata(response_id: str, at: datetime, circumstances: Circumstances) -> dict[str, Any]:
    return {
        "startDate": in_seconds(at - circumstances.duration),
        "endDate": in_seconds(at),
        "status": circumstances.status,
        "ipAddress": "192.0.2.17",
        "progress": 100 if circumstances.is_finished else 58,
        "duration": int(circumstances.duration.total_seconds()),
        "finished": int(circumstances.is_finished),
        "recordedDate": in_milliseconds(at),
        "_recordId": response_id,
        "distributionChannel": circumstances.channel,
        "userLanguage": circumstances.language,
    }


def _labels(
    kinds: Mapping[str, Field], given: Mapping[str, Any], circumstances: Circumstances
) -> dict[str, Any]:
    labels: dict[str, Any] = {
        "status": STATUS_LABELS.get(circumstances.status, str(circumstances.status)),
        "finished": str(circumstances.is_finished),
    }
    for key, value in given.items():
        if (label := _label(kinds.get(key), value)) is not None:
            labels[key] = label
    return labels


def _label(field: Field | None, value: Any) -> str | list[str] | None:
    if field is None or not field.choices:
        return None
    if field.is_multiple:
        texts = {str(number): text for number, text in field.choices.items()}
        return [texts[choice] for choice in value if choice in texts]
    return field.choices.get(value)


def _displayed(field: Field) -> list[int] | list[str]:
    return [str(choice) for choice in field.choices] if field.is_multiple else list(field.choices)


def in_seconds(moment: datetime) -> str:
    """Return 2026-11-23T09:30:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_milliseconds(moment: datetime) -> str:
    """Return 2026-11-23T09:30:00.487Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
