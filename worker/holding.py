"""What a restored installation holds back: mails that may have left, or may be untrue by now."""

from casebook.casebook import Loaded
from engine.engine import Engine
from notifications.mail.catalog import EMAILS
from notifications.mail.properties import Urgency
from notifications.quiet_hours import is_reminder
from store import outbox
from store.copies import held, restorations
from store.copies.restorations import Restoration
from store.database import Database
from store.outbox import FRESH_LINK, REQUESTER, RING, Claimed, Outgoing
from workflow.model import Event, Role
from workflow.table import CLOCK, TABLE

#: What the clock caused since the copy may have happened otherwise.
BY_CLOCK = {event for (_, event), step in TABLE.items() if step.roles == CLOCK}

#: What requesters alone do.
BY_REQUESTER = {
    Event.CONTACT_CORRECTED, Event.CONTACT_CONFIRMED, Event.CONTACT_REFUSED, Event.WITHDRAWN,
    Event.ERASED,
}  # fmt: skip
#: The version of a request that no one has decided on yet.
SUBMITTED = 1


def hold_waiting(db: Database) -> None:
    """Hold back what waited when the copy was made, except calls for people who need one now.

    A call that comes twice costs a minute. One that does not come may cost much more.
    """
    held.hold_but(db, [one.id for one in outbox.waiting(db) if _is_call(one.mail)])


def holds_back(engine: Engine, claimed: Claimed, loaded: Loaded | None) -> bool:
    """Hold back a claimed mail if it rests on what the copy knew; tell whether that was done."""
    restored = restorations.holding(engine.store.read())
    if restored is None or not _may_be_untrue(claimed.mail, loaded, restored):
        return False
    with engine.store.write() as db:
        if restorations.holding(db) is None:
            return False  # Released at this moment.
        held.hold_claimed(db, claimed.id)
    return True


def _may_be_untrue(mail: Outgoing, loaded: Loaded | None, restored: Restoration) -> bool:
    """Tell whether a mail rests on what the copy knew; someone invited may have said no since."""
    if mail.role == Role.INVITED:
        return True
    return loaded is not None and _is_of_before(mail, loaded, restored)


def _is_of_before(mail: Outgoing, loaded: Loaded, restored: Restoration) -> bool:
    """Tell whether a mail to someone who does not review has no new cause.

    Reviewers always get their mails, because they find out what is missing.
    """
    if mail.role not in (REQUESTER, Role.SUPPORTER, Role.PARTNER):
        return False
    is_older = loaded.case.submitted_at < restored.restored_at
    if mail.role == REQUESTER and not _is_asked_for(mail):
        # They may have corrected since how to reach them: the copy writes to a stranger again.
        return is_older
    if mail.version == SUBMITTED:
        return is_older
    return is_reminder(mail) or mail.event in BY_CLOCK


def _is_asked_for(mail: Outgoing) -> bool:
    """Tell whether the requester did something now, so that their mail answers that."""
    return mail.email == FRESH_LINK or mail.event in BY_REQUESTER


def _is_call(mail: Outgoing) -> bool:
    email = EMAILS.get(mail.email)
    return mail.role == RING or (email is not None and email.urgency is Urgency.CALL)
