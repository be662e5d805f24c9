"""Clean and compare single values from outside: texts, choices, moments."""

import re
import unicodedata
from datetime import UTC, datetime

CONTROL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
#: Persian, Hindi and many emoji are spelled with these two invisible joiners.
JOINERS = "\u200c\u200d"

#: Letters that Unicode does not decompose into a letter and an accent.
UNACCENTED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe"})
MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def as_text(value: object) -> str | None:
    """Return a text, number or boolean as text; None for everything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, int):
        # Python refuses to write out numbers of thousands of digits.
        return str(value) if value.bit_length() < 256 else "a huge number"
    return None


def one_line(text: str, limit: int) -> str:
    """Return the printable part of a text on one line."""
    return "; ".join(filter(None, _clean_lines(text, limit)))[:limit].rstrip()


def paragraphs(text: str, limit: int) -> str:
    """Return the printable part of a text with its line breaks."""
    return "\n".join(_clean_lines(text, limit)).strip()[:limit].rstrip()


def plain(text: str) -> str:
    """Return a choice in the form for comparing: case, spaces and quotes unified; 1.0 is 1."""
    folded = unicodedata.normalize("NFKC", one_line(text, 1000)).casefold().replace("’", "'")
    return re.sub(r"^(-?\d+)\.0+$", r"\1", folded)


def folded(text: str) -> str:
    """Return a text without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(UNACCENTED))
    return "".join(c for c in plain if not unicodedata.combining(c))


def plain_words(text: str) -> list[str]:
    """Return the words of a name in the form for comparing: no case, accents or plurals."""
    words = re.findall(r"[^\W_]+", re.sub("['’]", "", folded(text)))
    return [word.removesuffix("s") or word for word in words]


def is_answer(value: object) -> bool:
    """Tell whether a value is an answer; a value of an unknown type counts as one."""
    if isinstance(value, list):
        return any(_is_single_answer(item) for item in value)
    return _is_single_answer(value)


def as_shown(value: object) -> str:
    """Return the readable parts of any value, for people to interpret."""
    if isinstance(value, dict):
        value = list(value.values())
    parts = value if isinstance(value, list) else [value]
    texts = (as_text(part) for part in parts[:50])
    return one_line(", ".join(text for text in texts if text), 500)


def as_moment(value: object) -> datetime | None:
    """Return a moment as Qualtrics writes it, by default in UTC; None if it is not one."""
    if not isinstance(value, str) or not MOMENT.fullmatch(value.strip()):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if EARLIEST <= moment < LATEST else None


def _is_single_answer(value: object) -> bool:
    if isinstance(value, str):
        return bool(value.strip() if value.isprintable() else one_line(value, 1))
    return value is not None and value != []


def _clean_lines(text: str, limit: int) -> list[str]:
    # Cleaning takes time, so text far beyond the limit is cut off first.
    return [_clean(line) for line in text.strip()[: 4 * limit + 4000].splitlines()]


def _clean(line: str) -> str:
    if line.isprintable():
        return " ".join(line.split())
    shown = (c for c in line.replace("\t", " ") if c in JOINERS or not _is_control(c))
    return " ".join("".join(shown).split())


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in CONTROL
