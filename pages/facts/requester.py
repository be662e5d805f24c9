"""The requester's page: where the request stands; never their own name, contact or text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from lib.languages.language import Language, for_requesters
from lib.phones import linked
from pages.facts import common, history
from pages.facts.common import CasePage, ResourceShown
from pages.facts.page import SentForm
from pages.facts.partners import hand_over
from program.shapes import Crisis
from workflow.check_in import is_asked, is_wanted_again
from workflow.choices import CONSENT_CHOICES, Choice, answers_for, check_in_choices, choices_for
from workflow.conditions import asks_about_newer
from workflow.model import Case, Event, OfferState, Promise, PromiseKind, Role, State
from workflow.table import step_for

#: Promises after which the requester hears from a supporter.
CONTACT_PROMISES = (PromiseKind.CONTACT, PromiseKind.TRY_AGAIN, PromiseKind.FIRST_CONTACT)
#: The way of a request, and the place of each state on it.
STEPS = (
    for_requesters("Received"),
    for_requesters("Finding someone"),
    for_requesters("They said yes"),
    for_requesters("In touch"),
)
PLACES = {
    State.IN_REVIEW: 1,
    State.OFFERED: 1,
    State.PROPOSED: 1,
    State.MATCHED: 2,
    State.IN_CONTACT: 3,
}


@dataclass(frozen=True)
class Step:
    """One of the steps that a request takes."""

    name: str
    is_done: bool
    is_current: bool


@dataclass(frozen=True)
class Place:
    """A support service, with its number in parts: the words, and what a link dials."""

    name: str
    what_for: str
    contact: Sequence[tuple[str, str]]
    link: str
    hours: str


@dataclass(frozen=True)
class Asked:
    """Whether a second way to be reached is theirs, and the answers that count from here."""

    #: No number, for the same reason as with the version.
    mark: str
    is_about_newer: bool
    #: The link in the mail that asks opened this page: only by that one a yes counts.
    is_by_its_link: bool
    #: When a correction counts if no one stops it; "" if someone must say so.
    counts_from: str
    answers: Sequence[Choice]


@dataclass(frozen=True)
class Proposed:
    """The supporter who said yes, and what the requester can answer."""

    #: No number, for the same reason as with the version.
    mark: str
    #: "" once they are on the list no more.
    name: str
    answer_by: str
    answers: Sequence[Choice]


@dataclass(frozen=True)
class RequesterPage(CasePage):
    """The progress of a case, and what the requester can do."""

    template = "requester.html"
    is_translatable = True
    form: SentForm
    has_decided: bool
    #: Empty once the case is closed.
    steps: Sequence[Step]
    submitted: str
    undo_until: str
    #: The matched supporter; "" without one.
    supporter_name: str
    is_mailable: bool
    #: What they must confirm; None when nothing waits.
    confirmation: Asked | None
    choices: Sequence[Choice]
    #: Whether they would like to talk to the supporter who said yes; None when that is not asked.
    proposed: Proposed | None
    asks_first: bool
    #: Answers to how they are doing; empty while they are not asked.
    check_in: Sequence[Choice]
    is_wanted_again: bool
    #: A partner about whom they are asked, or who hears of them; None without one.
    hand_over: hand_over.Shown | None
    can_withdraw: bool
    can_erase: bool
    can_correct: bool
    #: When the review is due; "" once it is done.
    hear_by: str
    is_review_late: bool
    is_first_contact_late: bool
    first_contact_by: str
    #: Resources that they were referred to.
    recommended: Sequence[Place]
    open_now: Sequence[Place]


def page(
    casebook: Casebook, loaded: Loaded, now: datetime, form: SentForm, language: Language, *,
    asked: int | None, has_decided: bool,
) -> RequesterPage:  # fmt: skip
    """Return the page; `asked` is the number of the confirmation for which a link was mailed."""
    case, zone = loaded.case, casebook.program.zone
    is_matched = case.state in (State.MATCHED, State.IN_CONTACT)
    contact, review = _first_contact(case), case.promise(PromiseKind.REVIEW)
    return RequesterPage(
        case=replace(common.summary(casebook, case, now), version=mark_of(casebook, case)),
        form=form,
        has_decided=has_decided,
        steps=_steps(case, language),
        submitted=language.day_and_time(case.submitted_at, zone, now),
        undo_until=history.undo_until(casebook, loaded, Role.REQUESTER, "", now, language),
        supporter_name=common.supporter_name(casebook, case.current_offer) if is_matched else "",
        is_mailable=case.facts.is_mailable,
        confirmation=_confirmation(casebook, case, asked, now, language),
        choices=[_said(choice, language) for choice in choices_for(case, Role.REQUESTER)],
        proposed=_proposed(casebook, case, now, language),
        asks_first=case.facts.asks_first,
        check_in=[_said(choice, language) for choice in check_in_choices(case)],
        is_wanted_again=is_wanted_again(case),
        hand_over=hand_over.shown(casebook, loaded, now, language),
        can_withdraw=_can(case, Event.WITHDRAWN),
        can_erase=_can(case, Event.ERASED) and not case.is_final,
        can_correct=loaded.identity is not None
        and _can(case, Event.CONTACT_CORRECTED)
        and not asks_about_newer(case.confirmation),
        hear_by=language.day_and_time(review.due_at, zone, now) if review else "",
        is_review_late=review is not None and review.due_at <= now,
        is_first_contact_late=contact is not None and contact.due_at <= now,
        first_contact_by=language.day_and_time(contact.due_at, zone, now) if contact else "",
        recommended=places(casebook, common.chosen_resources(casebook, case, now), language),
        open_now=_open_now(casebook, now, language),
    )


def mark_of(casebook: Casebook, case: Case) -> str:
    """Return what a form says of the case as its page showed it.

    Of what the page shows alone: the number of decisions would tell of those that it hides, such
    as that reviewers compared the request with another one.
    """
    offer, asked = case.current_offer, case.confirmation
    shown = (
        PLACES.get(case.state, 0),
        case.is_final,
        offer.number if offer and case.state not in (State.IN_REVIEW, State.OFFERED) else None,
        asked.number if asked else None,
        is_asked(case),
        (case.hand_over.number, case.hand_over.state) if case.hand_over else None,
    )
    return casebook.keyed_hash("page", case.reference, *map(str, shown))


def mark_of_proposed(casebook: Casebook, case: Case) -> str:
    """Return a form's mark of the supporter the requester is asked about; "" without one."""
    offer = case.current_offer
    if offer is None or offer.state is not OfferState.AGREED:
        return ""
    return casebook.keyed_hash("proposed", case.reference, str(offer.number))


