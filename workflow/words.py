"""Words for mails and pages: times, wishes, and the states and outcomes of a case."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo

from people.absences import Absence
from workflow.model import Case, Facts, Outcome, State, Wish

STATE_WORDS = {
    State.IN_REVIEW: "waiting for review",
    State.OFFERED: "a supporter is being asked",
    State.MATCHED: "a supporter said yes and will make contact",
    State.IN_CONTACT: "a supporter is in contact",
    State.CLOSED: "closed",
}
#: The states in words for the supporter.
OWN_STATE_WORDS = {
    State.OFFERED: "waits for your answer",
    State.MATCHED: "waits for your first contact",
    State.IN_CONTACT: "you are in contact",
}
OUTCOME_WORDS = {
    Outcome.SUPPORTED: "support was given",
    Outcome.SUPPORT_DECLINED: "support was declined",
    Outcome.REFERRED: "referred to professional help",
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.DUPLICATE: "a duplicate of another request",
    Outcome.NOT_A_REQUEST: "not a request",
    Outcome.REACHED_OTHERWISE: "reached another way",
    Outcome.COULD_NOT_BE_REACHED: "the person could not be reached",
}
NUMBER = re.compile(r"(-?[\d.,]+%?)?")
#: Why the deputies are called before anything is overdue.
SOON = "the first contact must be soon"
WISH_WORDS = {Wish.SIMILAR: "similar", Wish.DIFFERENT: "different"}


def wishes(facts: Facts) -> list[str]:
    """Return the requester's wishes as finished sentences."""
    stated = (
        ("role", facts.wish_role),
        ("specialty", facts.wish_specialty),
    )
    words = [f"Somebody with a {WISH_WORDS[w]} {what}" for what, w in stated if w in WISH_WORDS]
    if facts.wish_department is Wish.SIMILAR:
        words.append("Somebody from their own department")
    if facts.wish_department is Wish.DIFFERENT:
        words.append("Somebody from another department")
    if facts.wish_site:
        words.append(f"To meet at: {facts.wish_site}")
    if facts.wish_times:
        words.append(f"To meet: {', '.join(facts.wish_times)}")
    return words or ["No preference about who it is"]


def look_into_your_mail(name: str, mail_name: str) -> str:
    """Return a text message to a supporter that tells a bystander nothing about support."""
    greeting = f"Hello {name}, there is an e-mail for you from {mail_name}."
    return f"{greeting} Could you look at it today?"


def test_marker(case: Case) -> str:
    """Return the mark that every mail and page of a rehearsal shows."""
    return "TEST" if case.is_test else ""


def day_and_time(at: datetime, zone: tzinfo) -> str:
    """Return a time such as "Thursday, November 26, 9:14 AM"."""
    local = at.astimezone(zone)
    return f"{local:%A, %B} {local.day}, {_time(local)}"


def day(date: date) -> str:
    """Return a day such as "Monday, November 23"."""
    return f"{date:%A, %B} {date.day}"


def away(absence: Absence, today: date) -> str:
    """Return "away from Monday, December 7, until Friday, December 11" or the like."""
    begins = f" from {day(absence.first)}," if absence.first > today else ""
    return f"away{begins} until {day(absence.last) if absence.last else 'they are back'}"


def answers_automatically(until: date | None) -> str:
    """Return "answers that they are away until Friday, December 11" or the like."""
    if until is None:
        return "answers automatically: perhaps they are away"
    return f"answers that they are away until {day(until)}"


def monday_of(at: datetime, zone: tzinfo) -> date:
    """Return the Monday of the week, in the program's time zone."""
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def short_time(at: datetime, zone: tzinfo) -> str:
    """Return a time such as "Thu 9:14 AM", for subjects."""
    local = at.astimezone(zone)
    return f"{local:%a} {_time(local)}"


def time_of_day(at: datetime, zone: tzinfo) -> str:
    """Return a time such as "9:14 AM"."""
    return _time(at.astimezone(zone))


def left(due_at: datetime, now: datetime) -> str:
    """Return the time left, such as "2 days" or "3 hours"; "" when overdue."""
    if due_at <= now:
        return ""
    return about(due_at - now)


def time_left(due_at: datetime, now: datetime, zone: tzinfo) -> str:
    """Return "2 days left – until Thursday, November 26, 9:14 AM", or how late it is."""
    when = day_and_time(due_at, zone)
    if due_at > now:
        return f"{about(due_at - now)} left – until {when}"
    return f"{about(now - due_at)} late – it was due {when}"


def about(span: timedelta) -> str:
    """Return a span in words, rounded down; hours up to four days, then days."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 90:
        return counted(max(1, minutes), "minute")
    hours = minutes // 60
    return counted(hours, "hour") if hours < 96 else counted(hours // 24, "day")


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


def _time(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"
