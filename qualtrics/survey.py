"""A survey in survey.toml: which question each fact of a case comes from."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    PrivateAttr,
    StrictBool,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from lib.text import plain
from people.supporters import TIMES
from workflow.model import Wish

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
SurveyId = Annotated[str, StringConstraints(pattern=r"^SV_[A-Za-z0-9]{1,40}$")]
Language = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z]+)?$")]

FORM_LINK = re.compile(r"https://[\w.-]+(:\d+)?/[^\s\"'<>\\^`{|}#]+")


def read_form_link(value: str) -> str:
    """Return the address of a form; ValueError for one that flyers and pages cannot carry."""
    link = value.strip()
    if link and not FORM_LINK.fullmatch(link):
        raise ValueError(
            "copy the form's anonymous link from Qualtrics; it begins with https:// and has no #"
        )
    return link


FormLink = Annotated[str, AfterValidator(read_form_link)]

#: Used while no zone is set: a day begins when it begins anywhere on earth.
EARLIEST_ZONE = timezone(timedelta(hours=14))
NOT_ASKED = "not asked"
#: `flask qualtrics map` writes this where a person must decide.
UNDECIDED = "undecided"
ONLY_TEXT = ("name", "email", "phone", "not_wanted", "note", "invitation")
NEEDS_CHOICES: dict[str, set[str] | None] = {
    "contact": {"mail", "text", "call", "voicemail"},
    "safety": {"safe", "urgent"},
    "wish_role": set(Wish),
    "wish_specialty": set(Wish),
    "wish_department": set(Wish),
    "wish_times": {*TIMES, ""},
    "asks_first": {"yes", "no", ""},
    # The words for these three are the ids of program.toml.
    "department": None,
    "role": None,
    "specialty": None,
}


class Source(BaseModel):
    """Where one fact comes from: a key of the response, and our word for each answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    key: Text | None = None
    #: Recode values and labels, each with our word for it.
    choices: dict[Text, str] = {}
    #: A fixed word, for a survey that only one department uses.
    always: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_shorthand(cls, given: Any) -> Any:
        return {"key": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _has_one_origin(self) -> "Source":
        if (self.key is None) == (self.always is None):
            raise ValueError("give either key or always")
        if self.always is not None and self.choices:
            raise ValueError("always needs no choices")
        if len({plain(choice) for choice in self.choices}) < len(self.choices):
            raise ValueError("two choices differ only in case or spaces")
        return self

    @property
    def words(self) -> set[str]:
        """Every word that this fact can have; empty for free text."""
        return {self.always} if self.always else set(self.choices.values())

    def word_for(self, answer: str) -> str | None:
        """Return our word for a recode value or a label; None if it is unknown."""
        return self._word_by_answer.get(plain(answer))

    @cached_property
    def _word_by_answer(self) -> dict[str, str]:
        return {plain(choice): word for choice, word in self.choices.items()}


#: Facts that the address of the form says: whoever spreads the link may write anything there.
FROM_THE_LINK = ("language", "found_at", "invitation")


class FactSources(BaseModel):
    """Where each fact comes from; None for facts that the survey does not ask for."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: Source | None = None
    email: Source | None = None
    phone: Source | None = None
    contact: Source | None = None
    not_before: Source | None = None
    department: Source | None = None
    unit: Source | None = None
    role: Source | None = None
    specialty: Source | None = None
    wish_role: Source | None = None
    wish_specialty: Source | None = None
    wish_department: Source | None = None
    wish_site: Source | None = None
    wish_times: Source | None = None
    asks_first: Source | None = None
    not_wanted: Source | None = None
    #: None means `safety = "not asked"`, which must be written explicitly.
    safety: Source | None = None
    note: Source | None = None
    language: Source | None = None
    found_at: Source | None = None
    #: What the link that we give to an invited person carries along.
    invitation: Source | None = None

    @model_validator(mode="before")
    @classmethod
    def _add_missing_safety(cls, given: Any) -> Any:
        return {"safety": None, **given} if isinstance(given, dict) else given

    @field_validator("safety", mode="before")
    @classmethod
    def _require_safety(cls, given: Any) -> Any:
        if given in (None, UNDECIDED):
            raise ValueError(f'say which question asks for safety, or safety = "{NOT_ASKED}"')
        return None if given == NOT_ASKED else given

    @model_validator(mode="after")
    def _can_reach_the_person(self) -> "FactSources":
        if self.email is None and self.phone is None:
            raise ValueError("map email or phone, or no one could reach the requester")
        return self

    @field_validator("email")
    @classmethod
    def _is_typed(cls, email: Source | None) -> Source | None:
        if email is not None and not re.search(r"(^|_)QID\w+$", email.key or ""):
            raise ValueError(
                "take the e-mail address from a question (QID…): we only mail what people typed"
            )
        return email

    @field_validator(*ONLY_TEXT)
    @classmethod
    def _is_free_text(cls, source: Source | None) -> Source | None:
        if source is not None and source.words:
            raise ValueError("this is what people type: give only its key")
        return source

    @field_validator(*NEEDS_CHOICES)
    @classmethod
    def _has_known_words(cls, source: Source | None, info: ValidationInfo) -> Source | None:
        if source is None:
            return None
        if not source.words:
            raise ValueError("choices are missing: what does each answer mean?")
        allowed = NEEDS_CHOICES[info.field_name or ""]
        if allowed is not None and source.words - allowed:
            wrong = ", ".join(sorted(source.words - allowed))
            raise ValueError(f"{wrong!r} is not one of {', '.join(sorted(allowed))}")
        return source


class FormMap(BaseModel):
    """One form as survey.toml describes it: what all of them have, whatever they ask."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: SurveyId
    name: Text
    accept_from: date
    #: Test and preview responses count, and say TEST everywhere.
    rehearsal: bool = False
    #: What we forget is deleted in Qualtrics, too. Needs API access.
    delete_in_qualtrics: StrictBool = False
    #: The id of the person who deletes them by hand otherwise; "" means the admins.
    owner: Text | Literal[""] = ""
    #: Where each fact comes from: fields of `Source`.
    facts: BaseModel
    _zone: tzinfo = PrivateAttr(default=EARLIEST_ZONE)
    _country: str = PrivateAttr(default="")
    _mail_domains: frozenset[str] = PrivateAttr(default=frozenset())

    def placed(
        self, zone: tzinfo, country: str, mail_domains: frozenset[str] = frozenset()
    ) -> Self:
        """Return a copy whose days, phone numbers and mail domains are those of the program."""
        copy = self.model_copy()
        copy._zone, copy._country, copy._mail_domains = zone, country, mail_domains
        return copy

    @property
    def country(self) -> str:
        return self._country

    @property
    def mail_domains(self) -> frozenset[str]:
        """Return the domains of the program's own people; one like them may be mistyped."""
        return self._mail_domains

    @property
    def accept_from_moment(self) -> datetime:
        """Return the moment from which responses count."""
        return datetime.combine(self.accept_from, time(), self._zone).astimezone(UTC)

    def source(self, fact: str) -> Source | None:
        """Return where a fact comes from; None if this form does not ask for it."""
        found: Source | None = getattr(self.facts, fact)
        return found


class SurveyMap(FormMap):
    """A form by which people ask for support: each response becomes a request."""

    #: The language of people who did not state one.
    language: Language = "en"
    #: Where people fill it in; "" means at its usual address in Qualtrics.
    link: FormLink = ""
    facts: FactSources

    def address(self, base_url: str, source: str = "") -> str:
        """Return where people fill it in; "" if no one knows. `source` says where they found it."""
        link = self.link or (f"{base_url.rstrip('/')}/jfe/form/{self.id}" if base_url else "")
        if not (link and source):
            return link
        return _carrying(link, self.facts.found_at, source)

    def address_for(self, base_url: str, token: str) -> str:
        """Return the address of the form for an invited person; nothing in it says who they are."""
        link = self.address(base_url)
        return _carrying(link, self.facts.invitation, token) if link else ""

    def words(self, fact: str) -> set[str]:
        """Return every word that a fact can have, without "" (not stated)."""
        source = self.source(fact)
        return source.words - {""} if source else set()


def _carrying(link: str, field: Source | None, value: str) -> str:
    """Return a link that fills in a field of the form's embedded data, if the form has it."""
    key = field.key if field else None
    return f"{link}{'&' if '?' in link else '?'}{quote(key)}={quote(value)}" if key else link
