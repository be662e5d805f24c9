"""People who behave like people: when they read their mail, and what they make of it."""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from people.supporters import ChecksMail
from program import Program
from tests.simulation.acts import Reader, ask, be_in_touch, reference_on, review, support
from tests.simulation.presence import Leaving, at_board, at_own_page, plan
from tests.world import Browser, Page

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LINK = re.compile(r"https?://[^\s\"<>]+/open/[^\s\"<>]+")
#: Days of the week on which somebody reads mail, by how often they say they do.
READS_ON = {
    ChecksMail.DAILY: range(7),
    ChecksMail.TWICE_A_WEEK: (1, 4),
    ChecksMail.WEEKLY: (0,),
}
VACATIONS_A_YEAR, VACATION_DAYS = 5, (3, 16)
#: How many go away for the holidays as well, in the week after this day of December.
FOR_THE_HOLIDAYS, HOLIDAYS = 0.5, 19
YEAR = timedelta(days=365)
OVERLOOKED = 0.1
#: Nobody opens the link of such a digest; who has asked for a link looks for it.
ALL_QUIET, WAITS_FOR_IT = "All quiet", timedelta(minutes=2)

Later = Callable[[datetime, Callable[[], None]], None]
#: Who chose what on which page, with what else, and the page that came of it.
Chosen = Callable[[str, str, Mapping[str, object], Page, Page], None]


@dataclass
class Calendar:
    """When somebody reads mail: coordinators on working days, others when they come to it."""

    zone: ZoneInfo
    days: tuple[int, ...]
    opens: int
    closes: int
    mean: timedelta
    away: list[tuple[datetime, datetime]] = field(default_factory=list)

    def reads_at(self, chance: random.Random, mailed_at: datetime) -> datetime:
        at = mailed_at + chance.expovariate(1.0) * self.mean
        while (moved := self._next_awake(chance, at)) != at:
            at = moved
        return at

    def _next_awake(self, chance: random.Random, at: datetime) -> datetime:
        for begin, end in self.away:
            if begin <= at < end:
                return end
        local = at.astimezone(self.zone)
        if local.weekday() in self.days and self.opens <= local.hour < self.closes:
            return at
        morning = local.replace(hour=self.opens, minute=chance.randrange(60), second=0)
        morning = morning if local.hour < self.opens else morning + DAY
        while morning.weekday() not in self.days:
            morning += DAY
        return morning.astimezone(UTC)


