"""What holds for every mail of a request, as a mail program shows it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from demo.mailbox import StoredMessage
from tests.browser.gallery import ROADS
from tests.world import living

HEAVIEST = 50_000
#: On these roads nearly every e-mail about a request leaves.
WALKED = ("main_road", "urgent")
#: A mail is a part of a mail program's page, which has the landmarks and the first heading.
OURS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> list[StoredMessage]:
    """The first mail with each beginning of a text: one of each e-mail and reader."""
    found: dict[str, StoredMessage] = {}
    for road in ROADS:
        if road.__name__.strip("_") in WALKED:
            with living(tmp_path_factory.mktemp("mails")) as world:
                list(road(world))
                for mail in world.mailbox.messages:
                    found.setdefault(mail.subject.partition(":")[2] or mail.subject, mail)
    return list(found.values())


def test_it_can_be_read_everywhere(chromium: Browser, mails: list[StoredMessage]) -> None:
    wrong: dict[str, object] = {}
    with chromium.new_context(viewport={"width": 390, "height": 700}) as context:
        page = context.new_page()
        for mail in mails:
            if not mail.html:
                continue
            assert len(mail.raw) < HEAVIEST, mail.subject
            page.set_content(mail.html)
            for width in (390, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                page.emulate_media(color_scheme="light" if width == 390 else "dark")
                if page.evaluate(WIDTH) > width:
                    wrong[mail.subject] = "scrolls sideways"
                found = Axe().run(page, options=OURS)
                if found.violations_count:
                    wrong[f"{mail.subject}, {width} px"] = found.generate_report()
    assert len(mails) > len(WALKED)
    assert not wrong
