"""Exports as tables, csv and tsv: three header rows, then a row per response."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from demo.qualtrics_orders import Order
from demo.qualtrics_responses import Response
from demo.survey import Field, Kind, Question, Survey

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


@dataclass(frozen=True)
class Column:
    """One column: a value of the API, or one choice of a question that allows several."""

    key: str
    tag: str
    description: str
    field: Field | None = None
    choice: str | None = None
    label: str = ""

    @property
    def value_key(self) -> str:
        """Return the key of the response's values that this column shows."""
        return self.key if self.field is None else self.field.key


def table_rows(survey: Survey, order: Order, responses: Iterable[Response]) -> Iterator[bytes]:
    """Yield the rows: export tags, descriptions, the ids that imports go by, then responses."""
    columns = [c for c in _columns(survey, order) if order.wants(survey, c.value_key)]
    line = io.StringIO(newline="")
    writer = csv.writer(line, delimiter="\t" if order.format == "tsv" else ",")
    for row in _rows(columns, order, responses):
        writer.writerow(row)
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def _rows(
    columns: list[Column], order: Order, responses: Iterable[Response]
) -> Iterator[list[Any]]:
    yield [column.tag for column in columns]
    yield [column.description for column in columns]
    yield [json.dumps(_import_id(c, order), separators=(",", ":")) for c in columns]
    for response in responses:
        values = response.values
        shown = values | response.labels if order.use_labels else values
        yield [_cell(column, values, shown, order) for column in columns]


def _columns(survey: Survey, order: Order) -> Iterator[Column]:
    yield from (Column(*names) for names in METADATA_COLUMNS)
    for question in survey.questions:
        if order.breaks_out and question.kind is Kind.MULTIPLE:
            yield from _choice_columns(question)
        else:
            for field in question.fields():
                yield Column(field.key, field.export_tag, field.description, field)
    yield from (Column(name, name, name) for name in survey.embedded)


def _choice_columns(question: Question) -> Iterator[Column]:
    field = next(question.fields())
    for choice, label in question.choices.items():
        yield Column(
            f"{question.id}_{choice}",
            f"{question.export_tag}_{choice}",
            f"{question.text} - {label}",
            field,
            str(question.recode(choice)),
            label,
        )


def _import_id(column: Column, order: Order) -> dict[str, str]:
    if column.key in DATES:
        return {"ImportId": column.key, "timeZone": order.time_zone.key}
    return {"ImportId": column.key}


def _cell(column: Column, values: dict[str, Any], shown: dict[str, Any], order: Order) -> Any:
    if column.choice is not None:
        if column.choice not in values.get(column.value_key, []):
            return order.multi_seen_unanswered
        return column.label if order.use_labels else column.choice
    unanswered = order.seen_unanswered if column.field else ""
    return _formatted(column, shown.get(column.key, unanswered), order)


def _formatted(column: Column, value: Any, order: Order) -> Any:
    if column.key in DATES:
        local = datetime.fromisoformat(value).astimezone(order.time_zone)
        return f"{local:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, list):
        return ",".join(value)
    if isinstance(value, float) and order.decimal_comma:
        return str(value).replace(".", ",")
    if isinstance(value, str) and order.newline is not None:
        return value.replace("\r\n", "\n").replace("\n", order.newline)
    return value
