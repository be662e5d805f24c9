"""Find all sentences that the code and the templates mark for translation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from lib.languages.catalog import FOR_REQUESTERS
from notifications.mail.catalog import EMAILS

ROOT = Path(__file__).parent.parent
TEMPLATE, SPANISH = ROOT / "translations/messages.pot", ROOT / "translations/es.po"
FOLDERS = (
    "casebook", "engine", "lib", "matching", "notifications", "pages", "people", "program",
    "workflow",
)  # fmt: skip
#: How code marks sentences for requesters, and for staff.
THEIRS: dict[str, Any] = {"for_requesters": None, "say": None, "plural": (1, 2)}
STAFFS: dict[str, Any] = {"for_staff": None, "counted_for_staff": (1, 2)}
IN_TEMPLATES: dict[str, Any] = {"_": None, "gettext": None, "ngettext": (1, 2)}
OPTIONS = {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}
#: Mails and pages that a requester, or anybody, may read.
MAILS = {name for name, email in EMAILS.items() if email.may_reach_requester} | {
    "address_noted", "group_session_invited", "group_session_news", "outreach_offered",
    "referral_unusable", "referred",
    "_layout",
}  # fmt: skip
#: Parts of the layout that only mails to staff have.
STAFF = {"facts", "sentences", "words"}
PAGES = {
    "_forms", "_partner", "_places", "ask_for_link", "base", "continue", "ended", "expired",
    "feedback", "from_elsewhere", "group_session", "help", "message", "no_link", "privacy",
    "referral", "requester", "sure",
}  # fmt: skip


def sentences() -> Catalog:
    """Return the template of all catalogs."""
    found = Catalog(charset="utf-8")
    for sentence, is_theirs in (*_in_code(), *in_templates()):
        comments = [FOR_REQUESTERS] if is_theirs else []
        found.add(sentence, auto_comments=comments)
    return found


def write(catalog: Catalog, path: Path) -> None:
    with path.open("wb") as file:
        write_po(file, catalog, width=100, no_location=True, omit_header=True, sort_output=True)


def _in_code() -> Iterator[tuple[Any, bool]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            source = path.read_text()
            for keywords, is_theirs in ((THEIRS, True), (STAFFS, False)):
                if any(f"{keyword}(" in source for keyword in keywords):
                    yield from ((one, is_theirs) for one in _marked("python", path, keywords))


def in_templates() -> Iterator[tuple[Any, bool]]:
    for path in sorted((ROOT / "templates/page").glob("*.html")):
        for one in _marked("jinja2.ext:babel_extract", path, IN_TEMPLATES):
            yield one, path.stem in PAGES
    for path in sorted((ROOT / "templates/email").rglob("*.*")):
        for one in _marked("jinja2.ext:babel_extract", path, IN_TEMPLATES):
            yield one, path.parent.name in MAILS and path.stem not in STAFF


def _marked(method: str, path: Path, keywords: dict[str, Any]) -> Iterator[Any]:
    with path.open("rb") as file:
        for _line, sentence, _comments, _context in extract(
            method, file, keywords, options=OPTIONS
        ):
            yield sentence
