"""A mail scanner that opens every link, follows redirects and sends the forms that it finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

from tests.wire import session

Fields = list[tuple[str, str]]
#: A page after a link, what it leads to, and the answer to that.
DEEPEST = 3
TOKEN = "csrf_token"
TAPPED = ("radio", "checkbox")


@dataclass
class Form:
    """A form as a page has it: its fields as they stand, and the answers that could be tapped."""

    action: str
    fields: Fields = field(default_factory=list)
    #: The first value of each group of answers, and of each list to choose from.
    first: dict[str, str] = field(default_factory=dict)

    @property
    def with_first_answers(self) -> Fields:
        kept = [(name, value) for name, value in self.fields if name not in self.first]
        return [*kept, *self.first.items()]


class Forms(HTMLParser):
    """Finds the forms and the links of a page."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "a" and has.get("href", "").startswith(("/", "http")):
            self.links.append(urljoin(self.address, has["href"]))
        elif tag == "form":
            self.forms.append(Form(urljoin(self.address, has.get("action", ""))))
        elif self.forms and tag in ("input", "select", "option"):
            self._note(tag, has, self.forms[-1])

    def _note(self, tag: str, has: dict[str, str], form: Form) -> None:
        name, value = has.get("name", self._select), has.get("value", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and (value or "value" not in has):
            form.first.setdefault(self._select, value)
        elif tag == "input" and has.get("type") in TAPPED:
            form.first.setdefault(name, value or "on")
            if "checked" in has:
                form.fields.append((name, value))
        elif tag == "input":
            form.fields.append((name, value))


@dataclass
class Scanner:
    """One scanner with cookies of its own; `answers` is what it sends of a form."""

    answers: Callable[[Form], Fields]
    web: requests.Session = field(default_factory=session)
    #: What it sent already: the same form is on many pages.
    sent: set[tuple[str, ...]] = field(default_factory=set)

    def scan(self, link: str) -> list[requests.Response]:
        """Look at a link in every way, and send on what is found there."""
        self.web.head(link, allow_redirects=True)
        return list(self._pages(self.web.get(link), DEEPEST))

    def _pages(self, page: requests.Response, deep: int) -> Iterator[requests.Response]:
        yield page
        if not deep or "html" not in page.headers.get("Content-Type", ""):
            return
        found = Forms(page.url, page.text)
        for address in found.links:
            if urlsplit(address).netloc == urlsplit(page.url).netloc:
                self.web.get(address)
        # "Close this page" ends the scanner's own visit, so without it a scanner does more.
        for form in (one for one in found.forms if not one.action.endswith("/close")):
            data = self.answers(form)
            same = (form.action, *(f"{name}={value}" for name, value in data if name != TOKEN))
            if same not in self.sent:
                self.sent.add(same)
                yield from self._pages(self.web.post(form.action, data=data), deep - 1)


def as_they_stand(form: Form) -> Fields:
    return form.fields


def first_of_each(form: Form) -> Fields:
    return form.with_first_answers
