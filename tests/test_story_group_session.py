"""A group session after something hard: who is asked, one number for who leads it, then nothing."""

import re
from collections.abc import Iterator

import pytest

from invitations.model import Kind
from store.invitations.asked import of_kind, shown_as
from tests import disk
from tests.reaching_out import ASKED, PEOPLE, PLANNED, asked_to_session, begin, invite, outreach
from tests.world import World, example_config, living

BETH, DANA = "beth.lindgren@example.org", "dana.whitfield@example.org"


def test_those_who_were_written_to_are_asked_and_who_comes_gets_an_entry(world: World) -> None:
    begin(world, PEOPLE[:5])
    page = invite(world)
    assert "Thursday, Nov 26, 2 PM to 3 PM" in page.text
    assert "Beth Lindgren and Dana Whitfield" in page.text
    assert not re.search(r"invitation \d", page.answer.text), "numbers tell how many were asked"
    mail = world.mails(PEOPLE[0], ASKED)[1]
    assert "Thursday, Nov 26, 2 PM to 3 PM" in mail.text
    assert "room 204" in mail.text
    assert not re.search("Medicine|Lindgren|peer|support", mail.subject, re.I)

    guest = world.open(mail)
    assert "Beth Lindgren and Dana Whitfield" in guest.text
    calendar = f"{world.url}/invitation/calendar.ics"
    assert guest.person.look(calendar).status == 404
    guest = guest.choose("yes")
    entry = guest.person.look(calendar).answer.text
    assert "SUMMARY:Time with colleagues\r\n" in entry
    assert "DTSTART:20261126T190000Z\r\n" in entry
    assert not re.search("peer|support|Medicine|Beth", entry, re.I)
    guest.choose("no")
    assert guest.person.look(calendar).status == 404


def test_who_leads_it_learns_one_number_and_nobody_learns_more(world: World) -> None:
    begin(world, PEOPLE[:7])
    invite(world)
    for leader in (BETH, DANA):
        assert "We emailed everyone who was there" in world.mail(leader, "a session you lead").text
    for one in PEOPLE[:5]:
        asked_to_session(world, one).choose("yes")
    asked_to_session(world, PEOPLE[5]).choose("no")
    assert world.mails(BETH, "how many") == []
    assert not re.search(r"\b[56] (people )?said yes", outreach(world).text)
    world.passes(days=2, hours=7)
    counted = world.mail(BETH, "how many said yes").text
    assert "5 people said yes" in counted
    assert not any(one in counted for one in PEOPLE)
    assert [len(world.mails(one, "see you soon")) for one in PEOPLE[3:7]] == [1, 1, 0, 0]
    asked_to_session(world, PEOPLE[6]).choose("yes")
    world.passes(hours=2)
    assert len(world.mails(BETH, "how many")) == 1, "a number that grows would tell who"
    assert not re.search(r"\b[56] (people )?said yes", outreach(world).text)


@pytest.mark.parametrize("coming", [0, 4])
def test_of_fewer_than_five_who_said_yes_the_leaders_read_no_number(
    world: World, coming: int
) -> None:
    """A coordinator wrote to one person and to four who tell them what they answered."""
    begin(world, PEOPLE[:5])
    invite(world)
    for one in PEOPLE[:coming]:
        asked_to_session(world, one).choose("yes")
    world.passes(days=2, hours=7)
    counted = world.mail(BETH, "how many said yes").text
    assert "Fewer than 5 people said yes, perhaps no one" in counted
    assert not re.search(r"\b[014] (person|people)", counted)


def test_fewer_than_five_are_not_invited_together(world: World) -> None:
    """Whoever leads it would know whose yes they read of."""
    page = begin(world, [PEOPLE[0].upper(), *PEOPLE[:4]])
    assert "at least 5 addresses" in page.text
    assert page.values("group") == []
    (group,) = of_kind(world.store.read(), Kind.GROUP)
    page = page.choose("invite", group=shown_as(world.store.read(), group.person), **PLANNED)
    assert (page.status, "at least 5 addresses" in page.text) == (400, True)
    world.work()
    assert [len(world.mails(one, ASKED)) for one in PEOPLE[:4]] == [1, 1, 1, 1]


@pytest.mark.file("reads its bytes")
def test_after_the_session_the_database_knows_nobody_who_came(world: World) -> None:
    """The session is later than the time to answer the offer, so nothing else has an address."""
    begin(world, PEOPLE[:5])
    invite(world, day="2026-12-10")
    asked_to_session(world, PEOPLE[0]).choose("yes")
    world.passes(days=17)
    assert set(PEOPLE) & {*in_database(world)} == {*PEOPLE[:5]}, "it has not taken place"
    world.passes(hours=18)
    assert in_database(world) == []
    assert disk.found(disk.raw(world.store), PEOPLE) == set()
    left = world.store.read().execute("select distinct kind from invitations").fetchall()
    assert left == [("group",)]


