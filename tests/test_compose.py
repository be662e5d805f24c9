"""E-mails: their words as approved, their twins alike, nothing told on a lock screen."""

import html
import os
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import cast

import pytest

from notifications.examples.facts import COMMON_FACTS
from notifications.examples.occasions import occasions
from notifications.examples.problems import problems
from notifications.mail.catalog import EMAILS
from notifications.mail.compose import ComposeError, Composer, Message, header_text
from tests.rows import each
from workflow.model import Event, Outcome, Role

TEMPLATES = Path(__file__).parents[1] / "templates"
APPROVED = Path(__file__).parent / "emails"
OURS = Composer(TEMPLATES)
SAMPLES = [(name, words) for name in EMAILS for words in occasions(name)]

#: Who is reminded of several requests gets the link of each, besides the one to their own page.
LINK_OF_EACH: dict[str, list[object]] = {
    "several_wait": [
        "https://care-desk.example.org/open/an-example-token",
        "https://care-desk.example.org/open/another-example-token",
    ]
}
#: Values as long as they may be.
LONGEST = {
    "service_name": "Employee Care Desk",
    "reference": "PS-WMWMW",
    "due_short": "Wed 12:45 PM",
    "headline": "12 open, 12 due today",
}
#: What neither a subject nor the line that a lock screen shows may contain.
TELLING = re.compile(
    r"peer|support|crisis|request|asked for (help|somebody)|help|distress|suicid|988|safe"
    r"|department|surgery|nurs|colleague|emergency|case\b|ticket",
    re.IGNORECASE,
)
NEVER_OUR_WORDS = re.compile(r"\b(case|ticket|submission|victim|patient|peer counselor)s?\b", re.I)


@cache
def sample(name: str, words: str) -> Message:
    return OURS.compose_strictly(name, occasions(name)[words])


def links_of_text(text: str) -> list[str]:
    return re.findall(r"https?://\S+", text)


def links_of_html(page: str) -> list[str]:
    return [html.unescape(link) for link in re.findall(r'href="([^"]*)"', page)]


def words_of(text: str) -> list[str]:
    """The words that a reader sees, without addresses, bullets and punctuation."""
    return re.findall(r"[\w’'&]+", re.sub(r"https?://\S+", "", text))


def visible_words_of(page: str) -> list[str]:
    body = page[page.index("<body") :]
    unseen = r'<!--.*?-->|<(p|div) [^>]*aria-hidden="true".*?</\1>'
    shown = re.sub(unseen, "", body, flags=re.DOTALL)
    return words_of(html.unescape(re.sub(r"<[^>]+>", " ", shown)))


def tags_of(page: str) -> set[str]:
    found: set[str] = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.add(tag)  # type: ignore[method-assign]
    parser.feed(page)
    return found


def test_every_email_has_its_folder_and_every_folder_its_email() -> None:
    folders = {path.name for path in (TEMPLATES / "email").iterdir() if path.name != "_layout"}
    assert folders == set(EMAILS)


@each("name", EMAILS)
def test_every_folder_holds_a_subject_and_one_body(name: str) -> None:
    expected = {"subject.txt", "body.html" if EMAILS[name].has_html else "body.txt"}
    assert {path.name for path in (TEMPLATES / "email" / name).iterdir()} == expected


@each("name", EMAILS)
def test_it_says_what_was_approved(name: str) -> None:
    parts = []
    for words in occasions(name):
        message = sample(name, words)
        title = f"### {name}{': ' + words if words else ''}"
        parts.append(f"{title}\nSubject: {message.subject}\n\n{message.text}")
    said = "\n".join(parts)
    approved = APPROVED / f"{name}.txt"
    if os.environ.get("ACCEPT_EMAILS") == "1":
        approved.parent.mkdir(exist_ok=True)
        approved.write_text(said)
    assert said == approved.read_text(), "Run with ACCEPT_EMAILS=1 and read the difference"


def test_every_approved_text_belongs_to_an_email() -> None:
    assert {path.stem for path in APPROVED.iterdir()} == set(EMAILS)


