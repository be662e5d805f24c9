"""What the digest says: counts for its reader, absences and troubles; never names a case."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from casebook import attendance
from casebook.casebook import Casebook, Loaded
from casebook.cover import gaps_in_words
from matching.exclusions import is_excluded
from notifications.program_mails import COMPARE
from people.absences import current_or_next
from store import cases, deliveries, outbox, programs
from store.deliveries import RECONCILIATION
from workflow import words

#: Work older than this should be done.
LATE = timedelta(minutes=30)


def facts(casebook: Casebook, person: str, subject: str, now: datetime) -> dict[str, object]:
    is_reviewer = person in casebook.program.all_reviewers
    theirs = [one for one in casebook.unfinished_cases() if one.reviewing.may_act(person)]
    return {
        "counts": _counts(casebook, theirs, now) if is_reviewer else "",
        "is_reviewer": is_reviewer,
        "away_now": _away(casebook, now),
        "ahead": gaps_in_words(casebook, now),
        "troubles": list(_troubles(casebook, theirs, now)),
        "must_compare": subject == COMPARE,
    } | _arrived_for(casebook, person, now)


def _arrived_for(casebook: Casebook, person: str, now: datetime) -> dict[str, object]:
    """Return what arrived; only admins see what was missed, which could reveal a barred case."""
    facts = arrived(casebook, now)
    return facts if person in casebook.program.duties.admins else facts | {"missed": 0}


def arrived(casebook: Casebook, now: datetime) -> dict[str, object]:
    """Return how many cases of each survey arrived since Monday, as numbers only."""
    program = casebook.program
    monday = words.monday_of(now, program.zone)
    begins = program.working.begins_week(program.today(now))
    since = monday - timedelta(weeks=1) if begins else monday
    counts = dict.fromkeys(program.surveys, 0)
    missed = 0
    for arrivals in deliveries.arrivals(casebook.store.read(), since):
        counts[arrivals.survey_id] = counts.get(arrivals.survey_id, 0) + arrivals.number
        missed += arrivals.number if arrivals.way == RECONCILIATION else 0
    names = {id: survey.name for id, survey in program.surveys.items()}
    return {
        "arrived": [{"survey": names.get(id, id), "number": n} for id, n in counts.items()],
        "missed": missed,
        "since": words.day(since),
        "begins_week": begins,
    }


def _counts(casebook: Casebook, loaded: Sequence[Loaded], now: datetime) -> str:
    """Say how many cases this reader must look after; "" when there are none."""
    theirs = [one.case for one in loaded]
    dues = [case.due_at for case in theirs if case.due_at is not None]
    program, today = casebook.program, casebook.program.today(now)
    numbers = (
        (sum(case.is_open for case in theirs), "open"),
        (sum(not case.is_open for case in theirs), "closed with something to tell"),
        (sum(due > now and program.today(due) == today for due in dues), "due today"),
        (sum(due <= now for due in dues), "overdue"),
        (sum(case.is_urgent for case in theirs), "urgent"),
    )
    return ", ".join(f"{number} {what}" for number, what in numbers if number)


def _away(casebook: Casebook, now: datetime) -> list[str]:
    """Say which reviewers are away, and how many supporters are not available."""
    db, program = casebook.store.read(), casebook.program
    today, known = program.today(now), attendance.all_absences(db, program)
    lines = []
    for id in program.all_reviewers:
        absence = current_or_next(known.get(id, ()), today)
        if absence is not None and absence.covers(today):
            lines.append(f"{program.people[id].name}: {words.away(absence, today)}")
    # Others may not know why a supporter is not available.
    unavailable = sum(is_excluded(s, None, today) for s in casebook.supporters)
    if unavailable:
        lines.append(f"{words.counted(unavailable, 'supporter')} not available just now")
    return lines


def _troubles(casebook: Casebook, theirs: Sequence[Loaded], now: datetime) -> Iterator[str]:
    """Yield troubles that a person should look into; those of a case only to its reviewers."""
    db = casebook.store.read()
    known = {None, *(one.stored.id for one in theirs)}
    failed = [id for id in outbox.failed(db, _last_digest(casebook, now)) if id in known]
    if failed:
        yield f"{words.counted(len(failed), 'mail')} could not be delivered"
    unread = deliveries.count_waiting(db, now - LATE)
    if unread:
        yield f"{words.counted(unread, 'response')} could not be read yet"
    if outbox.is_server_refusing(db):
        yield "The mail server does not take mails from us"
    if (due := cases.oldest_due(db, now)) is not None and now - due > LATE:
        yield "Reminders are late: the worker does not keep up"
    if programs.unsettled_since(db) is not None:
        yield "The admins’ files have changed and are not in force: an admin must look"


def _last_digest(casebook: Casebook, now: datetime) -> datetime:
    """Return the time of the last digest: after a weekend, Friday."""
    program, at = casebook.program, now - timedelta(days=1)
    while not program.working.is_working_day(program.today(at)):
        at -= timedelta(days=1)
    return at
