"""The pages after an answer: decided, opened, ended, or going on as another case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from pages.facts import common, history, identity, reviewer_offer
from pages.facts.common import CasePage, PhoneMessage
from pages.facts.identity import Contact, Written
from pages.facts.page import SentForm
from pages.facts.reviewer_offer import OfferShown
from pages.forms import NOBODY
from people.not_wanted import LEADERS, WHOLE_UNIT
from people.units import NOT_SAID
from store.record.history import HistoryLine
from workflow.model import Event, Role


@dataclass(frozen=True)
class DecidedPage(CasePage):
    """What was decided, and how to undo it."""

    template = "decided.html"
    form: SentForm
    explained: str
    offer: OfferShown
    undo_until: str
    #: Who is asked next after a no; no one for a reader who came from the board.
    backups: Sequence[str]


@dataclass(frozen=True)
class LookedPage(CasePage):
    """The identity or the text, in the one response to the reviewer who opened it."""

    template = "looked.html"
    #: Exactly one of these two is set.
    contact: Contact | None
    written: Written | None
    #: Shown beside the first contact; None when none waits.
    second: Contact | None
    phone_messages: Sequence[PhoneMessage]
    #: The form's value when a name means no one on our lists.
    nobody: str
    #: The form's value when no one can tell which unit it is.
    not_said: str
    #: The form's values for a whole unit, before its name, and for who leads the requester's.
    whole_unit: str
    leaders: str
    #: What is wrong with an answer that was sent from here, about which words, and its ticks.
    problem: str = ""
    asked: str = ""
    ticked: Sequence[str] = ()


@dataclass(frozen=True)
class SettledUnitPage(CasePage):
    """A unit is settled, and the lines by which the files would know it."""

    template = "settled_unit.html"
    lines: Sequence[str]


@dataclass(frozen=True)
class EndedPage(CasePage):
    """The person who answered has nothing left to do."""

    template = "ended.html"
    is_translatable = True
    event: str
    role: str
    undo_until: str = ""


@dataclass(frozen=True)
class GoneOnPage(CasePage):
    """A merged case goes on as this older one."""

    template = "gone_on.html"
    #: The reference under which the reader knows it.
    came_as: str
    #: Whether the reader decided the merge.
    is_theirs: bool
    may_act: bool


def given_back(
    casebook: Casebook, loaded: Loaded, role: Role, person: str, now: datetime
) -> EndedPage | None:
    """Return the page of a supporter who gave a request back and can undo that; it names no one."""
    line: HistoryLine | None = None
    if role is Role.REVIEWER:
        line = casebook.stepped_back(loaded, person, now)
    elif role is Role.SUPPORTER:
        undoable = casebook.undoable(loaded, role, person, now)
        line = undoable.line if undoable and undoable.line.event == Event.HANDED_BACK else None
    if line is None:
        return None
    case, until = common.summary(casebook, loaded.case, now), history.until(casebook, line)
    return EndedPage(case, event=line.event, role=role, undo_until=until)


def looked(
    casebook: Casebook, loaded: Loaded, what: str, person: str, now: datetime, sent: SentForm
) -> LookedPage:
    """Return who it is, or what they wrote, and what is wrong with an answer from there."""
    is_text = what == "text"
    return LookedPage(
        case=history.summary(casebook, loaded, person, now),
        contact=None if is_text else identity.contact_for_reviewers(loaded),
        written=identity.written(casebook, loaded, person) if is_text else None,
        second=None if is_text else identity.second_contact(loaded),
        phone_messages=common.phone_messages(casebook, loaded, now),
        nobody=NOBODY,
        not_said=NOT_SAID,
        whole_unit=WHOLE_UNIT,
        leaders=LEADERS,
        problem=sent.problem,
        asked=sent.kept.get("typed", ""),
        ticked=sent.kept.getlist("meant"),
    )


def decided(
    casebook: Casebook, loaded: Loaded, person: str, now: datetime, form: SentForm
) -> DecidedPage:
    events = history.lines(casebook, loaded, person)
    return DecidedPage(
        case=history.summary(casebook, loaded, person, now),
        form=form,
        explained=history.last_in_words(events),
        offer=reviewer_offer.shown(casebook, loaded, now),
        undo_until=history.undo_until(casebook, loaded, Role.REVIEWER, person, now),
        backups=reviewer_offer.backups(casebook, loaded.case),
    )
