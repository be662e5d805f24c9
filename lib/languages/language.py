"""A language as its readers have it: sentences, plurals, days and times."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from gettext import NullTranslations

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.lists import format_list
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from lib.working_time import Span, Working

#: The year at the end of a day in full, with the word before it.
YEAR = re.compile(r"[\s,]*('[^']*'\s*)?y+\W*$")
#: Days where common usage differs from Babel's.
DAYS = {"es": "'el' EEEE d 'de' MMMM"}
#: A full hour, as English says it: "9 AM".
FULL_HOUR = re.compile(r":00 (?=[AP]M)")
#: Babel's blanks that fonts of mail programs lack, and a.m. as Spanish spells it.
SPELLED = {"\u202f": " ", "\xa0": " "}
ABBREVIATED = {"es": (("a.m.", "a. m."), ("p.m.", "p. m."))}


class Said(str):
    """A text in English that knows how another language, or an admin's catalog, says it."""

    by: Callable[["Language"], str]

    def capitalize(self) -> str:
        """Begin with a capital in whatever language says it, as templates ask for."""
        found = Said(super().capitalize())
        found.by = lambda language: self.by(language).capitalize()
        return found


@dataclass(frozen=True, eq=False)
class Language:
    """Looks up sentences in one catalog, and writes times as its readers do."""

    locale: Locale = field(default_factory=lambda: Locale("en", "US"))
    translations: NullTranslations = field(default_factory=NullTranslations)

    @property
    def code(self) -> str:
        return str(self.locale.language)

    @property
    def tag(self) -> str:
        """Return the language as HTML names it, such as "en-US"."""
        return "-".join(filter(None, (self.locale.language, self.locale.territory)))

    def say(self, sentence: str, **values: object) -> str:
        """Return a sentence of ours, with what it names filled in."""
        return filled(self.translations.gettext(sentence), self.all_anew(values))

    def plural(self, one: str, several: str, number: int) -> str:
        """Return the form of a sentence for a number, which it may name as %(num)s."""
        return self.translations.ngettext(one, several, number) % {"num": number}

    def anew(self, value: object) -> object:
        """Return a sentence that code made as this language says it; anything else as it is."""
        return value.by(self) if isinstance(value, Said) else value

    def all_anew(self, values: Mapping[str, object]) -> dict[str, object]:
        return {name: self.anew(value) for name, value in values.items()}

    def own(self, text: str) -> str:
        """Return an admins' own text in this language, if they gave one; it is never filled in."""
        if isinstance(text, Said):
            return text.by(self)
        return self.translations.gettext(text) if text else ""

    def day(self, day: date) -> str:
        """Return a day such as "Thursday, Nov 26"."""
        return _day(self.locale, day)

    def time(self, at: datetime, zone: tzinfo) -> str:
        """Return a time of the day such as "9:14 AM", or "9 AM"."""
        here = at.astimezone(zone)
        return _clock(self.locale, time(here.hour, here.minute))

    def day_and_time(self, at: datetime, zone: tzinfo, now: datetime | None = None) -> str:
        """Return a time such as "Thursday, Nov 26, 9:14 AM", or "tomorrow (Thursday), 9:14 AM"."""
        day = at.astimezone(zone).date()
        near = self._near(day, now.astimezone(zone).date()) if now else ""
        return f"{near or self.day(day)}, {self.time(at, zone)}"

    def _near(self, day: date, today: date) -> str:
        """Return today or tomorrow with its weekday, as a mail may be read later; "" if neither."""
        weekday = format_date(day, "EEEE", locale=self.locale)
        if day == today:
            return self.say("today (%(weekday)s)", weekday=weekday)
        if day == today + timedelta(days=1):
            return self.say("tomorrow (%(weekday)s)", weekday=weekday)
        return ""

    def short_time(self, at: datetime, zone: tzinfo) -> str:
        """Return a time such as "Thu 9:14 AM", for subjects."""
        day = format_date(at.astimezone(zone).date(), "EEE", locale=self.locale)
        return f"{day} {self.time(at, zone)}"

    def listed(self, known: Iterable[str]) -> str:
        """Join words as in "role, specialty, and department"."""
        return format_list(list(known), locale=self.locale)

    def either(self, known: Iterable[str]) -> str:
        """Join words as in "Jordan, Priya, or Marcus"."""
        return format_list(list(known), style="or", locale=self.locale)

    @property
    def own_name(self) -> str:
        """Return what the language is called by those who speak it: "Español"."""
        name = self.locale.get_language_name(self.code) or self.code
        return name[:1].upper() + name[1:]

    def span(self, span: Span) -> str:
        """Return a span in words, rounded down; hours up to four days, then days."""
        if isinstance(span, Working):
            if span.days:
                return self.plural("%(num)s working day", "%(num)s working days", span.days)
            return self.plural("%(num)s working hour", "%(num)s working hours", span.hours)
        minutes = int(span.total_seconds()) // 60
        if minutes < 90:
            return self.plural("%(num)s minute", "%(num)s minutes", max(1, minutes))
        hours = minutes // 60
        if hours < 96:
            return self.plural("%(num)s hour", "%(num)s hours", hours)
        return self.plural("%(num)s day", "%(num)s days", hours // 24)


#: As the sentences are written.
ENGLISH = Language()


# A long board says many times, and Babel takes a third of a millisecond for one.


@lru_cache(maxsize=4_096)
def _clock(locale: Locale, at: time) -> str:
    said: str = format_time(at, "short", locale=locale)
    for written, spelled in (*SPELLED.items(), *ABBREVIATED.get(locale.language, ())):
        said = said.replace(written, spelled)
    return FULL_HOUR.sub(" ", said)


@lru_cache(maxsize=1_024)
def _day(locale: Locale, day: date) -> str:
    pattern = DAYS.get(locale.language) or YEAR.sub("", locale.date_formats["full"].pattern)
    if locale.language == "en":
        pattern = pattern.replace("MMMM", "MMM")
    said: str = format_date(day, pattern, locale=locale)
    return said


def locale_of(code: str, country: str) -> Locale:
    """Return a language as it is written in a country, or else as such."""
    try:
        return Locale.parse(f"{code}_{country.upper()}")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(code)


def locale_in(tag: str) -> Locale | None:
    """Return a language that a form names, such as "es-MX", if it is one."""
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def filled(sentence: str, values: Mapping[str, object]) -> str:
    """Fill in a sentence; one that ends with a time such as "2:00 p. m." needs no other period."""
    said = sentence % values
    if any(str(value).endswith(".") for value in values.values()):
        return said.replace("..", ".")
    return said


def for_requesters(sentence: str) -> str:
    """Mark a sentence for the catalog that is looked up later."""
    return sentence


def for_templates(language: Language) -> dict[str, Callable[..., str]]:
    """Return the functions by which templates say their sentences.

    An entry may have the tags of our own sentence, while what is filled in is escaped.
    """

    @pass_eval_context
    def gettext(context: EvalContext, sentence: str, **values: object) -> str:
        said = language.translations.gettext(sentence)
        named = language.all_anew(values)
        return filled(Markup(said) if context.autoescape else said, named)  # noqa: S704

    @pass_eval_context
    def ngettext(context: EvalContext, one: str, several: str, num: int, **values: object) -> str:
        said = language.translations.ngettext(one, several, num)
        named = {"num": num, **language.all_anew(values)}
        return (Markup(said) if context.autoescape else said) % named  # noqa: S704

    return {"gettext": gettext, "ngettext": ngettext, "_": gettext, "either": language.either}
