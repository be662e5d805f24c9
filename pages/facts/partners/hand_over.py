"""What the requester, their supporter and reviewers see of a hand-over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from casebook.purpose import known_as
from lib.languages.language import Language, for_requesters
from lib.languages.said import for_staff
from lib.phones import linked
from program.entries import PARTNER, next_expedited
from program.shapes import Resource
from workflow.choices import HAND_OVER_CHOICES, Choice
from workflow.model import Case, Event, HandOver, HandOverState, PromiseKind, Role, Way
from workflow.partners.hand_over import is_agreed, is_asked, may_ask_about
from workflow.table import step_for

H = HandOverState
WAYS = {
    Way.PHONE: for_requesters("They call me at the number I gave you"),
    Way.EMAIL: for_requesters("They write to the address I gave you"),
    Way.THEY_CALL: for_requesters("I’ll call them myself. Just tell them my name"),
}
STANDING: Mapping[HandOverState, str] = {
    H.ASKED: for_staff("We asked if we may tell %(name)s about them. No answer yet."),
    H.AGREED: for_staff("They said yes: %(name)s gets in touch with them."),
    H.REFUSED: for_staff("They’d rather not hear from %(name)s."),
    H.STOPPED: for_staff("They took back their yes to %(name)s."),
    H.MADE: for_staff("%(name)s says that they’re in touch."),
    H.UNANSWERED: for_staff(
        "They didn’t say if we may tell %(name)s about them, so we told it nothing. You can ask"
        " again."
    ),
    H.LAPSED: for_staff("%(name)s didn’t tell us in time that they’re in touch."),
}

#: What a support service that calls about it will say, once it was mailed.
CALLED = for_staff("There, this request is called %(reference)s.")
KNOWN_THERE = (H.AGREED, H.MADE, H.LAPSED)


@dataclass(frozen=True)
class Partner:
    """A support service to which the requester can be handed over."""

    id: str
    name: str
    what_for: str
    #: Times that it keeps free for people of this program, and when the next one begins.
    expedited: str
    expedited_from: str


@dataclass(frozen=True)
class Offered:
    """How a hand-over stands, and to whom the requester can be handed over."""

    standing: str
    partners: Sequence[Partner]


@dataclass(frozen=True)
class Shown:
    """A hand-over as the requester sees it, and what they can answer."""

    #: No number, for the same reason as with the version of their page.
    mark: str
    state: str
    partner: Partner
    contact: Sequence[tuple[str, str]]
    they_call: bool
    contact_by: str
    #: Empty unless they are asked.
    answers: Sequence[Choice]
    ways: Mapping[str, str]
    #: They can take it back.
    can_stop: bool


def offered(casebook: Casebook, case: Case, role: Role, now: datetime) -> Offered | None:
    """Return what a supporter or a reviewer can ask about; None where there is nothing to see."""
    found, program = case.hand_over, casebook.program
    is_possible = step_for(case, Event.HAND_OVER_ASKED, role) is not None
    partners = [
        partner_of(casebook, id, one, now, program.english)
        for id, one in program.resources.items()
        if f"{PARTNER}{id}" in program.partners and is_possible and may_ask_about(case, id)
    ]
    standing = ""
    if found is not None and not case.is_final:
        standing = for_staff(STANDING[found.state], name=_name_of(casebook, found))
    if standing and role is Role.REVIEWER and found is not None and found.state in KNOWN_THERE:
        theirs = known_as(casebook, case.reference, Role.PARTNER, f"{PARTNER}{found.resource}")
        standing = f"{standing} {for_staff(CALLED, reference=theirs)}"
    return Offered(standing, partners) if standing or partners else None


def shown(casebook: Casebook, loaded: Loaded, now: datetime, language: Language) -> Shown | None:
    """Return a hand-over as its requester sees it; None without one, or after their no."""
    case, who, program = loaded.case, loaded.identity, casebook.program
    found = case.hand_over
    place = program.resources.get(found.resource) if found else None
    if found is None or place is None or case.is_final or found.state in (H.REFUSED, H.STOPPED):
        return None
    if is_asked(case) and case.confirmation is not None:
        return None  # One question at a time.
    partner = partner_of(casebook, found.resource, place, now, language)
    contact = linked(language.own(place.contact), program.file.country)
    if found.place is not None and found.place.name != place.name:
        # Its id is another place's now. They said yes to the one that it was.
        partner = Partner(found.resource, language.own(found.place.name), "", "", "")
        contact = []
    promise = case.promise(PromiseKind.HAND_OVER)
    known = {Way.PHONE: who and who.phone, Way.EMAIL: who and who.email, Way.THEY_CALL: True}
    return Shown(
        mark=mark_of(casebook, case),
        state=found.state.value,
        partner=partner,
        contact=contact,
        they_call=found.way is Way.THEY_CALL,
        contact_by=language.day_and_time(promise.due_at, program.zone, now) if promise else "",
        answers=[replace(one, label=language.own(one.label)) for one in HAND_OVER_CHOICES]
        if is_asked(case)
        else [],
        ways={way.value: language.own(words) for way, words in WAYS.items() if known[way]},
        can_stop=is_agreed(case),
    )


def mark_of(casebook: Casebook, case: Case) -> str:
    """Return what a form says of the hand-over that its page showed; "" without one."""
    found = case.hand_over
    if found is None:
        return ""
    place = found.place or casebook.program.place_of(found.resource)
    asked = (place.name, place.address) if place is not None else ()
    return casebook.keyed_hash("hand-over", case.reference, f"{found.number}", *asked)


def partner_of(
    casebook: Casebook, id: str, place: Resource, now: datetime, language: Language
) -> Partner:
    begins = next_expedited(place, now.astimezone(casebook.program.zone))
    zone = casebook.program.zone
    return Partner(
        id=id,
        name=language.own(place.name),
        what_for=language.own(place.what_for),
        expedited=language.own(place.expedited_text),
        expedited_from=language.day_and_time(begins, zone, now) if begins else "",
    )


def _name_of(casebook: Casebook, found: HandOver) -> str:
    place = found.place or casebook.program.resources.get(found.resource)
    return place.name if place else found.resource
