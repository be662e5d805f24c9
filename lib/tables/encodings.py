"""Signs that a text in an 8-bit encoding, or with NUL bytes, is not read as it was written."""

import re
from dataclasses import dataclass

MARKS = (b"\xff\xfe", b"\xfe\xff")
#: Letters that other encodings than Windows-1252 have where it has marks, and the other way round:
#: "é" of a Macintosh is read as "Ž" and of MS-DOS as "‚".
IMPLAUSIBLE = re.compile(
    "[\x80-\x9fŠŽŸŒƒšžœ€‚„…†‡ˆ‰‹›“”•˜™¡¢£¤¥¦§¨©¬®¯°±²³µ¶¸¹º»¼½¾¿×÷«ªÐÞþð]"
    # Quotation mark, dash and hard space may be meant, but hardly inside a word.
    "|(?<=[^\\W\\d_]{2})[‘’](?=[^\\W\\d_])(?!s\\b)|(?<=[^\\W\\d_])[–—\xa0](?=[a-zà-ÿ])"
    # A small letter among capitals.
    "|(?<=[A-Z])[à-ÿ](?=[A-Z])"
)
FOREIGN = re.compile(r"[^\x00-\x7f\xa0]")
#: UTF-8 that was once read as Windows-1252 and saved so: "é" as "Ã©".
TWICE = re.compile("[ÃÄÅ][-¿€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|Â[ -¿]|�")
#: What lists of people were written in before UTF-8, besides Windows-1252.
OTHERS = ("mac_roman", "cp850", "cp437", "cp1250")
#: More of the bytes than this are NUL in the UTF-16 of any language with Latin letters.
SHARE_OF_NULS = 0.2


@dataclass(frozen=True)
class Misread:
    """A character that is probably not what was written, and where."""

    line: int
    character: str
    word: str


def is_unmarked_utf16(content: bytes) -> bool:
    if content.startswith(MARKS) or b"\0\0\0" in content:
        return False
    return content.count(0) > SHARE_OF_NULS * len(content)


def has_nul(content: bytes) -> bool:
    return not content.startswith(MARKS) and b"\0" in content


def is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def misread(text: str) -> Misread | None:
    """Return the first character that a text in Windows-1252 hardly has in a list of people."""
    return _first(IMPLAUSIBLE, text)


def encoded_twice(text: str) -> Misread | None:
    """Return the first character that shows that a text was saved in the wrong encoding before."""
    return _first(TWICE, text)


def foreign_word(text: str) -> Misread | None:
    """Return the first word with a letter that depends on the encoding."""
    return _first(FOREIGN, text)


def probably_meant(word: str) -> str:
    """Return a word that was read as Windows-1252 in the likeliest other encoding; "" if none."""
    for encoding in OTHERS:
        try:
            meant = word.encode("cp1252").decode(encoding)
        except UnicodeError:
            continue
        if meant.replace(" ", "").isalpha():
            return meant
    return ""


def _first(wanted: re.Pattern[str], text: str) -> Misread | None:
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        if found := wanted.search(line):
            return Misread(number, found[0], _word_at(line, found.start()))
    return None


def _word_at(line: str, at: int) -> str:
    before, after = re.split(r"[,;\t]", line[:at])[-1], re.split(r"[,;\t]", line[at:])[0]
    return f"{before}{after}".strip(' "')
