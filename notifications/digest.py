"""The digest: who gets one, and what it says: numbers, absences, troubles; never names a case."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from casebook import attendance, invitations, training
from casebook.casebook import Casebook, Loaded
from casebook.cover import gaps_in_words
from casebook.duplicates import apart
from casebook.program_in_force import open_report
from lib.languages.said import counted_for_staff, for_staff, joined
from notifications import program_mails
from notifications.program_mails import COMPARE
from people.absences import current_or_next
from store import cases, deliveries, outbox, programs
from store.deliveries import RECONCILIATION
from store.forgotten import proof
from store.mail import server as mail_server
from store.outbox import Outgoing
from store.programs import VersionStatus
from store.record import holds
from workflow import words
from workflow.model import Case, PromiseKind

#: Work older than this should be done.
LATE = timedelta(minutes=30)
#: What was due on a day, and whose last mails had another day to leave.
NOT_FORGOTTEN = timedelta(days=2, hours=1)
#: Days without anyone are news when a week begins, and this long before they begin.
NEAR = timedelta(days=3)
#: So many lines of a change of files a mail lists.
MOST_LINES = 30
#: While one of these runs, it is the reviewers' turn.
THEIR_TURN = {
    PromiseKind.REVIEW, PromiseKind.REVIEW_AGAIN, PromiseKind.TELL, PromiseKind.CALL,
    PromiseKind.URGENT,
}  # fmt: skip


def mails(casebook: Casebook, day: date, must_compare: bool, now: datetime) -> list[Outgoing]:
    """Return the digests of a working day: none on a quiet day, unless the program wants them."""
    found = program_mails.for_digest(casebook, day, must_compare, now)
    if must_compare or casebook.program.file.digest.when_quiet:
        return found
    unfinished = _unfinished(casebook, now)
    has_nominees = invitations.waiting_for_coordinators(casebook) > 0
    has_gap, has_changes = _is_anybody_missing(casebook, day), _has_changes(casebook, now)
    return [
        mail
        for mail in found
        if has_changes
        or (has_gap and _reads_absences(casebook, mail.person))
        or (has_nominees and invitations.sees_nominees(casebook.program, mail.person))
        or _lacks_debrief(casebook, mail.person, now)
        or _has_news(casebook, _theirs(unfinished, mail.person), now)
    ]


def _reads_absences(casebook: Casebook, person: str) -> bool:
    """Tell whether a digest says who is away.

    A deputy who stands in while one coordinator is away would read that another, who is here,
    doesn't review this request.
    """
    coordinators = {*casebook.program.all_coordinators}
    return person in {*coordinators, *casebook.program.duties.admins} or (
        coordinators <= casebook.absent
    )


def _unfinished(casebook: Casebook, now: datetime) -> list[Loaded]:
    """Return what is counted: two requests as long as no one has confirmed that they are one.

    Whoever a digest is passed on to would see in the number that someone found that.
    """
    return [one for each in casebook.unfinished_cases() for one in apart(casebook, each, now)]


def _theirs(unfinished: Sequence[Loaded], person: str) -> list[Loaded]:
    return [one for one in unfinished if one.reviewing.may_act(person)]


def _has_news(casebook: Casebook, theirs: Sequence[Loaded], now: datetime) -> bool:
    """Tell whether a reader has something to do today, or something is wrong."""
    needs = any(_needs_them(casebook, one.case, now) for one in theirs)
    return needs or next(_troubles(casebook, theirs, now), None) is not None


def _needs_them(casebook: Casebook, case: Case, now: datetime) -> bool:
    """Tell whether it is the reviewers' turn, or anything is late or soon will be."""
    today = casebook.program.today(now)
    first_contact = case.promise(PromiseKind.FIRST_CONTACT)
    is_pressing = first_contact and casebook.program.today(first_contact.due_at) <= today
    return bool(is_pressing) or any(
        promise.kind in THEIR_TURN or promise.due_at <= now for promise in case.promises
    )


def _is_anybody_missing(casebook: Casebook, day: date) -> bool:
    """Tell whether to say that a department will have no one, or has no one now."""
    gaps = attendance.gaps_ahead(casebook.store.read(), casebook.program, day)
    is_told = casebook.program.working.begins_week(day)
    return any(is_told or gap.first <= day + NEAR for gap in gaps)


