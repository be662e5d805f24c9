"""Every kind of page that people can meet, as the real service answers it."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import requests
from flask import Flask, template_rendered
from jinja2 import Template

from pages.reports import past
from people.units import NOT_SAID
from tests.browser import afterwards, invited
from tests.browser.invited import Stops
from tests.signing_on import SIGN_ON
from tests.world import (
    JORDAN,
    PRIYA,
    REQUESTER,
    SAM,
    Browser,
    Page,
    World,
    example_config,
    link_in,
    living,
)

Gallery = dict[str, requests.Response]
Road = Callable[[World], Stops]

#: Another site leads its visitor to a page of ours.
LED_HERE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
#: No e-mail, so that whatever this person must hear becomes a reviewer's task.
PHONE_ONLY: dict[str, object] = {"QID2_TEXT": None, "QID4": ["3"]}
#: Answers that nobody can read, to the question about safety too: urgent, and shown to reviewers.
UNREADABLE: dict[str, object] = {"QID12": 99, "QID8": 99}
#: A pharmacist who would like another one, from outside of their department: there is none.
PHARMACIST: dict[str, object] = {"QID8": 6, "QID10_1": 1, "QID10_2": 3, "QID10_3": 2}
#: Nobody can be asked: the only supporter without a pause is one whom the person did not want.
NOT_AMARA: dict[str, object] = {"QID2_TEXT": None, "QID3_TEXT": None, "QID11_TEXT": "Amara Cole"}


@dataclass(frozen=True)
class Walk:
    """The pages on one road, and the templates that were rendered on the way."""

    road: str
    gallery: Gallery
    templates: set[str]


def walk(road: Road, folder: Path) -> Walk:
    """Walk one road through the service and keep each page on the way, by name."""
    found = Walk(road.__name__.strip("_"), {}, set())
    config = all_but_amara_paused(folder) if road is _nobody_to_ask else None
    more = SIGN_ON if road is _signing_on else None

    def note(app: Flask, template: Template, **_: object) -> None:
        found.templates.add(f"{template.name}")

    with living(folder, config, more=more) as world, template_rendered.connected_to(note):
        for name, page in road(world):
            assert name not in found.gallery, name
            found.gallery[name] = page.answer
    return found


def _main_road(world: World) -> Stops:
    reference = world.request()
    link = link_in(world.mail(JORDAN))
    reviewing, second = world.open(world.mail(JORDAN)), world.open(world.mail(PRIYA))
    anybody = reviewing.person
    yield "continue", Page(anybody, anybody.web.get(link))
    yield "privacy", Page(anybody, anybody.web.get(f"{world.url}/privacy"))
    yield "help", Page(anybody, anybody.web.get(f"{world.url}/help"))
    led = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    yield "from-another-site", Page(anybody, anybody.web.get(reviewing.answer.url, headers=led))
    yield "link-cut-off", anybody.open(link[:-9])
    yield "from-elsewhere", Page(anybody, anybody.web.get(f"{world.url}/page/1", headers=LED_HERE))
    yield "requester-in-review", world.open(world.mail(REQUESTER))
    yield "reviewer", reviewing
    yield "reviewer-chose-nothing", reviewing.choose("")
    yield "reviewer-looked", reviewing.choose("identity")
    warned_of = {"first": "dana-whitfield", "backup": "amara-cole"}
    yield "reviewer-needs-reason", reviewing.choose("offered", **warned_of)
    first, stand_in = reviewing.values("first")[:2]
    yield "reviewer-decided", reviewing.choose("offered", first=first, backup=stand_in)
    yield "reviewer-came-second", second.choose("offered", first=stand_in)
    world.passes(minutes=6)
    yield "reviewer-offered", world.open(world.mail(JORDAN))
    yield "requester-offered", world.open(world.mail(REQUESTER))
    asked = world.asked(reference)
    card = world.open(world.mail(asked))
    yield "supporter-asked", card
    yield "supporter-accepted", card.choose("accepted")
    world.passes(minutes=6)
    yield "reviewer-matched", world.open(world.mail(JORDAN))
    waiting = world.open(world.mail(REQUESTER))
    yield "requester-matched", waiting
    yield "requester-wrong-address", waiting.choose("contact_corrected", email="not an address")
    yield (
        "requester-without-address",
        waiting.choose("contact_corrected", phone="860-555-0166", how=["mail", "call"]),
    )
    yield (
        "requester-corrected",
        waiting.choose("contact_corrected", phone="860-555-0155", how=["call"]),
    )
    world.work()
    yield "supporter-waits", world.open(world.mail(asked))
    yield "reviewer-correction", world.open(world.mail(JORDAN))
    world.passes(hours=25)
    yield "supporter-corrected", world.open(world.mail(asked))
    yield "supporter-in-contact", world.open(world.mail(asked)).choose("contacted")
    yield "requester-in-contact", world.open(world.mail(REQUESTER))
    yield "reviewer-in-contact", world.open(world.mail(JORDAN))
    yield "supporter-done", world.open(world.mail(asked)).choose("completed", outcome="supported")
    yield "requester-closed", world.open(world.mail(REQUESTER))
    yield "reviewer-closed", world.open(world.mail(JORDAN))
    yield "requester-erased", world.open(world.mail(REQUESTER)).choose("erased")
    world.ask_for_link(JORDAN)
    world.clock.now += timedelta(days=31)
    yield "link-too-old", anybody.open(link_in(world.mail(JORDAN, "your page")))


def _too_late(world: World) -> Stops:
    reference = world.request()
    reviewing = world.open(world.mail(JORDAN))
    late_review = world.mail(PRIYA)
    reviewing.choose("offered", first=reviewing.values("first")[0])
    world.passes(minutes=6)
    offer = world.mail(world.asked(reference))
    world.passes(hours=72)
    yield "supporter-late", world.open(offer)
    world.passes(hours=72)
    yield "reviewer-overdue", world.open(late_review)
    world.open(offer).choose("accepted")
    yield "supporter-handed-back", world.open(offer).choose("handed_back")
    world.passes(minutes=6)
    yield "supporter-over", world.open(offer)
    yield "reviewer-stepped-back", world.open(world.mail(JORDAN)).choose("handed_over")
    world.passes(minutes=6)
    yield "reviewer-no-longer", world.open(world.mail(JORDAN))


def _signing_on(world: World) -> Stops:
    world.request()
    yield "reviewer-not-signed-on", world.open(world.mail(JORDAN))


def _withdrawn(world: World) -> Stops:
    world.request()
    page = world.open(world.mail(REQUESTER))
    yield "requester-asked-twice", page.choose("withdrawn_erased", sure="")
    yield "requester-withdrawn", world.open(world.mail(REQUESTER)).choose("withdrawn_erased")
    yield "reviewer-withdrawn", world.open(world.mail(JORDAN))


def _urgent(world: World) -> Stops:
    world.request(**UNREADABLE)
    calling = world.open(world.mail(JORDAN))
    yield "reviewer-urgent", calling
    yield "reviewer-wrote", calling.choose("text")
    yield "reviewer-called", calling.choose("call_taken")
    yield "reviewer-after-call", world.open(world.mail(JORDAN))


def _by_phone(world: World) -> Stops:
    world.matched(**PHONE_ONLY)
    page = world.open(world.mail(JORDAN))
    yield "reviewer-tells", page
    yield "reviewer-tells-how", page.choose("identity")


def _nobody_to_ask(world: World) -> Stops:
    world.request(**NOT_AMARA)
    yield "reviewer-unreachable", world.open(world.mail(JORDAN))


def _not_wanted(world: World) -> Stops:
    world.request(QID11_TEXT="Beth Sandoval, the tall one on days", QID2_TEXT=None)
    page = world.open(world.mail(JORDAN))
    yield "reviewer-unclear", page
    text = page.choose("text")
    yield "reviewer-unclear-text", text
    yield "reviewer-unclear-nobody-chosen", text.choose("recognized")
    settled = text.choose(
        "recognized", typed="Beth Sandoval", could_mean="pia-sandoval", meant="pia-sandoval"
    )
    yield "reviewer-unclear-settled", settled


def _unnamed_unit(world: World) -> Stops:
    world.request(QID7_TEXT=None)
    page = world.open(world.mail(JORDAN))
    yield "reviewer-unnamed-unit", page
    text = page.choose("text")
    yield "reviewer-unnamed-which-unit", text
    yield "reviewer-unnamed-unit-settled", text.choose("recognized", unit="", meant=NOT_SAID)


def _unknown_unit(world: World) -> Stops:
    world.request(QID7_TEXT="Tower 3")
    page = world.open(world.mail(JORDAN))
    yield "reviewer-unknown-unit", page
    text = page.choose("text")
    yield "reviewer-which-unit", text
    yield "reviewer-unit-settled", text.choose("recognized", unit="Tower 3", meant="Trauma Bay")


def _twice(world: World) -> Stops:
    older, supporter = world.matched()
    offer = world.case(older).current_offer
    assert offer is not None
    name = world.engine.program.supporters[offer.supporter].name
    world.submit(QID2_TEXT="robin.vale@example.org", QID11_TEXT=name)
    world.work()
    world.passes(minutes=11)
    newer = world.open(world.mail(JORDAN))
    slow = world.open(world.mail(PRIYA))
    yield "reviewer-twice", newer
    yield "reviewer-twice-older", world.open(world.mail(JORDAN, f"{older}:"))
    yield "reviewer-twice-merged", newer.choose("same_request", other=older)
    yield "reviewer-twice-came-second", slow.choose("different_requests", other=older)
    world.work()
    asked = world.open(world.mail(REQUESTER, "was this you?"))
    yield "requester-asked", asked
    yield "requester-twice", world.open(world.mail("robin.vale@example.org"))
    yield "reviewer-both-ways", world.open(world.mail(JORDAN, f"{older}:")).choose("identity")
    asked.choose("contact_confirmed", confirmation=asked.values("confirmation")[0])
    world.open(world.mail(supporter)).choose("contacted")
    world.submit(QID2_TEXT="robin.vale@example.org", QID12=2)
    world.work()
    page = world.open(world.mail(JORDAN, "can’t wait"))
    yield "reviewer-twice-urgent", page
    yield "reviewer-twice-urgent-older", world.open(world.mail(JORDAN, f"{older}:"))
    page = page.choose("call_taken").choose("called")
    yield "reviewer-twice-in-contact", page
    assert page.choose("same_request", other=older).status == 200
    yield "supporter-twice", world.open(world.mail(supporter))


def _files(world: World) -> Stops:
    world.work()
    program = world.folder / "config/program.toml"
    program.write_text(program.read_text().replace('forget_after = "30', 'forget_after = "7'))
    roster = world.folder / "config/supporters.csv"
    roster.write_text("".join(roster.read_text().splitlines(keepends=True)[:30]))
    world.work()
    asked = world.open(world.mail(SAM))
    yield "files-wait", asked
    yield "files-chose-nothing", asked.choose("")
    yield "files-left", asked.choose("rejected")
    yield "files-settled", asked.choose("in_force")
    program.write_text(program.read_text().replace('forget_after = "7', 'forget_after = "30'))
    world.work()
    yield "files-replaced", world.open(world.mail(SAM, "confirm"))


def _copies(world: World) -> Stops:
    world.request()
    world.open(world.mail(REQUESTER)).choose("withdrawn_erased")
    world.passes(days=8)
    page = world.open(world.mail(SAM, "clean up"))
    yield "copies", page
    yield "copies-chose-nothing", page.choose("")
    yield "copies-done", page.choose("", deleted=page.values("deleted"))


def _own_pages(world: World) -> Stops:
    anybody = Browser()
    yield "me-supporter-free", world.own_page("beth.lindgren@example.org")
    yield "ask-for-link", anybody.look(f"{world.url}/link")
    yield "link-mailed", world.ask_for_link(JORDAN)
    own = world.open(world.mail(JORDAN))
    yield "board-quiet", own
    first, supporter = world.matched()
    world.open(world.mail(PRIYA, first)).choose("looking")
    yield "reviewer-somebody-looks", world.open(world.mail(JORDAN, first))
    world.submit(QID2_TEXT="robin.vale@example.org", QID3_TEXT=None, QID12=2)
    world.work()
    world.submit(QID2_TEXT=None, QID3_TEXT="860-555-0177", QID4=["3"])
    world.passes(minutes=11)
    yield "reviewer-several-wait", world.open(world.mail(JORDAN))
    world.ask_for_link(JORDAN)
    own = world.open(world.mail(JORDAN, "your page"))
    yield "board", own.again()
    yield "board-link-mailed", own.again().choose(first)
    me = own.person.look(f"{world.url}/me")
    yield "me", me
    yield "me-chose-nothing", me.choose("away_until")
    world.own_page(PRIYA).choose("away_open")
    yield "me-leaving", me.choose("away_until", first="2026-11-24", last="2026-12-04")
    me.choose("away_until", first="2026-12-21", last="2026-12-31")
    yield "me-away-twice", me.choose("away_open")
    me.choose("back")
    yield "me-supporter", world.own_page(supporter)
    yield "me-supporter-told", world.own_page(supporter).choose("talk", reference=first)
    yield "me-supporter-rests", world.own_page(supporter).choose("rest_2")
    world.own_page(supporter).choose("ready")
    world.own_page(supporter).choose("away_open")
    world.work()
    yield "reviewer-supporter-away", world.open(world.mail(JORDAN, "someone is away"))


def _reports(world: World) -> Stops:
    world.work()
    yield "no-report", world.own_page(JORDAN).person.look(f"{world.url}/report")
    program, today = world.engine.program, world.clock.now.date()
    with world.store.write() as db:
        past.invent(db, program, today)
    world.passes(minutes=1)
    yield "report", world.own_page(JORDAN).person.look(f"{world.url}/report")


def _too_few(world: World) -> Stops:
    world.request(**PHARMACIST)
    yield "reviewer-too-few", world.open(world.mail(JORDAN))


def all_but_amara_paused(folder: Path) -> Path:
    """Return the example program with one supporter left who is not taking a pause."""
    config = example_config(folder)
    file = config / "supporters.csv"
    with file.open(newline="") as read:
        rows = list(csv.DictReader(read))
    with file.open("w", newline="") as write:
        writer = csv.DictWriter(write, rows[0].keys())
        writer.writeheader()
        for row in rows:
            writer.writerow(row if row["id"] == "amara-cole" else row | {"status": "paused"})
    return config


ROADS: tuple[Road, ...] = (
    _main_road, _too_late, _withdrawn, _urgent, _by_phone, _nobody_to_ask, _twice, _files, _copies,
    _own_pages, invited.nominees, invited.referral, invited.outreach, invited.trainings, _too_few,
    _reports, _not_wanted, _unknown_unit, _unnamed_unit, _signing_on, afterwards.handed_over,
    afterwards.feedback,
)  # fmt: skip
