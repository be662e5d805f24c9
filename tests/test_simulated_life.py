"""The program's life in the simulation: some weeks of it, and what must not be is noticed."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine import talks
from engine.invitations import training
from invitations.model import Answer, Kind
from notifications.mail.compose import Message
from notifications.mail.mailer import Mailer
from store.invitations import refusals
from tests.program_files import add_supporter
from tests.simulation import duties
from tests.simulation.alone import alone, as_simulated, quick_folder
from tests.simulation.attack import attack
from tests.simulation.chronicle import Violation
from tests.simulation.life.files import with_life
from tests.simulation.life.life import Life
from tests.simulation.year import DAY, Year
from tests.world import JORDAN, PRIYA, REQUESTER, Page, World, example_config

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
#: Few ask; many are named in the first week, so that some come to one of two sessions after it.
SELDOM, NAMED, LENGTH = 1, 12, 25 * DAY


@pytest.fixture
def life() -> Iterator[Life]:
    with quick_folder() as name:
        folder = Path(name)
        config = with_life(as_simulated(example_config(folder)))
        with alone(folder, 6, config) as service:
            year = Year(service, random.Random(6), SELDOM, LENGTH, say=lambda text: None)
            year.looks, year.ticks = 6 * DAY, DAY
            yield Life(year, service, random.Random(6))


def test_some_weeks_pass_in_which_colleagues_are_named_trained_and_leave(life: Life) -> None:
    year, counts = life.year, life.book.counts
    for number in range(NAMED):
        at = year.begin + number * 5 * HOUR
        life.later(at, life.nominate if number % 4 else life.refer)
    life.later(year.begin + 2 * DAY, life.hard_event)
    for leaving in (life.change_coordinator, life.rest):
        life.later(year.begin + 3 * DAY, leaving)
    year.run()
    expected = ("yes: nomination", "asked: referral", "asked: outreach", "came to a session",
                "coordinators: invite", "files confirmed")  # fmt: skip
    assert [what for what in expected if not counts[what]] == [], counts
    assert life.watch.left, "and what was forgotten is looked for"
    assert attack(life.service.app, year.invariants.reported, bound=5).told == []


def test_it_notices_when_somebody_is_asked_after_never_again(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = asked(life)
    open_mail(life, address).choose("never")
    (one,) = life.book.asked.values()
    life.book.answer(one, Answer.NEVER, life.now())
    monkeypatch.setattr(refusals, "stands", lambda *_: False)
    name_again(life, address)
    with pytest.raises(Violation, match="asked again after “never again”"):
        look(life)


def test_it_notices_when_somebody_is_asked_again_too_soon(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = asked(life)
    life.service.jump(life.now() + 15 * DAY)
    look(life)
    monkeypatch.setattr(refusals, "stands", lambda *_: False)
    name_again(life, address)
    with pytest.raises(Violation, match="is asked again too soon"):
        look(life)


def test_it_notices_what_is_not_forgotten_and_what_is_lost(life: Life) -> None:
    address = asked(life)
    (one,) = life.book.asked.values()
    one.may_go = True
    with pytest.raises(Violation, match=f"{address} was asked .* is not forgotten"):
        look(life)
    one.may_go = False
    with life.service.store.write() as db:
        db.execute("delete from invitations")
    with pytest.raises(Violation, match=f"{address} was asked .* is lost"):
        look(life)


def test_it_notices_that_files_are_wrong_since_nothing_would_change_any_more(life: Life) -> None:
    look(life)
    roster = world(life).folder / "config/supporters.csv"
    roster.write_text(roster.read_text().replace(",active", ",asleep"))
    life.service.jump(life.now() + MINUTE)
    life.service.work()
    (told,) = (m for m in life.service.mailbox.messages if "fix your files" in m.subject)
    with pytest.raises(Violation, match="made a mistake in the files"):
        life.year.invariants.check([told], worked=True)


def test_it_notices_a_supporter_who_completed_no_training(life: Life) -> None:
    look(life)
    add_supporter(world(life))
    with pytest.raises(Violation, match="zoe-hart can be asked, and completed no training"):
        look(life)


def test_it_notices_more_people_than_seats(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    life.connect()
    look(life)
    life.files.plan([life.program.today(life.now() + 8 * DAY).replace(day=1)])
    path = world(life).folder / "config/training.toml"
    written = path.read_text().replace("seats = 6", "seats = 1")
    path.write_text(written.replace('kind = "long-session"', 'kind = "refresher"'))
    monkeypatch.setattr(training, "seated", lambda going, seats: {one.id for one in going})
    look(life)
    life.service.jump(life.now() + 2 * MINUTE)
    look(life)
    due = [one for one in life.book.asked.values() if one.kind is Kind.TRAINING]
    for one in due:
        assert open_mail(life, one.address).choose("yes").status == 200
    with pytest.raises(Violation, match="people have 1 seats"):
        look(life)


def test_it_notices_when_nobody_hears_that_a_supporter_would_like_to_talk(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talks, "_mails", lambda *_: [])
    reference, supporter = world(life).matched()
    look(life)
    life.people.carries[supporter] = reference
    life.people.arrive(supporter, world(life).own_page(supporter))
    life.service.jump(life.now() + 6 * DAY)
    with pytest.raises(Violation, match=f"would like to talk of {reference}"):
        look(life)


def test_reviewers_hear_of_a_supporter_whose_mailbox_is_closed_and_silence_is_noticed(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = world(life).offered(QID16=1)
    supporter = world(life).asked(reference)
    open_mail(life, supporter).choose("accepted")
    world(life).passes(minutes=6)
    look(life)
    world(life).mailbox.refuse_address_with[supporter] = 550
    page = world(life).open(world(life).mail(REQUESTER, "would you like to talk"))
    assert page.choose("consented", proposed=page.values("proposed")[0]).status == 200
    for _ in range(3):
        world(life).passes(minutes=6)
    look(life)
    assert world(life).mails(JORDAN, "didn’t get through"), "who reach them another way"
    monkeypatch.setattr(duties, "is_given_up", lambda *_: False)
    with pytest.raises(Violation, match="Nobody who must act since it was consented"):
        life.year.invariants.check_all()


def test_it_notices_whom_a_page_or_a_mail_tells(life: Life) -> None:
    address = asked(life)
    one = life.colleagues.by_email[address]
    page = world(life).own_page(JORDAN)
    life.saw(JORDAN, page)
    page.answer._content = f"Someone worries about {one.name}".encode()
    with pytest.raises(Violation, match=f"shows {one.name} to {JORDAN}"):
        life.saw(JORDAN, page)
    before = len(life.service.mailbox.messages)
    mailer = Mailer(life.service.mailbox.url, "a@example.org", "", clock=life.now)
    said = Message(subject="A word", text=f"{one.named_by[0][0]} named somebody", html="")
    mailer.send(said, to=PRIYA, message_id="<1@example.org>")
    mailer.close()
    with pytest.raises(Violation, match=f"A mail to {PRIYA} tells {one.named_by[0][0]}"):
        life.year.invariants.check(life.service.mailbox.messages[before:], worked=True)


def world(life: Life) -> World:
    return life.service.world


def asked(life: Life) -> str:
    """Let somebody be named, and asked; returns their address."""
    life.connect()
    look(life)
    life.colleagues.chance = random.Random(7)
    life.nominate()
    look(life)
    (one,) = life.book.asked.values()
    return one.address


def name_again(life: Life, address: str) -> None:
    one = life.colleagues.by_email[address]
    life.colleagues.somebody = lambda program: one  # type: ignore[method-assign]
    life.nominate()


def open_mail(life: Life, address: str) -> Page:
    return world(life).open(world(life).mail(address))


def look(life: Life) -> None:
    """Let the worker do what is due, and check everything."""
    life.service.work()
    life.year.invariants.check([], worked=True)
