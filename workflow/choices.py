"""What each role can decide in each state, with the words that the pages show."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.languages.language import for_requesters
from lib.languages.said import for_staff
from workflow.model import Case, Event, Outcome, PromiseKind, Role, State
from workflow.table import step_for

E = Event


@dataclass(frozen=True)
class Choice:
    """One thing that someone can decide; `value` is what the form sends."""

    value: str
    label: str
    explained: str = ""


def _choice(event: Event, label: str, explained: str = "") -> Choice:
    return Choice(event.value, label, explained)


# fmt: off
#: Decisions without further choices. The templates hold the forms that have more fields.
REVIEWER_CHOICES = (
    _choice(E.CALL_TAKEN, for_staff("I’m calling now"), for_staff("The urgent emails stop. Tell us here how it went, or they start again.")),
    _choice(E.CALLED, for_staff("I’ve spoken with the requester"), for_staff("They’re safe for now. The urgent emails stop for good, and the review takes its usual time.")),
    _choice(E.OFFER_WITHDRAWN, for_staff("Take the offer back"), for_staff("The supporter only hears that it’s covered. The request is back with you.")),
    _choice(E.ACCEPTED, for_staff("The supporter told me: yes"), for_staff("You’re answering for them.")),
    _choice(E.DECLINED, for_staff("The supporter told me: not this time"), for_staff("You’re answering for them. We’ll ask the backup, if there is one.")),
    _choice(E.CONSENTED, for_staff("The requester told me: yes"), for_staff("You’re answering for them. The supporter gets the name and how to reach them.")),
    _choice(E.OTHER_WANTED, for_staff("The requester told me: someone else"), for_staff("You’re answering for them. The supporter only hears that it’s covered. The request is back with you.")),
    _choice(E.CONTACTED, for_staff("The supporter told me: we’re in touch"), for_staff("You’re answering for them.")),
    _choice(E.COMPLETED, for_staff("The supporter told me: it’s done"), for_staff("You’re answering for them. This closes the request.")),
    _choice(E.CONTINUED, for_staff("The supporter told me: we’re still in touch"), for_staff("You’re answering for them.")),
    _choice(E.TAKEN_BACK, for_staff("Take it back and choose again"), for_staff("The supporter can’t open it anymore. They only hear that it’s covered.")),
    _choice(E.WITHDRAWN, for_staff("They told me to withdraw it"), for_staff("We delete everything about them right away.")),
    _choice(E.REOPENED, for_staff("Open the request again"), for_staff("The review starts again, with its full time.")),
)
SUPPORTER_CHOICES = (
    _choice(E.ACCEPTED, for_staff("Yes, I’ll do it"), for_staff("You’ll see the name and how to reach them.")),
    _choice(E.DECLINED, for_staff("Not this time"), for_staff("You don’t have to say why. We’ll ask someone else.")),
    _choice(E.HANDED_BACK, for_staff("I’m not the right person"), for_staff("You don’t have to say why. You won’t see this request anymore, and the coordinators find someone else.")),
    _choice(E.CONTACTED, for_staff("I reached them"), for_staff("You’ve talked or written with each other.")),
    _choice(E.TRIED, for_staff("I tried"), for_staff("You didn’t get through yet. We’ll remind you to try again.")),
    _choice(E.CONTINUED, for_staff("We’re still in touch"), for_staff("We’ll ask you again later.")),
)
REQUESTER_CHOICES = (
    _choice(E.NOT_HEARD, for_requesters("No one has been in touch yet"), for_requesters("We tell the coordinators right away, and they find someone else. Your supporter only hears that it’s covered. You don’t have to explain.")),
    _choice(E.REMATCH_ASKED, for_requesters("I’d like to talk to someone else"), for_requesters("You don’t have to say why. Your supporter only hears that it’s covered.")),
    _choice(E.REOPENED, for_requesters("I’d still like support"), for_requesters("We open your request again and tell the coordinators.")),
)
#: Answers to whether they would like to talk to the supporter who said yes.
CONSENT_CHOICES = (
    _choice(E.CONSENTED, for_requesters("Yes, that’s fine"), for_requesters("Only then do they see your name. They’ll get in touch.")),
    _choice(E.OTHER_WANTED, for_requesters("Someone else, please"), for_requesters("You don’t have to say why, and they never learn that you were asked.")),
)
#: Answers to whether a partner may hear of them.
HAND_OVER_CHOICES = (
    _choice(E.HAND_OVER_AGREED, for_requesters("Yes, tell them")),
    _choice(E.HAND_OVER_REFUSED, for_requesters("No, thank you")),
)
#: Answers to how they are doing; who is not in contact any more opens the request again instead.
CHECK_IN_CHOICES = (
    _choice(E.CHECK_IN_ANSWERED, for_requesters("I’m fine for now"), for_requesters("We only note that you answered.")),
    _choice(E.ASKED_AGAIN, for_requesters("I’d like to talk again"), for_requesters("We tell your colleague, who gets in touch with you.")),
    _choice(E.REOPENED, for_requesters("I’d like to talk again"), for_requesters("We open your request again and tell the coordinators.")),
    _choice(E.CHECK_INS_STOPPED, for_requesters("Don’t ask me again"), for_requesters("You won’t get this email anymore. Nothing else changes.")),
)
CHOICES_OF_ROLE: Mapping[Role, tuple[Choice, ...]] = {
    Role.REVIEWER: REVIEWER_CHOICES,
    Role.SUPPORTER: SUPPORTER_CHOICES,
    Role.REQUESTER: REQUESTER_CHOICES,
}
#: Answers to whether a second way to be reached is theirs: a correction, or a newer request.
ABOUT_CORRECTION: Mapping[Role, tuple[Choice, ...]] = {
    Role.REQUESTER: (
        _choice(E.CONTACT_CONFIRMED, for_requesters("Yes, that was me. Use it now")),
        _choice(E.CONTACT_REFUSED, for_requesters("No. Keep what you had"), for_requesters("We tell the coordinators that someone else tried to change it.")),
    ),
    Role.REVIEWER: (
        _choice(E.CONTACT_CONFIRMED, for_staff("I asked them the first way: the second is right"), for_staff("We use the second from now on, and no longer the first.")),
        _choice(E.CONTACT_REFUSED, for_staff("I asked them the first way: keep the first"), for_staff("We delete the second.")),
    ),
}
ABOUT_NEWER: Mapping[Role, tuple[Choice, ...]] = {
    Role.REQUESTER: (
        _choice(E.CONTACT_CONFIRMED, for_requesters("Yes, both are mine. Use the newer one"), for_requesters("We’ll reach you the newer way. Links we sent to this address stop working.")),
        _choice(E.SEPARATED, for_requesters("No, that wasn’t me"), for_requesters("We tell the coordinators, and treat the second request as someone else’s.")),
    ),
    Role.REVIEWER: (
        _choice(E.CONTACT_CONFIRMED, for_staff("I asked them the first way: both are theirs"), for_staff("What the second request says counts from now on. We delete its own name and contact. This can’t be undone.")),
        _choice(E.SEPARATED, for_staff("These are two requests after all"), for_staff("Each continues on its own. You can do this until they say that both are theirs.")),
    ),
}
CLOSING_OUTCOMES = {
    Outcome.NOT_A_REQUEST:        for_staff("It isn’t a request for support"),
    Outcome.REACHED_OTHERWISE:    for_staff("They found support another way"),
    Outcome.SUPPORT_DECLINED:     for_staff("They don’t want support anymore"),
    Outcome.COULD_NOT_BE_REACHED: for_staff("We couldn’t reach them"),
}
COMPLETING_OUTCOMES = {
    Outcome.SUPPORTED:        for_staff("Yes, they were supported"),
    Outcome.SUPPORT_DECLINED: for_staff("They didn’t want support after all"),
}
#: Reasons for asking a supporter despite a caution.
ALTHOUGH = {
    "asked_for":   for_staff("They asked for this colleague"),
    "talked_with": for_staff("I talked with the colleague, and they’d be glad to"),
    "looked_into": for_staff("I looked into it, and it’s fine here"),
    "nobody_else": for_staff("No one else fits as well"),
}
#: What a reviewer can decide about a request that looks like an older one.
COMPARED = {"same_request": E.MERGED, "different_requests": E.TOLD_APART}
#: Shown to the other reviewers for a while; it does not change the case.
LOOKING = "looking"
#: A supporter asks on their own page to talk about a request.
TALK = "talk"
#: A partner opened who the requester is.
PARTNER = "partner"
#: An admin revoked all links to a case and ended all visits to it.
REVOKED = "revoked"
EVENT_WORDS = {
    E.SUBMITTED: for_staff("The request arrived"),
    E.CALL_TAKEN: for_staff("%(who)s is calling the requester"),
    E.CALL_LAPSED: for_staff("No one said how the call went, so the urgent emails started again"),
    E.CALLED: for_staff("%(who)s spoke with the requester"),
    E.OFFERED: for_staff("%(who)s asked a supporter"),
    E.OFFER_WITHDRAWN: for_staff("%(who)s took the offer back"),
    E.OFFER_UNDELIVERABLE: for_staff("Our email to the supporter couldn’t be delivered"),
    E.ACCEPTED: for_staff("The supporter said yes"),
    E.DECLINED: for_staff("The supporter said “not this time”"),
    E.LAPSED: for_staff("The supporter didn’t answer in time"),
    E.TRIED: for_staff("The supporter tried and didn’t reach the requester"),
    E.NOT_REACHED: for_staff("The supporter couldn’t reach the requester"),
    E.CONTACTED: for_staff("The supporter is in touch"),
    E.CONTINUED: for_staff("The supporter is still in touch"),
    E.HANDED_OVER: for_staff("A coordinator stepped back"),
    E.CAME_BACK: for_staff("A coordinator who had stepped back came back"),
    E.HANDED_BACK: for_staff("The supporter gave the request back"),
    E.TAKEN_BACK: for_staff("%(who)s took the request back from the supporter"),
    E.REMATCH_ASKED: for_staff("The requester asked for someone else"),
    E.NOT_HEARD: for_staff("The requester says no one has been in touch"),
    E.SUPPORTER_GONE: for_staff("The supporter is no longer on the list"),
    E.REFERRED: for_staff("%(who)s referred the requester to professional help"),
    E.COMPLETED: for_staff("The supporter said it’s done"),
    E.CLOSED: for_staff("%(who)s closed the request"),
    E.WITHDRAWN: for_staff("The requester withdrew"),
    E.REOPENED: for_staff("The request was opened again"),
    E.ERASED: for_staff("The requester had everything deleted"),
    E.UNDONE: for_staff("%(who)s undid the decision"),
    E.TOLD: for_staff("%(who)s passed on a message"),
    E.CONTACT_CORRECTED: for_staff("Someone gave another way to reach the requester"),
    E.CONTACT_CONFIRMED: for_staff("The second way to reach the requester counts from now on"),
    E.CONTACT_REFUSED: for_staff("The second way to reach the requester was dropped"),
    E.MERGED: for_staff("%(who)s found that %(other)s is the same request"),
    E.SEPARATED: for_staff("This and %(other)s are two requests again"),
    E.TOLD_APART: for_staff("%(who)s found that %(other)s is a different request"),
    E.RECOGNIZED: for_staff("%(who)s settled what wasn’t clear"),
    E.CONSENTED: for_staff("The requester said yes to the supporter"),
    E.OTHER_WANTED: for_staff("The requester would like someone else"),
    E.CONSENT_LAPSED: for_staff("The requester hasn’t answered if they’d like to talk to the supporter"),
    E.CHECKED_IN: for_staff("We asked the requester how they’re doing"),
    E.CHECK_IN_ANSWERED: for_staff("The requester answered"),
    E.CHECK_INS_STOPPED: for_staff("The requester doesn’t want to be asked again how they’re doing"),
    E.ASKED_AGAIN: for_staff("The requester would like to talk with the supporter again"),
    E.HAND_OVER_ASKED: for_staff("%(who)s asked if we may tell a support service about the requester"),
    E.HAND_OVER_AGREED: for_staff("The requester said yes to the support service"),
    E.HAND_OVER_REFUSED: for_staff("The requester said no to the support service"),
    E.HAND_OVER_STOPPED: for_staff("The requester took back their yes to the support service"),
    E.HAND_OVER_MADE: for_staff("The support service says it’s in touch with the requester"),
    E.HAND_OVER_UNANSWERED: for_staff(
        "The requester didn’t say if we may tell the support service about them. We told it nothing"
    ),
    E.HAND_OVER_LAPSED: for_staff("The support service didn’t tell us in time that it’s in touch"),
}
OPENED_WORDS = {"identity": for_staff("%(who)s opened name and contact"), "text": for_staff("%(who)s opened what they wrote"), LOOKING: for_staff("%(who)s was looking at it"), TALK: for_staff("%(who)s asked to talk with someone about it"), PARTNER: for_staff("%(who)s opened the name and how to reach them"), REVOKED: for_staff("An admin revoked its links and closed its pages")}
# fmt: on


def answers_for(case: Case, role: Role) -> tuple[Choice, ...]:
    """Return the answers to what the requester must confirm; none when nothing waits."""
    if case.confirmation is None:
        return ()
    about = ABOUT_NEWER if case.confirmation.newer else ABOUT_CORRECTION
    return about[role]


def choices_for(case: Case, role: Role, is_late: bool = False) -> list[Choice]:
    """Return what this role can decide now; `is_late` means that the supporter's offer lapsed."""
    allowed = [c for c in CHOICES_OF_ROLE[role] if step_for(case, Event(c.value), role) is not None]
    if role is Role.SUPPORTER and is_late:
        return [c for c in allowed if c.value == Event.ACCEPTED]
    if role is Role.SUPPORTER and case.state is State.IN_REVIEW:
        return []
    if role is Role.REVIEWER:
        return [c for c in allowed if _is_offered(case, Event(c.value))]
    if case.is_final:
        return []
    asked = {choice.value for choice in check_in_choices(case)}
    return [choice for choice in allowed if choice.value not in asked]


def check_in_choices(case: Case) -> list[Choice]:
    """Return the answers to how the requester is doing; none while they are not asked."""
    if case.check_in is None or not case.check_in.is_asked:
        return []
    # After the last time there is nothing to stop.
    are_more = case.check_in.next_at is not None
    known = [c for c in CHECK_IN_CHOICES if are_more or c.value != E.CHECK_INS_STOPPED]
    return [c for c in known if step_for(case, Event(c.value), Role.REQUESTER) is not None]


def _is_offered(case: Case, event: Event) -> bool:
    if event is E.CALL_TAKEN:
        return case.promise(PromiseKind.URGENT) is not None
    if event is E.CALLED:
        return case.promise(PromiseKind.CALL) is not None
    if event is E.ACCEPTED:
        return case.state is State.OFFERED or case.last_lapsed is not None
    if event is E.REOPENED:
        return not case.is_final
    return True
