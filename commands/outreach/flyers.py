"""flask flyers: makes flyers to print, for each unit, language and size of paper."""

from pathlib import Path

import click
from flask import current_app

from commands.common import note, settings
from commands.service import cli, read_only_engine
from program import Program
from program.outreach.flyers import Flyer, flyers
from program.outreach.sources import survey_for

NO_FORM = "Where is the form? Write its link into survey.toml, or set QUALTRICS_BASE_URL."
NO_LOGO = "The logo could not be drawn, so the flyers have the name alone. Try a logo.png."
NOT_COUNTED = (
    "survey.toml, survey {id}: map found_at, or no one learns which flyer led to requests"
    " (docs/qualtrics.md)."
)


@cli.command("flyers")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def flyers_command(folder: Path) -> None:
    """Make flyers in FOLDER, as PDFs.

    There is one for each unit, language, and size of paper.
    """
    # Imported only here: it loads fonts and pictures, which the service never needs.
    from commands.outreach.drawing import CannotWrite, Look, drawn_on_each_size, with_logo

    program, made = read_only_engine().program, 0
    look, now = Look(program.file.accent, program.logo), current_app.extensions["clock"]()
    if not with_logo(look):
        note(NO_LOGO)
        look = Look(look.accent, None)
    for code in sorted(program.languages):
        _say_whether_counted(program, code)
        try:
            for flyer in _flyers(program, code):
                for size, pdf in drawn_on_each_size(flyer, look, now):
                    _write(folder / size / f"{flyer.source}-{code}.pdf", pdf)
                    made += 1
        except CannotWrite as error:
            note(f"No flyers in {program.language(code).own_name}: no font has {error}.")
    click.echo(f"Made: {made} flyers in {folder}. Print one, and try its code with your phone.")


def _flyers(program: Program, code: str) -> list[Flyer]:
    known = settings()
    help_at = f"{known.base_url}/help"
    found = list(flyers(program, program.language(code), known.qualtrics_base_url, help_at))
    if not all(one.address for one in found):
        raise click.ClickException(NO_FORM)
    return found


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _say_whether_counted(program: Program, code: str) -> None:
    survey = survey_for(program, code)
    if survey.facts.found_at is None:
        note(NOT_COUNTED.format(id=survey.id))
