"""The form by which people worry about a colleague: its map, and its responses."""

from collections.abc import Collection, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

from invitations.referral import Referred
from lib.addresses import domain_of
from lib.typed_addresses import read as read_address
from people.records import Referrer
from qualtrics.reader import Reader
from qualtrics.survey import FormMap, Language, Source

#: Long enough for one name; no one needs to keep a list of people out.
LONGEST_NAME = 60


class ReferralSources(BaseModel):
    """Where each answer comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    #: Of the colleague. Their name is not read: nothing would use it.
    email: Source
    #: The name of the person who fills out the form, so that they are kept out of what follows.
    own_name: Source
    own_email: Source | None = None

    @field_validator("email", "own_name", "own_email")
    @classmethod
    def _is_free_text(cls, source: Source | None) -> Source | None:
        if source is not None and source.words:
            raise ValueError("this is what people type: give only its key")
        return source


class ReferralMap(FormMap):
    """A form whose responses are referrals, and never requests."""

    #: The language in which the colleague is asked.
    language: Language = "en"
    facts: ReferralSources
    #: Someone real would be asked: previews and tests never count.
    rehearsal: Literal[False] = False


def read_referral(
    form: ReferralMap, values: Mapping[str, object], labels: Mapping[str, object]
) -> Referred:
    """Return whom a response is about, and who must be kept out."""
    reader = Reader(form, values, labels)
    address = _of_colleague(reader.raw("email"), form.mail_domains)
    own = read_address(reader.raw("own_email"), form.mail_domains).address
    return Referred(
        address=address,
        is_inside=domain_of(address) in form.mail_domains,
        referrer=Referrer(reader.line("own_name", LONGEST_NAME), own),
        answer_to=own if domain_of(own) in form.mail_domains else "",
        language=form.language,
    )


def _of_colleague(typed: str, domains: Collection[str]) -> str:
    """Return the address that is meant, if one alone is ours; a stranger reads a neutral email."""
    found = read_address(typed, domains)
    ours = [one for one in found.choices if domain_of(one) in domains]
    typed_so = [one for one in ours if one in typed.casefold()]
    alone = [several[0] for several in (typed_so, ours) if len(several) == 1]
    return found.address or next(iter(alone), "")
