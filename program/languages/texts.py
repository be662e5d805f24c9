"""The languages of a program: our catalogs, with the admins' sentences instead of ours."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages import Catalog, Message

from lib.languages.catalog import (
    FOR_REQUESTERS,
    CatalogError,
    Wrong,
    empty,
    entries,
    first_id,
    is_translated,
    merged,
    read,
    texts_of,
    translations,
    usable,
)
from lib.languages.language import ENGLISH, Language, locale_of
from program.files import TEXTS
from program.problems import Problem, quoted
from program.shapes import ProgramShape, Resource

OURS = Path(__file__).parents[2] / "translations"
INSTEAD = "our own sentence is used instead"
MOST_NAMED, LONGEST_NAMED = 3, 60


@cache
def sentences() -> Catalog:
    """Return all sentences of ours, as the code and the templates have them."""
    return read((OURS / "messages.pot").read_bytes(), ENGLISH.code)


@cache
def translated(code: str) -> Catalog:
    """Return our catalog of a language; an empty one if we do not have it."""
    file = OURS / f"{code}.po"
    return read(file.read_bytes(), code) if file.is_file() else empty(code)


def own_texts(file: ProgramShape, resources: Iterable[Resource]) -> list[str]:
    """Return the admins' own texts that requesters read, which a catalog may translate."""
    found = [file.crisis.name, file.crisis.text, file.emergency_text, file.legal]
    found += [file.name, file.urgent.staffed, *paragraphs(file.privacy.law or file.legal)]
    found += paragraphs(file.help.who_may_ask)
    for one in resources:
        found += [one.name, one.what_for, one.contact, one.hours_text, one.expedited_text]
    # A number alone reads the same in every language.
    return [one for one in dict.fromkeys(found) if re.search("[^\\W\\d_]", one)]


def own_names(file: ProgramShape) -> list[str]:
    """Return the names on forms and flyers, which a catalog may translate, but need not."""
    names = [one.name for one in file.departments.values()]
    names += [one.name for one in file.roles.values()]
    names += [one.name for one in file.units.values()]
    return list(dict.fromkeys([*names, *file.specialties.values()]))


def texts_in(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the admins' own sentences, by file."""
    return {file: contents[file] for file in _files(contents)}


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, each as one line."""
    return [part for one in text.split("\n\n") if (part := " ".join(one.split()))]


def language_codes(contents: Iterable[str]) -> set[str]:
    """Return the languages that we have or that the admins' files add."""
    ours = (path.stem for path in OURS.glob("*.po"))
    return {ENGLISH.code, *ours, *map(_code_of, _files(contents))} - {""}


@lru_cache(maxsize=32)
def language(code: str, country: str, content: bytes, own: tuple[str, ...]) -> Language:
    """Return a language in which the admins' sentences, if they have any, replace ours."""
    theirs: list[Message] = []
    if content:
        with suppress(CatalogError):
            known = sentences(), translated(code)
            theirs += usable(read(content, code), *known, own, lambda wrong: None)
    both = merged(code, entries(translated(code)), theirs)
    return Language(locale_of(code, country), translations(both))


@lru_cache(maxsize=32)
def _said(file: str, content: bytes) -> Mapping[str, str]:
    """Return the sentences that a file of the admins says otherwise, whether they can be used."""
    try:
        found = list(entries(read(content, _code_of(file) or ENGLISH.code)))
    except CatalogError:
        return {}
    # What has forms for numbers is one sentence for who reads of the change.
    texts = {first_id(one): " / ".join(texts_of(one)) for one in found if not one.fuzzy}
    return {sentence: text for sentence, text in texts.items() if text}


def said_otherwise(
    old: Mapping[str, bytes], new: Mapping[str, bytes]
) -> Iterator[tuple[str, str, str, str]]:
    """Yield file, sentence, what was said instead of it and what would be, where these differ."""
    for file in sorted(old.keys() | new.keys()):
        before, after = (_said(file, files.get(file, b"")) for files in (old, new))
        ours = translated(_code_of(file) or ENGLISH.code)
        for sentence in {**before, **after}:
            known = ours.get(sentence)
            usual = " / ".join(texts_of(known)) if known else ""
            was, now = (said.get(sentence) or usual or sentence for said in (before, after))
            if was != now:
                yield file, sentence, was, now


def text_problems(
    contents: Mapping[str, bytes], own: list[str], names: list[str]
) -> Iterator[Problem]:
    """Yield what is wrong with the admins' sentences; without these, ours are used."""
    known = {*own, *names}
    for file in _files(contents):
        if not (code := _code_of(file)):
            allowed = f'it is called like its language, "{TEXTS}/es.po"'
            yield _warning(file, "", "is of no language that we know", allowed)
            continue
        wrong: list[Wrong] = []
        try:
            ours = sentences(), translated(code)
            theirs = list(usable(read(contents[file], code), *ours, known, wrong.append))
        except CatalogError as error:
            yield _warning(file, _place(error.line), str(error), INSTEAD)
            continue
        for one in wrong:
            place = ", ".join(filter(None, (_place(one.line), _named(one.msgid))))
            yield _warning(file, place, one.what, INSTEAD)
        yield from _untranslated(file, code, theirs, own)


def _untranslated(file: str, code: str, theirs: list[Message], own: list[str]) -> Iterator[Problem]:
    """Name what requesters would read in English."""
    if code == ENGLISH.code:
        return
    needed = [first_id(m) for m in entries(sentences()) if FOR_REQUESTERS in m.auto_comments]
    both = (*theirs, *entries(translated(code)))
    have = {first_id(message) for message in both if is_translated(message)}
    lacking = [sentence for sentence in (*own, *needed) if sentence not in have]
    if lacking:
        some = ", ".join(map(_named, lacking[:MOST_NAMED]))
        more = len(lacking) - MOST_NAMED
        what = f"lacks {some}" + (f" and {more} more" if more > 0 else "")
        yield _warning(file, "", what, "requesters read these in English")


def _files(contents: Iterable[str]) -> list[str]:
    return sorted(name for name in contents if name.startswith(f"{TEXTS}/"))


def _code_of(file: str) -> str:
    """Return the language of a file of texts; "" if it is none that we know."""
    code = Path(file).stem
    try:
        return code if Locale.parse(code).language == code else ""
    except (UnknownLocaleError, ValueError):
        return ""


def _warning(file: str, place: str, what: str, allowed: str) -> Problem:
    return Problem(file, place, what, allowed, is_warning=True)


def _place(line: int | None) -> str:
    return f"line {line}" if line else ""


def _named(sentence: str) -> str:
    line = " ".join(sentence.split())
    return quoted([line if len(line) <= LONGEST_NAMED else f"{line[:LONGEST_NAMED]}…"])
