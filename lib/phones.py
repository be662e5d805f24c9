"""Phone numbers as people type them: can it be dialed, and are two of them one line."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

# Most never compare, and need not load the numbers of the whole world.
if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

FEWEST_DIGITS, MOST_DIGITS = 7, 15
#: A number with all that people write around it.
LONGEST = 40
#: Short numbers, such as those of crisis lines, begin here.
FEWEST_DIALED = 3
#: A number and nothing else, once dashes and the word for an extension are written in one way.
PLAIN = re.compile(r"\+?[\d\s().x/-]+")
#: A number inside the house is one only where it is said to be one.
EXTENSION_ALONE = re.compile(r"x\s*\d{3,6}")
#: What people write between a number and its extension.
BEFORE_EXTENSION = re.compile(
    r"(?:(?<=\d)|^)[\s,(]*(?:;ext=|,,|#|extension|ext|x)[.:]?\s*(?=\d)", re.IGNORECASE
)
#: No words that people write around a number hold these.
MARKUP = re.compile(r"[<>{}\[\]\\|=`]")
SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?E[+-]?\d+", re.IGNORECASE)
WITH_DECIMALS = re.compile(r"\+?\d+[.,]0+")
DIALED = re.compile(r"\+?[\d ().-]+", re.ASCII)
#: The last digits that tell a phone from others; people leave out country and area codes.
LOCAL_NUMBER = 7
NO_DIGITS = re.compile(r"\D")


@dataclass(frozen=True)
class Line:
    """A number in E.164, or its bare digits when no country has it, and its extension."""

    number: str
    extension: str = ""


def is_number(typed: str, country: str) -> bool:
    """Tell whether a text holds a phone number that can be dialed; words may stand around it.

    A number by itself may have any 7 to 15 digits; one among words must be possible in the country.
    """
    text = _tidy(typed)
    if len(text) > LONGEST or not text.isprintable():
        return False
    if is_damaged(text) or MARKUP.search(text):
        return False
    return bool(_is_plain(text) or EXTENSION_ALONE.fullmatch(text) or _among_words(text, country))


def is_short_number(text: str) -> bool:
    """Tell whether a text is a number that anybody can dial, perhaps a short one like 988."""
    return (
        may_hold_number(text)
        and bool(DIALED.fullmatch(text))
        and len(digits_of(text)) <= MOST_DIGITS
    )


def is_damaged(text: str) -> bool:
    """Tell whether a spreadsheet program has taken the number for a quantity."""
    return bool(SCIENTIFIC.fullmatch(text) or WITH_DECIMALS.fullmatch(text))


def may_hold_number(text: str) -> bool:
    """Tell whether people may find a number in a text that `is_number` does not understand."""
    return len(digits_of(text)) >= FEWEST_DIALED


def dialed(typed: str) -> str:
    """Return what a link dials: the first number of a text, without its extension."""
    text = _tidy(typed)
    number = text.partition("x")[0]
    if not (PLAIN.fullmatch(number) and _is_long(number)):
        number = next(filter(_is_long, re.findall(r"\+?\d[\d\s().-]*", text)), text)
    plus = "+" if "+" in number else ""
    return plus + "-".join(map(digits_of, re.findall(r"\d+", number)))


def dialed_through(typed: str) -> str:
    """Return what a tel: link dials to reach the extension too, after a pause."""
    text = _tidy(typed)
    extension = re.search(r"(?<=\d) x(\d{1,7})", text)
    return f"{dialed(typed)},{extension[1]}" if extension else dialed(typed)


def line_of(typed: str, country: str) -> Line | None:
    """Return which line a text names; None when it has too few digits to tell."""
    from phonenumbers import PhoneNumberFormat, format_number

    text = _tidy(typed)
    number = _possible(text, country)
    if number is None and not PLAIN.fullmatch(text):
        number = _among_words(text, country)
    if number is not None:
        e164 = format_number(number, PhoneNumberFormat.E164)
        return Line(e164, number.extension or "")
    digits = digits_of(text)
    return Line(digits) if len(digits) >= FEWEST_DIGITS else None


def is_same_line(one: Line, other: Line) -> bool:
    """Tell whether two texts name one line; an extension that only one gives tells nothing."""
    is_same_extension = one.extension == other.extension
    return one.number == other.number and (
        is_same_extension or not (one.extension and other.extension)
    )


# Whoever may be the one who asks is kept away from the request. That compares digits alone, without
# a country, and on purpose finds more than `is_same_line`: one too many does no harm.


@lru_cache(maxsize=1 << 14)
def telling_digits(listed: str) -> tuple[str, ...]:
    """Return the digits that tell a phone on our lists from others."""
    numbers = (listed.lower().partition("x")[0], dialed(listed))
    local = (digits_of(number)[-LOCAL_NUMBER:] for number in numbers)
    return tuple(digits for digits in dict.fromkeys(local) if len(digits) == LOCAL_NUMBER)


def digits_of(text: str) -> str:
    """Return the digits of a text, however its script writes them."""
    digits = NO_DIGITS.sub("", text)
    return digits if digits.isascii() else "".join(str(int(digit)) for digit in digits)


def _tidy(typed: str) -> str:
    """Write dashes, spaces and what stands before an extension in one way; drop marks unseen."""
    text = typed.strip()
    if not text.isascii():  # Nearly all are, and everybody on our lists is compared.
        normal = unicodedata.normalize("NFKC", text)
        seen = (c for c in normal if unicodedata.category(c) != "Cf")
        text = "".join("-" if unicodedata.category(c) == "Pd" or c == "−" else c for c in seen)
    return BEFORE_EXTENSION.sub(" x", text).strip()


def _is_plain(text: str) -> bool:
    return bool(PLAIN.fullmatch(text)) and (_is_long(text) or _is_long(text.partition("x")[0]))


def _is_long(text: str) -> bool:
    return FEWEST_DIGITS <= len(digits_of(text)) <= MOST_DIGITS


def _possible(text: str, country: str) -> "PhoneNumber | None":
    """Return the number that a text is, if the country or the one it names could have it."""
    from phonenumbers import NumberParseException, is_possible_number, parse

    try:
        number = parse(text, country)
    except NumberParseException:
        return None
    return number if is_possible_number(number) else None


def _among_words(text: str, country: str) -> "PhoneNumber | None":
    """Return the first number in a text that the country could have."""
    from phonenumbers import Leniency, PhoneNumberMatcher

    found = PhoneNumberMatcher(text, country, leniency=Leniency.POSSIBLE)
    return found.next().number if found.has_next() else None
