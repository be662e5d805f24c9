"""Reads a form, by API or from an exported file, and compares it with survey.toml."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

from program.files import read_folder, read_parts
from program.problems import Problem
from qualtrics.api.advice import advice
from qualtrics.api.client import Client, QualtricsError
from qualtrics.form.drift import drift
from qualtrics.form.form import form_of, form_of_export
from qualtrics.form.questions import Form, NotAForm
from qualtrics.form.recognition import Vocabulary
from qualtrics.survey import FormMap

FILE = "survey.toml"
LARGEST_EXPORT = 50_000_000
SECONDS_FOR_ALL = 30.0
FINISH_LATER = "in Qualtrics, Survey options: switch “Allow respondents to finish later” off"
HOW_TO_EXPORT = "in Qualtrics open the survey: Tools, Import/Export, Export survey"


def fetch_form(client: Client, survey_id: str) -> Form:
    """Return a form, read by API. The definition alone is enough if the schema is refused."""
    definition = client.definition(survey_id)
    try:
        schema = client.response_schema(survey_id)
    except QualtricsError as error:
        if error.is_transient:
            raise
        schema = {}
    return replace(form_of(definition, schema), id=survey_id)


def read_qsf(path: Path) -> Form:
    """Return the form in a .qsf file; NotAForm says what is wrong with the file."""
    try:
        if path.stat().st_size > LARGEST_EXPORT:
            raise NotAForm(f"{path.name} is too large for an exported survey")
        exported = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise NotAForm(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise NotAForm(_no_export(path, "it is not JSON, or is cut off")) from None
    try:
        return form_of_export(exported)
    except NotAForm as error:
        raise NotAForm(_no_export(path, str(error))) from None


def _no_export(path: Path, why: str) -> str:
    return f"{path.name} is not an exported survey (.qsf): {why}; {HOW_TO_EXPORT}"


def configured(folder: Path) -> tuple[tuple[FormMap, ...], list[Problem]]:
    """Return the forms of survey.toml and its problems, whatever the other files contain."""
    parts = read_parts(read_folder(folder).contents)
    found = parts.surveys.forms if parts.surveys else ()
    return found, [problem for problem in parts.problems if problem.file == FILE]


def vocabulary_of(folder: Path) -> Vocabulary:
    """Return the names in program.toml; an empty vocabulary while it cannot be read."""
    program = read_parts(read_folder(folder).contents).program
    if program is None:
        return Vocabulary()
    return Vocabulary(
        departments={id: found.name for id, found in program.departments.items()},
        roles={id: found.name for id, found in program.roles.items()},
        specialties=program.specialties,
    )


def form_problems(folder: Path, client: Client | None, export: Path | None) -> list[Problem]:
    """Return how survey.toml differs from the forms, as far as they can be read now."""
    surveys, _ = configured(folder)
    if export is not None:
        return list(_exported_problems(surveys, export))
    if client is None:
        return [_not_deleted(survey) for survey in surveys if survey.delete_in_qualtrics]
    return list(_fetched_problems(surveys, client))


def _exported_problems(surveys: tuple[FormMap, ...], export: Path) -> Iterator[Problem]:
    try:
        form = read_qsf(export)
    except NotAForm as error:
        yield Problem(FILE, "", str(error))
        return
    survey = next((one for one in surveys if one.id == form.id), None)
    if survey is None:
        what = f"has no survey {form.id}, which {export.name} is about"
        yield Problem(FILE, "", what, f"`flask qualtrics map {export.name}` proposes one")
    else:
        yield from _problems(survey, form)


def _fetched_problems(surveys: tuple[FormMap, ...], client: Client) -> Iterator[Problem]:
    until = monotonic() + SECONDS_FOR_ALL
    for survey in surveys:
        if monotonic() > until:
            yield _not_compared(survey, "time ran out before Qualtrics could be asked")
            continue
        try:
            yield from _problems(survey, fetch_form(client, survey.id))
        except QualtricsError as error:
            yield _not_compared(survey, advice(error, "survey"))
            if error.status not in (403, 404):
                # Any other error would stop the rest as well.
                return


def _not_deleted(survey: FormMap) -> Problem:
    what = "needs API access, which is not set: someone has to delete by hand"
    allowed = "give the service API access (docs/qualtrics.md), or write false"
    return Problem(FILE, f"survey {survey.id}, delete_in_qualtrics", what, allowed, is_warning=True)


def _not_compared(survey: FormMap, why: str) -> Problem:
    what = "could not be compared with its form"
    return Problem(FILE, f"survey {survey.id}", what, why, is_warning=True)


def _problems(survey: FormMap, form: Form) -> Iterator[Problem]:
    if form.is_finished_later:
        what = "someone who uses the same computer next can see a form that was left half-filled"
        yield Problem(FILE, f"survey {survey.id}", what, FINISH_LATER, is_warning=True)
    for found in drift(survey, form.questions):
        place = f"survey {survey.id}, {found.place}"
        yield Problem(FILE, place, found.what, found.allowed, is_warning=not found.is_error)
