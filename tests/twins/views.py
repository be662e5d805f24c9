"""All that people can see of a program at one moment: their pages, mails, and commands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from notifications.mail.links import BOARD, ME
from store import cases
from store.access import links
from store.access.links import Link
from store.cases import StoredCase
from tests.simulation.alone import Alone
from tests.world import Page
from workflow.model import Role

#: What differs each time, whatever happened: tokens, ids of visits, addresses of pages.
DRAWN = re.compile(
    r'(csrf_token" value|end_visit" value)="[^"]+"|/(open|page|continue)/[\w.-]+|\b[0-9a-f]{16,}\b'
)
COMMANDS = ("roster", "report --supporters", "hold --list", "forget --dry-run",
            "qualtrics arrivals", "match --what-if role=nurse wish.role=similar")  # fmt: skip
OF_REQUESTS, FEW = ("match", "history"), 3
PUBLIC = ("/health", "/alive", "/privacy")
#: Readers who are no single person of the program.
ADMINS, ANYBODY, REQUESTERS = "admins", "anybody", "the requester"
#: The page of a request as its mail's link opens it, and as the board does.
BY_MAIL, FROM_BOARD = "page", "page from the board"


class View(NamedTuple):
    """Who sees what; `about` is the request that it is about, "" for none."""

    reader: str
    what: str
    about: str = ""


Views = dict[View, str]


@dataclass(frozen=True)
class Look:
    """Somebody who goes through everything that a program shows to anybody.

    Supporters have pages of their own alone: those who are asked, and a few who are not, do.
    """

    twin: Alone

    def everything(self) -> Views:
        """Return all views, without what is drawn by lot."""
        seen = dict(self._all())
        return {view: DRAWN.sub("", text) for view, text in seen.items()}

    def _all(self) -> Iterator[tuple[View, str]]:
        db, program = self.twin.store.read(), self.twin.engine.program
        there = [cases.find(db, reference) for reference in self.twin.references]
        known = [stored for stored in there if stored is not None]
        for person in program.all_reviewers:
            yield from self._of_reviewer(person, known)
        asked = {offer.supporter for stored in known for offer in stored.case.offers}
        for person in sorted({*asked, *[*program.supporters][:FEW]} & {*program.supporters}):
            yield from self._of_supporter(person, known)
        for stored in known:
            page = self.open(Link("", Role.REQUESTER, stored.id, None, self._end))
            yield View(REQUESTERS, "page", stored.case.reference), page.answer.text
        for mail in self.twin.mailbox.messages:
            yield View(mail.recipients[0], f"mail of {mail.arrived_at}: {mail.subject}"), mail.text
        yield from self._of_admins([stored.case.reference for stored in known])
        for path in PUBLIC:
            yield View(ANYBODY, path), self.twin.browser().look(self.twin.url + path).answer.text

    def _of_reviewer(self, person: str, known: list[StoredCase]) -> Iterator[tuple[View, str]]:
        """Yield the own page, the board, each request by its mail's link and from the board."""
        yield View(person, "own page"), self.own_page(person).answer.text
        board = self.open(Link(person, Role.REVIEWER, None, None, self._end, BOARD))
        yield View(person, "board"), board.answer.text
        for reference in board.values("choice"):
            page = board.choose(reference)
            yield View(person, FROM_BOARD, reference), page.answer.text
        for stored in known:
            if self.twin.engine.casebook.load_stored(stored).reviewing.may_act(person):
                page = self.request(person, stored)
                yield View(person, BY_MAIL, stored.case.reference), page.answer.text

    def _of_supporter(self, person: str, known: list[StoredCase]) -> Iterator[tuple[View, str]]:
        yield View(person, "own page"), self.own_page(person).answer.text
        for stored in known:
            for offer in stored.case.offers:
                if offer.supporter == person and offer.sent_at is not None:
                    link = Link(person, Role.SUPPORTER, stored.id, offer.number, self._end)
                    name = f"page of question {offer.number}"
                    yield View(person, name, stored.case.reference), self.open(link).answer.text

    def _of_admins(self, references: list[str]) -> Iterator[tuple[View, str]]:
        runner = self.twin.app.test_cli_runner()
        typed = [(command, "") for command in COMMANDS]
        typed += [(command, reference) for command in OF_REQUESTS for reference in references]
        for command, reference in typed:
            result = runner.invoke(args=[*command.split(), *filter(None, [reference])])
            text = result.output.replace(str(self.twin.world.folder), "")
            yield View(ADMINS, f"flask {command}", reference), text

    # Opening pages, by links as they are mailed

    def own_page(self, person: str) -> Page:
        return self.open(Link(person, Role.REVIEWER, None, None, self._end, ME))

    def request(self, person: str, stored: StoredCase) -> Page:
        return self.open(Link(person, Role.REVIEWER, stored.id, None, self._end))

    def open(self, link: Link) -> Page:
        token = "-".join(filter(None, map(str, (link.person, link.case_id, link.offer, link.page))))
        token = f"{token:x<{43}}"[:43]
        with self.twin.store.write() as db:
            links.keep(db, token, link)
        return self.twin.browser().open(f"{self.twin.url}/open/{token}")

    @property
    def _end(self) -> datetime:
        return self.twin.now() + timedelta(days=1)
