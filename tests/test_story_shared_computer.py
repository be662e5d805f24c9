"""Stories of a computer that others use next: what its browser kept opens nothing."""

import re
from pathlib import Path

from tests.nominating import SAM_LEE, Nominating
from tests.world import JORDAN, REQUESTER, Browser, Page, World, link_in


def press(page: Page, action: str) -> Page:
    """Press the button of a form that leads to an address of its own."""
    assert f'action="{action}"' in page.answer.text
    token = page.values("csrf_token")[0]
    address = page.answer.url.partition("/page")[0] + action
    return Page(page.person, page.person.web.post(address, data={"csrf_token": token}))


def test_no_address_that_a_browser_lists_opens_the_page_later(world: World) -> None:
    world.request()
    browser = Browser()
    link = link_in(world.mail(JORDAN))
    looked = browser.look(link)
    opened = browser.open(link)
    shown = [looked.answer.url, opened.answer.url]
    token = link.rpartition("/")[2]
    assert not [address for address in shown if token in address]
    world.passes(minutes=31)
    for address in shown:
        page = browser.look(address)
        if page.status == 200:
            page = page.choose("")
        assert page.status == 403, address
        assert "Please open the link again" in page.text
    assert "Ask a supporter" in browser.open(link).text, "only the mail does"


def test_two_links_that_wait_in_one_browser_open_each_its_own(world: World) -> None:
    reference = world.offered()
    browser = Browser()
    first = browser.look(link_in(world.mail(world.asked(reference))))
    second = browser.look(link_in(world.mail(REQUESTER)))
    assert "Can you" in first.choose("").text
    assert "Withdraw" in second.choose("").text


def test_whoever_is_done_closes_all_that_is_open_in_their_browser(world: World) -> None:
    reference = world.offered()
    browser = Browser()
    reviewing = world.open(world.mail(JORDAN), browser)
    waiting = browser.look(link_in(world.mail(world.asked(reference))))
    page = world.open(world.mail(REQUESTER), browser)
    elsewhere = world.open(world.mail(REQUESTER))
    closed = press(page, "/close")
    assert closed.status == 200
    assert closed.answer.headers["Clear-Site-Data"] == '"cache"'
    assert "This page is closed" in closed.text
    for one in (reviewing, page):
        assert one.again().status == 403
        assert one.choose("withdrawn").status == 400, "its form is of the visit that is over"
    assert waiting.again().choose("").status == 403
    assert elsewhere.again().status == 200
    again = world.open(world.mail(REQUESTER), browser)
    assert again.status == 200
    assert again.answer.url != page.answer.url


def test_a_cookie_that_was_copied_opens_nothing_after_close(world: World) -> None:
    """It holds no link anymore, so whoever copied it while the page was open has nothing left."""
    world.request()
    browser, thief = Browser(), Browser()
    waiting = browser.look(link_in(world.mail(REQUESTER)))
    page = waiting.choose("")
    assert "Withdraw" in page.text
    thief.web.cookies.update(browser.web.cookies)
    pressed_again = waiting.again().choose("")
    assert pressed_again.answer.url == page.answer.url, "who goes back and on again sees it again"
    assert press(page, "/close").status == 200
    for address in (page.answer.url, waiting.answer.url):
        late = thief.look(address)
        late = late.choose("") if late.status == 200 else late
        assert late.status == 403
        assert "Please open the link again" in late.text


def test_no_number_in_an_address_tells_what_was_open_before(world: World) -> None:
    world.offered()
    used, unused = Browser(), Browser()
    press(world.open(world.mail(JORDAN), used), "/close")
    shown = [
        page.answer.url
        for browser in (used, unused)
        for page in (browser.look(link_in(world.mail(REQUESTER))),)
        for page in (page, page.choose(""))
    ]
    assert len(set(shown)) == 4
    assert all(re.search(r"/(?:continue|page)/[1-9]\d{8}$", one) for one in shown), shown


def test_everybody_with_a_page_can_close_it(world: World) -> None:
    reference = world.offered()
    own = world.own_page(JORDAN)
    pages = [world.open(world.mail(to)) for to in (JORDAN, REQUESTER, world.asked(reference))]
    pages += [own, own.person.look(f"{world.url}/board")]
    for page in pages:
        assert page.answer.text.count('action="/close"') == 1, page.answer.url
    for address in ("/link", "/privacy", "/help"):
        assert "/close" not in own.person.look(world.url + address).answer.text
    assert "Close this page" in pages[0].text


def test_a_nominee_closes_theirs(world: World) -> None:
    Nominating.begin(world).nominate()
    page = world.open(world.mail(SAM_LEE))
    token = page.values("csrf_token")[0]
    page.person.web.post(f"{world.url}/close", data={"csrf_token": token})
    assert page.again().status == 403


def test_no_field_offers_to_the_next_person_what_somebody_typed() -> None:
    """A browser lists below a field what was typed into it before, unless the field says no."""
    fields = {
        (path.name, field)
        for path in Path("templates/page").glob("*.html")
        for field in re.findall(r"<(?:input|textarea)\b[^>]*>", path.read_text())
        if not re.search(r'type="(?:hidden|radio|checkbox|date)"|<textarea', field)
    }
    assert len(fields) > 8
    assert {one for one in fields if 'autocomplete="off"' not in one[1]} == set()
    typed = {one for one in fields if not re.search('type="(date|time|number)"', one[1])}
    assert {one for one in typed if 'spellcheck="false"' not in one[1]} == set(), "some are sent on"


def test_no_browser_offers_to_send_a_page_with_names_to_a_translator(world: World) -> None:
    """Requesters and people who are asked something may have theirs read in their language."""
    _, supporter = world.in_contact()
    for address, is_kept in ((JORDAN, True), (supporter, True), (REQUESTER, False)):
        text = world.open(world.mail(address)).answer.text
        assert (' translate="no">' in text) == is_kept, address
        assert ('<meta name="google" content="notranslate">' in text) == is_kept, address
