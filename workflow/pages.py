"""What each role may see of a case, as facts for its page."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import quote

from store import cases
from store.sealing import CannotOpen
from workflow import attendance, twice, waiting, words
from workflow.choices import (
    ALTHOUGH,
    CLOSING_OUTCOMES,
    COMPLETING_OUTCOMES,
    EVENT_WORDS,
    LOOKING,
    OPENED_WORDS,
    TO_SAY,
    TOLD,
    choices_for,
)
from workflow.engine import Engine, Loaded, unclear_for
from workflow.letters import MAIN_PROMISES, resource_fact, resource_facts
from workflow.matching import Candidate, Ranking
from workflow.model import (
    Case,
    Event,
    Identity,
    NeedsReason,
    Offer,
    OfferState,
    Outcome,
    Promise,
    PromiseKind,
    Role,
    State,
)
from workflow.supporters import ChecksMail, Supporter
from workflow.table import step_for
from workflow.transitions import must_be_called
from workflow.twice import Double

Facts = Mapping[str, object]
#: How long others see that somebody is looking at a request.
LOOKING_FOR = timedelta(hours=2)
OFFER_OVER = {
    OfferState.DECLINED: "You said that it does not suit you this time. Thank you for answering.",
    OfferState.WITHDRAWN: "This is covered by now. Thank you.",
    OfferState.ENDED: "This is covered by now. Thank you.",
    OfferState.UNDELIVERABLE: "This is covered by now. Thank you.",
    OfferState.GONE: "This is covered by now. Thank you.",
    OfferState.STANDING_BY: "This is covered by now. Thank you.",
}


def about(engine: Engine, case: Case, now: datetime) -> dict[str, object]:
    """Return what every role may see: where things stand and until when."""
    zone = engine.program.zone
    promise = main_promise(case)
    return {
        "reference": case.reference,
        "test_marker": words.test_marker(case),
        "version": case.version,
        "is_open": case.is_open,
        "is_urgent": case.is_urgent,
        "state": case.state.value,
        "state_words": words.STATE_WORDS[case.state],
        "outcome_words": words.OUTCOME_WORDS[case.outcome] if case.outcome else "",
        "submitted": words.day_and_time(case.submitted_at, zone),
        "due": words.day_and_time(promise.due_at, zone) if promise else "",
        "left": words.left(promise.due_at, now) if promise else "",
        "is_overdue": promise is not None and promise.due_at <= now,
        "wishes": words.wishes(case.facts),
    }


def main_promise(case: Case) -> Promise | None:
    """Return the promise whose moment pages name."""
    return next((p for k in MAIN_PROMISES if (p := case.promise(k)) is not None), None)


def first_contact(engine: Engine, case: Case, now: datetime) -> str:
    """Say until when the first contact was promised, when nothing that pages name comes before."""
    promise, main = case.promise(PromiseKind.FIRST_CONTACT), main_promise(case)
    if promise is None or (main is not None and main.due_at <= promise.due_at):
        return ""
    when = words.day_and_time(promise.due_at, engine.program.zone)
    is_overdue = promise.due_at <= now
    return f"First contact overdue since {when}." if is_overdue else f"First contact by {when}."


def reviewer(engine: Engine, loaded: Loaded, person: str, now: datetime) -> dict[str, object]:
    """Return enough to review: role group, department, wishes, candidates; no identity."""
    case = loaded.case
    ranking, undo_window = engine.ranking(loaded, now), engine.program.undo_window
    return about(engine, case, now) | {
        "facts": facts_shown(engine, case),
        "first_contact": first_contact(engine, case, now),
        "unreadable": case.facts.unreadable,
        "is_mailable": case.facts.is_mailable,
        "is_reachable": case.facts.is_reachable,
        "supporter_name": _supporter_name(engine, case.current_offer),
        "caller": _name(engine, call.subject) if (call := case.promise(PromiseKind.CALL)) else "",
        "offer": shown.number if (shown := case.current_offer or case.last_lapsed) else "",
        "seldom": _asked_who_seldom_reads(engine, case, now),
        "was_mailed": case.current_offer is not None and case.current_offer.sent_at is not None,
        "looking": looking(engine, loaded, now),
        "is_looking": person in _looking_since(engine, loaded, now),
        "supporter_away": _supporter_away(engine, case.current_offer, now),
        "unavailable": ranking.unavailable,
        "can_offer": step_for(case, Event.OFFERED, Role.REVIEWER) is not None,
        "can_refer": step_for(case, Event.REFERRED, Role.REVIEWER) is not None,
        "can_close": step_for(case, Event.CLOSED, Role.REVIEWER) is not None,
        "although": ALTHOUGH,
        "candidates": _candidates(engine, loaded, ranking, person, now),
        "ranking": ranking,
        "resources": all_resources(engine, now),
        "closing": {o.value: label for o, label in CLOSING_OUTCOMES.items()},
        "completing": {o.value: label for o, label in COMPLETING_OUTCOMES.items()},
        "choices": [c for c in choices_for(case, Role.REVIEWER) if c.value != Event.COMPLETED],
        "can_complete": step_for(case, Event.COMPLETED, Role.REVIEWER) is not None,
        "tells": tells(engine, loaded, now),
        "has_identity": has_identity(loaded),
        "has_text": any(text(engine, loaded, person).values()),
        "unclear_names": len(unclear_for(loaded, person)),
        "history": _history(engine, loaded, person),
        "openings": _openings(engine, loaded),
        "doubles": [_double(d, case, now) for d in twice.doubles_of(engine, loaded, person)],
        "recorded": _found_just_now(engine, loaded, person),
        "exclusion": _exclusion(engine, loaded),
        "undo_until": _undo_until(engine, loaded, now),
        "undo_window": words.about(undo_window) if undo_window else "",
    }


def identity(loaded: Loaded) -> dict[str, object]:
    """Return who the requester is and how to reach them, as an order."""
    who = loaded.identity
    if who is None:
        return {}
    return {
        "name": who.name,
        "email": who.email,
        "phone": who.phone,
        "orders": _orders(who),
        "dial": quote(who.phone, safe="+"),
        "may_call": who.is_call_ok,
        "may_text": who.is_text_ok,
        "may_mail": loaded.case.facts.is_mailable,
    }


def identity_for_reviewers(loaded: Loaded) -> dict[str, object]:
    """Return also the unit, and where to find the answers that could not be read."""
    who = loaded.identity
    more = {"unit": who.unit, "response_id": who.response_id} if who else {}
    if not loaded.case.facts.unreadable:
        more.pop("response_id", None)
    return identity(loaded) | more


def text(engine: Engine, loaded: Loaded, person: str) -> dict[str, object]:
    """Return what the requester wrote, and what of it somebody must read for us."""
    who = loaded.identity
    if who is None or not has_identity(loaded):
        return {}
    names = engine.program.names
    unclear = [
        {
            "typed": one.typed,
            "ids": " ".join(one.could_mean),
            # Who has two ids is asked about once.
            "could_mean": {names.get(id, id): id for id in one.could_mean},
        }
        for one in (unclear_for(loaded, person) if loaded.case.is_open else ())
    ]
    return {
        "note": who.note,
        "unread": who.unread,
        "not_wanted": who.not_wanted,
        "unclear": unclear,
    }


def has_identity(loaded: Loaded) -> bool:
    """Tell whether reviewers may still open who it is: not once the person withdrew."""
    return loaded.identity is not None and loaded.case.outcome is not Outcome.WITHDRAWN


def supporter(engine: Engine, loaded: Loaded, offer: Offer, now: datetime) -> dict[str, object]:
    """Return a blind card before accepting; name and how to reach them after."""
    case = loaded.case
    role = engine.program.roles.get(case.facts.role)
    is_late = offer.state is OfferState.LAPSED and case.state in (State.IN_REVIEW, State.OFFERED)
    may_accept = engine.may_accept(loaded, offer.supporter, now)
    is_asked = may_accept and (offer.state is OfferState.OPEN or is_late)
    is_supporter = offer.supporter in engine.program.supporters
    is_theirs = case.is_open and (is_asked or (is_supporter and offer.state is OfferState.ACCEPTED))
    page = about(engine, case, now) | {
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
        "resources": all_resources(engine, now),
        "tries_left": engine.program.tries - case.tries,
    }
    if page["is_accepted"] and loaded.identity is not None:
        corrected = loaded.identity.corrected_at
        page["who"] = identity(loaded)
        page["is_corrected"] = corrected is not None and (now - corrected).days < 1
    return page


def requester(engine: Engine, loaded: Loaded, now: datetime) -> dict[str, object]:
    """Return where things stand; never a name, a contact or a text."""
    case = loaded.case
    is_matched = case.state in (State.MATCHED, State.IN_CONTACT)
    hears_by = (PromiseKind.CONTACT, PromiseKind.TRY_AGAIN, PromiseKind.FIRST_CONTACT)
    first_contact = next((p for k in hears_by if (p := case.promise(k)) is not None), None)
    zone = engine.program.zone
    return about(engine, case, now) | {
        "supporter_name": _supporter_name(engine, case.current_offer) if is_matched else "",
        "choices": choices_for(case, Role.REQUESTER),
        "can_withdraw": step_for(case, Event.WITHDRAWN, Role.REQUESTER) is not None,
        "can_correct": loaded.identity is not None
        and step_for(case, Event.CONTACT_CORRECTED, Role.REQUESTER) is not None,
        "is_first_contact_late": first_contact is not None and first_contact.due_at <= now,
        "first_contact_by": words.day_and_time(first_contact.due_at, zone) if first_contact else "",
        "chosen": resource_facts(engine, case, "resources", now),
        "open_now": [r for r in all_resources(engine, now) if r["is_open"]],
    }


def all_resources(engine: Engine, now: datetime) -> list[dict[str, object]]:
    """Return the referral network, with what is open right now."""
    local = now.astimezone(engine.program.zone)
    return [resource_fact(resource, local) for resource in engine.program.resources.values()]


def explained(engine: Engine, loaded: Loaded, person: str) -> str:
    """Say what was decided last and when, for somebody who came second."""
    lines = _history(engine, loaded, person)
    return f"{lines[-1]['words']}, {lines[-1]['at']}." if lines else ""


def last_event(engine: Engine, loaded: Loaded, by: str) -> str:
    """Return what this person decided, if theirs was the last decision."""
    lines = _history(engine, loaded, by)
    return lines[-1]["event"] if lines and lines[-1]["by"] == by else ""


def shown_at_decision(ranking: Ranking, chosen: Sequence[str]) -> list[dict[str, object]]:
    """Return the ranking as it is recorded with a decision, and who was chosen in which order."""
    return [
        {
            "id": c.supporter.id,
            "score": c.score,
            "points": c.points,
            "reasons": c.reasons,
            "cautions": c.cautions,
            "chosen": chosen.index(c.supporter.id) + 1 if c.supporter.id in chosen else 0,
        }
        for c in ranking.candidates
    ]


def needs_reason(engine: Engine, error: NeedsReason) -> str:
    """Say about whom there is a caution, for the reviewer who chose them."""
    supporters = engine.program.supporters
    found = (f"{supporters[id].name}: {', '.join(c)}." for id, c in error.advised_against.items())
    return f"{' '.join(found)} Please say why you ask them all the same."


def facts_shown(engine: Engine, case: Case) -> list[tuple[str, str]]:
    """Return what reviewers may see of a request besides its wishes."""
    program, facts = engine.program, case.facts
    role = program.roles.get(facts.role)
    department = program.departments.get(facts.department)
    rows = (
        ("Works in", role.group if role else "not stated"),
        ("Department", department.name if department else "not stated"),
        ("Language", "" if facts.language.startswith("en") else facts.language),
    )
    return [(name, value) for name, value in rows if value]


def _candidates(
    engine: Engine, loaded: Loaded, ranking: Ranking, person: str, now: datetime
) -> list[dict[str, object]]:
    """Return the candidates, and who of them is thought of for another request as well."""
    if step_for(loaded.case, Event.OFFERED, Role.REVIEWER) is None:
        return []
    elsewhere = waiting.also_considered(engine, loaded, person, now)
    return [
        _candidate(engine, one, loaded.case, now) | {"elsewhere": one.supporter.id in elsewhere}
        for one in ranking.candidates
    ]


def _candidate(
    engine: Engine, candidate: Candidate, case: Case, now: datetime
) -> dict[str, object]:
    supporter = candidate.supporter
    role = engine.program.roles.get(supporter.role)
    department = engine.program.departments.get(supporter.department)
    return {
        "id": supporter.id,
        "name": supporter.name,
        "what": ", ".join(
            w for w in (role.name if role else "", department.name if department else "") if w
        ),
        "reasons": candidate.reasons,
        "cautions": candidate.cautions,
        "may_take_until": ""
        if supporter.checks_mail is ChecksMail.DAILY
        else _may_take_until(engine, case, now, supporter),
    }


def _may_take_until(engine: Engine, case: Case, sent_at: datetime, supporter: Supporter) -> str:
    due_at = engine.rules.offer_due_at(case, sent_at, supporter.checks_mail)
    return words.day_and_time(due_at, engine.program.zone)


def _asked_who_seldom_reads(engine: Engine, case: Case, now: datetime) -> dict[str, object]:
    """Return how to let somebody know of the offer's mail who would read it too late.

    The text says nothing, and nothing of it leaves by itself: a coordinator sends it.
    """
    offer = case.current_offer
    supporter = engine.program.supporters.get(offer.supporter) if offer else None
    if offer is None or offer.state is not OfferState.OPEN or supporter is None:
        return {}
    if supporter.checks_mail is ChecksMail.DAILY:
        return {}
    text = words.look_into_your_mail(supporter.name, engine.program.mail_name)
    dial = quote(supporter.phone, safe="+")
    return {
        "name": supporter.name,
        "habit": supporter.checks_mail.value,
        "until": _may_take_until(engine, case, offer.sent_at or now, supporter),
        "text": text,
        "phone": supporter.phone,
        "text_link": f"sms:{dial}?body={quote(text)}" if supporter.text_ok else "",
        "call_link": f"tel:{dial}",
    }


def _supporter_name(engine: Engine, offer: Offer | None) -> str:
    supporter = engine.program.supporters.get(offer.supporter) if offer else None
    return supporter.name if supporter else ""


def looking(engine: Engine, loaded: Loaded, now: datetime) -> list[str]:
    """Say who is looking at a request, and since when; it expires by itself."""
    zone = engine.program.zone
    return [
        f"{_name(engine, person)} is looking at this since {words.time_of_day(at, zone)}"
        for person, at in _looking_since(engine, loaded, now).items()
    ]


def _looking_since(engine: Engine, loaded: Loaded, now: datetime) -> dict[str, datetime]:
    said = cases.openings(engine.store.read(), loaded.stored.id)
    return {
        person: at
        for at, person, what in said
        if what == LOOKING and now - at < LOOKING_FOR and loaded.reviewing.may_act(person)
    }


def _supporter_away(engine: Engine, offer: Offer | None, now: datetime) -> str:
    """Say until when the supporter is away who said yes; "" while they are here."""
    if offer is None or offer.state is not OfferState.ACCEPTED:
        return ""
    db, today = engine.store.read(), now.astimezone(engine.program.zone).date()
    absence = attendance.absence_of(db, engine.program, offer.supporter, today)
    return words.away(absence, today) if absence is not None and absence.is_near(today) else ""


def tells(engine: Engine, loaded: Loaded, now: datetime) -> list[dict[str, object]]:
    """Return what the reviewers must tell the requester another way."""
    return [
        {
            "subject": promise.subject,
            "words": TOLD.get(promise.subject, promise.subject),
            "to_say": TO_SAY[promise.subject].format(name=engine.program.mail_name),
            "due": words.day_and_time(promise.due_at, engine.program.zone),
            "is_overdue": promise.due_at <= now,
        }
        for promise in loaded.case.promises
        if promise.kind is PromiseKind.TELL
    ]


def _orders(who: Identity) -> list[str]:
    """Say how to reach somebody as orders, the strictest first."""
    orders = []
    if who.not_before:
        orders.append(f"{who.not_before}.")
    if who.phone:
        if who.is_text_ok:
            orders.append("Text first." if who.is_call_ok else "Text only, do not call.")
        elif who.is_call_ok:
            orders.append("Call, do not text.")
        orders.append("Voicemail is fine." if who.is_voicemail_ok else "No voicemail.")
    if who.email and not who.is_mail_ok:
        orders.append("No e-mail.")
    return orders


def _over_words(case: Case, offer: Offer) -> str:
    if not case.is_open and offer.state is OfferState.ENDED:
        return "This request is closed. Thank you."
    over = "This needs nothing from you any more" if case.is_open else "This request is closed"
    return OFFER_OVER.get(offer.state, f"{over}. Thank you.")


def _double(double: Double, case: Case, now: datetime) -> dict[str, object]:
    """Return what may be said of another request: never who it is from, or what it says."""
    other = double.other.case
    return {
        "reference": other.reference,
        "state": other.state.value,
        "state_words": words.STATE_WORDS[other.state],
        "ago": words.about(max(now - other.submitted_at, timedelta(minutes=1))),
        "why": " and ".join(f"the same {what}" for what in double.why),
        "is_phone_alone": double.why == ("phone",),
        "is_older": double.is_older,
        "is_fixed": double.is_held,
        "may_merge": case.state is State.IN_REVIEW and not double.is_held,
    }


def _found_just_now(engine: Engine, loaded: Loaded, person: str) -> str:
    """Say what was recorded to who still has the request before them."""
    is_theirs = last_event(engine, loaded, by=person) in (Event.MERGED, Event.RECOGNIZED)
    return explained(engine, loaded, person) if is_theirs else ""


def _exclusion(engine: Engine, loaded: Loaded) -> str:
    """Say why the supporter should not be the one, by what the person told us since."""
    offer = loaded.case.current_offer
    if offer is None or not twice.has_impossible_supporter(engine, loaded):
        return ""
    is_wish = loaded.identity is not None and offer.supporter in loaded.identity.not_wanted_ids
    return "not_wanted" if is_wish else "too_close"


def _history(engine: Engine, loaded: Loaded, person: str) -> list[dict[str, str]]:
    zone = engine.program.zone
    lines = cases.history(engine.store.read(), loaded.stored.id)
    return [
        {
            "at": words.day_and_time(line.at, zone),
            "words": _said(engine, line) + _although(engine, loaded, line),
            "event": line.event,
            "by": line.by_person,
        }
        for line in lines
        if line.event != Event.TOLD_APART or twice.may_hear_of(engine, line.other, person)
    ]


def _openings(engine: Engine, loaded: Loaded) -> list[dict[str, str]]:
    zone = engine.program.zone
    return [
        {
            "at": words.day_and_time(at, zone),
            "words": OPENED_WORDS[what].format(who=_name(engine, person)),
        }
        for at, person, what in cases.openings(engine.store.read(), loaded.stored.id)
    ]


def _said(engine: Engine, line: cases.HistoryLine) -> str:
    who = _name(engine, line.by_person)
    said = EVENT_WORDS[Event(line.event)].format(who=who, other=line.other)
    return f"{said} (recorded by {who})" if line.recorded_for else said


def _although(engine: Engine, loaded: Loaded, line: cases.HistoryLine) -> str:
    """Say about whom there was a caution, and why they were asked all the same."""
    if not line.although:
        return ""
    sealed = cases.shown_at(engine.store.read(), loaded.stored.id, line.version)
    chosen = []
    with suppress(CannotOpen):
        shown = json.loads(engine.seal.open(sealed)) if sealed else []
        chosen = [c for c in shown if c.get("chosen") and c["cautions"]]
    found = "; ".join(f"{_name(engine, c['id'])}: {', '.join(c['cautions'])}" for c in chosen)
    return f", although ({found}): {ALTHOUGH.get(line.although, '')}"


def _name(engine: Engine, id: str) -> str:
    person = engine.program.person(id) if id else None
    return person.name if person else "Somebody"


def _undo_until(engine: Engine, loaded: Loaded, now: datetime) -> str:
    undoable = engine.undoable(loaded, now)
    if undoable is None:
        return ""
    return words.day_and_time(undoable.at + engine.program.undo_window, engine.program.zone)
