"""Every route and every session: what somebody gets there, and that nobody else gets it."""

import dataclasses
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from app import create_app
from demo.serving import served
from settings import SignOn
from tests.sessions import HANNAH, MARCUS, Scene, Visit, scene
from tests.signing_on import HEADER, SECRET, sign_on
from tests.world import ELENA, JORDAN, PRIYA, RUTH, SAM, Browser, Page, World, living

#: Pages that say the same to everybody, and doors that ask for no session.
SAME_FOR_ALL = {
    "GET pages.privacy", "GET pages.static", "GET health.alive", "GET health.health",
    "GET person.ask_for_link", "POST person.mail_link", "GET arriving.look_at_link",
    "GET arriving.ask_to_continue", "POST arriving.close",
    "GET look.colors", "GET look.logo", "GET help.show_help",
    "GET sign_on.go_on",
}  # fmt: skip
#: Doors that a signature or a token opens, and no session.
SIGNED = {
    "POST arriving.open_link", "POST feedback.record", "GET qualtrics.look", "GET metrics.metrics",
    "POST qualtrics.receive_event", "POST qualtrics.receive_workflow",
}  # fmt: skip
#: The own pages, and who gets one: everybody else is asked to open a link.
SUPPORTERS = {"asked supporter", "matched supporter", "former supporter"}
REVIEWERS = {
    "reviewer", "barred reviewer", "reviewer elsewhere", "stepped back", "called deputy",
    "outside person",
}  # fmt: skip
COORDINATORS = {"reviewer", "barred reviewer", "reviewer elsewhere", "stepped back"}
OWN = {
    "GET person.show_me": REVIEWERS | SUPPORTERS,
    "POST person.say": REVIEWERS | SUPPORTERS,
    "GET person.show_board": REVIEWERS,
    "POST person.open_request": REVIEWERS,
    "GET report.show_report": REVIEWERS,
    "GET program.show_program": {"admin"},
    "POST program.decide": {"admin"},
    "GET invited.show_invitation": {"nominee"},
    "POST invited.answer": {"nominee"},
    "GET outreach.show_outreach": COORDINATORS,
    "POST outreach.begin": COORDINATORS,
    "GET nominees.show_nominees": COORDINATORS,
    "POST nominees.decide": COORDINATORS,
    # Only once sessions are planned, and by the links of mails about them or about newcomers, which
    # nobody has here: tests/test_story_training.py, tests/test_story_nominations.py say who does.
    "GET invited.calendar": set[str](),
    "GET trainings.show_sessions": set[str](),
    "POST trainings.record": set[str](),
    "GET nominees.show_newcomers": set[str](),
    # Only by the link of the monthly mail, which nobody has here.
    "GET copies.show_copies": set[str](),
    "POST copies.tick_off": set[str](),
}
#: Who is who, for the institution's sign-on.
ADDRESSES = {
    "reviewer": JORDAN, "barred reviewer": PRIYA, "reviewer elsewhere": HANNAH,
    "stepped back": MARCUS, "called deputy": ELENA, "outside person": RUTH, "admin": SAM,
}  # fmt: skip
#: The page of a request: who gets which, by the link of a mail about it.
REQUEST = {"GET pages.show_case", "POST pages.decide"}

