"""What somebody's own page says: whether they are away, and what they would leave behind."""

from datetime import datetime

from store import absences
from workflow import attendance, covering, words
from workflow.absences import next_of
from workflow.engine import Engine
from workflow.model import Person


def facts(engine: Engine, person: Person, now: datetime) -> dict[str, object]:
    db, program = engine.store.read(), engine.program
    today = now.astimezone(program.zone).date()
    said, written = absences.said(db).get(person.id), attendance.written_in(program).get(person.id)
    coming = next_of([span for span in (said, written) if span is not None], today)
    is_away = coming is not None and coming.covers(today)
    is_reviewer = person.id in program.all_reviewers
    is_coordinator = person.id in program.all_coordinators
    return {
        "name": person.name,
        "has_board": is_reviewer,
        "is_supporter": person.id in program.supporters,
        "away": words.away(coming, today) if coming else "",
        "is_away": is_away,
        "is_in_files": written is not None and coming == written,
        "is_presumed": person.id in attendance.presumed(db, program, now),
        "lonely": [
            loaded.case.reference for loaded in covering.lonely_cases(engine, person.id)
        ] if coming and is_coordinator else [],
    }  # fmt: skip