@dataclass
class Everybody:
    """All readers by address, each with a calendar and a browser of their own."""

    chance: random.Random
    programs: Callable[[], Program]
    begin: datetime
    now: Callable[[], datetime]
    later: Later
    tell: Callable[[str], None]
    browser: Callable[[], Browser]
    #: Called with the requests that somebody's own page or board shows them.
    shown: Callable[[str, list[str]], None]
    #: Called with the page that a mailed link opens.
    opened: Callable[[str, Page], None]
    url: str
    #: Where people reach the service, when it is not where the links lead: one of several.
    reach: Callable[[str], str] = lambda link: link
    #: How long all of this goes on.
    length: timedelta = YEAR
    calendars: dict[str, Calendar] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    #: What somebody has made up their mind about: silence, and contact that nobody noted.
    silent: dict[tuple[str, str], bool] = field(default_factory=dict)
    #: When somebody reads their mail next.
    readings: dict[str, datetime] = field(default_factory=dict)
    #: Supporters to whom a request is a lot to carry, and who are about to say so.
    carries: dict[str, str] = field(default_factory=dict)
    #: Whom a coordinator asked last, and on which day.
    asked_last: dict[str, tuple[date, str]] = field(default_factory=dict)
    planned: set[tuple[str, str, str]] = field(default_factory=set)
    #: What somebody has asked for the link to their own page for.
    wishes: dict[str, Leaving | None] = field(default_factory=dict)

    #: What people do on the pages of other paths, with the link that led there.
    doors: dict[str, Callable[[str, Page, str], None]] = field(default_factory=dict)
    #: What else somebody does on the board, and on a page of their own.
    at_board: Callable[[str, Page], None] = lambda address, page: None
    at_own_page: Callable[[str, Page], None] = lambda address, page: None
    #: Called when somebody would rather fill in the form again than choose on their page.
    asks_anew: Callable[[str], None] = lambda address: None
    #: How often staff ask whether a support service may hear of a requester.
    hands_over: float = 0.0
    #: Called with whatever somebody chose.
    chosen: Chosen = lambda address, choice, more, before, after: None
    #: What somebody does who is asked how it was.
    at_feedback: Callable[[str, Page], None] = lambda address, page: None
    #: Called with each page that somebody sees.
    seen: Callable[[str, Page], None] = lambda address, page: None

    @property
    def program(self) -> Program:
        return self.programs()

    def calendar_of(self, address: str) -> Calendar:
        if address not in self.calendars:
            self.calendars[address] = calendar = self._calendar(address)
            plan(self, address, calendar.away)
        return self.calendars[address]

    def _calendar(self, address: str) -> Calendar:
        zone = self.program.zone
        if any(p.email == address for p in self.program.people.values()):
            return Calendar(zone, tuple(range(5)), 8, 18, 2 * HOUR, list(self._vacations()))
        for supporter in self.program.supporters.values():
            if address in (supporter.email, supporter.notify_email):
                days = tuple(READS_ON[supporter.checks_mail])
                away = list(self._vacations())
                return Calendar(zone, days, 7, 22, 6 * HOUR, away)
        return Calendar(zone, tuple(range(7)), 7, 23, 5 * HOUR)

    def _vacations(self) -> list[tuple[datetime, datetime]]:
        """Return when somebody is away; most of it they tell the service."""
        chance, years = self.chance, max(1, round(self.length / YEAR))
        number, most = years * VACATIONS_A_YEAR, years * 400
        begins = [self.begin + chance.uniform(0, most) * DAY for _ in range(number)]
        for year in range(self.begin.year, self.begin.year + years):
            if chance.random() < FOR_THE_HOLIDAYS:
                first = datetime(year, 12, HOLIDAYS, tzinfo=UTC)
                begins.append(first + chance.uniform(0, 7) * DAY)
        return [(at, at + self.chance.uniform(*VACATION_DAYS) * DAY) for at in begins]

    # Reading

    def gets(self, address: str, text: str) -> None:
        """Somebody gets a mail with links, and reads it when they come to it, or overlook it."""
        links, calendar = LINK.findall(text), self.calendar_of(address)
        if not links or ALL_QUIET in text:
            return
        if address in self.wishes:
            at = self.now() + WAITS_FOR_IT
        elif self.chance.random() < OVERLOOKED:
            return
        else:
            at = self._next_reading(address, calendar)
        for link in links:
            self.later(at, partial(self.follow, address, link))

    def _next_reading(self, address: str, calendar: Calendar) -> datetime:
        """Return when somebody reads mail next: all that waits is read then."""
        if self.readings.get(address, self.now()) <= self.now():
            self.readings[address] = calendar.reads_at(self.chance, self.now())
        return self.readings[address]

    def follow(self, address: str, link: str, plan: str = "") -> None:
        """Open a link, and do what the page asks for as this person would."""
        browser = self.browser()
        try:
            page = browser.open(self.reach(link))
            self._saw(address, page)
            self.opened(address, page)
            self.arrive(address, page, link, plan)
        finally:
            browser.close()

    def arrive(self, address: str, page: Page, link: str = "", plan: str = "") -> None:
        """Do what the page asks for as this person would."""
        if not urlsplit(page.answer.url).path.startswith("/page/"):
            self._do_without_case(address, page, link)
            return
        reader = Reader(self, address, link, reference_on(page), page)
        if any(person.email == address for person in self.program.people.values()):
            review(reader)
        elif any(address in (s.email, s.notify_email) for s in self.program.supporters.values()):
            support(reader, plan)
        elif any(address == place.email for place in self.program.partners.values()):
            be_in_touch(reader)
        else:
            ask(reader, plan)

    def _do_without_case(self, address: str, page: Page, link: str) -> None:
        path = urlsplit(page.answer.url).path
        if path in self.doors and page.status == 200:
            self.doors[path](address, page, link)
        elif path == "/me":
            at_own_page(self, address, page)
        elif path == "/board":
            self.at_board(address, page)
            at_board(self, address, page)
        elif 'name="feedback_soon"' in page.answer.text:
            self.at_feedback(address, page)
        elif "fresh" in page.values("choice"):
            self.choose(address, page, "fresh")

    def choose(self, address: str, page: Page, choice: str, /, **more: str | list[str]) -> Page:
        answered = page.choose(choice, **more)
        self.chosen(address, choice, more, page, answered)
        self._saw(address, answered)
        self.tell(f"{address} chose {choice or 'to ask'} at {urlsplit(page.answer.url).path[:24]}"
                  f" ({answered.status})")  # fmt: skip
        return answered

    def _saw(self, address: str, page: Page) -> None:
        self.statuses.append(page.status)
        self.seen(address, page)
        if page.status >= 500:
            raise AssertionError(f"A page failed with {page.status}: {page.text[:200]}")
