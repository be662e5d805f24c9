"""An invitation to a session: who it is for, whether they have a seat, and what they were told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from invitations.model import Invitation
from lib.documents import Document


class Told(StrEnum):
    """What the last mail said about someone's place."""

    NOTHING = ""
    SEAT = "seat"
    WAITING = "waiting"
    TOMORROW = "tomorrow"
    MOVED = "moved"
    CANCELED = "canceled"


class Came(StrEnum):
    """What the leader of a session recorded."""

    CAME = "came"
    MISSED = "missed"


@dataclass(frozen=True)
class Place:
    """What is known about someone and a session, besides the answer."""

    session: str
    kind: str
    #: A supporter's id, or that of a nominee's invitation.
    who: str
    has_seat: bool = False
    told: Told = Told.NOTHING
    #: When and where it is, as they were told.
    when_and_where: str = ""


document = Document(Place)


def is_canceled(one: Invitation) -> bool:
    """Tell whether someone was told that their session is canceled, whatever the files say now."""
    return one.acted_on == Told.CANCELED


@dataclass(frozen=True)
class Going:
    """Someone who said yes to a session."""

    id: int
    answered_at: datetime
    has_seat: bool


def seated(going: Iterable[Going], seats: int) -> set[int]:
    """Return who has a seat: no one loses one, and others get theirs in the order of their yes."""
    ordered = sorted(going, key=lambda one: (not one.has_seat, one.answered_at, one.id))
    return {one.id for place, one in enumerate(ordered) if one.has_seat or place < seats}


def lacking(complete: Mapping[str, int], attended: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return how many sessions of which kind someone still needs; {} when the set is complete."""
    kinds = [kind for kind, _ in attended]
    left = {kind: number - kinds.count(kind) for kind, number in complete.items()}
    return {kind: number for kind, number in left.items() if number > 0}
