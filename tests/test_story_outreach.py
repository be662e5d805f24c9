"""Something hard happened to a whole unit: everybody there is asked, each on their own."""

import html
import re
from pathlib import Path

import pytest
import segno

from tests import disk
from tests.asking import candidates, page_of
from tests.program_files import change, look
from tests.reaching_out import PEOPLE, begin, outreach
from tests.referring import ask, carried
from tests.world import ELENA, JORDAN, PRIYA, Browser, Page, World, example_config, living


def link_to_post(page: Page) -> str:
    """Return a group's link; on the page it may wrap after each slash."""
    (link,) = re.findall(r'whole">(.+?)</p>', page.answer.text)
    return str(link).replace("<wbr>", "")


def test_each_gets_an_offer_and_their_requests_go_to_several_supporters(world: World) -> None:
    page = begin(world, PEOPLE[:3])
    assert "We’re writing to them" in page.text
    assert not any(one in page.answer.text for one in PEOPLE)
    mails = [world.mail(one) for one in PEOPLE[:3]]
    assert not re.search("Medicine|hard", mails[0].subject)
    assert world.references == []

    first = ask(world, carried(world.open(mails[0]).choose("yes")), QID3_TEXT="860-555-0171",
                QID1_TEXT="Ana One", QID2_TEXT=PEOPLE[0])  # fmt: skip
    best = page_of(world, first).values("first")[0]
    assert page_of(world, first).choose("offered", first=best).status == 200
    world.passes(minutes=6)
    link = link_to_post(outreach(world, PRIYA))
    token = link.partition("invitation=")[2]
    second = ask(world, token, QID1_TEXT="Bo Two", QID2_TEXT="bo@home.example.com",
                 QID3_TEXT="860-555-0172")  # fmt: skip
    other = ask(world, QID1_TEXT="Cy Three", QID2_TEXT="cy@example.org", QID3_TEXT="860-555-0173")
    assert "has a request after the same event" in page_of(world, second).text
    assert page_of(world, second).values("first")[0] != best
    assert best in candidates(world, second)
    assert "after the same event" not in page_of(world, other).text


def test_nobody_reads_in_the_candidates_of_one_request_that_another_is_kept_from_them(
    world: World,
) -> None:
    """A coordinator writes to one person, and files a request of their own by the group's link."""
    begin(world, PEOPLE[:1])
    theirs = ask(world, carried(world.open(world.mail(PEOPLE[0])).choose("yes")),
                 QID1_TEXT="Ana One", QID2_TEXT=PEOPLE[0], QID3_TEXT="860-555-0171",
                 QID11_TEXT="Jordan Reyes")  # fmt: skip
    assert world.mails(JORDAN, theirs) == []
    has_it = "ingrid-solberg"  # who takes two requests
    page_of(world, theirs, PRIYA).choose("offered", first=has_it)
    world.passes(minutes=6)
    link = link_to_post(outreach(world))
    decoy = ask(world, link.partition("invitation=")[2], QID1_TEXT="De Coy",
                QID2_TEXT="decoy@home.example.com", QID3_TEXT="860-555-0179")  # fmt: skip
    for_jordan, for_priya = (page_of(world, decoy, one) for one in (JORDAN, PRIYA))
    assert "has a request after the same event" in for_priya.text
    assert "after the same event" not in for_jordan.text
    place = [page.values("first").index(has_it) for page in (for_jordan, for_priya)]
    assert place[0] < place[1], "nor does the order tell it"

    assert for_priya.choose("offered", first=has_it).status == 200, "a reason would tell it later"
    assert not re.search("same event|although", page_of(world, decoy).text)


def test_without_addresses_nobody_is_written_to_and_the_link_can_be_printed(world: World) -> None:
    page = outreach(world).choose("", unit="Medicine 4, Sunday night", language="en", sure="")
    assert page.status == 200, "no email goes out, so there is nothing to be sure of"
    assert "The link is below" in page.text
    assert "We’re writing to them" not in page.text
    link = link_to_post(page)
    (drawn,) = re.findall(r'class="qrline"[^>]* d="([^"]+)"', page.answer.text)
    assert f'd="{drawn}"' in segno.make_qr(html.unescape(link), error="m").svg_inline(border=3)