def _proposed(casebook: Casebook, case: Case, now: datetime, language: Language) -> Proposed | None:
    mark, promise = mark_of_proposed(casebook, case), case.promise(PromiseKind.CONSENT)
    if not mark:
        return None
    zone = casebook.program.zone
    return Proposed(
        mark=mark,
        name=common.supporter_name(casebook, case.current_offer),
        answer_by=language.day_and_time(promise.due_at, zone, now) if promise else "",
        answers=[_said(answer, language) for answer in CONSENT_CHOICES],
    )


def _steps(case: Case, language: Language) -> list[Step]:
    current = PLACES.get(case.state)
    if current is None:
        return []
    return [
        Step(language.say(name), is_done=number < current, is_current=number == current)
        for number, name in enumerate(STEPS)
    ]


def _confirmation(
    casebook: Casebook, case: Case, asked: int | None, now: datetime, language: Language
) -> Asked | None:
    confirmation, promise = case.confirmation, case.promise(PromiseKind.CORRECTION)
    if confirmation is None:
        return None
    is_by_its_link = confirmation.number == asked
    answers = answers_for(case, Role.REQUESTER)
    counting = [a for a in answers if is_by_its_link or a.value != Event.CONTACT_CONFIRMED]
    zone = casebook.program.zone
    return Asked(
        mark=common.mark_of_confirmation(casebook, case),
        is_about_newer=bool(confirmation.newer),
        is_by_its_link=is_by_its_link,
        counts_from=language.day_and_time(promise.due_at, zone, now) if promise else "",
        answers=[_said(answer, language) for answer in counting],
    )


def _said(choice: Choice, language: Language) -> Choice:
    """Return a choice in the language of the requester."""
    return replace(
        choice, label=language.own(choice.label), explained=language.own(choice.explained)
    )


def _open_now(casebook: Casebook, now: datetime, language: Language) -> list[Place]:
    """Return what is open, without the crisis line, which is at the top of the page."""
    found = [
        one
        for one in common.all_resources(casebook, now)
        if one.is_open and not is_crisis_line(casebook.program.file.crisis, one)
    ]
    return places(casebook, found, language)


def is_crisis_line(crisis: Crisis, resource: ResourceShown) -> bool:
    """Tell whether a resource is the crisis line, which is at the top of pages anyway."""
    listed = {crisis.name.casefold(), crisis.text.casefold()}
    return not listed.isdisjoint((resource.name.casefold(), resource.contact.casefold()))


def places(
    casebook: Casebook, resources: Sequence[ResourceShown], language: Language
) -> list[Place]:
    country, own = casebook.program.file.country, language.own
    return [
        Place(
            name=own(one.name),
            what_for=own(one.what_for),
            contact=linked(own(one.contact), country),
            link=one.link,
            hours=own(one.hours),
        )
        for one in resources
    ]


def _can(case: Case, event: Event) -> bool:
    return step_for(case, event, Role.REQUESTER) is not None


def _first_contact(case: Case) -> Promise | None:
    """Return the promise of the next contact by a supporter."""
    return next((p for kind in CONTACT_PROMISES if (p := case.promise(kind)) is not None), None)
