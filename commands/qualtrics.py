"""flask qualtrics …: commands about access and event subscriptions."""

from collections.abc import Iterable, Iterator

import click

from commands.checking.forms import configured
from commands.common import NO_API, api, call_api, note, settings
from commands.service import cli as all_commands
from qualtrics.api.advice import advice
from qualtrics.api.client import Client, QualtricsError, Subscription
from workflow.words import counted

WAY = {
    "a": "You have way (a): event subscription and API.",
    "b": "You have way (b): a workflow task with ids, answers by API.",
    "c": "You have way (c): a workflow task with the answers in it.",
}
COMPLETED = "surveyengine.completedResponse"


@all_commands.group("qualtrics")
def cli() -> None:
    """Set up access to Qualtrics, and read what it has."""


@cli.command("access")
def access_command() -> None:
    """Show which way to Qualtrics you have, and if it works.

    The three ways are in docs/qualtrics.md. It also prints what each part of Qualtrics answers.
    """
    if not settings().has_api:
        click.echo(f"API: {NO_API}.")
        _print_way("c")
        return
    client = api()
    try:
        account = client.whoami()
    except QualtricsError as error:
        click.echo(f"API: {advice(error, 'api')}")
        if error.status != 403:
            known = "For now you have way (c); we cannot tell yet if you have more"
            raise click.ClickException(known) from error
        _print_way("c")
        return
    who, brand = account.get("userName", "?"), account.get("brandId", "?")
    click.echo(
        f"API: {settings().qualtrics_base_url} answers; the account is {who}, brand {brand}."
    )
    way = _way_with_api(client)
    _print_surveys(client)
    _print_way(way)


def _way_with_api(client: Client) -> str:
    try:
        count = len(client.subscriptions())
    except QualtricsError as error:
        click.echo(f"Subscriptions: {advice(error, 'subscriptions')}")
        if error.status != 403:
            raise click.ClickException("We cannot tell now if you have way (a)") from error
        return "b"
    click.echo(f"Subscriptions: this account may list them; the brand has {count}.")
    return "a"


def _print_surveys(client: Client) -> None:
    for survey in configured(settings().config_dir)[0]:
        try:
            client.definition(survey.id)
            click.echo(f"Survey {survey.id}: can be read.")
        except QualtricsError as error:
            click.echo(f"Survey {survey.id}: {advice(error, 'survey')}")


def _print_way(way: str) -> None:
    click.echo(WAY[way])
    name = "QUALTRICS_SHARED_KEYS" if way == "a" else "QUALTRICS_WEBHOOK_TOKENS"
    keys = settings().qualtrics_shared_keys if way == "a" else settings().qualtrics_webhook_tokens
    if not keys:
        click.echo(f"Set {name} for it: without it, nothing that arrives this way is accepted.")


@cli.command("subscribe")
@click.argument("survey_id", required=False)
def subscribe_command(survey_id: str | None) -> None:
    """Ask Qualtrics to tell us about completed responses.

    Name one survey, or take all in the files. A subscription that exists is not made again.
    """
    if not settings().qualtrics_shared_keys:
        raise click.ClickException("QUALTRICS_SHARED_KEYS is empty; events would be refused")
    client, ours = api(), [survey.id for survey in configured(settings().config_dir)[0]]
    if not survey_id and not ours:
        raise click.ClickException(
            "survey.toml names no survey; run flask qualtrics subscribe SV_…"
        )
    if survey_id and survey_id not in ours:
        note(f"{survey_id} is not in survey.toml: until it is, its responses make no request.")
    if not settings().base_url.startswith("https://"):
        note("BASE_URL has no https: anyone on the way could read what Qualtrics sends.")
    for one in [survey_id] if survey_id else ours:
        _subscribe(client, one)


def _subscribe(client: Client, survey_id: str) -> None:
    known = _our_subscriptions(client, survey_id)
    if known:
        click.echo(f"{survey_id}: subscribed already, {_described(known[0])}.")
        for extra in known[1:]:
            click.echo(f"{survey_id}: a duplicate, {_described(extra)}. {_removal(extra)}")
        return
    try:
        made = client.subscribe(survey_id, _events_url(), settings().qualtrics_shared_keys[0])
    except QualtricsError as error:
        # Qualtrics may have made it anyway, and only the reply was lost.
        known = _our_subscriptions(client, survey_id) if error.is_transient else []
        if not known:
            raise click.ClickException(advice(error, "subscriptions")) from error
        made = known[0].id
    click.echo(f"{survey_id}: subscribed, {made}.")


def _our_subscriptions(client: Client, survey_id: str) -> list[Subscription]:
    """Return our subscriptions to a survey's responses, the busiest first."""
    topics = {f"{COMPLETED}.{survey_id}", f"{COMPLETED}.*", "*"}
    found = call_api("subscriptions", client.subscriptions)
    ours = [one for one in found if _is_ours(one) and one.topics in topics]
    return sorted(ours, key=lambda one: -one.successful_calls)


@cli.command("subscriptions")
def subscriptions_command() -> None:
    """List event subscriptions, with their successful calls."""
    found = call_api("subscriptions", api().subscriptions)
    if not found:
        click.echo("There is none.")
    for subscription, remarks in _with_remarks(found):
        calls = counted(subscription.successful_calls, "call")
        line = f"{subscription.id}  {calls:>12}  {subscription.topics}  {subscription.url}"
        click.echo("  ".join([line, *remarks]))


def _with_remarks(found: Iterable[Subscription]) -> Iterator[tuple[Subscription, list[str]]]:
    first_of: dict[tuple[str, str], str] = {}
    for one in sorted(found, key=lambda one: -one.successful_calls):
        first = first_of.setdefault((one.topics, _normalized_url(one.url)), one.id)
        remarks = ["(ours)"] if _is_ours(one) else []
        yield one, [*remarks, *([f"(duplicate of {first})"] if first != one.id else [])]


@cli.command("unsubscribe")
@click.argument("subscription_id")
def unsubscribe_command(subscription_id: str) -> None:
    """Remove one event subscription, named by its id."""
    call_api("subscriptions", api().unsubscribe, subscription_id)
    click.echo(f"Removed: {subscription_id}")


def _events_url() -> str:
    return f"{settings().base_url}/webhooks/qualtrics/events"


def _is_ours(subscription: Subscription) -> bool:
    return _normalized_url(subscription.url) == _events_url()


def _normalized_url(url: str) -> str:
    return url.strip().rstrip("/")


def _described(subscription: Subscription) -> str:
    return f"{subscription.id} with {counted(subscription.successful_calls, 'successful call')}"


def _removal(subscription: Subscription) -> str:
    return f"Remove it: flask qualtrics unsubscribe {subscription.id}"
