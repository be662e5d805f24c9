"""What the HTML of a mail may hold: nothing that is loaded, and links only as links."""

import re
from collections.abc import Iterable, Mapping
from html import unescape
from html.parser import HTMLParser

TAGS = {
    "a", "b", "blockquote", "body", "br", "center", "div", "em", "h1", "h2", "h3", "head", "hr",
    "html", "i", "li", "meta", "ol", "p", "small", "span", "strong", "style", "table", "tbody",
    "td", "th", "thead", "title", "tr", "u", "ul",
    # For Outlook, inside of comments.
    "xml", "o:officedocumentsettings", "o:pixelsperinch",
}  # fmt: skip
ATTRIBUTES = {
    "align", "aria-hidden", "bgcolor", "border", "cellpadding", "cellspacing", "charset", "class",
    "colspan", "content", "dir", "height", "id", "lang", "name", "role", "rowspan", "scope",
    "style",
    "valign", "width", "xmlns", "xmlns:o",
}  # fmt: skip
SCHEMES = ("https://", "http://", "mailto:", "tel:", "sms:")
#: A style that loads something, or that hides it behind an escape.
LOADING = re.compile(r"url|@import|image|src|expression|\\|//", re.IGNORECASE)
#: What is no text, and how much text a mail program shows at most of a mail before it is opened.
NO_TEXT = re.compile(r"<!--.*?-->|<style.*?</style>|<[^>]+>", re.DOTALL)
SHOWN_CLOSED = 200
CONDITION = re.compile(r"^\[if [^\]]*\]>(.*)<!\[endif\]$", re.DOTALL)


def broken_rule(html: str, links: Iterable[str]) -> str:
    """Return the first thing in a mail's HTML that is not allowed.

    Anyone who has one of `links` can open its page: such a link may only be the whole address of
    an <a>, or its text.
    """
    reader = _Reader(tuple(filter(None, links)))
    reader.feed(html)
    reader.close()
    return reader.broken


def told_at_first(html: str, telling: Mapping[str, Iterable[str]]) -> str:
    """Return the name of a fact that the beginning of a mail tells; "" when it tells none."""
    body = html.partition("<body")[2].partition(">")[2] or html
    text = " ".join(unescape(NO_TEXT.sub(" ", body)).split())[:SHOWN_CLOSED].casefold()
    return next(
        (
            name
            for name, values in telling.items()
            if any(value and value.casefold() in text for value in values)
        ),
        "",
    )


class _Reader(HTMLParser):
    def __init__(self, links: tuple[str, ...]) -> None:
        super().__init__(convert_charrefs=True)
        self._links = links
        self._is_style = False
        self.broken = ""

    def _complain(self, what: str) -> None:
        self.broken = self.broken or what

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_style = tag == "style"
        if tag not in TAGS:
            self._complain(f"has <{tag}>")
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._is_style = False

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False

    def handle_data(self, data: str) -> None:
        if self._is_style and LOADING.search(data):
            self._complain("has a style that loads something")

    def handle_comment(self, data: str) -> None:
        """Read what Outlook reads."""
        if "[if" in data and not CONDITION.match(data):
            self._complain("has a condition for Outlook that we cannot read")
        inner = CONDITION.match(data)
        self._complain(broken_rule(inner[1], self._links) if inner else "")

    def unknown_decl(self, data: str) -> None:
        self._complain("has a declaration that mail programs read in different ways")

    def handle_pi(self, data: str) -> None:
        self._complain("has a processing instruction")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if tag == "a" and name == "href":
            if not value.lower().startswith(SCHEMES):
                self._complain("has a link that is no address")
            if value not in self._links and any(link in value for link in self._links):
                self._complain("has the link inside of another address")
        elif name not in ATTRIBUTES:
            self._complain(f"has {name} in <{tag}>")
        elif name == "style" and LOADING.search(value):
            self._complain("has a style that loads something")
        elif any(link in value for link in self._links):
            self._complain(f"has the link in {name}")
