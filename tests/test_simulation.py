"""The simulation itself: it runs, it draws, and it notices what must not be."""

import logging
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine.access.fresh_links import LONGEST_WAIT_SECONDS
from notifications.mail.compose import Message
from notifications.mail.mailer import Mailer
from store import outbox
from tests.simulation import alone as simulated
from tests.simulation.alone import Alone, alone, quick_folder
from tests.simulation.chronicle import Violation
from tests.simulation.legs import LEGS, legs_of, table
from tests.simulation.picture import Picture
from tests.simulation.presence import Leaving, ask_for_link
from tests.simulation.remains import KEPT, everything_logged
from tests.simulation.requesters import Requester
from tests.simulation.year import DAY, Outage, Year
from tests.world import JAMIE, JORDAN, PRIYA, link_in
from workflow import consequences, reviewers
from workflow.model import Event, Role, State
from workflow.table import TABLE

HOUR = timedelta(hours=1)


@pytest.fixture
def year() -> Iterator[Year]:
    """A service in which five people ask, and whatever they cause has happened for some days."""
    with quick_folder() as folder, alone(Path(folder)) as service:
        found = Year(service, random.Random(9), rate=6, length=6 * DAY, say=lambda text: None)
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
        (case_id,) = db.execute("select id from cases").fetchone()
        for one in outbox.of_case(db, case_id):
            if one.mail.role == Role.REVIEWER:
                db.execute("delete from outbox where id = ?", [one.id])
    with pytest.raises(Violation, match="Nobody who must act"):
        year.invariants.check_all()
    assert record.case.is_open


