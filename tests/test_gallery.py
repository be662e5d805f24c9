"""`flask preview`: every page and e-mail in each state, in one file that needs nothing else."""

import base64
import gzip
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from notifications.mail.catalog import EMAILS
from tests.catalogs import in_templates
from tests.program_files import change, look
from tests.test_pages import PAGES
from tests.world import CHECK_IN_DAYS, World, living

LARGEST = 1_000_000
LINKS = re.compile(
    r'<li><a href="#(?P<number>\d+)">(?P<title>[^<]*)</a> <small>(?P<note>[^<]*)</small>'
)
PACKED = re.compile(r'id="packed">([^<]+)<')
#: What a browser would fetch by itself, or what would do something.
ALIVE = re.compile(r'(?:src|srcset|background)="(?!data:)|url\(|@import|<link', re.I)
CHOSEN = re.compile(r"<(?:input|option)\b[^>]* (?:checked|selected)\b")
#: What fills in a sentence, and tags.
CUT = re.compile(r"%\(\w+\)[sd]|<[^>]+>")


@dataclass(frozen=True)
class Picture:
    """A page or a mail as the file shows it."""

    title: str
    note: str
    html: str


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The file, written once by the command."""
    with living(tmp_path_factory.mktemp("preview")) as world:
        change(world, "program.toml", 'days = "none"', CHECK_IN_DAYS)
        look(world)
        out = world.folder / "more/preview.html"
        answer = world.app.test_cli_runner().invoke(args=["preview", "--out", f"{out}"])
        assert answer.exit_code == 0, answer.output
        assert "Open" in answer.output
        assert world.count("cases") == 0
        yield out.read_text()


@pytest.fixture(scope="module")
def pictures(written: str) -> list[Picture]:
    packed = PACKED.search(written)
    assert packed
    shown = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    return [
        Picture(html.unescape(one["title"]), html.unescape(one["note"]), shown[int(one["number"])])
        for one in LINKS.finditer(written)
    ]


def test_the_file_fetches_nothing_and_does_nothing(written: str, pictures: list[Picture]) -> None:
    assert len(written) < LARGEST
    assert not ALIVE.search(written)
    assert written.count("<script") == 2
    assert not [one.title for one in pictures if ALIVE.search(one.html) or "<script" in one.html]
    # No computer's preference decides on the colors.
    assert not [one.title for one in pictures if "prefers-color-scheme" in one.html]


def test_it_shows_every_page_and_every_mail(pictures: list[Picture]) -> None:
    assert {one.note for one in pictures} >= {page.template for page in PAGES.values()}
    titles = {one.title.partition(":")[0].partition(" (")[0] for one in pictures}
    assert titles >= EMAILS.keys()
    places = [(one.title, one.note) for one in pictures]
    assert len(places) == len(set(places))


def test_it_shows_every_sentence(pictures: list[Picture]) -> None:
    said = words_of("\n".join(f"{one.note} {one.html}" for one in pictures))
    missing = [
        forms[0]
        for sentence, _ in in_templates()
        for forms in [(sentence,) if isinstance(sentence, str) else sentence]
        if not any(longest_part(form) in said for form in forms)
    ]
    assert not missing, "\n".join(missing)


def test_requesters_are_shown_in_each_of_their_languages(pictures: list[Picture]) -> None:
    shown = {one.title: one.html for one in pictures}
    assert "Who can see what" in shown["in review"]
    assert "Who can see what" not in shown["in review (es-US)"]
    assert {"received: as usual (es-US)", "address_noted (es-US)"} <= shown.keys()
    assert not [title for title in shown if title.startswith("offer") and "(es" in title]


def test_nothing_is_chosen_but_what_somebody_sent(pictures: list[Picture]) -> None:
    chosen = {one.title for one in pictures if CHOSEN.search(one.html)}
    told = {"nominee, told us", "nominee, invited"}
    assert chosen == told | {
        "wrong address typed", "wrong address typed (es-US)",
        "outreach, no place for the group session",
    }  # fmt: skip


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


def words_of(written: str) -> str:
    """Return what a reader sees, and what attributes say."""
    seen = re.sub("<[^>]+>", " ", written)
    return " ".join(html.unescape(f"{seen} {written}").split())


def longest_part(sentence: str) -> str:
    """Return the longest part of a sentence that nothing fills in and no tag cuts."""
    parts = CUT.split(html.unescape(sentence))
    return max((" ".join(part.split()) for part in parts), key=len)
