"""Mails that wait for the morning: what the clock says to people who were silent."""

from notifications.envelopes import NO_DECISION
from store.outbox import Outgoing
from workflow.model import Event, Role

#: What the clock mails to reviewers, the most pressing first.
TO_REVIEWERS = (
    "nobody_answered",
    "contact_overdue",
    "no_candidate",
    "offer_declined",
    "review_nudge",
    "tell_by_phone",
    "taken_over",
)
TO_SUPPORTERS = ("offer_nudge", "contact_nudge", "still_in_contact")
#: Several nudges of one person leave as one mail, by the role in which they are read.
WHERE_THINGS_STAND, SEVERAL_WAIT = "where_things_stand", "several_wait"
TOGETHER: dict[str, tuple[str, tuple[str, ...]]] = {
    Role.REVIEWER: (WHERE_THINGS_STAND, TO_REVIEWERS),
    Role.SUPPORTER: (SEVERAL_WAIT, TO_SUPPORTERS),
}
#: Nobody is woken for these.
NUDGES = {
    *TO_REVIEWERS,
    *TO_SUPPORTERS,
    "delayed",
    "leaving",
    "supporter_away",
}


def is_nudge(mail: Outgoing) -> bool:
    """Tell whether the clock asked for a mail, and not something that somebody did."""
    is_by_clock = mail.version == NO_DECISION or mail.event == Event.LAPSED
    return is_by_clock and mail.email in NUDGES
