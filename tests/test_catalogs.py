"""Sentences in the reader's language: complete, alike, and easy to read."""

import os
import re

from lib.languages.catalog import FOR_REQUESTERS, Wrong, entries, first_id, is_translated, usable
from program.languages.texts import sentences as shipped
from program.languages.texts import translated
from tests import catalogs


def needed() -> set[str]:
    """The sentences that requesters read."""
    return {first_id(m) for m in entries(shipped()) if FOR_REQUESTERS in m.auto_comments}


def test_the_template_names_every_sentence_that_is_marked() -> None:
    """ACCEPT_TEXTS=1 writes it anew; a new sentence for requesters then needs its Spanish."""
    if os.environ.get("ACCEPT_TEXTS"):
        catalogs.write(catalogs.sentences(), catalogs.TEMPLATE)
    marked = {(m.id, tuple(m.auto_comments)) for m in entries(catalogs.sentences())}
    written = {(m.id, tuple(m.auto_comments)) for m in entries(shipped())}
    assert marked == written, "run ACCEPT_TEXTS=1 pytest tests/test_catalogs.py"


def test_spanish_has_every_sentence_that_requesters_read() -> None:
    spanish = {first_id(m) for m in entries(translated("es")) if is_translated(m)}
    assert sorted(needed() - spanish) == []
    assert sorted(spanish - needed()) == []


def test_spanish_fills_in_what_english_does() -> None:
    wrong: list[Wrong] = []
    list(usable(translated("es"), shipped(), translated("es"), (), wrong.append))
    assert wrong == []


def test_spanish_says_usted() -> None:
    for message in entries(translated("es")):
        familiar = re.findall(
            r"\b(tú|tu|tus|te|ti|contigo|puedes|tienes|quieres)\b", str(message.string)
        )
        assert not familiar, message.string


def test_apostrophes_are_curly_in_what_people_read() -> None:
    said = [first_id(m) for m in entries(shipped())] + [
        str(m.string) for m in entries(translated("es"))
    ]
    assert [one for one in said if re.search(r"\w'\w", one)] == []
