"""The trained colleagues who may be asked, as the roster describes them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
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


class Load(NamedTuple):
    """What a supporter has open now, offers and people they support, and what they had lately."""

    open_count: int = 0
    #: Matches of the last year.
    recent: int = 0
    #: Quarters since the last match; None when there is none that we know of.
    rested: int | None = None
    #: None: never asked.
    asked_months_ago: int | None = None
