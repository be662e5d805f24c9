"""The institution's sign-on as a second factor: a link alone opens no request to a reviewer."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.access.sign_on import OURS
from tests.attacked import Attacked, attacked
from tests.signing_on import HEADER, SECRET, SECRET_HEADER, SIGN_ON, sign_on, signed_on
from tests.test_security_log import LINE, lines
from tests.wire import session
from tests.world import (
    JORDAN,
    PRIYA,
    REQUESTER,
    Browser,
    World,
    example_config,
    link_in,
    living,
)

__all__ = ["lines"]

PLEASE = "Please sign in with your work account"
#: Whom a page that asks to sign on must not name.
NAMES = ("jordan", "priya", "quill", "PS-", "coordinator", "review")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with living(tmp_path, more=SIGN_ON) as found:
        yield found


def test_a_coordinator_signs_on_once_and_decides_by_the_links_of_their_mails(world: World) -> None:
    reference = world.request()
    browser = Browser()
    asked = browser.open(link_in(world.mail(JORDAN)))
    assert asked.status == 403
    assert PLEASE in asked.text
    assert [word for word in NAMES if word.lower() in asked.text.lower()] == []

    sign_on(browser, JORDAN.upper())
    (address,) = re.findall(r'href="(/sign-on/[^"]*)"', asked.answer.text)
    page = browser.look(world.url + address)
    assert page.status == 200
    assert page.answer.url.startswith(f"{world.url}/page/")
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    assert "OFFERED" in "".join(world.events(reference)).upper()
    world.ask_for_link(JORDAN)
    own = signed_on(JORDAN).open(link_in(world.mail(JORDAN, "your page")))
    assert own.person.look(f"{world.url}/board").status == 200


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {HEADER: JORDAN},
        {HEADER: JORDAN, SECRET_HEADER: ""},
        {HEADER: JORDAN, SECRET_HEADER: SECRET[:-1]},
        {HEADER: JORDAN, SECRET_HEADER: f"{SECRET},{SECRET}"},
        {HEADER: PRIYA, SECRET_HEADER: SECRET},
        {HEADER: "", SECRET_HEADER: SECRET},
        {HEADER: f"{JORDAN},{PRIYA}", SECRET_HEADER: SECRET},
        {HEADER: f"Jordan Reyes <{JORDAN}>", SECRET_HEADER: SECRET},
        {"X-Forwarded-Email": JORDAN, SECRET_HEADER: SECRET},
    ],
)
def test_whoever_is_not_signed_on_as_its_reader_gets_one_page_and_changes_nothing(
    world: World, sent: dict[str, str]
) -> None:
    reference = world.request()
    page = signed_on(JORDAN).open(link_in(world.mail(JORDAN)))
    page.person.web.headers.clear()
    page.person.web.headers.update(sent)
    before = world.rows("cases"), world.rows("visits"), world.rows("openings")
    for choice in ("offered", "identity", "closed", "handed_over", "looking"):
        refused = page.choose(choice, first=page.values("first")[0], outcome="reached_nobody")
        assert refused.status == 403, choice
        assert PLEASE in refused.text
        assert reference not in refused.text
        assert "Jordan" not in refused.text.replace(sent.get(HEADER, "-"), "")
    assert (world.rows("cases"), world.rows("visits"), world.rows("openings")) == before


def test_requesters_and_supporters_need_only_their_link_unless_supporters_are_meant_too(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    world.submit()
    world.work()
    world.passes(minutes=11)
    page = signed_on(JORDAN).open(link_in(world.mail(JORDAN)))
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    world.passes(minutes=6)
    supporter = world.asked(world.only_case().reference)
    assert world.open(world.mail(REQUESTER)).status == 200
    assert world.open(world.mail(supporter)).choose("accepted").status == 200
    assert world.own_page(supporter).status == 200
    with living(tmp_path_factory.mktemp("staff"), more=SIGN_ON | {"SIGN_ON_FOR": "staff"}) as other:
        other.ask_for_link(supporter)
        link = link_in(other.mail(supporter, "your page"))
        assert PLEASE in Browser().open(link).text
        assert signed_on(supporter).open(link).status == 200
        other.submit()
        other.work()
        assert other.open(other.mail(REQUESTER)).status == 200


def test_a_supporter_who_reviews_too_has_an_own_page_that_needs_the_sign_on(
    tmp_path: Path,
) -> None:
    config = example_config(tmp_path)
    roster = config / "supporters.csv"
    both = roster.read_text().replace("Amara Cole,amara.cole@", "Jordan Reyes,jordan.reyes@", 1)
    roster.write_text(both)
    with living(tmp_path, config, more=SIGN_ON) as world:
        world.ask_for_link(JORDAN)
        links = [link_in(mail) for mail in world.mails(JORDAN, "your page")]
        assert len(links) == 2
        assert all(PLEASE in Browser().open(link).text for link in links)
        assert all(signed_on(JORDAN).open(link).status == 200 for link in links)


def test_the_way_back_from_the_sign_on_leads_to_our_own_pages_alone(world: World) -> None:
    web = session()
    for there in ("page/7", "me", "board", "program", "copies"):
        answer = web.get(f"{world.url}/sign-on/{there}", allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/{there}")
    for there in ("/evil.example.org", "%2Fevil.example.org", "open/x", "https:/x", "page/7/..", "",
                  "page/x", "me%0d%0aX: y", "me/", "@evil.example.org"):  # fmt: skip
        answer = web.get(f"{world.url}/sign-on/{there}")
        assert answer.status_code == 404, there
        assert answer.url.startswith(f"{world.url}/sign-on")


def test_the_security_log_says_that_somebody_had_a_link_and_no_sign_on(
    world: World, lines: list[str]
) -> None:
    world.request()
    world.open(world.mail(JORDAN))
    found = [match.groups() for line in lines if (match := LINE.fullmatch(line))]
    assert [line[:2] for line in found] == [("sign_on", "page")]


def test_nobody_gets_past_it_at_the_port_of_the_service(tmp_path: Path) -> None:
    """As somebody inside the network would, who sends to gunicorn what the proxy sends."""
    with attacked(tmp_path, SIGN_ON) as service:
        service.world.request()
        link = service.link(service.world.mail(JORDAN))
        page = signed_on(JORDAN).open(link)
        assert "Continue" not in page.text
        assert page.status == 200
        cookies = "; ".join(f"{one.name}={one.value}" for one in page.person.web.cookies)
        path = page.answer.url.removeprefix(service.url)
        for headers in FORGED:
            answer = ask_raw(service, path, cookies, headers)
            assert PLEASE.encode() in answer, headers
            assert b"Jordan" not in answer, headers


#: What a client may try, with and without the secret of the proxy; gunicorn may refuse it as well.
FORGED: tuple[tuple[str, ...], ...] = (
    (),
    (f"{HEADER}: {JORDAN}",),
    (f"X_Auth_Request_Email: {JORDAN}", f"{SECRET_HEADER}: {SECRET}"),
    (f"{HEADER}: {JORDAN}", f"X_Sign_On_Secret: {SECRET}"),
    (f"{HEADER}: {PRIYA}", f"{HEADER}: {JORDAN}", f"{SECRET_HEADER}: {SECRET}"),
    (f"{HEADER}: {JORDAN}", f"{SECRET_HEADER}: x", f"{SECRET_HEADER}: y"),
    (f"{HEADER}: {JORDAN}", f"{SECRET_HEADER}: {SIGN_ON['SIGN_ON_SECRETS']}"),
)


def ask_raw(service: Attacked, path: str, cookies: str, headers: tuple[str, ...]) -> bytes:
    lines = (f"GET {path} HTTP/1.1", f"Host: {service.host}", f"Cookie: {cookies}", *headers)
    return service.raw("\r\n".join((*lines, "Connection: close", "", "")).encode())


def test_it_leads_on_to_every_page_that_needs_a_visit(world: World) -> None:
    """A page that it does not know would be closed to everybody who signed on."""
    stranger = world.app.test_client()
    own = [
        rule.rule.strip("/")
        for rule in world.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
        and stranger.get(rule.rule).status_code == 403
    ]  # fmt: skip
    # Whoever is asked something outside of requests needs no sign-on.
    own = [page for page in own if not page.startswith("invitation")]
    assert {"outreach", "nominees"} <= {*own}
    assert [page for page in own if not OURS.fullmatch(page)] == []
