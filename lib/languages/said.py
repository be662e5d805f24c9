"""Sentences for staff that code makes: in English, until a page or a mail says them anew."""

from collections.abc import Callable, Iterable

from lib.languages.language import ENGLISH, Language, Said, locale_in


def for_staff(sentence: str, **values: object) -> Said:
    """Mark a sentence for staff for the catalog, and fill in what it names, if anything."""
    if not values:
        return said(lambda language: language.own(sentence))
    return said(lambda language: language.say(sentence, **values))


def counted_for_staff(one: str, several: str, number: int) -> Said:
    """Mark the forms of a sentence for a number, which it may name as %(num)s."""
    return said(lambda language: language.plural(one, several, number))


def joined(between: str, parts: Iterable[object]) -> Said:
    """Join texts, so that each sentence among them is still said anew."""
    known = list(parts)
    return said(lambda language: between.join(str(language.anew(part)) for part in known))


def language_named(tag: str) -> Said:
    """Name a language for staff: Spanish, for "es" as for "es-MX"."""
    locale = locale_in(tag)
    if locale is None:
        return for_staff("unknown (%(code)s)", code=tag)
    return said(lambda language: str(locale.get_language_name(language.locale) or tag))


def said(by: Callable[[Language], str]) -> Said:
    """Return what English says, which the reader's language says anew."""
    found = Said(by(ENGLISH))
    found.by = by
    return found
