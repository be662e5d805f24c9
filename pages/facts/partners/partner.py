"""The partner's page: who would like to hear from them, and the way they chose; nothing else."""

from dataclasses import dataclass, replace
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from casebook.purpose import has_part, known_as
from lib.phones import dialed
from pages.facts import common
from pages.facts.common import CasePage
from workflow.conditions import is_correction
from workflow.model import PromiseKind, Role, Way


@dataclass(frozen=True)
class PartnerPage(CasePage):
    """A requester's name, and how the partner and they find each other."""

    template = "partner.html"
    name: str
    #: They call, or how to reach them is not known anymore.
    phone: str
    dial: str
    email: str
    #: They allow no message on a voicemail.
    no_voicemail: bool
    they_call: bool
    #: How to reach them is being corrected, so that what we have may be someone else's.
    must_wait: bool
    contact_by: str


def page(
    casebook: Casebook, loaded: Loaded, person: str, number: int | None, now: datetime
) -> PartnerPage | None:
    """Return the page; None once contact was made, the time is over, or the yes taken back."""
    case, who = loaded.case, loaded.identity
    if not has_part(casebook, loaded, Role.PARTNER, person, number, now):
        return None
    if who is None or case.hand_over is None:
        return None
    way, promise = case.hand_over.way, case.promise(PromiseKind.HAND_OVER)
    must_wait = is_correction(case) and way is not Way.THEY_CALL
    phone = who.phone if way is Way.PHONE and not must_wait else ""
    email = who.email if way is Way.EMAIL and not must_wait else ""
    zone = casebook.program.zone
    # Neither what they wish nor where the request stands is the partner's to know.
    told = replace(
        common.summary(casebook, case, now), wishes=(), state="", state_words="", outcome_words="",
        is_urgent=False, due="", left="", late="",
        reference=known_as(casebook, case.reference, Role.PARTNER, person),
    )  # fmt: skip
    return PartnerPage(
        case=told,
        name=who.name,
        phone=phone,
        dial=dialed(phone),
        email=email,
        no_voicemail=bool(phone) and not who.is_voicemail_ok,
        they_call=way is Way.THEY_CALL or not (phone or email or must_wait),
        must_wait=must_wait,
        contact_by=casebook.program.english.day_and_time(promise.due_at, zone, now)
        if promise
        else "",
    )
