"""Changed files are tried before they come into force: every mail and every page must work."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program_files import about_files, look
from tests.world import World, living

#: Sentences of a page and of a mail. What they name is no number.
OF_A_PAGE, OF_A_MAIL = "Undo until %(time)s", "%(name)s will be there for you."


@pytest.fixture
def trying(tmp_path: Path) -> Iterator[World]:
    with living(tmp_path, tries_pages=True) as world:
        world.work()
        yield world


def translate(world: World, sentence: str, text: str) -> None:
    folder = world.folder / "config" / "texts"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / "es.po"
    file.write_text(f'msgid "{sentence}"\nmsgstr "{text}"\n')
    file.chmod(0o600)


def test_a_translation_under_which_a_page_cannot_be_shown_is_refused(trying: World) -> None:
    before = trying.engine.program.fingerprint
    translate(trying, OF_A_PAGE, "Hasta %(time)d")
    look(trying)
    (mail,) = about_files(trying)
    assert mail.subject == "Care Desk: please fix your files"
    assert (
        "leaves a page that nobody can open (ValueError at templates/page/requester.html"
        in mail.text
    )
    assert trying.engine.program.fingerprint == before


def test_files_under_which_all_pages_can_be_shown_come_into_force(trying: World) -> None:
    translate(trying, OF_A_PAGE, "Hasta %(time)s")
    look(trying)
    (mail,) = about_files(trying)
    assert mail.subject == "Care Desk: your files are in force"
    spanish = trying.engine.program.language("es")
    assert spanish.say(OF_A_PAGE, time="las 9") == "Hasta las 9"


def test_a_translation_under_which_a_mail_cannot_be_written_is_refused(world: World) -> None:
    world.work()
    before = world.engine.program.fingerprint
    translate(world, OF_A_MAIL, "%(name)d estará con usted.")
    look(world)
    (mail,) = about_files(world)
    assert "cannot be mailed" in mail.text
    assert world.engine.program.fingerprint == before
