"""Phone numbers as people type them: whether they can be dialed, and whether two are the same."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

# Imported only where needed: the metadata of all countries is large.
if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

FEWEST_DIGITS, MOST_DIGITS = 7, 15
#: The longest text that may hold a number, with the words around it.
LONGEST = 40
#: More text than this holds no number that we look for: some patterns take time that grows with its
#: square.
LONGEST_READ = 200
#: The shortest number that can be dialed, such as that of a crisis line.
FEWEST_DIALED = 3
#: A number and nothing else, after `_tidy`.
PLAIN = re.compile(r"\+?[\d\s().x/-]+")
#: An internal number counts only with the word for an extension before it.
EXTENSION_ALONE = re.compile(r"x\s*\d{3,6}")
#: What people write between a number and its extension.
BEFORE_EXTENSION = re.compile(
    r"(?:(?<=\d)|^)[\s,(]*(?:;ext=|,,|#|extension|ext|x)[.:]?\s*(?=\d)", re.IGNORECASE
)
#: A number that ends in a word, as on a poster: "860-555-HELP".
SPELLED = re.compile(r"(?<!\w)(\+?\d[\d\s().-]*\d[\s().-]+)([A-Z]{3,7})(?!\w)", re.IGNORECASE)
KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
#: How many digits a spelled number has: local, with its area, with the country.
SPELLED_DIGITS = {7, 10, 11}
#: Characters that never occur in the words around a number.
MARKUP = re.compile(r"[<>{}\[\]\\|=`]")
SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?E[+-]?\d+", re.IGNORECASE)
WITH_DECIMALS = re.compile(r"\+?\d+[.,]0+")
DIALED = re.compile(r"\+?[\d ().-]+", re.ASCII)
#: The last digits, which identify a phone; people leave out country and area codes.
LOCAL_NUMBER = 7
NO_DIGITS = re.compile(r"\D")


@dataclass(frozen=True)
class Line:
    """A number in E.164, or only its digits if it fits no country, and its extension."""

    number: str
    extension: str = ""


def is_number(typed: str, country: str) -> bool:
    """Tell whether a text has a phone number that can be dialed, perhaps with words around it.

    A number by itself may have any 7 to 15 digits; among words it must be possible in the country.
    """
    text = _tidy(typed)
    if len(text) > LONGEST or not text.isprintable():
        return False
    if is_damaged(text) or MARKUP.search(text):
        return False
    return bool(_is_plain(text) or EXTENSION_ALONE.fullmatch(text) or _among_words(text, country))


def cannot_exist(typed: str, country: str) -> bool:
    """Tell whether a text is one number that no phone in the country can have, like 000-000-0000.

    A local number without area code is fine.
    """
    from phonenumbers import NumberParseException, is_valid_number, parse

    text = _tidy(typed)
    if not PLAIN.fullmatch(text) or len(set(digits_of(text))) == 1:
        return bool(PLAIN.fullmatch(text))
    try:
        number = parse(text, country)
    except NumberParseException:
        return False
    return _is_possible(number) and not is_valid_number(number)


def is_short_number(text: str) -> bool:
    """Tell whether a text is only a number to dial, perhaps a short one like 988."""
    return (
        may_hold_number(text)
        and bool(DIALED.fullmatch(text))
        and len(digits_of(text)) <= MOST_DIGITS
    )


def is_damaged(text: str) -> bool:
    """Tell whether a spreadsheet program has turned the number into a quantity."""
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


def linked(text: str, country: str) -> list[tuple[str, str]]:
    """Return a text in parts, each with what a link dials; "" for the words around numbers."""
    from phonenumbers import Leniency, PhoneNumberMatcher

    parts, end = list[tuple[str, str]](), 0
    for found in PhoneNumberMatcher(text[:LONGEST_READ], country, leniency=Leniency.POSSIBLE):
        parts += [
            (text[end : found.start], ""),
            (found.raw_string, dialed_through(found.raw_string)),
        ]
        end = found.end
    return [part for part in (*parts, (text[end:], "")) if part[0]]


def line_of(typed: str, country: str) -> Line | None:
    """Return the line of a phone number; None when the text has too few digits."""
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
    """Tell whether two lines are the same; an extension counts only when both have one."""
    is_same_extension = one.extension == other.extension
    return one.number == other.number and (
        is_same_extension or not (one.extension and other.extension)
    )


# Anyone who may be the requester is kept away from the case. That comparison uses digits alone,
# without a country, and deliberately finds more than `is_same_line`: one too many does no harm.


@lru_cache(maxsize=1 << 14)
def telling_digits(listed: str) -> tuple[str, ...]:
    """Return the last digits of a listed phone, which identify it."""
    numbers = (listed.lower().partition("x")[0], dialed(listed))
    local = (digits_of(number)[-LOCAL_NUMBER:] for number in numbers)
    return tuple(digits for digits in dict.fromkeys(local) if len(digits) == LOCAL_NUMBER)


def digits_of(text: str) -> str:
    """Return the digits of a text as ASCII, whatever script they are in."""
    digits = NO_DIGITS.sub("", text)
    return digits if digits.isascii() else "".join(str(int(digit)) for digit in digits)


def _tidy(typed: str) -> str:
    """Normalize dashes, spaces and the word for an extension; drop invisible marks."""
    text = typed.strip()[:LONGEST_READ]
    if not text.isascii():  # Nearly all are, and this runs for everyone on our lists.
        normal = unicodedata.normalize("NFKC", text)
        visible = (c for c in normal if unicodedata.category(c) != "Cf")
        text = "".join("-" if unicodedata.category(c) == "Pd" or c == "−" else c for c in visible)
    return SPELLED.sub(_as_digits, BEFORE_EXTENSION.sub(" x", text)).strip()


def _as_digits(spelled: re.Match[str]) -> str:
    """Return the keys for a word that completes a number; other words stay as they are."""
    before, word = spelled.groups()
    count = len(digits_of(before)) + len(word)
    return before + word.upper().translate(KEYPAD) if count in SPELLED_DIGITS else spelled[0]


def _is_plain(text: str) -> bool:
    return bool(PLAIN.fullmatch(text)) and (_is_long(text) or _is_long(text.partition("x")[0]))


def _is_long(text: str) -> bool:
    return FEWEST_DIGITS <= len(digits_of(text)) <= MOST_DIGITS


def _possible(text: str, country: str) -> "PhoneNumber | None":
    """Return the text as a number, if it is possible in this country or the one it names."""
    from phonenumbers import NumberParseException, is_possible_number, parse

    try:
        number = parse(text, country)
    except NumberParseException:
        return None
    return number if is_possible_number(number) else None


def _is_possible(number: "PhoneNumber") -> bool:
    """Tell whether a number has all its digits, area code included."""
    from phonenumbers import ValidationResult, is_possible_number_with_reason

    return bool(is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE)


def _among_words(text: str, country: str) -> "PhoneNumber | None":
    """Return the first number in a text that is possible in the country."""
    from phonenumbers import Leniency, PhoneNumberMatcher

    found = PhoneNumberMatcher(text, country, leniency=Leniency.POSSIBLE)
    return found.next().number if found.has_next() else None


def example(country: str) -> str:
    """Return a number as people of a country write theirs, to show where one belongs."""
    from phonenumbers import PhoneNumberFormat, example_number, format_number

    found = example_number(country)
    return format_number(found, PhoneNumberFormat.NATIONAL) if found else ""
