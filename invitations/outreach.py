"""Outreach after a hard event: the group that is written to, and their group session."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lib.documents import Document

#: So many people at once; a larger group gets the link to post.
MOST_ADDRESSES = 60
#: Fewer are not asked to a group session, nor is a smaller number of them told: it could tell who.
FEWEST = 5
#: The leaders plan for those who said yes the day before, or halfway if it is sooner.
DAY_BEFORE = timedelta(days=1)


@dataclass(frozen=True)
class GroupSession:
    """A session to which everyone of a group may come; who does stands only with the guests."""

    begins_at: datetime
    ends_at: datetime
    place: str
    #: Supporters.
    led_by: tuple[str, ...]
    #: When those who said yes are counted, once: a number that grows would tell who.
    counts_at: datetime
    #: None before; 0 for fewer than `FEWEST`.
    said_yes: int | None = None
    is_canceled: bool = False

    def is_planned(self, now: datetime) -> bool:
        return not self.is_canceled and now < self.begins_at


def counts_at(begins_at: datetime, now: datetime) -> datetime:
    """Return when those who said yes to a session that is planned now are counted."""
    return max(begins_at - DAY_BEFORE, now + (begins_at - now) / 2)


@dataclass(frozen=True)
class Group:
    """Those who are written to after one event."""

    #: How many addresses a coordinator gave, whether or not we write to each.
    number: int
    #: In the order in which they were planned; guests and leaders hear of theirs by its number.
    sessions: tuple[GroupSession, ...] = ()

    @property
    def is_enough(self) -> bool:
        """Tell whether they are enough for a group session."""
        return self.number >= FEWEST

    @property
    def session(self) -> GroupSession | None:
        """Return the latest session."""
        return self.sessions[-1] if self.sessions else None

    def planning(self, session: GroupSession) -> "Group":
        return replace(self, sessions=(*self.sessions, session))

    def changing(self, session: GroupSession) -> "Group":
        """Return it with another latest session."""
        return replace(self, sessions=(*self.sessions[:-1], session))


@dataclass(frozen=True)
class Member:
    """What is kept of one of them, or of a guest, besides the answer: the group's id."""

    group: str
    #: The number of the group session to which a guest is asked; 0 for no one's.
    session: int = 0


group_document = Document(Group)
member_document = Document(Member)
