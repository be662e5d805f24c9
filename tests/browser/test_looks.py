"""The longest pages and some mails of the gallery; `make look` looks at all of them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from pages.examples import own, requester, reviewing, supporter
from tests.browser import looking
from tests.browser.keyboard import unreached
from tests.browser.looking import Looker, Seen

SCENES = (
    requester.on_its_way, requester.correcting, reviewing.arrived, supporter.matched,
    own.boards, own.of_supporter,
)  # fmt: skip
MAILS = ("received", "offer", "digest", "talk_wanted")


@pytest.fixture(scope="module")
def seen() -> list[Seen]:
    """The longest page of each template and language, and the first of some mails."""
    program, found = looking.program(), dict[tuple[str, str], Seen]()
    for one in looking.all_pages(program, SCENES):
        key = one.template, one.language
        found[key] = max(one, found.get(key, one), key=lambda each: len(each.html))
    for mail in looking.all_mails(program):
        if mail.template in MAILS:
            found.setdefault((mail.template, mail.language), mail)
    return list(found.values())


@pytest.fixture
def looker(chromium: Browser) -> Iterator[Looker]:
    page = chromium.new_page()
    yield Looker(page)
    page.close()


def test_they_can_be_read_and_used_by_everybody(looker: Looker, seen: list[Seen]) -> None:
    wrong = {one.name: list(looker.looks(one)) for one in seen}
    assert {one.template for one in seen} >= {"requester.html", "reviewer.html", *MAILS}
    assert {name: what for name, what in wrong.items() if what} == {}


def test_the_tab_key_reaches_everything(looker: Looker, seen: list[Seen]) -> None:
    pages = [one for one in seen if not one.is_mail]
    wrong = {one.name: unreached(looker, one) for one in pages}
    assert {name: what for name, what in wrong.items() if what} == {}


def test_what_is_wrong_is_found(looker: Looker) -> None:
    bad = "<html lang=en><title>x</title><main><h1>x</h1><p style='color:#999'>pale</p>"
    bad += "<p style='width:2000px'>wide</p><button style='outline:none'></button></main>"
    found = "\n".join(looker.looks(Seen("bad", "en", "bad", bad)))
    for what in ("sideways", "color-contrast", "button-name", "out of reach", "too small"):
        assert what in found
