"""What somebody's own page says: whether they are away, and what they would leave behind."""

from datetime import date, datetime

from casebook import attendance, standing_in
from casebook.casebook import Casebook
from engine import resting, talks
from pages.saying import REST, TAKE
from people.absences import Absence
from people.records import Person
from people.supporters import Readiness, Standing
from store import absences, cases, readiness
from store.cases import StoredCase
from workflow import words
from workflow.model import Case, OfferState


def facts(casebook: Casebook, person: Person, now: datetime) -> dict[str, object]:
    db, program = casebook.store.read(), casebook.program
    today, supporters = program.today(now), program.supporters
    coming = attendance.absence_of(db, program, person.id, today)
    is_reviewer = person.id in program.all_reviewers
    is_coordinator = person.id in program.all_coordinators
    about_supporting = _supporter_facts(casebook, person, now) if person.id in supporters else {}
    return about_supporting | {
        "name": person.name,
        "has_board": is_reviewer,
        "is_supporter": person.id in supporters,
        "absences": _absences(casebook, person.id, today),
        "is_away": coming is not None and coming.covers(today),
        "lonely": [
            loaded.case.reference
            for loaded in standing_in.lonely_cases(casebook, person.id, max(coming.first, today))
        ] if coming and is_coordinator else [],
    }  # fmt: skip


def _absences(casebook: Casebook, person: str, today: date) -> list[dict[str, object]]:
    """Return when somebody is away, now or later; what the files say only admins take back."""
    said = absences.declared(casebook.store.read()).get(person, ())
    written = attendance.written_in(casebook.program).get(person)
    known = [(one, False) for one in said] + ([(written, True)] if written else [])
    return [
        {
            "away": words.away(absence, today),
            "first": f"{absence.first}",
            "is_now": absence.covers(today),
            "is_in_files": is_in_files,
            "is_away_anyway": _is_away_anyway(absence, [one for one, _ in known], today),
        }
        for absence, is_in_files in sorted(known, key=lambda one: one[0].first)
        if not absence.is_over(today)
    ]


def _is_away_anyway(absence: Absence, known: list[Absence], today: date) -> bool:
    """Tell whether somebody who takes this absence back is away all the same, by another one."""
    last = today if absence.covers(today) else absence.last or date.max
    others = [one for one in known if one is not absence]
    return any(one.meets(max(absence.first, today), last) for one in others)


def _supporter_facts(casebook: Casebook, person: Person, now: datetime) -> dict[str, object]:
    """Return what a supporter said of how much they take on, and what they have open."""
    today, listed = casebook.program.today(now), casebook.program.supporters[person.id]
    said = readiness.declared(casebook.store.read()).get(person.id, Readiness())
    most = listed.capacity
    return {
        "not_asked": _not_asked(listed.status, said, today),
        "is_resting": not said.takes_new(today),
        "rests": {value: words.counted(weeks, "week") for value, weeks in REST.items()},
        "is_free": person.id not in resting.busy_supporters(casebook.store.read()),
        "takes": min(said.capacity or most, most),
        "may_take": {f"{TAKE}{number}": number for number in range(1, most + 1)},
        "open": [_line(casebook, one, person.id, now) for one in _open_with(casebook, person.id)],
    }  # fmt: skip


def _not_asked(status: Standing, said: Readiness, today: date) -> str:
    """Say why nothing new is asked of them; "" when it is. Only they themselves read it."""
    if said.is_paused:
        return "You are taking a pause."
    if said.rest_weeks:
        weeks = words.counted(said.rest_weeks, "week")
        return f"You rest from now on, until {weeks} after the support that you give now has ended."
    if said.rests_until and said.is_resting(today):
        return f"You rest until {words.day(said.rests_until)}."
    if status is not Standing.ACTIVE:
        return f"The program’s files say that you are {status}; an admin changes it there."
    return ""


def _open_with(casebook: Casebook, supporter: str) -> list[StoredCase]:
    """Return what a supporter is asked, or said yes to; nobody's identity is opened for it."""
    db = casebook.store.read()
    theirs = [case.reference for case in cases.open_cases(db) if _is_with(case, supporter)]
    return [stored for reference in theirs if (stored := cases.find(db, reference)) is not None]


def _is_with(case: Case, supporter: str) -> bool:
    offer = case.current_offer
    if offer is None or offer.supporter != supporter:
        return False
    # A question whose mail has not left can still be undone, as if it had never been.
    is_asked = offer.state is OfferState.OPEN and offer.sent_at is not None
    return is_asked or offer.state is OfferState.ACCEPTED


def _line(
    casebook: Casebook, stored: StoredCase, supporter: str, now: datetime
) -> dict[str, object]:
    case, offer = stored.case, stored.case.current_offer
    return {
        "reference": case.reference,
        "test_marker": words.test_marker(case),
        "state": words.OWN_STATE_WORDS[case.state],
        "may_talk": offer is not None and offer.state is OfferState.ACCEPTED,
        "told": talks.people_told_today(casebook, stored.id, supporter, now),
    }
