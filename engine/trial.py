"""Run a program through a year before it comes into force: what fails here would fail people."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from lib.faults import where
from lib.languages.language import ENGLISH, Language
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
#: Returns what fails when pages are rendered with a program; the engine knows no pages.
PageTrial = Callable[[Program, datetime], str]
INSTEAD = "compare with config.example"


def trial_problems(program: Program, now: datetime, pages: PageTrial) -> list[Problem]:
    """Return what the program cannot carry out in the coming year.

    Pages, which take seconds, are tried only where everything else works.
    """
    found = [*_calendar_problems(program, now), *_mail_problems(program)]
    return found or list(_page_problems(program, now, pages))


def _page_problems(program: Program, now: datetime, pages: PageTrial) -> Iterator[Problem]:
    if failure := pages(program, now):
        yield Problem(FILE, "", f"leaves a page that nobody can open ({failure})", INSTEAD)


def untried(program: Program, now: datetime) -> str:
    """Try no page: what is compared with the program in force was tried, or will be."""
    return ""


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
    sentences = list[str]()
    for code in sorted(program.languages):
        language = program.language(code)
        sentences += _failing_mails(tuple(program_facts(program, language).items()), language)
    for sentence in dict.fromkeys(sentences):
        yield Problem(FILE, "", f"cannot be mailed ({sentence})", INSTEAD)


@lru_cache(maxsize=8)
def _failing_mails(facts: tuple[tuple[str, object], ...], language: Language) -> tuple[str, ...]:
    """Render every mail with these facts; the result is cached, as most changes leave them.

    Only requesters are written to in other languages than English.
    """
    composer, failing = Composer(OURS), list[str]()
    for name, email in EMAILS.items():
        if language.code != ENGLISH.code and not email.may_reach_requester:
            continue
        for example in occasions(name).values():
            try:
                composer.compose_strictly(name, example | dict(facts), language)
            except ComposeError as error:
                failing.append(str(error))
    return tuple(dict.fromkeys(failing))
