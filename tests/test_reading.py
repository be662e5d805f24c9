"""Requesters are tired: what they read is short and plain."""

import html
import re
from collections.abc import Collection

import textstat

from lib.languages.catalog import FOR_REQUESTERS, entries, first_id, translations
from lib.languages.language import Language, locale_of
from notifications.examples.occasions import occasions
from notifications.mail.catalog import EMAILS
from notifications.mail.compose import Composer
from program.languages.texts import sentences, translated
from tests.catalogs import MAILS, ROOT

HIGHEST_GRADE = 7
#: Words that the admins give, or that stand for a name or a time.
LONGEST_SUBJECT = 45
#: Words of ours that Spanish does not have; the example facts are in English.
ENGLISH_WORDS = re.compile(r"\b(your|you|our|we|will|they|the coordinators)\b", re.I)
FILLED_IN = re.compile(r"%\(\w+\)s|<[^>]*>")


def grade(text: str) -> float:
    return float(textstat.flesch_kincaid_grade(text))


def test_what_requesters_read_needs_no_more_than_seventh_grade() -> None:
    texts = (first_id(m) for m in entries(sentences()) if FOR_REQUESTERS in m.auto_comments)
    spoken = [FILLED_IN.sub("Robin", one) for one in texts if one.endswith((".", "?"))]
    assert len(spoken) > 100
    assert grade(" ".join(spoken)) <= HIGHEST_GRADE


def hard_mails(names: Collection[str], highest: float) -> dict[tuple[str, str], float]:
    """The mails that need more than a grade, on any occasion."""
    composer, hard = Composer(ROOT / "templates"), {}
    for name in sorted(names):
        for words, facts in occasions(name).items():
            body = composer.compose(name, facts).html.partition('<p class="foot"')[0]
            read = re.sub(r"<style.*?</style>|<[^>]+>", " ", body, flags=re.S)
            text = " ".join(html.unescape(read).split())
            if (found := grade(text)) > highest:
                hard[name, words] = found
    return hard


def test_every_mail_to_requesters_needs_no_more_than_seventh_grade() -> None:
    assert hard_mails(MAILS - {"_layout"}, HIGHEST_GRADE) == {}
    assert {"received", "matched", "delayed"} <= EMAILS.keys() & MAILS


def test_every_mail_to_staff_needs_no_more_than_eighth_grade() -> None:
    staff = {name for name, email in EMAILS.items() if email.has_html} - MAILS
    assert len(staff) > 20
    assert hard_mails(staff, HIGHEST_GRADE + 1) == {}


#: What neither a subject nor the first line may tell somebody who reads a lock screen.
TELLING = re.compile(
    r"apoyo|ayuda|solicitud|coleg|compañer|crisis|suicid|988|urgen|emergencia|salvo|caso", re.I
)


def test_a_spanish_mail_says_nothing_on_a_lock_screen_and_no_english() -> None:
    composer = Composer(ROOT / "templates")
    spanish = Language(locale_of("es", "US"), translations(translated("es")))
    for name in sorted(MAILS - {"_layout"}):
        for words, facts in occasions(name).items():
            mail = composer.compose(name, facts, spanish)
            first = mail.text.splitlines()[2]
            assert not TELLING.search(mail.subject + first), (name, words, mail.subject, first)
            assert len(mail.subject) <= LONGEST_SUBJECT, (name, mail.subject)
            said = ENGLISH_WORDS.findall(mail.text.replace(str(facts["legal"]), ""))
            assert not said, (name, words, said)
            assert '<html lang="es-US"' in mail.html