@each("name, words", SAMPLES)
def test_its_twins_carry_the_same_links_and_one_into_the_service(name: str, words: str) -> None:
    message = sample(name, words)
    public = {COMMON_FACTS["privacy_url"], COMMON_FACTS["help_url"]}
    public |= {"https://assistance.example.org/"}
    into_service = [link for link in links_of_text(message.text) if link not in public]
    ours = [COMMON_FACTS["link"]] if EMAILS[name].has_link else []
    assert into_service == LINK_OF_EACH.get(name, []) + ours
    if EMAILS[name].has_html:
        assert links_of_html(message.html) == links_of_text(message.text)


@each("name, words", SAMPLES)
def test_its_twins_say_the_same(name: str, words: str) -> None:
    message = sample(name, words)
    if EMAILS[name].has_html:
        assert visible_words_of(message.html) == words_of(message.text)


@each("name, words", SAMPLES)
def test_it_tells_nothing_on_a_lock_screen(name: str, words: str) -> None:
    message = sample(name, words)
    first_lines = " ".join(message.text.split("\n\n")[:2])
    assert TELLING.findall(message.subject) == []
    assert TELLING.findall(first_lines) == []
    assert len(message.subject) > 5
    assert "\n" not in message.subject


@each("name, words", SAMPLES)
def test_a_phone_shows_the_whole_subject(name: str, words: str) -> None:
    several = {"standing": [*cast("list[object]", COMMON_FACTS["standing"])] * 6}
    facts = occasions(name)[words] | several | LONGEST
    mark = " (call 9, 12:45 PM)" if name == "urgent" else ""
    assert len(OURS.compose_strictly(name, facts).subject + mark) < 45


@each("name, words", SAMPLES)
def test_it_uses_the_words_of_the_field(name: str, words: str) -> None:
    assert NEVER_OUR_WORDS.findall(sample(name, words).text) == []


@each(
    "name, words",
    [(n, w) for n, w in SAMPLES if EMAILS[n].may_reach_requester and w != "of a reviewer"],
)
def test_what_may_reach_a_requester_carries_the_crisis_line(name: str, words: str) -> None:
    message = sample(name, words)
    for body in (message.text, html.unescape(message.html)):
        for fact in ("crisis_name", "crisis_text", "emergency_text"):
            assert str(COMMON_FACTS[fact]) in body


def test_a_fresh_link_may_reach_a_requester() -> None:
    assert EMAILS["fresh_link"].may_reach_requester


def test_a_coordinators_fresh_link_carries_no_crisis_line() -> None:
    text = sample("fresh_link", "of a reviewer").text
    assert str(COMMON_FACTS["crisis_text"]) not in text
    assert str(COMMON_FACTS["emergency_text"]) not in text


@each("name", [n for n, email in EMAILS.items() if email.role is Role.SUPPORTER])
def test_a_supporter_reads_no_department_in_a_mail(name: str) -> None:
    for words in occasions(name):
        assert str(COMMON_FACTS["department"]) not in sample(name, words).text


@pytest.mark.parametrize("name", ["received", "urgent"])
def test_it_never_promises_a_reader_outside_staffed_hours(name: str) -> None:
    facts = COMMON_FACTS | {"is_urgent": True}
    unstaffed = OURS.compose(name, facts | {"staffed": ""}).text
    assert "Monday" not in unstaffed
    assert "at once" not in unstaffed + OURS.compose(name, facts).text


@each("name", [n for n in EMAILS if n not in ("ring", "admin_alarm")])
def test_it_can_be_written_with_any_event_and_outcome(name: str) -> None:
    for word in [*Event, *Outcome]:
        facts = COMMON_FACTS | {"event": word, "outcome": word, "state": word, "subject": word}
        assert "{{" not in OURS.compose_strictly(name, facts).text


@each("name", [n for n in EMAILS if EMAILS[n].has_html])
def test_it_is_fit_for_mail_programs(name: str) -> None:
    page = sample(name, next(iter(occasions(name)))).html
    assert '<html lang="en-US"' in page
    assert "max-width:600px" in page
    assert len(page) < 20_000  # Gmail cuts what is longer than 102 KB.
    assert "<style>@media" in page
    assert 'style="margin: 0 0 16px 0;"' in page
    for foreign in ("<img", "<link", "@import", "url(", "<script", "flex", "grid", "src="):
        assert foreign not in page


