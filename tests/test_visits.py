"""Visits: kept on the server, ended when a role ends, and never fixed from outside."""

import re
from datetime import datetime, timedelta

from flask import session

from pages import visits
from pages.visits import MOST_VISITS
from store.access import visits as stored_visits
from tests.links import visited
from tests.program_files import change
from tests.test_story_copies import OFF, ON
from tests.world import JORDAN, PRIYA, REQUESTER, Browser, World
from workflow.model import Role


def test_the_cookie_holds_random_ids_and_the_database_their_hashes(world: World) -> None:
    reference = world.request()
    browser = Browser()
    page = world.open(world.mail(JORDAN), browser)
    cookie = browser.web.cookies["desk"]
    serializer = world.app.session_interface.get_signing_serializer(world.app)  # type: ignore[attr-defined]
    kept = serializer.loads(cookie)
    ((_, id),) = kept["cases"]
    assert re.fullmatch(r"[\w-]{43}", id)
    assert set(kept) == {"csrf_token", "cases", "came", "led"}
    assert kept["came"] == [], "no link, once it has led to its page"
    assert reference not in str(kept)
    world.store.checkpoint()
    assert id.encode() not in b"".join(p.read_bytes() for p in world.folder.glob("peer-support*"))
    assert page.again().status == 200


def test_the_cookie_does_not_tell_how_a_visit_ended(world: World) -> None:
    """Browsers may keep it for long, and only requesters withdraw."""
    world.request()
    browser = Browser()
    page = world.open(world.mail(REQUESTER), browser)
    assert "withdrawn" in page.choose("withdrawn_erased").text
    serializer = world.app.session_interface.get_signing_serializer(world.app)  # type: ignore[attr-defined]
    assert "withdrawn" not in str(serializer.loads(browser.web.cookies["desk"]))
    assert "The request is withdrawn" in page.again().text
    assert len(browser.web.cookies["desk"]) < 1000


def test_a_visit_begins_under_a_new_id_whatever_the_cookie_held(world: World) -> None:
    world.request()
    planted = Browser()
    world.open(world.mail(JORDAN), planted)
    victim = Browser()
    victim.web.cookies.update(planted.web.cookies)
    mine = world.open(world.mail(PRIYA), victim)
    page = Browser()
    page.web.cookies.update(planted.web.cookies)
    assert page.look(mine.answer.url).status == 403, "the planter got in"
    again = world.open(world.mail(PRIYA), victim)
    assert again.answer.url == mine.answer.url
    assert world.count("visits") == 2


def test_a_number_in_an_address_is_never_given_to_another_visit(world: World) -> None:
    reference = world.offered()
    browser = Browser()
    first = world.open(world.mail(JORDAN), browser)
    first.choose("handed_over")
    world.passes(minutes=6)
    second = world.open(world.mail(REQUESTER), browser)
    assert second.answer.url != first.answer.url
    for page in (first.again(), first.choose("closed", outcome="not_a_request")):
        assert "Please open the link again" in page.text
        assert reference not in page.text
    assert world.case(reference).is_open


def test_a_copied_cookie_opens_nothing_once_the_role_has_ended(world: World) -> None:
    reference = world.offered()
    asked = world.open(world.mail(world.asked(reference)))
    asked.choose("accepted")
    thief = Browser()
    thief.web.cookies.update(asked.person.web.cookies)
    assert "Jamie Quill" in thief.look(asked.answer.url).text
    world.passes(minutes=6)
    world.open(world.mail(JORDAN)).choose("taken_back")
    assert visited(world, Role.SUPPORTER) == set()
    late = thief.look(asked.answer.url)
    assert late.status == 403
    assert "Jamie" not in late.text


def test_what_ends_with_a_role_is_dropped_from_the_browsers_cache(world: World) -> None:
    reference = world.offered()
    asked = world.mail(world.asked(reference))
    assert "Clear-Site-Data" not in world.open(asked).answer.headers
    over = world.open(asked).choose("declined")
    assert over.status == 200
    assert over.answer.headers["Clear-Site-Data"] == '"cache"'
    assert world.open(asked).answer.headers["Clear-Site-Data"] == '"cache"'
    stepped_back = world.open(world.mail(JORDAN)).choose("handed_over")
    assert stepped_back.answer.headers["Clear-Site-Data"] == '"cache"'


def test_what_is_over_is_swept_and_forgotten(world: World) -> None:
    change(world, "survey.toml", OFF, ON)  # Or a link would ask somebody to clean up in Qualtrics.
    world.request()
    world.open(world.mail(JORDAN))
    assert world.count("visits") == 1
    world.open(world.mail(REQUESTER)).choose("withdrawn_erased")
    assert world.count("visits") == 0, "a coordinator's page closes at once"
    world.passes(minutes=31)
    assert world.count("cases") == 0
    assert world.count("links") == world.count("visits") == 0
    world.own_page(PRIYA)
    assert world.count("visits") == 1
    world.passes(minutes=31)
    assert world.count("visits") == 0
    world.passes(days=45)
    assert world.count("links") == 0


def test_looking_at_a_page_writes_nothing_and_sending_says_when_it_was_used(world: World) -> None:
    world.request()
    page = world.open(world.mail(JORDAN))
    began = used(world)
    world.clock.now += timedelta(minutes=7)
    has_changed = world.store.watch()
    has_changed()
    assert page.again().status == 200
    assert not has_changed()
    page.choose("looking")
    assert used(world) > began


def used(world: World) -> datetime:
    """Return when the only visit was used last."""
    (hash,) = world.row("visits", "hash")
    visit = stored_visits.find(world.store.read(), hash, world.clock.now)
    assert visit is not None
    return visit.used_at


def test_a_browser_keeps_as_many_visits_as_its_cookie_has_room_for(world: World) -> None:
    reference = world.request()
    begun: list[str] = []
    with world.app.test_request_context():
        for number in range(MOST_VISITS + 1):
            visit = visits.Visit(reference, Role.SUPPORTER, "somebody", number)
            begun.append(f"{visits.begin(visit).slot}")
        assert [slot for slot, _ in session["cases"]] == begun[1:], "the oldest gave way"
        response = world.app.make_response("")
        world.app.session_interface.save_session(world.app, session, response)
    assert world.count("visits") == MOST_VISITS
    assert len(response.headers["Set-Cookie"]) < 4093


def test_a_cookie_of_an_earlier_version_asks_to_open_the_link_again(world: World) -> None:
    reference, browser = world.request(), world.app.test_client()
    with browser.session_transaction() as kept:
        kept["visits"] = {f"{reference}/reviewer": {"person": "jordan-reyes"}, "1": ["jordan"]}
        kept["person"] = {"person": "jordan-reyes", "expires": 2_000_000_000, "files": ""}
    answer = browser.get("/page/1")
    assert answer.status_code == 403
    assert "Please open the link again" in answer.text
    assert browser.get("/me").location == "/link"
