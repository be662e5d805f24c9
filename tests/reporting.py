"""Programs that report, and their reports as people get them."""

import csv
import io
from datetime import UTC, datetime, time
from pathlib import Path

from store.forgotten import reports
from tests.world import JORDAN, Page, World, example_config
from workflow.reports.figures import Report
from workflow.reports.periods import due_on


def reporting_config(folder: Path, bound: int = 5, parts: str = "quarter") -> Path:
    """Return the example program with a bound that a few requests reach."""
    config = example_config(folder)
    program = config / "program.toml"
    written = program.read_text()
    assert "bound = 11" in written
    written = written.replace("bound = 11", f"bound = {bound}")
    program.write_text(written.replace('parts = "quarter"', f'parts = "{parts}"'))
    return config


def run(world: World, *words: str) -> str:
    """Return what `flask report` prints."""
    result = world.app.test_cli_runner().invoke(args=["report", *words])
    assert result.exit_code == 0, result.output
    return str(result.output)


def refused(world: World, *words: str) -> str:
    result = world.app.test_cli_runner().invoke(args=["report", *words])
    assert result.exit_code == 1
    return str(result.output)


def table(world: World) -> dict[tuple[str, str, str], str]:
    """Return the numbers of all reports, as a spreadsheet reads them."""
    rows = csv.reader(io.StringIO(run(world, "--csv")))
    return {(period, about, what): number for period, about, what, number in rows}


def said(world: World, period: str) -> Report:
    found = reports.get(world.store.read(), period)
    assert found is not None, reports.periods(world.store.read())
    return found


def page(world: World, period: str = "", reader: str = JORDAN) -> Page:
    """Return a report as a coordinator sees it in a browser."""
    address = f"{world.url}/report" + (f"?period={period}" if period else "")
    return world.own_page(reader).person.look(address)


def until_due(world: World, quarter: str) -> None:
    """Let the time come when a quarter may be reported."""
    world.clock.now = datetime.combine(due_on(quarter), time(12), UTC)
    world.work()
