"""What the pages of a case have in common: where it stands, and who is at it."""

from datetime import datetime, timedelta

from casebook.casebook import Casebook, Loaded
from notifications.facts import MAIN_PROMISES
from notifications.mail.catalog import BY_PHONE
from program.entries import resource_fact
from store import cases
from workflow import words
from workflow.choices import LOOKING
from workflow.model import Case, Offer, Promise, PromiseKind

#: How long others see that somebody is looking at a request.
LOOKING_FOR = timedelta(hours=2)


def about(casebook: Casebook, case: Case, now: datetime) -> dict[str, object]:
    """Return what every role may see: where things stand and until when."""
    zone = casebook.program.zone
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


def first_contact(casebook: Casebook, case: Case, now: datetime) -> str:
    """Say until when the first contact was promised, when nothing that pages name comes before."""
    promise, main = case.promise(PromiseKind.FIRST_CONTACT), main_promise(case)
    if promise is None or (main is not None and main.due_at <= promise.due_at):
        return ""
    when = words.day_and_time(promise.due_at, casebook.program.zone)
    is_overdue = promise.due_at <= now
    return f"First contact overdue since {when}." if is_overdue else f"First contact by {when}."


def facts_shown(casebook: Casebook, case: Case) -> list[tuple[str, str]]:
    """Return what reviewers may see of a request besides its wishes."""
    program, facts = casebook.program, case.facts
    role = program.roles.get(facts.role)
    department = program.departments.get(facts.department)
    rows = (
        ("Works in", role.group if role else "not stated"),
        ("Department", department.name if department else "not stated"),
        ("Language", "" if facts.language.startswith("en") else facts.language),
    )
    return [(name, value) for name, value in rows if value]


def tells(casebook: Casebook, loaded: Loaded, now: datetime) -> list[dict[str, object]]:
    """Return what the reviewers must tell the requester another way."""
    return [
        {
            "subject": promise.subject,
            "words": BY_PHONE[promise.subject].what,
            "to_say": BY_PHONE[promise.subject].to_say.format(name=casebook.program.toml.mail_name),
            "due": words.day_and_time(promise.due_at, casebook.program.zone),
            "is_overdue": promise.due_at <= now,
        }
        for promise in loaded.case.promises
        if promise.kind is PromiseKind.TELL
    ]


def looking(casebook: Casebook, loaded: Loaded, now: datetime) -> list[str]:
    """Say who is looking at a request, and since when; it expires by itself."""
    zone, call = casebook.program.zone, loaded.case.promise(PromiseKind.CALL)
    return [
        f"{name_of(casebook, person)} is looking at this since {words.time_of_day(at, zone)}"
        for person, at in looking_since(casebook, loaded, now).items()
        if call is None or person != call.subject
    ]


def looking_since(casebook: Casebook, loaded: Loaded, now: datetime) -> dict[str, datetime]:
    """Return since when whoever reviews a request is looking at it; whoever calls is, unsaid."""
    call = loaded.case.promise(PromiseKind.CALL)
    said = cases.openings(casebook.store.read(), loaded.stored.id)
    return ({call.subject: call.began_at} if call else {}) | {
        person: at
        for at, person, what in said
        if what == LOOKING and now - at < LOOKING_FOR and loaded.reviewing.may_act(person)
    }


def all_resources(casebook: Casebook, now: datetime) -> list[dict[str, object]]:
    """Return the referral network, with what is open right now."""
    local = now.astimezone(casebook.program.zone)
    return [resource_fact(*found, local) for found in casebook.program.resources.items()]


def supporter_name(casebook: Casebook, offer: Offer | None) -> str:
    """Return the name of who is asked or said yes; "" when nobody is, or nobody is known."""
    supporter = casebook.program.supporters.get(offer.supporter) if offer else None
    return supporter.name if supporter else ""


def name_of(casebook: Casebook, id: str) -> str:
    person = casebook.program.person(id) if id else None
    return person.name if person else "Somebody"
