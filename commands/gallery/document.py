"""One document with every page and e-mail, that needs no network."""

import base64
import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from commands.gallery.frames import DARK_FROM, by_height, styled
from notifications.examples import samples as mails
from notifications.mail.compose import Composer
from pages.examples import samples as pages
from program import Program

TEMPLATES = Path(__file__).parents[2] / "templates" / "gallery"
PLAIN = (
    '<!doctype html><meta name="color-scheme" content="light dark"></head><pre style="{}">{}</pre>'
)
WRAPPED = "font:16px/1.5 monospace;white-space:pre-wrap;overflow-wrap:anywhere"


@dataclass(frozen=True)
class Picture:
    """A page or a mail as it is shown, self-contained."""

    group: str
    title: str
    language: str
    html: str
    #: What helps to find it: the subject of a mail, the template of a page.
    note: str


def pictures_of_pages(program: Program, now: datetime) -> Iterator[Picture]:
    for one in pages.samples(program, now):
        html = styled(one.html, program)
        yield Picture(f"Pages: {one.reader}", one.state, one.language, html, one.template)


def pictures_of_mails(composer: Composer, program: Program, now: datetime) -> Iterator[Picture]:
    for one in mails.samples(composer, program, now):
        message, title = one.message, f"{one.name}: {one.occasion}" if one.occasion else one.name
        html = message.html or PLAIN.format(WRAPPED, message.text)
        yield Picture(f"Emails: {one.reader}", title, one.language, html, message.subject)


def document(program_name: str, pictures: Iterable[Picture]) -> str:
    """Return the gallery, grouped by readers, with a table of contents."""
    groups: dict[str, list[tuple[int, Picture]]] = {}
    shown: list[str] = []
    for one in pictures:
        groups.setdefault(one.group, []).append((len(shown), one))
        shown.append(by_height(one.html))
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    template = environment.get_template("gallery.html")
    return template.render(
        name=program_name, groups=groups.items(), dark_from=DARK_FROM, packed=packed(shown)
    )


def packed(shown: list[str]) -> str:
    """Return all pages, much the same in each, as the script of the gallery unpacks them."""
    return base64.b64encode(gzip.compress(json.dumps(shown).encode(), mtime=0)).decode()
