"""An invitation: one person is asked one thing by mail, answers on a page, and is forgotten."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

#: How long an invitation to something is kept once that is over.
AFTERWARDS = timedelta(days=14)


class Kind(StrEnum):
    """What someone is asked."""

    #: Whether they would like to be considered as a supporter.
    NOMINATION = "nomination"
    #: Whether they come to a session of a training.
    TRAINING = "training"
    #: Whether they would like to talk to someone, because a colleague worries about them.
    REFERRAL = "referral"
    #: The same, because something hard happened where they work.
    OUTREACH = "outreach"
    #: Whether they come to a group session after it.
    GROUP_SESSION = "group session"
    #: No one is asked: who worries is told that the address they typed can't be used.
    REFERRER = "referrer"
    #: No one is asked: those who are written to after one event, as a whole.
    GROUP = "group"


class Answer(StrEnum):
    NONE = ""
    YES = "yes"
    NO = "no"
    NEVER = "never"


class Times(Protocol):
    """How long things last, as [invitations] in program.toml says."""

    @property
    def answer_within(self) -> timedelta: ...
    @property
    def remind_after(self) -> timedelta: ...
    @property
    def forget_after(self) -> timedelta: ...
    @property
    def ask_again_after(self) -> timedelta: ...
    @property
    def refer_again_after(self) -> timedelta: ...


class AnswerStands(Exception):
    """What was answered can't be changed: it was acted on, or no one has asked."""


@dataclass(frozen=True)
class Invitation:
    """One person and one question to them."""

    kind: Kind
    #: As someone else may have typed it: no mail says it.
    name: str
    #: "" while a person must still say where they are asked.
    address: str
    #: When all of this is forgotten, whatever was answered.
    ends_at: datetime
    #: None while no one has asked.
    asked_at: datetime | None = None
    #: The earliest moment to ask, if others came first.
    ask_at: datetime | None = None
    #: The moment of the only reminder; None once it has gone out or isn't needed.
    remind_at: datetime | None = None
    answer: Answer = Answer.NONE
    answered_at: datetime | None = None
    #: When what they are asked about is over; the answer is kept a little longer.
    until: datetime | None = None
    #: The little form after a yes, as its kind reads it.
    said: dict[str, str] = field(default_factory=dict)
    #: What its kind knows besides, as its kind writes it.
    about: str = ""
    #: What was done with the answer, in a word of its kind: from then on the answer stands.
    acted_on: str = ""
    #: The mail to them came back.
    is_unreachable: bool = False
    #: The language in which they are asked; "" for that of the program.
    language: str = ""
    #: The forms' responses behind it, if an earlier release took them in: deleted there with this.
    responses: tuple[tuple[str, str], ...] = ()

    @property
    def is_answered(self) -> bool:
        return self.answer is not Answer.NONE


def asked(one: Invitation, now: datetime, times: Times) -> Invitation:
    """Return an invitation whose mail is queued now."""
    ends_at = one.until + AFTERWARDS if one.until else now + times.answer_within
    remind_at = now + times.remind_after
    return replace(
        one,
        asked_at=now,
        remind_at=remind_at if one.until is None or remind_at < one.until else None,
        ends_at=ends_at,
        is_unreachable=False,
    )


def answered(one: Invitation, answer: Answer, now: datetime, times: Times) -> Invitation:
    """Return an invitation with an answer. A yes is kept longer; anything else soon goes."""
    if one.acted_on or one.asked_at is None:
        raise AnswerStands
    ends_at = now + times.forget_after
    if answer is not Answer.YES:
        # As long as if no one had answered: when it goes must not tell that someone said no.
        was_yes = one.answer is Answer.YES
        ends_at = now + times.answer_within if was_yes else one.ends_at
    return replace(
        one,
        answer=answer,
        answered_at=now,
        said=one.said if answer is Answer.YES else {},
        remind_at=None,
        ends_at=one.until + AFTERWARDS if one.until else ends_at,
    )


def acted_on(one: Invitation, what: str, ends_at: datetime) -> Invitation:
    """Return an invitation whose answer someone acted on."""
    return replace(one, acted_on=what, remind_at=None, ends_at=ends_at)


def described(one: Invitation, said: dict[str, str], now: datetime, times: Times) -> Invitation:
    """Return an invitation with the little form that follows a yes."""
    if one.answer is not Answer.YES or one.acted_on:
        raise AnswerStands
    return replace(one, said=said, ends_at=now + times.forget_after)
