"""Words for mails and pages: times, wishes, and the states and outcomes of a case."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo

from lib.languages.language import ENGLISH
from people.absences import Absence
from workflow.model import Case, Facts, Outcome, State, Wish

STATE_WORDS = {
    State.IN_REVIEW: "waiting for review",
    State.OFFERED: "a supporter is being asked",
    State.PROPOSED: "a supporter said yes, and the requester is asked",
    State.MATCHED: "a supporter said yes and will get in touch",
    State.IN_CONTACT: "a supporter is in touch",
    State.CLOSED: "closed",
}
#: The states in words for the supporter.
OWN_STATE_WORDS = {
    State.OFFERED: "waiting for your answer",
    State.PROPOSED: "waiting until it’s settled",
    State.MATCHED: "waiting for you to get in touch",
    State.IN_CONTACT: "you’re in touch",
}
OUTCOME_WORDS = {
    Outcome.SUPPORTED: "support was given",
    Outcome.SUPPORT_DECLINED: "support was declined",
    Outcome.REFERRED: "referred to professional help",
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.DUPLICATE: "a duplicate of another request",
    Outcome.NOT_A_REQUEST: "not a request",
    Outcome.REACHED_OTHERWISE: "reached another way",
    Outcome.COULD_NOT_BE_REACHED: "the requester couldn’t be reached",
}
NUMBER = re.compile(r"(-?[\d.,]+%?)?")
#: Why the deputies are called before anything is overdue.
SOON = "a colleague must get in touch soon"
WISH_WORDS = {Wish.SIMILAR: "Similar", Wish.DIFFERENT: "Different"}


def wishes(facts: Facts) -> list[str]:
    """Return the requester's wishes in a few words each."""
    stated = (
        ("role", facts.wish_role),
        ("specialty", facts.wish_specialty),
    )
    words = [f"{WISH_WORDS[w]} {what}" for what, w in stated if w in WISH_WORDS]
    if facts.wish_department is Wish.SIMILAR:
        words.append("From their own department")
    if facts.wish_department is Wish.DIFFERENT:
        words.append("From another department")
    if facts.wish_site:
        words.append(f"Meet at {facts.wish_site}")
    if facts.wish_times:
        words.append(f"Meet: {', '.join(facts.wish_times)}")
    return words or ["No preference"]


def look_into_your_mail(name: str, mail_name: str) -> str:
    """Return a text message to a supporter that tells a bystander nothing about support."""
    return f"Hi {name}, there’s an email for you from {mail_name}. Could you look at it today?"


def test_marker(case: Case) -> str:
    """Return the mark that every mail and page of a rehearsal shows."""
    return "TEST" if case.is_test else ""


def day_and_time(at: datetime, zone: tzinfo, now: datetime | None = None) -> str:
    """Return a time such as "Thursday, Nov 26, 9:14 AM", or "today (Thursday), 9:14 AM"."""
    return ENGLISH.day_and_time(at, zone, now)


def day(date: date) -> str:
    """Return a day such as "Monday, Nov 23"."""
    return ENGLISH.day(date)


def away(absence: Absence, today: date) -> str:
    """Return "away from Monday, Dec 7, until Friday, Dec 11" or the like."""
    begins = f" from {day(absence.first)}," if absence.first > today else ""
    return f"away{begins} until {day(absence.last) if absence.last else 'they’re back'}"


def answers_automatically(until: date | None) -> str:
    """Return "answers that they’re away until Friday, Dec 11" or the like."""
    if until is None:
        return "answers automatically. They may be away"
    return f"answers that they’re away until {day(until)}"


def monday_of(at: datetime, zone: tzinfo) -> date:
    """Return the Monday of the week, in the program's time zone."""
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def short_time(at: datetime, zone: tzinfo) -> str:
    """Return a time such as "Thu 9:14 AM", for subjects."""
    return ENGLISH.short_time(at, zone)


def time_of_day(at: datetime, zone: tzinfo) -> str:
    """Return a time such as "9:14 AM"."""
    return ENGLISH.time(at, zone)


def left(due_at: datetime, now: datetime) -> str:
    """Return the time left, such as "2 days" or "3 hours"; "" when overdue."""
    if due_at <= now:
        return ""
    return about(due_at - now)


def time_left(due_at: datetime, now: datetime, zone: tzinfo) -> str:
    """Return "2 days left – until Thursday, Nov 26, 9:14 AM", or how late it is."""
    when = day_and_time(due_at, zone, now)
    if due_at > now:
        return f"{about(due_at - now)} left – until {when}"
    return f"{about(now - due_at)} late – it was due {when}"


def about(span: timedelta) -> str:
    """Return a span in words, rounded down; hours up to four days, then days."""
    return ENGLISH.span(span)


def counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def listed(known: Iterable[str]) -> str:
    """Join words as in "role, specialty or department"."""
    *others, last = known
    return f"{', '.join(others)} or {last}" if others else last


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return lines with aligned columns under a header, with numbers aligned right."""
    known = list(rows)
    columns = list(zip(*known, strict=True))
    widths = [max(map(len, column)) for column in columns]
    are_numbers = [all(map(NUMBER.fullmatch, column[1:])) for column in columns]
    shapes = list(zip(are_numbers, widths, strict=True))
    return ["  ".join(map(_cell, row, shapes)).rstrip() for row in known]


def _cell(text: str, shape: tuple[bool, int]) -> str:
    is_number, width = shape
    return text.rjust(width) if is_number else text.ljust(width)
