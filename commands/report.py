"""flask report: prints what leadership may know of a quarter or a year, with nobody in it."""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app, render_template

from casebook.casebook import Casebook
from commands.service import cli, read_only_engine, wired
from matching.sharing import Sharing, sharing
from program.look import STYLES
from store import uses
from store.forgotten import reports
from workflow import words
from workflow.reports import wording
from workflow.reports.figures import Report
from workflow.reports.periods import newest

QUARTERS_SHOWN = 4
GINI = "Gini: how unevenly matches are shared for the places; 0 is even, near 1 is one with all."
NOTHING = "Nothing to report yet: a quarter is reported 30 days after its end"
OUT = click.Path(path_type=Path, dir_okay=False)


@cli.command("report")
@click.option("--period", default="", help="A quarter or a year, such as 2026-Q4 or 2026.")
@click.option("--html", type=OUT, help="Write it with pictures to this file, to open or print.")
@click.option("--pdf", type=OUT, help="Write it as one page to this file, to print.")
@click.option("--csv", "table", is_flag=True, help="Print all reports as a table.")
@click.option(
    "--supporters", is_flag=True, help="For coordinators: how much each supporter carries."
)
def report_command(
    period: str, html: Path | None, pdf: Path | None, table: bool, supporters: bool
) -> None:
    """Print the newest report. It never changes once it is out, and names no one."""
    casebook = read_only_engine().casebook
    if supporters:
        _print_sharing(casebook)
    elif table:
        csv.writer(sys.stdout, lineterminator="\n").writerows(wording.rows(_all(casebook)))
    elif html is not None:
        _write_page(casebook, period, html)
    elif pdf is not None:
        _write_paper(casebook, period, pdf)
    else:
        for line in wording.lines(_one(casebook, period)):
            click.echo(line)


def _all(casebook: Casebook) -> list[Report]:
    db = casebook.store.read()
    found = [one for id in reports.periods(db) if (one := reports.get(db, id)) is not None]
    if not found:
        raise click.ClickException(NOTHING)
    return found


def _one(casebook: Casebook, period: str) -> Report:
    known = {one.period: one for one in _all(casebook)}
    chosen = period or newest(list(known))
    if chosen not in known:
        raise click.ClickException(f"No report of {period}. There are: {', '.join(known)}")
    return known[chosen]


def _write_page(casebook: Casebook, period: str, path: Path) -> None:
    """Write one file that needs no other: it may be mailed, opened and printed."""
    from pages.facts.page import site
    from pages.public.look import in_colors
    from pages.reports.page import file

    wired("open_pages")()
    folder = Path(current_app.root_path) / "static"
    styles = "".join((folder / name).read_text(encoding="utf-8") for name in STYLES)
    found = file(
        casebook.store.read(),
        _one(casebook, period),
        styles + in_colors(casebook.program.file.accent),
    )
    shown = site(casebook, casebook.program.english)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = render_template(found.template, page=found, site=shown)
    path.write_text(text, encoding="utf-8")
    click.echo(f"Written: {path}. Open it in a browser.")


def _write_paper(casebook: Casebook, period: str, path: Path) -> None:
    """Write one page to print or to pass on."""
    # Imported only here: it loads fonts and pictures, which the service never needs.
    from commands.outreach.drawing import CannotWrite
    from commands.outreach.paper import LETTER_IN, drawn
    from pages.reports.page import page

    file, said = casebook.program.file, _one(casebook, period)
    size = "letter" if file.country in LETTER_IN else "a4"
    names = (file.name, file.legal)
    shown = page(casebook.store.read(), said)
    try:
        content = drawn(shown, names, file.accent, size, casebook.made_at)
    except CannotWrite as error:
        raise click.ClickException(
            f"No font has {error}. Write it with --html, and print it from a browser."
        ) from error
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    click.echo(f"Written: {path}.")


def _print_sharing(casebook: Casebook) -> None:
    roster, known = casebook.program.supporters.values(), uses.all_uses(casebook.store.read())
    today, bound = casebook.program.today(casebook.made_at), casebook.program.file.reports.bound
    found = sharing(roster, known, today, QUARTERS_SHOWN, bound)
    if not found.quarters:
        raise click.ClickException(
            f"Nothing to report yet: no quarter with {bound} matches or more is over"
        )
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
    yield ("Gini", "", *(f"{found.gini[quarter]:.2f}" for quarter in found.quarters))
