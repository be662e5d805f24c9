"""Commands about the service as a whole, for admins and the Procfile."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from flask import current_app
from flask.cli import AppGroup

from lib import logs
from lib.version import VERSION
from store import cases, programs
from store.cases import StoredCase
from store.database import Database, Store
from store.programs import VersionStatus
from store.record import history, openings
from store.schema.steps import NewerRelease, is_current

if TYPE_CHECKING:
    from engine.engine import Engine
    from program import Program
    from settings import Settings
    from worker.worker import Worker

# What a command imports when it runs is slow to import, and others have no use for it.

T = TypeVar("T")
cli = AppGroup()


def wired(name: str) -> Any:
    """Return a part of the service; end the command if the settings are wrong."""
    if "settings_error" in current_app.extensions:
        raise click.ClickException(str(current_app.extensions["settings_error"]))
    return current_app.extensions[name]


def engine_in_force() -> "Engine":
    """Return the engine, adopting the very first files; end the command if there is none."""
    make: Callable[[], Engine] = wired("engine")
    return _readable(make)


def read_only_engine() -> "Engine":
    """Return the engine for a command that changes nothing; end the command if there is none."""
    return _readable(engine_without_adopting)


def engine_without_adopting() -> "Engine":
    """Return the engine without adopting files; while none are in force, use the folder's."""
    from casebook.casebook import Casebook
    from engine.engine import Engine

    parts = current_app.extensions
    return Engine(
        Casebook(parts["store"], parts["seal"], _program_without_adopting(), parts["clock"]())
    )


def read_only_program() -> "Program":
    """Return the program for a command that changes nothing and reads no request."""
    return _readable(_program_without_adopting)


def _program_without_adopting() -> "Program":
    from program import Program

    parts = current_app.extensions
    if programs.in_force_id(parts["store"].read()) is None:
        return Program.load(parts["settings"].config_dir)
    program: Program = parts["program"]()
    return program


def migrated_store() -> Store:
    """Return the database, for what needs no more; end the command if it is not up to date."""
    store: Store = wired("store")
    if not is_migrated():
        raise click.ClickException("The database is not up to date: run `flask migrate`")
    return store


def _readable(make: Callable[[], T]) -> T:
    """Make what reads the admins' files; end the command if they cannot be used."""
    migrated_store()
    from program import ProgramError

    try:
        return make()
    except ProgramError as error:
        raise click.ClickException(str(error)) from error


@cli.command("version")
def version_command() -> None:
    """Print the version of this service."""
    click.echo(VERSION)


@cli.command("migrate")
def migrate_command() -> None:
    """Bring the database up to date. Safe to run at any time, from several processes."""
    from store.migrations import migrate

    try:
        steps = migrate(wired("store"))
    except NewerRelease as error:
        raise click.ClickException(f"{error}") from error
    click.echo(f"Migrated: {', '.join(steps)}" if steps else "The database is up to date.")


def is_migrated() -> bool:
    """Tell whether the database exists and fits this release."""
    store: Store = current_app.extensions["store"]
    return store.exists() and is_current(store)


@cli.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
def worker_command(once: bool) -> None:
    """Run the worker, which does all that is not a page.

    It turns deliveries into requests, watches the deadlines, and sends the emails.
    """
    settings: Settings = wired("settings")
    logs.begin(settings.log_format)
    engine_in_force()
    worker: Worker = wired("worker")()
    if once:
        worker.run_once()
        worker.close()
    else:
        worker.run_until_signal()


@cli.command("history")
@click.argument("reference")
def history_command(reference: str) -> None:
    """Print a request's history, but not whose it is.

    There is one line for each step. What it has to do with other requests is left out, and so is
    why someone was asked in spite of a caution: it would tell that they work near the requester.
    """
    from workflow.choices import OPENED_WORDS

    db = migrated_store().read()
    stored = stored_case(db, reference)
    click.echo(f"Privacy page when it arrived: version {stored.case.privacy_version or 'unknown'}")
    lines = history.lines(db, stored.id)
    # Whoever files a request in a colleague's name must not see here that there is another one.
    for line in (one for one in lines if not (one.other or one.is_other_forgotten)):
        by = line.by_person or line.by_role
        recorded = f" for {line.recorded_for}" if line.recorded_for else ""
        moved = f"{line.from_state or '–'} → {line.to_state}"
        click.echo(f"{line.at:%Y-%m-%d %H:%M:%S} UTC  {line.event:<20} {moved:<24} {by}{recorded}")
    for at, person, what in openings.of_case(db, stored.id):
        click.echo(f"{at:%Y-%m-%d %H:%M:%S} UTC  {OPENED_WORDS[what] % {'who': person}}")


def stored_case(db: Database, reference: str) -> StoredCase:
    """Return a case without opening who it is about, which no command needs."""
    stored = cases.find(db, reference.upper())
    if stored is None:
        raise click.ClickException(f"There is no request {reference.upper()}, or it was forgotten")
    return stored


@cli.command("admit")
@click.option("--yes", is_flag=True, help="Put it in force, without a coordinator's yes.")
def admit_command(yes: bool) -> None:
    """Show a change of who sees requests that is waiting.

    Put it in force if no coordinator can agree. The people it is about get an email at their old
    address, and the coordinators read of it in their morning email.
    """
    from casebook.program_in_force import Report
    from engine import adoption

    engine = engine_in_force()
    version = programs.not_in_force(engine.store.read())
    now, is_waiting = wired("clock")(), version and version.status is VersionStatus.WAITS
    report = adoption.comparison(engine, version, now) if version and is_waiting else Report()
    if version is None or not report.sight:
        raise click.ClickException("No change of who sees requests is waiting")
    for gain in report.sight:
        click.echo(f"{gain.what}{f': {gain.address}' if gain.address else ''}.")
    names = [engine.program.names[id] for id in report.deciders]
    click.echo(f"Who can agree, by the link in their email: {', '.join(names) or 'no one'}.")
    if not yes:
        click.echo("To put it in force without them: flask admit --yes")
        return
    adoption.admit(engine, version, now)
    click.echo("It is in force. The people concerned are mailed at their old address.")
