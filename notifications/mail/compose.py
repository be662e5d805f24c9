"""Compose a message (subject, text and HTML) from an e-mail's name and facts."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

from css_inline import CSSInliner, InlineError
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    DictLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lib.languages.language import ENGLISH, Language
from lib.templates import COMPILED, TRANSLATABLE, Environments, speak_english
from lib.unbroken import unbroken
from notifications.mail.catalog import EMAILS
from notifications.mail.rules import addresses
from notifications.mail.rules import html as html_rules
from notifications.mail.rules import template as template_rules
from notifications.mail.twin import text_of

LONGEST_SUBJECT = 120
LAYOUT = "email/_layout/"
#: Copies the styles of <style> to the tags that they are for, as Gmail and Outlook need them. What
#: asks for a dark or a narrow screen stays where it is. It loads nothing, and hides no <link>.
INLINER = CSSInliner(load_remote_stylesheets=False, keep_link_tags=True, keep_at_rules=True)
#: Control characters except line breaks and tabs, and unpaired surrogates.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Message:
    """A rendered e-mail. Without HTML it is sent as plain text only."""

    subject: str
    text: str
    html: str
    #: The Message-ID of the first mail of its thread; "" for the first one.
    thread: str = ""
    is_important: bool = False


class ComposeError(Exception):
    """An e-mail could not be rendered; the message names template and reason, no facts."""


class Composer:
    """Renders e-mails from the admins' overrides, or else from our own templates."""

    def __init__(self, ours: Path, overrides: Mapping[str, str] | None = None) -> None:
        self._folder = ours
        self._overrides = dict(overrides or {})
        rules = {
            name: template_rules.broken_rule(name, text, self._overrides)
            for name, text in self._overrides.items()
        }
        #: Overrides that are never used, and why.
        self._refused = {name: why for name, why in rules.items() if why}
        self._ours = Environments(_environment(FileSystemLoader(ours)))
        self._all = (
            Environments(
                _environment(ChoiceLoader([DictLoader(self._overrides), FileSystemLoader(ours)]))
            )
            if self._overrides
            else self._ours
        )
        self._overriding: Composer | None = None

    def overriding(self, overrides: Mapping[str, str]) -> "Composer":
        """Return a composer with these overrides; the last one is cached."""
        kept = self._overriding
        if kept is None or kept._overrides != overrides:
            kept = self._overriding = Composer(self._folder, overrides)
        return kept

    def compose(
        self, name: str, facts: Mapping[str, object], language: Language = ENGLISH
    ) -> Message:
        """Render an e-mail; if the admins' override fails, use our own template."""
        try:
            return self.compose_strictly(name, facts, language)
        except ComposeError:
            return _render(self._ours.speaking(language), name, facts)

    def compose_strictly(
        self, name: str, facts: Mapping[str, object], language: Language = ENGLISH
    ) -> Message:
        """Render an e-mail; ComposeError says what is wrong with its override.

        Overrides are in English: readers of another language get our own template in theirs.
        """
        ours = [path for path in self._overrides if path.startswith((f"email/{name}/", LAYOUT))]
        if not ours or language.code != ENGLISH.code:
            return _render(self._ours.speaking(language), name, facts)
        for path in ours:
            if path in self._refused:
                raise ComposeError(f"templates/{path}: {self._refused[path]}")
        message = self._overridden(name, facts, language)
        self._check(name, facts, language, message)
        return message

    def _overridden(self, name: str, facts: Mapping[str, object], language: Language) -> Message:
        environment = self._all.speaking(language)
        has_own_text = f"email/{name}/body.txt" in self._overrides
        return _render(environment, name, facts, has_own_text=has_own_text)

    def _check(
        self, name: str, facts: Mapping[str, object], language: Language, message: Message
    ) -> None:
        """Raise ComposeError if a mail loads something or gives a link to someone else.

        With other links nothing but these links may differ.
        """
        links = _links(facts)
        others = {link: _another(link) for link in links}
        again = self._overridden(name, _with_links(facts, others), language)
        for part in ("subject", "text", "html"):
            expected = getattr(message, part)
            for link, other in others.items():
                expected = expected.replace(escape(link), escape(other)).replace(link, other)
            if expected != getattr(again, part) or (
                part == "subject" and expected != message.subject
            ):
                raise ComposeError(f"templates/email/{name}: changes the link, or a part of it")
        for link in links:
            if re.search(rf"\S{re.escape(link)}|{re.escape(link)}[^\s.]", message.text):
                raise ComposeError(
                    f"templates/email/{name}/body.txt: has the link inside of a word"
                )
        if what := html_rules.broken_rule(message.html, links):
            raise ComposeError(f"templates/email/{name}/body.html: {what}")
        if told := html_rules.told_at_first(message.html, _telling(facts)):
            raise ComposeError(
                f"templates/email/{name}/body.html: says {told} at the beginning, which lock"
                " screens show"
            )
        written = _written(self._all.speaking(language), name)
        for part in ("subject", "text", "html"):
            if what := addresses.address_of_facts(unescape(getattr(message, part)), written, facts):
                raise ComposeError(f"templates/email/{name}: has an address made of facts")


