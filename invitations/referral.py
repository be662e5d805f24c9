"""A referral: whom a colleague worries about, and who must stay out of it."""

from dataclasses import dataclass, replace

from lib.documents import Document
from people.records import Referrer

#: Anyone can type any name: so many keep out whomever they name, and no more.
MOST_REFERRERS = 5


@dataclass(frozen=True)
class Referred:
    """What one response of the form says."""

    #: The address that we can write to; "" if none can be read.
    address: str
    #: The address is one of the program's own domains.
    is_inside: bool
    referrer: Referrer
    #: Where we can tell who filled out the form that we can't use the address; "" for nowhere.
    answer_to: str
    #: The language of the form.
    language: str


@dataclass(frozen=True)
class Referral:
    """What is kept of a referral besides the answer."""

    referrers: tuple[Referrer, ...] = ()

    def referred_by(self, referrer: Referrer) -> "Referral":
        """Return it with one more referrer."""
        known = tuple(dict.fromkeys((*self.referrers, referrer)))
        return replace(self, referrers=known[:MOST_REFERRERS])


document = Document(Referral)
