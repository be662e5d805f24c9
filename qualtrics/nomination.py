"""The form by which people name colleagues who would support well: its map, and its responses."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from invitations.nomination import Nominated
from lib.addresses import domain_of
from lib.typed_addresses import read as read_address
from qualtrics.reader import Reader
from qualtrics.survey import FormMap, Source

LONGEST_NAME, LONGEST_ADDRESS = 120, 254
#: Our words for the answer to "may we say that it was you?".
WORDS = {"yes", "no"}


class NominationSources(BaseModel):
    """Where each answer comes from; None for what the form does not ask."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: Source
    email: Source
    nominator: Source | None = None
    may_be_named: Source | None = None

    @field_validator("name", "email", "nominator")
    @classmethod
    def _is_free_text(cls, source: Source | None) -> Source | None:
        if source is not None and source.words:
            raise ValueError("this is what people type: give only its key")
        return source

    @field_validator("may_be_named")
    @classmethod
    def _says_yes_or_no(cls, source: Source | None) -> Source | None:
        if source is not None and not (source.words and source.words <= WORDS):
            raise ValueError('give choices, and say of each whether it means "yes" or "no"')
        return source

    @model_validator(mode="after")
    def _asks_before_it_names(self) -> "NominationSources":
        if self.nominator is not None and self.may_be_named is None:
            raise ValueError(
                "map the question whether we may say who it was (may_be_named), or leave out"
                " nominator"
            )
        return self


class NominationMap(FormMap):
    """A form whose responses are nominations, and never requests."""

    facts: NominationSources
    #: Someone real would be asked: previews and tests never count.
    rehearsal: Literal[False] = False


def read_nomination(
    form: NominationMap, values: Mapping[str, object], labels: Mapping[str, object]
) -> Nominated:
    """Return whom a response names; what cannot be read is left out."""
    reader = Reader(form, values, labels)
    reading = read_address(reader.raw("email"), form.mail_domains)
    may_be_named = reader.word("may_be_named") == "yes"
    return Nominated(
        name=reader.line("name", LONGEST_NAME),
        address=reading.address,
        typed=reader.line("email", LONGEST_ADDRESS),
        is_inside=domain_of(reading.address) in form.mail_domains,
        nominator=reader.line("nominator", LONGEST_NAME) if may_be_named else "",
    )
