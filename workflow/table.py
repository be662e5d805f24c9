"""The whole workflow in one table: events by state, who may cause them, and who is mailed."""

from collections.abc import Callable
from dataclasses import dataclass

from workflow.model import (
    Audience,
    Case,
    Event,
    Notice,
    OfferState,
    PromiseKind,
    Role,
    State,
)

REVIEWER = (Role.REVIEWER,)
SUPPORTER = (Role.SUPPORTER,)
REQUESTER = (Role.REQUESTER,)
CLOCK = (Role.CLOCK,)
PARTNER = (Role.PARTNER,)
RECORDED = (Role.SUPPORTER, Role.REVIEWER)
RECORDED_FOR_REQUESTER = (Role.REQUESTER, Role.REVIEWER)
CONFIRMING = (*RECORDED_FOR_REQUESTER, Role.CLOCK)

OPEN_STATES = (
    State.IN_REVIEW,
    State.OFFERED,
    State.PROPOSED,
    State.MATCHED,
    State.IN_CONTACT,
)
#: No one has spoken with the requester yet, so urgent calls go on until someone takes one.
BEFORE_CONTACT = (State.IN_REVIEW, State.OFFERED, State.PROPOSED, State.MATCHED)
WITH_SUPPORTER = (State.MATCHED, State.IN_CONTACT)
#: In these a requester may be asked how they are doing.
CHECKED_IN = (State.IN_CONTACT, State.CLOSED)


@dataclass(frozen=True)
class Step:
    """The next state, the promise that begins (None: no change), and who may cause the event."""

    to: State | None
    promise: PromiseKind | None
    roles: tuple[Role, ...]
    notices: tuple[Notice, ...] = ()


def _to(audience: Audience, *emails: str) -> tuple[Notice, ...]:
    return tuple(Notice(email, audience) for email in emails)


TO_REQUESTER = Audience.REQUESTER
TO_REVIEWERS = Audience.REVIEWERS
TO_SUPPORTER = Audience.SUPPORTER
TO_PARTNER = Audience.PARTNER
S, E, P = State, Event, PromiseKind

BACK = (Notice("back_in_review", TO_REVIEWERS, while_promise=P.REVIEW_AGAIN),)
DECLINED = (Notice("offer_declined", TO_REVIEWERS, while_promise=P.REVIEW_AGAIN),)
POINTED_TO = (Notice("resources", TO_REQUESTER, while_offer=OfferState.ACCEPTED),)
RELEASED = (Notice("taken_back", TO_SUPPORTER, is_of_ended_offer=True),)
WELCOMED = (
    Notice("received", TO_REQUESTER),
    Notice("review_requested", TO_REVIEWERS, while_promise=P.REVIEW),
)
CALLING = (Notice("urgent", Audience.EVERYBODY_ON_CALL, while_promise=P.URGENT),)
URGENT = (Notice("received", TO_REQUESTER), *CALLING)
MATCHED = (
    Notice("supporter_matched", TO_SUPPORTER, while_offer=OfferState.ACCEPTED),
    Notice("matched", TO_REQUESTER, while_offer=OfferState.ACCEPTED),
)
#: Who said yes hears nothing of the question: with someone else's name it would tell them why.
PROPOSED = (
    Notice("almost_settled", TO_SUPPORTER, while_offer=OfferState.AGREED),
    Notice("proposed", TO_REQUESTER, while_offer=OfferState.AGREED),
)
NO_ANSWER = (Notice("consent_missing", TO_REVIEWERS, while_promise=P.REVIEW_AGAIN),)
OFFER = (Notice("offer", TO_SUPPORTER, while_offer=OfferState.OPEN),)
TAKEN_OVER = _to(Audience.NEW_REVIEWERS, "back_in_review")
#: The mail to reviewers who can't open a case anymore, whatever the reason.
LOST = "request_withdrawn"
#: Who loses a case hears what a withdrawal says: silence would tell that someone barred them.
LEFT = _to(Audience.FORMER_REVIEWERS, LOST)
REGROUPED = TAKEN_OVER + LEFT
CHANGED = (Notice("details_changed", TO_SUPPORTER, while_offer=OfferState.ACCEPTED),)
CHECKING_IN = _to(TO_REQUESTER, "check_in")
#: Who is in contact already hears that the requester would like to talk once more.
TALK_AGAIN = (
    Notice("talk_again", TO_SUPPORTER, while_promise=P.CONTACT, while_offer=OfferState.ACCEPTED),
)
ASKED_ABOUT_PARTNER = _to(TO_REQUESTER, "partner_proposed")
#: While the promise runs, so that no one writes to a partner about someone who took it back.
WANTED = (Notice("partner_wanted", TO_PARTNER, while_promise=P.HAND_OVER),)
PARTNER_RELEASED = _to(TO_PARTNER, "partner_released")
PARTNER_SILENT = _to(TO_REVIEWERS, "partner_late") + _to(TO_REQUESTER, "partner_silent")
FEEDBACK = _to(TO_REQUESTER, "feedback")
#: Of those that end well or not, only some ask for it: see notifications/planning.py.
DEBRIEF = (Notice("debrief_offered", TO_SUPPORTER, is_of_ended_offer=True),)
LOOK_AGAIN = _to(TO_REVIEWERS, "look_again")
#: Asks for the confirmation that begins with a transition; not mailed when none begins.
ASKING = _to(TO_REQUESTER, "was_this_you")
NOTING = _to(Audience.SECOND_ADDRESS, "address_noted")
#: Only when the address has changed.
IN_USE = _to(TO_REQUESTER, "address_in_use")
GONE = (
    Notice(LOST, TO_REVIEWERS, is_of_ended_offer=True),
    Notice("request_withdrawn", TO_SUPPORTER, is_of_ended_offer=True),
    *_to(TO_REQUESTER, "withdrawn"),
    *PARTNER_RELEASED,
)