def _written(environment: Environment, name: str) -> list[str]:
    """Return what the templates of an e-mail and of the layout say in their own words."""
    used = environment.list_templates(
        filter_func=lambda path: path.startswith((f"email/{name}/", LAYOUT))
    )
    loader = environment.loader
    sources = [loader.get_source(environment, path)[0] for path in used] if loader else []
    return [text for source in sources for text in addresses.literals(environment.parse(source))]


def _telling(facts: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Return the facts, by name, that tell what a request is about."""
    wishes = facts.get("wishes")
    several = wishes if isinstance(wishes, list) else []
    return {
        "department": (str(facts.get("department", "")),),
        "role_group": (str(facts.get("role_group", "")),),
        "wishes": tuple(map(str, several)),
    }


def header_text(text: str, longest: int = LONGEST_SUBJECT) -> str:
    """Make text safe for a header: one line without encoded words.

    Python decodes an encoded word in a header, which may hide a line break.
    """
    spaced = re.sub(r"\s+", " ", text)
    plain = "".join(letter for letter in spaced if unicodedata.category(letter)[0] != "C")
    safe = re.sub(r"=(?=\?)", "= ", plain).strip()
    return safe if len(safe) <= longest else safe[: longest - 1].rstrip() + "…"


def _links(facts: Mapping[str, object]) -> list[str]:
    """Return the links that open a page by themselves, the longest first."""
    found = {str(facts.get("link", "")), *(str(one["link"]) for one in _standing(facts))}
    return sorted(filter(None, found), key=len, reverse=True)


def _with_links(facts: Mapping[str, object], others: Mapping[str, str]) -> dict[str, object]:
    link = str(facts.get("link", ""))
    standing = [one | {"link": others.get(str(one["link"]), "")} for one in _standing(facts)]
    return dict(facts) | {"link": others.get(link, link), "standing": standing}


def _standing(facts: Mapping[str, object]) -> list[dict[str, object]]:
    """Return what a mail says about each of several requests, each with its link."""
    found = facts.get("standing")
    several = found if isinstance(found, list) else []
    return [dict(one) if isinstance(one, dict) else dict(vars(one)) for one in several]


def _another(link: str) -> str:
    """Return a link that has nothing in common with this one but its beginning and its length."""
    scheme, separator, rest = link.partition("://")
    return scheme + separator + "".join("x" if letter != "x" else "y" for letter in rest)


def _environment(loader: BaseLoader) -> Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=loader,
        extensions=TRANSLATABLE,
        bytecode_cache=COMPILED,
        auto_reload=False,
        undefined=StrictUndefined,
        autoescape=lambda template: template is not None and template.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    speak_english(environment)
    return environment


def _render(
    environment: Environment, name: str, facts: Mapping[str, object], *, has_own_text: bool = False
) -> Message:
    """Render a mail; its text is made from its HTML unless the admins wrote one."""
    if name not in EMAILS:
        raise ComposeError(f'There is no e-mail called "{name[:40]}"')
    subject = header_text(_part(environment, name, "subject.txt", facts))
    html = _tidy(_part(environment, name, "body.html", facts)) if EMAILS[name].has_html else ""
    is_derived = html and not has_own_text
    text = text_of(html) if is_derived else _part(environment, name, "body.txt", facts)
    return Message(subject, _tidy(text), _with_styles(html, name))


def _with_styles(html: str, name: str) -> str:
    try:
        return INLINER.inline(unbroken(html)) if html else ""
    except InlineError as error:
        raise ComposeError(f"templates/email/{name}/body.html: {error}") from None


def _part(environment: Environment, name: str, part: str, facts: Mapping[str, object]) -> str:
    path = f"email/{name}/{part}"
    try:
        return environment.get_template(path).render(facts, email=EMAILS[name])
    except TemplateError as error:
        raise ComposeError(f"templates/{path}: {type(error).__name__}: {error}") from error
    except Exception as error:  # An override may fail in any way, and the error may quote facts.
        raise ComposeError(f"templates/{path}: {type(error).__name__}") from None


def _tidy(text: str) -> str:
    """Drop characters that mails cannot carry, and blank lines left by the template."""
    printable = UNPRINTABLE.sub("", text)
    trimmed = "\n".join(line.rstrip() for line in printable.splitlines())
    return re.sub(r"\n{3,}", "\n\n", trimmed).strip() + "\n"
