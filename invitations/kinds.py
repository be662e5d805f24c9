"""What sets one kind of invitation apart from another; no other module lists kinds by name."""

from dataclasses import dataclass

from invitations.model import Kind


@dataclass(frozen=True)
class Asking:
    """How one kind asks."""

    #: The e-mail that asks; it goes out once more as the reminder, with the subject AGAIN.
    email: str
    #: The e-mail that reminds those who said yes; "" without one.
    reminder: str
    #: Somebody who was asked is not asked the same again for `ask_again_after`.
    rests: bool


#: The subject of a mail in the outbox that asks for the second time, or that brings a fresh link.
AGAIN, FRESH = "again", "fresh"
#: The subject of the reminder to those who said yes.
TOMORROW = "tomorrow"
KINDS: dict[Kind, Asking] = {
    Kind.NOMINATION: Asking(email="nominated", reminder="", rests=True),
    Kind.TRAINING: Asking(email="training_invited", reminder="training_place", rests=False),
}
