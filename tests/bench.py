"""`make bench`: measure the service on this machine, beside what we hold on to and aim for."""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests import (
    bench_archive,
    bench_growth,
    bench_load,
    bench_mail,
    bench_reconcile,
    bench_service,
    bench_start,
)
from tests.bench_load import Rate
from tests.ports import free_port
from tests.world import SHARED_KEY

CLIENTS, ROUNDS, ROUND_SECONDS, WARM_UP_SECONDS = 8, 7, 3.0, 1.0
EXPORTED = 100_000
FEW_CASES, MANY_CASES = 1_000, 1_000_000


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    held_on_to: str
    aim: str
    measured: str
    is_reached: bool | None = None


def main() -> None:
    """Measure everything, then print one table. It measures, it does not judge: always exits 0."""
    began = time.monotonic()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        for part in (starting, growth, door, mail, archive, reconciliation):
            folder = Path(name) / part.__name__
            folder.mkdir()
            try:
                figures += part(folder)
            except Exception as error:
                figures.append(Figure(part.__name__, "", "", f"failed: {error!r}", False))
    print_table(figures)
    say(f"Took {time.monotonic() - began:.0f} s.")


def starting(folder: Path) -> Iterator[Figure]:
    """How long commands that only look take to start."""
    say("Starting commands that only look …")
    for one in bench_start.starts(bench_start.environment(folder)):
        measured = f"{one.seconds:.2f} s, {one.times:.1f} × `import flask`"
        yield Figure(f"{one.command}, processor time", "", "≤ 0.5 s", measured, one.seconds <= 0.5)


def door(folder: Path) -> Iterator[Figure]:
    """The events door against a Flask app that does nothing, in turn, on the same machine."""
    say(f"Webhook, {ROUNDS} rounds in turn with a bare Flask app and an insert by hand …")
    bare, by_hand, ours = _rounds(folder)
    commits = bench_archive.commits_a_second(folder)
    ratio = median(o.a_second / b.a_second for b, o in zip(bare, ours, strict=True))
    of_limit = median(o.a_second / h.a_second for h, o in zip(by_hand, ours, strict=True))
    failed = sum(rate.failed for rate in (*bare, *by_hand, *ours))
    yield Figure("commits of SQLite alone, median", "5,200/s", "", f"{commits:,.0f}/s")
    yield Figure("bare Flask answering 200", "6,260/s, p99 5.7 ms", "", _rate(bare))
    yield Figure("an insert by hand, on disk, without Flask", "", "", _rate(by_hand))
    yield Figure("webhook: verified and on disk", "2,610/s, p99 9.4 ms", "", _rate(ours))
    yield Figure("webhook ÷ bare Flask", "0.42", "≥ 0.45", f"{ratio:.2f}", ratio >= 0.45)
    yield Figure("webhook ÷ insert by hand", "", "", f"{of_limit:.2f}")
    p99 = median(rate.p99 for rate in ours)
    slower = median(o.p99 / b.p99 for b, o in zip(bare, ours, strict=True))
    measured = f"{p99:.1f} ms, {slower:.1f} × bare Flask's"
    yield Figure("webhook, p99", "9.4 ms", "≤ 10 ms", measured, p99 <= 10)
    yield Figure("webhook, not answered 200", "0", "0", str(failed), failed == 0)


def mail(folder: Path) -> Iterator[Figure]:
    """Submit to mail with real processes, then what they cost while there is nothing to do."""
    milliseconds = bench_mail.to_write()
    measured = f"{milliseconds:.1f} ms of processor time"
    yield Figure("rendering and writing a mail", "", "≤ 2 ms", measured, milliseconds <= 2)
    say("Starting web, worker, a Qualtrics that takes 100 ms, a mail server …")
    with bench_mail.stage(folder) as stage:
        stage.submit_to_mail()  # the first one pays for what is made when first needed
        api = stage.api_seconds()
        say(f"Submit to mail, {bench_mail.SUBMISSIONS} times …")
        times = [stage.submit_to_mail() for _ in range(bench_mail.SUBMISSIONS)]
        first, last = (median(column) for column in zip(*times, strict=True))
        aim = f"≤ {api + 0.1:.2f} s (API + 0.1 s)"
        yield Figure("Submit to mail, median", "0.12 s", aim, f"{first:.2f} s", first <= api + 0.1)
        yield Figure("Submit to the coordinators' mails", "", "", f"{last:.2f} s")
        say(f"{bench_mail.AT_ONCE} at once …")
        acknowledged, mailed = stage.many_at_once()
        yield Figure("100 at once: acknowledged", "0.13 s", "", f"{acknowledged:.2f} s")
        yield Figure("100 at once: mailed (300)", "14.7 s", "< 5 s", f"{mailed:.1f} s", mailed < 5)
        say(f"Idle for {bench_mail.IDLE_SECONDS:.0f} s …")
        cpu = stage.idle_cpu()
        yield Figure("idle worker, share of a core", "0.6 %", "", f"{100 * cpu:.1f} %")
        web, worker = stage.web.resident_mb(), stage.worker.resident_mb()
        memory = f"{web + worker:.0f} MB ({web:.0f} + {worker:.0f})"
        yield Figure("web + worker idle, resident", "72 MB (web)", "", memory)
        fair = stage.web.proportional_mb() + stage.worker.proportional_mb()
        yield Figure("the same, shared pages once", "", "≤ 100 MB", f"{fair:.0f} MB", fair <= 100)


