"""A response, and the shape in which the API returns it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from demo.qualtrics.survey import Field, Survey

Answer = str | int | float | Sequence[str | int]

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
FINISHED_LABELS = {0: "False", 1: "True"}


@dataclass(frozen=True)
class Circumstances:
    """How a response was made. The defaults are those of a person who submits the form."""

    status: int = 0
    is_finished: bool = True
    #: It is still being filled in. Reading one response returns it; exports only on request.
    is_in_progress: bool = False
    channel: str = "anonymous"
    language: str = "EN"
    duration: timedelta = timedelta(seconds=94)


@dataclass(frozen=True, slots=True)
class Response:
    """A recorded response: what was answered; how the API shows it is made when it is asked for.

    What ends in `_from` is real, monotonic time: since when the API shows the response, since
    when it counts as recorded, and since when as it is now.
    """

    id: str
    survey: Survey
    answers: dict[str, Any]
    embedded: dict[str, Any]
    circumstances: Circumstances
    recorded_at: datetime
    modified_at: datetime
    readable_from: float
    recorded_from: float
    changed_from: float

    @property
    def is_finished(self) -> bool:
        """Tell whether the form was submitted."""
        return self.circumstances.is_finished

    @property
    def values(self) -> dict[str, Any]:
        """Return what the API calls values: metadata, answers and embedded data."""
        metadata = _metadata(self.id, self.recorded_at, self.circumstances)
        return metadata | self.answers | self.embedded

    @property
    def labels(self) -> dict[str, Any]:
        """Return the labels of the chosen answers, as the survey has them now."""
        status = self.circumstances.status
        labels: dict[str, Any] = {
            "status": STATUS_LABELS.get(status, str(status)),
            "finished": FINISHED_LABELS[self.is_finished],
        }
        fields = self.survey.field_of
        for key, value in self.answers.items():
            if (label := _label(fields.get(key), value)) is not None:
                labels[key] = label
        return labels

    def as_result(self) -> dict[str, Any]:
        """Return the object that the API and the JSON exports contain."""
        return {
            "responseId": self.id,
            "values": self.values,
            "labels": self.labels,
            "displayedFields": list(self.survey.field_of),
            "displayedValues": self.survey.displayed_values,
        }


def shape_answers(survey: Survey, answers: Mapping[str, Answer]) -> dict[str, Any]:
    """Return the answers in the API's types; an empty answer leaves no key."""
    fields = survey.field_of
    given = {key: _shaped(fields.get(key), value) for key, value in answers.items() if value != ""}
    return {key: value for key, value in given.items() if value != []}


def _shaped(field: Field | None, value: Answer) -> Any:
    """Return one answer in the API's type: a choice is a number, several are strings."""
    if field is None or not field.choices:
        return value
    if field.is_multiple:
        several = [value] if isinstance(value, str | int | float) else value
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


def _label(field: Field | None, value: Any) -> str | list[str] | None:
    if field is None or not field.choices:
        return None
    if field.is_multiple:
        texts = {str(number): text for number, text in field.choices.items()}
        return [texts[choice] for choice in value if choice in texts]
    return field.choices.get(value)


def in_seconds(moment: datetime) -> str:
    """Return 2026-11-23T09:30:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_milliseconds(moment: datetime) -> str:
    """Return 2026-11-23T09:30:00.487Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
