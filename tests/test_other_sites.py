"""Other sites: what they let their visitor's browser ask here is answered alike."""

import pytest
import requests

from tests.links import link_to
from tests.sessions import CSRF_TOKEN
from tests.world import JORDAN, REQUESTER, Browser, World, link_in
from workflow.model import Role

#: As browsers say who asks: a site below the same domain, any site, a window that it opens.
FETCH = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}
WINDOW = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
#: A form has a token of its browser's own, which gets a cookie with it.
OF_BROWSER = ("Date", "Server", "Set-Cookie")


def told(answer: requests.Response) -> tuple[object, ...]:
    """Return whatever a site could find out from an answer."""
    headers = {k: v for k, v in answer.headers.items() if k not in OF_BROWSER}
    return answer.status_code, answer.url, headers, CSRF_TOKEN.sub("", answer.text)


@pytest.mark.parametrize("asks", [FETCH, WINDOW])
def test_no_page_tells_another_site_whether_its_visitor_has_a_visit(
    world: World, asks: dict[str, str]
) -> None:
    reference = world.request()
    visitor, former = Browser(), Browser()
    for to in (JORDAN, REQUESTER):
        world.open(world.mail(to), visitor)
    world.ask_for_link(JORDAN)
    visitor.open(link_in(world.mail(JORDAN, "your page")))
    former.open(link_to(world, "amara-cole", Role.SUPPORTER, reference))
    adapter = world.app.url_map.bind("")
    example = {"slot": 1, "number": 1, "token": "x", "filename": "style.css", "page": "me"}
    for rule in world.app.url_map.iter_rules():
        path = adapter.build(rule.endpoint, {k: example[k] for k in rule.arguments})
        if rule.endpoint.startswith(("qualtrics.", "health.", "arriving.look")):
            continue
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answers = [
            told(one.web.request(method, world.url + path, headers=asks))
            for one in (visitor, former, Browser())
        ]
        assert answers[0] == answers[1] == answers[2], path
        assert "Clear-Site-Data" not in str(answers), path


def test_whoever_meant_to_come_from_another_site_goes_on(world: World) -> None:
    world.request()
    browser = Browser()
    link = link_in(world.mail(JORDAN))
    browser.web.headers.update(WINDOW)
    waiting = browser.look(link)
    browser.web.headers["Sec-Fetch-Site"] = "same-origin"
    page = waiting.choose("")
    assert "Ask a supporter" in page.text
    browser.web.headers.update(WINDOW)
    asked = page.again()
    assert asked.status == 200
    assert "You came here from another site" in asked.text
    path = page.answer.url.removeprefix(world.url)
    assert f'href="{path}"' in asked.answer.text


def test_another_sites_form_is_refused(world: World) -> None:
    world.request()
    page = world.open(world.mail(JORDAN))
    page.person.web.headers.update(WINDOW)
    assert page.choose("looking").status == 403
