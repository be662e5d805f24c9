"""The supporter's page: an offer without identity before accepting; name and contact after."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from lib.languages.said import for_staff
from pages.facts import common, history, identity
from pages.facts.common import CasePage, ResourceShown
from pages.facts.identity import Contact
from pages.facts.page import SentForm
from pages.facts.partners import hand_over
from program.languages.texts import paragraphs
from workflow.check_in import is_wanted_again
from workflow.choices import COMPLETING_OUTCOMES, Choice, choices_for
from workflow.conditions import must_be_called
from workflow.model import Case, Event, Offer, OfferState, Role, State
from workflow.table import step_for

#: What their own answer has done. Once it can't be taken back anymore, their page shows nothing.
ANSWERED = {
    OfferState.AGREED: for_staff(
        "Thank you for your yes. We’re settling a few things. You’ll get an email once you can see"
        " the name here. You don’t have to do anything until then."
    ),
    OfferState.DECLINED: for_staff(
        "You said “not this time.” Thank you for answering. We’ll ask someone else."
    ),
}


@dataclass(frozen=True)
class OfferCard:
    """What a supporter sees of a case before accepting: nothing of the identity."""

    role_group: str
    usual_effort: str
    #: The offer has lapsed, but can still be accepted.
    is_late: bool
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Way:
    """One way to reach the requester, with what a tap does."""

    label: str
    link: str


@dataclass(frozen=True)
class Support:
    """What a matched supporter needs."""

    has_decided: bool
    #: How to reach the requester; None once erased.
    contact: Contact | None
    #: In the order in which they want to be reached.
    ways: Sequence[Way]
    #: A guide for the first call; empty once they are in touch.
    first_call: Sequence[str]
    is_corrected: bool
    #: When a correction counts; "" if someone must say so first.
    counts_from: str
    choices: Sequence[Choice]
    #: Possible outcomes; empty while the case cannot be completed.
    outcomes: Mapping[str, str]
    #: Resources to refer to; None while that is not possible.
    resources: Sequence[ResourceShown] | None
    #: To whom they can be handed over; None without anyone.
    hand_over: hand_over.Offered | None
    #: Whether the files name someone who talks it through with them.
    may_debrief: bool
    is_last_try: bool
    #: They are in contact, and the requester would like to talk once more.
    is_wanted_again: bool


@dataclass(frozen=True)
class SupporterPage(CasePage):
    """One offer as its supporter sees it: open, accepted, or over while they can undo that."""

    template = "supporter.html"
    form: SentForm
    card: OfferCard | None
    support: Support | None
    answered_words: str
    #: What is left to choose while it is not settled yet.
    choices: Sequence[Choice]
    undo_until: str


def page(
    casebook: Casebook, loaded: Loaded, offer: Offer, now: datetime, form: SentForm, *,
    has_decided: bool,
) -> SupporterPage:  # fmt: skip
    case = loaded.case
    is_supporter = offer.supporter in casebook.program.supporters
    is_accepted = case.is_open and is_supporter and offer.state is OfferState.ACCEPTED
    is_waiting = case.is_open and is_supporter and offer.state is OfferState.AGREED
    return SupporterPage(
        case=replace(
            common.summary(casebook, case, now),
            version=str(history.own_version(casebook, loaded, offer.supporter)),
        ),
        form=form,
        card=_card(casebook, loaded, offer, now),
        support=_support(casebook, loaded, now, has_decided) if is_accepted else None,
        answered_words=_answered_words(case, offer),
        choices=choices_for(case, Role.SUPPORTER) if is_waiting else [],
        undo_until=history.undo_until(casebook, loaded, Role.SUPPORTER, offer.supporter, now),
    )


def _card(casebook: Casebook, loaded: Loaded, offer: Offer, now: datetime) -> OfferCard | None:
    """Return what a supporter is asked; None when they cannot accept anymore."""
    case = loaded.case
    is_late = offer.state is OfferState.LAPSED and case.state in (State.IN_REVIEW, State.OFFERED)
    is_asked = case.is_open and (offer.state is OfferState.OPEN or is_late)
    if not is_asked or not casebook.may_accept(loaded, offer.supporter, now):
        return None
    role = casebook.program.roles.get(case.facts.role)
    choices = choices_for(case, Role.SUPPORTER, is_late)
    effort = casebook.program.file.usual_effort
    return OfferCard(role.group if role else "", effort, is_late, choices)


def _support(casebook: Casebook, loaded: Loaded, now: datetime, has_decided: bool) -> Support:
    case, who = loaded.case, loaded.identity
    can_complete = _can(case, Event.COMPLETED) and not must_be_called(case)
    corrected = who.corrected_at if who is not None else None
    contact = identity.contact_for_supporter(loaded, casebook.program.file.country)
    is_first = case.state is State.MATCHED
    return Support(
        has_decided=has_decided,
        contact=contact,
        ways=list(_ways(contact)) if contact else [],
        first_call=paragraphs(casebook.program.file.first_call) if is_first else [],
        counts_from=common.counts_from(casebook, case, now),
        is_corrected=corrected is not None and (now - corrected).days < 1,
        may_debrief=bool((care := casebook.program.training.care) and care.call),
        choices=choices_for(case, Role.SUPPORTER),
        outcomes={o.value: label for o, label in COMPLETING_OUTCOMES.items() if can_complete},
        resources=common.all_resources(casebook, now) if _can(case, Event.REFERRED) else None,
        hand_over=hand_over.offered(casebook, case, Role.SUPPORTER, now),
        is_last_try=case.state is State.MATCHED and casebook.program.times.tries - case.tries <= 1,
        is_wanted_again=is_wanted_again(case),
    )


def _ways(contact: Contact) -> Iterator[Way]:
    """Yield the ways that are fine with the requester: a text startles least, then a call."""
    if contact.phone and contact.may_text:
        yield Way(for_staff("Text them"), f"sms:{contact.dial}")
    if contact.phone and contact.may_call:
        yield Way(for_staff("Call them"), f"tel:{contact.dial_through}")
    if contact.email and contact.may_mail:
        yield Way(for_staff("Email them"), f"mailto:{contact.email}")


def _can(case: Case, event: Event) -> bool:
    return step_for(case, event, Role.SUPPORTER) is not None


def _answered_words(case: Case, offer: Offer) -> str:
    if offer.state in ANSWERED:
        return ANSWERED[offer.state]
    if not case.is_open:
        return for_staff("This request is closed. Thank you.")
    return for_staff("There’s nothing left for you to do. Thank you.")
