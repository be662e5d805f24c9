"""flask qualtrics forms: writes forms to start from, with the program's departments and roles."""

from datetime import date
from pathlib import Path

import click
from flask import current_app

from commands.checking.forms import read_qsf
from commands.qualtrics import cli
from commands.service import read_only_engine
from lib.languages.language import Language
from program import Program
from program.outreach.forms import forms
from qualtrics.form.mapping import propose
from qualtrics.form.recognition import Vocabulary
from qualtrics.form.writing import Written, qsf

NEXT = (
    "Import a .qsf file in Qualtrics: Create project, From a file. Then put its new id, SV_…, in"
    " place of the one in the .toml file of the same name, and that into survey.toml"
    " (docs/qualtrics.md)."
)
#: The forms that the service reads.
MAPPED = ("request", "nomination", "referral")
NOMINATION = """\
[[nomination]]
id = "{id}"
name = "{name}"
accept_from = {today}

[nomination.facts]
name = "QID1_TEXT"
email = "QID2_TEXT"
nominator = "QID3_TEXT"

[nomination.facts.may_be_named]
key = "QID4"
[nomination.facts.may_be_named.choices]
1 = "yes"
2 = "no"
"{yes}" = "yes"
"{no}" = "no"
"""
REFERRAL = """\
[[referral]]
id = "{id}"
name = "{name}"
accept_from = {today}
language = "{language}"

[referral.facts]
email = "QID2_TEXT"
own_name = "QID3_TEXT"
own_email = "QID4_TEXT"
"""


@cli.command("forms")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def forms_command(folder: Path) -> None:
    """Write forms to import into Qualtrics to FOLDER.

    Those that we read come with their maps.
    """
    program, clock = read_only_engine().program, current_app.extensions["clock"]
    folder.mkdir(parents=True, exist_ok=True)
    for code in sorted(program.languages):
        language = program.language(code)
        made = forms(program, language)
        for name, form in made.items():
            _write(folder / f"{name}.qsf", qsf(form, clock()))
        request, nomination, referral = (f"{one}-{code}" for one in MAPPED)
        today = clock().date()
        mapped = _map_of_request(folder / f"{request}.qsf", program, language, today)
        _write(folder / f"{request}.toml", mapped)
        _write(folder / f"{nomination}.toml", _map_of_nomination(made[nomination], today))
        _write(folder / f"{referral}.toml", _map_of_referral(made[referral], code, today))
    click.echo(NEXT)


def _map_of_request(path: Path, program: Program, language: Language, today: date) -> str:
    return propose(read_qsf(path), vocabulary(program, language), today)


def vocabulary(program: Program, language: Language) -> Vocabulary:
    """Return the program's names as the form has them."""
    own, file = language.own, program.file
    return Vocabulary(
        departments={id: own(one.name) for id, one in file.departments.items()},
        roles={id: own(one.name) for id, one in file.roles.items()},
        specialties={id: own(name) for id, name in file.specialties.items()},
    )


def _map_of_nomination(form: Written, today: date) -> str:
    """Return the map; only the words of the two answers differ by language."""
    yes, no = form.questions[-1].choices.values()
    return NOMINATION.format(id=form.id, name=form.name, today=today, yes=yes, no=no)


def _map_of_referral(form: Written, code: str, today: date) -> str:
    return REFERRAL.format(id=form.id, name=form.name, today=today, language=code)


def _write(path: Path, content: str) -> None:
    path.write_text(content)
    click.echo(f"Written: {path}")
