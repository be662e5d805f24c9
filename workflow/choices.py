"""What each role can decide in each state, with the words that the pages show."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.languages.language import for_requesters
from workflow.model import Case, Event, Outcome, PromiseKind, Role, State
from workflow.table import step_for

E = Event


@dataclass(frozen=True)
class Choice:
    """One thing that somebody can decide; `value` is what the form sends."""

    value: str
    label: str
    explained: str = ""


def _choice(event: Event, label: str, explained: str = "") -> Choice:
    return Choice(event.value, label, explained)


# fmt: off
#: Decisions without further choices. The templates hold the forms that have more fields.
REVIEWER_CHOICES = (
    _choice(E.CALL_TAKEN, "I’m calling now", "The urgent emails stop. Tell us here how it went, or they start again."),
    _choice(E.CALLED, "I’ve spoken with the requester", "They’re safe for now. The urgent emails stop for good, and the review takes its usual time."),
    _choice(E.OFFER_WITHDRAWN, "Take the offer back", "The supporter only hears that it’s covered. The request is back with you."),
    _choice(E.ACCEPTED, "The supporter told me: yes", "You answer for them."),
    _choice(E.DECLINED, "The supporter told me: not this time", "You answer for them. We’ll ask the backup, if there is one."),
    _choice(E.CONSENTED, "The requester told me: yes", "You answer for them. The supporter gets the name and how to reach them."),
    _choice(E.OTHER_WANTED, "The requester told me: someone else", "You answer for them. The supporter only hears that it’s covered. The request is back with you."),
    _choice(E.CONTACTED, "The supporter told me: we’re in touch", "You answer for them."),
    _choice(E.COMPLETED, "The supporter told me: it’s done", "You answer for them. This closes the request."),
    _choice(E.CONTINUED, "The supporter told me: we’re still in touch", "You answer for them."),
    _choice(E.TAKEN_BACK, "Take it back and choose again", "The supporter can’t open it anymore. They only hear that it’s covered."),
    _choice(E.WITHDRAWN, "They told me to withdraw it", "We delete everything about them right away."),
    _choice(E.REOPENED, "Open the request again", "The review starts again, with its full time."),
)
SUPPORTER_CHOICES = (
    _choice(E.ACCEPTED, "Yes, I’ll do it", "You’ll see the name and how to reach them."),
    _choice(E.DECLINED, "Not this time", "You don’t have to say why. We’ll ask someone else."),
    _choice(E.HANDED_BACK, "I’m not the right person", "You don’t have to say why. You won’t see this request anymore, and the coordinators find someone else."),
    _choice(E.CONTACTED, "I reached them", "You’ve talked or written with each other."),
    _choice(E.TRIED, "I tried", "You didn’t get through yet. We’ll remind you to try again."),
    _choice(E.CONTINUED, "We’re still in touch", "We’ll ask you again later."),
)
REQUESTER_CHOICES = (
    _choice(E.NOT_HEARD, for_requesters("No one has been in touch yet"), for_requesters("The coordinators hear right away and find someone else. Your supporter only hears that it’s covered. You don’t have to explain.")),
    _choice(E.REMATCH_ASKED, for_requesters("I’d like to talk to someone else"), for_requesters("You don’t have to say why. Your supporter only hears that it’s covered.")),
    _choice(E.REOPENED, for_requesters("I’d still like support"), for_requesters("We open your request again and tell the coordinators.")),
)
#: Answers to whether they would like to talk to the supporter who said yes.
CONSENT_CHOICES = (
    _choice(E.CONSENTED, for_requesters("Yes, that’s fine"), for_requesters("Only then they see your name, and get in touch.")),
    _choice(E.OTHER_WANTED, for_requesters("Someone else, please"), for_requesters("You don’t have to say why, and they never learn that you were asked.")),
)
#: Answers to how they are doing; who is not in contact any more opens the request again instead.
CHECK_IN_CHOICES = (
    _choice(E.CHECK_IN_ANSWERED, for_requesters("I’m fine for now"), for_requesters("We only note that you answered.")),
    _choice(E.ASKED_AGAIN, for_requesters("I’d like to talk again"), for_requesters("Your colleague hears it from us and gets in touch.")),
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
        _choice(E.CONTACT_CONFIRMED, "I asked them the first way: the second is right", "We use the second from now on, and no longer the first."),
        _choice(E.CONTACT_REFUSED, "I asked them the first way: keep the first", "We delete the second."),
    ),
}
ABOUT_NEWER: Mapping[Role, tuple[Choice, ...]] = {
    Role.REQUESTER: (
        _choice(E.CONTACT_CONFIRMED, for_requesters("Yes, both are mine. Use the newer one"), for_requesters("We’ll reach you the newer way. Links we sent to this address stop working.")),
        _choice(E.SEPARATED, for_requesters("No, that wasn’t me"), for_requesters("We tell the coordinators, and treat the second request as someone else’s.")),
    ),
    Role.REVIEWER: (
        _choice(E.CONTACT_CONFIRMED, "I asked them the first way: both are theirs", "What the second request says counts from now on. We delete its own name and contact. This can’t be undone."),
        _choice(E.SEPARATED, "These are two requests after all", "Each goes on by itself. You can do this until they say that both are theirs."),
    ),
}
CLOSING_OUTCOMES = {
    Outcome.DUPLICATE:            "The same request came twice",
    Outcome.NOT_A_REQUEST:        "It isn’t a request for support",
    Outcome.REACHED_OTHERWISE:    "They found support another way",
    Outcome.SUPPORT_DECLINED:     "They don’t want support anymore",
    Outcome.COULD_NOT_BE_REACHED: "We couldn’t reach them",
}
COMPLETING_OUTCOMES = {
    Outcome.SUPPORTED:        "Yes, they were supported",
    Outcome.SUPPORT_DECLINED: "They didn’t want support after all",
}
#: Reasons for asking a supporter despite a caution.
ALTHOUGH = {
    "asked_for":   "They asked for this colleague",
    "talked_with": "I talked with the colleague, and they’d be glad to",
    "looked_into": "I looked into it, and it’s fine here",
    "nobody_else": "No one else fits as well",
}
#: What a reviewer can decide about a request that looks like an older one.
COMPARED = {"same_request": E.MERGED, "different_requests": E.TOLD_APART}
#: Shown to the other reviewers for a while; it does not change the case.
LOOKING = "looking"
#: A supporter asks on their own page to talk about a request.
TALK = "talk"
#: An admin revoked all links to a case and ended all visits to it.
REVOKED = "revoked"
EVENT_WORDS = {
    E.SUBMITTED: "The request arrived",
    E.CALL_TAKEN: "{who} is calling the requester",
    E.CALL_LAPSED: "No one said how the call went, so the urgent emails started again",
    E.CALLED: "{who} spoke with the requester",
    E.OFFERED: "{who} asked a supporter",
    E.OFFER_WITHDRAWN: "{who} took the offer back",
    E.OFFER_UNDELIVERABLE: "Our email to the supporter couldn’t be delivered",
    E.ACCEPTED: "The supporter said yes",
    E.DECLINED: "The supporter said not this time",
    E.LAPSED: "The supporter didn’t answer in time",
    E.TRIED: "The supporter tried and didn’t reach the requester",
    E.NOT_REACHED: "The supporter couldn’t reach the requester",
    E.CONTACTED: "The supporter is in touch",
    E.CONTINUED: "The supporter is still in touch",
    E.HANDED_OVER: "A coordinator stepped back",
    E.CAME_BACK: "A coordinator who had stepped back came back",
    E.HANDED_BACK: "The supporter gave the request back",
    E.TAKEN_BACK: "{who} took the request back from the supporter",
    E.REMATCH_ASKED: "The requester asked for someone else",
    E.NOT_HEARD: "The requester says no one has been in touch",
    E.SUPPORTER_GONE: "The supporter is no longer on the list",
    E.REFERRED: "{who} pointed to professional help",
    E.COMPLETED: "The supporter said it’s done",
    E.CLOSED: "{who} closed the request",
    E.WITHDRAWN: "The requester withdrew",
    E.REOPENED: "The request was opened again",
    E.ERASED: "The requester had everything deleted",
    E.UNDONE: "{who} undid the decision",
    E.TOLD: "{who} passed on a message",
    E.CONTACT_CORRECTED: "Someone gave another way to reach the requester",
    E.CONTACT_CONFIRMED: "The second way to reach the requester counts from now on",
    E.CONTACT_REFUSED: "The second way to reach the requester was dropped",
    E.MERGED: "{who} found that {other} is the same request",
    E.SEPARATED: "This and {other} are two requests again",
    E.TOLD_APART: "{who} found that {other} is a different request",
    E.RECOGNIZED: "{who} settled what wasn’t clear",
    E.CONSENTED: "The requester said yes to the supporter",
    E.OTHER_WANTED: "The requester would like someone else",
    E.CONSENT_LAPSED: "The requester hasn’t answered if they’d like to talk to the supporter",
    E.CHECKED_IN: "We asked the requester how they’re doing",
    E.CHECK_IN_ANSWERED: "The requester answered",
    E.CHECK_INS_STOPPED: "The requester doesn’t want to be asked again how they’re doing",
    E.ASKED_AGAIN: "The requester would like to talk with the supporter again",
}
OPENED_WORDS = {"identity": "{who} opened name and contact", "text": "{who} opened what they wrote", LOOKING: "{who} was looking at it", TALK: "{who} asked to talk with someone about it", REVOKED: "An admin revoked its links and closed its pages"}
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
