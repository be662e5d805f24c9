"""Group sessions after a hard event: some come, and leaders read a number."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from invitations.model import Answer, Kind
from invitations.outreach import FEWEST
from store.invitations.asked import shown
from store.outbox import Outgoing
from tests.simulation.life.book import Asked, Book
from tests.world import JORDAN, Page

if TYPE_CHECKING:
    from tests.simulation.life.life import Life

DAY = timedelta(days=1)
GATHERS, CANCELS = 0.8, 0.2
#: When a coordinator invites after they wrote, and how long before the session.
INVITES_AFTER, AHEAD = (0.2, 4), (4, 20)
WAITING = re.compile(
    r'name="group" value="([^"]+)"><input type="hidden" name="choice" value="(\w+)"'
)
LEADERS = re.compile(r'<select name="leads".*?</select>', re.S)
LED, INVITED, NEWS = "group_session_led", "group_session_invited", "group_session_news"


@dataclass
class Gathering:
    """Acts for the coordinator who wrote to a group."""

    life: "Life"

    def plan(self) -> None:
        """Plan what the coordinator who has just written to a group does next."""
        life = self.life
        if life.chance.random() >= GATHERS:
            return
        at = life.now() + life.chance.uniform(*INVITES_AFTER) * DAY
        life.later(at, partial(self._wants, "invite"))
        if life.chance.random() < CANCELS:
            life.later(at + 1.5 * DAY, partial(self._wants, "cancel"))

    def _wants(self, what: str) -> None:
        self.life.gatherings[JORDAN] = what
        self.life.asks_for_link(JORDAN)

    def at_outreach(self, address: str, page: Page) -> None:
        wish = self.life.gatherings.pop(address, "")
        waiting = [id for id, choice in WAITING.findall(page.answer.text) if choice == wish]
        if not waiting:
            return
        group = shown(self.life.service.store.read(), waiting[0])
        if wish == "cancel":
            answered = self.life.people.choose(address, page, wish, group=waiting[0])
            self.life.book.canceled.add(group)
        else:
            answered = self._invite(address, page, waiting[0], group)
        assert answered.status == 200, answered.text
        self.life.book.counts[f"group sessions: {wish}"] += 1

    def _invite(self, address: str, page: Page, shown_as: str, group: str) -> Page:
        life, book = self.life, self.life.book
        (leaders,) = LEADERS.findall(page.answer.text)[:1]
        known = [id for id in re.findall(r'value="([^"]+)"', leaders) if id]
        day = life.program.today(life.now() + life.chance.uniform(*AHEAD) * DAY)
        for one in book.members(group):
            if (Kind.GROUP_SESSION, one.address) not in book.never:
                book.expect(Kind.GROUP_SESSION, one.address)
        book.canceled.discard(group)
        return life.people.choose(
            address, page, "invite", group=shown_as, place="Main Campus, room 204",
            day=f"{day}", at="14:00", minutes="60", leads=life.chance.choice(known),
        )  # fmt: skip


# Checks


def wrong_mail(book: Book, address: str, words: str, queued: Outgoing, now: datetime) -> str:
    """Return what is wrong with a mail to who leads a session; "" if nothing is."""
    if queued.email != LED or not queued.subject.startswith("counted/"):
        return ""
    _, number, group = queued.subject.split("/", 2)
    guests = book.guests[f"{number}/{group}"]
    moments = {at for one in guests for at, _ in one.said if at > guests[0].counts_at}
    possible = {_coming(guests, at) for at in (*moments, guests[0].counts_at) if at <= now}
    told = {
        f"{one} people said yes" if one >= FEWEST else f"Fewer than {FEWEST} people said yes"
        for one in possible
    }
    book.counts["leaders who read how many come"] += 1
    return (
        "" if any(one in words for one in told) else f"{address} reads another number than {told}"
    )


def wrong_news(book: Book, one: Asked, queued: Outgoing) -> str:
    """Return why a guest must not get a mail; "" if they may."""
    _, _, group = one.session.partition("/")
    is_old = group in book.canceled and queued.subject != "canceled"
    if queued.email in (INVITED, NEWS) and is_old and queued.subject != "fresh":
        return f"{one.address} hears of a session that is canceled"
    return ""


def _coming(guests: list[Asked], at: datetime) -> int:
    said = (next((s for when, s in reversed(one.said) if when <= at), None) for one in guests)
    return sum(one is Answer.YES for one in said)
