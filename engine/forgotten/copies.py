"""Have Qualtrics delete what it keeps of forgotten requests, until it confirms that."""

import logging
from datetime import UTC, datetime, time, timedelta

from casebook.casebook import Casebook
from qualtrics.api.client import Client, QualtricsError
from store import alarms
from store.forgotten import copies
from store.forgotten.copies import Copy
from store.record import holds
from store.sealing import CannotOpen

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(days=1)
#: What must be deleted by hand is looked at so often: the files may say otherwise by then.
LOOKED_AT_EVERY = timedelta(days=1)
#: What Qualtrics still has after this long is reported to the admins, whatever the reason.
TOO_LONG = timedelta(days=3)
#: The name of the alarm.
STAYS = "copy_stays"


def delete_due(casebook: Casebook, client: Client | None, now: datetime) -> bool:
    """Ask Qualtrics to delete what is due; return whether there was something."""
    db = casebook.store.read()
    due = [] if holds.all_held_since(db) else copies.due(db, now)
    for row_id in due:
        try:
            copy = copies.get(db, row_id)
        except CannotOpen as error:
            log.error("Copy %s of a forgotten request cannot be opened: %s", row_id, error)
            _report(casebook, "", now)
            _postpone(casebook, row_id, now + LONGEST_WAIT)
            continue
        if copy is not None:
            _delete(casebook, client, copy, now)
    return bool(due)


def _delete(casebook: Casebook, client: Client | None, copy: Copy, now: datetime) -> None:
    survey = casebook.program.forms.get(copy.survey_id)
    if client is None or survey is None or not survey.delete_in_qualtrics:
        _postpone(casebook, copy.id, now + LOOKED_AT_EVERY)
        return
    # Before the call: another worker leaves it alone, and a crash does not repeat it at once.
    _postpone(casebook, copy.id, now + _wait(copy.attempts), attempts=1)
    try:
        client.delete_response(copy.survey_id, copy.response_id)
    except QualtricsError as error:
        log.warning("Copy %s of a forgotten request stays in Qualtrics: %s", copy.id, error)
        forgotten_at = datetime.combine(copy.forgotten_on, time(), UTC)
        if not error.is_transient or now - forgotten_at > TOO_LONG:
            _report(casebook, copy.survey_id, now)
        return
    with casebook.store.write() as db:
        copies.drop(db, [copy.id])


def _report(casebook: Casebook, survey_id: str, now: datetime) -> None:
    """Tell the admins that a copy stays, at most once a day for each survey."""
    with casebook.store.write() as db:
        alarms.sound(db, STAYS, survey_id, now)


def _postpone(casebook: Casebook, row_id: int, until: datetime, attempts: int = 0) -> None:
    with casebook.store.write() as db:
        copies.postpone(db, row_id, until, attempts)


def _wait(attempts: int) -> timedelta:
    """Return 1, 2, 4 … minutes, up to a day."""
    doubled: timedelta = FIRST_WAIT * 2 ** min(attempts, 12)
    return min(doubled, LONGEST_WAIT)
