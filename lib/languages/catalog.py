"""Catalogs of sentences (.po): read, compared with the sentences that we have, and merged."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO, StringIO

from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import Translations

#: An entry of the template with this comment is read by requesters: each language must have it.
FOR_REQUESTERS = "for requesters"
LONGEST = 2000
#: What a sentence may hold besides words: "%(name)s", and "%%" for a percent sign.
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")
#: Scanners open addresses, and who runs that server would know who reads the mail.
ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")
#: Languages whose plurals Babel counts in more forms than people write.
PLURALS = {"ca": "(n != 1)", "es": "(n != 1)", "fr": "(n > 1)", "it": "(n != 1)", "pt": "(n != 1)"}
LINE = re.compile(r" on (\d+)$")


class CatalogError(Exception):
    """A file is no catalog; the message says what is wrong, and `line` where."""

    def __init__(self, what: str, line: int | None = None) -> None:
        self.line = line
        super().__init__(what)


@dataclass(frozen=True)
class Wrong:
    """What is wrong with one entry."""

    line: int | None
    msgid: str
    what: str


def read(content: bytes, code: str) -> Catalog:
    """Return a catalog with the plurals of its language, whatever its header says."""
    try:
        found = read_po(StringIO(content.decode("utf-8-sig")), code, abort_invalid=True)
    except UnicodeDecodeError:
        raise CatalogError("is not UTF-8") from None
    except PoFileError as error:
        line = LINE.search(str(error))
        what = LINE.sub("", str(error))
        raise CatalogError(
            f"cannot be understood: {what}", int(line[1]) + 1 if line else None
        ) from None
    except (ValueError, LookupError, TypeError):  # A header that makes no sense.
        raise CatalogError("has a header that we cannot read; leave the header out") from None
    catalog = empty(code)
    for message in entries(found):
        catalog[message.id] = read_entry = copy(message)
        if isinstance(message.string, tuple | list):
            read_entry.string = tuple(message.string[: catalog.num_plurals])
    return catalog


def empty(code: str) -> Catalog:
    """Return a catalog of a language without an entry."""
    if code not in PLURALS:
        return Catalog(locale=code)
    catalog = Catalog()
    catalog.mime_headers = [("Plural-Forms", f"nplurals=2; plural={PLURALS[code]};")]
    return catalog


def entries(catalog: Catalog) -> Iterator[Message]:
    """Yield all entries but the header."""
    return (message for message in catalog if message.id)


def first_id(message: Message) -> str:
    """Return the sentence of an entry; of one with a plural, its singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


def is_translated(message: Message) -> bool:
    texts = texts_of(message)
    return bool(texts) and all(texts) and not message.fuzzy


def texts_of(message: Message) -> tuple[str, ...]:
    """Return the texts that an entry gives instead of its sentence."""
    given = message.string
    return (given,) if isinstance(given, str) else tuple(given or ())


def usable(
    theirs: Catalog,
    known: Catalog,
    ours: Catalog,
    own: Collection[str],
    report: Callable[[Wrong], None],
) -> Iterator[Message]:
    """Yield the entries that may replace ours; `report` hears what is wrong with the others.

    `known` are all sentences, `ours` how they are said in this language. `own` are the admins' own
    texts in their files, which are never filled in.
    """
    said = _said(known, ours)
    for message in entries(theirs):
        if what := _problem(message, known, own) or _problem_of_meaning(message, known, said):
            report(Wrong(message.lineno, first_id(message), what))
        elif is_translated(message):
            yield message


def merged(code: str, ours: Iterable[Message], theirs: Iterable[Message]) -> Catalog:
    """Return a catalog of our entries, with the others instead of ours."""
    both = empty(code)
    # Babel keeps the text that comes first.
    for message in filter(is_translated, (*theirs, *ours)):
        both[message.id] = copy(message)
    return both


def translations(catalog: Catalog) -> Translations:
    """Return what looks sentences up, compiled in memory."""
    file = BytesIO()
    write_mo(file, catalog)
    file.seek(0)
    return Translations(file)


def _problem(message: Message, known: Catalog, own: Collection[str]) -> str:
    """Say what is wrong with an entry; "" if nothing is."""
    if known.get(message.id) is None:
        is_own = first_id(message) in own
        return _problem_of_texts(message, ()) if is_own else "isn't one of our sentences"
    if message.fuzzy:
        return 'is marked "fuzzy"; take the mark out once it is right'
    if any(texts_of(message)) and not all(texts_of(message)):
        return f"needs {len(texts_of(message))} forms, one for each plural of the language"
    return _problem_of_texts(message, texts_of(message))


@lru_cache(maxsize=8)
def _said(known: Catalog, ours: Catalog) -> Mapping[str, set[str]]:
    """Return by each text the sentences that it says in this language; ours never change."""
    found: dict[str, set[str]] = {}
    for message in entries(known):
        translated = ours.get(message.id)
        ids = (message.id,) if isinstance(message.id, str) else message.id
        for text in (texts_of(translated) if translated else ()) or ids:
            found.setdefault(_plain(text), set()).add(first_id(message))
    return found


def _problem_of_meaning(message: Message, known: Catalog, said: Mapping[str, set[str]]) -> str:
    """Refuse what another sentence says: a button would promise what another button does."""
    if known.get(message.id) is None:
        return ""
    for text in texts_of(message):
        if ADDRESS.search(text) and not ADDRESS.search(first_id(message)):
            return "has a web address, which our sentence does not have; a template may have one"
        others = said.get(_plain(text), set())
        if others and first_id(message) not in others:
            return f'says what "{sorted(others)[0]}" says; two answers could be mixed up'
    return ""


def _plain(text: str) -> str:
    """Return a text without what people overlook: case, spaces, and the mark at its end."""
    return " ".join(text.casefold().replace("’", "'").split()).rstrip(".!?…: ")


def _problem_of_texts(message: Message, filled_in: Collection[str]) -> str:
    """Compare what is filled in, and tags: nothing may be added to what we wrote."""
    ids = (message.id,) if isinstance(message.id, str) else message.id
    known = {one for id in ids for one in _placeholders_in(id)}
    for number, text in enumerate(texts_of(message)):
        if not text:
            continue
        if len(text) > LONGEST:
            return f"is longer than {LONGEST} letters"
        if sorted(TAG.findall(text)) != sorted(TAG.findall(ids[-1])) or _is_markup(text):
            return "must have the same tags as our sentence, and no other < or >"
        # One of something need not be counted, if our own sentence does not count it.
        needed = _placeholders_in(ids[min(number, len(ids) - 1)])
        if text in filled_in and (what := _problem_of_placeholders(text, needed, known)):
            return what
    return ""


def _placeholders_in(sentence: str) -> set[str]:
    """Return what is filled in, without escaped percent signs."""
    return {one for one in PLACEHOLDER.findall(sentence) if one}


def _problem_of_placeholders(text: str, needed: set[str], known: set[str]) -> str:
    found = _placeholders_in(text)
    if "%" in PLACEHOLDER.sub("", text):
        return 'has a "%" that fills in nothing; write "%%" for a percent sign'
    if lacking := needed - found:
        return f"lacks {_named(lacking)}"
    if unknown := found - known:
        return f"has {_named(unknown)}, which our sentence does not have"
    return ""


def _is_markup(text: str) -> bool:
    rest = TAG.sub("", text)
    return "<" in rest or ">" in rest


def _named(names: set[str]) -> str:
    return ", ".join(f"%({name})s" for name in sorted(names))
