"""Whoever cannot be asked just now reads the same wherever a colleague could look."""

import logging
from collections.abc import Callable
from functools import partial

import pytest

from store import uses
from tests.asking import BETH, asks_for_support, bytes_of, candidates, page_of
from tests.program_files import NEW_LINE, add_supporter, agree, change, leading, look
from tests.test_story_supporters import edit
from tests.world import JORDAN, PRIYA, REQUESTER, World
from workflow.model import State

#: One of them has a refresher that is overdue, which the roster shows beside.
SUPPORTERS = {
    "amara-cole": "amara.cole@example.org",
    "dana-whitfield": "dana.whitfield@example.org",
}
BREAKS = ("away_open", "pause", "rest_1", "rest_4")
STATUSES = ("paused", "inactive")


def with_status(status: str, line: str) -> str:
    return f"{line.rpartition(',')[0]},{status}"


@pytest.mark.parametrize("supporter", SUPPORTERS)
def test_unavailable_supporters_look_the_same_on_pages_in_commands_reports_and_logs(
    world: World, caplog: pytest.LogCaptureFixture, supporter: str
) -> None:
    """Away, taking a pause, resting, paused or inactive in the files, or supported just now."""
    address = SUPPORTERS[supporter]
    # Shares are printed of quarters with so many matches.
    matches = world.engine.program.file.reports.bound
    with world.store.write() as db:
        for _ in range(matches):
            uses.record_match(db, supporter, "2026-Q3")
    reference = world.request()
    page, requesters = world.open(world.mail(JORDAN)), world.open(world.mail(REQUESTER))

    def printed() -> list[str]:
        commands = (
            ("match", reference),
            ("match", "--what-if", "role=nurse", "wish.role=similar"),
            ("roster",),
            ("report", "--supporters"),
        )
        runner = world.app.test_cli_runner()
        results = [runner.invoke(args=list(command)) for command in commands]
        assert [result.exit_code for result in results] == [0, 0, 0, 0]
        return [result.output for result in results]

    def seen() -> tuple[str, str]:
        return bytes_of(page.again()), bytes_of(requesters.again())

    def logged(change: Callable[[], object]) -> list[str]:
        caplog.clear()
        with caplog.at_level(logging.INFO):
            change()
        # The development server's own access log: addresses of pages, as for every visit.
        ours = [record for record in caplog.records if record.name != "werkzeug"]
        return [record.getMessage() for record in ours if supporter in record.getMessage()]

    lines = logged(partial(asks_for_support, world, address))
    world.passes(days=1)
    page, requesters = page_of(world, reference), world.open(world.mail(REQUESTER))
    found, admins = {"supported": seen()}, printed()
    world.open(world.mail(address)).choose("withdrawn_erased")
    world.work()
    here = seen()
    assert printed() == admins, "no command depends on who asks for support"
    for choice in BREAKS:
        own = world.own_page(address)
        lines += logged(partial(own.choose, choice))
        found[choice] = seen()
        assert printed() == admins
        own.choose("back" if choice == "away_open" else "ready")
    for status in STATUSES:
        lines += logged(partial(edit, world, partial(with_status, status), supporter))
        found[status] = seen()
        edit(world, partial(with_status, "active"), supporter)
    assert seen() == here
    assert {reason: said == found["pause"] for reason, said in found.items()} == dict.fromkeys(
        found, True
    )
    assert found["pause"] != here
    assert lines == []


@pytest.mark.parametrize("guess", ["line", "phone"])
def test_a_guess_in_the_files_does_not_tell_whether_somebody_has_asked(
    world: World, guess: str
) -> None:
    """An admin guesses who has asked, and a coordinator looks whether that one may be asked."""
    world.submit(QID1_TEXT="Kim Vale", QID2_TEXT="kim@home.example.com", QID3_TEXT="860-555-0171")
    world.work()
    world.passes(days=1)
    if guess == "line":
        add_supporter(world, NEW_LINE.replace("Zoe Hart", "Kim Vale"))
    else:
        change(world, "supporters.csv", "860-555-0111", "860-555-0171")
    look(world)
    decoy = asks_for_support(world, "decoy@home.example.com")
    world.passes(minutes=11)
    guessed = "zoe-hart" if guess == "line" else "beth-lindgren"
    assert guessed in candidates(world, decoy)


def test_a_request_in_a_supporters_name_alone_takes_them_off_no_list(world: World) -> None:
    """Anybody can type any name; an address or a phone of the list tells that they asked."""
    first = world.request()
    at_home = {"QID2_TEXT": "x@home.example.com", "QID3_TEXT": "860-555-0909"}
    world.submit(QID1_TEXT="Amara Cole", **at_home)
    asks_for_support(world, BETH)
    world.passes(days=1)
    proposed = candidates(world, first)
    assert "amara-cole" in proposed
    assert "beth-lindgren" not in proposed


def test_an_own_page_and_a_mailed_link_say_the_same_to_who_is_kept_apart_since(
    world: World,
) -> None:
    """What only one of them says would tell a supporter that the requester is close to them."""
    reference = world.offered()
    asked = world.asked(reference)
    assert reference in world.own_page(asked).text
    (person,) = world.engine.program.found_by(asked)

    edit(world, leading, person.id)
    look(world)
    agree(world, PRIYA)
    world.passes(minutes=1)
    mail = world.mail(asked, reference)
    kept_apart = world.open(mail).text
    assert "there’s nothing left to do" in kept_apart
    assert reference not in world.own_page(asked).text
    assert page_of(world, reference).choose("offer_withdrawn").status == 200
    world.passes(minutes=6)
    assert world.open(mail).text == kept_apart, "as if it was taken back"


def test_nothing_was_settled_when_whoever_was_silent_cannot_be_asked_any_more(
    world: World,
) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    first = page.values("first")[0]
    assert page.choose("offered", first=first).status == 200
    world.passes(minutes=6)
    for _ in range(30):
        world.passes(hours=6)
        if world.case(reference).state is State.IN_REVIEW:
            break
    edit(world, lambda line: f"{line.rpartition(',')[0]},inactive", first)
    page = world.open(world.mail(JORDAN, reference)).choose("accepted")
    assert page.status == 409
    assert "aren’t free right now, so we didn’t save their yes" in page.text
    assert world.case(reference).state is State.IN_REVIEW