def facts(casebook: Casebook, person: str, subject: str, now: datetime) -> dict[str, object]:
    is_reviewer = person in casebook.program.all_reviewers
    theirs = _theirs(_unfinished(casebook, now), person)
    counts = _counts(casebook, theirs, now) if is_reviewer else []
    reads_absences = _reads_absences(casebook, person)
    return {
        "counts": ", ".join(counts),
        # A subject has room for two: how many there are, and what is most pressing.
        "headline": ", ".join(counts if len(counts) < 3 else (counts[0], counts[-1])),
        "is_reviewer": is_reviewer,
        "nominees": _nominees(casebook, person),
        "lacks_debrief": _lacks_debrief(casebook, person, now),
        "away_now": _away(casebook, now) if reads_absences else [],
        "ahead": gaps_in_words(casebook, now) if reads_absences else [],
        "sight_changes": some(_sight_changes(casebook, now)) if is_reviewer else [],
        "call_changes": some(_call_changes(casebook, now)) if is_reviewer else [],
        "troubles": list(_troubles(casebook, theirs, now)),
        "forgetting": _forgetting(casebook, person, now),
        "must_compare": subject == COMPARE,
    } | _arrived_for(casebook, person, subject == COMPARE, now)


def _nominees(casebook: Casebook, person: str) -> str:
    """Say that nominees wait for a coordinator; "" for others and when none does."""
    if not invitations.sees_nominees(casebook.program, person):
        return ""
    number = invitations.waiting_for_coordinators(casebook)
    if not number:
        return ""
    return counted_for_staff(
        "%(num)s nominee is waiting for you, too",
        "%(num)s nominees are waiting for you, too",
        number,
    )


def _lacks_debrief(casebook: Casebook, person: str, now: datetime) -> bool:
    """Tell whether to ask a coordinator, as a week begins, for a group debrief of supporters."""
    program, today = casebook.program, casebook.program.today(now)
    is_told = person in program.all_coordinators and program.working.begins_week(today)
    return is_told and training.lacks_debrief(program, today)


def _arrived_for(
    casebook: Casebook, person: str, must_compare: bool, now: datetime
) -> dict[str, object]:
    """Return what arrived, as far as this digest says it: a number could reveal a barred case.

    Readers who compare need how many arrived, and only admins what was missed.
    """
    facts = arrived(casebook, now)
    if person not in casebook.program.duties.admins:
        facts["missed"] = 0
    if not must_compare:
        facts["arrived"] = []
        facts["since"] = facts["since"] if facts["missed"] else ""
    return facts


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


def _counts(casebook: Casebook, loaded: Sequence[Loaded], now: datetime) -> list[str]:
    """Say how many cases this reader must look after, the most pressing at the end."""
    theirs = [one.case for one in loaded]
    dues = [case.due_at for case in theirs if case.due_at is not None]
    program, today = casebook.program, casebook.program.today(now)
    numbers = (
        (sum(case.is_open for case in theirs), for_staff("open")),
        (sum(not case.is_open for case in theirs), for_staff("to tell by phone")),
        (sum(due > now and program.today(due) == today for due in dues), for_staff("due today")),
        (sum(due <= now for due in dues), for_staff("overdue")),
        (sum(case.is_urgent for case in theirs), for_staff("urgent")),
    )
    return [joined(" ", (str(number), what)) for number, what in numbers if number]


def _away(casebook: Casebook, now: datetime) -> list[str]:
    """Say which reviewers are away.

    It never says how many supporters are not available: beside the candidates of a request, the
    number would tell whether someone is missing there for a secret reason.
    """
    db, program = casebook.store.read(), casebook.program
    today, known = program.today(now), attendance.all_absences(db, program)
    lines: list[str] = []
    for id in program.all_reviewers:
        absence = current_or_next(known.get(id, ()), today)
        if absence is not None and absence.covers(today):
            lines.append(joined(": ", (program.people[id].name, words.away(absence, today))))
    return lines


