"""What sets one kind of invitation apart from another; no other module lists kinds by name."""

from dataclasses import dataclass
from datetime import timedelta

from invitations.model import Kind, Times


@dataclass(frozen=True)
class Asking:
    """How one kind asks."""

    #: The e-mail that asks; it goes out once more as the reminder, with the subject AGAIN.
    email: str
    #: The e-mail that reminds those who said yes; "" without one.
    reminder: str
    #: Someone who was asked is not asked the same again for a while.
    rests: bool
    #: One mail and no more; no one but them sees that they were asked, and no moment that anyone
    #: could read in the database depends on what they answer.
    is_quiet: bool = False

    def rests_for(self, times: Times) -> timedelta:
        return times.refer_again_after if self.is_quiet else times.ask_again_after


#: The subject of a mail in the outbox that asks for the second time, or that brings a fresh link.
AGAIN, FRESH = "again", "fresh"
#: The subject of the reminder to those who said yes.
TOMORROW = "tomorrow"
KINDS: dict[Kind, Asking] = {
    Kind.NOMINATION: Asking(email="nominated", reminder="", rests=True),
    Kind.TRAINING: Asking(email="training_invited", reminder="training_place", rests=False),
    Kind.REFERRAL: Asking(email="referred", reminder="", rests=True, is_quiet=True),
    Kind.REFERRER: Asking(email="referral_unusable", reminder="", rests=False, is_quiet=True),
    Kind.OUTREACH: Asking(email="outreach_offered", reminder="", rests=False, is_quiet=True),
    Kind.GROUP_SESSION: Asking(
        email="group_session_invited", reminder="group_session_news", rests=False, is_quiet=True
    ),
}
