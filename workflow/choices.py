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
    _choice(E.CALL_TAKEN, "I am calling now", "The urgent mails stop. Say here how it went, or they start again."),
    _choice(E.CALLED, "I have spoken with the person", "Choose it when they are safe for now: the urgent mails do not start again, and the review goes on in its own time."),
    _choice(E.OFFER_WITHDRAWN, "Take the offer back", "The supporter hears that it is covered. The request is back with you."),
    _choice(E.ACCEPTED, "The supporter told me: yes", "Recorded by you for the supporter."),
    _choice(E.DECLINED, "The supporter told me: no", "Recorded by you for the supporter. The stand-in is asked, if you named one."),
    _choice(E.CONTACTED, "The supporter told me: contact is made", "Recorded by you for the supporter."),
    _choice(E.COMPLETED, "The supporter told me: it is done", "Recorded by you for the supporter. The request is closed."),
    _choice(E.CONTINUED, "The supporter told me: still in contact", "Recorded by you for the supporter."),
    _choice(E.TAKEN_BACK, "Take it back and match again", "The supporter’s access ends at once. They hear that it is covered."),
    _choice(E.WITHDRAWN, "The person told me: I withdraw", "Recorded by you for the requester. Everything about them is deleted at once."),
    _choice(E.REOPENED, "Open the request again", "The review starts anew, with the full time."),
)
SUPPORTER_CHOICES = (
    _choice(E.ACCEPTED, "Yes, I will do it", "You then see the name and how to reach them."),
    _choice(E.DECLINED, "Not this time", "No reason needed. Somebody else is asked."),
    _choice(E.HANDED_BACK, "I should not be the one", "No reason needed. Your access ends at once, and the coordinators find somebody else."),
    _choice(E.CONTACTED, "We are in contact", "You have spoken or written with each other."),
    _choice(E.TRIED, "I tried, and did not reach them", "We remind you to try again."),
    _choice(E.CONTINUED, "We are still in contact", "We ask you again later."),
)
REQUESTER_CHOICES = (
    _choice(E.NOT_HEARD, for_requesters("No one has been in touch yet"), for_requesters("The coordinators hear right away and find someone else. You don’t have to explain.")),
    _choice(E.REMATCH_ASKED, for_requesters("I’d like to talk to someone else"), for_requesters("You don’t have to say why. Your supporter only hears that it’s covered.")),
    _choice(E.REOPENED, for_requesters("I’d still like support"), for_requesters("We open your request again and tell the coordinators.")),
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
        _choice(E.CONTACT_CONFIRMED, "I spoke with the person, over the first way: the second is right", "The second counts from now on, and the first is not used any more."),
        _choice(E.CONTACT_REFUSED, "I spoke with the person, over the first way: keep the first", "The second is deleted."),
    ),
}
ABOUT_NEWER: Mapping[Role, tuple[Choice, ...]] = {
    Role.REQUESTER: (
        _choice(E.CONTACT_CONFIRMED, for_requesters("Yes, both are mine. Use the newer one"), for_requesters("We’ll reach you the newer way. Links we sent to this address stop working.")),
        _choice(E.SEPARATED, for_requesters("No, that wasn’t me"), for_requesters("We tell the coordinators, and treat the second request as someone else’s.")),
    ),
    Role.REVIEWER: (
        _choice(E.CONTACT_CONFIRMED, "I spoke with the person, over the first way: both are theirs", "What the second request gave counts from now on. This cannot be taken back: its own name and contact are deleted."),
        _choice(E.SEPARATED, "These are two requests after all", "Each goes on as its own. Possible until the person says that both are theirs. A call that was made stays made."),
    ),
}
CLOSING_OUTCOMES = {
    Outcome.DUPLICATE:            "The same request came twice",
    Outcome.NOT_A_REQUEST:        "It is not a request for support",
    Outcome.REACHED_OTHERWISE:    "The person has found support another way",
    Outcome.SUPPORT_DECLINED:     "The person does not want support any more",
    Outcome.COULD_NOT_BE_REACHED: "The person could not be reached",
}
COMPLETING_OUTCOMES = {
    Outcome.SUPPORTED:        "Yes, they were supported",
    Outcome.SUPPORT_DECLINED: "They did not want support after all",
}
#: Reasons for asking a supporter despite a caution.
ALTHOUGH = {
    "asked_for":   "The person asked for this colleague",
    "talked_with": "I talked with the colleague, and they are glad to",
    "looked_into": "I looked into it, and it is no obstacle here",
    "nobody_else": "Nobody else fits as well",
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
    E.CALL_TAKEN: "{who} is calling the person",
    E.CALL_LAPSED: "Nobody said how the call went; the urgent mails start again",
    E.CALLED: "{who} spoke with the person",
    E.OFFERED: "{who} asked a supporter",
    E.OFFER_WITHDRAWN: "{who} took the offer back",
    E.OFFER_UNDELIVERABLE: "The offer could not be delivered",
    E.ACCEPTED: "The supporter said yes",
    E.DECLINED: "The supporter said no",
    E.LAPSED: "The offer was not answered in time",
    E.TRIED: "The supporter tried and did not reach the person",
    E.NOT_REACHED: "The supporter could not reach the person",
    E.CONTACTED: "The supporter is in contact",
    E.CONTINUED: "The supporter is still in contact",
    E.HANDED_OVER: "A reviewer stepped back",
    E.HANDED_BACK: "The supporter handed the request back",
    E.TAKEN_BACK: "{who} took the request back from the supporter",
    E.REMATCH_ASKED: "The person asked for somebody else",
    E.NOT_HEARD: "The person has not heard from anybody",
    E.SUPPORTER_GONE: "The supporter is not available any more",
    E.REFERRED: "{who} pointed to professional help",
    E.COMPLETED: "The supporter said that it is done",
    E.CLOSED: "{who} closed the request",
    E.WITHDRAWN: "The person withdrew the request",
    E.REOPENED: "The request was opened again",
    E.ERASED: "The person had everything deleted",
    E.UNDONE: "{who} undid the decision",
    E.TOLD: "{who} told the person what could not be mailed",
    E.CONTACT_CORRECTED: "Another way to reach the person was given",
    E.CONTACT_CONFIRMED: "The second way to reach the person counts from now on",
    E.CONTACT_REFUSED: "The second way to reach the person was dropped",
    E.MERGED: "{who} found that {other} is the same request",
    E.SEPARATED: "This and {other} are two requests again",
    E.TOLD_APART: "{who} found that {other} is a different request",
    E.RECOGNIZED: "{who} settled what was not clear",
}
OPENED_WORDS = {"identity": "{who} opened name and contact", "text": "{who} opened the text", LOOKING: "{who} was looking at it", TALK: "{who} asked to talk to somebody about it", REVOKED: "Links to it were revoked, and visits ended"}
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
    return allowed


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
