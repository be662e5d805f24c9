"""The simulation itself: it runs, it draws, and it notices what must not be."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from notifications.compose import Message
from notifications.mailer import Mailer
from tests.simulation.alone import alone
from tests.simulation.invariants import Violation
from tests.simulation.legs import LEGS, legs_of, table
from tests.simulation.picture import Picture
from tests.simulation.year import DAY, Outage, Year

HOUR = timedelta(hours=1)


@pytest.fixture
def year(tmp_path: Path) -> Iterator[Year]:
    """A service in which five people ask, and whatever they cause has happened for some days."""
    with alone(tmp_path) as service:
        found = Year(service, random.Random(7), rate=6, length=6 * DAY, say=lambda text: None)
        found.outages = (Outage("worker", found.begin + 3 * DAY, found.begin + 4 * DAY),)
        yield found


def test_some_days_pass_with_every_invariant_held_and_can_be_told_and_drawn(year: Year) -> None:
    year.run()
    records = list(year.chronicle.records.values())
    assert len(records) == year.submitted >= 5

    rows = table(leg for record in records for leg in legs_of(record, year.end))
    assert tuple(row[0] for row in rows[1:]) == LEGS
    assert int(rows[1][1]) >= 5, "nearly everybody was reviewed"

    picture = Picture(year.begin, year.end, len(records)).draw(records, year.outages)
    read = ElementTree.fromstring(picture)  # noqa: S314 - our own picture
    drawn = [element.get("class") for element in read.iter()]
    assert {"in_review", "offered", "outage", "closed"} <= set(drawn)


def test_it_notices_a_moment_without_consequence(year: Year) -> None:
    _somebody_asks(year)
    year.service.jump(year.begin + 2 * DAY)
    with pytest.raises(Violation, match="due moment"):
        year.invariants.check([], worked=True)


def test_it_notices_a_mail_that_tells_who_it_is_with_the_story(year: Year) -> None:
    _somebody_asks(year)
    (asker,) = year.crowd.by_name.values()
    (reference,) = year.chronicle.records
    with pytest.raises(Violation, match=f"tells .*{asker.name}") as broken:
        _mail(year, "priya.nair@example.org", f"{reference} is {asker.name}")
    assert "submitted by requester" in str(broken.value)
    assert "mail to priya.nair@example.org" in str(broken.value)


def test_it_notices_when_nobody_who_must_act_was_mailed(year: Year) -> None:
    _somebody_asks(year)
    (record,) = year.chronicle.records.values()
    with year.service.store.write() as db:
        db.execute("delete from outbox where role = 'reviewer'")
    with pytest.raises(Violation, match="Nobody who must act"):
        year.invariants.check_all()
    assert record.case.is_open


def test_it_notices_counters_that_do_not_add_up(year: Year) -> None:
    with year.service.store.write() as db:
        db.execute("insert into tallies values ('2026-Q4', 'requests', 'all', 1)")
    with pytest.raises(Violation, match="0 requests are gone and 1 are counted"):
        year.invariants.check_all()


def test_it_notices_a_request_that_was_lost(year: Year) -> None:
    year.submitted += 1
    year.length, year.end = DAY, year.begin
    with pytest.raises(Violation, match="1 were submitted, 0 became requests"):
        year.run()


def _somebody_asks(year: Year) -> None:
    asker = year.crowd.somebody(QID12=1, QID4=["1"])
    year.service.qualtrics.submit(asker.answers)  # type: ignore[arg-type]
    assert year.service.qualtrics.wait_until_published()
    year.service.work()
    year.service.jump(year.begin + HOUR)
    year.service.work()
    year.invariants.check([], worked=True)


def _mail(year: Year, to: str, words: str) -> None:
    """Send a mail that the service would never send, and let it be seen."""
    before = len(year.service.mailbox.messages)
    mailer = Mailer(year.service.mailbox.url, "a@example.org", "", clock=year.service.now)
    mailer.send(Message(subject="A word", text=words, html=""), to=to, message_id="<1@example.org>")
    mailer.close()
    year.invariants.check(year.service.mailbox.messages[before:], worked=True)
