"""Exports as tables (csv and tsv): three header rows, then one row per response."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from demo.qualtrics.api.orders import Order
from demo.qualtrics.api.responses import Response, in_milliseconds
from demo.qualtrics.api.schema import DATES, LABELS, LAST_MODIFIED, METADATA, Metadata
from demo.qualtrics.survey import Field, Kind, Question, Survey


@dataclass(frozen=True)
class Column:
    """One column: a value of a response, or one choice of a question that allows several."""

    key: str
    tag: str
    description: str
    field: Field | None = None
    choice: str | None = None
    label: str = ""
    shows_label: bool = False

    @property
    def value_key(self) -> str:
        """Return the key of the response's values that this column shows."""
        return self.key if self.field is None else self.field.key


def table_rows(survey: Survey, order: Order, responses: Iterable[Response]) -> Iterator[bytes]:
    """Yield the rows: export tags, descriptions, import ids, then responses."""
    columns = list(_columns(survey, order))
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
        values[LAST_MODIFIED.key] = in_milliseconds(response.modified_at)
        labels = values | response.labels if order.use_labels or order.adds_labels else values
        yield [_cell(c, values, labels if c.shows_label else values, order) for c in columns]


def _columns(survey: Survey, order: Order) -> Iterator[Column]:
    for column in _all_columns(survey, order):
        if order.wants(survey, column.value_key):
            yield replace(column, shows_label=order.use_labels)
            if order.adds_labels and _has_labels(column):
                yield replace(column, shows_label=True)
    if order.by_modified:
        yield _metadata_column(LAST_MODIFIED)


def _all_columns(survey: Survey, order: Order) -> Iterator[Column]:
    yield from map(_metadata_column, METADATA)
    for question in survey.questions:
        if order.breaks_out and question.kind is Kind.MULTIPLE:
            yield from _choice_columns(question)
        else:
            for field in question.fields():
                yield Column(field.key, field.export_tag, field.description, field)
    yield from (Column(name, name, name) for name in survey.embedded)


def _metadata_column(metadata: Metadata) -> Column:
    return Column(metadata.key, metadata.export_tag, metadata.description)


def _has_labels(column: Column) -> bool:
    return column.key in LABELS or bool(column.field and column.field.choices)


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


def _import_id(column: Column, order: Order) -> dict[str, Any]:
    import_id: dict[str, Any] = {"ImportId": column.key}
    if column.key in DATES:
        zone = order.time_zone.key
        import_id["timeZone"] = "Z" if zone == "UTC" else zone
    if order.adds_labels and column.shows_label:
        import_id["IsLabelsColumn"] = True
    return import_id


def _cell(column: Column, values: dict[str, Any], shown: dict[str, Any], order: Order) -> Any:
    if column.choice is not None:
        if column.choice not in values.get(column.value_key, []):
            return order.multi_seen_unanswered
        return column.label if column.shows_label else column.choice
    is_multiple = column.field is not None and column.field.is_multiple
    unanswered = order.multi_seen_unanswered if is_multiple else order.seen_unanswered
    return _formatted(column, shown.get(column.key, unanswered if column.field else ""), order)


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
