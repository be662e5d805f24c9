"""Cover: who reviews for absent coordinators, and which cases or departments no one covers."""

from datetime import date, datetime

from casebook import attendance
from casebook.casebook import Casebook, Loaded
from lib.languages.said import for_staff
from people.absences import Absence, away_on
from workflow import words
from workflow.model import OfferState


def uncovered_cases(casebook: Casebook, person: str, day: date) -> list[Loaded]:
    """Return someone's cases of departments whose other coordinators are all away on a day.

    Whether another one is barred must not show: whoever says that they leave could look.
    """
    program = casebook.program
    gone = away_on(day, attendance.all_absences(casebook.store.read(), program)) | {person}
    return [
        loaded
        for loaded in casebook.open_cases()
        if gone.issuperset(program.coordinators_of(loaded.case.facts.department))
        and any(person == p.id for p in (*loaded.reviewing.reviewers, *loaded.reviewing.away))
    ]


def gaps_in_words(casebook: Casebook, now: datetime) -> list[str]:
    """Say which departments, or the deputies, would have no one in the days ahead."""
    today = casebook.program.today(now)
    return [
        for_staff(
            "%(whose)s: no one can review from %(first)s until %(last)s",
            whose=gap.whose,
            first=words.day(gap.first),
            last=words.day(gap.last),
        )
        if gap.last
        else for_staff(
            "%(whose)s: no one can review from %(first)s, for more than two weeks",
            whose=gap.whose,
            first=words.day(gap.first),
        )
        for gap in attendance.gaps_ahead(casebook.store.read(), casebook.program, today)
    ]


def is_covering(casebook: Casebook, loaded: Loaded, person: str) -> bool:
    """Tell whether someone reviews a case only because its coordinators are away."""
    coordinators = casebook.program.coordinators_of(loaded.case.facts.department)
    return person not in coordinators and any(p.id in coordinators for p in loaded.reviewing.away)


def covered_since(casebook: Casebook, loaded: Loaded, now: datetime) -> date | None:
    """Return the day since which others cover a case; None while a coordinator is here."""
    program, reviewing = casebook.program, loaded.reviewing
    here = {person.id for person in reviewing.reviewers}
    if not any(is_covering(casebook, loaded, person) for person in here):
        return None
    # While one deputy is here, it does not matter which other deputies are away.
    others = {*program.coordinators_of(loaded.case.facts.department)}
    others |= set() if here.intersection(program.duties.deputies) else {*program.duties.deputies}
    days = attendance.away_since(casebook.store.read(), program, now)
    since = (days.get(p.id, program.today(now)) for p in reviewing.away if p.id in others)
    return max(*since, program.today(loaded.case.submitted_at))


def supporter_absence(casebook: Casebook, loaded: Loaded, now: datetime) -> Absence | None:
    """Return the matched supporter's absence if it has begun or begins tomorrow."""
    offer = loaded.case.current_offer
    if offer is None or offer.state is not OfferState.ACCEPTED:
        return None
    today = casebook.program.today(now)
    absence = attendance.absence_of(casebook.store.read(), casebook.program, offer.supporter, today)
    return absence if absence is not None and absence.is_near(today) else None


def reviews(loaded: Loaded, person: str) -> bool:
    return any(person == reviewer.id for reviewer in loaded.reviewing.reviewers)
