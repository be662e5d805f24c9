"""The supporters themselves: once a quarter all are invited to talk among each other."""

from datetime import UTC, datetime, timedelta

from tests.nominating import plan
from tests.program_files import look
from tests.world import JORDAN, SAM, World

BETH, DANA = "beth.lindgren@example.org", "dana.whitfield@example.org"
DEBRIEF = "group-debrief"


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
    assert "Beth Lindgren: comes" in shown.text
    assert "Dana" not in shown.text
    assert "Who came?" not in shown.text
    assert world.mails(SAM, "edit your files") == []
    world.passes(days=14, minutes=2)
    assert world.count("invitations") == 0


def test_nobody_is_invited_without_the_table(world: World) -> None:
    file = world.folder / "config/training.toml"
    table = f'[care]\nkind = "{DEBRIEF}"\n'
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
    file.write_text(file.read_text().replace(f'kind = "{DEBRIEF}"', 'kind = "refresher"'))
    look(world)
    world.work()
    assert "refresher of [care] is for training, too" in world.mail(SAM, "fix your files").text
