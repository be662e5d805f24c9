"""Stories of a lost phone: links and visits that are ended before their time."""

from datetime import timedelta

import pytest
from click.testing import Result

from store.invitations.asked import PERSON
from tests.asking import AMARA
from tests.links import visited
from tests.nominating import SAM_LEE, Nominating, numbers
from tests.program_files import agree, change, look
from tests.twice import merged
from tests.world import JORDAN, PRIYA, REQUESTER, Browser, Page, World, link_in
from workflow.model import Role


def flask(world: World, *arguments: str) -> Result:
    return world.app.test_cli_runner().invoke(args=arguments)


def is_offered_anew(page: Page) -> bool:
    return page.status == 410 and "This link has expired" in page.text


def test_all_links_and_visits_of_a_request_are_revoked_and_new_mails_work(world: World) -> None:
    reference = world.offered()
    asked = world.asked(reference)
    mails = [world.mail(address) for address in (REQUESTER, JORDAN, PRIYA, asked)]
    pages = [world.open(mail) for mail in mails]
    own = world.own_page(JORDAN)
    told = flask(world, "revoke", reference.lower()).output
    told_of = told
    assert told == f"Revoked: all links to {reference}, and the pages that they had opened.\n"
    assert all(is_offered_anew(world.open(mail)) for mail in mails)
    assert {page.again().status for page in pages} == {403}
    assert {page.choose("accepted").status for page in pages} == {403}
    assert own.again().status == 200, "an own page is not about this request"
    told = flask(world, "history", reference).output
    assert "An admin revoked its links and closed its pages" in told
    assert flask(world, "revoke", reference).output == told_of, "it tells no number of them"

    world.open(mails[-1]).choose("fresh")
    world.until_links_are_mailed()
    assert world.open(world.mail(asked, "new link")).choose("accepted").status == 200
    assert is_offered_anew(world.open(mails[-1])), "only the new mail's link opens"


def test_whoever_filed_a_guess_does_not_see_by_their_link_that_the_other_one_was_revoked(
    world: World,
) -> None:
    older, _ = merged(world, QID2_TEXT="pat.doe@example.org")
    theirs = world.mail("pat.doe@example.org")
    flask(world, "revoke", older)
    assert world.open(theirs).status == 200


@pytest.mark.parametrize("named", [0, 1])
def test_links_mailed_about_either_of_two_merged_requests_are_revoked(
    world: World, named: int
) -> None:
    both = merged(world)
    mails = [mail for mail in world.mailbox.messages if "/open/" in mail.text]
    pages = [world.open(mail) for mail in mails]
    flask(world, "revoke", both[named])
    assert all(is_offered_anew(world.open(mail)) for mail in mails)
    assert {page.again().status for page in pages} == {403}


def test_a_persons_links_and_visits_are_revoked_those_to_own_pages_too(world: World) -> None:
    reference = world.request()
    own, of_request = world.own_page(JORDAN), world.open(world.mail(JORDAN, reference))
    theirs = [m for m in world.mails(JORDAN) if "/open/" in m.text]
    other = world.open(world.mail(PRIYA))
    told = flask(world, "revoke", "--person", "jordan-reyes").output
    assert told == "Revoked: all links of jordan-reyes, and the pages that they had opened.\n"
    assert all(is_offered_anew(world.open(mail)) for mail in theirs)
    assert of_request.again().status == 403
    assert "Get the link" in own.again().text
    assert other.again().status == 200
    assert visited(world, Role.REVIEWER) == {reference}
    history = flask(world, "history", reference).output
    assert "revoked" in history
    assert "jordan" not in history.partition("revoked")[0].rpartition("\n")[2]
    world.passes(minutes=11)
    assert "Jordan Reyes" in world.own_page(JORDAN).text


def test_a_revocation_names_one_request_or_one_person(world: World) -> None:
    reference = world.request()
    nobody = ("--person", "")  # Requesters have no id.
    for wrong in ((), (reference, "--person", "jordan-reyes"), ("PS-XXXXX",), nobody, ("",)):
        assert flask(world, "revoke", *wrong).exit_code != 0
    assert "no one in the program" in flask(world, "revoke", "--person", "no-one").output
    assert world.open(world.mail(JORDAN)).status == 200


def test_a_revocation_tells_nothing_of_anybody_who_is_invited(world: World) -> None:
    """The number of links would tell who said "never again"."""
    Nominating.begin(world).nominate()
    page = world.open(world.mail(SAM_LEE))
    result = flask(world, "revoke", "--person", f"{PERSON}{numbers(world)[0]}")
    assert result.exit_code != 0
    assert "link and" not in result.output
    assert page.again().status == 200


def test_who_sees_a_page_that_they_do_not_know_ends_it(world: World) -> None:
    world.request()
    lost = world.open(world.mail(JORDAN))
    elsewhere = world.own_page(AMARA)
    world.clock.now += timedelta(minutes=3)
    mine = world.own_page(JORDAN)
    assert "Another browser, since 10:11 AM" in mine.text
    assert "This browser, since 10:14 AM" in mine.text
    others, here = mine.values("end_visit")
    foreign = elsewhere.values("end_visit")[-1]
    assert mine.choose("", end_visit=foreign).status == 200
    assert elsewhere.again().status == 200, "nobody ends what is not theirs"
    ended = mine.choose("", end_visit=others)
    assert "Another browser" not in ended.text
    assert lost.again().status == 403
    gone = ended.choose("", end_visit=here)
    assert "Get the link to your page" in gone.text
    assert mine.again().answer.url.endswith("/link")


def test_who_leaves_the_program_is_on_no_page_any_more(world: World) -> None:
    world.own_page(AMARA)
    roster = world.folder / "config/supporters.csv"
    lines = [line for line in roster.read_text().splitlines() if "amara" not in line]
    roster.write_text("\n".join(lines) + "\n")
    world.work()
    world.passes(minutes=20)
    world.open(world.mail(AMARA))
    assert world.count("visits") == 2
    world.passes(minutes=11)
    assert world.count("visits") == 0
    page = Browser().open(link_in(world.mail(AMARA)))
    assert page.status == 403
    assert "Your part in this is done" in page.text


def test_what_was_mailed_to_an_address_that_was_wrong_opens_nothing_any_more(world: World) -> None:
    _, supporter = world.matched()
    mails = [world.mail(JORDAN), world.mail(supporter)]
    pages = [world.open(mail) for mail in mails]
    change(world, "program.toml", JORDAN, "jordan.right@example.org")
    change(world, "supporters.csv", supporter, "right.address@example.org")
    look(world)
    assert [page.again().status for page in pages] == [200, 200], "nobody has agreed yet"
    agree(world, PRIYA)
    assert [page.again().status for page in pages] == [403, 403]
    for mail in mails:
        page = world.open(mail)
        assert is_offered_anew(page)
        page.choose("fresh")
    world.until_links_are_mailed()
    for right in ("jordan.right@example.org", "right.address@example.org"):
        assert world.open(world.mail(right, "/open/")).status == 200
    assert world.open(world.mail(PRIYA)).status == 200, "who kept their address keeps their links"