#: What each session may read of which request, on any page that it gets without a further tap.
MAY_READ = {
    "reviewer": {"A:reference", "A:facts"},
    "barred reviewer": {"B:reference", "B:facts"},
    "reviewer elsewhere": set[str](),
    "stepped back": set[str](),
    "called deputy": {"B:reference", "B:facts"},
    "outside person": set[str](),
    "asked supporter": {"A:reference"},
    "matched supporter": {"B:reference", "B:name", "B:phone"},
    "former supporter": set[str](),
    "requester": {"A:reference"},
    "other requester": {"B:reference"},
    "admin": set[str](),
    "nominee": set[str](),
    "partner": {"B:name", "B:phone"},
    "stranger": set[str](),
}
#: One tap more, with the link of a mail about the request.
ON_REQUEST = {
    "reviewer": {"A:reference", "A:name", "A:phone", "A:unit"},
    "called deputy": {"B:reference", "B:name", "B:phone", "B:unit"},
    "barred reviewer": {"B:reference", "B:name", "B:phone", "B:unit"},
}
CHOICES = (
    "accepted", "handed_back", "taken_back", "withdrawn_erased", "contact_corrected", "handed_over",
    "identity", "text",
)  # fmt: skip


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One scene for all tests here: none of them changes a request."""
    with living(tmp_path_factory.mktemp("matrix")) as world:
        yield scene(world)


def routes(world: World) -> Iterator[tuple[str, str]]:
    """Yield each route as "METHOD endpoint", with its address."""
    for rule in world.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield f"{method} {rule.endpoint}", rule.rule


def token(world: World, browser: Browser) -> str:
    return browser.look(f"{world.url}/link").values("csrf_token")[0]


def send(world: World, browser: Browser, address: str, **fields: str) -> Page:
    data = {"csrf_token": token(world, browser)} | fields
    return Page(browser, browser.web.post(address, data=data))


def addresses(found: Scene) -> set[str]:
    """Return the addresses of all pages about a request that anybody has open."""
    pages = (page for visit in found.sessions.values() for page in visit.pages.values())
    urls = {page.answer.url for page in pages}
    own = ("/me", "/board", "/program", "/link", "/continue", "/invitation")
    return {url for url in urls if not urlsplit(url).path.startswith(own)}


def own_addresses(visit: Visit) -> set[str]:
    return {page.answer.url for page in visit.pages.values()}


def test_somebody_has_said_of_every_route_who_gets_what(everybody: Scene) -> None:
    """A new route fails here until it stands in one of the tables."""
    said = SAME_FOR_ALL | SIGNED | OWN.keys() | REQUEST
    assert {route for route, _ in routes(everybody.world)} == said


def test_every_session_gets_its_own_pages_and_reads_what_it_may(everybody: Scene) -> None:
    world, gets = everybody.world, dict[str, set[str]]()
    for route, rule in routes(world):
        if not route.startswith("GET") or "<" in rule:
            continue
        for who, visit in everybody.sessions.items():
            page = visit.browser.look(world.url + rule)
            assert everybody.seen_in(page) <= MAY_READ[who], (route, who)
            if page.status == 200 and urlsplit(page.answer.url).path == rule:
                gets.setdefault(route, set()).add(who)
    own = {route: who for route, who in OWN.items() if route.startswith("GET")}
    everywhere = {route for route, who in gets.items() if who == everybody.sessions.keys()}
    assert {route: gets.get(route, set()) for route in own} == own
    assert gets.keys() - own.keys() == everywhere

    for who, visit in everybody.sessions.items():
        is_over = {name for name, page in visit.pages.items() if page.status != 200}
        has_left = who in ("stepped back", "former supporter")
        assert is_over == ({"request"} if has_left else set()), who
        read = (everybody.seen_in(page) for page in visit.pages.values())
        assert set[str]().union(*read) == MAY_READ[who], who


def test_no_session_gets_the_page_of_a_request_from_anothers_address(everybody: Scene) -> None:
    for who, visit in everybody.sessions.items():
        for address in addresses(everybody) - own_addresses(visit):
            page = visit.browser.look(address)
            assert everybody.seen_in(page) <= MAY_READ[who], (who, address)
            assert page.status in (403, 404, 410) or page.answer.url in own_addresses(visit)


def test_no_session_decides_at_anothers_address(everybody: Scene) -> None:
    before, world = everybody.versions(), everybody.world
    openings = world.rows("openings")
    for who, visit in everybody.sessions.items():
        csrf = token(world, visit.browser)
        for address in addresses(everybody) - own_addresses(visit):
            for choice in CHOICES:
                sent = {"csrf_token": csrf, "choice": choice, "offer": "1", "outcome": "supported"}
                page = Page(visit.browser, visit.browser.web.post(address, data=sent))
                assert page.status in (403, 404, 410), (who, address, choice)
                assert everybody.seen_in(page) <= MAY_READ[who], (who, address, choice)
    assert everybody.versions() == before
    assert world.rows("openings") == openings


def test_the_board_opens_only_what_it_shows_and_no_own_page_acts_for_others(
    everybody: Scene,
) -> None:
    before, world = everybody.versions(), everybody.world
    for who, visit in everybody.sessions.items():
        for request, reference in everybody.references.items():
            page = send(world, visit.browser, f"{world.url}/board", choice=reference)
            is_shown = who in REVIEWERS and f"{request}:facts" in MAY_READ[who]
            assert (page.status == 200) == is_shown, (who, request)
            assert everybody.seen_in(page) <= MAY_READ[who], (who, request)
            for choice in ("talk", "hand_over", "", "identity"):
                fields = {"reference": reference, "shown": reference, "choice": choice}
                page = send(world, visit.browser, f"{world.url}/me", **fields)
                assert everybody.seen_in(page) <= MAY_READ[who], (who, choice)
        if who != "admin":
            page = send(world, visit.browser, f"{world.url}/program", choice="in_force")
            assert page.status == 403, who
    assert everybody.versions() == before
    assert world.mails(world.asked(everybody.references["A"]), "like to talk") == []


def test_only_reviewers_open_a_name_and_never_what_they_may_not_know(everybody: Scene) -> None:
    for who, visit in everybody.sessions.items():
        for page in visit.pages.values():
            if urlsplit(page.answer.url).path in ("/me", "/board", "/program"):
                continue
            opened = page.choose("identity") if page.values("csrf_token") else page
            allowed = ON_REQUEST.get(who, MAY_READ[who])
            assert everybody.seen_in(opened) - MAY_READ[who] <= allowed, who
            if who in ON_REQUEST:
                assert allowed <= everybody.seen_in(opened), who


#: Who must be signed on where the institution asks for it, besides having the link.
SIGNED_ON = REVIEWERS | {"admin"}


def test_with_the_institutions_sign_on_a_link_alone_opens_nothing_to_who_may_see_who_asked(
    everybody: Scene,
) -> None:
    before, world = everybody.versions(), everybody.world
    settings = dataclasses.replace(
        world.app.extensions["settings"],
        trusted_proxies=1,
        sign_on=SignOn(HEADER, (SECRET,), False),
    )
    with served(create_app(settings, world.clock)) as url:
        for who, visit in everybody.sessions.items():
            for address in own_addresses(visit):
                if urlsplit(address).path.startswith("/continue"):
                    continue  # Nothing was left to do, so no visit began.
                here = url + urlsplit(address).path
                for other in ("", *(set(ADDRESSES.values()) - {ADDRESSES.get(who)})):
                    sign_on(visit.browser, other)
                    refused = visit.browser.look(here)
                    if who not in SIGNED_ON:
                        assert everybody.seen_in(refused) == everybody.seen_in(
                            visit.browser.look(address)
                        )
                        break
                    assert refused.status == 403, (who, other)
                    assert everybody.seen_in(refused) == set(), (who, other)
                    sent = {"csrf_token": token(world, visit.browser), "choice": "identity"}
                    answer = visit.browser.web.post(here, data=sent)
                    assert answer.status_code == 403, (who, other)
                    assert "sign in" in answer.text, (who, other)
                sign_on(visit.browser, ADDRESSES.get(who, ""))
                assert visit.browser.look(here).status == visit.browser.look(address).status, who
    assert everybody.versions() == before
