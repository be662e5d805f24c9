"""What sealing, links, restoring and forgetting added."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime

from store import database
from store.engines.sqlite import SqliteDatabase
from store.keys import upgrade
from store.schema.statements import run
from store.sealing import CannotOpen


def sealed(db: SqliteDatabase) -> None:
    """Documents, history, mails, ids and moments are sealed as identities are."""
    if not isinstance(db, SqliteDatabase):
        raise TypeError("Only a connection of our store can seal")
    upgrade.seal_everything(db)


def emptied(db: SqliteDatabase) -> None:
    """No free page of the file still has what the one before sealed. Safe to repeat."""
    db.execute("vacuum")


ACCESS = (
    # By the hash of the token; a case that is forgotten takes its links and visits with it.
    # `detail` is sealed, `person` a pseudonym.
    """create table links (
        hash text primary key,
        person text not null,
        case_id integer references cases (id),
        detail text not null,
        expires_on text not null,
        is_revoked integer not null default 0
    ) strict""",
    "create index links_of_case on links (case_id) where case_id is not null",
    "create index links_of_person on links (person)",
    "create index links_by_expiry on links (expires_on)",
    """create table visits (
        hash text primary key,
        person text not null,
        case_id integer references cases (id),
        detail text not null,
        started_at text not null,
        used_at text not null,
        expires_at text not null
    ) strict""",
    "create index visits_of_case on visits (case_id) where case_id is not null",
    "create index visits_of_person on visits (person)",
    "create index visits_by_expiry on visits (expires_at)",
    # Sealed: it may be an address that someone typed. The worker looks it up within seconds.
    "create table link_asks"
    " (id integer primary key, due_at text not null, wanted text not null) strict",
    "create index link_asks_due on link_asks (due_at)",
    # Keyed hashes of readers and networks, for a day.
    "create table link_counts (key text not null, at text not null) strict",
    "create index link_counts_by_key on link_counts (key, at)",
    "create index link_counts_by_time on link_counts (at)",
)


def access(db: SqliteDatabase) -> None:
    """Links and visits are on the server, so that they can be ended there."""
    run(db, ACCESS)


RESTORATIONS = """create table restorations (
    id integer primary key check (id = 1),
    copied_at text,
    restored_at text,
    released_at text
) strict"""


def restorations(db: SqliteDatabase) -> None:
    """When a copy was made, put back, and allowed to send what it holds back."""
    db.execute(RESTORATIONS)


#: Visits last half an hour, so people who are on a page open their link again.
UNJOINED = (
    "drop table visits",
    "create table visits"
    " (hash text primary key, detail text not null, expires_at text not null) strict",
    "create index visits_by_expiry on visits (expires_at)",
    "alter table outbox drop column person",
)

FORGOTTEN = (
    # A hold on everything, without a reason.
    "create table hold_on_all"
    " (id integer primary key check (id = 1), held_at text not null) strict",
    # How many requests were forgotten in the week that begins on a Monday, and when last.
    "create table forgettings (week text primary key, number integer not null) strict",
    # What Qualtrics may still have: the ids of a form and of a response, sealed as they were.
    """create table copies (
        id integer primary key,
        survey_id text not null,
        response_id text not null,
        forgotten_on text not null,
        attempts integer not null default 0,
        next_at text not null
    ) strict""",
    "create index copies_due on copies (next_at)",
    "create index copies_by_day on copies (forgotten_on)",
    "create table last_forgetting"
    " (id integer primary key check (id = 1), ran_at text not null) strict",
)


def forgotten(db: SqliteDatabase) -> None:
    run(db, FORGOTTEN)


def passed_over(db: SqliteDatabase) -> None:
    # Whether the mail server accepted others since a mail failed: times are too coarse to tell.
    db.execute("alter table outbox add column passed_over integer not null default 0")


def compaction(db: SqliteDatabase) -> None:
    # The day on which the file was last rewritten; none while it must be.
    db.execute(
        "create table compaction (id integer primary key check (id = 1), done_on text not null)"
        " strict"
    )


def add_kept_for(db: database.Database) -> None:
    """Add for how many seconds a closed case is kept: of those that are there, in whole days."""
    db.execute("alter table cases add column kept_for integer")
    db.execute("create index cases_kept_longer on cases (kept_for) where kept_for is not null")
    rows = db.execute(
        "select id, reference, document, forget_at from cases where forget_at is not null"
    ).fetchall()
    for id, reference, sealed, forget_at in rows:
        # What nobody can read keeps its day.
        with suppress(CannotOpen, KeyError, TypeError, ValueError):
            document = json.loads(db.seal.open("cases.document", reference, sealed))
            closed_on = datetime.fromisoformat(document["closed_at"]).astimezone(UTC).date()
            days = (date.fromisoformat(forget_at[:10]) - closed_on).days
            db.execute("update cases set kept_for = ? where id = ?", [days * 24 * 3600, id])


STEPS = (
    sealed,
    emptied,
    access,
    restorations,
    forgotten,
    passed_over,
    compaction,
)
