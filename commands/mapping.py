"""flask qualtrics map: makes a proposal for survey.toml, or the body of a workflow task."""

from pathlib import Path

import click
from flask import current_app

from commands.checking.forms import HOW_TO_EXPORT, configured, fetch_form, read_qsf, vocabulary_of
from commands.common import api, call_api, note, settings
from commands.qualtrics import cli
from qualtrics.form.mapping import overview, propose
from qualtrics.form.questions import Form, NotAForm
from qualtrics.form.workflow_body import workflow_body
from qualtrics.survey import SurveyMap


@cli.command("map")
@click.argument("survey", required=False)
@click.option("--workflow-body", "is_body", is_flag=True, help="Print the JSON of a workflow task.")
@click.option(
    "--ids-only", is_flag=True, help="With --workflow-body: without answers, for way (b)."
)
def map_command(survey: str | None, is_body: bool, ids_only: bool) -> None:
    """Print a proposal for survey.toml.

    It comes from a survey's id, or from an exported .qsf file.
    """
    if is_body or ids_only:
        click.echo(workflow_body(_mapped(survey), with_answers=not ids_only))
        note("Paste all of it, from { to }, into the body of the web service task.")
        return
    if not survey:
        raise click.ClickException("Name a survey, SV_…, or an exported file, NAME.qsf")
    form, vocabulary = _form(survey), vocabulary_of(settings().config_dir)
    if not vocabulary.departments:
        note("program.toml cannot be read yet: departments, roles and specialties are left open.")
    note("\n".join(overview(form, vocabulary)))
    click.echo(propose(form, vocabulary, current_app.extensions["clock"]().date()), nl=False)


def _form(named: str) -> Form:
    if named.startswith("SV_"):
        without = f" Without it, export the survey ({HOW_TO_EXPORT}) and name the file instead"
        return call_api("survey", fetch_form, api(without), named)
    try:
        return read_qsf(Path(named))
    except NotAForm as error:
        raise click.ClickException(str(error)) from error


def _mapped(named: str | None) -> SurveyMap:
    forms, problems = configured(settings().config_dir)
    if problems:
        raise click.ClickException("\n".join(map(str, problems)))
    surveys = [one for one in forms if isinstance(one, SurveyMap)]
    chosen = [survey for survey in surveys if named in (None, survey.id)]
    if len(chosen) == 1:
        return chosen[0]
    ids = ", ".join(survey.id for survey in surveys)
    raise click.ClickException(f"Name one survey of survey.toml: {ids}")
