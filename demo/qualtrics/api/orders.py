"""Validates the body of a request for an export."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from demo.qualtrics.api.schema import METADATA_KEYS
from demo.qualtrics.survey import Survey

FORMATS = ("json", "ndjson", "csv", "tsv")
TABLES = ("csv", "tsv")
NOT_WITH_JSON = {
    "includeDisplayOrder",
    "useLabels",
    "formatDecimalAsComma",
    "seenUnansweredRecode",
    "multiselectSeenUnansweredRecode",
    "timeZone",
    "newlineReplacement",
    "breakoutSets",
    "includeLabelColumns",
}
ALWAYS = {
    "format",
    "compress",
    "startDate",
    "endDate",
    "limit",
    "sortByLastModifiedDate",
    "exportResponsesInProgress",
    "allowContinuation",
    "continuationToken",
    "questionIds",
    "embeddedDataIds",
    "surveyMetadataIds",
}


class ExportRefused(Exception):
    """The request for an export contains something that is not allowed."""


@dataclass(frozen=True)
class Order:
    """A valid request for an export. Ids that are None mean all of them."""

    format: str
    compress: bool
    start: datetime | None
    end: datetime | None
    limit: int | None
    by_modified: bool
    in_progress: bool
    allows_continuation: bool
    continuation_token: str | None
    question_ids: frozenset[str] | None
    embedded_ids: frozenset[str] | None
    metadata_ids: frozenset[str] | None
    use_labels: bool
    adds_labels: bool
    time_zone: ZoneInfo
    newline: str | None
    decimal_comma: bool
    seen_unanswered: str
    multi_seen_unanswered: str
    breaks_out: bool

    def wants(self, survey: Survey, key: str) -> bool:
        """Tell whether a value of a response will be exported."""
        if key in METADATA_KEYS:
            return self.metadata_ids is None or key in self.metadata_ids
        if (field := survey.field_of.get(key)) is not None:
            return self.question_ids is None or field.question_id in self.question_ids
        return self.embedded_ids is None or key in self.embedded_ids


def read_order(survey: Survey, body: Mapping[str, Any]) -> Order:
    """Return the order in a body, or raise ExportRefused. A null counts as not sent."""
    wanted = {name: value for name, value in body.items() if value is not None}
    _refuse_what_does_not_fit(wanted)
    in_progress = _flag(wanted, "exportResponsesInProgress")
    questions = (question.id for question in survey.questions)
    return Order(
        format=wanted["format"],
        compress=_flag(wanted, "compress", default=True),
        start=_moment(wanted, "startDate"),
        end=_moment(wanted, "endDate"),
        limit=_limit(wanted),
        by_modified=_flag(wanted, "sortByLastModifiedDate") and not in_progress,
        in_progress=in_progress,
        allows_continuation=_flag(wanted, "allowContinuation") or "continuationToken" in wanted,
        continuation_token=wanted.get("continuationToken"),
        question_ids=_ids(wanted, "questionIds", questions),
        embedded_ids=_ids(wanted, "embeddedDataIds", survey.embedded),
        metadata_ids=_ids(wanted, "surveyMetadataIds", METADATA_KEYS),
        use_labels=_flag(wanted, "useLabels"),
        adds_labels=_flag(wanted, "includeLabelColumns"),
        time_zone=_time_zone(wanted),
        newline=wanted.get("newlineReplacement"),
        decimal_comma=_flag(wanted, "formatDecimalAsComma"),
        seen_unanswered=str(wanted.get("seenUnansweredRecode", "")),
        multi_seen_unanswered=str(
            wanted.get("multiselectSeenUnansweredRecode", wanted.get("seenUnansweredRecode", ""))
        ),
        breaks_out=_flag(wanted, "breakoutSets"),
    )


def _refuse_what_does_not_fit(wanted: Mapping[str, Any]) -> None:
    export_format = wanted.get("format")
    if export_format not in FORMATS:
        raise ExportRefused(f"Invalid value {export_format!r} for parameter 'format'.")
    for name in sorted(NOT_WITH_JSON & wanted.keys()):
        if export_format not in TABLES:
            raise ExportRefused(f"Parameter '{name}' is not allowed with format {export_format}.")
    if "continuationToken" in wanted and _flag(wanted, "allowContinuation"):
        raise ExportRefused("'continuationToken' implies 'allowContinuation': send one of them.")
    if _flag(wanted, "useLabels") and _flag(wanted, "includeLabelColumns"):
        raise ExportRefused("'useLabels' and 'includeLabelColumns' exclude each other.")
    if "filterId" in wanted and wanted.keys() & {"continuationToken", "allowContinuation"}:
        raise ExportRefused("A continuation and 'filterId' exclude each other.")
    for name in sorted(wanted.keys() - ALWAYS - NOT_WITH_JSON):
        raise ExportRefused(f"Parameter '{name}' is not offered by this stand-in.")


def _flag(wanted: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    """Return true or false, also from text, which existing clients send."""
    value = wanted.get(name, default)
    known = {True: True, False: False, "true": True, "false": False}
    found = known.get(value.lower() if isinstance(value, str) else value)
    if found is None:
        raise _invalid(name, value)
    return found


def _moment(wanted: Mapping[str, Any], name: str) -> datetime | None:
    text = wanted.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise _invalid(name, text) from None
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def _limit(wanted: Mapping[str, Any]) -> int | None:
    limit = wanted.get("limit")
    if limit is not None and (not isinstance(limit, int) or limit < 1):
        raise _invalid("limit", limit)
    return limit


def _ids(wanted: Mapping[str, Any], name: str, known: Iterable[str]) -> frozenset[str] | None:
    if name not in wanted:
        return None
    if not isinstance(wanted[name], list):
        raise _invalid(name, wanted[name])
    ids = frozenset(wanted[name]) - {""}
    for unknown in sorted(ids - set(known)):
        raise _invalid(name, unknown)
    return ids


def _time_zone(wanted: Mapping[str, Any]) -> ZoneInfo:
    name = wanted.get("timeZone", "UTC")
    try:
        return ZoneInfo(name)
    except (TypeError, ValueError, ZoneInfoNotFoundError):
        raise _invalid("timeZone", name) from None


def _invalid(name: str, value: Any) -> ExportRefused:
    return ExportRefused(f"Invalid value {value!r} for parameter '{name}'.")
