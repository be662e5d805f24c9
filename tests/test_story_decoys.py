"""Somebody files the form in a guessed name, and looks whether a coordinator merges the two.

Each story is lived twice from the same moment, with the merge and without. Until the requester says
that both are theirs, nobody but the reviewers of the older one sees a difference.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.beginnings import rows_of
from tests.twice import again, confirm, merge, speak
from tests.world import (
    ELENA,
    JORDAN,
    LINK,
    REQUESTER,
    Browser,
    Page,
    World,
    example_config,
    living,
)

TOKEN = "drawn-9f8e7d6c5b4a39281706f5e4d3c2b1a0"
DECOY = "decoy@example.net"
Views = dict[str, object]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    config = example_config(tmp_path, digest_at="08:00")
    with living(tmp_path, config, more={"METRICS_TOKEN": TOKEN}) as world:
        yield world


def lived(world: World, *lives: Callable[[], Views]) -> list[Views]:
    """Live several lives from the same moment on."""
    begin, kept, mails = world.clock.now, rows_of(world.store), world.mailbox.messages
    found = []
    for life in lives:
        world.clock.now = begin
        kept.put_into(world.app.extensions["settings"].database)
        world.mailbox.begin_with(mails)
        world.app.extensions.pop("counted", None)
        found.append(life())
    return found


def board(world: World) -> Page:
    """Open the board as somebody does to whom a digest was passed on."""
    digests = [mail for mail in world.mails(JORDAN) if mail.subject.startswith("Care Desk: ")]
    return world.open(digests[-1], Browser())


def promises(world: World) -> list[str]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    text = requests.get(f"{world.url}/metrics", headers=headers, timeout=60).text
    return [line for line in text.splitlines() if line.startswith("care_desk_promises")]


def typed(world: World, command: str) -> str:
    return world.app.test_cli_runner().invoke(args=command.split()).output


def digest(world: World) -> str:
    return [m.subject for m in world.mails(JORDAN) if m.subject.startswith("Care Desk: ")][-1]


@pytest.mark.parametrize("stage", ["request", "offered", "matched"])
def test_nobody_but_its_reviewers_sees_that_a_decoy_was_taken_for_the_same(
    world: World, stage: str
) -> None:
    arrived = getattr(world, stage)()
    older = arrived if isinstance(arrived, str) else arrived[0]
    world.passes(days=1)
    newer = again(world, QID2_TEXT=DECOY)
    supporter = None if stage == "request" else world.asked(older)

    def seen() -> Views:
        page = board(world)
        theirs = world.open(world.mail(DECOY, newer), Browser())
        views: Views = {
            "board": page.text,
            "board, choosing": page.choose(newer).text,
            "metrics": promises(world),
            "digest": digest(world),
            "decoy": theirs.text,
            "admin": [typed(world, command) for command in (f"history {newer}", f"match {newer}")],
            "deputy": [(m.subject, m.text) for m in world.mails(ELENA)],
        }
        if supporter:
            asked = world.open(world.mail(supporter), Browser()).text
            views |= {"supporter": asked, "mails": [m.subject for m in world.mails(supporter)]}
        return views

    def life(*, is_merged: bool) -> Views:
        if is_merged:
            assert merge(world, older, newer).status == 200
        found: Views = {}
        for when, hours in (("soon", 1), ("in the morning", 24)):
            world.passes(hours=hours)
            found |= {f"{what} {when}": view for what, view in seen().items()}
        world.passes(hours=60)
        return found | {"board, late": board(world).text, "digest, late": digest(world)}

    apart, together = lived(world, lambda: life(is_merged=False), lambda: life(is_merged=True))
    assert {
        what: (apart[what], together[what]) for what in apart if apart[what] != together[what]
    } == {}
    assert newer in str(together["board in the morning"])
    assert newer not in world.own_page(JORDAN).person.look(f"{world.url}/board").text


@pytest.mark.parametrize("within", ["61 hours", "90 hours"])
def test_a_decoy_keeps_what_it_was_promised_when_the_files_change(
    world: World, within: str
) -> None:
    """If it was promised anew, an admin could change a promise and look at a page of their own."""
    older = world.request()
    newer = again(world, QID2_TEXT=DECOY)
    file = world.folder / "config/program.toml"
    text = file.read_text()

    def life(*, is_merged: bool) -> Views:
        if is_merged:
            assert merge(world, older, newer).status == 200
        world.passes(hours=62)
        rules = world.engine.program.rules
        file.write_text(text.replace('within = "72 hours"', f'within = "{within}"'))
        world.passes(minutes=2)
        assert world.engine.program.rules != rules, "the change is in force"
        found: Views = {}
        for hours in (1, 12, 24, 24):
            world.passes(hours=hours)
            page = world.open(world.mails(DECOY)[0], Browser()).text
            mails = [(mail.subject, mail.text) for mail in world.mails(DECOY)]
            found[f"{world.clock.now}"] = (page, [LINK.sub("", str(mail)) for mail in mails])
        file.write_text(text)
        return found

    apart, together = lived(world, lambda: life(is_merged=False), lambda: life(is_merged=True))
    assert apart == together


def test_a_decoy_that_goes_on_by_itself_keeps_what_it_was_promised(world: World) -> None:
    older = world.request()
    newer = again(world, QID2_TEXT=DECOY)
    promised = {one.kind: one.due_at for one in world.case(newer).promises}
    assert merge(world, older, newer).status == 200
    file, rules = world.folder / "config/program.toml", world.engine.program.rules
    file.write_text(file.read_text().replace('within = "72 hours"', 'within = "61 hours"'))
    world.passes(minutes=2)
    assert world.engine.program.rules != rules, "the change is in force"
    page = world.open(world.mail(REQUESTER, "was this you?"))
    page.choose("separated", confirmation=page.values("confirmation")[0])
    assert {one.kind: one.due_at for one in world.case(newer).promises} == promised


def test_the_decoy_leaves_the_board_once_the_requester_says_that_it_is_theirs(
    world: World,
) -> None:
    older = world.request()
    world.passes(days=1)
    newer = again(world, QID2_TEXT=DECOY)
    assert merge(world, older, newer).status == 200
    world.work()
    page = board(world)
    assert {older, newer} <= {*page.values("choice")}
    assert "Check your email" in page.choose(newer).text
    world.work()
    assert older in world.open(world.mail(JORDAN, "new link")).text
    confirm(world, REQUESTER)
    assert newer not in board(world).text
    assert page.choose(newer).status == 410


def test_a_deputy_does_not_learn_of_a_request_by_an_urgent_decoy_from_its_address(
    world: World,
) -> None:
    """They were called about the decoy, and must not be about the request that it guessed."""
    older = world.request()
    newer = again(world, QID12=2)
    theirs = world.mail(ELENA, newer)
    speak(world, newer)
    assert merge(world, older, newer).status == 200
    world.passes(minutes=11)
    assert world.mails(ELENA, older) == []
    assert older not in world.open(theirs, Browser()).text
    assert "withdr" in world.mail(ELENA, newer).text, "or it is no longer theirs: both look alike"
    world.passes(hours=20)
    assert older not in str([(m.subject, m.text) for m in world.mails(ELENA)])
    assert "Urgent" not in board(world).text