def test_whoever_gives_the_addresses_learns_no_number_that_one_answer_changes(world: World) -> None:
    """Among mailboxes of their own, a coordinator would read what one person said."""
    told = []
    for victims_answer in ("yes", "no"):
        people = [f"{victims_answer}{one}" for one in PEOPLE[:23]]
        begin(world, people, unit=victims_answer)
        for number, one in enumerate(people):
            own_answer = "yes" if number % 2 else "no"
            world.open(world.mail(one)).choose(own_answer if number else victims_answer)
    for time in ({"minutes": 1}, {"days": 14, "minutes": 2}):
        world.passes(**time)
        page = outreach(world).text
        told.append(page)
        lines = re.findall(r"You gave 23 addresses\.[^.]*\.", page)
        assert len(lines) == 2
        assert len({*lines}) == 1
    assert "It’s over." in told[-1]
    assert not any(one in disk.opened(world.store) for one in PEOPLE), "only the groups are left"
    world.passes(days=31)
    assert world.count("invitations") == 0


def test_one_mailbox_is_one_person_however_many_addresses_it_has(world: World) -> None:
    """Or four of a coordinator's own would make a group of five out of one person."""
    page = begin(world, [JORDAN, *(f"jordan.reyes+{one}@example.org" for one in range(9))])
    assert "You gave 1 address." in page.text
    assert "A group session needs at least 5 addresses." in page.text


def test_whoever_never_wants_it_is_left_out_and_nobody_can_tell(world: World) -> None:
    begin(world, PEOPLE[:2])
    assert "We won’t ask again" in world.open(world.mail(PEOPLE[0])).choose("never").text
    world.open(world.mail(PEOPLE[1])).choose("no")
    shown = outreach(world).text
    world.passes(days=50)
    page = begin(world, PEOPLE[:2])
    assert [len(world.mails(one)) for one in PEOPLE[:2]] == [1, 2]
    assert "You gave 2 addresses" in shown
    assert "You gave 2 addresses" in page.text


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"unit": " "}, "Write where it happened"),
        ({"addresses": "nurse1@elsewhere.example.com"}, "outside of your organization"),
        ({"addresses": "nurse one"}, "“nurse” isn’t an email address"),
        ({"addresses": "\n".join(f"n{i}@example.org" for i in range(61))}, "61 addresses"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_written_to(
    world: World, fields: dict[str, str], problem: str
) -> None:
    page = begin(world, PEOPLE[:1], **fields)
    assert (page.status, problem in page.text) == (400, True)
    assert world.count("invitations") == 0


def test_where_a_supporter_is_notified_makes_nobody_there_a_colleague(world: World) -> None:
    carlos = "carlos.medina@example.org,"
    change(world, "supporters.csv", f"{carlos},", f"{carlos}carlos@private.example.net,")
    look(world)
    page = begin(world, ["somebody@private.example.net"])
    assert page.status == 400
    assert "outside of your organization" in page.text


def test_only_coordinators_write_to_groups(world: World) -> None:
    for one in (ELENA, "beth.lindgren@example.org"):
        assert outreach(world, one).status == 403
        assert "/outreach" not in world.own_page(one).answer.text
    assert "/outreach" in world.own_page(JORDAN).answer.text
    asked = outreach(world).choose("", unit="Medicine 4", addresses=PEOPLE[0], sure="")
    assert "can’t be taken back" in asked.text
    world.work()
    assert world.mails(PEOPLE[0]) == []


def test_whoever_a_digest_was_passed_on_to_writes_to_no_group(tmp_path: Path) -> None:
    with living(tmp_path, example_config(tmp_path, digest_at="08:00")) as world:
        begin(world, PEOPLE[:1])
        world.request()
        world.passes(days=1)
        page = world.open(world.mail(JORDAN, "1 open"), Browser())
        shown = page.person.look(f"{world.url}/outreach").text
        assert "Medicine 4" not in shown
        assert "Write to them" not in shown
