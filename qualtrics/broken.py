"""Reads a body that cannot be parsed. It always becomes a request, however little is readable."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from datetime import datetime

from people.records import Identity
from qualtrics.answers import ASK_BEFORE_CALLING, Answers, read_answers
from qualtrics.survey import SurveyMap
from workflow.model import EVERYTHING, Facts

LONGEST_UNREAD = 20_000
THE_REST = "the rest of the form"


def read_broken(
    survey: SurveyMap | None, body: Mapping[str, object], submitted_at: datetime | None
) -> Answers:
    """Return the answers before the place where a body breaks; coordinators look up the rest.

    The case is urgent unless a readable safety answer says otherwise.
    """
    salvaged = body.get("salvaged")
    if survey is None or not isinstance(salvaged, dict) or not salvaged:
        return _unreadable(body, submitted_at)
    labels = body.get("labels")
    labels = labels if isinstance(labels, dict) else {}
    answers = read_answers(survey, salvaged, labels)
    missing = tuple(_missing(survey, salvaged.keys() | labels.keys()))
    facts = replace(answers.facts, unreadable=(*answers.facts.unreadable, *missing))
    identity = _with_recovered_contact(answers.identity, body, missing)
    return replace(
        answers,
        facts=replace(
            facts,
            is_mailable=facts.is_mailable and identity.is_mail_ok,
            is_reachable=bool(identity.email or identity.phone),
        ),
        identity=replace(identity, unread=(*identity.unread, _unread(body, THE_REST))),
        is_urgent=answers.is_urgent or "safety" in missing,
        submitted_at=answers.submitted_at or submitted_at,
    )


def without_safety(answers: Answers) -> Answers:
    """Return the answers as urgent, for a body that does not contain the safety question."""
    facts = replace(answers.facts, unreadable=(*answers.facts.unreadable, "safety"))
    return replace(answers, facts=facts, is_urgent=True)


def _missing(survey: SurveyMap, keys: Set[str]) -> Iterator[str]:
    """Yield the facts whose answers come after the place where a body breaks."""
    for fact, source in survey.facts:
        if source is None or source.key is None or fact == "invitation":
            continue
        if source.key not in keys:
            yield fact


def _with_recovered_contact(
    identity: Identity, body: Mapping[str, object], missing: tuple[str, ...]
) -> Identity:
    """Add the recovered address and number; for limits that were not read, assume the strictest."""
    identity = replace(
        identity,
        email=identity.email or _text(body, "email"),
        phone=identity.phone or _text(body, "phone"),
    )
    if "not_before" in missing:
        identity = replace(identity, not_before=ASK_BEFORE_CALLING)
    if "contact" in missing:
        return replace(
            identity, is_mail_ok=False, is_text_ok=False, is_call_ok=True, is_voicemail_ok=False
        )
    return identity


def _unreadable(body: Mapping[str, object], submitted_at: datetime | None) -> Answers:
    email, phone = _text(body, "email"), _text(body, "phone")
    return Answers(
        facts=Facts(is_reachable=bool(email or phone), unreadable=(EVERYTHING,)),
        identity=Identity(
            email=email, phone=phone, is_call_ok=True, unread=(_unread(body, EVERYTHING),)
        ),
        is_urgent=True,
        submitted_at=submitted_at,
        kept_because="",
    )


def _unread(body: Mapping[str, object], what: str) -> tuple[str, str]:
    found = _text(body, "rest") if what == THE_REST else _text(body, "raw")
    return what, found[:LONGEST_UNREAD]


def _text(body: Mapping[str, object], name: str) -> str:
    return str(body.get(name) or "")