def _troubles(casebook: Casebook, theirs: Sequence[Loaded], now: datetime) -> Iterator[str]:
    """Yield troubles that a person should look into; those of a case only to its reviewers."""
    db = casebook.store.read()
    known = {None, *(one.stored.id for one in theirs)}
    failed = [id for id in outbox.failed(db, _last_digest(casebook, now)) if id in known]
    if failed:
        yield counted_for_staff(
            "%(num)s email could not be delivered",
            "%(num)s emails could not be delivered",
            len(failed),
        )
    unread = deliveries.count_waiting(db, now - LATE)
    if unread:
        yield counted_for_staff(
            "%(num)s response could not be read yet",
            "%(num)s responses could not be read yet",
            unread,
        )
    if mail_server.is_refusing(db):
        yield for_staff("The mail server refuses our email")
    if (due := cases.oldest_due(db, now)) is not None and now - due > LATE:
        yield for_staff("Reminders are late: the worker can’t keep up")
    if (day := proof.oldest_due(db)) is not None and now - day > NOT_FORGOTTEN:
        yield for_staff(
            "Something that should have been deleted is still here: the worker’s log says why"
        )
    if programs.unsettled_since(db) is not None:
        yield (
            for_staff(
                "The admins’ files changed and are not in force: a coordinator’s yes is missing"
            )
            if _waits_for_coordinator(casebook)
            else for_staff(
                "The admins’ files changed and are not in force: an admin must look at them"
            )
        )


def _forgetting(casebook: Casebook, person: str, now: datetime) -> str:
    """Say until when everything due was deleted; only admins read how much that was.

    The number would tell someone barred from a request that there was one.
    """
    db, program = casebook.store.read(), casebook.program
    if since := holds.all_held_since(db):
        held = words.day(date.fromisoformat(since))
        return for_staff("Nothing has been deleted since %(day)s: a hold is on", day=held)
    monday = words.monday_of(now, program.zone)
    run = proof.since(db, monday)
    if run.ran_at is None:
        return for_staff("We haven’t checked yet what is due for deletion")
    ran = words.day_and_time(run.ran_at, program.zone)
    if person not in program.duties.admins:
        return for_staff("Everything due for deletion by %(when)s has been deleted", when=ran)
    return for_staff(
        "Everything due for deletion by %(when)s has been deleted; %(requests)s since %(day)s",
        when=ran,
        requests=counted_for_staff("%(num)s request", "%(num)s requests", run.number),
        day=words.day(monday),
    )


def some(lines: Iterable[str]) -> list[str]:
    """Return as many lines as a mail lists; the page of the change has them all."""
    known = list(lines)
    more = len(known) - MOST_LINES
    rest = for_staff(
        "And %(number)s more. While it waits, the page of this change shows them all.", number=more
    )
    return [*known[:MOST_LINES], *([rest] if more > 0 else [])]


def _has_changes(casebook: Casebook, now: datetime) -> bool:
    return any(_sight_changes(casebook, now)) or any(_call_changes(casebook, now))


def _waits_for_coordinator(casebook: Casebook) -> bool:
    """Tell whether the newest files are fine and only a coordinator can put them in force."""
    waits = programs.not_in_force(casebook.store.read())
    if waits is None or waits.status is not VersionStatus.WAITS:
        return False
    return bool(open_report(casebook.seal, waits).sight)


def _sight_changes(casebook: Casebook, now: datetime) -> Iterator[str]:
    """Yield who would see more, and who does since the last digest, as the admins' files say."""
    db = casebook.store.read()
    waits, in_force = programs.not_in_force(db), programs.in_force(db)
    if waits is not None and waits.status is VersionStatus.WAITS:
        for gain in open_report(casebook.seal, waits).sight:
            yield for_staff("Waiting for a coordinator’s yes: %(what)s", what=gain.what)
    decided_at = in_force.decided_at if in_force else None
    if in_force and decided_at and decided_at >= _last_digest(casebook, now):
        by = casebook.program.person(in_force.decided_by)
        who = (
            for_staff("%(name)s agreed", name=by.name)
            if by
            else for_staff("put in force on the server, without a coordinator")
        )
        for gain in open_report(casebook.seal, in_force).sight:
            yield for_staff("In force, %(who)s: %(what)s", who=who, what=gain.what)


def _call_changes(casebook: Casebook, now: datetime) -> Iterator[str]:
    """Yield what changed since the last digest of whom requesters may call."""
    in_force = programs.in_force(casebook.store.read())
    since = _last_digest(casebook, now)
    for one in open_report(casebook.seal, in_force).told if in_force else ():
        if one.at >= since:
            yield one.what


def _last_digest(casebook: Casebook, now: datetime) -> datetime:
    """Return the time of the last digest: after a weekend, Friday."""
    program, at = casebook.program, now - timedelta(days=1)
    while not program.working.is_working_day(program.today(at)):
        at -= timedelta(days=1)
    return at
