"""Reads the answers in a workflow body. It always becomes a request, however little is readable."""

from collections.abc import Collection, Mapping, Set
from dataclasses import replace
from datetime import datetime

from people.records import EVERYTHING, THE_REST, Identity
from qualtrics.answers import ASK_BEFORE_CALLING, Answers, read_answers
from qualtrics.carried import certain, typed_part
from qualtrics.recovery import recover_contact
from qualtrics.survey import FROM_THE_LINK, SurveyMap
from workflow.model import Facts

LONGEST_UNREAD = 20_000


def read_whole(
    survey: SurveyMap, values: Mapping[str, object], labels: Mapping[str, object]
) -> Answers:
    """Return the answers of a valid body: whatever its owner did not ask for is missing."""
    sure = certain(survey, values)
    answers = read_answers(survey, sure, labels)
    return _without(answers, _missing(survey, sure.keys() | labels.keys()))


def read_broken(
    survey: SurveyMap | None,
    body: Mapping[str, object],
    submitted_at: datetime | None,
    surveys: Collection[SurveyMap] = (),
) -> Answers:
    """Return the answers before the place where a body breaks; coordinators look up the rest.

    The case is urgent unless a readable safety answer says otherwise. If we don't know which of
    our surveys it is of, it is read like any of them.
    """
    raw, rest, salvaged = _text(body, "raw"), _text(body, "rest"), body.get("salvaged")
    typed = typed_part(raw, [survey] if survey else surveys)
    if survey is None or not isinstance(salvaged, dict) or not salvaged:
        return _unreadable(typed, submitted_at)
    labels = body.get("labels")
    labels = labels if isinstance(labels, dict) else {}
    sure = certain(survey, salvaged, is_broken=True)
    answers = read_answers(survey, sure, labels)
    answers = _without(answers, _missing(survey, sure.keys() | labels.keys()), typed)
    unread = typed_part(raw, [survey], len(raw.rstrip()) - len(rest))
    identity = answers.identity
    return replace(
        answers,
        identity=replace(identity, unread=(*identity.unread, *_unread(THE_REST, unread))),
        submitted_at=answers.submitted_at or submitted_at,
    )


def _without(answers: Answers, missing: tuple[str, ...], typed: str = "") -> Answers:
    """Return the answers of a body in which some are missing: then the strictest counts."""
    facts = replace(answers.facts, unreadable=(*answers.facts.unreadable, *missing))
    identity = _with_recovered_contact(answers.identity, typed, missing)
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


def _missing(survey: SurveyMap, keys: Set[str]) -> tuple[str, ...]:
    """Return the facts whose answers a body does not have, except what the form's link says."""
    return tuple(
        fact
        for fact, source in survey.facts
        if source is not None
        and source.key is not None
        and fact not in FROM_THE_LINK
        and source.key not in keys
    )


def _with_recovered_contact(identity: Identity, typed: str, missing: tuple[str, ...]) -> Identity:
    """Add the recovered address and number; for limits that were not read, assume the strictest."""
    email, phone = recover_contact(typed)
    if "email" in missing:
        identity = replace(identity, email=email)
    if "phone" in missing:
        identity = replace(identity, phone=phone)
    if "not_before" in missing:
        identity = replace(identity, not_before=ASK_BEFORE_CALLING)
    if "contact" in missing:
        return replace(
            identity, is_mail_ok=False, is_text_ok=False, is_call_ok=True, is_voicemail_ok=False
        )
    return identity


def _unreadable(typed: str, submitted_at: datetime | None) -> Answers:
    email, phone = recover_contact(typed)
    return Answers(
        facts=Facts(is_reachable=bool(email or phone), unreadable=(EVERYTHING,)),
        identity=Identity(
            email=email, phone=phone, is_call_ok=True, unread=_unread(EVERYTHING, typed)
        ),
        is_urgent=True,
        submitted_at=submitted_at,
        kept_because="",
    )


def _unread(what: str, typed: str) -> tuple[tuple[str, str], ...]:
    return ((what, typed[:LONGEST_UNREAD]),) if typed else ()


def _text(body: Mapping[str, object], name: str) -> str:
    return str(body.get(name) or "")
