"""Links to give feedback by, and what was given: a link works once, an answer raises counters."""

import secrets
from collections.abc import Mapping
from datetime import date

from casebook.casebook import Casebook
from lib.secrets import one_time
from matching.fairness import quarter_of
from store.access.links import hash_of
from store.forgotten import feedback, tallies
from workflow.reports.feedback import ANSWERS, PURPOSE


def is_ours(casebook: Casebook, token: str) -> bool:
    """Tell whether a link asks for feedback, and may still be used."""
    until = valid_until(casebook, token)
    return until is not None and casebook.program.today(casebook.made_at) < until


def valid_until(casebook: Casebook, token: str) -> date | None:
    return one_time.valid_until(token, lambda text: casebook.keyed_hash(PURPOSE, text))


def record(casebook: Casebook, token: str, answers: Mapping[str, str]) -> bool:
    """Count answers, each by itself; False if this link was used before.

    Nothing else is stored: no moment, no case, and not which answers came together.
    """
    until, today = valid_until(casebook, token), casebook.program.today(casebook.made_at)
    if until is None:
        return False
    counted = [(what, value) for what, value in answers.items() if value in ANSWERS[what]]
    # In another order than they stand on the page: rows that are new lie in theirs.
    secrets.SystemRandom().shuffle(counted)
    with casebook.store.write() as db:
        if not feedback.use(db, hash_of(token), until):
            return False
        tallies.add(db, ((quarter_of(today), what, value) for what, value in counted))
    return True


def sweep(casebook: Casebook) -> None:
    """Drop the hashes of links that no longer count."""
    today = casebook.program.today(casebook.made_at)
    if feedback.has_over(casebook.store.read(), today):
        with casebook.store.write() as db:
            feedback.drop_over(db, today)
