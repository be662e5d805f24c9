"""The whole table: every state, every event, and that somebody can always help."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from functools import cache
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from program.times.promises import DEFAULTS
from tests.rows import each
from tests.world import MONDAY
from workflow.choices import choices_for
from workflow.consequences import CONSEQUENCES, EVENT_WHEN_DUE, due_consequences
from workflow.errors import TransitionNotAllowed
from workflow.model import (
    Audience,
    Case,
    Decision,
    Event,
    Facts,
    OfferState,
    Outcome,
    PromiseKind,
    Role,
    State,
    Transition,
    Waits,
)
from workflow.promise_rules import QuietHours, Rules
from workflow.promises import CONFIRMING
from workflow.table import TABLE, step_for
from workflow.transitions import advance, asked_by_mail, offer_sent, submit, undo

RULES = Rules(DEFAULTS, QuietHours(time(21), time(7), ZoneInfo("America/New_York")), tries=3)
EVERYBODY = frozenset({"amara", "beth", "carlos"})
MAIN_PROMISES = {
    State.IN_REVIEW: {PromiseKind.REVIEW, PromiseKind.REVIEW_AGAIN},
    State.OFFERED: {PromiseKind.REVIEW, PromiseKind.REVIEW_AGAIN, PromiseKind.OFFER},
    State.PROPOSED: {PromiseKind.CONSENT, PromiseKind.REVIEW_AGAIN},
    State.MATCHED: {PromiseKind.CONTACT, PromiseKind.TRY_AGAIN},
    State.IN_CONTACT: {PromiseKind.CONVERSATION},
}


def new_case(urgent: bool = False, asks_first: bool = False) -> Case:
    facts = Facts(asks_first=asks_first)
    case = Case("PS-7K3QF", State.IN_REVIEW, 0, MONDAY, MONDAY, facts, is_urgent=urgent)
    return submit(case, MONDAY, RULES).after


def decision(case: Case, event: Event, role: Role) -> Decision:
    """Make a decision with sensible choices, so that only state, event and role decide."""
    lapsed = [o for o in case.offers if o.state is OfferState.LAPSED]
    offer = case.current_offer or (lapsed[-1] if lapsed and event is Event.ACCEPTED else None)
    outcomes = {Event.CLOSED: Outcome.NOT_A_REQUEST, Event.COMPLETED: Outcome.SUPPORTED}
    tell = case.promise(PromiseKind.TELL)
    return Decision(
        event,
        "somebody",
        role,
        offer=offer.number if offer else None,
        supporters=("amara", "beth") if event is Event.OFFERED else (),
        resources=("chaplain",),
        outcome=outcomes.get(event),
        subject=tell.subject if tell else "",
        other="PS-NEWER" if event is Event.TOLD_APART else "",
        newer=NEWER[0] if event is Event.MERGED else None,
        facts=case.facts,
        confirmation=case.confirmation.number if case.confirmation else None,
    )


def newer_cases() -> tuple[Case, ...]:
    """A newer request as it may be when it is put together: calm, urgent, being called, called."""
    calm, urgent = (
        replace(new_case(is_urgent), reference="PS-NEWER") for is_urgent in (False, True)
    )
    taken = Decision(Event.CALL_TAKEN, "priya", Role.REVIEWER)
    called = advance(urgent, taken, MONDAY, RULES).after
    return calm, urgent, called, called.without_promises(PromiseKind.CALL)


NEWER = newer_cases()


def moves(case: Case) -> Iterator[Case]:
    """Yield where everybody who may act, the clock and the post can lead a case."""
    now = max(p.next_at for p in case.promises) if case.promises else MONDAY
    for event, role in product(Event, Role):
        try:
            move = advance(case, decision(case, event, role), now, RULES, EVERYBODY)
        except TransitionNotAllowed:
            continue
        yield move.after
    if case.is_open and case.confirmation is None:
        for newer, waits in product((NEWER[0], NEWER[3]), (Waits.NOTHING, Waits.EVERYTHING)):
            made = replace(decision(case, Event.MERGED, Role.REVIEWER), newer=newer, waits=waits)
            yield advance(case, made, now, RULES, EVERYBODY).after
    if case.confirmation is not None:
        yield asked_by_mail(case, case.confirmation.number, now, RULES)
    offer = case.current_offer
    if offer and offer.state is OfferState.OPEN and offer.sent_at is None:
        yield offer_sent(case, offer.number, now, RULES)


def signature(case: Case) -> tuple[object, ...]:
    confirmation = case.confirmation
    if confirmation is not None:
        # What waits goes on beside everything else, so that few combinations are told apart.
        asking = frozenset(p.kind for p in case.promises if p.kind in CONFIRMING)
        return case.state, bool(confirmation.newer), case.is_urgent, asking
    return (
        case.state,
        case.facts.asks_first and case.state in (State.IN_REVIEW, State.OFFERED, State.PROPOSED),
        case.is_urgent,
        case.was_call_taken,
        case.tries,
        frozenset(o.state for o in case.offers) & {OfferState.STANDING_BY, OfferState.LAPSED},
        case.current_offer and (case.current_offer.state, case.current_offer.sent_at is None),
        frozenset(p.kind for p in case.promises),
    )


@cache
def reachable() -> list[Case]:
    """Walk from a new case along every move; cases that differ only in their past are one."""
    found: dict[tuple[object, ...], Case] = {}
    waiting = [new_case(*which) for which in product((False, True), repeat=2)]
    while waiting:
        case = waiting.pop()
        if signature(case) in found:
            continue
        found[signature(case)] = case
        waiting += [replace(c, stepped_back=()) for c in moves(case)]
    return list(found.values())


def test_every_state_and_every_row_of_the_table_can_be_reached() -> None:
    assert {case.state for case in reachable()} == set(State)
    taken = {
        (case.state, event)
        for case in reachable()
        for event, role in product(Event, Role)
        if step_for(case, event, role)
    }
    assert taken == TABLE.keys()


def test_an_open_case_always_has_somebody_who_must_act_and_a_moment() -> None:
    for case in reachable():
        if case.is_open:
            kinds = {p.kind for p in case.promises}
            assert len(kinds & MAIN_PROMISES[case.state]) == 1, signature(case)
        else:
            assert case.promises == ()
            assert case.current_offer is None


def test_what_must_be_confirmed_has_a_moment_of_its_own_as_long_as_it_waits() -> None:
    asked = [case for case in reachable() if case.confirmation is not None]
    assert {bool(case.confirmation and case.confirmation.newer) for case in asked} == {True, False}
    for case in reachable():
        waiting = [p.kind for p in case.promises if p.kind in CONFIRMING]
        assert len(waiting) == (1 if case.confirmation else 0), signature(case)
        if case.confirmation and case.confirmation.newer:
            assert waiting == [PromiseKind.CONFIRMATION], "no day that passes confirms a request"


def test_whoever_the_clock_calls_has_an_event_that_helps() -> None:
    for case in reachable():
        for promise in case.promises:
            for notice in (n for (kind, _), n in CONSEQUENCES.items() if kind is promise.kind):
                if notice.audience is Audience.SUPPORTER:
                    assert case.current_offer is not None
                    assert choices_for(case, Role.SUPPORTER), (signature(case), notice)
                elif notice.audience is not Audience.REQUESTER:
                    helping = {Event(c.value) for c in choices_for(case, Role.REVIEWER)} - {
                        Event.WITHDRAWN
                    }
                    can_offer = step_for(case, Event.OFFERED, Role.REVIEWER)
                    assert helping or can_offer, (signature(case), notice)


def test_silence_itself_is_an_answer_that_the_table_knows() -> None:
    for case in reachable():
        for promise in case.promises:
            event = EVENT_WHEN_DUE.get(promise.kind)
            if event is not None:
                assert step_for(case, event, Role.CLOCK), signature(case)


def test_every_promise_wakes_the_clock_again_after_each_look() -> None:
    for case in (c for c in reachable() if c.is_open):
        now = case.promises[0].next_at
        for _ in range(5):
            now = max(now, min(p.next_at for p in case.promises))
            found = due_consequences(case, now, RULES)
            if found.event is not None:
                break
            assert min(p.next_at for p in found.after.promises) > now, signature(case)
            case = found.after


def test_every_state_keeps_a_case_urgent_until_somebody_acts() -> None:
    for case in (c for c in reachable() if c.is_urgent and c.state is State.IN_REVIEW):
        called = case.promise(PromiseKind.URGENT) or case.promise(PromiseKind.CALL)
        assert called or case.was_call_taken, signature(case)


@each(
    "state, event, role",
    [
        (state, event, role)
        for state, event, role in product(State, Event, Role)
        if role not in (TABLE[state, event].roles if (state, event) in TABLE else ())
    ],
)
def test_it_refuses_everything_that_is_not_in_the_table(
    state: State, event: Event, role: Role
) -> None:
    case = next(c for c in reachable() if c.state is state)
    with pytest.raises(TransitionNotAllowed, match=f"PS-7K3QF is {state}: "):
        advance(case, decision(case, event, role), MONDAY, RULES, EVERYBODY)


@each(
    "case, newer",
    lambda: product([c for c in reachable() if c.is_open and c.confirmation is None], NEWER),
)
def test_no_urgent_call_is_lost_when_two_requests_are_put_together(case: Case, newer: Case) -> None:
    """The newer one's is taken first. The older one's goes on, and no other begins there."""
    made = replace(decision(case, Event.MERGED, Role.REVIEWER), newer=newer)
    if newer in NEWER[1:3]:
        with pytest.raises(TransitionNotAllowed):
            advance(case, made, MONDAY, RULES, EVERYBODY)
        return
    merged = advance(case, made, MONDAY, RULES, EVERYBODY)
    after = merged.after
    assert (after.is_urgent, after.was_call_taken) == (case.is_urgent, case.was_call_taken)
    assert (after.state, after.submitted_at) == (case.state, case.submitted_at)
    assert [o.state for o in after.offers] == [o.state for o in case.offers]
    for kind in (PromiseKind.URGENT, PromiseKind.CALL):
        assert after.promise(kind) == case.promise(kind)
    assert [n for n in merged.notices if n.email == "urgent"] == []


def test_contact_ends_the_urgent_calls() -> None:
    case = offer_sent(
        move(new_case(urgent=True), Event.OFFERED, Role.REVIEWER).after, 1, MONDAY, RULES
    )
    matched = move(case, Event.ACCEPTED, Role.SUPPORTER).after
    assert matched.promise(PromiseKind.URGENT) is not None
    contact = move(matched, Event.CONTACTED, Role.SUPPORTER).after
    assert {p.kind for p in contact.promises} == {PromiseKind.CONVERSATION}


def test_an_earlier_versions_urgent_call_waits_although_a_supporter_is_in_contact() -> None:
    """Version 0.1 began urgent calls for an older request when an urgent newer one was merged."""
    matched = next(c for c in reachable() if c.state is State.IN_CONTACT and c.current_offer)
    urgent = next(p for p in new_case(urgent=True).promises if p.kind is PromiseKind.URGENT)
    again = matched.with_promise(urgent)
    with pytest.raises(TransitionNotAllowed):
        move(again, Event.COMPLETED, Role.SUPPORTER)
    assert move(again, Event.COMPLETED, Role.REVIEWER).after.state is State.CLOSED
    called = move(again, Event.CALL_TAKEN, Role.REVIEWER).after
    assert called.promise(PromiseKind.URGENT) is None
    assert move(called, Event.COMPLETED, Role.SUPPORTER).after.state is State.CLOSED


def test_the_calls_start_again_when_who_called_stepped_back_from_the_other_one() -> None:
    case = move(new_case(urgent=True), Event.CALL_TAKEN, Role.REVIEWER).after
    newer = replace(NEWER[0], stepped_back=("somebody",))
    made = replace(decision(case, Event.MERGED, Role.REVIEWER), newer=newer)
    merged = advance(case, made, MONDAY, RULES, EVERYBODY)
    assert merged.after.promise(PromiseKind.URGENT) is not None
    assert merged.after.promise(PromiseKind.CALL) is None
    assert merged.after.stepped_back == ("somebody",)
    assert "urgent" in {n.email for n in merged.notices}


def test_a_duplicate_has_no_promises_and_is_not_opened_again() -> None:
    told = new_case().with_promise(replace(new_case().promises[0], kind=PromiseKind.TELL))
    closing = Decision(
        Event.CLOSED, "ana", Role.REVIEWER, outcome=Outcome.DUPLICATE, other="PS-7K3QF"
    )
    closed = advance(told, closing, MONDAY, RULES)
    assert closed.after.goes_on_as == "PS-7K3QF"
    assert (closed.after.promises, closed.notices) == ((), ())
    for role in (Role.REVIEWER, Role.REQUESTER):
        assert choices_for(closed.after, role) == []
        with pytest.raises(TransitionNotAllowed):
            move(closed.after, Event.REOPENED, role)
    with pytest.raises(TransitionNotAllowed):
        advance(offered_to("amara"), closing, MONDAY, RULES)


def test_undo_restores_everything_but_the_version() -> None:
    case = new_case()
    offered = advance(
        case, decision(case, Event.OFFERED, Role.REVIEWER), MONDAY, RULES, EVERYBODY
    ).after
    back = undo(offered, case, MONDAY, Decision(Event.UNDONE, "ana", Role.REVIEWER), MONDAY).after
    assert replace(back, version=case.version) == case
    assert back.version == offered.version + 1


def test_a_stand_in_who_can_no_longer_be_asked_is_passed_over() -> None:
    case = offered_to("amara", "beth", "carlos")
    after = advance(
        case, decision(case, Event.LAPSED, Role.CLOCK), MONDAY, RULES, frozenset({"carlos"})
    ).after
    current = after.current_offer
    assert current is not None
    assert current.supporter == "carlos"


def test_an_urgent_call_that_nobody_ended_starts_again() -> None:
    case = new_case(urgent=True)
    taken = move(case, Event.CALL_TAKEN, Role.REVIEWER).after
    assert taken.promise(PromiseKind.URGENT) is None
    assert taken.promise(PromiseKind.REVIEW) is not None
    found = due_consequences(taken, MONDAY + timedelta(hours=1), RULES)
    assert found.event is Event.CALL_LAPSED
    again = move(taken, Event.CALL_LAPSED, Role.CLOCK).after
    assert again.promise(PromiseKind.URGENT) is not None


def test_after_an_outage_everybody_hears_once() -> None:
    found = due_consequences(new_case(), MONDAY + timedelta(days=8), RULES)
    said = {reminder.notice.says for reminder in found.reminders}
    emails = [email for email, _, _ in said]
    assert sorted(emails) == ["delayed", "nobody_answered", "review_nudge"]


def move(case: Case, event: Event, role: Role) -> Transition:
    return advance(case, decision(case, event, role), MONDAY, RULES, EVERYBODY)


def offered_to(*supporters: str) -> Case:
    made = replace(decision(new_case(), Event.OFFERED, Role.REVIEWER), supporters=supporters)
    case = advance(new_case(), made, MONDAY, RULES, EVERYBODY).after
    return offer_sent(case, 1, MONDAY, RULES)