def in_database(world: World) -> list[str]:
    known = disk.opened(world.store)
    return [one for one in PEOPLE if one in known]


def test_once_it_has_begun_an_answer_is_too_late(world: World) -> None:
    begin(world, PEOPLE[:5])
    invite(world, day="2026-11-23", at="16:00")
    world.passes(hours=5, minutes=45)
    guest = asked_to_session(world, PEOPLE[0])
    world.passes(minutes=20)
    late = guest.choose("yes")
    assert (late.status, "too late" in late.text) == (409, True)
    assert "started or is over" in guest.again().text


def test_a_canceled_session_is_told_and_another_one_may_follow(world: World) -> None:
    begin(world, PEOPLE[:5])
    invite(world)
    guest = asked_to_session(world, PEOPLE[0]).choose("yes")
    asked_to_session(world, PEOPLE[1]).choose("no")
    page = outreach(world)
    group = page.values("group")[0]
    page.choose("cancel", group=group)
    world.work()
    assert [len(world.mails(one, "canceled")) for one in PEOPLE[:3]] == [1, 0, 1]
    assert len(world.mails(BETH, "canceled")) == 1
    assert "won’t take place" in guest.again().text
    assert guest.person.look(f"{world.url}/invitation/calendar.ics").status == 404
    invite(world, day="2026-11-27")
    assert [len(world.mails(one, ASKED)) for one in PEOPLE[:3]] == [3, 3, 3]
    assert "won’t take place" in guest.again().text
    world.passes(days=2, hours=7)
    assert world.mails(BETH, "how many") == [], "nobody is counted for what is canceled"


def test_each_hears_of_their_session_when_another_follows_at_once(world: World) -> None:
    """The mails about the first one leave when the second one is planned already."""
    begin(world, PEOPLE[:5])
    invite(world)
    page = outreach(world)
    group = page.values("group")[0]
    page.choose("cancel", group=group)
    other = {"day": "2026-11-27", "leads": "amara-cole", "leads_too": ""}
    page.choose("invite", group=group, **(PLANNED | other))
    world.work()
    for told in (world.mail(PEOPLE[0], "canceled"), world.mail(BETH, "canceled")):
        assert "Thursday, Nov 26, 2 PM" in told.text
    assert "Friday, Nov 27, 2 PM" in world.mail(PEOPLE[0], ASKED).text
    asked_to_session(world, PEOPLE[0])
    world.open(world.mails(PEOPLE[1], ASKED)[2]).choose("yes")
    world.passes(days=3, hours=7)
    assert "Fewer than 5 people said yes" in world.mail("amara.cole@example.org", "how many").text
    assert world.mails(BETH, "how many") == []


def test_never_again_holds_for_the_next_session(world: World) -> None:
    begin(world, PEOPLE[:5])
    world.open(world.mail(PEOPLE[0])).choose("never")
    invite(world)
    assert len(world.mails(PEOPLE[0], ASKED)) == 1
    assert "We won’t ask again" in asked_to_session(world, PEOPLE[1]).choose("never").text
    page = outreach(world)
    page.choose("cancel", group=page.values("group")[0])
    invite(world)
    assert [len(world.mails(one, ASKED)) for one in PEOPLE[:3]] == [1, 2, 3]


def test_spanish_speakers_read_it_in_spanish(world: World) -> None:
    begin(world, PEOPLE[:5], language="es")
    invite(world)
    mails = world.mails(PEOPLE[0])
    assert "jueves" in mails[1].text
    page = world.open(mails[1])
    assert "¿Puede venir?" in page.text
    assert "Agregar" in page.choose("yes").text
    entry = page.person.look(f"{world.url}/invitation/calendar.ics").answer.text
    assert "SUMMARY:Un rato entre colegas\r\n" in entry


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A group that is written to; none of the tests here changes it."""
    folder = tmp_path_factory.mktemp("asked")
    with living(folder, example_config(folder)) as world:
        begin(world, PEOPLE[:5])
        yield world


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"place": " "}, "Write where the group session is"),
        ({"day": "2026-11-22"}, "at least 4 hours from now"),
        ({"at": "soon"}, "at least 4 hours from now"),
        ({"minutes": "7"}, "how long the group session takes"),
        ({"leads": "nobody"}, "who leads the group session"),
        ({"leads_too": "beth-lindgren"}, "who leads the group session"),
    ],
)
def test_what_is_missing_is_said_and_nobody_is_asked(
    asked: World, fields: dict[str, str], problem: str
) -> None:
    page = invite(asked, **fields)
    assert (page.status, problem in page.text) == (400, True)
    assert len(asked.mails(PEOPLE[0])) == 1
