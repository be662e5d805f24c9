"""flask backup and flask restore: a copy while everything runs, and the way back from one."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import click

from casebook.casebook import Casebook
from casebook.program_in_force import Programs
from commands.common import NO_API, note
from commands.service import cli, is_migrated, wired
from engine import forgetting
from program import ProgramError
from settings import Settings
from store import reconciliations, workers
from store.access import asks, visits
from store.copies import backup, checking, held, moving, placing, restorations
from store.copies.checking import Unusable
from store.copies.restorations import Restoration
from store.database import (
    ERRORS,
    MOVED,
    UNWRITABLE,
    StorageBusy,
    StorageMoved,
    StorageUnsafe,
    Store,
)
from store.engines.opening import is_server, store_at, without_password
from store.engines.sqlite import SqliteStore
from store.migrations import migrate
from store.schema.steps import is_current
from store.sealing import CannotOpen
from worker import holding
from workflow import words

KEEP_DAYS = 14
SAY_WHERE = (
    "DATABASE is on a PostgreSQL server. Say where on this machine the copies go:"
    " `flask backup FOLDER`"
)
IS_LIVE = (
    "{database} is in use, and a running database is never overwritten. Stop web and all workers,"
    " then run this again"
)
IS_THERE = (
    "{database} is there, and nothing is ever overwritten. Is it damaged, or the wrong one?"
    " Then add --set-aside: it is moved to a folder beside it"
)
HAS_ROWS = (
    "{database} is not empty, and nothing is ever overwritten. Make an empty database, set DATABASE"
    " to it, and run this again"
)
NOT_ON_SERVER = (
    "--set-aside is for a file. Make an empty database on the server instead, set DATABASE to it,"
    " and run this again without --set-aside"
)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@cli.command("backup")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--keep", type=click.IntRange(min=1), default=KEEP_DAYS, show_default=True,
              help="Days after which copies are deleted.")  # fmt: skip
def backup_command(folder: Path | None, keep: int) -> None:
    """Copy the database into FOLDER, while everything runs.

    Old copies there are deleted.
    """
    store, settings, now = wired("store"), wired("settings"), wired("clock")()
    if not is_migrated():
        raise click.ClickException("The database is not up to date: run `flask migrate`")
    if folder is None and is_server(settings.database):
        raise click.ClickException(SAY_WHERE)
    folder = folder or Path(settings.database).with_name("backups")
    with workers.only_one(store, "backup") as is_only:
        if not is_only:
            raise click.ClickException("Another `flask backup` is running")
        _back_up(store, folder, now)
        for path in backup.drop_older(folder, now - timedelta(days=keep)):
            click.echo(f"Deleted: {path}, older than {words.counted(keep, 'day')}.")


def _back_up(store: Store, folder: Path, now: datetime) -> None:
    try:
        path, _ = backup.make(store, folder, now)
    except Unusable as error:
        raise click.ClickException(
            f"No copy was made, and no older one deleted: {error}"
        ) from error
    click.echo(f"Copied and checked: {path}.")


@cli.command("restore")
@click.argument("copy", required=False, type=FILE)
@click.option("--set-aside", is_flag=True, help="Move the existing database out of the way.")
@click.option("--release", is_flag=True, help="Send the emails that are held back.")
def restore_command(copy: Path | None, set_aside: bool, release: bool) -> None:
    """Restore a lost database from COPY, while nothing runs. Emails are held back."""
    settings, now = wired("settings"), wired("clock")()
    if (copy is None) != release:
        raise click.ClickException("Run `flask restore COPY`, and later `flask restore --release`")
    if copy is None:
        return _release(wired("store"), now)
    try:
        if is_server(settings.database):
            came_to = _put_on_server(copy, settings, set_aside, now)
        else:
            came_to = _put_in_place(copy, settings, set_aside, now)
    except (Unusable, StorageBusy, StorageUnsafe) as error:
        raise click.ClickException(f"{copy} was not put back: {error}") from error
    click.echo(f"{copy} was checked, and is now {without_password(settings.database)}.")
    _tell(*came_to, settings)


def _put_in_place(
    copy: Path, settings: Settings, set_aside: bool, now: datetime
) -> tuple[Restoration, int, int]:
    database = Path(settings.database)
    _refuse_if_live(SqliteStore(database, wired("seal")), settings)
    if placing.files_of(database) and not set_aside:
        raise click.ClickException(IS_THERE.format(database=database))
    with placing.staged(copy, database, wired("seal")) as store:
        came_to = _prepare(store, settings, now)
        # Only now: a copy that cannot be used must not cost the database that is there.
        _make_room(database, now)
    return came_to


def _put_on_server(
    copy: Path, settings: Settings, set_aside: bool, now: datetime
) -> tuple[Restoration, int, int]:
    if set_aside:
        raise click.ClickException(NOT_ON_SERVER)
    target: Store = wired("store")
    _refuse_if_live(target, settings)
    try:
        moving.refuse_unless_empty(target.read())
    except Unusable as error:
        shown = without_password(settings.database)
        raise click.ClickException(HAS_ROWS.format(database=shown)) from error
    with placing.staged_for_server(copy, target) as store:
        return _prepare(store, settings, now)


def _refuse_if_live(store: Store, settings: Settings) -> None:
    try:
        is_live = placing.is_live(store)
    except OSError as error:
        raise click.ClickException(f"{error}: run it as the service's user") from error
    if is_live:
        raise click.ClickException(IS_LIVE.format(database=without_password(settings.database)))


def _make_room(database: Path, now: datetime) -> None:
    if placing.files_of(database):
        folder = placing.set_aside(database, now)
        click.echo(f"Moved what was there to {folder}: delete it when all is well.")


def _prepare(store: Store, settings: Settings, now: datetime) -> tuple[Restoration, int, int]:
    """Check a copy and bring it up to date, before anybody is served from it."""
    checking.check_file(store)
    try:
        steps = migrate(store)
    except CannotOpen as error:
        raise Unusable(f"it cannot be brought up to date: {error}") from error
    if steps:
        click.echo(f"It comes from an older release. Migrated: {', '.join(steps)}.")
    checking.check_keys(store)
    with store.write() as db:
        restored = restorations.record(db, now)
        holding.hold_waiting(db)
        # Whoever was on a page, or asked for a link, does so again.
        visits.end_all(db)
        asks.remove_all(db)
        reconciliations.start_over(db, now)
    forgotten = _forget(store, settings, now)
    waiting = held.count(store.read())
    store.checkpoint()
    return restored, forgotten, waiting


def _forget(store: Store, settings: Settings, now: datetime) -> int:
    """Forget what is due, and what a shorter `forget_after` forgets."""
    programs = Programs(store, store.seal, settings.config_dir, wired("clock"))
    try:
        casebook = Casebook(store, store.seal, programs.current(), now)
    except ProgramError as error:
        note(f"What is due will be forgotten once the admins' files can be used: {error}")
        return 0
    forgetting.forget_sooner(casebook)
    return forgetting.forget_due(casebook, now)


def _tell(restored: Restoration, forgotten: int, waiting: int, settings: Settings) -> None:
    click.echo(f"Forgotten because they were due: {words.counted(forgotten, 'request')}.")
    click.echo(
        f"Held back because they may have been sent since: {words.counted(waiting, 'mail')}."
    )
    click.echo(
        f"What people decided, withdrew, or revoked since {restored.since_in_words} is missing,"
        " and how to reach them if they corrected it. Start web and worker: requests since then"
        " come in again from Qualtrics. Ask all coordinators to check their board and decide it"
        " again. Then run `flask restore --release`."
    )
    if not settings.has_api:
        click.echo(f"{NO_API}. So export the responses, and run `flask qualtrics import FILE`.")


def _release(store: Store, now: datetime) -> None:
    if not is_migrated() or restorations.holding(store.read()) is None:
        raise click.ClickException("Nothing is held back")
    with store.write() as db:
        waiting = held.count(db)
        restorations.release(db, now)
    click.echo(f"{words.counted(waiting, 'mail')} released: the worker sends what is still true.")


@cli.command("move-database")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def move_command(source: str, target: str) -> None:
    """Copy one database into another, empty one.

    Both are compared afterwards. FROM and TO are what DATABASE would be: a file, or postgresql://…
    Stop web and all workers first, and set DATABASE to TO afterwards.
    """
    seal = wired("seal")
    with closing(store_at(source, seal)) as old, closing(store_at(target, seal)) as new:
        numbers = _moved(old, new, source, target)
    click.echo(
        f"{words.counted(sum(numbers.values()), 'row')} moved, and compared: nothing differs."
        f" Set DATABASE to {without_password(target)}, run `flask check`, then start web and"
        f" worker. Once all is well, delete {without_password(source)} and its copies: what is"
        " forgotten from now on stays in there."
    )


def _moved(old: Store, new: Store, source: str, target: str) -> dict[str, int]:
    """Move everything, and return how many rows each table has."""
    for store, database in ((old, source), (new, target)):
        if store.exists() and MOVED in store.read().table_names():
            raise click.ClickException(f"{without_password(database)}: {StorageMoved()}")
        if placing.is_live(store):
            raise click.ClickException(
                f"{without_password(database)} is in use: stop web and all workers first"
            )
    if not is_current(old):
        raise click.ClickException(f"{without_password(source)} is not up to date, or not there")
    try:
        migrate(new)
        return moving.move(old, new, lambda name, n: click.echo(f"{n:>9}  {name}"))
    except (Unusable, *UNWRITABLE, *ERRORS) as error:
        raise click.ClickException(f"Nothing was moved: {error}") from error
