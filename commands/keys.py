"""flask rotate-keys, and what `flask check` says about DATA_KEYS."""

from collections import Counter
from collections.abc import Iterator

import click

from commands.service import cli, is_migrated, wired
from store.database import StorageBusy, Store
from store.keys import rotation
from workflow import words


@cli.command("rotate-keys")
def rotate_keys_command() -> None:
    """Seal everything with the first of DATA_KEYS.

    The service may run meanwhile. Safe to repeat.
    """
    store: Store = wired("store")
    if not is_migrated():
        raise click.ClickException("The database is not up to date: run `flask migrate`")
    try:
        total = rotation.rotate(store, _tell)
        is_log_empty = store.compact()
    except StorageBusy as error:
        raise click.ClickException(
            f"{error}: run it again; it continues where it stopped"
        ) from error
    click.echo(f"{words.counted(total, 'value')} resealed with the first key.")
    for sentence in keys_in_words(store, rotation.needed(store)):
        click.echo(sentence)
    if not is_log_empty:
        click.echo(
            "Old values are still in the write-ahead log, which is in use: the worker empties it."
        )


def keys_in_words(store: Store, needed: Counter[int | None]) -> Iterator[str]:
    """Say of each of DATA_KEYS, by its place, what still needs it.

    How much the first one opens is left out: the number grows in the minute of a request.
    """
    yield "DATA_KEYS: key 1 seals what is written."
    for place in range(1, store.seal.key_count):
        what = f"DATA_KEYS: key {place + 1} opens {words.counted(needed[place], 'value')}"
        if needed[place]:
            yield f"{what}: `flask rotate-keys` seals them with key 1."
        else:
            yield f"{what}: only older copies of the database need it. Remove it."


def _tell(column: str, number: int) -> None:
    click.echo(f"{column}: {number}")