def _changed(state: State) -> tuple[Notice, ...]:
    """Return the notice that details changed, where a supporter reaches the requester."""
    return CHANGED if state in WITH_SUPPORTER else ()


def _rows(
    states: tuple[State, ...], event: Event, step: Callable[[State], Step]
) -> dict[tuple[State, Event], Step]:
    return {(state, event): step(state) for state in states}


# fmt: off
TABLE: dict[tuple[State, Event], Step] = {
    (S.IN_REVIEW, E.CALL_TAKEN):          Step(S.IN_REVIEW,  P.CALL,         REVIEWER),
    (S.IN_REVIEW, E.CALL_LAPSED):         Step(S.IN_REVIEW,  P.URGENT,       CLOCK,     CALLING),
    (S.IN_REVIEW, E.CALLED):              Step(S.IN_REVIEW,  None,           REVIEWER),
    **_rows((S.OFFERED, S.PROPOSED, *WITH_SUPPORTER), E.CALL_TAKEN, lambda state: Step(state, None,   REVIEWER)),
    (S.IN_REVIEW, E.OFFERED):             Step(S.OFFERED,    None,           REVIEWER,  OFFER),
    (S.IN_REVIEW, E.ACCEPTED):            Step(S.MATCHED,    P.CONTACT,      RECORDED,  MATCHED),  # a late yes
    (S.IN_REVIEW, E.REFERRED):            Step(S.CLOSED,     None,           REVIEWER,  _to(TO_REQUESTER, "resources")),
    (S.OFFERED, E.ACCEPTED):              Step(S.MATCHED,    P.CONTACT,      RECORDED,  MATCHED),
    (S.OFFERED, E.DECLINED):              Step(S.IN_REVIEW,  P.REVIEW_AGAIN, RECORDED,  DECLINED),
    (S.OFFERED, E.LAPSED):                Step(S.IN_REVIEW,  P.REVIEW_AGAIN, CLOCK,     DECLINED),
    (S.OFFERED, E.OFFER_UNDELIVERABLE):   Step(S.IN_REVIEW,  P.REVIEW_AGAIN, CLOCK,     BACK),
    (S.OFFERED, E.SUPPORTER_GONE):        Step(S.IN_REVIEW,  P.REVIEW_AGAIN, CLOCK,     BACK),
    (S.OFFERED, E.OFFER_WITHDRAWN):       Step(S.IN_REVIEW,  P.REVIEW_AGAIN, REVIEWER,  RELEASED + TAKEN_OVER),
    (S.PROPOSED, E.CONSENTED):            Step(S.MATCHED,    P.CONTACT,      RECORDED_FOR_REQUESTER, MATCHED),
    (S.PROPOSED, E.OTHER_WANTED):         Step(S.IN_REVIEW,  P.REVIEW_AGAIN, RECORDED_FOR_REQUESTER, BACK + RELEASED + LEFT),
    (S.PROPOSED, E.CONSENT_LAPSED):       Step(S.PROPOSED,   P.REVIEW_AGAIN, CLOCK,     NO_ANSWER),
    (S.PROPOSED, E.HANDED_BACK):          Step(S.IN_REVIEW,  P.REVIEW_AGAIN, SUPPORTER, BACK),
    (S.PROPOSED, E.SUPPORTER_GONE):       Step(S.IN_REVIEW,  P.REVIEW_AGAIN, CLOCK,     BACK),
    (S.PROPOSED, E.OFFER_WITHDRAWN):      Step(S.IN_REVIEW,  P.REVIEW_AGAIN, REVIEWER,  RELEASED + TAKEN_OVER),
    (S.MATCHED, E.TRIED):                 Step(S.MATCHED,    P.TRY_AGAIN,    SUPPORTER),
    (S.MATCHED, E.NOT_REACHED):           Step(S.IN_REVIEW,  P.REVIEW_AGAIN, SUPPORTER, BACK),
    (S.MATCHED, E.CONTACTED):             Step(S.IN_CONTACT, P.CONVERSATION, RECORDED),
    (S.IN_CONTACT, E.CONTINUED):          Step(S.IN_CONTACT, P.CONVERSATION, RECORDED),
    (S.CLOSED, E.REOPENED):               Step(S.IN_REVIEW,  P.REVIEW,       RECORDED_FOR_REQUESTER, (Notice("back_in_review", TO_REVIEWERS, while_promise=P.REVIEW),)),
    (S.CLOSED, E.TOLD):                   Step(S.CLOSED,     None,           REVIEWER),
    (S.CLOSED, E.ERASED):                 Step(S.CLOSED,     None,           REQUESTER, PARTNER_RELEASED),
    **_rows((*OPEN_STATES, S.CLOSED), E.UNDONE, lambda state: Step(None,      None,           (*RECORDED, *REQUESTER))),
    **_rows(WITH_SUPPORTER, E.HANDED_BACK,    lambda state: Step(S.IN_REVIEW, P.REVIEW_AGAIN, SUPPORTER, BACK)),
    **_rows(WITH_SUPPORTER, E.REMATCH_ASKED,  lambda state: Step(S.IN_REVIEW, P.REVIEW_AGAIN, REQUESTER, BACK + RELEASED + LEFT)),
    **_rows(WITH_SUPPORTER, E.NOT_HEARD,      lambda state: Step(S.IN_REVIEW, P.REVIEW_AGAIN, REQUESTER, BACK + RELEASED + LEFT)),
    **_rows(WITH_SUPPORTER, E.TAKEN_BACK,     lambda state: Step(S.IN_REVIEW, P.REVIEW_AGAIN, REVIEWER,  RELEASED + TAKEN_OVER)),
    **_rows(WITH_SUPPORTER, E.SUPPORTER_GONE, lambda state: Step(S.IN_REVIEW, P.REVIEW_AGAIN, CLOCK,     BACK)),
    **_rows(WITH_SUPPORTER, E.REFERRED,       lambda state: Step(state,       None,           SUPPORTER, POINTED_TO)),
    **_rows(WITH_SUPPORTER, E.COMPLETED,      lambda state: Step(S.CLOSED,    None,           RECORDED,  _to(TO_REQUESTER, "completed") + FEEDBACK + DEBRIEF)),
    **_rows(CHECKED_IN, E.CHECKED_IN,         lambda state: Step(state,       None,           CLOCK,     CHECKING_IN)),
    **_rows(CHECKED_IN, E.CHECK_IN_ANSWERED,  lambda state: Step(state,       None,           REQUESTER)),
    **_rows(CHECKED_IN, E.CHECK_INS_STOPPED,  lambda state: Step(state,       None,           REQUESTER)),
    (S.IN_CONTACT, E.ASKED_AGAIN):        Step(S.IN_CONTACT, P.CONTACT,      REQUESTER, TALK_AGAIN),
    **_rows((*OPEN_STATES, S.CLOSED), E.HAND_OVER_ASKED, lambda state: Step(state, P.HAND_OVER_ANSWER, RECORDED if state in WITH_SUPPORTER else REVIEWER, ASKED_ABOUT_PARTNER)),
    **_rows((*OPEN_STATES, S.CLOSED), E.HAND_OVER_AGREED, lambda state: Step(state, P.HAND_OVER, REQUESTER, WANTED)),
    **_rows((*OPEN_STATES, S.CLOSED), E.HAND_OVER_REFUSED, lambda state: Step(state, None, REQUESTER)),
    **_rows((*OPEN_STATES, S.CLOSED), E.HAND_OVER_STOPPED, lambda state: Step(state, None, REQUESTER, PARTNER_RELEASED)),
    **_rows((*OPEN_STATES, S.CLOSED), E.HAND_OVER_MADE, lambda state: Step(state, None, PARTNER)),
    **_rows((*OPEN_STATES, S.CLOSED), E.HAND_OVER_LAPSED, lambda state: Step(state, None, CLOCK, PARTNER_SILENT)),
    **_rows((*OPEN_STATES, S.CLOSED), E.HAND_OVER_UNANSWERED, lambda state: Step(state, None, CLOCK)),
    **_rows(OPEN_STATES, E.HANDED_OVER,       lambda state: Step(state,       None,           REVIEWER,  TAKEN_OVER)),
    **_rows(OPEN_STATES, E.CAME_BACK,         lambda state: Step(state,       None,           REVIEWER)),
    **_rows(OPEN_STATES, E.TOLD,              lambda state: Step(state,       None,           REVIEWER)),
    **_rows(OPEN_STATES, E.CONTACT_CORRECTED, lambda state: Step(state,       None,           REQUESTER, ASKING + NOTING + _changed(state))),
    **_rows(OPEN_STATES, E.CONTACT_CONFIRMED, lambda state: Step(state,       None,           CONFIRMING, REGROUPED + IN_USE + _changed(state))),
    **_rows(OPEN_STATES, E.CONTACT_REFUSED,   lambda state: Step(state,       None,           RECORDED_FOR_REQUESTER, _to(TO_REVIEWERS, "second_contact") + _changed(state))),
    **_rows(OPEN_STATES, E.CLOSED,            lambda state: Step(S.CLOSED,    None,           REVIEWER,  RELEASED + _to(TO_REQUESTER, "completed"))),
    **_rows(OPEN_STATES, E.MERGED,            lambda state: Step(state,       None,           REVIEWER,  REGROUPED + ASKING + _changed(state))),
    **_rows(OPEN_STATES, E.SEPARATED,         lambda state: Step(state,       None,           RECORDED_FOR_REQUESTER, TAKEN_OVER)),
    (S.CLOSED, E.SEPARATED):              Step(S.IN_REVIEW,  P.REVIEW,       CLOCK,     (Notice("back_in_review", TO_REVIEWERS, while_promise=P.REVIEW),)),
    **_rows(OPEN_STATES, E.TOLD_APART,        lambda state: Step(state,       None,           REVIEWER)),
    **_rows(OPEN_STATES, E.RECOGNIZED,        lambda state: Step(state,       None,           REVIEWER,  REGROUPED)),
    **_rows(OPEN_STATES, E.WITHDRAWN,         lambda state: Step(S.CLOSED,    None,           RECORDED_FOR_REQUESTER, GONE)),
}
# fmt: on

