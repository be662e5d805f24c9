"""What tells a mail from earlier ones to the same reader: its number, its thread, its delay."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from lib.languages.language import Language
from notifications.mail.catalog import EMAILS
from notifications.mail.compose import Message
from notifications.mail.properties import Urgency
from store import outbox
from store.database import Database
from store.outbox import REQUESTER, RING, Claimed, Outgoing
from workflow import words
from workflow.model import Case, Role

#: A mail that leaves this much later than it should says so.
LATE = timedelta(hours=1)
#: Who knows that a request is urgent. Anyone else would read the answer about safety in the mark.
KNOWS_URGENT = (Role.REVIEWER, Role.SUPPORTER, RING)


@dataclass(frozen=True)
class Placed:
    """The place of a mail among those that its reader got about the same request."""

    #: At the end of the subject: "call 3, 9:45 AM" or "reminder 3"; "" for the first one.
    mark: str
    #: The same in the text, unless the mail is about several requests.
    repeats: str
    #: When it should have left; "" when it is in time.
    late_since: str
    #: The message id of the first mail; "" for the first one.
    thread: str
    is_important: bool

    def marked(self, message: Message, mail_domain: str) -> Message:
        """Return a mail that mail programs do not hide behind an earlier one."""
        subject = f"{message.subject} ({self.mark})" if self.mark else message.subject
        thread = f"<{self.thread}@{mail_domain}>" if self.thread else ""
        return replace(message, subject=subject, thread=thread, is_important=self.is_important)


def place_of(
    db: Database,
    claimed: Claimed,
    case: Case | None,
    now: datetime,
    zone: tzinfo,
    language: Language,
) -> Placed:
    """Return what tells a mail about a case from earlier ones."""
    mail = claimed.mail
    sent, thread = outbox.sent_before(db, claimed)
    # Only reminders repeat; another mail of the same kind is about something new.
    is_repeated = sent > 0 and mail.moment is not None
    repeats = _nth(mail, sent + 1, language.time(now, zone), language) if is_repeated else ""
    late_since = language.day_and_time(mail.leaves_at, zone) if _is_late(claimed, now) else ""
    is_urgent = case is not None and case.is_urgent and mail.role in KNOWS_URGENT
    return Placed(repeats, repeats, late_since, thread, is_urgent)


def place_of_gathered(now: datetime, zone: tzinfo) -> Placed:
    """Return what tells a mail about several cases from earlier ones: its time."""
    return Placed(words.short_time(now, zone), "", "", "", is_important=False)


def _nth(mail: Outgoing, number: int, time: str, language: Language) -> str:
    if mail.role == REQUESTER:
        return language.say("message %(number)s, %(time)s", number=number, time=time)
    is_call = EMAILS[mail.email].urgency is Urgency.CALL
    return f"alert {number}, {time}" if is_call else f"reminder {number}"


def _is_late(claimed: Claimed, now: datetime) -> bool:
    """Tell whether a mail leaves late, and not because it waited for the morning."""
    may_wait = EMAILS[claimed.mail.email].waits_for_morning and claimed.attempts <= 1
    return now - claimed.mail.leaves_at >= LATE and not may_wait
