"""The requester's page: the progress of the case; never a name, a contact or a text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from pages.facts import common, history
from pages.facts.common import CasePage, ResourceShown
from pages.facts.page import SentForm
from workflow import words
from workflow.choices import Choice, answers_for, choices_for
from workflow.conditions import asks_about_newer
from workflow.model import Case, Event, Promise, PromiseKind, Role, State
from workflow.table import step_for

#: Promises after which the requester hears from a supporter.
CONTACT_PROMISES = (PromiseKind.CONTACT, PromiseKind.TRY_AGAIN, PromiseKind.FIRST_CONTACT)


@dataclass(frozen=True)
class Asked:
    """Whether a second way to be reached is theirs, and the answers that count from here."""

    number: int
    is_about_newer: bool
    #: The link in the mail that asks opened this page: only by that one a yes counts.
    is_by_its_link: bool
    #: When a correction counts if nobody stops it; "" if somebody must say so.
    counts_from: str
    answers: Sequence[Choice]


@dataclass(frozen=True)
class RequesterPage(CasePage):
    """The progress of a case, and what the requester can do."""

    template = "requester.html"
    form: SentForm
    has_decided: bool
    undo_until: str
    #: The matched supporter; "" without one.
    supporter_name: str
    is_mailable: bool
    #: What they must confirm; None when nothing waits.
    confirmation: Asked | None
    choices: Sequence[Choice]
    can_withdraw: bool
    can_erase: bool
    can_correct: bool
    #: When the review was due, if it is late; else "".
    should_have_heard_by: str
    is_first_contact_late: bool
    first_contact_by: str
    #: Resources that they were referred to.
    recommended: Sequence[ResourceShown]
    open_now: Sequence[ResourceShown]


def page(
    casebook: Casebook, loaded: Loaded, now: datetime, form: SentForm, *,
    asked: int | None, has_decided: bool,
) -> RequesterPage:  # fmt: skip
    """Return the page; `asked` is the number of the confirmation for which a link was mailed."""
    case, zone = loaded.case, casebook.program.zone
    is_matched = case.state in (State.MATCHED, State.IN_CONTACT)
    contact, review = _first_contact(case), case.promise(PromiseKind.REVIEW)
    late_review = review if review is not None and review.due_at <= now else None
    return RequesterPage(
        case=replace(common.summary(casebook, case, now), version=mark_of(casebook, case)),
        form=form,
        has_decided=has_decided,
        undo_until=history.undo_until(casebook, loaded, Role.REQUESTER, "", now),
        supporter_name=common.supporter_name(casebook, case.current_offer) if is_matched else "",
        is_mailable=case.facts.is_mailable,
        confirmation=_confirmation(casebook, case, asked),
        choices=choices_for(case, Role.REQUESTER),
        can_withdraw=_can(case, Event.WITHDRAWN),
        can_erase=_can(case, Event.ERASED) and not case.is_final,
        can_correct=loaded.identity is not None
        and _can(case, Event.CONTACT_CORRECTED)
        and not asks_about_newer(case.confirmation),
        should_have_heard_by=words.day_and_time(late_review.due_at, zone) if late_review else "",
        is_first_contact_late=contact is not None and contact.due_at <= now,
        first_contact_by=words.day_and_time(contact.due_at, zone) if contact else "",
        recommended=common.chosen_resources(casebook, case, now),
        open_now=[one for one in common.all_resources(casebook, now) if one.is_open],
    )


def mark_of(casebook: Casebook, case: Case) -> str:
    """Return what a form says of the version of the case that its page showed."""
    return casebook.keyed_hash("page", case.reference, str(case.version))


def _confirmation(casebook: Casebook, case: Case, asked: int | None) -> Asked | None:
    confirmation = case.confirmation
    if confirmation is None:
        return None
    is_by_its_link = confirmation.number == asked
    answers = answers_for(case, Role.REQUESTER)
    return Asked(
        number=confirmation.number,
        is_about_newer=bool(confirmation.newer),
        is_by_its_link=is_by_its_link,
        counts_from=common.counts_from(casebook, case),
        answers=[a for a in answers if is_by_its_link or a.value != Event.CONTACT_CONFIRMED],
    )


def _can(case: Case, event: Event) -> bool:
    return step_for(case, event, Role.REQUESTER) is not None


def _first_contact(case: Case) -> Promise | None:
    """Return the promise of the next contact by a supporter."""
    return next((p for kind in CONTACT_PROMISES if (p := case.promise(kind)) is not None), None)
