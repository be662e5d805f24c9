"""The commands that admins and the Procfile run."""

import logging
import sqlite3
from pathlib import Path
from typing import Any

import click
from flask import Blueprint, current_app

from notifications.preview import preview
from program import ProgramError, problems_of
from program.exposure import exposures
from program.files import read_folder
from program.overrides import read_overrides
from qualtrics.forms import form_problems
from settings import Settings
from store import cases, programs
from store.database import Store
from store.migrations import is_current, migrate
from store.programs import VersionFate
from store.sealing import CannotOpen
from store.secrets import NotMigrated, pepper
from workflow import covering, overview, words
from workflow.choices import OPENED_WORDS
from workflow.engine import Engine
from workflow.errors import NoSuchCase
from workflow.worker import Worker

bp = Blueprint("commands", __name__, cli_group=None)

#: Versions before this one can damage a log that two connections write and checkpoint at the
#: same moment (https://www.sqlite.org/wal.html); our write lock rules that moment out.
WAL_RESET_MENDED = (3, 51, 3)

#: What became of the files in the folder when they are not in force.
BESIDE = {
    VersionFate.REFUSED: "are wrong, since {beside.at:%Y-%m-%d %H:%M} UTC",
    VersionFate.WAITS: "wait for an admin's confirmation, since {beside.at:%Y-%m-%d %H:%M} UTC",
    VersionFate.REJECTED: (
        "were left aside by {beside.decided_by}, {beside.decided_at:%Y-%m-%d %H:%M} UTC"
    ),
}


def wired(name: str) -> Any:
    """Return a part of the service, or say what keeps it from being there."""
    if "settings_error" in current_app.extensions:
        raise click.ClickException(str(current_app.extensions["settings_error"]))
    return current_app.extensions[name]


def engine_in_force() -> Engine:
    """Return the engine, or say what keeps it from working."""
    make = wired("engine")
    if not _is_migrated():
        raise click.ClickException("The database is not up to date: run `flask migrate`")
    try:
        engine: Engine = make()
    except ProgramError as error:
        raise click.ClickException(str(error)) from error
    return engine


@bp.cli.command("migrate")
def migrate_command() -> None:
    """Bring the database up to date. Safe to run at any time, from several processes."""
    steps = migrate(wired("store"), wired("seal"))
    click.echo(f"Migrated: {', '.join(steps)}" if steps else "The database is up to date.")


@bp.cli.command("check")
@click.option("--qsf", type=click.Path(path_type=Path), help="Compare with an exported survey.")
def check_command(qsf: Path | None) -> None:
    """Check settings, admins' files, forms and database; prints all problems at once."""
    problems: list[str] = []
    error = current_app.extensions.get("settings_error")
    settings: Settings | None = current_app.extensions.get("settings")
    if error is not None:
        problems += error.problems
    folder = settings.config_dir if settings else Path("config")
    client = current_app.extensions["client"]() if settings else None
    found = problems_of(folder) + exposures(folder) + form_problems(folder, client, qsf)
    problems += [str(problem) for problem in found if not problem.is_warning]
    if settings is not None and not _is_migrated():
        problems.append(f"{settings.database}: not up to date; run `flask migrate`")
    elif settings is not None:
        problems += _sealed_otherwise()
    click.echo(_sqlite_version())
    if settings is not None and _is_migrated():
        click.echo(_in_force(folder))
    for warning in (problem for problem in found if problem.is_warning):
        click.echo(f"Warning: {warning}")
    for sentence in _gaps() if settings is not None and _is_migrated() else []:
        click.echo(f"Warning: {sentence}")
    for sentence in problems:
        click.echo(sentence)
    if problems:
        raise click.ClickException(f"{len(problems)} to mend")
    click.echo("Everything is in order.")


def _sealed_otherwise() -> list[str]:
    """Say so when no key opens what the database holds: then no submission could be stored."""
    try:
        pepper(wired("store").read(), wired("seal"))
    except (CannotOpen, NotMigrated) as error:
        return [f"DATA_KEYS: {error}; set the keys that this database was made with, too."]
    return []