def archive(folder: Path) -> Iterator[Figure]:
    """Whether loops and commits get slower with the number of closed cases."""
    say(f"Filling archives of {FEW_CASES:,} and {MANY_CASES:,} closed cases …")
    few, many, took = bench_archive.compare(folder, FEW_CASES, MANY_CASES)
    say(f"  filled in {took:.0f} s")
    for what, one, other in (
        ("asking for due work", few.poll, many.poll),
        ("a commit", few.commit, many.commit),
    ):
        measured = f"{other / one:.2f} ({one:.0f} → {other:.0f} µs)"
        is_reached = other / one <= 1.2
        yield Figure(f"{what}: 1,000,000 cases ÷ 1,000", "0.9", "≤ 1.2", measured, is_reached)


def growth(folder: Path) -> Iterator[Figure]:
    """Whether what one request costs grows with the number of open requests."""
    say(f"Filling in {', '.join(f'{size:,}' for size in bench_growth.SIZES)} open requests …")
    found = bench_growth.measure(folder)
    say("\n".join(bench_growth.lines(found)))
    for one in found:
        few, many = one.by_size[min(one.by_size)], one.by_size[max(one.by_size)]
        measured = f"{one.growth:.2f} ({few:.1f} → {many:.1f} ms)"
        aim, is_reached = f"≤ {bench_growth.AIM}", one.growth <= bench_growth.AIM
        yield Figure(f"{one.what}: 1,000 open ÷ 1", "", aim, measured, is_reached)


def reconciliation(folder: Path) -> Iterator[Figure]:
    """One very large export, by the command that admins run."""
    say(f"Recording {EXPORTED:,} responses and reconciling them …")
    run = bench_reconcile.reconcile_all(folder, EXPORTED)
    measured = f"{run.seconds:.0f} s"
    yield Figure("reconciling 100,000 new responses", "", "≤ 10 s", measured, run.seconds <= 10)
    measured = f"{run.own_seconds:.1f} s, and {run.stand_in_seconds:.1f} s of the stand-in"
    yield Figure("the same, processor time of the command", "", "", measured)
    measured = f"{run.peak_mb:.0f} MB"
    yield Figure("the same, peak memory", "", "< 150 MB", measured, run.peak_mb < 150)


def _rounds(folder: Path) -> tuple[list[Rate], list[Rate], list[Rate]]:
    nowhere = f"127.0.0.1:{free_port()}"
    env = bench_service.settings_of(folder, f"http://{nowhere}", f"smtp://{nowhere}")
    bench_service.migrate(env)
    rates: tuple[list[Rate], list[Rate], list[Rate]] = ([], [], [])
    with ExitStack() as stack:
        apps = ("tests.bench_bare:app", "tests.bench_bare:by_hand", "app:create_app()")
        ports = [stack.enter_context(bench_service.web(env, app))[1] for app in apps]
        for port in ports:
            bench_load.measure(port, SHARED_KEY, "w", CLIENTS, WARM_UP_SECONDS)
        for number in range(ROUNDS):
            for port, measured in zip(ports, rates, strict=True):
                prefix = f"{number:03d}"
                measured.append(
                    bench_load.measure(port, SHARED_KEY, prefix, CLIENTS, ROUND_SECONDS)
                )
            last = [f"{each[-1].a_second:6,.0f}/s" for each in rates]
            say("  {} bare, {} by hand, {} ours".format(*last))
    return rates


def _rate(rates: list[Rate]) -> str:
    return f"{median(r.a_second for r in rates):,.0f}/s, p99 {median(r.p99 for r in rates):.1f} ms"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def print_table(figures: list[Figure]) -> None:
    """Print the figures in columns; "reached" stays empty where we aim for nothing."""
    rows = [("what", "held on to", "aim", "measured", "reached")]
    for figure in figures:
        reached = {True: "yes", False: "NO", None: ""}[figure.is_reached]
        rows.append((figure.what, figure.held_on_to, figure.aim, figure.measured, reached))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(line.rstrip())


if __name__ == "__main__":
    main()
