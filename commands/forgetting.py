"""flask forget and flask hold: what is deleted, and what is kept for legal reasons."""

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

import click

from commands.service import (
    cli,
    engine_in_force,
    migrated_store,
    read_only_program,
    stored_case,
    wired,
)
from store import identities
from store.database import Database, Store
from store.forgotten import proof
from store.record import holds
from workflow import words

if TYPE_CHECKING:
    from engine.engine import Engine


@cli.command("forget")
@click.option("--dry-run", is_flag=True, help="Only list what is due, by reference and day.")
def forget_command(dry_run: bool) -> None:
    """Forget what is due now, as the worker does on its own. Holds are kept."""
    now = wired("clock")()
    if not dry_run:
        _forget(engine_in_force(), now)
    zone, db = read_only_program().zone, migrated_store().read()
    due = [(name, day) for name, day in proof.planned(db) if _is_due(day, now)]
    for reference, day in due:
        click.echo(f"{reference}  due {day}")
    for sentence in _in_words(db, zone, len(due), now):
        click.echo(sentence)
    if due and not dry_run:
        raise click.ClickException(
            f"{words.counted(len(due), 'request')} could not be forgotten yet: the last emails have"
            " a day to go out. If that is not it, the lines above say why"
        )


def _forget(engine: "Engine", now: datetime) -> None:
    # Looking, for which somebody waits, needs none of it.
    from engine import forgetting

    number = forgetting.forget_due(engine.casebook, now)
    with engine.store.write() as db:
        forgetting.record_run(db, now)
    is_log_empty = forgetting.compact(engine.store, now)
    click.echo(f"{words.counted(number, 'request')} forgotten.")
    if not is_log_empty:
        click.echo("They are still in the write-ahead log, which is in use: the worker empties it.")


def _is_due(day: str, now: datetime) -> bool:
    return day <= f"{now:%Y-%m-%d}"


def _in_words(db: Database, zone: tzinfo, due: int, now: datetime) -> list[str]:
    """Say what is due, what follows, what is held, and when forgetting last ran."""
    # Their number would tell from one minute to the next that a request was closed or withdrawn.
    is_any_later = any(not _is_due(day, now) for _, day in proof.planned(db))
    run = proof.since(db, words.monday_of(now, zone))
    ran = f"{run.ran_at:%Y-%m-%d %H:%M} UTC" if run.ran_at else "never"
    return [
        f"{due} due now{', others later' if is_any_later else ''}.",
        f"Last run: {ran}.",
        *_holds_in_words(db),
    ]


def _holds_in_words(db: Database) -> list[str]:
    since = holds.all_held_since(db)
    everything = [f"Everything has been held since {since}: nothing is forgotten."] if since else []
    return everything + [f"{reference}  held since {day}" for reference, day in holds.held(db)]


@cli.command("hold")
@click.argument("reference", required=False, default="")
@click.option("--all", "is_all", is_flag=True, help="Hold every request, including new ones.")
@click.option("--release", is_flag=True, help="End the hold.")
@click.option("--list", "is_list", is_flag=True, help="List what is held, and since when.")
def hold_command(reference: str, is_all: bool, release: bool, is_list: bool) -> None:
    """Keep one request, or all, from being forgotten.

    A hold is for legal reasons. No one sees more because of it, and no reason is stored.
    """
    if sum((bool(reference), is_all, is_list)) != 1:
        raise click.UsageError("Name one request, or give --all, or --list")
    if is_list:
        for sentence in _holds_in_words(migrated_store().read()) or ["Nothing is held."]:
            click.echo(sentence)
        return
    store = engine_in_force().store
    since = None if release else wired("clock")()
    if is_all:
        _hold_all(store, since)
    else:
        _hold_one(store, reference, since)
    what = "Everything" if is_all else reference.upper()
    click.echo(f"{what} is {'released' if release else 'held'}.")


def _hold_all(store: Store, since: datetime | None) -> None:
    with store.write() as db:
        holds.hold_all(db, since)
        if since is None:
            identities.erase_merged(db)


def _hold_one(store: Store, reference: str, since: datetime | None) -> None:
    stored = stored_case(store.read(), reference)
    with store.write() as db:
        holds.hold(db, stored.id, since)
        if stored.case.goes_on_as and not holds.is_held(db, stored.id):
            identities.erase(db, stored.id)
