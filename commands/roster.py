"""flask roster: prints the supporters, refreshers that are due, and gaps in coverage."""

from collections.abc import Sequence

import click

from casebook import roster
from casebook.roster import Line
from commands.service import cli, read_only_engine, wired
from workflow import words

HEADINGS = (
    "name", "role", "department", "trained", "refresher due", "takes", "status", "asked",
)  # fmt: skip


@cli.command("roster")
def roster_command() -> None:
    """Show the roster in force. It never shows who is not available today."""
    engine, now = read_only_engine(), wired("clock")()
    today, lines = engine.program.today(now), roster.lines(engine.casebook)
    for row in words.table([HEADINGS, *map(_cells, lines)]):
        click.echo(row)
    never = sum(not line.was_asked for line in lines)
    click.echo(f"\n{never} of {words.counted(len(lines), 'supporter')} never asked.")
    _section("Refresher due within 60 days, or overdue", roster.refreshers(engine.casebook, today))
    _section("Wishes that fewer than two could meet", roster.gaps(engine.casebook, today))


def _cells(line: Line) -> tuple[str, ...]:
    return (
        line.name,
        line.role,
        line.department,
        f"{line.trained_on or 'no'}",
        f"{line.refresher_due or '–'}",
        f"{line.capacity}",
        line.status,
        "yes" if line.was_asked else "never",
    )


def _section(heading: str, found: Sequence[str]) -> None:
    click.echo(f"\n{heading}: {len(found) or 'none'}")
    for sentence in found:
        click.echo(f"  {sentence}")
