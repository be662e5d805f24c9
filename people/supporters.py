"""Supporters: the trained colleagues who may be asked, as the roster describes them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

#: Times of the day when a supporter is free, or a requester would like to meet.
TIMES = ("morning", "afternoon", "evening", "night")


class SupporterStatus(StrEnum):
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
    #: Times of the day when they are free; empty means any.
    times: tuple[str, ...] = ()
    supervises: tuple[str, ...] = ()
    capacity: int = 1
    trained_on: date | None = None
    refresher_due: date | None = None
    status: SupporterStatus = SupporterStatus.ACTIVE
    away_from: date | None = None
    away_until: date | None = None
    #: How they like to be addressed.
    called: str = ""
    #: Former names and nicknames.
    also_known_as: tuple[str, ...] = ()

    @cached_property
    def kind(self) -> object:
        """One shared object for supporters whom a ranking scores alike, so it scores one of them.

        Cached with the supporter for as long as the program is in force.
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
class Leaving:
    """A supporter who is missing from the files, and until when they keep their open requests."""

    supporter: Supporter
    until: datetime


@dataclass(frozen=True)
class Readiness:
    """How much a supporter takes on, as they declared; the default is what the roster says."""

    is_paused: bool = False
    #: A rest of this many weeks begins once they support no one.
    rest_weeks: int | None = None
    #: The last day of a rest that has begun.
    rests_until: date | None = None
    #: How many requests at a time; never more than the roster says.
    capacity: int | None = None

    def takes_new(self, today: date) -> bool:
        """Tell whether they may be asked about new requests."""
        return not (self.is_paused or self.rest_weeks or self.is_resting(today))

    def is_resting(self, today: date) -> bool:
        return self.rests_until is not None and today <= self.rests_until

    def resting(self, weeks: int, today: date, is_free: bool) -> "Readiness":
        """Begin a rest; its weeks are counted from when they support no one (`is_free`)."""
        if not is_free:
            return replace(self, rest_weeks=weeks, rests_until=None)
        return replace(self, rest_weeks=None, rests_until=today + timedelta(weeks=weeks))

    def ready(self) -> "Readiness":
        """End a pause or a rest."""
        return Readiness(capacity=self.capacity)


class Load(NamedTuple):
    """A supporter's open offers and matches, and their recent matches."""

    open_count: int = 0
    #: Matches of the last year.
    recent: int = 0
    #: Quarters since the last known match; None without one.
    rested: int | None = None
    #: None: never asked.
    asked_months_ago: int | None = None


def as_now(supporter: Supporter, readiness: Readiness, is_available: bool) -> Supporter:
    """Return a supporter with current availability and capacity; the reason stays untold."""
    if is_available and readiness.capacity is None:
        return supporter
    capacity = min(readiness.capacity or supporter.capacity, supporter.capacity)
    status = supporter.status if is_available else SupporterStatus.PAUSED
    return replace(supporter, capacity=capacity, status=status)
