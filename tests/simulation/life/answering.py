"""What people do on the pages beside requests: who is invited, coordinators, leaders, the admin."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from invitations.model import Answer, Kind
from program import Program
from store.invitations.asked import shown
from tests.simulation.life.book import Asked
from tests.world import Page

if TYPE_CHECKING:
    from tests.simulation.life.life import Life

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INVITES, ASKS, COMES, TELLS_ALL, FILLS_IN = 0.85, 0.7, 0.85, 0.9, 0.7
CHANGES_MIND, IS_THEIR_OWN, CONFIRMS_FILES = 0.03, 0.5, 0.9
FORM = re.compile(
    r'name="nominee" value="([^"]+)">\s*<input type="hidden" name="choice" value="(\w+)"'
)
GUEST = re.compile(r'name="came" value="([^"]+)"')
CONFIRMABLE = "in_force"


@dataclass
class Answering:
    """Acts for everybody who comes to one of these pages."""

    life: "Life"

    # Who is invited

    def at_invitation(self, address: str, page: Page, link: str) -> None:
        one = self.life.watch.asked_by(link)
        if one is None or not page.values("choice"):
            return
        if one.answer is Answer.YES:
            self._changes_mind(address, page, one)
            return
        mind = self.life.mind(one)
        if mind is Answer.NONE or f"{mind}" not in page.values("choice"):
            return
        page = self._says(address, page, one, mind)
        if mind is Answer.YES and page.status == 200:
            self._goes_on(address, page, one)

    def _says(self, address: str, page: Page, one: Asked, said: Answer) -> Page:
        answered = self.life.people.choose(address, page, f"{said}")
        if answered.status == 200:
            self.life.book.answer(one, said, self.life.now())
        return answered

    def _changes_mind(self, address: str, page: Page, one: Asked) -> None:
        chance = self.life.chance
        is_open = not (one.is_ready or one.is_declined)
        if is_open and chance.random() < CHANGES_MIND and "no" in page.values("choice"):
            self._says(address, page, one, Answer.NO)
        elif one.kind is Kind.NOMINATION and not one.is_described:
            self._goes_on(address, page, one)

    def _goes_on(self, address: str, page: Page, one: Asked) -> None:
        """Tell about oneself, or go to the form."""
        life = self.life
        if one.kind is Kind.NOMINATION:
            if life.chance.random() < TELLS_ALL:
                about = self._about(address, life.program)
                if life.people.choose(address, page, "about_me", **about).status == 200:
                    life.book.describe(one, life.now())
        elif one.kind in (Kind.REFERRAL, Kind.OUTREACH) and life.chance.random() < FILLS_IN:
            found = re.findall(r'class="button" href="([^"]+)"', page.answer.text)
            token = parse_qs(urlsplit(found[0]).query)["invitation"][0]
            own = life.chance.random() < IS_THEIR_OWN
            at = life.now() + life.chance.expovariate(1.0) * DAY
            life.later(at, partial(life.ask_for_support, address, token, own, one.kind))

    def _about(self, address: str, program: Program) -> dict[str, str | list[str]]:
        chance = self.life.chance
        one = self.life.colleagues.by_email.get(address)
        return {
            "name": one.name if one else "Somebody Else",
            "role": chance.choice([*program.roles]),
            "department": chance.choice([*program.departments]),
            "specialty": chance.choice([*program.file.specialties]),
            "languages": ["en", *chance.sample(["es"], chance.randrange(2))],
            "checks_mail": chance.choice(["daily", "daily", "twice a week", "weekly"]),
            "phone": f"860-555-01{chance.randrange(10, 99)}",
            "text_ok": "yes",
        }

    # Coordinators

    def at_board(self, address: str, page: Page) -> None:
        """Do what waits, or ask for the link that opens it."""
        life = self.life
        is_written_to = address in life.groups or address in life.gatherings
        waits = is_written_to or re.search(r"Nominees: \d+ waiting", page.text)
        if waits and not self._coordinates(address, page):
            life.asks_for_link(address)

    def at_own_page(self, address: str, page: Page) -> None:
        if "/nominees" in page.answer.text:
            self._coordinates(address, page)

    def _coordinates(self, address: str, page: Page) -> bool:
        """Decide about nominees, note who came, write to a group; False if nothing opens."""
        nominees = self._look(page, "/nominees")
        if nominees is None:
            return False
        self._at_nominees(address, nominees)
        if sessions := self._look(page, "/trainings"):
            self.at_trainings(address, sessions, "")
        form = self._look(page, "/outreach")
        if form is not None and (group := self.life.groups.pop(address, None)):
            answered = self.life.people.choose(
                address, form, "", unit="Night Float", addresses="\n".join(group), language="en"
            )
            assert answered.status == 200, answered.text
            self.life.gathering.plan()
        if form is not None:
            self.life.gathering.at_outreach(address, form)
        return True

    def _at_nominees(self, address: str, page: Page) -> None:
        life = self.life
        life.saw(address, page)
        choices: dict[str, set[str]] = {}
        for name, choice in FORM.findall(page.answer.text):
            choices.setdefault(name, set()).add(choice)
        for name, several in choices.items():
            one, draw = self._meant_by(name), life.chance.random()
            if "ask" in several:
                choice = "ask" if draw < ASKS and "@" in one.address else "remove"
            elif "invite" in several:
                choice = "invite" if draw < INVITES else "decline"
            else:
                continue
            more = {"nominee": name} | ({"address": one.address} if choice == "ask" else {})
            if life.people.choose(address, page, choice, **more).status == 200:
                life.book.decide(one, choice, life.now(), life.program.today(life.now()))

    def _look(self, page: Page, path: str) -> Page | None:
        """Go to another page; None for who came by a mail that may have been passed on."""
        found = page.person.look(f"{self.life.url}{path}")
        is_there = found.status == 200 and urlsplit(found.answer.url).path == path
        return found if is_there else None

    # Leaders and the admin

    def at_trainings(self, address: str, page: Page, _link: str) -> None:
        """Check off who came to each session that is over."""
        life = self.life
        life.saw(address, page)
        for section in page.answer.text.split("<section")[1:]:
            found = re.search(r'name="session" value="([^"]+)"', section)
            guests = GUEST.findall(section)
            if not found or not guests:
                continue
            came = [one for one in guests if life.chance.random() < COMES]
            done = life.people.choose(address, page, "attendance", session=found[1], came=came)
            if done.status == 200:
                self._note(found[1], came)

    def _meant_by(self, name: str) -> Asked:
        """Return whom a page names so."""
        person = shown(self.life.service.store.read(), name)
        return self.life.book.asked[int(person.rpartition(" ")[2])]

    def _note(self, session: str, came: list[str]) -> None:
        life = self.life
        planned = life.program.sessions[session]
        day = life.program.today(planned.ends_at)
        for guest in came:
            one = self._meant_by(guest)
            life.book.attend(one, planned.kind, day, life.now())

    def at_newcomers(self, address: str, page: Page, _link: str) -> None:
        life = self.life
        life.saw(address, page)
        life.book.counts["lines added"] += life.files.adopt(page.answer.text)

    def at_files(self, address: str, page: Page, _link: str) -> None:
        """Confirm what waits; who is no admin confirms who gains sight."""
        if CONFIRMABLE in page.values("choice") and self.life.chance.random() < CONFIRMS_FILES:
            self.life.people.choose(address, page, CONFIRMABLE)
            self.life.book.counts["files confirmed"] += 1
