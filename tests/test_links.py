"""Links: opaque tokens, one for each mail and grant, found by hash and read despite damage."""

import re
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.mail.links import LENGTH, repaired, token
from store import cases
from store.access.links import Link
from store.database import Database
from store.record import history, openings
from tests.links import visited
from tests.twice import again
from tests.world import JORDAN, PRIYA, REQUESTER, Browser, World, link_in
from workflow.model import Role

NOW = datetime(2026, 11, 23, 14, 14, tzinfo=UTC)
KEY = "an-invented-key-" + "n" * 32
LINK = Link("ruth", Role.SUPPORTER, 7, 2, NOW + timedelta(days=14))
TO = "ruth@example.org"
URL_SAFE = set(string.ascii_letters + string.digits + "-_")
#: As version 0.1.0 mailed them.
OLD = (
    "eyJwIjoicnV0aCIsInIiOiJzdXBwb3J0ZXIiLCJjIjoiUFMtN0szUUYiLCJvIjoyLCJ4IjoxNzk4MDM1MjQwfQ"
    ".q3dILSneHsogMCUuVgFr7opVrNzywpIMWme2Z5cnV-A"
)


def test_a_mail_that_is_tried_again_carries_the_same_token() -> None:
    later = replace(LINK, expires_at=LINK.expires_at + timedelta(hours=1))
    assert token(KEY, "mail-1", LINK, TO) == token(KEY, "mail-1", later, TO)
    assert len(token(KEY, "mail-1", LINK, TO)) == LENGTH
    assert set(token(KEY, "mail-1", LINK, TO)) <= URL_SAFE


def test_every_mail_address_grant_and_key_has_a_token_of_its_own() -> None:
    grants = [
        LINK,
        replace(LINK, person="sam"),
        replace(LINK, role=Role.REVIEWER),
        replace(LINK, case_id=8),
        replace(LINK, case_id=None),
        replace(LINK, offer=None),
        replace(LINK, page="board"),
    ]
    made = {
        token(key, mail, grant, address)
        for key in (KEY, KEY[1:])
        for mail in "ab"
        for address in (TO, "ruth@example.net")
        for grant in grants
    }
    assert len(made) == 2 * 2 * 2 * len(grants)


def test_the_key_of_the_settings_makes_no_link_without_the_database(world: World) -> None:
    """With it and the headers of a mail, which a trace of mails has, anybody could open it."""
    world.request()
    mail = world.mail(JORDAN)
    message_id = str(mail.parsed["Message-ID"]).strip("<>").partition("@")[0]
    key = world.app.extensions["settings"].secret_key
    link = Link("jordan-reyes", Role.REVIEWER, 1, None, NOW)
    made = token(key, message_id, link, JORDAN)
    assert link_in(mail).rpartition("/")[2] != made
    assert Browser().open(f"{world.url}/open/{made}").status == 404


@pytest.mark.parametrize(
    "damage", [".", ">", ")", '"', " ", "\n", "/", ".>", "%3E", "=", "’", "\u200b", '">Open']
)
def test_what_mail_programs_add_to_a_link_is_taken_off(damage: str) -> None:
    genuine = token(KEY, "mail-1", LINK, TO)
    assert repaired(genuine + damage) == genuine


@given(st.text(st.characters(), max_size=300))
@settings(database=None)
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert set(repaired(text)) <= URL_SAFE
    assert len(repaired(text)) <= LENGTH


def test_a_damaged_link_opens_and_one_that_is_cut_off_leads_to_a_new_one(world: World) -> None:
    world.request()
    link = link_in(world.mail(JORDAN))
    for damage in (".", ">", "%3E", ")", "%20", "/", "%22%3EOpen"):
        assert "Ask a supporter" in Browser().open(link + damage).text, damage
    folded = f"{link[:-9]}%20{link[-9:]}"
    assert "Ask a supporter" in Browser().open(folded).text
    for path in (link.rpartition("/")[2][:-9], OLD, "x", "a/b/c", "A" * 3000):
        page = Browser().open(f"{world.url}/open/{path}")
        assert page.status == 404
        assert "Email me a new link" in page.text
        assert 'href="/link"' in page.answer.text
    for path in ("/open", "/open/"):
        assert "Email me a new link" in Browser().look(world.url + path).text


def test_no_token_rests_and_no_address_tells_role_or_request(world: World) -> None:
    reference, supporter = world.matched()
    links = [link_in(mail) for mail in world.mailbox.messages if "/open/" in mail.text]
    tokens = {link.rpartition("/")[2] for link in links}
    assert len(tokens) > 4
    for one in tokens:
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", one)
    world.store.checkpoint()
    files = b"".join(path.read_bytes() for path in world.folder.glob("peer-support.db*"))
    assert [one for one in tokens if one.encode() in files] == []
    browser = Browser()
    for address in (JORDAN, REQUESTER, supporter):
        page = world.open(world.mail(address), browser)
        path = page.answer.url.removeprefix(world.url)
        assert re.fullmatch(r"/page/\d+", path), path
        history = [step.url for step in page.answer.history]
        assert not [url for url in history if reference in url or "review" in url]


