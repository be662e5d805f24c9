"""Reads a response into the facts of a case by its survey's map. No response can make it raise."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from lib.phones import LONGEST as LONGEST_PHONE
from lib.phones import is_number, may_hold_number
from lib.text import as_moment, as_text, plain
from lib.typed_addresses import read as read_address
from people.records import Identity
from people.supporters import TIMES
from qualtrics.reader import Reader
from qualtrics.survey import FormMap, SurveyMap
from workflow.model import Facts, Wish

__all__ = ["Answers", "SurveyMap", "read_answers", "why_kept"]

#: Status codes and labels of responses that are not requests. An unknown status is a request.
KEPT_STATUS = {
    "preview": {"1", "survey preview", "9", "survey preview spam", "17", "offline survey preview"},
    "test": {"2", "survey test"},
    "spam": {"8", "spam", "40", "ex spam"},
    "imported": {"4", "imported", "12", "imported spam", "132", "reimported imported"},
    "synthetic": {"256", "synthetic"},
}
#: Become cases while their survey is being rehearsed.
REHEARSABLE = ("preview", "test")
TOO_EARLY = "before the program"

ASK_BEFORE_CALLING = "Ask the coordinators before calling"
LONGEST_NOT_WANTED = 10_000
LONGEST_TOKEN = 200
NOT_ALL = "[the rest of this answer is only in Qualtrics]"
STRICTEST = frozenset({"call"})
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE | re.ASCII)
#: Where a response says whether it is a request.
METADATA = ("status", "distributionChannel", "finished")


@dataclass(frozen=True)
class Answers:
    """The content of a response; `kept_because` is "" when it should become a case."""

    facts: Facts
    identity: Identity
    is_urgent: bool
    submitted_at: datetime | None
    kept_because: str
    #: A preview or test response that counts because its survey is being rehearsed.
    is_test: bool = False
    #: What the form's link carried along, if we gave that link to someone whom we invited.
    invitation: str = ""


@dataclass(frozen=True)
class Judgment:
    """Whether a response becomes a case, and whether it is only a rehearsal."""

    submitted_at: datetime | None
    kept_because: str
    is_test: bool


def read_answers(
    survey: SurveyMap, values: Mapping[str, object], labels: Mapping[str, object]
) -> Answers:
    """Return the content of a response; answers that we cannot read are set aside."""
    reader = Reader(survey, values, labels)
    is_urgent = _is_urgent(reader)
    identity = _identity(reader)
    facts = _facts(survey, reader, identity)
    invitation = _invitation(reader)
    judged = judge(survey, values, labels)
    return Answers(
        facts=replace(facts, unreadable=tuple(reader.unread)),
        identity=replace(identity, unread=tuple(reader.unread.items())),
        is_urgent=is_urgent,
        submitted_at=judged.submitted_at,
        kept_because=judged.kept_because,
        is_test=judged.is_test,
        invitation=invitation,
    )


def judge(survey: FormMap, values: Mapping[str, object], labels: Mapping[str, object]) -> Judgment:
    """Return whether a response becomes a case, judging by its metadata."""
    submitted_at = _submitted_at(values)
    reasons = _reasons_to_keep(values, labels)
    rehearsable = REHEARSABLE if survey.rehearsal else ()
    kept_because = next((r for r in reasons if r not in rehearsable), "")
    return Judgment(
        submitted_at,
        kept_because or _too_early(submitted_at, survey),
        is_test=any(reason in rehearsable for reason in reasons),
    )


def why_kept(values: Mapping[str, object], labels: Mapping[str, object]) -> str:
    """Return why a response is not a request (preview, test, spam, ...); "" if it is one."""
    return next(iter(_reasons_to_keep(values, labels)), "")


def _reasons_to_keep(values: Mapping[str, object], labels: Mapping[str, object]) -> tuple[str, ...]:
    of_each = ((values.get(name), labels.get(name)) for name in METADATA)
    return _reasons(*((as_text(value) or "", as_text(label) or "") for value, label in of_each))


@lru_cache(maxsize=64)
def _reasons(*texts: tuple[str, str]) -> tuple[str, ...]:
    """Read metadata once: an export says the same few words about each of its responses."""
    words = ([word for word in map(plain, both) if word] for both in texts)
    return tuple(_reasons_in(*words))


def _reasons_in(status: list[str], channel: list[str], finished: list[str]) -> Iterator[str]:
    for reason, names in KEPT_STATUS.items():
        if status and status[0] in names:
            yield reason
    if "preview" in channel:
        yield "preview"
    if finished[:1] in (["0"], ["false"]):
        yield "unfinished"


def _submitted_at(values: Mapping[str, object]) -> datetime | None:
    names = ("endDate", "recordedDate", "CompletedDate")
    return next(filter(None, (as_moment(values.get(name)) for name in names)), None)


def _too_early(submitted_at: datetime | None, survey: FormMap) -> str:
    is_early = submitted_at is not None and submitted_at < survey.accept_from_moment
    return TOO_EARLY if is_early else ""


def _is_urgent(reader: Reader) -> bool:
    """Tell whether the safety answer is urgent, contradictory or not readable."""
    words = set(reader.words_of_one("safety"))
    if reader.is_answered("safety") and len(words) != 1:
        reader.set_aside("safety")
        return True
    return "urgent" in words


def _identity(reader: Reader) -> Identity:
    email, phone = reader.line("email", 254), reader.line("phone", LONGEST_PHONE)
    reading = read_address(reader.raw("email"), reader.survey.mail_domains)
    if email and not reading.address:
        reader.set_aside("email")
    if phone and not is_number(phone, reader.survey.country):
        reader.set_aside("phone")
    allowed = _allowed_ways(reader, email)
    return Identity(
        name=reader.line("name", 200),
        email=reading.address or email,
        email_choices=reading.choices,
        phone=phone,
        is_mail_ok="mail" in allowed,
        is_text_ok="text" in allowed,
        is_call_ok="call" in allowed or "voicemail" in allowed,
        is_voicemail_ok="voicemail" in allowed,
        not_before=_not_before(reader),
        unit=reader.line_or_word("unit", 200),
        note=reader.paragraphs("note", 10_000),
        not_wanted=_not_wanted(reader),
    )


def _invitation(reader: Reader) -> str:
    """Return what the link carried along; whatever it is, no reviewer has to settle it."""
    token = reader.raw("invitation")
    reader.unread.pop("invitation", None)
    return token[:LONGEST_TOKEN]


def _not_wanted(reader: Reader) -> str:
    """Return the answer, with a mark if a part of it cannot be read: it must be asked about."""
    typed = reader.line("not_wanted", LONGEST_NOT_WANTED)
    return f"{typed} {NOT_ALL}".strip() if "not_wanted" in reader.unread else typed


def _allowed_ways(reader: Reader, email: str) -> frozenset[str]:
    allowed = reader.words_of_many("contact")
    if allowed is None:
        return STRICTEST
    return frozenset(allowed) or (STRICTEST | {"mail"} if email else STRICTEST)


def _not_before(reader: Reader) -> str:
    words = reader.line_or_word("not_before", 80)
    return ASK_BEFORE_CALLING if "not_before" in reader.unread else words


def _facts(survey: SurveyMap, reader: Reader, identity: Identity) -> Facts:
    is_mailable = bool(identity.email) and identity.is_mail_ok and "email" not in reader.unread
    return Facts(
        department=reader.word("department"),
        role=reader.word("role"),
        specialty=reader.word("specialty"),
        wish_role=_wish(reader, "wish_role"),
        wish_specialty=_wish(reader, "wish_specialty"),
        wish_department=_wish(reader, "wish_department"),
        wish_site=reader.line_or_word("wish_site", 60),
        wish_times=_times(reader),
        # What cannot be read counts as a yes: being asked harms no one.
        asks_first=reader.word("asks_first") == "yes" or "asks_first" in reader.unread,
        language=_language(survey, reader),
        found_at=reader.line_or_word("found_at", 60),
        is_mailable=is_mailable,
        is_reachable=is_mailable or may_hold_number(identity.phone),
    )


def _wish(reader: Reader, fact: str) -> Wish:
    return Wish(reader.word(fact) or Wish.NO_PREFERENCE)


def _times(reader: Reader) -> tuple[str, ...]:
    stated = reader.words_of_many("wish_times") or set()
    return tuple(time for time in TIMES if time in stated)


def _language(survey: SurveyMap, reader: Reader) -> str:
    language = reader.line_or_word("language", 35).casefold().replace("_", "-")
    if LANGUAGE.fullmatch(language):
        return language
    if language:
        reader.set_aside("language")
    return survey.language
