"""Requests are forgotten when it is time, can be proved to be, and are held when they must be."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests import disk
from tests.program_files import change
from tests.test_mails import eventful_life
from tests.test_story_copies import OFF, ON
from tests.world import JAMIE, JORDAN, REQUESTER, World

Says = Callable[..., str]


@pytest.fixture
def says(world: World) -> Says:
    """Run a command of ours and return what it prints."""
    runner = world.app.test_cli_runner()
    return lambda *args: str(runner.invoke(args=[*args]).output)


def closed(world: World, **changed: object) -> str:
    """Bring a request to its good end."""
    reference, _ = world.in_contact(**changed)
    world.open(world.mail(JORDAN)).choose("completed", outcome="supported")
    world.passes(minutes=6)
    return reference


def health(world: World) -> tuple[int, list[str]]:
    answer = world.app.test_client().get("/health")
    assert answer.json is not None
    return answer.status_code, answer.json["wrong"]


def test_what_is_due_can_be_listed_and_forgotten_by_hand(world: World, says: Says) -> None:
    reference = closed(world)
    assert "0 due now, others later." in says("forget", "--dry-run")
    world.clock.now += timedelta(days=30)
    listed = says("forget", "--dry-run")
    assert f"{reference}  due 2026-12-23" in listed
    assert "jamie" not in listed.lower()
    assert world.references == [reference], "listing forgets nothing"
    done = says("forget")
    assert "1 request forgotten." in done
    assert "Last run: 2026-12-23" in done
    assert world.references == []
    assert "0 requests forgotten." in says("forget"), "safe to repeat"


def test_a_hold_on_everything_keeps_everything_until_it_is_released(
    world: World, says: Says
) -> None:
    reference = closed(world)
    assert "Nothing is held." in says("hold", "--list")
    assert "Everything is held." in says("hold", "--all")
    newer = world.submit(QID1_TEXT="Robin Vale", QID2_TEXT="robin.vale@example.org")
    world.work()
    world.open(world.mail("robin.vale@example.org")).choose("withdrawn_erased")
    world.passes(days=60)
    assert len(world.references) == 2, newer
    assert world.count("identities") == 2
    assert "Everything has been held since 2026-11-23: nothing is" in says("hold", "--list")
    assert "0 requests forgotten." in says("forget")
    assert health(world) == (200, []), "what is held is not late"
    assert says("hold", reference) == f"{reference} is held.\n"
    assert "Everything is released." in says("hold", "--all", "--release")
    assert f"{reference}  held since 2027-01-22" in says("hold", "--list")
    world.passes(minutes=1)
    assert world.references == [reference], "a hold of its own outlives the one on everything"
    says("hold", reference, "--release")
    world.passes(minutes=1)
    assert world.references == []


@pytest.mark.parametrize("args", [(), ("PS-7K3QF", "--all"), ("--all", "--list")])
def test_a_hold_says_what_it_holds(says: Says, args: tuple[str, ...]) -> None:
    assert "Name one request, or give --all, or --list" in says("hold", *args)


@pytest.mark.file("has a trigger of its own in it")
def test_somebody_hears_when_something_due_is_not_forgotten(world: World) -> None:
    reference = closed(world)
    with world.store.write() as db:
        # Nobody can forget it: it seems to change under every attempt.
        db.execute(
            "create trigger stuck before delete on cases begin select raise(abort, 'stuck'); end"
        )
    world.passes(days=31)
    assert health(world) == (200, [])
    world.passes(days=1)
    assert health(world) == (503, ["forgetting"])
    with world.store.write() as db:
        db.execute("drop trigger stuck")
    world.passes(minutes=1)
    assert reference not in world.references
    assert health(world) == (200, [])


def test_reconciling_and_importing_after_forgetting_create_nothing(
    world: World, says: Says
) -> None:
    closed(world)
    (response_id,) = world.qualtrics.responses
    world.passes(days=31)
    assert world.references == []
    mailed = len(world.mails(REQUESTER))
    with world.store.write() as db:
        db.execute("delete from reconciliations")  # So that all of the form is compared again.
    assert "Known already: 1." in says("qualtrics", "reconcile")
    world.qualtrics.publish(response_id)
    assert world.qualtrics.wait_until_published()
    world.passes(hours=1)
    assert (world.references, len(world.mails(REQUESTER))) == ([], mailed)


@pytest.mark.file("reads its bytes")
def test_after_the_promised_days_nothing_leads_back_to_anybody(world: World) -> None:
    """With the keys and without, on the disk, in Qualtrics, and in mails that leave later."""
    change(world, "survey.toml", OFF, ON)
    eventful_life(world)
    (reference,), (response_id,) = world.references, world.qualtrics.responses
    told = {str(text) for text in JAMIE.values() if len(str(text)) >= disk.SHORTEST}
    secret = {*told, reference, response_id}
    assert {"Jamie Quill", reference, response_id} <= {
        text for text in secret if text in disk.opened(world.store)
    }
    world.passes(days=29)
    assert world.references == [reference], "and not a day sooner"
    count = len(world.mailbox.messages)
    for _ in range(3):
        world.passes(days=1)
    known = disk.opened(world.store)
    assert {text for text in secret if text in known} == set()
    raw = disk.raw(world.store)
    assert [text for text in secret if text.encode() in raw] == []
    assert world.qualtrics.responses == {}
    later = b"".join(mail.raw for mail in world.mailbox.messages[count:])
    assert [text for text in secret if text.encode() in later] == []


def test_a_requester_can_have_everything_deleted_after_it_was_closed(world: World) -> None:
    closed(world)
    old = world.mail(JORDAN)
    page = world.open(world.mail(REQUESTER))
    assert "Withdraw my request" not in page.text
    done = page.choose("erased")
    assert "We’ve deleted your name and how to reach you" in done.text
    assert "keeps its copy of the form until it’s deleted there too" in done.text
    assert world.count("identities") == 0
    world.passes(minutes=1)
    assert world.references == []
    assert ("outcome", "supported") in world.rows("tallies", "what", "value")
    for mail in (old, world.mail(REQUESTER)):
        assert world.open(mail).status == 404, "a link to nothing opens nothing"


def test_what_is_erased_cannot_be_opened_again_or_undone(world: World, says: Says) -> None:
    reference, supporter = world.in_contact()
    reviewing = world.open(world.mail(JORDAN))
    reviewing.choose("closed", outcome="support_declined")
    page = world.open(world.mail(REQUESTER))
    says("hold", reference)
    page.choose("erased")
    assert world.references == [reference], "a hold keeps it"
    assert world.count("identities") == 1
    for chosen in ("undone", "reopened"):
        assert reviewing.choose(chosen).status == 403, "a reviewer's page closed with it"
    assert "It’s deleted" in page.choose("reopened").text
    assert not world.case(reference).is_open
    world.passes(minutes=6)
    assert [m for m in world.mails(supporter) if "covered" in m.text], "who called hears of it"
    says("hold", reference, "--release")
    world.passes(minutes=1)
    assert world.references == []


def test_reviewers_are_asked_each_week_whether_to_close_what_nobody_touches(world: World) -> None:
    reference, _ = world.in_contact()
    for days in (35, 77, 7):
        world.passes(days=days)
    assert not [m for m in world.mails(JORDAN) if "Should we close and delete it?" in m.text]
    assert "Close and delete?" not in world.open(world.mail(JORDAN, reference)).text
    for _ in range(3):
        world.passes(days=7)
    asked = [m for m in world.mails(JORDAN) if "Should we close and delete it?" in m.text]
    assert len(asked) == 3, "once a week"
    page = world.open(asked[-1])
    assert "Close and delete?" in page.text
    assert world.case(reference).is_open, "nothing closes by itself"
    page.choose("continued")
    assert "Close and delete?" not in world.open(world.mail(JORDAN, reference)).text
    world.open(world.mail(JORDAN, reference)).choose("completed", outcome="supported")
    world.passes(days=31)
    assert world.references == []
