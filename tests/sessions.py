"""Everybody who may have a browser open while two requests are on their way, for the matrix."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.handing_over import PARTNER, agrees, asked_about
from tests.nominating import SAM_LEE, Nominating
from tests.program_files import FORGET, change, look
from tests.world import ELENA, JORDAN, PRIYA, REQUESTER, RUTH, SAM, Browser, Page, World

HANNAH, MARCUS = "hannah.oyelaran@example.org", "marcus.bell@example.org"
ROBIN = "robin.doe@example.org"
#: Random, so that it may have a short name in it.
CSRF_TOKEN = re.compile(r'(?<=name="csrf_token" value=")[^"]+')
#: What would tell who asked, or that somebody did, by request. Who has what follows below.
SECRETS = {
    "A": {"facts": "Department Emergency", "name": "Quill", "phone": "0199", "unit": "float"},
    "B": {"facts": "Department Surgery", "name": "Doe", "phone": "0187", "unit": "Trauma Bay"},
}  # fmt: skip
OF_ROBIN: dict[str, object] = {
    "QID1_TEXT": "Robin Doe",
    "QID2_TEXT": ROBIN,
    "QID3_TEXT": "860-555-0187",
    "QID6": 2,
    "QID7_TEXT": "Trauma Bay",
}


class Visit(NamedTuple):
    """A browser of one person, and the pages to which their links led."""

    browser: Browser
    pages: dict[str, Page]


@dataclass
class Scene:
    """Two requests: A is offered to its second supporter; B is matched after a deputy call."""

    world: World
    references: dict[str, str]
    sessions: dict[str, Visit] = field(default_factory=dict)

    def begin(self, who: str, address: str, **mails: str) -> None:
        """Open the newest mails that contain these words, and the own page if there is one."""
        visit = Visit(Browser(), {})
        for page, words in mails.items():
            mail = self.world.mail(address, words)
            visit.pages[page] = self.world.open(mail, visit.browser)
        self.sessions[who] = visit

    def seen_in(self, page: Page) -> set[str]:
        """Return what a page tells of which request, in its words or behind them."""
        text = page.text + CSRF_TOKEN.sub("", page.answer.text)
        known = {
            request: words | {"reference": self.references[request]}
            for request, words in SECRETS.items()
        }
        return {
            f"{request}:{what}"
            for request, words in known.items()
            for what, word in words.items()
            if word in text
        }

    def versions(self) -> list[tuple[object, ...]]:
        return self.world.rows("cases", "reference", "revision", "state")


def scene(world: World) -> Scene:
    """Let both requests come as far as they are, and let everybody open their links."""
    nominating = Nominating.begin(world)
    nominating.nominate()
    b = world.request(**OF_ROBIN)
    while not world.mails(ELENA, b):
        world.until_handled(b)
    assert world.open(world.mail(MARCUS, b)).choose("handed_over").status == 200
    first = offer(world, PRIYA, b, ())
    assert world.open(world.mail(first)).choose("accepted").status == 200
    handed_over(world, first)
    world.submit(QID11_TEXT="Priya Nair")
    world.work()
    world.passes(minutes=11)
    a = world.references[-1]
    former = offer(world, JORDAN, a, (first,))
    assert world.open(world.mail(former, a)).choose("accepted").status == 200
    assert world.open(world.mail(former, a)).choose("handed_back").status == 200
    world.work()
    asked = offer(world, JORDAN, a, (first, former))
    change(world, "program.toml", *FORGET)
    look(world)
    for address in (JORDAN, PRIYA, HANNAH, MARCUS, ELENA, RUTH, first, former, asked):
        world.ask_for_link(address)
    found = Scene(world, {"A": a, "B": b})
    found.begin("reviewer", JORDAN, request=a, own="your page")
    found.begin("barred reviewer", PRIYA, request=b, own="your page")
    found.begin("reviewer elsewhere", HANNAH, own="your page")
    found.begin("stepped back", MARCUS, request=b, own="your page")
    found.begin("called deputy", ELENA, request=b, own="your page")
    found.begin("outside person", RUTH, own="your page")
    found.begin("asked supporter", asked, request=a, own="your page")
    found.begin("matched supporter", first, request=b, own="your page")
    found.begin("former supporter", former, request=a, own="your page")
    found.begin("partner", PARTNER, request="a new referral")
    found.begin("requester", REQUESTER, request="")
    found.begin("other requester", ROBIN, request="")
    found.begin("admin", SAM, files="please confirm")
    found.begin("nominee", SAM_LEE, invitation="thought of you")
    found.sessions["stranger"] = Visit(Browser(), {})
    return found


def handed_over(world: World, supporter: str) -> None:
    """Let the requester of B say yes to being handed over to a support service."""
    world.passes(minutes=6)
    asked_about(world, world.open(world.mail(supporter)))
    agrees(world, world.open(world.mail(ROBIN, "would you like to hear from them")), "phone")


def offer(world: World, reviewer: str, reference: str, others: tuple[str, ...]) -> str:
    """Ask the first candidate who is none of these people; return their address."""
    page = world.open(world.mail(reviewer, reference))
    people = (world.engine.program.supporters[id] for id in page.values("first"))
    chosen = next(one for one in people if one.email not in others)
    assert page.choose("offered", first=chosen.id).status == 200
    world.passes(minutes=6)
    return world.asked(reference)