@each("name", [n for n in EMAILS if EMAILS[n].has_html])
def test_it_escapes_what_comes_from_outside(name: str) -> None:
    evil = '"><script>alert(1)</script>&<b>'
    facts = {k: evil if isinstance(v, str) else v for k, v in COMMON_FACTS.items()}
    message = OURS.compose_strictly(name, facts | {"wishes": [evil]})
    assert tags_of(message.html).isdisjoint({"script", "b"})
    assert evil in message.text


@each("name", EMAILS)
def test_a_missing_fact_is_an_error(name: str) -> None:
    with pytest.raises(ComposeError, match=f"templates/email/{name}/.*is undefined"):
        OURS.compose_strictly(name, {})


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("PS-7K3QF: please review", "PS-7K3QF: please review"),
        ("one\r\nBcc: eve@example.org", "one Bcc: eve@example.org"),
        ("=?UTF-8?Q?=0A?=Bcc: eve@example.org", "= ?UTF-8?Q?=0A?=Bcc: eve@example.org"),
        ("=\0?UTF-8?Q?=0A?=", "= ?UTF-8?Q?=0A?="),
        ("=\u200b?x", "= ?x"),
        ("==??", "== ??"),
        ("a\u2028b\u2029c\u0085d\x0be", "a b c d e"),
        ("\u202egnp.exe\ud800", "gnp.exe"),
        ("  tab\there  ", "tab here"),
        ("", ""),
    ],
)
def test_it_makes_text_fit_for_a_header(text: str, clean: str) -> None:
    assert header_text(text) == clean


def test_it_bounds_a_subject() -> None:
    assert len(header_text("long " * 100)) <= 120
    assert header_text("long " * 100).endswith("long…")


def test_a_body_carries_no_control_characters() -> None:
    message = OURS.compose("admin_alarm", COMMON_FACTS | {"reports": ["a\0b\x1b\x7fc\ud800\r\nd"]})
    assert "abc d" in message.text
    assert "abc\nd" in message.html


class TestOverrides:
    def test_it_prefers_a_text_of_the_same_name(self) -> None:
        composer = OURS.overriding({"email/offer/subject.txt": "Bonjour {{ reference }}"})
        message = composer.compose("offer", COMMON_FACTS)
        assert message.subject == "Bonjour PS-7K3QF"
        assert "Could you be there for them?" in message.text
        assert problems(composer) == []

    def test_other_texts_take_the_place_of_the_last_ones(self) -> None:
        first = OURS.overriding({"email/offer/subject.txt": "One"})
        assert OURS.overriding({"email/offer/subject.txt": "One"}) is first
        second = OURS.overriding({"email/offer/subject.txt": "Two"})
        assert second.compose("offer", COMMON_FACTS).subject == "Two"

    @pytest.mark.parametrize(
        "template",
        [
            "{{ unknown }}",
            "{% if %}",
            "{% include '../../../../etc/hostname' %}",
            "{% include '/etc/hostname' %}",
            "{{ ''.__class__.__mro__[1].__subclasses__() }}",
            "{{ 1 / 0 }}",
            "{{ range(10 ** 9) | list }}",
            "{% include 'email/offer/subject.txt' %}",
        ],
    )
    def test_a_broken_one_is_named_and_ours_is_sent(self, template: str) -> None:
        composer = OURS.overriding({"email/offer/subject.txt": template})
        assert composer.compose("offer", COMMON_FACTS) == OURS.compose("offer", COMMON_FACTS)
        assert [p for p in problems(composer) if "templates/email/offer/subject.txt" in p]

    @pytest.mark.parametrize("file", ["body.txt", "body.html"])
    def test_one_that_forgets_the_link_is_named(self, file: str) -> None:
        composer = OURS.overriding({f"email/offer/{file}": "Please answer."})
        assert problems(composer) == [
            f"templates/email/offer/{file}: does not contain {{{{ link }}}}"
        ]

    @pytest.mark.parametrize("name", ["../page", "..", "_layout", "", "offer/..", "\0", "x" * 9999])
    def test_it_refuses_a_name_that_is_no_email(self, name: str) -> None:
        with pytest.raises(ComposeError, match="There is no e-mail called"):
            OURS.compose(name, COMMON_FACTS)
