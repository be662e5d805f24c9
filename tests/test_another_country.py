"""A program in another country: no page and no mail shows a trace of ours."""

import csv
import html
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from notifications.examples import samples as mails
from notifications.mail.compose import Composer
from pages.examples import samples as pages
from program import Program
from tests.catalogs import sentences
from tests.world import EXAMPLE, MONDAY

HERE = Path(__file__).parent
ELSEWHERE = HERE / "another_country"
#: Crisis line, emergency number, how numbers are written, places, holidays.
OURS = re.compile(
    r"\b988\b|\b911\b|\(\d{3}\) ?\d{3}-\d{4}|\b\d{3}-\d{3}-\d{4}\b|\b555-\d{4}\b|\bCT\b|\bUSA?\b"
    r"|(?i:lifeline|connecticut|new york|americ|thanksgiving|columbus|labor day|en-US|es-US"
    r"|example health|care desk)"
)
#: Clocks of twelve hours, and days as Americans write them.
CLOCK = re.compile(r"\d (AM|PM|a\. ?m\.|p\. ?m\.)|(November|December) \d")
#: Sentences of more words than a name has.
LONG = 3


@pytest.fixture(scope="module")
def program() -> Program:
    return Program.load(ELSEWHERE)


@pytest.fixture(scope="module")
def shown(program: Program) -> dict[str, tuple[str, str]]:
    """Each page and mail: its language, and all that it says or holds."""
    found = {}
    for page in pages.samples(program, MONDAY):
        found[f"{page.reader}, {page.state}, {page.language}"] = (page.language, page.html)
    for mail in mails.samples(Composer(HERE.parent / "templates"), program, MONDAY):
        said = mail.message
        whole = "\n".join((said.subject, said.text, said.html))
        found[f"{mail.name}, {mail.occasion}, {mail.language}"] = (mail.language, whole)
    return {name: (language, html.unescape(text)) for name, (language, text) in found.items()}


def test_nothing_of_our_country_is_left(shown: dict[str, tuple[str, str]]) -> None:
    traces = {name: OURS.findall(text) for name, (_, text) in shown.items()}
    assert len(traces) > 250
    assert {name: found for name, found in traces.items() if found} == {}


def test_nobody_of_our_example_is_left(shown: dict[str, tuple[str, str]]) -> None:
    file = tomllib.loads((EXAMPLE / "program.toml").read_text())
    with (EXAMPLE / "supporters.csv").open(newline="") as roster:
        names = {one["name"] for one in csv.DictReader(roster)}
    for table in ("people", "departments", "units"):
        names |= {one["name"] for one in file[table].values()}
    names |= {one["group"] for one in file["roles"].values() if one["group"] != "Other"}
    ours = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names))
    traces = {name: ours.findall(text) for name, (_, text) in shown.items()}
    assert {name: found for name, found in traces.items() if found} == {}


def test_requesters_read_their_own_language_and_clock(shown: dict[str, tuple[str, str]]) -> None:
    theirs = {name: text for name, (language, text) in shown.items() if language == "es-ES"}
    assert len(theirs) > 50
    assert {name: m[0] for name, text in theirs.items() if (m := CLOCK.search(text))} == {}
    english = [
        message.id
        for message in sentences()
        if isinstance(message.id, str) and "%" not in message.id
        if len(message.id.split()) > LONG
    ]
    mixed = {name: [one for one in english if one in text] for name, text in theirs.items()}
    assert {name: found for name, found in mixed.items() if found} == {}


def test_its_own_holidays_count(program: Program) -> None:
    thanksgiving, immaculate = date(2026, 11, 26), date(2026, 12, 8)
    assert program.working.is_working_day(thanksgiving)
    assert not program.working.is_working_day(immaculate)
