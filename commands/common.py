"""Shared by the commands: settings, the API client, and failures as one-sentence errors."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click
from flask import current_app

from lib.faults import where
from settings import Settings
from store.database import StorageDown, StorageMoved
from store.record.documents import UNREADABLE

if TYPE_CHECKING:
    from qualtrics.api.client import Client

NOT_REACHED = "The database in DATABASE cannot be used now. Check its server, then try again"
NOT_READABLE = (
    "What the database holds cannot be read: an older key is missing in DATA_KEYS, or it is"
    " damaged. `flask check` counts what no key opens"
)
NO_FILE = "{file}: {reason}. The service's user must be able to read and write there"
T = TypeVar("T")
P = ParamSpec("P")
NO_API = (
    "No API access is set: neither QUALTRICS_API_TOKEN nor QUALTRICS_CLIENT_ID with"
    " QUALTRICS_CLIENT_SECRET. See docs/qualtrics.md"
)


def settings() -> Settings:
    if "settings_error" in current_app.extensions:
        raise click.ClickException(str(current_app.extensions["settings_error"]))
    found: Settings = current_app.extensions["settings"]
    return found


def api(without: str = "") -> "Client":
    """Return the API client; without API access, end the command and say what to do instead."""
    client: Client | None = current_app.extensions["client"]() if settings() else None
    if client is None:
        raise click.ClickException(f"{NO_API}.{without}")
    return client


def explained(command: click.Command) -> click.Command:
    """Let a command end with a sentence when it meets what it cannot read, and quote nothing.

    The same when it cannot reach the database, or a file. A command that is explained stays as it
    is.
    """
    if isinstance(command, click.Group):
        for one in command.commands.values():
            explained(one)
    elif command.callback is not None and not hasattr(command.callback, "explains"):
        command.callback = _explaining(command.callback)
    return command


def _explaining(callback: Callable[P, T]) -> Callable[P, T]:
    @wraps(callback)
    def explaining(*args: P.args, **named: P.kwargs) -> T:
        try:
            return callback(*args, **named)
        except UNREADABLE as error:
            raise click.ClickException(f"{NOT_READABLE} ({where(error)})") from None
        except StorageMoved as error:
            raise click.ClickException(str(error)) from None
        except StorageDown as error:
            raise click.ClickException(f"{NOT_REACHED}: {error}") from None
        except OSError as error:
            if error.filename is None:
                raise
            reason = NO_FILE.format(file=error.filename, reason=error.strerror)
            raise click.ClickException(reason) from None

    explaining.explains = True  # type: ignore[attr-defined]
    return explaining


def call_api(about: str, call: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Call the API; a failure ends the command with advice."""
    from qualtrics.api.advice import advice
    from qualtrics.api.client import QualtricsError

    try:
        return call(*args, **named)
    except QualtricsError as error:
        raise click.ClickException(advice(error, about)) from error


def note(sentence: str) -> None:
    """Print a sentence to stderr, so that stdout holds only the text to copy."""
    click.echo(sentence, file=sys.stderr)
