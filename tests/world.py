"""The world of the stories: the service, a Qualtrics, a mail server, a clock, and people."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from html import unescape
from pathlib import Path

import requests
from flask import Flask

import app as service
from app import create_app
from demo.mailbox import Mailbox, StoredMessage
from demo.qualtrics.behavior import Behavior
from demo.qualtrics.stand_in import StandIn
from demo.qualtrics.survey import Survey
from demo.serving import served
from engine.access.fresh_links import LONGEST_WAIT_SECONDS
from engine.trial import untried
from qualtrics.api.client import Client
from settings import Settings
from store import cases
from store.record import history
from tests.beginnings import Untouched, beginning
from tests.entrance import open_door
from tests.fresh import DATA_KEY, before_anybody, fresh_database
from tests.inside import Inside
from tests.wire import session
from worker.watching import Files
from worker.worker import Worker
from workflow.model import Case

EXAMPLE = Path(__file__).parent.parent / "config.example"
#: As the example program has it.
DIGEST_AT, WHEN_QUIET = 'at = "08:00"', "when_quiet = false"
CHECK_IN_DAYS, FEEDBACK_AFTER = "days = [14, 42]", 'after = "10 days"'
LEADS = re.compile(r"^leads = .*\n", re.M)
#: A Monday morning in New York, outside quiet hours.
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SHARED_KEY = "an-invented-shared-key"
TOKEN = "an-invented-webhook-token"
#: A link into the service, as a mail carries it.
LINK = re.compile(r"https?://[^\s\"<>]+/open/[^\s\"<>]+")
API_TOKEN = "an-invented-api-token-of-forty-characters"
#: Takes seconds; tests/test_trial.py has it, and no other app that a test makes.
PAGE_TRIAL, service._page_trial = service._page_trial, untried

JAMIE: dict[str, object] = {
    "QID1_TEXT": "Jamie Quill",
    "QID2_TEXT": "jamie.quill@example.org",
    "QID3_TEXT": "860-555-0199",
    "QID4": ["1", "2", "3"],
    "QID5": 3,
    "QID6": 1,
    "QID7_TEXT": "Night float",
    "QID8": 1,
    "QID9": 1,
    "QID10_1": 1,
    "QID10_2": 3,
    "QID10_3": 2,
    "QID12": 1,
}
#: Of the example program: the coordinators of Emergency Medicine, the deputies, the rest.
JORDAN, PRIYA = "jordan.reyes@example.org", "priya.nair@example.org"
ELENA, DAVID = "elena.fischer@example.org", "david.okafor@example.org"
RUTH, SAM = "ruth.lindqvist@example.org", "sam.whitaker@example.org"
REQUESTER = "jamie.quill@example.org"
PAGER = "urgent-pager@example.org"


@dataclass
class Clock:
    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Page:
    """A page as its reader sees it, and the forms that can be sent from it."""

    person: "Browser"
    answer: requests.Response

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def text(self) -> str:
        together = re.sub(r'<span class="kept">([^<]*)</span>', r"\1", self.answer.text)
        together = together.replace("<wbr>", "")
        body = re.sub(r"<(style|title)[^>]*>.*?</\1>", " ", together, flags=re.S)
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))

    def values(self, name: str) -> list[str]:
        """Return the values that a field of this name offers."""
        found = re.findall(rf'name="{name}" value="([^"]*)"', self.answer.text)
        return [unescape(value) for value in found]

    def choose(self, choice: str, **fields: str | list[str]) -> "Page":
        """Send the form with a choice, as somebody who taps it would."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.answer.text)
        assert token, f"there is nothing to choose on: {self.text}"
        shown = {"offer": self.values("offer")[0]} if self.values("offer") else {}
        data = {"csrf_token": token[1], "choice": choice} | shown | fields
        answer = self.person.web.post(self.answer.url, data=data)
        if 'name="sure"' in answer.text and "sure" not in fields:
            answer = self.person.web.post(self.answer.url, data=data | {"sure": "yes"})
        return Page(self.person, answer)

    def again(self) -> "Page":
        return Page(self.person, self.person.web.get(self.answer.url))


@dataclass
class Browser:
    """One person's browser."""

    web: requests.Session = field(default_factory=session)

    def close(self) -> None:
        self.web.close()

    def look(self, address: str) -> Page:
        """Go to a page by its address, as somebody with a bookmark would."""
        return Page(self, self.web.get(address))

    def open(self, link: str) -> Page:
        """Open a mailed link and press "Continue"."""
        neutral = Page(self, self.web.get(link))
        token = re.search(r'name="csrf_token" value="([^"]+)"', neutral.answer.text)
        assert token, neutral.text
        return Page(self, self.web.post(neutral.answer.url, data={"csrf_token": token[1]}))


