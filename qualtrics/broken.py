"""What a body that nobody can parse says about a case: never less than that somebody asks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from qualtrics.answers import Answers, read_answers
from qualtrics.survey import SurveyMap
from workflow.model import Facts, Identity

LONGEST_UNREAD = 20_000
EVERYTHING, THE_REST = "everything", "the rest of the form"


def read_broken(
    survey: SurveyMap | None, body: Mapping[str, object], submitted_at: datetime | None
) -> Answers:
    """Read what stands before the place where a body breaks; coordinators look up the rest.

    Urgent unless the safety answer stands before that place and says otherwise.
    """
    salvaged = body.get("salvaged")
    if survey is None or not isinstance(salvaged, dict) or not salvaged:
        return _unreadable(body, submitted_at)
    labels = body.get("labels")
    labels = labels if isinstance(labels, dict) else {}
    answers = read_answers(survey, salvaged, labels)
    safety = survey.facts.safety
    is_safety_read = safety is None or safety.key in salvaged.keys() | labels.keys()
    facts, identity = answers.facts, answers.identity
    email, phone = identity.email or _text(body, "email"), identity.phone or _text(body, "phone")
    return replace(
        answers,
        facts=replace(
            facts,
            is_reachable=bool(email or phone),
            unreadable=(*facts.unreadable, THE_REST),
        ),
        identity=replace(
            identity, email=email, phone=phone, unread=(*identity.unread, _unread(body, THE_REST))
        ),
        is_urgent=answers.is_urgent or not is_safety_read,
        submitted_at=answers.submitted_at or submitted_at,
    )


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