#: These replace the table's rows if the requester wishes to say yes to a supporter first.
IF_ASKED_FIRST = _rows(
    (S.IN_REVIEW, S.OFFERED),
    E.ACCEPTED,
    lambda state: Step(S.PROPOSED, P.CONSENT, RECORDED, PROPOSED),
)
#: The person who decided one of these can undo it for a while, and its mails wait so long. What is
#: missing here changes who someone is, or another request: pages ask twice about it instead.
UNDOABLE = frozenset(
    {
        E.CALL_TAKEN, E.CALLED, E.OFFERED, E.OFFER_WITHDRAWN, E.ACCEPTED, E.DECLINED, E.TRIED,
        E.NOT_REACHED, E.CONTACTED, E.CONTINUED, E.HANDED_BACK, E.TAKEN_BACK, E.REMATCH_ASKED,
        E.NOT_HEARD, E.CONSENTED, E.OTHER_WANTED, E.REFERRED, E.COMPLETED, E.CLOSED, E.REOPENED, E.TOLD, E.CHECK_IN_ANSWERED,
        E.CHECK_INS_STOPPED, E.ASKED_AGAIN, E.HAND_OVER_ASKED, E.HAND_OVER_AGREED, E.HAND_OVER_REFUSED,
    }
)  # fmt: skip
#: Stepping back is taken back by coming back, whatever others decided since. Its mails wait too.
WAITING = UNDOABLE | {E.HANDED_OVER}


def step_for(case: Case, event: Event, role: Role) -> Step | None:
    """Return the table's step for this event if this role may cause it."""
    step = TABLE.get((case.state, event))
    if case.facts.asks_first:
        step = IF_ASKED_FIRST.get((case.state, event), step)
    return step if step is not None and role in step.roles else None