def test_one_browser_with_two_roles_on_one_request_acts_in_each_only_as_that_role(
    world: World,
) -> None:
    reference = world.offered()
    browser = Browser()
    asked = world.open(world.mail(world.asked(reference)), browser)
    reviewing = world.open(world.mail(JORDAN), browser)
    requesting = world.open(world.mail(REQUESTER), browser)
    assert len({page.answer.url for page in (asked, reviewing, requesting)}) == 3
    for page, foreign in ((asked, "closed"), (requesting, "accepted"), (reviewing, "reopened")):
        assert page.choose(foreign, outcome="not_a_request").status in (400, 409)
    assert reviewing.choose("identity").status == 200
    assert "Jamie Quill" not in asked.choose("identity").text
    assert "Jamie Quill" not in requesting.choose("identity").text
    asked.choose("accepted")
    found = cases.find(world.store.read(), reference)
    assert found is not None
    events = [(one.event, one.by_role) for one in history.lines(world.store.read(), found.id)]
    assert events[-1] == ("accepted", "supporter")
    assert {role for event, role in events if event == "closed"} == set()


def test_two_people_in_one_browser_are_never_mixed_up(world: World) -> None:
    world.request()
    browser = Browser()
    jordans, priyas = (world.open(world.mail(who), browser) for who in (JORDAN, PRIYA))
    jordans.choose("looking")
    priyas.choose("looking")
    db = world.store.read()
    assert {person for _, person, _ in openings.of_case(db, 1)} == {"jordan-reyes", "priya-nair"}


def test_a_link_lives_two_weeks_at_most_whatever_the_files_say(world: World) -> None:
    reference = world.request()
    link = world.mail(REQUESTER)
    world.clock.now += timedelta(days=14, minutes=-12)
    assert world.open(link).status == 200
    assert visited(world, Role.REQUESTER) == {reference}
    world.clock.now += timedelta(minutes=12)
    assert world.open(link).status == 410


def test_a_row_that_was_pointed_at_another_request_opens_nothing(world: World) -> None:
    """By somebody who can write the file, and has no key."""
    world.request()
    other = again(world, QID1_TEXT="Robin Vale", QID2_TEXT="robin.vale@example.org", QID3_TEXT=None)
    theirs = "(select id from cases where reference = ?)"
    with world.store.write() as db:
        db.execute(f"update links set case_id = {theirs}", [other])  # noqa: S608
    assert world.open(world.mail(REQUESTER)).status == 404


def test_a_name_that_was_put_in_the_place_of_another_is_shown_to_nobody(world: World) -> None:
    """A supporter who can write the file would read it on the page of the request they have."""
    reference, supporter = world.matched()
    other = again(world, QID1_TEXT="Robin Vale", QID2_TEXT="robin.vale@example.org", QID3_TEXT=None)
    with world.store.write() as db:
        theirs, own = (
            db.execute("select id from cases where reference = ?", [one]).fetchone()[0]
            for one in (other, reference)
        )
        taken = "(select sealed from identities where case_id = ?)"
        db.execute(f"update identities set sealed = {taken} where case_id = ?", [theirs, own])  # noqa: S608
    page = world.open(world.mails(supporter)[-1])
    assert page.status == 500
    assert "Robin" not in page.text


def test_what_somebody_else_may_open_is_of_no_use_in_a_row_of_ones_own(world: World) -> None:
    """Who asked, and can write the file, would read the page of those who review."""
    world.request()
    page, reviewing = world.open(world.mail(REQUESTER)), world.open(world.mail(JORDAN))
    assert reviewing.status == 200
    with world.store.write() as db:
        mine, theirs = (
            db.execute(
                "select hash, detail, person from links where person = ?", [of_case(db, person)]
            ).fetchone()
            for person in ("", "jordan-reyes")
        )
        change = "update links set detail = ?, person = ? where hash = ?"
        db.execute(change, [*theirs[1:], mine[0]])
        rows = db.execute("select hash, detail from visits").fetchall()
        assert len(rows) == 2
        for hash, detail in (rows[0][0], rows[1][1]), (rows[1][0], rows[0][1]):
            db.execute("update visits set detail = ? where hash = ?", [detail, hash])
    assert "Decide" not in page.again().text
    assert page.again().status >= 400
    assert world.open(world.mail(REQUESTER)).status >= 400


def of_case(db: Database, person: str) -> str:
    (case_id,) = db.execute("select id from cases").fetchone()
    return db.pseudonyms.of("links.person", f"{case_id}/{person}")


def test_a_request_that_was_put_in_the_place_of_another_is_shown_to_nobody(world: World) -> None:
    """Neither as it is, nor as it was before a decision: undoing that would bring it back."""
    reference = world.request()
    other = again(world, QID1_TEXT="Robin Vale", QID2_TEXT="robin.vale@example.org", QID3_TEXT=None)
    page = world.open(world.mail(JORDAN, containing=reference))
    page.choose("offered", first=page.values("first")[0])
    assert "Undo" in page.again().text
    document = "(select document from cases where reference = ?)"
    id = "(select id from cases where reference = ?)"
    with world.store.write() as db:
        db.execute(
            f"update history set document_before = {document} where case_id = {id}"  # noqa: S608
            " and document_before is not null",
            [other, reference],
        )
    assert page.again().status == 500
    assert page.choose("undone").status == 500
    with world.store.write() as db:
        db.execute("update history set document_before = null")
        db.execute(
            f"update cases set document = {document} where reference = ?",  # noqa: S608
            [other, reference],
        )
    assert page.again().status == 500
