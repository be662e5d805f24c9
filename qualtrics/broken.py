"""Reads a body that cannot be parsed. It always becomes a request, however little is readable."""

from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import datetime

from people.records import EVERYTHING, THE_REST, Identity
from qualtrics.answers import ASK_BEFORE_CALLING, Answers, read_answers
from qualtrics.survey import FROM_THE_LINK, SurveyMap
from workflow.model import Facts

LONGEST_UNREAD = 20_000


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
    sure, doubtful = _before_the_link(survey, salvaged)
    body = dict(body) | {"rest": "\n".join(filter(None, (doubtful, _text(body, "rest"))))}
    answers = read_answers(survey, sure, labels)
    answers = without(answers, missing(survey, sure.keys() | labels.keys()), body)
    identity = answers.identity
    return replace(
        answers,
        identity=replace(identity, unread=(*identity.unread, _unread(body, THE_REST))),
        submitted_at=answers.submitted_at or submitted_at,
    )


def _before_the_link(
    survey: SurveyMap, salvaged: Mapping[str, object]
) -> tuple[dict[str, object], str]:
    """Return the answers before those that the form's link says, and the text of the others.

    Who wrote the link may have added others behind these.
    """
    sources = [getattr(survey.facts, fact) for fact in FROM_THE_LINK]
    keys = {source.key for source in sources if source is not None}
    names = list(salvaged)
    place = min((names.index(key) for key in keys & {*names}), default=len(names))
    doubtful = [name for name in names[place:] if name not in keys]
    sure = {name: value for name, value in salvaged.items() if name not in doubtful}
    return sure, "\n".join(f"{name}: {salvaged[name]}" for name in doubtful)


def without(
    answers: Answers, missing: tuple[str, ...], body: Mapping[str, object] | None = None
) -> Answers:
    """Return the answers of a body in which some are missing: then the strictest counts."""
    facts = replace(answers.facts, unreadable=(*answers.facts.unreadable, *missing))
    identity = _with_recovered_contact(answers.identity, body or {}, missing)
    return replace(
        answers,
        facts=replace(
            facts,
            is_mailable=facts.is_mailable and identity.is_mail_ok,
            is_reachable=bool(identity.email or identity.phone),
            asks_first=facts.asks_first or "asks_first" in missing,
        ),
        identity=identity,
        is_urgent=answers.is_urgent or "safety" in missing,
    )


def missing(survey: SurveyMap, keys: Set[str]) -> tuple[str, ...]:
    """Return the facts whose answers a body does not have, except what the form's link says."""
    return tuple(
        fact
        for fact, source in survey.facts
        if source is not None
        and source.key is not None
        and fact not in FROM_THE_LINK
        and source.key not in keys
    )


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
