"""Admins say single sentences in their own words, and requesters read them in their language."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lib.languages.language import ENGLISH, Language, locale_of
from program import Program, problems_of
from tests.program_folder import Folder

AT = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def written(folder: Folder, language: str, *entries: tuple[str, str]) -> None:
    """Write the admins' sentences of a language."""
    path = Path(folder.path) / "texts" / f"{language}.po"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(f'msgid "{one}"\nmsgstr "{other}"\n' for one, other in entries))


def warnings(folder: Folder) -> list[str]:
    return [str(one) for one in problems_of(folder.path) if one.file.startswith("texts/")]


def test_a_sentence_of_theirs_replaces_ours(folder: Folder) -> None:
    written(folder, "en", ("Your request is closed.", "All done."))
    program = Program.load(folder.path)
    assert program.english.say("Your request is closed.") == "All done."
    assert program.english.say("Where things stand") == "Where things stand"
    assert program.language("es-MX").say("Your request is closed.") == "Su solicitud está cerrada."
    assert warnings(folder) == []


def test_a_sentence_of_theirs_replaces_ours_in_another_language_too(folder: Folder) -> None:
    written(folder, "es", ("Your request is closed.", "Ya quedó cerrada."))
    spanish = Program.load(folder.path).language("es")
    assert spanish.say("Your request is closed.") == "Ya quedó cerrada."
    assert spanish.say("Where things stand") != "Where things stand"


def test_their_own_texts_are_said_in_another_language(folder: Folder) -> None:
    written(folder, "es", ("Call or text 988, any time.", "Llame al 988. Es gratis al 100%."))
    spanish = Program.load(folder.path).language("es")
    assert spanish.own("Call or text 988, any time.") == "Llame al 988. Es gratis al 100%."
    (lacking,) = warnings(folder)
    assert lacking.startswith('texts/es.po: lacks "988 Suicide & Crisis Lifeline"')
    assert "requesters read these in English" in lacking


def test_a_text_of_theirs_like_a_sentence_of_ours_fills_in_no_more(folder: Folder) -> None:
    """Ours would be filled in with what it does not have, and the page would fail."""
    theirs = "This is not an emergency service. In an emergency, call 911."
    folder.change("program.toml", f'"{theirs}"', '"Request %(reference)s"')
    written(folder, "en", ("Request %(reference)s", "%(nobody)s"))
    assert "lacks %(reference)s" in warnings(folder)[0]
    said = Program.load(folder.path).english.say("Request %(reference)s", reference="PS-7K3QF")
    assert said == "Request PS-7K3QF"


def test_one_of_something_need_not_be_counted_where_ours_does_not_count_it(
    folder: Folder,
) -> None:
    one = "A second request leaves out a colleague you could ask otherwise."
    several = "A second request leaves out %(count)s colleagues you could ask otherwise."
    (folder.path / "texts").mkdir(exist_ok=True)
    file = folder.path / "texts/en.po"
    entry = f'msgid "{one}"\nmsgid_plural "{several}"\nmsgstr[0] "It leaves one out."\n'
    file.write_text(f'{entry}msgstr[1] "It leaves out %(count)s."\n')
    assert not warnings(folder)
    assert Program.load(folder.path).english.plural(one, several, 1) == "It leaves one out."
    file.write_text(f'{entry}msgstr[1] "It leaves out several."\n')
    assert "lacks %(count)s" in warnings(folder)[0]


