"""The service below a path of a host that has other things, too."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from app import create_app
from tests.signing_on import SIGN_ON, signed_on
from tests.world import JORDAN, REQUESTER, TOKEN, Browser, World, link_in, living

PREFIX = "/peer-support"
#: What a page leads to, by any attribute.
LEADS_TO = re.compile(r'(?:href|src|action)="(/[^"]*)"')


@contextmanager
def below(inner: str) -> Iterator[str]:
    """A proxy that leaves the path in."""
    yield inner + PREFIX


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with living(tmp_path, proxy=below) as found:
        yield found


def test_a_request_runs_through_below_a_path(world: World) -> None:
    reference, supporter = world.in_contact()
    assert world.open(world.mail(supporter)).choose("completed", outcome="supported").status == 200
    world.work()
    assert world.case(reference).state == "closed"
    assert all(f"{PREFIX}/open/" in link_in(world.mail(to)) for to in (supporter, JORDAN))
    browser = world.own_page(JORDAN).person
    names = ("me", "board", "report", "privacy", "help", "link", "nothing")
    seen = [browser.look(f"{world.url}/{name}") for name in names]
    seen += [world.open(world.mail(JORDAN)), Browser().look(link_in(world.mail(REQUESTER)))]
    for page in seen:
        assert PREFIX in page.answer.url
        led = LEADS_TO.findall(page.answer.text)
        assert [one for one in led if not one.startswith(f"{PREFIX}/")] == []
        for style in re.findall(r'href="([^"]+\.css[^"]*)"', page.answer.text):
            assert browser.look(world.url.removesuffix(PREFIX) + style).status == 200
        for cookie in page.person.web.cookies:
            assert cookie.path == PREFIX


def test_withdrawing_asks_again_and_leads_back_below_the_path(world: World) -> None:
    world.request()
    page = world.open(world.mail(REQUESTER))
    back = page.choose("withdrawn", sure="no")
    assert (back.status, back.answer.url) == (200, page.answer.url)


def test_doors_and_monitors_answer_with_and_without_the_path(world: World) -> None:
    outside = {"X-API-TOKEN": "wrong"}
    for address in (world.url, world.url.removesuffix(PREFIX)):
        assert requests.get(f"{address}/alive", timeout=60).status_code == 200
        door = f"{address}/webhooks/qualtrics/workflow"
        assert requests.post(door, json={}, headers=outside, timeout=60).status_code == 403
        assert TOKEN not in requests.get(f"{address}/health", timeout=60).text
    assert requests.get(f"{world.url}-too/alive", timeout=60).status_code == 404


def test_signing_on_leads_to_the_page_below_the_path(tmp_path: Path) -> None:
    with living(tmp_path, proxy=below, more=SIGN_ON) as world:
        world.request()
        page = world.open(world.mail(JORDAN))
        assert f'href="{PREFIX}/sign-on/page/' in page.answer.text
        browser = signed_on(JORDAN)
        there = world.open(world.mail(JORDAN), browser).answer.url
        led = browser.look(there.replace("/page/", "/sign-on/page/"))
        assert (led.status, led.answer.url) == (200, there)


def test_over_https_the_cookie_stays_below_the_path(world: World) -> None:
    settings = world.app.extensions["settings"]
    base = f"https://host.example.org{PREFIX}"
    app = create_app(replace(settings, base_url=base), world.clock)
    world.request()
    path = "/open/" + link_in(world.mail(JORDAN)).rpartition("/")[2]
    answer = app.test_client().get(path, base_url="https://host.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Secure-desk=")
    assert {"Secure", "HttpOnly", f"Path={PREFIX}", "SameSite=Lax"} <= {*cookie.split("; ")}
