"""The parts in which a coordinator reads what would change: what leads people elsewhere first."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from casebook.sight.records import Gain
from lib.languages.said import for_staff
from program.files import TEMPLATES

#: A longer list needs each part to be ticked by itself.
SHORT = 10
#: Addresses of any kind, fields of templates, and numbers that someone might call.
LEADS = re.compile(
    r"\S*@\S*|\S+://\S*|\b[\w-]+(?:\.[\w-]{2,})+\S*|\{[{%].*?[%}]\}|(?:\d[\s().-]*){3,}[A-Z]*"
)
DATE = re.compile(r"\d{4}-\d\d-\d\d")
ARROW = " → "


class PartKey(StrEnum):
    """Whom a line concerns, the most important first."""

    ELSEWHERE = "elsewhere"
    ANSWERS = "answers"
    EMAILS = "emails"
    WORDS = "words"


TITLES = {
    PartKey.ELSEWHERE: for_staff("Look twice: leads people elsewhere (address, phone, link)"),
    PartKey.ANSWERS: for_staff("How answers of a form would be read"),
    PartKey.EMAILS: for_staff("What emails would say"),
    PartKey.WORDS: for_staff("What else people would read"),
}


@dataclass(frozen=True)
class Part:
    """Some of the lines, under a heading."""

    key: PartKey
    title: str
    lines: tuple[str, ...]


def parts_of(readings: Iterable[Gain]) -> list[Part]:
    """Return the parts that have any lines."""
    lines = [(part_of(one.what), one.sentence) for one in readings]
    found = ((key, tuple(what for part, what in lines if part is key)) for key in PartKey)
    return [Part(key, TITLES[key], part) for key, part in found if part]


def is_long(readings: Sequence[Gain]) -> bool:
    """Tell whether a reader might not come to the end of a list, so that they tick each part."""
    return len(readings) > SHORT


def part_of(line: str) -> PartKey:
    if leads_elsewhere(line):
        return PartKey.ELSEWHERE
    if line.startswith(f"{TEMPLATES}/"):
        return PartKey.EMAILS
    is_of_form = line.startswith("survey.toml") or "another answer would say" in line
    return PartKey.ANSWERS if is_of_form or ARROW not in line else PartKey.WORDS


def leads_elsewhere(line: str) -> bool:
    """Tell whether old and new differ in an address, a number to call, or a field of a mail."""
    before, _, after = line.partition(ARROW)
    return {*_leading(before.partition("“")[2])} != {*_leading(after)}


def _leading(text: str) -> Iterator[str]:
    yield from (one.strip(" .,;:“”()") for one in LEADS.findall(DATE.sub("", text)))
