"""Run a program through a year before it comes into force: what fails here would fail people."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from lib.faults import where
from notifications.examples.occasions import occasions
from notifications.mail.catalog import EMAILS
from notifications.mail.compose import ComposeError, Composer
from notifications.overrides import OURS
from notifications.rendering import program_facts
from program import Problem, Program
from workflow import schedule
from workflow.model import PromiseKind

FILE = "program.toml"
A_YEAR = 366
#: Reminders cost more to work out, so they are tried less often.
EVERY_DAYS = 15
Trial = Callable[[datetime], None]
INSTEAD = "compare with config.example"


def trial_problems(program: Program, now: datetime) -> list[Problem]:
    """Return what the program cannot carry out in the coming year."""
    return [*_calendar_problems(program, now), *_mail_problems(program)]


def _calendar_problems(program: Program, now: datetime) -> Iterator[Problem]:
    """Try the calendar and each promise on every day; one problem each is enough."""
    days = [now + timedelta(days=number, hours=number % 24) for number in range(A_YEAR)]
    trials = {"working_hours": (_calendar(program), days)}
    for kind in program.promises:
        trials[f"promises.{kind}"] = _reminders(program, kind), days[::EVERY_DAYS]
    for place, (trial, tried) in trials.items():
        for day in tried:
            try:
                trial(day)
            except Exception as error:
                what = f"fails on {program.today(day)} ({where(error)})"
                yield Problem(FILE, place, what, INSTEAD)
                break


def _calendar(program: Program) -> Trial:
    def trial(at: datetime) -> None:
        program.working.is_working_day(program.today(at))
        program.quiet.after(at, timedelta(hours=1))
        for kind in program.promises:
            program.rules.due_at(kind, at)

    return trial


def _reminders(program: Program, kind: PromiseKind) -> Trial:
    rules = program.rules

    def trial(at: datetime) -> None:
        promise = schedule.begin(kind, rules, began_at=at, now=at)
        schedule.with_next_at(promise, rules, promise.due_at)
        schedule.unhandled_moments(promise, rules, promise.due_at + timedelta(days=1))

    return trial


def _mail_problems(program: Program) -> Iterator[Problem]:
    for sentence in _failing_mails(tuple(program_facts(program, program.english).items())):
        yield Problem(FILE, "", f"cannot be mailed ({sentence})", INSTEAD)


@lru_cache(maxsize=4)
def _failing_mails(facts: tuple[tuple[str, object], ...]) -> tuple[str, ...]:
    """Render every mail with these facts; the result is cached, as most changes leave them."""
    composer, failing = Composer(OURS), list[str]()
    for name in EMAILS:
        for example in occasions(name, dict(facts)).values():
            try:
                composer.compose_strictly(name, example)
            except ComposeError as error:
                failing.append(str(error))
    return tuple(dict.fromkeys(failing))
