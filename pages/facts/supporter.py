"""What a supporter's page says: a blind card before accepting; name and contact after."""

from datetime import datetime

from casebook.casebook import Casebook, Loaded
from pages.facts import common as pages
from pages.facts import identity as identities
from workflow.choices import COMPLETING_OUTCOMES, choices_for
from workflow.conditions import must_be_called
from workflow.model import Case, Event, Offer, OfferState, Role, State
from workflow.table import step_for

OFFER_OVER = {
    OfferState.DECLINED: "You said that it does not suit you this time. Thank you for answering.",
    OfferState.WITHDRAWN: "This is covered by now. Thank you.",
    OfferState.ENDED: "This is covered by now. Thank you.",
    OfferState.UNDELIVERABLE: "This is covered by now. Thank you.",
    OfferState.GONE: "This is covered by now. Thank you.",
    OfferState.STANDING_BY: "This is covered by now. Thank you.",
}


def facts(casebook: Casebook, loaded: Loaded, offer: Offer, now: datetime) -> dict[str, object]:
    case = loaded.case
    role = casebook.program.roles.get(case.facts.role)
    is_late = offer.state is OfferState.LAPSED and case.state in (State.IN_REVIEW, State.OFFERED)
    may_accept = casebook.may_accept(loaded, offer.supporter, now)
    is_asked = may_accept and (offer.state is OfferState.OPEN or is_late)
    is_supporter = offer.supporter in casebook.program.supporters
    is_theirs = case.is_open and (is_asked or (is_supporter and offer.state is OfferState.ACCEPTED))
    page = pages.about(casebook, case, now) | {
        "role_group": role.group if role else "",
        "is_theirs": is_theirs,
        "is_late": is_late,
        "is_accepted": offer.state is OfferState.ACCEPTED and is_theirs,
        "over_words": _over_words(case, offer),
        "choices": choices_for(case, Role.SUPPORTER, is_late) if is_theirs else [],
        "must_be_called": is_theirs and must_be_called(case),
        "can_complete": is_theirs
        and not must_be_called(case)
        and step_for(case, Event.COMPLETED, Role.SUPPORTER) is not None,
        "can_refer": is_theirs and step_for(case, Event.REFERRED, Role.SUPPORTER) is not None,
        "completing": {o.value: label for o, label in COMPLETING_OUTCOMES.items()},
        "resources": pages.all_resources(casebook, now),
        "tries_left": casebook.program.times.tries - case.tries,
    }
    if page["is_accepted"] and loaded.identity is not None:
        corrected = loaded.identity.corrected_at
        page["who"] = identities.contact(loaded)
        page["is_corrected"] = corrected is not None and (now - corrected).days < 1
    return page


def _over_words(case: Case, offer: Offer) -> str:
    if not case.is_open and offer.state is OfferState.ENDED:
        return "This request is closed. Thank you."
    over = "This needs nothing from you any more" if case.is_open else "This request is closed"
    return OFFER_OVER.get(offer.state, f"{over}. Thank you.")
