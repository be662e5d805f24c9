"""flask qualtrics forms: writes forms to start from, with the program's departments and roles."""

from datetime import date
from pathlib import Path

import click
from flask import current_app

from commands.checking.forms import read_qsf, vocabulary_of
from commands.common import settings
from commands.qualtrics import bp
from commands.service import read_only_engine
from program.outreach.forms import forms
from qualtrics.form.mapping import propose
from qualtrics.form.writing import qsf

NEXT = (
    "Import a .qsf file in Qualtrics: Create project, From a file. Then put its new id, SV_…, in"
    " place of the one in {map}, and that into survey.toml (docs/qualtrics.md)."
)


@bp.cli.command("forms")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def forms_command(folder: Path) -> None:
    """Write forms to import into Qualtrics to FOLDER, and the map of each request form."""
    program, clock = read_only_engine().program, current_app.extensions["clock"]
    folder.mkdir(parents=True, exist_ok=True)
    for code in sorted(program.languages):
        for name, form in forms(program, program.language(code)).items():
            (folder / f"{name}.qsf").write_text(qsf(form, clock()))
            click.echo(f"Written: {folder / name}.qsf")
        _write_map(folder, f"request-{code}", clock().date())
    click.echo(NEXT.format(map=folder / "request-….toml"))


def _write_map(folder: Path, name: str, today: date) -> None:
    form = read_qsf(folder / f"{name}.qsf")
    mapped = propose(form, vocabulary_of(settings().config_dir), today)
    (folder / f"{name}.toml").write_text(mapped)
    click.echo(f"Written: {folder / name}.toml")
