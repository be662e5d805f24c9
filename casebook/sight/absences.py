"""Absences of reviewers that an admin writes: they are told first, since others would stand in."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from people.absences import Absence, Announced, announced
from program import Program
from workflow import words


def announcements(old: Program, new: Program, now: datetime) -> tuple[Announced, ...]:
    """Return the reviewers' absences that do not count at once.

    Each counts from the next working morning on, when the digest says who is away. An admin who
    writes absences for some minutes would otherwise let others see what their colleagues review.
    """
    known = {one.id: one for one in old.announced}
    stays = (known[id] for id in new.written_absences if id in known and not _differs(old, new, id))
    day, morning = _next_morning(old, now)
    added = (
        announced(id, _counting(old, id, now), new.written_absences[id], day, morning)
        for id in _changed(old, new, now)
    )
    return (*stays, *added)


def told(old: Program, new: Program, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield whom an admin wrote as away, and what that person reads of it."""
    _, morning = _next_morning(old, now)
    when = words.day_and_time(morning, old.zone)
    for id in _changed(old, new, now):
        days = words.away(new.written_absences[id], date.min)
        what = f"The admins’ files say that you’re {days}"
        yield id, f"{what}. From {when} on, others look after your requests on these days"


def _changed(old: Program, new: Program, now: datetime) -> Iterator[str]:
    """Yield the reviewers whose absence is new; one that only became shorter counts at once."""
    today = old.today(now)
    for id in new.all_reviewers:
        written, counts = new.written_absences.get(id), _counting(old, id, now)
        if written is None or not _differs(old, new, id):
            continue
        if not written.ended_before(today) and not (counts and written.lies_within(counts)):
            yield id


def _differs(old: Program, new: Program, id: str) -> bool:
    return old.written_absences.get(id) != new.written_absences[id]


def _counting(old: Program, id: str, now: datetime) -> Absence | None:
    """Return someone's absence by the files before, as it counts now."""
    pending = {one.id: one.before for one in old.announced if now < one.counts_from}
    if id in pending:
        return pending[id]
    spans, today = old.absences.get(id, ()), old.today(now)
    return next((one for one in spans if not one.ended_before(today)), None)


def _next_morning(program: Program, now: datetime) -> tuple[date, datetime]:
    day = program.today(now) + timedelta(days=1)
    while not program.working.is_working_day(day):
        day += timedelta(days=1)
    morning = datetime.combine(day, program.digest_at, program.zone)
    return day, program.quiet.end_after(morning) if program.quiet.covers(morning) else morning
