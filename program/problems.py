"""Problems in the admins' folder, worded so that an admin can fix them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from lib.tables.encodings import has_nul, is_unmarked_utf16

LONGEST_SHOWN = 60
#: Words at least this alike (0 to 1) count as a misspelling.
ALIKE = 0.7
AS_UTF8 = 'save it as UTF-8 (in a spreadsheet program as "CSV UTF-8")'
WORD = re.compile(r"'([^']*)'")
#: Pydantic's errors in plain words: what is wrong, and what is allowed.
PLAIN_WORDS = {
    "missing": ("is missing", "add it"),
    "string_type": ("is not text", 'write it in quotes, like "this"'),
    "dict_type": ("is not a table", "give it keys of its own"),
    "model_type": ("is not a table", "give it keys of its own"),
    "list_type": ("is not a list", 'write it in brackets, like ["one", "two"]'),
    "tuple_type": ("is not a list", 'write it in brackets, like ["one", "two"]'),
    "bool_type": ("is neither true nor false", "write true or false, without quotes"),
    "bool_parsing": ("is neither true nor false", "write true or false, without quotes"),
    "enum": ("is not a key that we know", ""),
    "date_type": ("is not a date", "write it like 2026-11-01, without quotes"),
    "date_parsing": ("is not a date", "write it like 2026-11-01, without quotes"),
    "date_from_datetime_parsing": ("is not a date", "write it like 2026-11-01, without quotes"),
    "string_too_long": ("is too long", "shorten it"),
    "string_too_short": ("is empty", "write something"),
    "string_pattern_mismatch": ("does not have the right form", "compare with config.example"),
    "int_type": ("is not a whole number", "write digits only, without quotes"),
    "int_parsing": ("is not a whole number", "write digits only, without quotes"),
}


@dataclass(frozen=True)
class Problem:
    """One problem: where it is, what is wrong, and what is allowed instead."""

    file: str
    place: str
    what: str
    allowed: str = ""
    #: A warning does not stop the folder from being adopted.
    is_warning: bool = False

    def __str__(self) -> str:
        where = f"{self.file}, {self.place}" if self.place else self.file
        sentence = "; ".join(filter(None, (f"{where}: {self.what}", self.allowed)))
        return sentence if sentence.endswith(("?", ".")) else f"{sentence}."


class ProgramError(Exception):
    """The admins' folder cannot be used; the message names everything that is wrong."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


def quoted(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Suggest the known word that was probably meant, or else list all of them."""
    choices = list(known)
    close = get_close_matches(word, choices, n=1, cutoff=ALIKE)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"allowed is {quoted(choices)}" if choices else ""


def problems_from(
    error: ValidationError, model: type[BaseModel], *, file: str, inside: str = ""
) -> list[Problem]:
    """Translate pydantic's errors; `inside` is the place of the whole table."""
    return [_problem_from(found, model, file, inside) for found in error.errors()]


def _problem_from(found: ErrorDetails, model: type[BaseModel], file: str, inside: str) -> Problem:
    place, context = _place(inside, found["loc"]), found.get("ctx", {})
    if found["type"] == "extra_forbidden":
        known, written = _keys_at(model, found["loc"][:-1]), str(found["loc"][-1])
        return Problem(file, place, "is not a key that we know", suggestion(written, known))
    if found["type"] == "value_error":
        what, _, allowed = str(context["error"]).partition("; ")
        return Problem(file, place, what, allowed)
    what, allowed = PLAIN_WORDS.get(found["type"], ("is not allowed", found["msg"]))
    if found["type"] == "enum":
        allowed = suggestion(str(found["input"]), WORD.findall(context["expected"]))
    return Problem(file, place, what, allowed)


def broken_bytes(file: str, content: bytes) -> Problem | None:
    """Return a problem if the bytes are no text that can be read, in one sentence for the cause."""
    if is_unmarked_utf16(content):
        return Problem(file, "", "is UTF-16 without the mark that says so", AS_UTF8)
    if has_nul(content):
        line = content[: content.index(0)].count(b"\n") + 1
        what = "has NUL bytes: a cloud folder or a copy did not bring all of it"
        return Problem(file, f"line {line}", what, "wait until it is complete, or save it again")
    return None


def shown(value: object) -> str:
    """Return a value as written, quoted and short enough for a sentence."""
    text = str(value)
    return f'"{text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"}"'


def _place(inside: str, loc: tuple[int | str, ...]) -> str:
    """Return the place of an error: keys with dots, list entries by number."""
    place = inside
    for part in loc:
        if isinstance(part, int):
            place += f" (no. {part + 1})"
        elif part != "[key]":
            place += f"{', ' if place == inside and inside else '.' if place else ''}{part}"
    return place


def _keys_at(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Return the keys that the table at `path` may have."""
    here: Any = model
    for part in path:
        here = _type_inside(here, part)
    return list(here.model_fields)


def _type_inside(outer: Any, part: int | str) -> Any:
    """Step into a table's key, or into an entry of `dict[str, X]` or `tuple[X, ...]`."""
    if isinstance(outer, type) and issubclass(outer, BaseModel):
        inner = outer.model_fields[str(part)].annotation
    else:
        inner = next(found for found in reversed(get_args(outer)) if found is not Ellipsis)
    if NoneType not in get_args(inner):
        return inner
    return next(found for found in get_args(inner) if found is not NoneType)
