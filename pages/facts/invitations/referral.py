"""The page of someone a colleague worries about: would they like to talk to someone?"""

from dataclasses import dataclass

from casebook.casebook import Casebook
from invitations.model import Invitation, Kind
from lib.languages.language import Language
from pages.facts.page import Page, SentForm


@dataclass(frozen=True)
class ReferralPage(Page):
    """What is offered to someone, and after a yes the way to the form."""

    template = "referral.html"
    is_translatable = True
    form: SentForm
    #: "" before the answer, else "yes" or "no".
    answer: str
    #: The day on which all of this is forgotten, whatever they say.
    until: str
    #: Where they fill in the form.
    link: str
    #: Something hard happened where they work; no one thought of them in particular.
    is_outreach: bool


def page(
    casebook: Casebook, one: Invitation, form: SentForm, link: str, language: Language
) -> ReferralPage:
    until = language.day(casebook.program.today(one.ends_at))
    return ReferralPage(form, one.answer.value, until, link, one.kind is Kind.OUTREACH)
