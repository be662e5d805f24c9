"""Whose turn it is, since when, and whether they know."""

from store.cases import HistoryLine
from store.database import stamp
from tests.simulation.chronicle import Record
from workflow.engine import Engine, Loaded
from workflow.model import Case, Event, Role, State
from workflow.table import step_for

E = Event
#: These leave it the turn of those whose turn it was.
ASIDE = {
    E.HANDED_OVER, E.TOLD, E.TOLD_APART, E.CONTACT_CORRECTED, E.MERGED, E.CALL_TAKEN, E.REFERRED,
}  # fmt: skip


def who_must_act(loaded: Loaded) -> tuple[Role, set[str]]:
    """Return who must act next by design."""
    case, offer = loaded.case, loaded.case.current_offer
    reviewers = {person.id for person in loaded.reviewing.reviewers}
    if case.state is State.IN_REVIEW or offer is None:
        return Role.REVIEWER, reviewers
    if case.state is State.OFFERED and offer.sent_at is None:
        return Role.REVIEWER, reviewers | {offer.supporter}
    return Role.SUPPORTER, {offer.supporter}


def turn_of(record: Record) -> HistoryLine:
    """Return the event since which it is their turn."""
    return next(line for line in reversed(record.standing) if line.event not in ASIDE)


def knows(engine: Engine, loaded: Loaded, turn: HistoryLine, role: Role, id: str) -> bool:
    """Tell whether somebody was mailed since it is their turn, or made it so themselves."""
    if turn.by_role == role or id in (turn.by_person, turn.recorded_for):
        return is_mailed(engine, loaded, id)
    return is_mailed(engine, loaded, id, since=turn)


def is_mailed(engine: Engine, loaded: Loaded, id: str, since: HistoryLine | None = None) -> bool:
    found = engine.store.read().execute(
        "select 1 from outbox where case_id = ? and person = ? and leaves_at >= ?"
        " and (result = 'sent' or next_at is not null) limit 1",
        [loaded.stored.id, id, stamp(since.at) if since else ""],
    )
    return has_address(engine, id) and found.fetchone() is not None


def has_address(engine: Engine, id: str) -> bool:
    person = engine.program.person(id)
    return person is not None and "@" in person.email


def helps(case: Case, event: Event, role: Role) -> bool:
    """Tell whether an event of this role leads on: to another state, or to a new promise."""
    step = step_for(case, event, role)
    return step is not None and step.to is not None and (
        step.to is not case.state or step.promise is not None
    )  # fmt: skip
