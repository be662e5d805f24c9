"""flask qualtrics …: what an admin does against Qualtrics."""

from typing import Any

import click
from flask import Blueprint, current_app

from qualtrics.client import Client, QualtricsError
from settings import Settings

bp = Blueprint("qualtrics_commands", __name__, cli_group="qualtrics")


def _client() -> Client:
    if "settings_error" in current_app.extensions:
        raise click.ClickException(str(current_app.extensions["settings_error"]))
    client: Client | None = current_app.extensions["client"]()
    if client is None:
        raise click.ClickException("There is no API access; see docs/qualtrics.md")
    return client


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _asked(call: Any, *args: Any) -> Any:
    try:
        return call(*args)
    except QualtricsError as error:
        raise click.ClickException(str(error)) from error


@bp.cli.command("subscribe")
@click.argument("survey_id")
def subscribe_command(survey_id: str) -> None:
    """Ask Qualtrics to tell us of each completed response. A second identical one is not made."""
    client, settings = _client(), _settings()
    if not settings.qualtrics_shared_keys:
        raise click.ClickException("QUALTRICS_SHARED_KEYS is empty; the door would refuse events")
    url = f"{settings.base_url}/webhooks/qualtrics/events"
    for subscription in _asked(client.subscriptions):
        if subscription.url == url and subscription.topics.endswith(survey_id):
            click.echo(f"Subscribed already: {subscription.id}")
            return
    made = _asked(client.subscribe, survey_id, url, settings.qualtrics_shared_keys[0])
    click.echo(f"Subscribed: {made}")


@bp.cli.command("subscriptions")
def subscriptions_command() -> None:
    """List the brand's event subscriptions."""
    for subscription in _asked(_client().subscriptions):
        calls = subscription.successful_calls
        click.echo(
            f"{subscription.id}  {calls:>6} calls  {subscription.topics}  {subscription.url}"
        )


@bp.cli.command("unsubscribe")
@click.argument("subscription_id")
def unsubscribe_command(subscription_id: str) -> None:
    """Remove one event subscription."""
    try:
        _asked(_client().unsubscribe, subscription_id)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Removed: {subscription_id}")
