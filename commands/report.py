"""flask report: prints how evenly matches are shared, never who was supported or when."""

from collections.abc import Iterator

import click

from commands.service import bp, read_only_engine
from matching.sharing import Sharing, sharing
from store import uses
from workflow import words

QUARTERS_SHOWN = 4
GINI = "Gini: how unevenly matches are shared for the places; 0 is even, near 1 is one with all."


@bp.cli.command("report")
@click.option(
    "--supporters", is_flag=True, help="How much each supporter carries, and who was never asked."
)
def report_command(supporters: bool) -> None:
    """Print what coordinators may know about past quarters."""
    if not supporters:
        raise click.ClickException("Name a report: --supporters")
    engine = read_only_engine()
    roster, known = engine.program.supporters.values(), uses.all_uses(engine.store.read())
    found = sharing(roster, known, engine.program.today(engine.casebook.made_at), QUARTERS_SHOWN)
    if not found.quarters:
        raise click.ClickException("Nothing to report yet: no quarter with a match is over")
    for line in words.table(_rows(found)):
        click.echo(line)
    click.echo(GINI)
    names = ", ".join(sorted(one.name for one in found.never_used))
    # Matches of the current quarter are left out, so "never" alone would be untrue.
    click.echo(f"Never used before this quarter: {names or 'none'}.")


def _rows(found: Sharing) -> Iterator[tuple[str, ...]]:
    yield ("share of all", "places", *found.quarters)
    for share in sorted(found.shares, key=lambda one: one.supporter.name):
        parts = (f"{share.of_matches[quarter]:.0%}" for quarter in found.quarters)
        yield (share.supporter.name, f"{share.of_capacity:.0%}", *parts)
    yield ("all, in numbers", "", *(f"{found.matches[quarter]}" for quarter in found.quarters))
    yield ("Gini", "", *(f"{found.gini[quarter]:.2f}" for quarter in found.quarters))