@dataclass(repr=False)
class World(Inside):
    app: Flask
    url: str
    clock: Clock
    mailbox: Mailbox
    qualtrics: StandIn
    folder: Path
    #: How it was before anything happened, if stories may begin with a copy of another world.
    untouched: Untouched | None = None

    @cached_property
    def worker(self) -> Worker:
        """A worker that does not wait whether files are still being saved: here they never are."""
        found: Worker = self.app.extensions["worker"]()
        files = found.rounds["files"]
        assert isinstance(files, Files)
        files.pause, files.stillness = lambda: None, timedelta()
        return found

    def has_form(self, survey: Survey) -> None:
        """Let Qualtrics have one more form, and tell us of its responses."""
        self.qualtrics.add_survey(survey)
        topic = f"surveyengine.completedResponse.{survey.id}"
        self.qualtrics.subscribe(f"{self.url}/webhooks/qualtrics/events", SHARED_KEY, topic)
        self.work()

    # What people do

    def submit(self, **changed: object) -> str:
        """Fill out the form; returns once the publication is answered."""
        answers = {key: value for key, value in (JAMIE | changed).items() if value is not None}
        response_id = self.qualtrics.submit(answers)  # type: ignore[arg-type]
        assert self.qualtrics.wait_until_published()
        return response_id

    @beginning
    def request(self, **changed: object) -> str:
        """Submit, and let the first mails leave; returns the reference."""
        self.submit(**changed)
        self.work()
        self.passes(minutes=11)
        return self.only_case().reference

    def work(self) -> None:
        """Let a worker do all that is due now."""
        self.worker.run_once()

    def passes(self, **time: float) -> None:
        """Let time pass, then let the worker work."""
        self.clock.now += timedelta(**time)
        self.work()

    def until_handled(self, reference: str) -> None:
        """Move the clock to the case's next moment."""
        found = self.store.read().execute(
            "select next_at from cases where reference = ?", [reference]
        )
        at = datetime.fromisoformat(found.fetchone()[0].replace("Z", "+00:00"))
        self.clock.now = max(self.clock.now, at)
        self.work()

    # What people see

    def mails(self, to: str, subject: str = "") -> list[StoredMessage]:
        found = self.mailbox.messages
        return [m for m in found if to in m.recipients and subject.lower() in m.subject.lower()]

    def mail(self, to: str, containing: str = "") -> StoredMessage:
        """Return the newest mail to somebody whose subject or text contains something."""
        found = [m for m in self.mails(to) if containing.lower() in (m.subject + m.text).lower()]
        assert found, f"no mail to {to} with {containing!r}: {[m.subject for m in self.mails(to)]}"
        return found[-1]

    def ask_for_link(self, address: str) -> Page:
        """Type an address where links to one's own page are mailed."""
        page = Browser().look(f"{self.url}/link").choose("", address=address)
        self.until_links_are_mailed()
        return page

    def until_links_are_mailed(self) -> None:
        """Let the worker look up who asked for a link, which takes it some seconds."""
        self.passes(seconds=LONGEST_WAIT_SECONDS)

    def own_page(self, address: str) -> Page:
        """Open the page of their own of a coordinator, deputy or supporter."""
        self.ask_for_link(address)
        page = self.open(self.mail(address, "your page"))
        return page.person.look(f"{self.url}/me")

    def open(self, mail: StoredMessage, browser: Browser | None = None) -> Page:
        return (browser or Browser()).open(link_in(mail))

    @property
    def tokens(self) -> set[str]:
        """Return the tokens of all mailed links."""
        links = (link for m in self.mailbox.messages for link in LINK.findall(m.text))
        return {link.rpartition("/")[2] for link in links}

    def case(self, reference: str) -> Case:
        return self.engine.casebook.load(reference).case

    def only_case(self) -> Case:
        (reference,) = self.references
        return self.case(reference)

    def events(self, reference: str) -> list[str]:
        db = self.store.read()
        stored = cases.find(db, reference)
        assert stored is not None
        return [line.event for line in history.lines(db, stored.id)]

    def count(self, table: str) -> int:
        found = self.store.read().execute(f"select count(*) from {table}")  # noqa: S608
        return int(found.fetchone()[0])

    def loses_identity(self, reference: str) -> None:
        """Let no key open who made a request, as after damage to the disk."""
        with self.store.write() as db:
            which = "(select id from cases where reference = ?)"
            db.execute(f"update identities set sealed = 'x' where case_id = {which}", [reference])  # noqa: S608

    def loses_document(self, reference: str) -> None:
        """Let nobody read a request, as after damage to the disk."""
        with self.store.write() as db:
            db.execute("update cases set document = '{' where reference = ?", [reference])

    # Shortcuts to a state, always through the pages

    @beginning
    def offered(self, **changed: object) -> str:
        """Bring a request to where a supporter has been asked, with a stand-in."""
        reference = self.request(**changed)
        page = self.open(self.mail(JORDAN))
        first, second = page.values("first")[:2]
        assert page.choose("offered", first=first, backup=second).status == 200
        self.passes(minutes=6)
        return reference

    def asked(self, reference: str) -> str:
        """Return the address of the supporter who is being asked or has said yes."""
        offer = self.case(reference).current_offer
        assert offer is not None
        person = self.engine.program.person(offer.supporter)
        assert person is not None
        return person.email

    @beginning
    def matched(self, **changed: object) -> tuple[str, str]:
        """Bring a request to a supporter's yes; returns reference and the supporter's address."""
        reference = self.offered(**changed)
        supporter = self.asked(reference)
        assert self.open(self.mail(supporter)).choose("accepted").status == 200
        self.passes(minutes=6)
        return reference, supporter

    @beginning
    def in_contact(self, **changed: object) -> tuple[str, str]:
        reference, supporter = self.matched(**changed)
        assert self.open(self.mail(supporter)).choose("contacted").status == 200
        self.work()
        return reference, supporter


