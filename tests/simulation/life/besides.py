"""What happens beside a request: support services, check-ins, and who talks with supporters."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from casebook.purpose import known_as
from program import Program
from store.outbox import Outgoing
from tests.simulation.acts import reference_on
from tests.simulation.invariants import REFERENCE, Invariants
from tests.world import Page
from workflow.model import Role

#: As config.example has it: how long a support service may see a name.
SEEN_FOR = timedelta(days=3)
#: Mails of the morning, a mail server that is down, and what is still undone.
MAILED_WITHIN = timedelta(days=5)
#: How many events of somebody are told of what went wrong.
LATELY = 12
#: What takes a yes back, on the requester's own page.
TAKES_BACK = {"hand_over_stopped", "withdrawn", "withdrawn_erased", "undone"}


@dataclass(frozen=True)
class Yes:
    """A requester let a support service hear of them."""

    place: str
    at: datetime


@dataclass
class Besides:
    """The simulation's own account of it, from what people chose on their pages."""

    invariants: Invariants
    programs: Callable[[], Program]
    clock: Callable[[], datetime]
    #: By request: what its requester said last, if it was a yes that still counts.
    yes: dict[str, Yes] = field(default_factory=dict)
    #: Requests whose requesters wish to hear no more of how they are doing.
    stopped: set[str] = field(default_factory=set)
    #: When a supporter said that it was hard, and when they were told whom to talk to.
    hard: list[tuple[datetime, str]] = field(default_factory=list)
    told: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    #: When a supporter asked to talk about a request, and when somebody was told of it.
    talks: list[tuple[datetime, str]] = field(default_factory=list)
    heard: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    #: Until when the mailbox of an address was closed last.
    closed: dict[str, datetime] = field(default_factory=dict)

    def chose(
        self, address: str, choice: str, more: Mapping[str, object], before: Page, after: Page
    ) -> None:
        if after.status != 200:
            return
        if choice == "hand_over_made":
            self.yes.pop(self._meant(reference_on(before)), None)
        elif choice == "withdrawn":
            self.yes.pop(reference_on(before), None)  # Also when a coordinator records it.
        elif choice == "completed" and "hard" in more:
            self.hard.append((self.clock(), address))
        elif choice == "talk":
            self.talks.append((self.clock(), str(more["reference"])))
        reference = self.invariants.looking_at.get(address)
        if reference is None or before.values("offer"):
            return
        if choice == "hand_over_agreed":
            self.yes[reference] = Yes(self._asked_about(before), self.clock())
        elif choice in TAKES_BACK:
            self.yes.pop(reference, None)
        elif choice == "check_ins_stopped":
            self.stopped.add(reference)

    def _asked_about(self, page: Page) -> str:
        asked = [
            one.name for one in self.programs().partners.values()
            if f"{one.name}: would you like to hear from them" in page.text
        ]  # fmt: skip
        (place,) = asked
        return place

    # Support services

    def _meant(self, reference: str) -> str:
        """Return the request that a place of help calls so."""
        casebook, places = self.invariants.engines().casebook, self.programs().partners
        known = {
            known_as(casebook, one, Role.PARTNER, place): one
            for one in self.yes
            for place in places
        }
        return known.get(reference, reference)

    def wrong_page(self, address: str, page: Page) -> str:
        """Return whom a page shows to a support service that must not know; "" if nobody."""
        places = [one for one in self.programs().partners.values() if one.email == address]
        if not places:
            return ""
        html, crowd = page.answer.text, self.invariants.crowd.by_name
        shown = {name for name in crowd if name in html}
        reference = self._meant(reference_on(page))
        if not shown:
            asks = "hand_over_made" in page.values("choice")
            return f"{reference} has no name for {address}" if asks else ""
        yes = self.yes.get(reference)
        may_know = yes is not None and yes.place in {one.name for one in places}
        if not may_know or yes is None or self.clock() > yes.at + SEEN_FOR:
            return f"{address} is shown {shown} of {reference}, and may not know"
        theirs = {asker.name for asker in self.invariants.askers[reference]}
        return "" if shown <= theirs else f"{address} is shown {shown} instead of {theirs}"

    # Mails

    def wrong_mail(self, address: str, words: str, queued: Outgoing) -> str:
        references = REFERENCE.findall(words)
        if queued.email == "check_in" and self.stopped & {*references}:
            return f"{address} is asked how they are, and wished to hear no more of it"
        if queued.email == "talk_wanted":
            self.heard[references[0]].append(self.clock())
        if queued.email == "debrief_offered":
            self.told[address].append(self.clock())
            return f"{address} reads of {references}" if references else ""
        return ""

    def overdue(self, listed: set[str]) -> str:
        """Return whom nobody heard who wished to talk, or found it hard; "" if nobody."""
        now = self.clock()
        for at, reference in self.talks:
            if now - at > MAILED_WITHIN and not any(told >= at for told in self.heard[reference]):
                return f"Nobody was told on {at} that a supporter would like to talk of {reference}"
        self.talks = [(at, one) for at, one in self.talks if now - at <= MAILED_WITHIN]
        for at, address in self.hard:
            is_told = any(told >= at for told in self.told[address])
            was_closed = address in self.closed and self.closed[address] >= at
            must_know = address in listed and not was_closed
            if now - at > MAILED_WITHIN and not is_told and must_know:
                told = [line for line in self.invariants.story if address in line][-LATELY:]
                return f"{address} found it hard on {at}, and heard of nobody to talk to: {told}"
        self.hard = [(at, address) for at, address in self.hard if now - at <= MAILED_WITHIN]
        return ""
