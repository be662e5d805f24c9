"""The supporters themselves: a quarterly debrief, and somebody to talk to after hard ones."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store import cases, uses
from store.record import history
from tests import disk
from tests.nominating import plan
from tests.program_files import look
from tests.world import JORDAN, REQUESTER, SAM, World

BETH, DANA = "beth.lindgren@example.org", "dana.whitfield@example.org"
DEBRIEF = "group-debrief"
#: What the mail to one supporter says.
TALK = "Care Desk: thank you"


def call_in(file: Path) -> str:
    return next(line for line in file.read_text().splitlines(True) if line.startswith("call = "))


def test_every_supporter_is_invited_a_month_ahead_and_nobody_records_who_came(
    world: World,
) -> None:
    world.work()
    plan(world, "winter", DEBRIEF, "2027-01-12", seats=40)
    assert world.mails(BETH, "can you come") == [], "it is more than a month ahead"
    world.passes(days=25)
    active = [one for one in world.engine.program.supporters.values() if one.status == "active"]
    asked = [one for one in active if world.mails(one.notify_email or one.email, "can you come")]
    assert (len(asked), len(active) > 30) == (len(active), True)
    page = world.open(world.mail(BETH, "can you come")).choose("yes")
    assert "You have a seat" in page.text
    assert "BEGIN:VEVENT" in page.person.look(f"{world.url}/invitation/calendar.ics").answer.text
    world.open(world.mail(DANA, "can you come")).choose("no")

    world.clock.now = datetime(2027, 1, 12, 18, 0, tzinfo=UTC)
    world.work()
    world.passes(minutes=2)
    assert world.mails(JORDAN, "who came?") == []
    shown = world.own_page(JORDAN).person.look(f"{world.url}/trainings")
    assert "Beth Lindgren: coming" in shown.text
    assert "Dana" not in shown.text
    assert "Who came?" not in shown.text
    assert world.mails(SAM, "edit your files") == []
    world.passes(days=14, minutes=2)
    assert world.count("invitations") == 0


def test_nobody_is_invited_without_the_table(world: World) -> None:
    file = world.folder / "config/training.toml"
    table = f'[care]\nkind = "{DEBRIEF}"\n{call_in(file)}'
    assert table in file.read_text()
    file.write_text(file.read_text().replace(table, ""))
    look(world)
    plan(world, "soon", DEBRIEF, "2026-12-08", seats=40)
    world.clock.now += timedelta(hours=1)
    world.work()
    assert world.mails(BETH) == []


def test_a_kind_that_trains_is_none_for_the_supporters_themselves(world: World) -> None:
    world.work()
    file = world.folder / "config/training.toml"
    file.write_text(
        file.read_text().replace(f'[care]\nkind = "{DEBRIEF}"', '[care]\nkind = "refresher"')
    )
    look(world)
    world.work()
    assert "refresher of [care] is for training, too" in world.mail(SAM, "fix your files").text


def finished(world: World, **answers: str) -> str:
    """Bring a request to its end; return its supporter's address."""
    _, supporter = world.in_contact()
    page = world.open(world.mail(supporter))
    assert "It was a hard one" in page.text
    assert page.choose("completed", outcome="supported", **answers).status == 200
    world.passes(days=1)
    return supporter


def test_who_marks_a_request_as_hard_hears_who_talks_it_through_with_them(world: World) -> None:
    supporter = finished(world, hard="yes")
    (mail,) = world.mails(supporter, TALK)
    assert "Elena Marsh, (860) 555-0120" in mail.text
    for telling in ("PS-", "hard", "request", "third", "Jamie"):
        assert telling not in mail.text.partition("Peer Support at")[0]
    db = world.store.read()
    stored = cases.find(db, world.only_case().reference)
    assert stored is not None
    assert "hard" not in str(history.lines(db, stored.id))
    for one in (JORDAN, SAM):
        assert world.mails(one, TALK) == []


@pytest.mark.parametrize(("before", "mails"), [(0, 0), (1, 0), (2, 1), (3, 0), (5, 1)])
def test_it_comes_after_each_third_request_as_well(world: World, before: int, mails: int) -> None:
    _, supporter = world.in_contact()
    known = world.engine.program.supporters.values()
    id = next(one.id for one in known if supporter in (one.email, one.notify_email))
    with world.store.write() as db:
        for _ in range(before):
            uses.record_match(db, id, "2026-Q3")
    world.open(world.mail(supporter)).choose("completed", outcome="supported")
    world.passes(days=1)
    assert len(world.mails(supporter, TALK)) == mails


def test_nobody_is_named_without_a_call(world: World) -> None:
    file = world.folder / "config/training.toml"
    file.write_text(file.read_text().replace(call_in(file), ""))
    look(world)
    _, supporter = world.in_contact()
    page = world.open(world.mail(supporter))
    assert "It was a hard one" not in page.text
    page.choose("completed", outcome="supported", hard="yes")
    world.passes(days=1)
    assert world.mails(supporter, TALK) == []


def test_it_comes_although_the_requester_deletes_the_request_meanwhile(world: World) -> None:
    """As when a mail server is down. It is about nobody: nothing of the request stays in it."""
    reference, supporter = world.in_contact()
    world.open(world.mail(supporter)).choose("completed", outcome="supported", hard="yes")
    world.mailbox.refuse_data_with = 451
    world.passes(days=1)
    assert world.open(world.mail(REQUESTER)).choose("erased").status == 200
    world.passes(minutes=1)
    assert reference not in world.references
    assert not world.mails(supporter, TALK)
    assert reference not in disk.opened(world.store)
    world.mailbox.refuse_data_with = None
    world.passes(hours=3)
    (mail,) = world.mails(supporter, TALK)
    assert "Elena Marsh, (860) 555-0120" in mail.text
    assert reference not in mail.subject + mail.text