def link_in(mail: StoredMessage) -> str:
    """Return the one link into the service that a mail carries."""
    found: set[str] = set(LINK.findall(mail.text))
    assert len(found) == 1, found
    return found.pop()


def example_config(folder: Path, digest_at: str = "none") -> Path:
    """Copy the example program to change it, without what is no part of most stories.

    It has no leads, whose guide would be mailed, no check-in and no feedback. It has no digest, or
    one each working morning.
    """
    target = folder / "config"
    shutil.copytree(EXAMPLE, target)
    for path in (target, *target.iterdir()):
        path.chmod(0o700 if path.is_dir() else 0o600)
    program = target / "program.toml"
    written = program.read_text()
    for one in (DIGEST_AT, WHEN_QUIET, CHECK_IN_DAYS, FEEDBACK_AFTER):
        assert one in written
    daily = LEADS.sub("", written).replace(WHEN_QUIET, "when_quiet = true")
    daily = daily.replace(CHECK_IN_DAYS, 'days = "none"').replace(FEEDBACK_AFTER, 'after = "none"')
    program.write_text(daily.replace(DIGEST_AT, f'at = "{digest_at}"'))
    return target


@contextmanager
def living(
    folder: Path,
    config: Path | None = None,
    proxy: Callable[[str], AbstractContextManager[str]] | None = None,
    has_api: bool = True,
    bounces_url: str = "",
    more: Mapping[str, str] | None = None,
    is_copied: bool = False,
    tries_pages: bool = False,
) -> Iterator[World]:
    """Serve the service, a Qualtrics and a mail server on loopback, with a clock of their own.

    A proxy gets the service's address and gives the one by which people reach it. `more` are
    further settings. `is_copied` lets the story begin with a copy of where another one began.
    """
    clock = Clock()
    config = config or example_config(folder)
    with ExitStack() as stack:
        database = stack.enter_context(fresh_database(folder))
        mailbox = stack.enter_context(Mailbox(clock=clock))
        qualtrics = StandIn(token=API_TOKEN, clock=clock, behavior=Behavior(readable_after=0))
        qualtrics_url = stack.enter_context(served(qualtrics.app))
        door, inner_url = stack.enter_context(open_door(qualtrics))
        url = stack.enter_context(proxy(inner_url)) if proxy else inner_url
        settings = Settings.from_env(
            {
                "SECRET_KEY": "an-invented-secret-key-of-enough-characters",
                "DATA_KEYS": DATA_KEY,
                "DATABASE": database,
                "CONFIG_DIR": str(config),
                "BASE_URL": url,
                "TRUSTED_PROXIES": "1" if proxy else "0",
                "QUALTRICS_BASE_URL": qualtrics_url,
                "QUALTRICS_API_TOKEN": API_TOKEN if has_api else "",
                "QUALTRICS_SHARED_KEYS": SHARED_KEY,
                "QUALTRICS_WEBHOOK_TOKENS": TOKEN,
                "SMTP_URL": mailbox.url,
                "MAIL_FROM": "Care Desk <care-desk@example.org>",
                "MAIL_REPLY_TO": "care-desk@example.org",
                "BOUNCES_URL": bounces_url,
            }
            | dict(more or {})
        )
        app = create_app(settings, clock)
        # The wire is real; only the naps between two tries and while an export is made are not.
        client = Client(qualtrics_url, token=API_TOKEN, clock=clock, sleep=lambda seconds: None)
        if tries_pages:
            app.extensions["page_trial"] = PAGE_TRIAL
        app.extensions["client"] = lambda: client if has_api else None
        door.wsgi_app = app.wsgi_app  # type: ignore[method-assign]
        qualtrics.subscribe(f"{inner_url}/webhooks/qualtrics/events", SHARED_KEY)
        world = World(app, url, clock, mailbox, qualtrics, folder)
        if is_copied:
            world.untouched = Untouched(before_anybody(), MONDAY, replace(qualtrics.behavior))
        try:
            yield world
        finally:
            world.worker.close()
            world.store.close()
