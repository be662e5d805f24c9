"""For monitors: whether the process is alive, and whether someone must look."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from lib.version import VERSION
from pages.context import casebook
from program import Program, ProgramError
from store import cases, deliveries, identities, outbox, programs, reconciliations, workers
from store.copies import restorations
from store.database import ERRORS, LARGE_LOG, StorageUnsafe, Store
from store.forgotten import proof
from store.mail import returned
from store.mail import server as mail_server
from store.sealing import CannotOpen, NotMigrated, Seal, pepper

bp = Blueprint("health", __name__)

#: How old each thing may be before someone must look.
LATEST_BEAT = timedelta(minutes=2)
LATEST_DELIVERY = timedelta(minutes=30)
LATEST_MAIL = timedelta(minutes=30)
LATEST_MOMENT = timedelta(minutes=5)
TRY_WRITING_EVERY = timedelta(minutes=1)
#: The admins were mailed at once; after this, someone else must tell them.
LATEST_FILES = timedelta(days=1)
LATEST_READING = timedelta(hours=1)
#: A whole day after the day on which a request was due, and its last mails had a day to leave.
LATEST_FORGETTING = timedelta(days=2, hours=1)

#: Every word that may be wrong.
WORDS = ("worker_last_round", "oldest_unread_delivery", "oldest_unsent_mail",
         "oldest_undone_moment", "files", "return_mailbox", "forgetting", "reconciliation",
         "mail_settings", "mail_server", "write_ahead_log", "program", "restored_held", "keys",
         "writing", "rounds", "database")  # fmt: skip


@dataclass
class Writing:
    """Whether this process can write: tried once a minute at most, and taken back each time."""

    tried_at: datetime | None = None
    works: bool = True

    def is_possible(self, store: Store, now: datetime) -> bool:
        if self.tried_at is None or abs(now - self.tried_at) >= TRY_WRITING_EVERY:
            self.tried_at, self.works = now, workers.can_beat(store, now)
        return self.works


def _opens(store: Store, seal: Seal) -> bool:
    """Tell whether the keys open the pepper and the newest identity."""
    db = store.read()
    try:
        pepper(db, seal)
        if (newest := identities.newest(db)) is not None:
            seal.unwrap(newest)
    except (CannotOpen, NotMigrated):
        return False
    return True


def _inabilities(store: Store, now: datetime) -> Iterator[str]:
    """Yield what the service needs and cannot do now."""
    parts = current_app.extensions
    if not _opens(store, parts["seal"]):
        yield "keys"
    if not parts.setdefault("writing", Writing()).is_possible(store, now):
        yield "writing"
    # What only a worker can tell; one that is silent is reported as such.
    yield from sorted(workers.troubles(store.read(), now - LATEST_BEAT))


@bp.get("/alive")
def alive() -> ResponseReturnValue:
    """Answer 200 while this process can read the database."""
    try:
        cases.is_readable(current_app.extensions["store"].read())
    except (*ERRORS, OSError, StorageUnsafe):
        return {"alive": False}, 503
    return {"alive": True}


def usable_program() -> Program | None:
    """Return the program in force; None when it cannot be used."""
    with suppress(ProgramError, CannotOpen, NotMigrated):
        return casebook().program
    return None


def _compared_since(store: Store, program: Program | None, now: datetime) -> datetime | None:
    """Return the moment up to which we compared with Qualtrics; None where we do not."""
    has_api = current_app.extensions["settings"].has_api
    if program is None or not has_api or not program.times.reconcile_every:
        return None
    return reconciliations.compared_since(store.read(), program.forms, now)


def _read_at(store: Store) -> datetime | None:
    """Return when the mailbox was read that mails come back to; None where none is."""
    is_read = bool(current_app.extensions["settings"].bounces_url)
    return returned.last_reading(store.read()) if is_read else None


@dataclass(frozen=True)
class Findings:
    """What is wrong, in single words, and the ages in seconds that everyone may know."""

    wrong: list[str]
    ages: dict[str, int | None] = field(default_factory=dict)


@bp.get("/health")
def health() -> ResponseReturnValue:
    """Answer with the version, what is wrong, and ages in seconds; 503 if something is wrong."""
    found = findings()
    answer = {"version": VERSION, "ages": found.ages, "wrong": found.wrong}
    return answer, 503 if found.wrong else 200


def findings() -> Findings:
    """Check everything that someone must look into when it is wrong."""
    try:
        return _found()
    except (*ERRORS, OSError, StorageUnsafe):
        return Findings(["database"])


def _found() -> Findings:
    store: Store = current_app.extensions["store"]
    now: datetime = current_app.extensions["clock"]()
    db, program = store.read(), usable_program()
    ages = {
        "worker_last_round": (workers.last_beat(db), LATEST_BEAT),
        "oldest_unread_delivery": (
            deliveries.oldest_waiting(db, now - LATEST_DELIVERY),
            LATEST_DELIVERY,
        ),
        "oldest_unsent_mail": (outbox.oldest_waiting(db, now), LATEST_MAIL),
        "oldest_undone_moment": (cases.oldest_due(db, now), LATEST_MOMENT),
        "files": (programs.unsettled_since(db), LATEST_FILES),
        "return_mailbox": (_read_at(store), LATEST_READING),
        "forgetting": (proof.oldest_due(db), LATEST_FORGETTING),
        "reconciliation": (_compared_since(store, program, now), reconciliations.TOO_LONG),
    }
    wrong = [name for name, (at, limit) in ages.items() if at is not None and now - at > limit]
    if ages["worker_last_round"][0] is None:
        wrong.append("worker_last_round")
    if mail_server.is_refusing(db) or returned.is_everything_returned(db, now):
        wrong.append("mail_settings")
    if store.log_bytes() > LARGE_LOG:
        wrong.append("write_ahead_log")
    if program is None:
        wrong.append("program")
    if restorations.holding(db) is not None:
        wrong.append("restored_held")
    wrong += _inabilities(store, now)
    # The age of recent work would reveal when someone submitted or was mailed, so only ages that
    # are too old are shown. Those of the worker's rounds reveal nothing.
    public = {"worker_last_round", *wrong}
    seconds = {
        name: int((now - at).total_seconds()) if at is not None and name in public else None
        for name, (at, _) in ages.items()
    }
    return Findings(wrong, seconds)
