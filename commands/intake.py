"""flask qualtrics reconcile, import, arrivals: takes in responses, and shows how they arrived."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import timedelta
from itertools import chain, islice
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from commands.common import api, note
from commands.qualtrics import cli
from commands.service import engine_in_force, wired
from engine import reconciling
from engine.engine import Engine
from engine.reconciling import Finding, Findings, Found
from qualtrics.api.advice import advice
from qualtrics.api.client import Client, QualtricsError
from qualtrics.api.exports import BrokenResponse, Entry, ExportedResponse, FileError, read_export
from qualtrics.survey import FormMap
from store import deliveries
from store.deliveries import IMPORT
from workflow.words import counted, monday_of

LARGEST_FILE = 512 * 1024 * 1024
WEEKS_SHOWN = 8
#: How many entries are compared to tell whether a file belongs to the survey.
ENTRIES_COMPARED = 200
NOTHING_TO_COMPARE = (
    " So nothing can be compared: export the responses in Qualtrics by hand, and run"
    ' "flask qualtrics import FILE".'
)
#: A response that is recorded later than this from now shows that the assumed zone is wrong.
CLOCKS_DIFFER = timedelta(minutes=10)
IF_WRONG = (
    "If that is wrong, every promise is off by hours: export again, or name the zone with"
    " --time-zone."
)
#: How many responses there are between two progress reports.
PROGRESS_STEP = 1000
#: The findings that a dry run lists, one line each.
SHOWN_IN_DRY_RUN = {
    Finding.NEW: "would become a request",
    Finding.LATE: "would become a request (came unfinished before)",
    Finding.WAITING: "would become a request (waits to be read)",
    Finding.EARLY: "is from before accept_from: no email is sent",
}


@cli.command("reconcile")
@click.argument("survey_id", required=False)
def reconcile_command(survey_id: str | None) -> None:
    """Find what Qualtrics recorded but never sent us. The worker does this on its own, too."""
    engine, client = engine_in_force(), api(NOTHING_TO_COMPARE)
    for survey in _surveys(engine, survey_id):
        click.echo(f"{survey.id} {survey.name}: Qualtrics makes an export …")
        findings = _reconciled(engine, client, survey)
        click.echo("\n".join(_summary(findings)))
        if findings.missed:
            click.echo(
                f"{findings.missed} of them should have come by webhook: docs/qualtrics.md says"
                " in step 6 where to look."
            )


def _reconciled(engine: Engine, client: Client, survey: FormMap) -> Findings:
    try:
        with _Progress() as progress:
            findings = reconciling.reconcile(
                engine,
                client,
                survey,
                wired("clock"),
                is_asked_for=True,
                progress=progress.waiting,
                watch=progress.see,
            )
    except QualtricsError as error:
        raise click.ClickException(advice(error, "survey")) from error
    except FileError as error:
        raise click.ClickException(f"{survey.id}: {error}") from error
    return findings or Findings()


def _zone_of(_: click.Context, __: click.Parameter, name: str | None) -> ZoneInfo | None:
    """Return the time zone of that name, as an option of a command."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        raise click.BadParameter(f'"{name}" is not a time zone such as America/Denver') from None


@cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--survey", "survey_id", help="The id of the survey, when there are several.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option(
    "--time-zone",
    "zone",
    callback=_zone_of,
    help="For a CSV whose header names no time zone, such as America/Denver.",
)
def import_command(file: Path, survey_id: str | None, dry_run: bool, zone: ZoneInfo | None) -> None:
    """Import responses from a FILE exported by hand.

    It may be CSV, JSON, or NDJSON, zipped or not.
    """
    engine = engine_in_force()
    surveys = _surveys(engine, survey_id)
    if len(surveys) > 1:
        known = ", ".join(survey.id for survey in surveys)
        raise click.ClickException(f"The file doesn't name its survey; add --survey: {known}")
    if file.stat().st_size > LARGEST_FILE:
        raise click.ClickException(f"{file} is over 512 MB; export fewer responses at a time")
    try:
        findings = _imported(engine, surveys[0], file.read_bytes(), dry_run, zone)
    except FileError as error:
        raise click.ClickException(f"{file}: {error}") from error
    click.echo("\n".join(_summary(findings)))
    if dry_run:
        click.echo("Nothing was changed.")
    if findings.broken:
        raise click.ClickException(
            f"{len(findings.broken)} of {findings.total} could not be read; the rest were"
        )


def _of_this_survey(
    survey: FormMap, others: Collection[FormMap], entries: Iterator[Entry]
) -> Iterator[Entry]:
    """Return a file's entries; raise FileError if they belong to another survey."""
    first = list(islice(entries, ENTRIES_COMPARED))
    questions = _questions(survey)
    for other in others:
        if type(other) is not type(survey) and _looks_like(other, questions, first):
            raise FileError(
                f"it looks like an export of {other.id}. A request must never become a nomination,"
                " nor the other way around; say which survey it is with --survey"
            )
    for entry in first[:1]:
        columns = entry.columns if isinstance(entry, ExportedResponse) else None
        missing = sorted(questions - columns) if columns is not None else []
        if missing:
            raise FileError(
                f"the columns {', '.join(missing)} are missing; export all fields, and leave"
                ' "Split multi-value fields into columns" empty'
            )
    answered = [e.values.keys() for e in first if isinstance(e, ExportedResponse)]
    if answered and not any(_answers_any(keys, questions) for keys in answered):
        raise FileError(f"none of its questions is in {survey.id}; is it from another survey?")
    return chain(first, entries)


