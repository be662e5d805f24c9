"""What comes in at the two doors: is it genuine, and which response is it about."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lib.text import as_moment, as_text, is_answer
from qualtrics.answers import REHEARSABLE, why_kept
from qualtrics.recovery import recover_contact, recover_ids, salvage

SIGNATURE = re.compile(r"[0-9a-f]{128}", re.ASCII)
SURVEY_ID = re.compile(r"SV_[A-Za-z0-9]{1,40}", re.ASCII)
RESPONSE_ID = re.compile(r"R_[A-Za-z0-9]{1,40}", re.ASCII)

#: Names as Qualtrics and survey owners write them, without case and underscores: our spelling.
METADATA = {
    "enddate": "endDate",
    "recordeddate": "recordedDate",
    "completeddate": "CompletedDate",
    "status": "status",
    "finished": "finished",
    "distributionchannel": "distributionChannel",
}
MOMENTS = ("endDate", "recordedDate", "CompletedDate")


class DeliveryError(Exception):
    """A request that is refused. Sending it again will not help."""

    status = 400


class BadSignature(DeliveryError):
    """It was not signed with any of our keys."""

    status = 403


class MalformedDelivery(DeliveryError):
    """It is signed, but does not say which response it is about."""


@dataclass(frozen=True)
class Delivery:
    """One response's arrival. What could not be read was recovered as far as possible."""

    survey_id: str
    response_id: str
    submitted_at: datetime | None = None
    #: Why it makes no case, "" if it may.
    kept_because: str = ""
    #: None means that the answers must be fetched.
    answers: dict[str, object] | None = field(default=None, repr=False)
    labels: dict[str, object] = field(default_factory=dict, repr=False)
    is_readable: bool = True
    recovered_email: str = field(default="", repr=False)
    recovered_phone: str = field(default="", repr=False)
    #: The answers before the place where it breaks, and what follows as it came.
    salvaged: dict[str, object] = field(default_factory=dict, repr=False)
    rest: str = field(default="", repr=False)

    @property
    def mark(self) -> str:
        """Return why it is a test, which counts while its survey is rehearsed; "" if it is none."""
        return self.kept_because if self.kept_because in REHEARSABLE else ""


def read_event(fields: Iterable[tuple[str, str]], keys: Sequence[str | bytes]) -> Delivery | None:
    """Read an event subscription's form; None for a genuine event about no response.

    Takes pairs, so that a field that comes twice is seen: `request.form.items(multi=True)`.
    """
    form = _once_each(fields)
    message = form.get("MSG", "")
    _verify(message, form.get("HMAC", ""), keys)
    # Topic is not covered by the signature: everything is taken from the message.
    event = _parse(message)
    status = (as_text(event.get("status")) or "").strip().casefold()
    if not is_answer(event.get("responseid")) and status != "complete":
        return None
    survey_id, response_id = _ids(event)
    if not survey_id or not response_id:
        raise MalformedDelivery("The signed event has no valid survey and response id")
    return Delivery(
        survey_id,
        response_id,
        submitted_at=_submitted_at(_metadata(event)),
        kept_because=_why_kept(event),
    )


def is_right_token(token: str, tokens: Sequence[str]) -> bool:
    """Tell whether a workflow task knows one of our tokens, in constant time."""
    given = _digest(token)
    matches = [hmac.compare_digest(given, _digest(ours)) for ours in tokens if ours]
    return any(matches)


def read_workflow(body: bytes) -> Delivery:
    """Read a workflow task's body; one that is broken gives what can be recovered."""
    try:
        task = _without_case(_load(body.decode("utf-8-sig")))
    except (ValueError, RecursionError):
        return _recover(body)
    answers, labels = task.get("answers"), task.get("labels")
    survey_id, response_id = _ids(task)
    is_odd = is_answer(answers) and not isinstance(answers, dict)
    if not survey_id or not response_id or is_odd:
        return _recover(body)
    metadata = _metadata(task)
    return Delivery(
        survey_id,
        response_id,
        submitted_at=_submitted_at(metadata),
        kept_because=_why_kept(task),
        answers={**metadata, **answers} if isinstance(answers, dict) and answers else None,
        labels=_object(labels),
    )


def _once_each(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    form: dict[str, str] = {}
    for name, value in fields:
        if name in form:
            raise MalformedDelivery("A field of the form comes twice")
        form[name] = value
    return form


def _verify(message: str, signature: str, keys: Sequence[str | bytes]) -> None:
    if not SIGNATURE.fullmatch(signature):
        raise BadSignature("There is no well-formed signature")
    try:
        signed = message.encode()
    except UnicodeEncodeError:
        raise BadSignature("The message is not text") from None
    secrets = [key.encode() if isinstance(key, str) else key for key in keys if key]
    expected = [hmac.new(secret, signed, hashlib.sha512).hexdigest() for secret in secrets]
    matches = [hmac.compare_digest(signature, ours) for ours in expected]
    if not any(matches):
        raise BadSignature("The signature fits none of our keys")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def _parse(message: str) -> dict[str, object]:
    try:
        return _without_case(_load(message))
    except (ValueError, RecursionError):
        raise MalformedDelivery("The signed message is not a JSON object") from None


def _load(text: str) -> Any:
    # Line breaks inside of strings are what piped text brings; we know what they mean.
    return json.loads(text, strict=False, object_pairs_hook=_unambiguous)


def _unambiguous(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a name that comes twice: an answer with quotes in it could have added it."""
    known = dict(pairs)
    if len(known) != len(pairs):
        raise ValueError("a name comes twice")
    return known


def _without_case(parsed: object) -> dict[str, object]:
    if not isinstance(parsed, dict):
        raise ValueError("not an object")
    return _unambiguous([(_name(name), value) for name, value in parsed.items()])


def _name(written: str) -> str:
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
    return {ours: event[name] for name, ours in METADATA.items() if is_answer(event.get(name))}


def _submitted_at(metadata: Mapping[str, object]) -> datetime | None:
    return next(filter(None, (as_moment(metadata.get(name)) for name in MOMENTS)), None)


def _why_kept(event: Mapping[str, object]) -> str:
    marks = {name: (as_text(event.get(name)) or "").strip().casefold() for name in event}
    if marks.get("istest") in {"true", "1"}:
        return "test"
    if marks.get("ispreview") in {"true", "1"}:
        return "preview"
    if marks.get("status") in {"partial", "started"}:
        return "unfinished"
    return why_kept(_metadata(event), {})


def _recover(body: bytes) -> Delivery:
    text = body.decode(errors="replace")
    survey_id, response_id = recover_ids(text)
    email, phone = recover_contact(text)
    found, answers, rest = salvage(text)
    metadata = _metadata({_name(name): value for name, value in found.items()})
    return Delivery(
        survey_id,
        response_id,
        submitted_at=_submitted_at(metadata),
        is_readable=False,
        recovered_email=email,
        recovered_phone=phone,
        salvaged=metadata | answers if answers else {},
        labels=_object(found.get("labels")),
        rest=rest if answers else "",
    )
