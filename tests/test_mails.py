"""What holds for every mail of a whole request's life, as it went over the wire."""

import re
from collections.abc import Iterator

import pytest
import requests

from engine.engine import Engine
from tests.world import JORDAN, REQUESTER, World, link_in, living

TABLES = (
    "deliveries", "cases", "identities", "history", "openings", "rankings", "outbox", "tallies",
    "alarms",
)  # fmt: skip
#: What tells who the requester is, in the form that the world's requester fills in.
TELLING = ("jamie", "quill", "860-555-0199", "night float")


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    db = engine.store.read()
    return {table: db.execute(f"select * from {table}").fetchall() for table in TABLES}  # noqa: S608


def eventful_life(world: World) -> None:
    """Live through as many kinds of mail as one request can see."""
    reference = world.offered()
    world.open(world.mail(world.asked(reference))).choose("declined")
    world.passes(minutes=6)
    world.until_handled(reference)
    world.open(world.mail(world.asked(reference))).choose("accepted")
    world.passes(minutes=6)
    supporter = world.asked(reference)
    for _ in range(6):
        world.until_handled(reference)
    page = world.open(world.mail(supporter))
    page.choose("referred", resource=[page.values("resource")[0]])
    world.open(world.mail(supporter)).choose("contacted")
    for _ in range(4):
        world.until_handled(reference)
    # Two weeks after their last mail, its link is over.
    world.open(world.mail(REQUESTER)).choose("fresh")
    world.until_links_are_mailed()
    world.open(world.mail(REQUESTER)).choose("rematch_asked")
    world.passes(minutes=6)
    for _ in range(5):
        world.until_handled(reference)
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    world.open(world.mail(world.asked(reference))).choose("accepted")
    world.open(world.mail(world.asked(reference))).choose("completed", outcome="supported")
    world.passes(minutes=6)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world after such a life, for tests that change nothing in it."""
    with living(tmp_path_factory.mktemp("lived")) as world:
        eventful_life(world)
        yield world


def test_no_mail_but_the_requesters_own_names_the_requester(lived: World) -> None:
    others = [m for m in lived.mailbox.messages if REQUESTER not in m.recipients]
    assert len({m.subject.split(": ")[-1] for m in others}) > 6, "many kinds of mail"
    for mail in others:
        whole = (mail.raw.decode() + mail.text + mail.html).lower()
        assert [word for word in TELLING if word in whole] == [], mail.subject


def test_every_mailed_link_fetched_again_and_again_changes_nothing(lived: World) -> None:
    links = {link_in(m) for m in lived.mailbox.messages if "/open/" in m.text}
    assert len(links) > 10
    before = contents(lived.engine)
    bodies = set()
    with requests.Session() as scanner:
        for link in links:
            for _ in range(3):
                for fetch in (scanner.head, scanner.get):
                    answer = fetch(link, allow_redirects=True, timeout=60)
                    assert answer.status_code == 200
                    assert "desk" not in answer.cookies or "visits" not in answer.text
                    bodies.add(re.sub(r'value="[^"]+"', "", answer.text))
    assert contents(lived.engine) == before
    assert len(bodies) == 2, "one neutral page for everybody, and nothing for HEAD"


def test_every_mail_is_marked_as_automatic_and_can_be_answered(lived: World) -> None:
    ids = [str(m.parsed["Message-ID"]) for m in lived.mailbox.messages]
    assert len(set(ids)) == len(ids)
    for mail in lived.mailbox.messages:
        assert mail.parsed["Auto-Submitted"] == "auto-generated"
        assert mail.parsed["X-Auto-Response-Suppress"] == "OOF, AutoReply"
        assert mail.parsed["Reply-To"] == "care-desk@example.org"
        assert len(mail.recipients) == 1
        assert "988" in mail.text or REQUESTER not in mail.recipients


def test_a_held_request_is_kept_until_it_is_released(world: World) -> None:
    reference = world.request()
    runner = world.app.test_cli_runner()
    assert "is held" in runner.invoke(args=["hold", reference]).output
    world.open(world.mail(REQUESTER)).choose("withdrawn_erased")
    world.passes(days=60)
    assert world.count("cases") == 1
    assert world.count("identities") == 1
    assert "is released" in runner.invoke(args=["hold", reference, "--release"]).output
    world.passes(minutes=1)
    assert world.count("cases") == 0


def test_the_history_command_tells_a_life_without_identity(world: World) -> None:
    reference, _ = world.in_contact()
    result = world.app.test_cli_runner().invoke(args=["history", reference.lower()])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) == 5
    page = world.open(world.mail(JORDAN))
    page.choose("identity")
    again = world.app.test_cli_runner().invoke(args=["history", reference])
    assert "jordan-reyes opened name and contact" in again.output
    assert "version 2026-11-" in result.output
    assert "jamie" not in result.output.lower()
    missing = world.app.test_cli_runner().invoke(args=["history", "PS-XXXXX"])
    assert missing.exit_code == 1
    assert "There is no request PS-XXXXX" in missing.output
