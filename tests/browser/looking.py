"""What Chromium finds wrong with a page or a mail, at one width and in one scheme of colors."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from commands.gallery.frames import styled
from notifications.examples import samples as mails
from notifications.mail.compose import Composer
from pages.examples import samples as pages
from pages.examples.shown import Pages
from program import Program
from tests.world import EXAMPLE, MONDAY

TEMPLATES = Path(__file__).parents[2] / "templates"
HEAVIEST = 50_000
WIDTHS, SCHEMES = (390, 1280), ("light", "dark")
#: A mail is a part of a mail program's page, which has the landmarks and the first heading.
FOR_MAILS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

UNFOLD = "document.querySelectorAll('details').forEach(e => e.open = true)"
WIDTH = "document.documentElement.scrollWidth"
TWICE_AS_LARGE = "document.documentElement.style.fontSize = '200%'"
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
#: What takes no focus, is out of order, does not show that it has the focus, or is covered then.
OUT_OF_REACH = """() => {
  const found = 'a[href], button, summary, select, input:not([type=hidden])';
  return [...document.querySelectorAll(found)].filter(e => e.checkVisibility()).filter(e => {
    e.focus({focusVisible: true});
    const has = document.activeElement === e && getComputedStyle(e).outlineStyle !== 'none';
    const box = e.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const isCovered = top && !e.contains(top) && !top.contains(e);
    return !has || e.tabIndex !== 0 || isCovered;
  }).map(e => e.innerText || e.name);
}"""
#: What asks for a decision: paper shows none of it.
ASKING = """() => [...document.querySelectorAll('button, a.button, summary, input[type=radio]')]
  .filter(e => e.checkVisibility() && !e.closest('.ask')).map(e => e.innerText || e.name)"""
CHOSEN = """() => [...document.querySelectorAll('input:checked, option:checked')]
  .filter(e => e.value !== '').map(e => (e.closest('select') ?? e).name)"""
#: Of each text: its color and size, and on what it stands. This is all that contrast depends on.
#: Remembers the texts that have colors besides the known ones.
COLORS = """known => {
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
  window.unjudged = texts.filter(e => !known.includes(text(e)));
  return [...new Set(window.unjudged.map(text))];
}"""
CONTRAST = "color-contrast"
FOUND = """.then(found => found.violations.flatMap(
  rule => rule.nodes.map(node => `${rule.id}: ${node.html}`)))"""
RULES = f"""only => axe.run({{resultTypes: ['violations'], ...(only ? {{runOnly: only}} : {{}}),
  rules: {{'{CONTRAST}': {{enabled: false}}}}}}){FOUND}"""
LOW_CONTRAST = f"""() => axe.run({{include: window.unjudged}},
  {{runOnly: ['{CONTRAST}'], resultTypes: ['violations']}}){FOUND}"""


@dataclass(frozen=True)
class Seen:
    """A page or a mail as somebody sees it."""

    name: str
    language: str
    template: str
    html: str
    is_mail: bool = False


def program() -> Program:
    return Program.load(EXAMPLE)


def all_pages(program: Program, only: Collection[Callable[..., Pages]] = ()) -> Iterator[Seen]:
    """Yield every page of the gallery, or of some of its scenes, with its styles."""
    for one in pages.samples(program, MONDAY, only):
        name = f"{one.reader}, {one.state} ({one.language})"
        yield Seen(name, one.language, one.template, styled(one.html, program))


def all_mails(program: Program) -> Iterator[Seen]:
    for one in mails.samples(Composer(TEMPLATES), program, MONDAY):
        name = f"mail {one.name}, {one.occasion} ({one.language})"
        if one.message.html:
            yield Seen(name, one.language, one.name, one.message.html, is_mail=True)


@dataclass(frozen=True)
class Looker:
    """A page of a browser, and the colors that it found easy to read before: measuring is slow."""

    page: Page
    readable: set[str] = field(default_factory=set)

    def looks(self, seen: Seen) -> Iterator[str]:
        """Show a page or a mail, and yield what is wrong with it and where."""
        self.shows(seen)
        if len(seen.html.encode()) > HEAVIEST:
            yield f"weighs {len(seen.html.encode())} bytes"
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            for what in self._at_this_width(seen, width):
                yield f"{width} px: {what}"
            for scheme in SCHEMES:
                self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                yield from (f"{width} px, {scheme}: {what}" for what in self._unreadable())
        yield from self.on_small_screens(seen)

    def shows(self, seen: Seen) -> None:
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 800})
        self.page.set_content(seen.html)
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        self.page.evaluate(UNFOLD)

    def _at_this_width(self, seen: Seen, width: int) -> Iterator[str]:
        if self.page.evaluate(WIDTH) > width:
            yield "scrolls sideways"
        yield from self.page.evaluate(RULES, FOR_MAILS if seen.is_mail else None)
        if not seen.is_mail:
            yield from (f"out of reach: {one}" for one in self.page.evaluate(OUT_OF_REACH))

    def _unreadable(self) -> list[str]:
        """Return what is hard to read; looks, which takes long, only at colors not seen before."""
        colors = self.page.evaluate(COLORS, list(self.readable))
        if not colors:
            return []
        unreadable: list[str] = self.page.evaluate(LOW_CONTRAST)
        if not unreadable:
            self.readable.update(colors)
        return unreadable

    def on_small_screens(self, seen: Seen) -> Iterator[str]:
        """Yield what is wrong on the smallest phone, for a thumb, and with text twice as large."""
        page = self.page
        page.set_viewport_size({"width": 320, "height": 700})
        if page.evaluate(WIDTH) > 320:
            yield "scrolls sideways on the smallest phone"
        if seen.is_mail:
            return
        yield from (f"too small: {one}" for one in page.evaluate(TOO_SMALL))
        yield from (f"without a question: {one}" for one in page.evaluate(UNASKED))
        page.set_viewport_size({"width": 640, "height": 800})
        page.evaluate(TWICE_AS_LARGE)
        if page.evaluate(WIDTH) > 640:
            yield "scrolls sideways with large text"
