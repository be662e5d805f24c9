"""Admins can word each sentence that staff read on a page anew: the catalog lacks none of them.

Every page is made with a catalog that makes dots of each sentence. What still has words must be
a value: from the admins' files, from an example, or a moment.
"""

import ast
import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import write_po

from lib.languages.catalog import entries
from pages.examples import samples as pages
from program import Program
from program.languages.texts import sentences
from tests.catalogs import ROOT
from tests.program_folder import Folder

DOT = "~"
NOW = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
#: What is filled into a sentence, and tags, which stay.
KEPT = re.compile(r"(%\(\w+\)[sd]|%%|<[^>]*>|&\w+;)")
#: Weekdays, months, the halves of a day, and numbers of requests.
MOMENTS = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[AP]M|(?:PS|HO)-[A-Z0-9]+"
    r"|Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b"
)
WORDS = re.compile(r"[^\W\d_][\w’'.@/:+-]*(?: +[\w’'.@/:+-]+)*")
#: How code joins values: names, and the kinds of supporters that a roster lacks.
BETWEEN = re.compile(r", (?:then )?|\b(?:and|or|then) |: ")
#: Pages that show what was said once and is stored as it was said then: who would see more, and
#: what the roster lacked. Everybody's pages have languages' own
#: names, and a version.
STORED = {"program.html", "report.html", "report_alone.html", "help.html", "privacy.html"}


def test_every_sentence_on_a_page_for_staff_is_in_the_catalog(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (folder.path / "texts").mkdir(exist_ok=True)
    (folder.path / "texts/en.po").write_bytes(dotted())
    program = Program.load(folder.path)
    values = values_of(program, folder)
    left = {
        f"{one.template}: {words}"
        for one in pages.samples(program, NOW)
        if one.language.startswith("en") and one.template not in STORED
        for words in words_in(one.html)
        if not all(_is_value(part.strip(), values) for part in BETWEEN.split(words))
    }
    assert not left, "\n".join(sorted(left))


def _is_value(part: str, values: str) -> bool:
    """Tell whether this is in the files; examples make names from those of two people."""
    is_name = all(word.istitle() for word in part.split())
    found = part.split() if is_name else [part]
    return all(one.casefold() in values for one in found)


def dotted() -> bytes:
    """Return a catalog that makes a ~ of each letter, but for what is filled in."""
    catalog, file = Catalog(locale="en"), BytesIO()
    for message in entries(sentences()):
        said = tuple(map(_dotted, [message.id] if isinstance(message.id, str) else message.id))
        catalog.add(message.id, said if len(said) > 1 else said[0])
    write_po(file, catalog, omit_header=True)
    return file.getvalue()


def _dotted(sentence: str) -> str:
    parts = KEPT.split(sentence)
    return "".join(one if KEPT.fullmatch(one) else re.sub(r"[^\W\d_]", "~", one) for one in parts)


def words_in(page: str) -> Iterator[str]:
    """Yield what a reader sees that is neither dots nor a moment."""
    for text in re.findall(r">([^<]+)<", re.sub(r"(?s)<(style|title|head)\b.*?</\1>", "", page)):
        said = MOMENTS.sub("~", html.unescape(text))
        yield from (found.strip(" .:’'") for found in WORDS.findall(said))


def values_of(program: Program, folder: Folder) -> str:
    """Return all that the admins' files and the examples say, to look values up."""
    found = [one.read_text() for one in folder.path.rglob("*") if one.suffix in (".toml", ".csv")]
    found += [program.file.first_call, program.file.usual_effort, program.file.legal]
    found += [*program.english.locale.languages.values(), "lee-example"]
    found += [program.language(code).own_name for code in program.languages]
    for path in (ROOT / "pages/examples").rglob("*.py"):
        tree = ast.parse(path.read_text())
        constants = (one.value for one in ast.walk(tree) if isinstance(one, ast.Constant))
        found += [one for one in constants if isinstance(one, str)]
    return " ".join("\n".join(found).split()).casefold()
