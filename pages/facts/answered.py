"""The pages that follow an answer: what was decided, what was opened, where it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from pages.facts import common, history, offer
from pages.facts.common import CasePage, Tell
from pages.facts.identity import Contact, Written
from pages.facts.offer import OfferShown
from pages.facts.page import SentForm


@dataclass(frozen=True)
class DecidedPage(CasePage):
    """What was decided, and how to take it back."""

    template = "decided.html"
    form: SentForm
    explained: str
    offer: OfferShown
    undo_until: str


@dataclass(frozen=True)
class LookedPage(CasePage):
    """Who it is or what they wrote, on the one answer to whoever opened it."""

    template = "looked.html"
    #: One of the two.
    contact: Contact | None
    written: Written | None
    tells: Sequence[Tell]
    #: What the form sends when a name is nobody's on our lists.
    nobody: str


@dataclass(frozen=True)
class EndedPage(CasePage):
    """Nothing is left to do for the one who answered."""

    template = "ended.html"
    event: str
    role: str


@dataclass(frozen=True)
class GoneOnPage(CasePage):
    """A request that came twice goes on as this older one."""

    template = "gone_on.html"
    #: The reference under which the reader knows it.
    came_as: str
    #: The reader decided so themselves.
    is_theirs: bool
    may_act: bool


def decided(
    casebook: Casebook, loaded: Loaded, person: str, now: datetime, form: SentForm
) -> DecidedPage:
    return DecidedPage(
        case=common.summary(casebook, loaded.case, now),
        form=form,
        explained=history.explained(history.lines(casebook, loaded, person)),
        offer=offer.shown(casebook, loaded, now),
        undo_until=history.undo_until(casebook, loaded, now),
    )
