"""Reads which response a delivery is about, and refuses one that is not genuine."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lib.text import as_moment, as_text, is_answer
from qualtrics.answers import REHEARSABLE, why_kept
from qualtrics.recovery import recover_ids, salvage
from qualtrics.signature import is_signed

SURVEY_ID = re.compile(r"SV_[A-Za-z0-9]{1,40}", re.ASCII)
RESPONSE_ID = re.compile(r"R_[A-Za-z0-9]{1,40}", re.ASCII)

#: Names of metadata in lower case without underscores, and how we spell them.
METADATA = {
    "enddate": "endDate",
    "recordeddate": "recordedDate",
    "completeddate": "CompletedDate",
    "status": "status",
    "finished": "finished",
    "distributionchannel": "distributionChannel",
}
#: What a body may have behind its answers: a second one is refused.
AFTER = ("answers", "surveyid", "responseid")
MOMENTS = ("endDate", "recordedDate", "CompletedDate")


class DeliveryError(Exception):
    """A request that is refused. Sending it again will not help."""

    status = 400


class BadSignature(DeliveryError):
    """The delivery was not signed with any of our keys."""

    status = 403


class MalformedDelivery(DeliveryError):
    """The delivery is signed, but does not say which response it is about."""


@dataclass(frozen=True)
class Delivery:
    """The arrival of one response. If the body is broken, its ids are recovered."""

    survey_id: str
    response_id: str
    submitted_at: datetime | None = None
    #: Why it does not become a case; "" if it may.
    kept_because: str = ""
    #: None means that the answers must be fetched.
    answers: dict[str, object] | None = field(default=None, repr=False)
    labels: dict[str, object] = field(default_factory=dict, repr=False)
    is_readable: bool = True
    #: The answers before the place where the body breaks, and the text after it.
    salvaged: dict[str, object] = field(default_factory=dict, repr=False)
    rest: str = field(default="", repr=False)

    @property
    def mark(self) -> str:
        """Return "preview" or "test" if it may count as a rehearsal, else ""."""
        return self.kept_because if self.kept_because in REHEARSABLE else ""


def read_event(fields: Iterable[tuple[str, str]], keys: Sequence[str | bytes]) -> Delivery | None:
    """Return the delivery in an event's form; None for a genuine event about no response.

    The form comes as pairs, so that a repeated field is noticed.
    """
    form = _unique_fields(fields)
    message = form.get("MSG", "")
    if not is_signed(message, form.get("HMAC", ""), keys):
        raise BadSignature("The delivery is not signed with any of our keys")
    # The signature does not cover Topic, so everything is taken from the message.
    event = _parse(message)
    if not is_answer(event.get("responseid")) and _mark(event, "status") != "complete":
        return None
    survey_id, response_id = _ids(event)
    if not survey_id or not response_id:
        raise MalformedDelivery("The signed event has no valid survey and response id")
    metadata = _metadata(event)
    return Delivery(
        survey_id,
        response_id,
        submitted_at=_submitted_at(metadata),
        kept_because=_why_kept(event, metadata),
    )


def read_workflow(body: bytes) -> Delivery:
    """Return the delivery in a workflow task's body; recover what is possible from a broken one."""
    try:
        task = _normalized(_load(body.decode("utf-8-sig")))
    except (ValueError, RecursionError):
        return _recover(body)
    survey_id, response_id = _ids(task)
    answers = task.get("answers")
    has_answers = is_answer(answers)
    owners = _before_answers(task) if has_answers else task
    is_odd = has_answers and (not isinstance(answers, dict) or not task.keys() <= {*owners, *AFTER})
    if not survey_id or not response_id or is_odd:
        return _recover(body)
    metadata = _metadata(owners)
    return Delivery(
        survey_id,
        response_id,
        submitted_at=_submitted_at(metadata),
        kept_because=_why_kept(owners, metadata),
        answers=metadata | _typed(answers) if isinstance(answers, dict) and answers else None,
        labels=_object(owners.get("labels")),
    )


def _before_answers(task: dict[str, object]) -> dict[str, object]:
    """Return what the survey's owner wrote: behind the answers, one of these may have added it.

    An answer with a quotation mark and a brace can end them early, so that the rest of them stands
    behind, under any name.
    """
    names = list(task)
    return {name: task[name] for name in names[: names.index("answers")]}


def _typed(answers: Mapping[str, object]) -> dict[str, object]:
    """Return the answers without metadata, which one of them may have added."""
    return {
        name: value for name, value in answers.items() if _normalized_name(name) not in METADATA
    }


def _unique_fields(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    form: dict[str, str] = {}
    for name, value in fields:
        if name in form:
            raise MalformedDelivery("A field of the form comes twice")
        form[name] = value
    return form


def _parse(message: str) -> dict[str, object]:
    try:
        return _normalized(_load(message))
    except (ValueError, RecursionError):
        raise MalformedDelivery("The signed message is not a JSON object") from None


def _load(text: str) -> Any:
    # Not strict: piped text puts raw line breaks into strings.
    return json.loads(text, strict=False, object_pairs_hook=_unique_names)


def _unique_names(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a repeated name: an answer that contains quotation marks could have added it."""
    known = dict(pairs)
    if len(known) != len(pairs):
        raise ValueError("a name comes twice")
    return known


def _normalized(parsed: object) -> dict[str, object]:
    if not isinstance(parsed, dict):
        raise ValueError("not an object")
    return _unique_names([(_normalized_name(name), value) for name, value in parsed.items()])


def _normalized_name(written: str) -> str:
    return written.casefold().replace("_", "")


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _ids(event: Mapping[str, object]) -> tuple[str, str]:
    survey_id, response_id = (
        (as_text(event.get(name)) or "").strip() for name in ("surveyid", "responseid")
    )
    return (
        survey_id if SURVEY_ID.fullmatch(survey_id) else "",
        response_id if RESPONSE_ID.fullmatch(response_id) else "",
    )


def _metadata(event: Mapping[str, object]) -> dict[str, object]:
    return {
        our_name: event[name] for name, our_name in METADATA.items() if is_answer(event.get(name))
    }


def _submitted_at(metadata: Mapping[str, object]) -> datetime | None:
    return next(filter(None, (as_moment(metadata.get(name)) for name in MOMENTS)), None)


def _why_kept(event: Mapping[str, object], metadata: Mapping[str, object]) -> str:
    if _mark(event, "istest") in {"true", "1"}:
        return "test"
    if _mark(event, "ispreview") in {"true", "1"}:
        return "preview"
    if _mark(event, "status") in {"partial", "started"}:
        return "unfinished"
    return why_kept(metadata, {})


def _mark(event: Mapping[str, object], name: str) -> str:
    return (as_text(event.get(name)) or "").strip().casefold()


def _recover(body: bytes) -> Delivery:
    text = body.decode(errors="replace")
    survey_id, response_id = recover_ids(text)
    found, answers, rest = salvage(text)
    metadata = _metadata({_normalized_name(name): value for name, value in found.items()})
    return Delivery(
        survey_id,
        response_id,
        submitted_at=_submitted_at(metadata),
        is_readable=False,
        salvaged=metadata | _typed(answers) if answers else {},
        labels=_object(found.get("labels")),
        rest=rest if answers else "",
    )
