"""A nomination: who was named as a good supporter, by whom, and how far that is."""

from dataclasses import dataclass, replace
from enum import StrEnum

from lib.documents import Document


@dataclass(frozen=True)
class Nominated:
    """What one response of the form says."""

    name: str
    #: The address that we can write to; "" if none can be read.
    address: str
    #: What was typed as the address.
    typed: str
    #: The address is one of the program's own domains.
    is_inside: bool
    #: Who named them, if they agreed that we say so.
    nominator: str


class Doubt(StrEnum):
    """Why a coordinator must look before anyone is asked."""

    NO_ADDRESS = "no address"
    OUTSIDE = "outside"
    #: More were asked today than people usually name: perhaps someone plays with the form.
    MANY = "many"


class Acted(StrEnum):
    """What was done with a nominee's yes."""

    READY = "ready"
    DECLINED = "declined"


@dataclass(frozen=True)
class Nomination:
    """What coordinators know of a nominee besides the answers."""

    #: How many responses named them.
    number: int = 0
    #: Those who agreed to be named.
    nominators: tuple[str, ...] = ()
    typed: str = ""
    doubt: Doubt | None = None
    #: A coordinator asked them to come to a training.
    is_invited: bool = False
    #: The kind and the day of each session to which they came.
    attended: tuple[tuple[str, str], ...] = ()

    def named_by(self, nominated: Nominated) -> "Nomination":
        """Return it with one more nominator."""
        named = (*self.nominators, nominated.nominator)
        return replace(
            self, number=self.number + 1, nominators=tuple(dict.fromkeys(filter(None, named)))
        )

    def attending(self, kind: str, day: str) -> "Nomination":
        """Return it with one more session; the same kind counts once a day."""
        return replace(self, attended=tuple(dict.fromkeys((*self.attended, (kind, day)))))


def doubt_about(nominated: Nominated) -> Doubt | None:
    """Return why a coordinator must look first: anyone can type any address into the form."""
    if not nominated.address:
        return Doubt.NO_ADDRESS
    return None if nominated.is_inside else Doubt.OUTSIDE


document = Document(Nomination)