def test_it_notices_when_those_whose_turn_it_is_hear_nothing_of_it(
    year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(year.service, Alone)
    given_back = State.MATCHED, Event.HANDED_BACK
    monkeypatch.setitem(TABLE, given_back, replace(TABLE[given_back], notices=()))
    _, supporter = year.service.world.matched()
    year.invariants.check([], worked=True)
    year.service.world.open(year.service.world.mail(supporter)).choose("handed_back")
    with pytest.raises(Violation, match="Nobody who must act since it was handed_back"):
        year.invariants.check([], worked=False)


def test_it_notices_when_the_requester_hears_nothing_of_a_yes(
    year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(year.service, Alone)
    said_yes = State.OFFERED, Event.ACCEPTED
    monkeypatch.setitem(
        TABLE, said_yes, replace(TABLE[said_yes], notices=TABLE[said_yes].notices[:1])
    )
    year.service.world.matched()
    with pytest.raises(Violation, match="The requester was not told of accepted"):
        year.invariants.check([], worked=True)


def test_it_notices_a_worker_that_goes_on_and_on(
    year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consequences, "with_next_at", lambda promise, rules, now: promise)
    monkeypatch.setattr(simulated, "MOST_ROUNDS", 20)
    with pytest.raises(Violation, match="more to do after 20 rounds"):
        year.run()


def test_it_notices_a_mail_to_somebody_who_stepped_back(
    year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(year.service, Alone)
    world = year.service.world
    reference = world.request()
    world.open(world.mail(JORDAN, reference)).choose("handed_over")
    year.invariants.check([], worked=False)
    forgetful = partial(replace, stepped_back=())
    was_barred = reviewers.is_barred
    monkeypatch.setattr(reviewers, "is_barred", lambda p, c, i: was_barred(p, forgetful(c), i))
    before = len(world.mailbox.messages)
    world.passes(hours=25)
    with pytest.raises(Violation, match="jordan-reyes is barred and got review_nudge"):
        year.invariants.check(world.mailbox.messages[before:], worked=True)


def test_it_notices_a_request_on_the_board_of_somebody_who_is_barred(year: Year) -> None:
    _somebody_asks(year)
    (asker,) = year.crowd.by_name.values()
    (reference,) = year.chronicle.records
    year.invariants.check_shown(PRIYA, [reference])
    asker.barred.add("priya-nair")
    with pytest.raises(Violation, match=f"{PRIYA} is barred and is shown {reference}"):
        year.invariants.check_shown(PRIYA, [reference])


def test_it_notices_who_is_left_out_by_a_newer_request_until_the_two_are_separated(
    year: Year,
) -> None:
    assert isinstance(year.service, Alone)
    world = year.service.world
    asker = Requester("Bo Turlin", "turlin@staff.example.org", {"QID1_TEXT": "Bo Turlin"})
    asker.answers = JAMIE | asker.answers | {"QID2_TEXT": asker.email}
    year.crowd.by_name[asker.name] = asker
    older = _submits(year, asker)
    newer = _submits(year, year.crowd.tired_of(asker, "priya-nair"))
    year.invariants.check_shown(PRIYA, [older])
    page = world.open(world.mail(JORDAN, newer)).choose("same_request", other=older)
    year.invariants.check([], worked=False)
    with pytest.raises(Violation, match=f"{PRIYA} is barred and is shown {older}"):
        year.invariants.check_shown(PRIYA, [older])
    page.choose("separated", confirmation=page.values("confirmation")[0])
    year.invariants.check([], worked=False)
    year.invariants.check_shown(PRIYA, [older])


def test_it_knows_the_mails_about_what_is_forgotten_as_soon_as_they_have_left(year: Year) -> None:
    assert isinstance(year.service, Alone)
    world, seen = year.service.world, year.invariants.mails
    _somebody_asks(year)
    (asker,) = year.crowd.by_name.values()
    world.open(world.mail(asker.email)).choose("withdrawn")
    year.invariants.check([], worked=False)
    before = len(world.mailbox.messages)
    year.service.work()
    year.invariants.check(world.mailbox.messages[before:], worked=True)
    assert seen["withdrawn"] == 1
    assert seen["request_withdrawn"] >= 1
    assert not seen["gone"]


def test_people_say_that_they_are_away_and_that_they_are_back(year: Year) -> None:
    assert isinstance(year.service, Alone)
    people, world = year.people, year.service.world
    people.calendar_of(JORDAN).away.clear()
    for wish in (Leaving(year.begin.date(), last=None), None):
        ask_for_link(people, JORDAN, wish)
        world.passes(seconds=LONGEST_WAIT_SECONDS)
        people.follow(JORDAN, link_in(world.mail(JORDAN, "your page")))
        assert ("jordan-reyes" in world.engine.casebook.absent) is (wish is not None)
        world.passes(hours=1)


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


def test_it_notices_what_is_left_of_a_forgotten_request(year: Year, tmp_path: Path) -> None:
    _somebody_asks(year)
    remains, (record,) = year.remains, year.chronicle.records.values()
    remains.copies = tmp_path / "backups"
    remains.back_up(year.service.now())
    assert remains.found([]) == set(), "it is there, and may be"
    record.gone_at = year.service.now() - HOUR
    found = remains.found([])
    assert {one.partition(":")[0] for one in found} == {
        "the disk", *(path.name for path in remains.copies.iterdir())
    }  # fmt: skip
    remains.back_up(year.service.now() + KEPT + HOUR)
    assert len(list(remains.copies.iterdir())) == 1


def test_it_notices_a_name_in_a_log_and_in_a_mail_to_others(year: Year) -> None:
    _somebody_asks(year)
    (asker,) = year.crowd.by_name.values()
    mails = list(year.service.mailbox.messages)
    with everything_logged() as logged:
        year.remains.logged = logged
        assert year.remains.found(mails) == set()
        logging.getLogger("engine").debug("%s asked", asker.name)
        assert year.remains.found([]) == {f"the log: {asker.name}"}
    asker.secrets.add("Care Desk")
    (found,) = year.remains.found(mails)
    assert found.startswith("a mail to others: Care Desk, in “")


def _somebody_asks(year: Year) -> None:
    asker = year.crowd.somebody(QID12=1, QID4=["1"])
    year.service.qualtrics.submit(asker.answers)  # type: ignore[arg-type]
    assert year.service.qualtrics.wait_until_published()
    year.service.work()
    year.service.jump(year.begin + HOUR)
    year.service.work()
    year.invariants.check([], worked=True)


def _submits(year: Year, asker: Requester) -> str:
    """Let somebody send the form; returns the request that it became."""
    there = {*year.chronicle.records}
    year.service.qualtrics.submit(asker.answers)  # type: ignore[arg-type]
    assert year.service.qualtrics.wait_until_published()
    year.service.work()
    year.service.jump(year.service.now() + HOUR)
    year.service.work()
    year.invariants.check([], worked=True)
    (made,) = year.chronicle.records.keys() - there
    return made


def _mail(year: Year, to: str, words: str) -> None:
    """Send a mail that the service would never send, and let it be seen."""
    before = len(year.service.mailbox.messages)
    mailer = Mailer(year.service.mailbox.url, "a@example.org", "", clock=year.service.now)
    mailer.send(Message(subject="A word", text=words, html=""), to=to, message_id="<1@example.org>")
    mailer.close()
    year.invariants.check(year.service.mailbox.messages[before:], worked=True)
