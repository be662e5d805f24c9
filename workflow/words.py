"""Words for mails and pages: times, wishes, and the states and outcomes of a case."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo

from lib.languages.language import ENGLISH
from lib.languages.said import for_staff, said
from people.absences import Absence
from people.supporters import ChecksMail
from workflow.model import Case, Facts, Outcome, State, Wish

STATE_WORDS = {
    State.IN_REVIEW: for_staff("waiting for review"),
    State.OFFERED: for_staff("a supporter is being asked"),
    State.PROPOSED: for_staff("a supporter said yes, and the requester is asked"),
    State.MATCHED: for_staff("a supporter said yes and will get in touch"),
    State.IN_CONTACT: for_staff("a supporter is in touch"),
    State.CLOSED: "closed",
}
#: The states in words for the supporter.
OWN_STATE_WORDS = {
    State.OFFERED: for_staff("waiting for your answer"),
    State.PROPOSED: for_staff("waiting until it’s settled"),
    State.MATCHED: for_staff("waiting for you to get in touch"),
    State.IN_CONTACT: for_staff("you’re in touch"),
}
OUTCOME_WORDS = {
    Outcome.SUPPORTED: for_staff("support was given"),
    Outcome.SUPPORT_DECLINED: for_staff("support was declined"),
    Outcome.REFERRED: for_staff("referred to professional help"),
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.DUPLICATE: for_staff("a duplicate of another request"),
    Outcome.NOT_A_REQUEST: for_staff("not a request"),
    Outcome.REACHED_OTHERWISE: for_staff("reached another way"),
    Outcome.COULD_NOT_BE_REACHED: for_staff("the requester couldn’t be reached"),
}
NUMBER = re.compile(r"(-?[\d.,]+%?)?")
#: Without a last day.
AWAY = for_staff("away, with no last day given")
#: Why the deputies are called before anything is overdue.
SOON = for_staff("a colleague must get in touch soon")
WISH_WORDS = {
    ("role", Wish.SIMILAR): for_staff("Similar role"),
    ("role", Wish.DIFFERENT): for_staff("Different role"),
    ("specialty", Wish.SIMILAR): for_staff("Similar specialty"),
    ("specialty", Wish.DIFFERENT): for_staff("Different specialty"),
    ("department", Wish.SIMILAR): for_staff("From their own department"),
    ("department", Wish.DIFFERENT): for_staff("From another department"),
}
#: Answers that we could not read, by the names that the map of the survey gives them.
ANSWER_WORDS = {
    "wish_role": for_staff("which role they’d like their supporter to have"),
    "wish_specialty": for_staff("which specialty they’d like their supporter to have"),
    "wish_department": for_staff("which department they’d like their supporter to be from"),
    "wish_site": for_staff("where they’d like to meet"),
    "wish_times": for_staff("when they’d like to meet"),
    "asks_first": for_staff("whether they’d like to be asked first"),
    "safety": for_staff("whether they’re safe"),
    "not_wanted": for_staff("who they’d rather not talk to"),
    "may_contact": for_staff("how we may reach them"),
    "not_before": for_staff("when to reach them"),
}
#: How often a supporter reads email.
HABIT_WORDS = {
    ChecksMail.DAILY: for_staff("daily"),
    ChecksMail.TWICE_A_WEEK: for_staff("twice a week"),
    ChecksMail.WEEKLY: for_staff("weekly"),
}


def wishes(facts: Facts) -> list[str]:
    """Return the requester's wishes in a few words each."""
    stated = (
        ("role", facts.wish_role),
        ("specialty", facts.wish_specialty),
        ("department", facts.wish_department),
    )
    words: list[str] = [WISH_WORDS[wish] for wish in stated if wish in WISH_WORDS]
    if facts.wish_site:
        words.append(for_staff("Meet at %(site)s", site=facts.wish_site))
    if facts.wish_times:
        words.append(for_staff("Meet: %(times)s", times=", ".join(facts.wish_times)))
    return words or [for_staff("No preference")]


def answer(name: str) -> str:
    """Return what an answer is about."""
    return ANSWER_WORDS.get(name, name.replace("_", " "))


def look_into_your_mail(name: str, mail_name: str) -> str:
    """Return a text message to a supporter that tells a bystander nothing about support."""
    return for_staff(
        "Hi %(name)s, there’s an email for you from %(program)s. Could you look at it today?",
        name=name,
        program=mail_name,
    )


def test_marker(case: Case) -> str:
    """Return the mark that every mail and page of a rehearsal shows."""
    return for_staff("TEST") if case.is_test else ""


def day_and_time(at: datetime, zone: tzinfo, now: datetime | None = None) -> str:
    """Return a time such as "Thursday, Nov 26, 9:14 AM", or "today (Thursday), 9:14 AM"."""
    if now is None:
        return ENGLISH.day_and_time(at, zone)
    return said(lambda language: language.day_and_time(at, zone, now))


def day(date: date) -> str:
    """Return a day such as "Monday, Nov 23"."""
    return ENGLISH.day(date)


def away(absence: Absence, today: date) -> str:
    """Return "away from Monday, Dec 7, until Friday, Dec 11" or the like."""
    first, last = day(absence.first), day(absence.last) if absence.last else ""
    if absence.first > today:
        if last:
            return for_staff("away from %(first)s, until %(last)s", first=first, last=last)
        return for_staff("away from %(first)s, with no last day given", first=first)
    return for_staff("away until %(last)s", last=last) if last else AWAY


def answers_automatically(until: date | None) -> str:
    """Return "says that they’re away until Friday, Dec 11" or the like."""
    if until is None:
        return for_staff("sends automatic replies. They may be away")
    return for_staff("says that they’re away until %(day)s", day=day(until))


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
        return for_staff("%(span)s left – until %(when)s", span=about(due_at - now), when=when)
    return for_staff("%(span)s late – it was due %(when)s", span=about(now - due_at), when=when)


def about(span: timedelta) -> str:
    """Return a span in words, rounded down; hours up to four days, then days."""
    return said(lambda language: language.span(span))


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