def _in_force(folder: Path) -> str:
    """Say which version of the files is in force, and what becomes of those in the folder."""
    store: Store = current_app.extensions["store"]
    version = programs.in_force(store.read())
    if version is None:
        return "No files are in force yet: the first web or worker process adopts them."
    since = f"In force are the files of {version.decided_at or version.at:%Y-%m-%d %H:%M} UTC"
    fingerprint, beside = read_folder(folder).fingerprint, programs.beside(store.read())
    if fingerprint == version.fingerprint:
        return f"{since}; those in {folder} are the same."
    if beside is None or beside.fingerprint != fingerprint:
        return f"{since}; those in {folder} are newer, and no worker has looked at them yet."
    return f"{since}; those in {folder} {BESIDE[beside.fate].format(beside=beside)}."


def _gaps() -> list[str]:
    """Say which departments would have nobody in the days to come, and what the roster lacks."""
    try:
        engine: Engine = current_app.extensions["engine"]()
    except ProgramError:
        return []
    lacking = overview.gaps(engine, engine.program.today(engine.made_at))
    hint = f'{words.counted(len(lacking), "gap")} in coverage: "flask roster" says which'
    return [*covering.gaps_in_words(engine, engine.made_at), *([hint] if lacking else [])]


def _is_migrated() -> bool:
    settings: Settings = current_app.extensions["settings"]
    return settings.database.exists() and is_current(current_app.extensions["store"])


def _sqlite_version() -> str:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= WAL_RESET_MENDED:
        return f"SQLite {version}."
    return f"SQLite {version} has the WAL-reset bug; our write lock keeps clear of it."


@bp.cli.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
def worker_command(once: bool) -> None:
    """Turn deliveries into requests, keep the promises, send the mails."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    engine_in_force()
    worker: Worker = wired("worker")()
    if once:
        worker.run_once()
        worker.close()
    else:
        worker.run_until_told()


@bp.cli.command("history")
@click.argument("reference")
def history_command(reference: str) -> None:
    """Print a request's life, one line a transition, without who it is about."""
    engine = engine_in_force()
    try:
        loaded = engine.load(reference.upper())
    except NoSuchCase as error:
        raise click.ClickException(f"{error}, or it was forgotten") from error
    for line in cases.history(engine.store.read(), loaded.stored.id):
        by = line.by_person or line.by_role
        recorded = f" for {line.recorded_for}" if line.recorded_for else ""
        moved = f"{line.from_state or '–'} → {line.to_state}"
        recorded += "".join(f", {more}" for more in (line.other, line.although) if more)
        click.echo(f"{line.at:%Y-%m-%d %H:%M:%S} UTC  {line.event:<20} {moved:<24} {by}{recorded}")
    for at, person, what in cases.openings(engine.store.read(), loaded.stored.id):
        click.echo(f"{at:%Y-%m-%d %H:%M:%S} UTC  {OPENED_WORDS[what].format(who=person)}")


@bp.cli.command("hold")
@click.argument("reference")
@click.option("--release", is_flag=True, help="Let forgetting go on.")
def hold_command(reference: str, release: bool) -> None:
    """Keep a request from being forgotten, for legal reasons. Shows nothing to more people."""
    engine = engine_in_force()
    now = wired("clock")()
    try:
        loaded = engine.load(reference.upper())
    except NoSuchCase as error:
        raise click.ClickException(f"{error}, or it was forgotten") from error
    with engine.store.write() as db:
        cases.hold(db, loaded.stored.id, None if release else now)
        if release and loaded.case.goes_on_as:
            cases.erase_identity(db, loaded.stored.id)
    click.echo(f"{reference.upper()} is {'released' if release else 'held'}.")


@bp.cli.group("emails")
def emails_group() -> None:
    """Look at the e-mails."""


@emails_group.command("preview")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("var/emails.html")
)
def preview_command(out: Path) -> None:
    """Write every e-mail with example facts into one page."""
    out.parent.mkdir(parents=True, exist_ok=True)
    overrides, problems = read_overrides(read_folder(wired("settings").config_dir).contents)
    out.write_text(preview(wired("composer").overriding(overrides)), encoding="utf-8")
    click.echo(f"Open {out} in a browser.")
    if problems:
        raise click.ClickException(
            "\n".join(["Overrides that are passed over:", *map(str, problems)])
        )