def _questions(survey: FormMap) -> set[str]:
    sources = (survey.source(fact) for fact in type(survey.facts).model_fields)
    keys = {source.key for source in sources if source is not None and source.key}
    return {key for key in keys if "QID" in key}


def _looks_like(other: FormMap, questions: set[str], entries: Collection[Entry]) -> bool:
    """Tell whether a file has what only another form asks, or nothing that only this one does."""
    only_there, only_here = _questions(other) - questions, questions - _questions(other)
    found = [entry for entry in entries if isinstance(entry, ExportedResponse)]
    if not found:
        return False
    keys = set(found[0].columns or {key for entry in found for key in entry.values})
    is_there = _answers_any(keys, only_there)
    return is_there or (bool(only_here) and not _answers_any(keys, only_here))


def _answers_any(keys: Collection[str], questions: set[str]) -> bool:
    return any(key == question or key.startswith(f"{question}_") for key in keys
               for question in questions)  # fmt: skip


def _imported(
    engine: Engine, survey: FormMap, content: bytes, dry_run: bool, zone: ZoneInfo | None
) -> Findings:
    _check_zone(engine, content, zone)
    entries = read_export(content, zone or engine.program.zone)
    with _Progress(is_listing=dry_run) as progress:
        return reconciling.take_in(
            engine,
            survey,
            _of_this_survey(survey, engine.program.forms.values(), entries),
            IMPORT,
            wired("clock"),
            is_dry_run=dry_run,
            watch=progress.see,
        )


def _check_zone(engine: Engine, content: bytes, given: ZoneInfo | None) -> None:
    """Say in which zone the times of a file are read; raise FileError if it cannot be that one."""
    zone, now = given or engine.program.zone, wired("clock")()
    responses = (e for e in read_export(content, zone) if isinstance(e, ExportedResponse))
    assumed = [e.recorded_at or now for e in responses if e.is_zone_assumed]
    if not assumed:
        if given:
            note("--time-zone is not used: the file has its own time zone.")
        return
    if max(assumed) > now + CLOCKS_DIFFER:
        latest = f"{max(assumed).astimezone(zone):%Y-%m-%d %H:%M}"
        raise FileError(
            f"it names no time zone, and in {zone.key} its last response ({latest}) would"
            " be in the future; name the right one with --time-zone"
        )
    read = f"The file names no time zone. Its times are read as {zone.key}"
    note(f"{read}, as you say." if given else f"{read}, the zone of program.toml. {IF_WRONG}")


@cli.command("arrivals")
def arrivals_command() -> None:
    """Show how many requests arrived each way in recent weeks."""
    engine = engine_in_force()
    zone = engine.program.zone
    monday = monday_of(wired("clock")(), zone)
    rows = deliveries.arrivals(engine.store.read(), monday - timedelta(weeks=WEEKS_SHOWN))
    for row in rows:
        click.echo(f"week of {row.week}  {row.survey_id}  {row.way:<15} {row.number:>5}")
    if not rows:
        click.echo(f"No request in the last {WEEKS_SHOWN} weeks.")


def _surveys(engine: Engine, survey_id: str | None) -> list[FormMap]:
    surveys = engine.program.forms
    if survey_id is None:
        return list(surveys.values())
    if survey_id not in surveys:
        raise click.ClickException(
            f"{survey_id} is not in survey.toml; known are {', '.join(surveys)}"
        )
    return [surveys[survey_id]]


def _summary(findings: Findings) -> list[str]:
    counts = Counter(findings.counts)
    requests = counts[Finding.NEW] + counts[Finding.LATE] + counts[Finding.WAITING]
    lines = [
        f"{counted(findings.total, 'response')},"
        f" {requests} of them requests that we did not have yet.",
        f"Known already: {counts[Finding.KNOWN]}. Before accept_from: {counts[Finding.EARLY]}."
        f" Previews, tests, spam, unfinished: {counts[Finding.KEPT]}.",
    ]
    return lines + [f"{broken.place} {broken.why}." for broken in findings.broken]


class _Progress:
    """Shows a count while a file is read, or lists what a dry run finds."""

    def __init__(self, is_listing: bool = False) -> None:
        self._is_listing = is_listing
        self._count = 0
        self._line_is_open = False

    def __enter__(self) -> "_Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._line_is_open:
            click.echo("", err=True)

    def waiting(self, status: object) -> None:
        """Print a dot each time Qualtrics was asked whether the export is ready."""
        self._echo(".")

    def see(self, found: Found | BrokenResponse) -> None:
        self._count += 1
        if self._count % PROGRESS_STEP == 0:
            self._echo(f"\r{self._count:,} responses read …")
        if self._is_listing and isinstance(found, Found) and found.finding in SHOWN_IN_DRY_RUN:
            submitted = f"{found.submitted_at:%Y-%m-%d %H:%M} UTC" if found.submitted_at else ""
            click.echo(
                f"{found.response.response_id}  {submitted}  {SHOWN_IN_DRY_RUN[found.finding]}"
            )

    def _echo(self, text: str) -> None:
        click.echo(text, nl=False, err=True)
        self._line_is_open = True
