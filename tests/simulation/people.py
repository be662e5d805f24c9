"""People who behave like people: when they read their mail, and what they make of it."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from people.supporters import ChecksMail
from program import Program
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
OVERLOOKED = 0.1
#: Nobody opens the link of such a digest; who has asked for a link looks for it.
ALL_QUIET, WAITS_FOR_IT = "All quiet", timedelta(minutes=2)

# What coordinators do with a request.
STEPS_BACK, CLOSES, REFERS, NAMES_STAND_INS, UNDOES, LOOKS = 0.05, 0.02, 0.10, 0.6, 0.03, 0.3
# What supporters do with an offer and after their yes.
STAYS_SILENT, DECLINES = 0.15, 0.10
HANDS_BACK, DOES_NOT_REACH, FORGETS_TO_SAY = 0.03, 0.25, 0.12
POINTS_ON, SUPPORT_DECLINED, IS_DONE = 0.11, 0.10, 0.6
# What requesters do.
ASKS_IN_PERSON, ANSWERS, CONFIRMS = 0.3, 0.5, "contact_confirmed"
WITHDRAWS, CORRECTS, ASKS_FOR_ANOTHER, SAYS_NOT_SO = 0.03, 0.03, 0.04, 0.03

Later = Callable[[datetime, Callable[[], None]], None]


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
    program: Program
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
    calendars: dict[str, Calendar] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    #: What somebody has made up their mind about: silence, and contact that nobody noted.
    silent: dict[tuple[str, str], bool] = field(default_factory=dict)
    planned: set[tuple[str, str, str]] = field(default_factory=set)
    #: What somebody has asked for the link to their own page for.
    wishes: dict[str, Leaving | None] = field(default_factory=dict)

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
        """Return when somebody is away; half of it they tell the service."""
        begins = [self.begin + self.chance.uniform(0, 400) * DAY for _ in range(VACATIONS_A_YEAR)]
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
            at = calendar.reads_at(self.chance, self.now())
        for link in links:
            self.later(at, partial(self.follow, address, link))

    def follow(self, address: str, link: str, plan: str = "") -> None:
        """Open a link, and do what the page asks for as this person would."""
        browser = self.browser()
        try:
            page = browser.open(self.reach(link))
            self._saw(page)
            self.opened(address, page)
            self.arrive(address, page, link, plan)
        finally:
            browser.close()

    def arrive(self, address: str, page: Page, link: str = "", plan: str = "") -> None:
        """Do what the page asks for as this person would."""
        if not urlsplit(page.answer.url).path.startswith("/page/"):
            self._do_without_case(address, page)
            return
        reader = Reader(self, address, link, reference_on(page), page)
        if any(person.email == address for person in self.program.people.values()):
            review(reader)
        elif any(address in (s.email, s.notify_email) for s in self.program.supporters.values()):
            support(reader, plan)
        else:
            ask(reader, plan)

    def _do_without_case(self, address: str, page: Page) -> None:
        path = urlsplit(page.answer.url).path
        if path == "/me":
            at_own_page(self, address, page)
        elif path == "/board":
            at_board(self, address, page)
        elif "fresh" in page.values("choice"):
            self.choose(address, page, "fresh")

    def choose(self, address: str, page: Page, choice: str, /, **more: str | list[str]) -> Page:
        answered = page.choose(choice, **more)
        self._saw(answered)
        self.tell(f"{address} chose {choice or 'to ask'} at {urlsplit(page.answer.url).path[:24]}"
                  f" ({answered.status})")  # fmt: skip
        return answered

    def _saw(self, page: Page) -> None:
        self.statuses.append(page.status)
        if page.status >= 500:
            raise AssertionError(f"A page failed with {page.status}: {page.text[:200]}")


def reference_on(page: Page) -> str:
    """Return the request that a page is about; no address tells it."""
    found = re.search(r"PS-[A-Z2-9]{5}", page.answer.text)
    return found[0] if found else ""


@dataclass
class Reader:
    """One person before one page."""

    all: Everybody
    address: str
    link: str
    reference: str
    page: Page

    @property
    def choices(self) -> set[str]:
        return set(self.page.values("choice"))

    def chances(self, share: float) -> bool:
        return self.all.chance.random() < share

    def choose(self, choice: str, **more: str | list[str]) -> None:
        """Choose, where it is still possible; the answer is the page that they see then."""
        if choice in self.choices:
            self.page = self.all.choose(self.address, self.page, choice, **more)

    def comes_back(self, mean: timedelta, plan: str) -> None:
        """Do something later, once, by the same link."""
        key = (self.address, self.reference, plan)
        if key in self.all.planned:
            return
        self.all.planned.add(key)
        at = self.all.calendar_of(self.address).reads_at(
            self.all.chance, self.all.now() + self.all.chance.expovariate(1.0) * mean
        )

        def act() -> None:
            self.all.planned.discard(key)
            self.all.follow(self.address, self.link, plan)

        self.all.later(at, act)


# Coordinators, deputies and the outside person


def review(reader: Reader) -> None:
    """Decide what can be decided; for what others owe, pick up the phone."""
    is_overdue = 'class="late"' in reader.page.answer.text
    reader.choose("call_taken")
    if reader.chances(ASKS_IN_PERSON):
        _answer_confirmation(reader)
    for subject in reader.page.values("subject"):
        reader.choose("told", subject=subject)
    others = reader.page.values("other")
    if others:
        reader.choose("same_request" if reader.chances(0.8) else "different_requests",
                      other=others[0])  # fmt: skip
    if "offered" in reader.choices:
        _decide(reader)
    elif is_overdue:
        _phone(reader)


def _answer_confirmation(reader: Reader) -> None:
    """Say whether a second way to be reached is theirs; by an older link only a no counts."""
    asked = reader.page.values("confirmation")
    if asked:
        no = "separated" if "separated" in reader.choices else "contact_refused"
        reader.choose(CONFIRMS if CONFIRMS in reader.choices and reader.chances(0.6) else no,
                      confirmation=asked[0])  # fmt: skip


def _decide(reader: Reader) -> None:
    candidates = reader.page.values("first")
    if reader.chances(LOOKS) and "identity" in reader.choices:
        # Who looked goes back to the same page.
        page = reader.page
        reader.choose("identity")
        reader.page = page.again()
    if reader.chances(STEPS_BACK):
        reader.choose("handed_over")
    elif reader.chances(CLOSES):
        outcome = reader.all.chance.choice(["reached_otherwise", "could_not_be_reached"])
        reader.choose("closed", outcome=outcome)
    elif reader.chances(REFERS) or not candidates:
        reader.choose("referred", resource=reader.page.values("resource")[:1])
    else:
        _offer(reader, candidates)


def _offer(reader: Reader, candidates: list[str]) -> None:
    """Mostly the first of the list; sometimes one further down."""
    best = candidates[: 1 if reader.chances(0.6) else 6]
    first = reader.all.chance.choice(best)
    rest = [each for each in candidates[:8] if each != first]
    more: dict[str, str | list[str]] = {"first": first, "although": "looked_into", "read": "yes"}
    if reader.chances(NAMES_STAND_INS) and len(rest) > 1:
        more["backup"] = rest[:2]
    reader.choose("offered", **more)
    if reader.chances(UNDOES):
        reader.choose("undone")


def _phone(reader: Reader) -> None:
    """Ask the supporter how it stands, and record it or take the request back."""
    draw = reader.all.chance.random()
    if "contacted" in reader.choices:
        reader.choose("contacted" if draw < 0.5 else "taken_back" if draw < 0.8 else "")
    elif "continued" in reader.choices:
        reader.choose("continued" if draw < 0.4 else "completed", outcome="supported")
    elif "offer_withdrawn" in reader.choices:
        reader.choose("declined" if draw < 0.3 else "accepted" if draw < 0.6 else "offer_withdrawn")


# Supporters


def support(reader: Reader, plan: str) -> None:
    if "accepted" in reader.choices:
        _answer(reader)
    elif "contacted" in reader.choices or "completed" in reader.choices:
        _get_on(reader, plan)


def _answer(reader: Reader) -> None:
    key = (reader.address, reader.reference)
    if reader.all.silent.setdefault(key, reader.chances(STAYS_SILENT)):
        return
    if reader.chances(DECLINES):
        reader.choose("declined")
        return
    reader.choose("accepted")
    reader.comes_back(18 * HOUR, "call")


def _get_on(reader: Reader, plan: str) -> None:
    """Call, and say what came of it; who forgot to say so does when reminded."""
    if "contacted" in reader.choices:
        if reader.chances(HANDS_BACK):
            reader.choose("handed_back")
        elif reader.chances(DOES_NOT_REACH):
            reader.choose("tried")
            reader.comes_back(20 * HOUR, "call")
        elif plan != "call" or not reader.chances(FORGETS_TO_SAY):
            reader.choose("contacted")
            reader.comes_back(9 * DAY, "finish")
        return
    if reader.chances(POINTS_ON) and plan == "finish":
        reader.choose("referred", resource=reader.page.values("resource")[:1])
    if reader.chances(IS_DONE):
        outcome = "support_declined" if reader.chances(SUPPORT_DECLINED) else "supported"
        reader.choose("completed", outcome=outcome)
    else:
        reader.choose("continued")


# Requesters


def ask(reader: Reader, plan: str) -> None:
    """Look where things stand; a few want something else, and those who never hear say so."""
    if plan == "still waiting":
        if reader.chances(0.6) and "will get in touch" in reader.page.text:
            reader.choose("not_heard")
        return
    if reader.chances(ANSWERS):
        _answer_confirmation(reader)
    if reader.chances(WITHDRAWS):
        reader.choose("withdrawn_erased" if reader.chances(0.5) else "withdrawn")
    elif reader.chances(CORRECTS):
        reader.choose(
            "contact_corrected",
            phone="203-555-0" + str(reader.all.chance.randrange(100, 999)),
            how=["text", "call"],
        )
    elif reader.chances(ASKS_FOR_ANOTHER):
        reader.choose("rematch_asked")
    elif reader.chances(SAYS_NOT_SO):
        reader.choose("reopened")
    else:
        reader.comes_back(5 * DAY, "still waiting")
