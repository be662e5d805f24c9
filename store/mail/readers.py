"""Who was mailed about a case."""

from datetime import datetime

from store.database import Database
from store.outbox import (
    MAILBOX_REFUSED,
    RETURNED,
    REVIEWER,
    UNDELIVERABLE,
    Outgoing,
    count_tried,
    of_case,
)
from workflow.consequences import CALLS

SENT = "sent"
#: Results that tell whether a mailbox takes our mails; others are those of the server, or ours.
TELLING = (SENT, RETURNED, MAILBOX_REFUSED, UNDELIVERABLE)


def ever_mailed(db: Database, case_id: int, role: str) -> list[str]:
    """Return who was ever mailed about a case in this role."""
    found = (one for one in of_case(db, case_id) if one.mail.role == role and one.attempts)
    return list(dict.fromkeys(one.mail.person for one in found))


def addressed(db: Database, case_id: int, role: str, since: datetime | None = None) -> set[str]:
    """Return the readers of mails about a case in this role, ever or since a moment.

    The mails were sent or wait; dropped ones do not count.
    """
    return {
        one.mail.person
        for one in of_case(db, case_id)
        if one.mail.role == role
        and (since is None or one.mail.leaves_at >= since)
        and not one.is_dropped
    }


def called(db: Database, case_id: int) -> set[str]:
    """Return who was called, or will be, to look after a case because no one did.

    Whoever was only mailed while they stood in was not: that ends with the absence.
    """
    return {
        one.mail.person
        for one in of_case(db, case_id)
        if one.mail.role == REVIEWER and _is_call(one.mail) and not one.is_dropped
    }


def _is_call(mail: Outgoing) -> bool:
    # That no reviewer may have got a mail goes to the deputies.
    is_returned = (mail.email, mail.subject) == ("undeliverable", REVIEWER)
    return mail.email in CALLS or mail.email == "talk_wanted" or is_returned


def reached(db: Database, case_id: int, role: str) -> set[str]:
    """Return the readers, in this role, whose newest mail about a case left and has stayed."""
    found = (one for one in of_case(db, case_id) if one.mail.role == role)
    newest = {one.mail.person: one.result for one in found if one.result in TELLING}
    return {person for person, result in newest.items() if result == SENT}


def addressed_after(db: Database, row_id: int, case_id: int, role: str) -> set[str]:
    """Return the readers, in this role, of mails about a case that were queued after a mail."""
    return {
        one.mail.person
        for one in of_case(db, case_id)
        if one.mail.role == role and one.id > row_id and not one.is_dropped
    }


def of_mail(db: Database, case_id: int, email: str, subject: str) -> list[str]:
    """Return the readers of one mail about a case."""
    which = (email, subject)
    found = (one.mail for one in of_case(db, case_id))
    return [mail.person for mail in found if (mail.email, mail.subject) == which]


def mailed_since(db: Database, case_id: int, email: str, since: datetime) -> set[str]:
    """Return the readers of one mail about a case that left, or leaves, since a moment."""
    found = (one.mail for one in of_case(db, case_id))
    return {mail.person for mail in found if mail.email == email and mail.leaves_at >= since}


def was_anybody_mailed(db: Database, case_id: int, except_role: str) -> bool:
    """Tell whether we tried to mail anyone about a case, except in one role.

    A mail that can no longer be read may have been to anyone.
    """
    tried = [one.mail for one in of_case(db, case_id) if one.attempts]
    has_unreadable = len(tried) < count_tried(db, case_id)
    return has_unreadable or any(mail.role != except_role for mail in tried)
