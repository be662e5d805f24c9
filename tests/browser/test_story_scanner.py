"""The worst mail scanner, in a Chromium that runs scripts: it decides nothing, mails nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page

from tests.test_story_scanners import kept, road, with_links
from tests.world import JORDAN, World, link_in

#: A page after a link, what its forms lead to, and the answer to that.
DEEPEST = 3
#: What a form would send as it stands. A lone button is pressed; several are a choice.
FORMS = """() => [...document.forms].map(form => {
  const buttons = [...form.querySelectorAll('button')];
  const lone = buttons.length === 1 ? buttons[0] : undefined;
  const sent = [...new FormData(form, lone)].filter(([name]) => name !== 'csrf_token');
  // Numbers of visits and versions differ each time, and are the same form.
  return JSON.stringify([location.pathname, form.action, sent]).replace(/\\d+/g, '#');
})"""
#: The others are tests/test_story_scanners.py's, without a browser.
STATES = {"in review", "in contact"}
#: It does not care whether a form is hidden or lacks an answer.
SEND = """place => {
  const form = document.forms[place];
  const buttons = [...form.querySelectorAll('button')];
  form.noValidate = true;
  if (buttons.length === 1) buttons[0].click(); else form.submit();
}"""
LINKS = """() => [...document.links].map(a => a.href).filter(
  href => href.startsWith(location.origin))"""


@dataclass
class Scanner:
    """A browser that opens every link, follows it, runs what is there and sends every form."""

    page: Page
    #: What it sent already: the same form is on many pages.
    sent: set[str] = field(default_factory=set)

    def scans(self, link: str) -> None:
        self.page.request.head(link)
        self.page.goto(link)
        self._goes_on(DEEPEST)

    def _goes_on(self, deep: int) -> None:
        here = self.page.url
        for link in self.page.evaluate(LINKS):
            self.page.request.get(link)
        while deep and (unsent := self._unsent()) is not None:
            with self.page.expect_navigation():
                self.page.evaluate(SEND, unsent)
            self._goes_on(deep - 1)
            self.page.goto(here)

    def _unsent(self) -> int | None:
        """Return the place of a form on this page that was not sent yet."""
        for place, form in enumerate(self.page.evaluate(FORMS)):
            if form not in self.sent:
                self.sent.add(form)
                return place
        return None


def states(world: World) -> Iterator[str]:
    """Lead a request to its end, and stop where each of its readers has something to do."""
    return (state for state in road(world) if state in STATES)


def test_it_changes_no_request_and_sends_no_mail(world: World, chromium: Browser) -> None:
    world.own_page(JORDAN)
    world.own_page("beth.lindgren@example.org")
    for state in states(world):
        before, sent, forms = kept(world), len(world.mailbox.messages), set[str]()
        for mail in with_links(world)[-4:]:
            with chromium.new_context() as context:
                scanner = Scanner(context.new_page())
                scanner.scans(link_in(mail))
                forms |= scanner.sent
        assert any("/page/" in form for form in forms), state
        world.work()
        after = kept(world)
        assert {table for table in after if after[table] != before[table]} == set(), state
        assert len(world.mailbox.messages) == sent, state
