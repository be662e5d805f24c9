"""The text of a mail, made from its HTML: each sentence is written once, and both say the same."""

import re
from html import unescape

UNSEEN = {"head", "style", "script"}
#: A blank line sets these apart.
PARAGRAPHS = {"p", "div", "table", "blockquote", "h1", "h2", "h3", "hr", "center"}
LINES = {"tr", "li", "br"}
LISTS = {"ul", "ol"}


#: A comment or declaration, a tag with its attributes, or words. The standard library's parser
#: forgives more than a mail needs, and takes three times as long.
PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^>]*>"
    r"|<(/?)([a-zA-Z][^\s/>]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>"
    r"|([^<]+|<)",
    re.DOTALL,
)
HREF = re.compile(r"""(?<![^\s"'/])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
HIDDEN = re.compile(r"""(?<![^\s"'/])aria-hidden\s*=\s*["']?true\b""", re.IGNORECASE)


def text_of(html: str) -> str:
    """Return the words of a mail's HTML in lines, and the address of each link behind its words."""
    reader = _Reader()
    for slash, tag, attributes, words in PIECE.findall(html, max(html.find("<body"), 0)):
        if words:
            reader.read_words(unescape(words))
        elif slash:
            reader.end(tag.lower())
        elif tag:
            reader.begin(tag.lower(), attributes)
    return "".join(reader.parts)


class _Reader:
    def __init__(self) -> None:
        self.parts: list[str] = []
        #: The tag that hides what is in it, and how many of its kind are open.
        self._unseen, self._depth = "", 0
        self._lists, self._is_in_row = 0, False
        #: Line breaks before the next word, or else a space.
        self._breaks, self._is_spaced = 0, False
        self._link, self._words = "", ""

    def begin(self, tag: str, attributes: str) -> None:
        if self._unseen:
            self._depth += tag == self._unseen
        elif tag in UNSEEN or ("aria-hidden" in attributes and HIDDEN.search(attributes)):
            self._unseen, self._depth = tag, 1
        elif tag == "a":
            self._link, self._words = _address_in(attributes), ""
        else:
            self._begin(tag)

    def end(self, tag: str) -> None:
        if self._unseen:
            self._depth -= tag == self._unseen
            self._unseen = self._unseen if self._depth else ""
        elif tag == "a":
            self._add_address()
        elif tag == "th":
            self._write(": ")
            self._is_in_row = True
        elif tag in LISTS:
            self._lists -= 1
            self._break(1 if self._lists else 2)
        else:
            self._break_around(tag)

    def read_words(self, words: str) -> None:
        if not self._unseen:
            self._words += words
            self._write(words)

    def _begin(self, tag: str) -> None:
        if tag in LISTS:
            self._break(1 if self._lists else 2)
            self._lists += 1
        self._break_around(tag)
        if tag == "li":
            self._write("- ", self._lists - 1)
        self._is_spaced = self._is_spaced or tag in ("td", "th")

    def _break_around(self, tag: str) -> None:
        if tag == "tr":
            self._is_in_row = False
        if tag in PARAGRAPHS | LINES:
            self._break(2 if tag in PARAGRAPHS else 1)

    def _break(self, lines: int) -> None:
        self._breaks, self._is_spaced = max(self._breaks, lines), False

    def _write(self, data: str, indent: int | None = None) -> None:
        """Write words after the breaks or the space that part them from those before."""
        words = re.sub(r"\s+", " ", data)
        self._is_spaced = self._is_spaced or words.startswith(" ")
        if not words.strip():
            return
        before = " " if self._is_spaced and self.parts else ""
        if self._breaks and self.parts:
            inside = self._lists + self._is_in_row if indent is None else indent
            before = "\n" * self._breaks + "  " * inside
        self.parts.append(before + words.strip())
        self._breaks, self._is_spaced = 0, words.endswith(" ")

    def _add_address(self) -> None:
        """Write a link's address unless its words are the address, or are there to be dialed."""
        address = self._link.removeprefix("mailto:")
        if address not in self._words and not address.startswith(("tel:", "sms:")):
            self._write(f": {address}")


def _address_in(attributes: str) -> str:
    """Return the address of a link."""
    found = HREF.search(attributes)
    return unescape("".join(filter(None, found.groups()))) if found else ""
