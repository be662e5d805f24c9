"""`flask preview`: every page and e-mail in each state, in one file that needs nothing else."""

import html
import re
from pathlib import Path

import pytest

from notifications.examples import samples as mails
from notifications.mail.catalog import EMAILS
from notifications.mail.compose import Composer
from pages.examples import samples as pages
from program import Program
from tests.test_pages import PAGES
from tests.world import EXAMPLE, MONDAY, World

TEMPLATES = Path(__file__).parents[1] / "templates"
LARGEST = 8_000_000
#: A page of the gallery, in the address of its link.
SHOWN = re.compile(r'href="data:text/html;charset=utf-8,([^"]*)">([^<]*)<')
#: What a browser would fetch by itself.
FETCHED = re.compile(r'(?:src|srcset|background)="(?!data:)|url\(|@import|<link|<script', re.I)


@pytest.fixture(scope="module")
def program() -> Program:
    return Program.load(EXAMPLE)


def test_one_file_holds_every_page_and_mail_and_fetches_nothing(world: World) -> None:
    out = world.folder / "preview.html"
    answer = world.app.test_cli_runner().invoke(args=["preview", "--out", f"{out}"])
    assert answer.exit_code == 0, answer.output
    assert "Open" in answer.output
    text = out.read_text()
    assert len(text) < LARGEST
    assert not FETCHED.search(text)
    shown = [(html.unescape(address), title) for address, title in SHOWN.findall(text)]
    assert len(shown) > 250
    assert not any(FETCHED.search(page.replace("%23", "#")) for page, _ in shown)
    assert not any(re.search("[\n\t#]|prefers-color-scheme", page) for page, _ in shown)
    titles = {title.partition(":")[0].partition(" (")[0] for _, title in shown}
    assert titles >= EMAILS.keys()
    assert any("(es-US)" in title for _, title in shown)
    assert world.count("cases") == 0


def test_the_mails_alone_are_a_file_too_and_what_is_wrong_with_them_is_said(
    world: World,
) -> None:
    out = world.folder / "emails.html"
    folder = world.folder / "config/templates/email/offer"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("{{ nothing }}")
    answer = world.app.test_cli_runner().invoke(args=["emails", "preview", "--out", f"{out}"])
    assert answer.exit_code == 1
    assert "templates/email/offer/subject.txt" in answer.output
    assert "Emails: supporter" in out.read_text()
    assert "Pages: supporter" not in out.read_text()


@pytest.fixture(scope="module")
def shown(program: Program) -> list[pages.Sample]:
    return list(pages.samples(program, MONDAY))


def test_every_page_is_shown(shown: list[pages.Sample]) -> None:
    assert {one.template for one in shown} == {page.template for page in PAGES.values()}
    names = [(one.reader, one.state, one.language) for one in shown]
    assert len(names) == len(set(names))


def test_requesters_are_shown_in_each_of_their_languages(
    program: Program, shown: list[pages.Sample]
) -> None:
    theirs = {
        one.language: one.html
        for one in shown
        if (one.reader, one.state) == ("requester", "in review")
    }
    assert theirs.keys() == {"en-US", "es-US"}
    assert "Who can see what" not in theirs["es-US"]
    mailed = {
        (one.name, one.language) for one in mails.samples(Composer(TEMPLATES), program, MONDAY)
    }
    assert {("received", "es-US"), ("address_noted", "es-US"), ("offer", "en-US")} <= mailed
    assert ("offer", "es-US") not in mailed
