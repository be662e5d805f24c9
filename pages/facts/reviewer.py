"""What a reviewer's page says: enough to review, and no identity."""

from datetime import datetime, timedelta
from urllib.parse import quote

from casebook import attendance, duplicates
from casebook.casebook import Casebook, Loaded
from casebook.duplicates import Double
from lib.phones import dialed, dialed_through
from pages.facts import candidates, history
from pages.facts import common as pages
from pages.facts import identity as identities
from people.supporters import ChecksMail
from workflow import words
from workflow.choices import ALTHOUGH, CLOSING_OUTCOMES, COMPLETING_OUTCOMES, choices_for
from workflow.model import Case, Event, Offer, OfferState, PromiseKind, Role, State
from workflow.table import step_for


def facts(
    casebook: Casebook, loaded: Loaded, person: str, now: datetime, *, is_from_board: bool
) -> dict[str, object]:
    """Return enough to review: role group, department, wishes, candidates; no identity."""
    case = loaded.case
    ranking, undo_window = casebook.ranking(loaded, now), casebook.program.times.undo_window
    if is_from_board:
        ranking = ranking.untold  # Whoever a digest was passed on to sees where nobody works.
    return pages.about(casebook, case, now) | {
        "facts": pages.facts_shown(casebook, case),
        "first_contact": pages.first_contact(casebook, case, now),
        "unreadable": case.facts.unreadable,
        "is_mailable": case.facts.is_mailable,
        "is_reachable": case.facts.is_reachable,
        "supporter_name": pages.supporter_name(casebook, case.current_offer),
        "caller": _caller(casebook, case),
        "offer": shown.number if (shown := case.current_offer or case.last_lapsed) else "",
        "seldom": _asked_who_seldom_reads(casebook, case, now),
        "was_mailed": case.current_offer is not None and case.current_offer.sent_at is not None,
        "looking": pages.looking(casebook, loaded, now),
        "is_looking": person in pages.looking_since(casebook, loaded, now),
        "supporter_away": _supporter_away(casebook, case.current_offer, now),
        "unavailable": ranking.unavailable,
        "can_offer": step_for(case, Event.OFFERED, Role.REVIEWER) is not None,
        "can_refer": step_for(case, Event.REFERRED, Role.REVIEWER) is not None,
        "can_close": step_for(case, Event.CLOSED, Role.REVIEWER) is not None,
        "although": ALTHOUGH,
        "candidates": candidates.shown(casebook, loaded, ranking, person, now),
        "ranking": ranking,
        "resources": pages.all_resources(casebook, now),
        "closing": {o.value: label for o, label in CLOSING_OUTCOMES.items()},
        "completing": {o.value: label for o, label in COMPLETING_OUTCOMES.items()},
        "choices": [c for c in choices_for(case, Role.REVIEWER) if c.value != Event.COMPLETED],
        "can_complete": step_for(case, Event.COMPLETED, Role.REVIEWER) is not None,
        "tells": pages.tells(casebook, loaded, now),
        "has_identity": identities.may_be_opened(loaded),
        "has_text": any(identities.text(casebook, loaded, person).values()),
        "unclear_names": len(loaded.unclear_for(person)),
        "history": history.lines(casebook, loaded, person),
        "openings": history.openings(casebook, loaded),
        "doubles": [_double(d, case, now) for d in duplicates.doubles_of(casebook, loaded, person)],
        "recorded": _found_just_now(casebook, loaded, person),
        "exclusion": _exclusion(casebook, loaded),
        "undo_until": _undo_until(casebook, loaded, now),
        "undo_window": words.about(undo_window) if undo_window else "",
    }


def _asked_who_seldom_reads(casebook: Casebook, case: Case, now: datetime) -> dict[str, object]:
    """Return how to let somebody know of the offer's mail who would read it too late.

    The text says nothing, and nothing of it leaves by itself: a coordinator sends it.
    """
    offer = case.current_offer
    supporter = casebook.program.supporters.get(offer.supporter) if offer else None
    if offer is None or offer.state is not OfferState.OPEN or supporter is None:
        return {}
    if supporter.checks_mail is ChecksMail.DAILY:
        return {}
    text = words.look_into_your_mail(supporter.name, casebook.program.toml.mail_name)
    dial = dialed(supporter.phone)
    return {
        "name": supporter.name,
        "habit": supporter.checks_mail.value,
        "until": candidates.may_take_until(casebook, case, offer.sent_at or now, supporter),
        "text": text,
        "phone": supporter.phone,
        "text_link": f"sms:{dial}?body={quote(text)}" if supporter.text_ok else "",
        "call_link": f"tel:{dialed_through(supporter.phone)}",
    }


def _caller(casebook: Casebook, case: Case) -> str:
    call = case.promise(PromiseKind.CALL)
    return pages.name_of(casebook, call.subject) if call else ""


def _supporter_away(casebook: Casebook, offer: Offer | None, now: datetime) -> str:
    """Say until when the supporter is away who said yes; "" while they are here."""
    if offer is None or offer.state is not OfferState.ACCEPTED:
        return ""
    db, today = casebook.store.read(), casebook.program.today(now)
    absence = attendance.absence_of(db, casebook.program, offer.supporter, today)
    return words.away(absence, today) if absence is not None and absence.is_near(today) else ""


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


def _found_just_now(casebook: Casebook, loaded: Loaded, person: str) -> str:
    """Say what was recorded to who still has the request before them."""
    is_theirs = history.last_event(casebook, loaded, by=person) in (Event.MERGED, Event.RECOGNIZED)
    return history.explained(casebook, loaded, person) if is_theirs else ""


def _exclusion(casebook: Casebook, loaded: Loaded) -> str:
    """Say why the supporter should not be the one, by what the person told us since."""
    offer = loaded.case.current_offer
    if offer is None or not duplicates.has_impossible_supporter(casebook, loaded):
        return ""
    is_wish = loaded.identity is not None and offer.supporter in loaded.identity.not_wanted_ids
    return "not_wanted" if is_wish else "too_close"


def _undo_until(casebook: Casebook, loaded: Loaded, now: datetime) -> str:
    undoable = casebook.undoable(loaded, now)
    if undoable is None:
        return ""
    program = casebook.program
    return words.day_and_time(undoable.at + program.times.undo_window, program.zone)
