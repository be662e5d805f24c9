"""Recovers ids, contact and answers from a body that cannot be parsed."""

import json
import re

from lib.addresses import is_address
from lib.phones import may_hold_number
from lib.text import one_line

ID_AFTER_ITS_NAME = (
    r"(?i:%s_?id)[\\\"']{0,2}\s{0,9}[:=]\s{0,9}[\\\"']{0,2}(%s_[A-Za-z0-9]{1,40})(?![A-Za-z0-9_])"
)
ID_ANYWHERE = r"(?<![A-Za-z0-9_])(%s_[A-Za-z0-9]{1,40})(?![A-Za-z0-9_])"
# A match may begin only where a run of characters begins; otherwise the search takes forever.
ADDRESS = re.compile(r"(?<![\w.+'&~=-])[\w.+'&~=-]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)
PHONE = re.compile(r"(?:phone|mobile|cell)[^\":\n]{0,40}\"\s{0,9}:\s{0,9}\"?([^\"\n,]{3,40})", re.I)

KEY = re.compile(r"\s*\"([^\"\\]{1,200})\"\s*:\s*")
SPACE = re.compile(r"\s*")
#: Not strict: piped text puts raw line breaks into strings.
VALUES = json.JSONDecoder(strict=False)


def salvage(text: str) -> tuple[dict[str, object], dict[str, object], str]:
    """Return the fields before the place where a body breaks, the answers there, and the rest.

    Ids, safety and contact come first in the body, so a quotation mark in a note leaves them
    intact. A value counts only if valid JSON follows it. A repeated name does not count.
    """
    found: dict[str, object] = {}
    answers: dict[str, object] = {}
    place, into = text.find("{") + 1, found
    while match := KEY.match(text, place):
        name, at = match[1], match.end()
        if text.startswith("{", at) and name.casefold() == "answers":
            place, into = at + 1, answers
            continue
        try:
            value, end = VALUES.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        end = SPACE.match(text, end).end()  # type: ignore[union-attr]
        if name in into:
            # No one can tell which of the two is real.
            del into[name]
            break
        if not (text.startswith(",", end) and KEY.match(text, end + 1)):
            break
        into[name], place = value, end + 1
    return found, answers, text[place:].strip()


def recover_ids(text: str) -> tuple[str, str]:
    """Return survey id and response id; "" for one that is missing or ambiguous."""
    return _recover_id(text, "survey", "SV"), _recover_id(text, "response", "R")


def recover_contact(text: str) -> tuple[str, str]:
    """Return the first text that looks like an e-mail address, and like a phone number."""
    addresses = (found.rstrip(".-") for found in ADDRESS.findall(text))
    phones = (one_line(found, 40) for found in PHONE.findall(text))
    return (
        next(filter(is_address, addresses), ""),
        next(filter(may_hold_number, phones), ""),
    )


def _recover_id(text: str, name: str, prefix: str) -> str:
    named: list[str] = re.findall(ID_AFTER_ITS_NAME % (name, prefix), text)
    if named:
        # The ids come first in the body; a later one may have been typed into an answer.
        return named[0]
    found = set(re.findall(ID_ANYWHERE % prefix, text))
    return found.pop() if len(found) == 1 else ""
