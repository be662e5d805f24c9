"""What the requester's page says: where things stand; never a name, a contact or a text."""

from datetime import datetime

from casebook.casebook import Casebook, Loaded
from notifications.facts import resource_facts
from pages.facts import common as pages
from workflow import words
from workflow.choices import choices_for
from workflow.model import Event, PromiseKind, Role, State
from workflow.table import step_for


def facts(casebook: Casebook, loaded: Loaded, now: datetime) -> dict[str, object]:
    case = loaded.case
    is_matched = case.state in (State.MATCHED, State.IN_CONTACT)
    hears_by = (PromiseKind.CONTACT, PromiseKind.TRY_AGAIN, PromiseKind.FIRST_CONTACT)
    first_contact = next((p for k in hears_by if (p := case.promise(k)) is not None), None)
    review, zone = case.promise(PromiseKind.REVIEW), casebook.program.zone
    return pages.about(casebook, case, now) | {
        "supporter_name": pages.supporter_name(casebook, case.current_offer) if is_matched else "",
        "is_mailable": case.facts.is_mailable,
        "choices": choices_for(case, Role.REQUESTER),
        "can_withdraw": step_for(case, Event.WITHDRAWN, Role.REQUESTER) is not None,
        "can_correct": loaded.identity is not None
        and step_for(case, Event.CONTACT_CORRECTED, Role.REQUESTER) is not None,
        "should_have_heard_by": words.day_and_time(review.due_at, zone)
        if review is not None and review.due_at <= now
        else "",
        "is_first_contact_late": first_contact is not None and first_contact.due_at <= now,
        "first_contact_by": words.day_and_time(first_contact.due_at, zone) if first_contact else "",
        "chosen": resource_facts(casebook, case, "resources", now),
        "open_now": [r for r in pages.all_resources(casebook, now) if r["is_open"]],
    }
