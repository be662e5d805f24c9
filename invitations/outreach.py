"""Outreach after a hard event: the group that is written to, and how many said yes."""

from dataclasses import dataclass

from lib.documents import Document

#: So many people at once; a larger group gets the link to post.
MOST_ADDRESSES = 60


@dataclass(frozen=True)
class Group:
    """Those who are written to after one event."""

    #: How many addresses a coordinator gave, whoever of them is written to.
    number: int
    #: Counted once, when the time to answer is over; None before.
    said_yes: int | None = None

    def shown(self, bound: int) -> int | None:
        """Return how many said yes; None unless both they and the others are too many to guess."""
        if self.said_yes is None or min(self.said_yes, self.number - self.said_yes) < bound:
            return None
        return self.said_yes


@dataclass(frozen=True)
class Member:
    """What is kept of one of them besides the answer: the group's id."""

    group: str


group_document = Document(Group)
member_document = Document(Member)
