"""The longest pages and some mails of the gallery; `make look` looks at all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from commands.gallery.document import Picture, document
from pages.examples import admins, own, public, requester, reviewing, supporter
from pages.examples.program import everybody, invited, reports
from tests.browser import looking
from tests.browser.heights import GOAL, MOST_USED, end_of
from tests.browser.keyboard import unreached
from tests.browser.looking import Looker, Seen

SCENES = (
    requester.on_its_way, requester.correcting, reviewing.arrived, supporter.matched,
    own.boards, own.of_supporter,
)  # fmt: skip
#: Where the pages are that people use most.
USED = (
    public.links, everybody.help_page, reviewing.arrived, reviewing.asked, reviewing.urgent,
    own.boards, own.of_coordinator, own.free_supporter, supporter.matched, requester.on_its_way,
    requester.correcting, invited.asked_to_support, invited.trainings, invited.all_nominees,
    reports.for_leadership, admins.files, admins.copies,
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


def test_paper_asks_for_no_decision(looker: Looker, seen: list[Seen]) -> None:
    looker.page.emulate_media(media="print")
    pages = [one for one in seen if not one.is_mail]
    for one in pages:
        looker.page.set_content(one.html)
        assert looker.page.evaluate(looking.ASKING) == [], one.name


def test_what_is_wrong_is_found(looker: Looker) -> None:
    bad = "<html lang=en><title>x</title><main><h1>x</h1><p style='color:#999'>pale</p>"
    bad += "<p style='width:2000px'>wide</p><button style='outline:none'></button></main>"
    found = "\n".join(looker.looks(Seen("bad", "en", "bad", bad)))
    for what in ("sideways", "color-contrast", "button-name", "out of reach", "too small"):
        assert what in found


def test_what_people_come_for_stands_on_the_first_screens(looker: Looker) -> None:
    known = {one.name: one for one in looking.all_pages(looking.program(), USED)}
    ends = {use: end_of(looker, known[f"{use.page} (en-US)"], use) for use in MOST_USED}
    assert {use: end for use, end in ends.items() if end > GOAL} == {}


def test_nothing_is_too_wide_for_a_small_phone_or_large_text(looker: Looker) -> None:
    longest = dict[str, Seen]()
    for one in looking.all_pages(looking.program(), USED):
        longest[one.template] = max(
            one, longest.get(one.template, one), key=lambda it: len(it.html)
        )
    for one in longest.values():
        looker.shows(one)
        wide = [what for what in looker.on_small_screens(one) if "sideways" in what]
        assert wide == [], one.name


def test_the_gallery_shows_what_is_chosen(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "preview.html"
    shown = [Picture("Pages", one, "en-US", f"<html><head></head>#1: {one}", "") for one in "ab"]
    file.write_text(document("Example", shown))
    page = chromium.new_page()
    page.goto(file.as_uri())
    for one in "ab":
        page.get_by_role("link", name=one, exact=True).click()
        page.frame_locator("iframe").get_by_text(f"#1: {one}").wait_for()
    page.go_back()
    page.frame_locator("iframe").get_by_text("#1: a").wait_for()
    page.close()
