"""Drop what only taking a decision back needed, once its time is over."""

import logging
from dataclasses import replace
from datetime import datetime

from casebook.casebook import Casebook
from lib.faults import where
from people.not_wanted import without_settled
from people.records import Identity
from store import cases, identities
from store.record import history
from store.record.documents import UNREADABLE
from store.record.history import HistoryLine
from workflow.model import Event

log = logging.getLogger(__name__)


def settle(casebook: Casebook, now: datetime) -> None:
    """Settle the decisions that can no longer be undone, except for cases on hold."""
    until = now - casebook.program.times.undo_window
    for row_id, case_id, line in history.settled(casebook.store.read(), until):
        try:
            _settle(casebook, row_id, case_id, line)
        except UNREADABLE as error:
            log.error("History row %s is not settled: %s", row_id, where(error))


def _settle(casebook: Casebook, row_id: int, case_id: int, line: HistoryLine) -> None:
    """Delete the request as it was; after a first contact, also what the requester wrote."""
    with casebook.store.write() as db:
        history.forget_before(db, row_id)
        stored, sealed = cases.get(db, case_id), identities.sealed_of(db, case_id)
        if line.event != Event.CONTACTED or stored is None or not sealed:
            return
        reference = stored.case.reference
        own = casebook.opened(sealed, reference)
        if own.note or own.unread or own.settled:
            # A page that read the identity before must not store the text again.
            cases.save(db, stored, stored.case, casebook.forget_at(stored.case))
            left = casebook.sealed(_without_words(own), reference)
            identities.seal(db, case_id, left)


def _without_words(own: Identity) -> Identity:
    return without_settled(replace(own, note="", unread=()))