@pytest.mark.parametrize(
    ("sentence", "instead", "why"),
    [
        ("Request %(reference)s", "Done.", "lacks %(reference)s"),
        ("Request %(reference)s", "%(reference)s %(name)s", "has %(name)s, which our"),
        ("Request %(reference)s", "%(reference)9s", 'has a "%" that fills in nothing'),
        ("Your request is closed.", "100% done", 'has a "%" that fills in nothing'),
        ("Your request is closed.", "<b>Done</b>", "must have the same tags"),
        ("Your request is closed.", "Done <img", "must have the same tags"),
        ("Your request is closed.", "x" * 2001, "is longer than 2000 letters"),
        ("Your request is over and done.", "Done.", "isn't one of our sentences"),
        ("Call or text 988, any time.", "<script>", "must have the same tags"),
        ("Your request is closed.", "See https://evil.example/?r=", "has a web address"),
        ("Yes, both are mine. Use the newer one", "no,  that wasn't me", "could be mixed up"),
    ],
)
def test_a_wrong_entry_is_named_with_its_line_and_ours_is_said(
    folder: Folder, sentence: str, instead: str, why: str
) -> None:
    written(folder, "en", ("Where things stand", "How it goes"), (sentence, instead))
    (warning,) = warnings(folder)
    assert warning.startswith(f'texts/en.po, line 4, "{sentence}": ')
    assert why in warning
    english = Program.load(folder.path).english
    assert english.own(sentence) == sentence
    assert english.say("Where things stand") == "How it goes"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xfe\x00", "texts/es.po: is not UTF-8"),
        (b'msgid "a"\nmsgid "b"\n', "texts/es.po, line 1: cannot be understood"),
        (b'msgid ""\nmsgstr "Plural-Forms: nplurals=x; plural=n\\n"\n', "has a header that we"),
    ],
)
def test_a_file_that_is_no_catalog_is_named_and_ours_is_said(
    folder: Folder, content: bytes, why: str
) -> None:
    (folder.path / "texts").mkdir(exist_ok=True)
    (folder.path / "texts/es.po").write_bytes(content)
    assert why in warnings(folder)[0]
    assert Program.load(folder.path).language("es").say("Continue") == "Continuar"


def test_a_file_of_no_language_is_named(folder: Folder) -> None:
    written(folder, "spanish", ("Continue", "Seguir"))
    assert "is of no language that we know" in warnings(folder)[0]


def test_admins_add_a_language_and_hear_what_it_lacks(folder: Folder) -> None:
    written(folder, "fr", ("Continue", "Continuer"), ("%(num)s", ""))
    french = Program.load(folder.path).language("fr-CA")
    assert (french.say("Continue"), french.say("Email")) == ("Continuer", "Email")
    assert any("lacks" in one and "more" in one for one in warnings(folder))


def test_who_fills_in_the_form_in_a_language_that_we_lack_reads_the_programs(
    folder: Folder,
) -> None:
    assert Program.load(folder.path).language("de").code == "en"
    folder.change("program.toml", 'language = "en"', 'language = "es"')
    program = Program.load(folder.path)
    assert [program.language(one).code for one in ("de", "", "en-us")] == ["es", "es", "en"]
    assert program.english.code == "en"


@pytest.mark.parametrize(
    ("code", "country", "said", "tag"),
    [
        ("en", "US", "Tuesday, Mar 10, 2 PM", "en-US"),
        ("es", "US", "el martes 10 de marzo, 2:00 p. m.", "es-US"),
        ("en", "GB", "Tuesday, 10 Mar, 14:00", "en-GB"),
        ("fr", "CA", "mardi 10 mars, 14 h 00", "fr-CA"),
        ("es", "CA", "el martes 10 de marzo, 14:00", "es"),
    ],
)
def test_a_time_is_written_as_in_the_readers_country(
    code: str, country: str, said: str, tag: str
) -> None:
    language = Language(locale_of(code, country))
    assert language.day_and_time(AT, NEW_YORK) == said
    assert language.tag == tag


def test_a_near_day_is_said_in_the_readers_language(folder: Folder) -> None:
    spanish = Program.load(folder.path).language("es-US")
    assert spanish.day_and_time(AT, NEW_YORK, AT) == "hoy (martes), 2:00 p. m."
    assert spanish.day_and_time(AT, NEW_YORK, AT - timedelta(1)) == "mañana (martes), 2:00 p. m."


def test_spans_follow_the_number(folder: Folder) -> None:
    spanish = Program.load(folder.path).language("es")
    spans = [timedelta(minutes=1), timedelta(hours=30), timedelta(days=9)]
    assert [ENGLISH.span(one) for one in spans] == ["1 minute", "30 hours", "9 days"]
    assert [spanish.span(one) for one in spans] == ["1 minuto", "30 horas", "9 días"]


def test_names_of_units_and_roles_may_be_translated_but_need_not_be(folder: Folder) -> None:
    path = Path(folder.path) / "texts/es.po"
    path.write_text(path.read_text().replace('msgid "Nurse"\nmsgstr "Enfermera o enfermero"\n', ""))
    assert warnings(folder) == []
    spanish = Program.load(folder.path).language("es")
    assert spanish.own("Nurse") == "Nurse"
    assert spanish.own("Surgery") == "Cirugía"


def test_the_examples_own_texts_are_all_in_spanish() -> None:
    example = Path(__file__).parent.parent / "config.example"
    assert [one for one in problems_of(example) if one.file.startswith("texts/")] == []
