"""What reconciliation, the files, absences and readiness added."""

from store.engines.sqlite import SqliteDatabase
from store.schema.statements import run

RECONCILIATION = (
    # When the last successful reconciliation began, and when the next one is due.
    """create table reconciliations (
        survey_id text primary key,
        accept_from text not null,
        first_at text not null,
        began_at text,
        next_at text not null
    ) strict""",
    # Why the webhook took a delivery for a test; later news does not make it a request.
    "alter table deliveries add column mark text not null default ''",
    # How many requests arrived by which way, so that admins see whether the webhook works.
    """create table arrivals (
        week text not null,
        survey_id text not null,
        way text not null,
        number integer not null,
        primary key (week, survey_id, way)
    ) strict""",
)


def reconciliation(db: SqliteDatabase) -> None:
    run(db, RECONCILIATION)


def doubles(db: SqliteDatabase) -> None:
    """History names the other case when two were compared."""
    db.execute("alter table history add column other text not null default ''")


#: Versions of the admins' folder. `said` and `files` are sealed; `files` are kept for the version
#: in force and for the one that waits for a confirmation.
PROGRAMS = (
    """create table programs (
        id integer primary key autoincrement,
        fingerprint text not null,
        fate text not null,
        at text not null,
        said text not null,
        files text,
        decided_at text,
        decided_by text not null default '',
        decision text not null default ''
    ) strict""",
    "create unique index programs_in_force on programs (fate) where fate = 'in_force'",
    "create index programs_by_fate on programs (fate)",
    "create index programs_by_fingerprint on programs (fingerprint)",
)


def programs(db: SqliteDatabase) -> None:
    run(db, PROGRAMS)


ABSENCES = (
    # Absences that people declared on their own pages; deleted once they are over.
    """create table absences (
        person text primary key,
        first_day text not null,
        last_day text
    ) strict""",
    "create index absences_over on absences (last_day)",
    # When someone last did something on their own page.
    "create table presences (person text primary key, at text not null) strict",
    "create index outbox_nudges on outbox (person, done_at) where email = 'review_nudge'",
    "create index history_by_person on history (by_person, at)",
    "create index openings_by_person on openings (person, at)",
)


def absences(db: SqliteDatabase) -> None:
    run(db, ABSENCES)


def failed_mails(db: SqliteDatabase) -> None:
    """Let the digest count the mails that were given up without reading all of them."""
    db.execute(
        "create index outbox_failed on outbox (done_at)"
        " where result in ('undeliverable', 'given up')"
    )


USES = (
    # How often each supporter was matched, and when they were last asked, as coarse as possible.
    """create table matches (
        supporter text not null,
        quarter text not null,
        number integer not null,
        primary key (supporter, quarter)
    ) strict""",
    "create table asked (supporter text primary key, month text not null) strict",
)


def uses(db: SqliteDatabase) -> None:
    run(db, USES)


def readiness(db: SqliteDatabase) -> None:
    """What supporters declared on their own pages about how much they take on, never why."""
    db.execute(
        """create table readiness (
            supporter text primary key,
            is_paused integer not null,
            rest_weeks integer,
            rests_until text,
            capacity integer
        ) strict"""
    )


def reasons(db: SqliteDatabase) -> None:
    """History records why a supporter was asked despite a caution."""
    db.execute("alter table history add column although text not null default ''")


def told_alarms(db: SqliteDatabase) -> None:
    """Find old alarms without reading all of them."""
    db.execute("create index alarms_told on alarms (told_at) where told_at is not null")


SILENCES = (
    # Since when people have not answered a reminder, so that they count as away.
    "create table silences (person text primary key, since text not null) strict",
    "drop index outbox_nudges",
    "create index outbox_reminders on outbox (done_at) where version = 0"
    " and email in ('review_nudge', 'contact_overdue', 'tell_by_phone')",
)


def silences(db: SqliteDatabase) -> None:
    run(db, SILENCES)


SEVERAL_ABSENCES = (
    # Someone may be away now and have declared later absences too.
    """create table several_absences (
        person text not null,
        first_day text not null,
        last_day text,
        primary key (person, first_day)
    ) strict""",
    "insert into several_absences select person, first_day, last_day from absences",
    "drop table absences",
    "alter table several_absences rename to absences",
    "create index absences_over on absences (last_day)",
)


def several_absences(db: SqliteDatabase) -> None:
    run(db, SEVERAL_ABSENCES)


def declared_absences_only(db: SqliteDatabase) -> None:
    """Silence no longer makes anyone absent, so we no longer record who was seen or silent."""
    statements = (
        "drop table presences",
        "drop table silences",
        "drop index outbox_reminders",
        "drop index history_by_person",
        "drop index openings_by_person",
        "delete from outbox where email = 'presumed_away'",
    )
    run(db, statements)


STEPS = (
    reconciliation,
    doubles,
    programs,
    absences,
    failed_mails,
    uses,
    readiness,
    reasons,
    told_alarms,
    silences,
    several_absences,
    declared_absences_only,
)
