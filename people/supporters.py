"""The trained colleagues who may be asked, as the roster describes them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

#: When somebody has time, and when a requester would like to meet.
TIMES = ("morning", "afternoon", "evening", "night")


class Standing(StrEnum):
    """A supporter's status in the roster."""

    ACTIVE = "active"
    PAUSED = "paused"
    INACTIVE = "inactive"


class ChecksMail(StrEnum):
    DAILY = "daily"
    TWICE_A_WEEK = "twice a week"
    WEEKLY = "weekly"


@dataclass(frozen=True)
class Supporter:
    """A trained colleague as supporters.csv describes them."""

    id: str
    name: str
    email: str
    role: str
    department: str
    notify_email: str = ""
    phone: str = ""
    text_ok: bool = False
    checks_mail: ChecksMail = ChecksMail.DAILY
    specialty: str = ""
    unit: str = ""
    site: str = ""
    languages: tuple[str, ...] = ()
    #: When they have time, by the times of the day that the form offers; nothing means any.
    times: tuple[str, ...] = ()
    supervises: tuple[str, ...] = ()
    capacity: int = 1
    trained_on: date | None = None
    refresher_due: date | None = None
    status: Standing = Standing.ACTIVE
    away_from: date | None = None
    away_until: date | None = None

    @cached_property
    def kind(self) -> object:
        """The same object for all who are alike in what a ranking counts, so that one is measured.

        Kept with the supporter, for as long as the program is in force.
        """
        return _kind_of(
            self.role,
            self.specialty,
            self.department,
            self.languages,
            self.site,
            self.times,
            self.capacity,
            self.checks_mail,
        )


@lru_cache(maxsize=1 << 14)
def _kind_of(*what: object) -> object:
    return object()


@dataclass(frozen=True)
class Readiness:
    """How much a supporter takes on, by their own word; nothing said means: as the roster says."""

    is_paused: bool = False
    #: A rest of so many weeks begins once they support nobody any more.
    rest_weeks: int | None = None
    #: The last day of a rest that has begun.
    rests_until: date | None = None
    #: How many requests at a time, at most as many as the roster says.
    capacity: int | None = None

    def takes_new(self, today: date) -> bool:
        """Tell whether anything new may be asked of them."""
        return not (self.is_paused or self.rest_weeks or self.is_resting(today))

    def is_resting(self, today: date) -> bool:
        return self.rests_until is not None and today <= self.rests_until

    def resting(self, weeks: int, today: date, is_free: bool) -> "Readiness":
        """Rest from now on; the weeks count once nobody needs them any more."""
        if not is_free:
            return replace(self, rest_weeks=weeks, rests_until=None)
        return replace(self, rest_weeks=None, rests_until=today + timedelta(weeks=weeks))

    def ready(self) -> "Readiness":
        """End a pause or a rest."""
        return Readiness(capacity=self.capacity)


class Load(NamedTuple):
    """What a supporter has open now, offers and people they support, and what they had lately."""

    open_count: int = 0
    #: Matches of the last year.
    recent: int = 0
    #: Quarters since the last match; None when there is none that we know of.
    rested: int | None = None
    #: None: never asked.
    asked_months_ago: int | None = None


def as_now(supporter: Supporter, said: Readiness, is_available: bool) -> Supporter:
    """Return a supporter as they can be asked now; nothing tells why somebody cannot."""
    if is_available and said.capacity is None:
        return supporter
    capacity = min(said.capacity or supporter.capacity, supporter.capacity)
    status = supporter.status if is_available else Standing.PAUSED
    return replace(supporter, capacity=capacity, status=status)
