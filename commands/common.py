"""Shared by the commands: settings, the API client, and failures as one-sentence errors."""

import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click
from flask import current_app

from qualtrics.api.advice import advice
from qualtrics.api.client import Client, QualtricsError
from settings import Settings

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


def api(without: str = "") -> Client:
    """Return the API client; without API access, end the command and say what to do instead."""
    client: Client | None = current_app.extensions["client"]() if settings() else None
    if client is None:
        raise click.ClickException(f"{NO_API}.{without}")
    return client


def call_api(about: str, call: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Call the API; a failure ends the command with advice."""
    try:
        return call(*args, **named)
    except QualtricsError as error:
        raise click.ClickException(advice(error, about)) from error


def note(sentence: str) -> None:
    """Print a sentence to stderr, so that stdout holds only the text to copy."""
    click.echo(sentence, file=sys.stderr)
