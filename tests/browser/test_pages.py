"""What holds for every page: for all eyes, for one thumb, light, and telling nothing early."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Route

from tests.browser.gallery import Gallery, Walk
from tests.test_pages import PAGES

STYLE = Path(__file__).parents[2] / "static" / "style.css"
SITE = "http://care-desk.example.org"
HEAVIEST = 50_000
#: Here somebody who may opened the name; it stands nowhere else.
NAMED = {
    "reviewer-looked",
    "reviewer-tells-how",
    "reviewer-both-ways",
    "supporter-accepted",
    "supporter-waits",
    "supporter-corrected",
    "supporter-in-contact",
    "supporter-twice-urgent",
}
#: What a nominee said before, when they change it.
TOLD = ["role", "specialty", "department", "languages", "checks_mail", "text_ok"]
#: What somebody chose stays chosen while the page asks for what is missing.
KEPT = {
    "requester-wrong-address": ["choice"],
    "requester-without-address": ["how", "how", "choice"],
    "nominee-told": TOLD,
    "nominee-invited": TOLD,
}
#: For which pages a road is walked, so that no page is missing.
SHOWN_ON = {
    "main_road": {
        "continue.html", "decided.html", "expired.html", "help.html", "looked.html",
        "no_link.html", "privacy.html", "requester.html", "reviewer.html", "supporter.html",
    },
    "withdrawn": {"ended.html", "sure.html"},
    "twice": {"gone_on.html"},
    "files": {"program.html"},
    "copies": {"copies.html"},
    "unknown_unit": {"settled_unit.html"},
    "signing_on": {"sign_on.html"},
    "nominees": {"newcomers.html", "nominee.html", "nominees.html"},
    "trainings": {"session.html", "sessions.html"},
    "own_pages": {"ask_for_link.html", "board.html", "me.html", "message.html"},
}  # fmt: skip

UNFOLD = "document.querySelectorAll('details').forEach(e => e.open = true)"
WIDTH = "document.documentElement.scrollWidth"
TOO_SMALL = """() => {
  const targets = 'a, button, summary, select, label.choice, .field input';
  return [...document.querySelectorAll(targets)].filter(e => e.checkVisibility()).filter(e => {
    const box = e.getBoundingClientRect();
    return box.width < 24 || box.height < (e.matches('a') ? 24 : 44);
  }).map(e => e.innerText || e.name);
}"""
UNASKED = """() => [...document.querySelectorAll('input:not([type=hidden]), select')].filter(e => {
  const question = e.closest('fieldset')?.querySelector('legend')?.innerText;
  return !e.labels.length || !question;
}).map(e => e.name)"""
TWICE_AS_LARGE = "document.documentElement.style.fontSize = '200%'"
#: What takes no focus, is out of order, or does not show that it has the focus.
OUT_OF_REACH = """() => {
  const found = 'a[href], button, summary, select, input:not([type=hidden])';
  return [...document.querySelectorAll(found)].filter(e => e.checkVisibility()).filter(e => {
    e.focus({focusVisible: true});
    const has = document.activeElement === e && getComputedStyle(e).outlineStyle !== 'none';
    return !has || e.tabIndex !== 0;
  }).map(e => e.innerText || e.name);
}"""
CHOSEN = """() => [...document.querySelectorAll('input:checked, option:checked')]
  .filter(e => e.value !== '').map(e => (e.closest('select') ?? e).name)"""

#: Of each text: its color and size, and on what it stands. This is all that contrast depends on.
COLORS = """() => {
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  const look = s => [s.backgroundColor, s.backgroundImage, s.opacity, s.filter].join();
  const nothing = 'rgba(0, 0, 0, 0),none,1,none';
  const behind = e => e ? [look(getComputedStyle(e)), ...behind(e.parentElement)] : [];
  const text = e => {
    const s = getComputedStyle(e);
    return [s.color, s.fontSize, s.fontWeight, s.textShadow,
      ...behind(e).filter(one => one !== nothing)].join('|');
  };
  const texts = [...document.querySelectorAll('body *')].filter(e => own(e) || e.labels);
  return [...new Set(texts.map(text))];
}"""
BROKEN_RULES = """() => axe.run({
    resultTypes: ['violations'], rules: {'color-contrast': {enabled: false}},
  }).then(found => found.violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${node.html}`)))"""
LOW_CONTRAST = """() => axe.run({runOnly: ['color-contrast'], resultTypes: ['violations']})
  .then(found => found.violations.flatMap(rule => rule.nodes.map(node => node.html)))"""


@dataclass(frozen=True)
class Look:
    """What Chromium found on one page, with everything unfolded."""

    broken_rules: list[str]
    unreadable_in_the_light: list[str]
    unreadable_in_the_dark: list[str]
    too_small: list[str]
    unasked: list[str]
    chosen: list[str]
    #: By how much it is wider than the smallest phone, a desk, and a desk with text twice as large.
    too_wide: list[int]
    out_of_reach: list[str]


@pytest.fixture(scope="package")
def seen() -> set[str]:
    """The colors of which Chromium has told this process how easily they are read."""
    return set()


@pytest.fixture(scope="module")
def looks(chromium: Browser, gallery: Gallery, seen: set[str]) -> Iterator[dict[str, Look]]:
    """Show every page once, under the headers that it came with."""

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/static/style.css":
            route.fulfill(path=STYLE)
        else:
            found = gallery[path.strip("/")]
            route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.text)

    with chromium.new_context() as context:
        context.add_init_script(AXE_SCRIPT)
        context.route("**/*", answer)
        page = context.new_page()
        yield {name: _look(page, name, seen) for name in gallery}


def _look(page: Page, name: str, seen: set[str]) -> Look:
    page.set_viewport_size({"width": 390, "height": 700})
    page.emulate_media(color_scheme="light")
    page.goto(f"{SITE}/{name}")
    page.evaluate(UNFOLD)
    broken_rules, too_small = page.evaluate(BROKEN_RULES), page.evaluate(TOO_SMALL)
    unreadable_in_the_light = _unreadable(page, seen)
    # In the dark on a desk: it is as wide as the light one was narrow.
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 1280, "height": 800})
    unreadable_in_the_dark, on_a_desk = _unreadable(page, seen), page.evaluate(WIDTH)
    out_of_reach = page.evaluate(OUT_OF_REACH)
    page.set_viewport_size({"width": 320, "height": 700})
    on_smallest_phone = page.evaluate(WIDTH)
    page.set_viewport_size({"width": 640, "height": 800})
    page.evaluate(TWICE_AS_LARGE)
    return Look(
        broken_rules,
        unreadable_in_the_light,
        unreadable_in_the_dark,
        too_small,
        page.evaluate(UNASKED),
        page.evaluate(CHOSEN),
        [on_smallest_phone - 320, on_a_desk - 1280, page.evaluate(WIDTH) - 640],
        out_of_reach,
    )


def _unreadable(page: Page, seen: set[str]) -> list[str]:
    """Return what is hard to read; looks, which takes long, only at colors not seen before."""
    colors: set[str] = set(page.evaluate(COLORS))
    if colors <= seen:
        return []
    unreadable: list[str] = page.evaluate(LOW_CONTRAST)
    if not unreadable:
        seen |= colors
    return unreadable


def test_it_breaks_no_rule_of_accessibility(looks: dict[str, Look]) -> None:
    broken = {name: look.broken_rules for name, look in looks.items() if look.broken_rules}
    assert not broken


def test_it_is_easy_to_read_in_the_light_and_in_the_dark(looks: dict[str, Look]) -> None:
    for name, look in looks.items():
        assert not look.unreadable_in_the_light, name
        assert not look.unreadable_in_the_dark, name


def test_it_never_scrolls_sideways(looks: dict[str, Look]) -> None:
    wide = {name: look.too_wide for name, look in looks.items() if max(look.too_wide) > 0}
    assert not wide


def test_a_keyboard_reaches_everything_in_its_order(looks: dict[str, Look]) -> None:
    assert not {name: look.out_of_reach for name, look in looks.items() if look.out_of_reach}


def test_it_is_tapped_with_a_thumb(looks: dict[str, Look]) -> None:
    assert not {name: look.too_small for name, look in looks.items() if look.too_small}


def test_it_says_what_is_asked_and_chooses_nothing_itself(looks: dict[str, Look]) -> None:
    assert not {name: look.unasked for name, look in looks.items() if look.unasked}
    assert {name: look.chosen for name, look in looks.items() if look.chosen} == {
        name: chosen for name, chosen in KEPT.items() if name in looks
    }


def test_its_road_leads_to_the_pages_that_it_is_walked_for(walked: Walk) -> None:
    assert walked.templates >= SHOWN_ON.get(walked.road, set())


def test_every_page_is_shown_on_a_road() -> None:
    assert set().union(*SHOWN_ON.values()) == {page.template for page in PAGES.values()}


def test_it_stays_light_and_needs_no_script(gallery: Gallery) -> None:
    style = STYLE.stat().st_size
    for name, answer in gallery.items():
        assert len(answer.content) + style < HEAVIEST, name
        assert not re.search(r"<script|\son\w+=|\sstyle=", answer.text), name


def test_it_names_nobody_before_somebody_opened_the_name(gallery: Gallery) -> None:
    telling = re.compile("Jamie|Quill|555-0199|555-0155|Night float")
    assert {name for name, answer in gallery.items() if telling.search(answer.text)} == (
        NAMED & gallery.keys()
    )


def test_it_offers_to_step_back_before_it_offers_the_name(gallery: Gallery) -> None:
    asking = {n: a.text for n, a in gallery.items() if "<summary>Show name" in a.text}
    asking.pop("reviewer-closed", None)  # Nothing is left there to step back from.
    assert asking or "reviewer" not in gallery
    for name, text in asking.items():
        assert text.index("I know this person") < text.index("<summary>Show name"), name


def test_it_speaks_of_requests_under_a_title_that_tells_nothing(gallery: Gallery) -> None:
    for name, answer in gallery.items():
        words = re.sub(r"<[^>]+>", " ", answer.text)
        assert not re.search(r"\b(case|ticket|submission)s?\b", words, re.I), name
        title = re.search(r"<title>(.+) – Care Desk</title>", answer.text)
        assert title, name
        assert not re.search("peer|support", title[1], re.I), name
