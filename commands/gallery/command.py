"""`flask preview` and `flask emails preview`: write the gallery."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app

from commands.common import settings
from commands.service import cli
from notifications.mail.compose import Composer
from notifications.overrides import warnings_about
from program import Program, ProgramError
from program.files import overrides_in, read_folder

if TYPE_CHECKING:
    from commands.gallery.document import Picture

OUT = click.Path(path_type=Path, dir_okay=False)


@cli.command("preview")
@click.option("--out", type=OUT, default=Path("var/preview.html"))
def preview_command(out: Path) -> None:
    """Write every page and email to one file.

    It has each in every state, and opens offline.
    """
    from commands.gallery.document import pictures_of_mails, pictures_of_pages

    program, composer, now = _program(), _composer(), current_app.extensions["clock"]()
    pages = pictures_of_pages(program, now)
    _write(out, program, [*pages, *pictures_of_mails(composer, program, now)])


@cli.group("emails")
def emails_group() -> None:
    """Preview the emails."""


@emails_group.command("preview")
@click.option("--out", type=OUT, default=Path("var/emails.html"))
def emails_command(out: Path) -> None:
    """Write every email, with invented facts, to one file to open offline."""
    from commands.gallery.document import pictures_of_mails

    program, now = _program(), current_app.extensions["clock"]()
    _write(out, program, pictures_of_mails(_composer(), program, now))


def _program() -> Program:
    """Return the program of the admins' folder, whether it is in force or not."""
    try:
        return Program.load(settings().config_dir)
    except ProgramError as error:
        raise click.ClickException(str(error)) from error


def _composer() -> Composer:
    composer: Composer = current_app.extensions["composer"]()
    texts = overrides_in(read_folder(settings().config_dir).contents).texts
    return composer.overriding(texts)


def _write(out: Path, program: Program, pictures: Iterable["Picture"]) -> None:
    """Write the file; then say which of the admins' templates are not in it, and why."""
    from commands.gallery.document import document

    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(document(program.file.name, pictures), encoding="utf-8")
    click.echo(f"Open {out} in a browser.")
    overrides = overrides_in(read_folder(settings().config_dir).contents)
    if problems := overrides.problems + warnings_about(overrides.texts):
        raise click.ClickException("\n".join(["Overrides that are not used:", *map(str, problems)]))
