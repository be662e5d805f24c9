"""The tables. Migrations run under the write lock because processes may start at once."""

import re

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store import database
from store.database import StorageUnsafe, Store
from store.keys import upgrade

migrations = Migrations("peer-support")

FIRST = (
    # Deliveries. Only `seen` remains when the case is forgotten.
    """create table deliveries (
        id integer primary key,
        seen text not null unique,
        way text,
        survey_id text,
        response_id text,
        received_at text,
        submitted_at text,
        kept_because text not null default '',
        body text,
        attempts integer not null default 0,
        next_at text,
        trouble text not null default '',
        came_again integer not null default 0,
        case_id integer
    ) strict""",
    "create index deliveries_due on deliveries (next_at) where next_at is not null",
    "create index deliveries_of_case on deliveries (case_id) where case_id is not null",
    "create index deliveries_kept on deliveries (survey_id, kept_because)"
    " where case_id is null and next_at is null",
    # One case is one document; the other columns are what loops and pages search by.
    """create table cases (
        id integer primary key,
        reference text not null unique,
        revision integer not null,
        version integer not null,
        document text not null,
        is_open integer not null,
        next_at text,
        forget_at text,
        held_at text
    ) strict""",
    "create index cases_due on cases (next_at) where next_at is not null",
    "create index cases_open on cases (id) where is_open = 1",
    "create index cases_to_forget on cases (forget_at) where forget_at is not null",
    """create table identities (
        case_id integer primary key references cases (id),
        sealed text not null
    ) strict""",
    """create table history (
        id integer primary key,
        case_id integer not null references cases (id),
        version integer not null,
        at text not null,
        event text not null,
        from_state text not null,
        to_state text not null,
        by_person text not null,
        by_role text not null,
        recorded_for text not null,
        document_before text
    ) strict""",
    "create index history_of_case on history (case_id, id)",
    """create table openings (
        id integer primary key,
        case_id integer not null references cases (id),
        at text not null,
        person text not null,
        what text not null
    ) strict""",
    "create index openings_of_case on openings (case_id)",
    """create table rankings (
        id integer primary key,
        case_id integer not null references cases (id),
        version integer not null,
        shown text not null
    ) strict""",
    "create index rankings_of_case on rankings (case_id)",
    # Mails to send and sent mails: names and ids, never an address, a text or a live link.
    """create table outbox (
        id integer primary key,
        occasion text not null unique,
        message_id text not null unique,
        email text not null,
        person text not null,
        role text not null,
        case_id integer references cases (id),
        version integer not null default 0,
        offer integer,
        event text not null default '',
        subject text not null default '',
        while_promise text not null default '',
        while_offer text not null default '',
        leaves_at text not null,
        next_at text,
        attempts integer not null default 0,
        done_at text,
        result text not null default ''
    ) strict""",
    "create index outbox_due on outbox (next_at) where next_at is not null",
    "create index outbox_of_case on outbox (case_id) where case_id is not null",
    # Troubles that are reported to the admins once a day.
    """create table alarms (
        occasion text primary key,
        trouble text not null,
        detail text not null,
        at text not null,
        told_at text
    ) strict""",
    "create index alarms_untold on alarms (at) where told_at is null",
    """create table tallies (
        quarter text not null,
        what text not null,
        value text not null,
        number integer not null,
        primary key (quarter, what, value)
    ) strict""",
    "create table secrets (name text primary key, sealed text not null) strict",
    "create table heartbeats (worker text primary key, at text not null) strict",
)


@migrations()
def first(db: Database) -> None:
    for statement in FIRST:
        db.execute(statement)


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


@migrations()
def reconciliation(db: Database) -> None:
    for statement in RECONCILIATION:
        db.execute(statement)


@migrations()
def doubles(db: Database) -> None:
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


@migrations()
def programs(db: Database) -> None:
    for statement in PROGRAMS:
        db.execute(statement)


ABSENCES = (
    # Absences that people declared on their own pages; deleted once they are over.
    """create table absences (
        person text primary key,
        first_day text not null,
        last_day text
    ) strict""",
    "create index absences_over on absences (last_day)",
    # When somebody last did something on their own page.
    "create table presences (person text primary key, at text not null) strict",
    "create index outbox_nudges on outbox (person, done_at) where email = 'review_nudge'",
    "create index history_by_person on history (by_person, at)",
    "create index openings_by_person on openings (person, at)",
)


@migrations()
def absences(db: Database) -> None:
    for statement in ABSENCES:
        db.execute(statement)


@migrations()
def failed_mails(db: Database) -> None:
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


@migrations()
def uses(db: Database) -> None:
    for statement in USES:
        db.execute(statement)


@migrations()
def readiness(db: Database) -> None:
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


@migrations()
def reasons(db: Database) -> None:
    """History records why a supporter was asked despite a caution."""
    db.execute("alter table history add column although text not null default ''")


@migrations()
def told_alarms(db: Database) -> None:
    """Find old alarms without reading all of them."""
    db.execute("create index alarms_told on alarms (told_at) where told_at is not null")


SILENCES = (
    # Since when people have not answered a reminder, so that they count as away.
    "create table silences (person text primary key, since text not null) strict",
    "drop index outbox_nudges",
    "create index outbox_reminders on outbox (done_at) where version = 0"
    " and email in ('review_nudge', 'contact_overdue', 'tell_by_phone')",
)


@migrations()
def silences(db: Database) -> None:
    for statement in SILENCES:
        db.execute(statement)


SEVERAL_ABSENCES = (
    # Somebody may be away now and have declared later absences too.
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


@migrations()
def several_absences(db: Database) -> None:
    for statement in SEVERAL_ABSENCES:
        db.execute(statement)


@migrations()
def declared_absences_only(db: Database) -> None:
    """Silence no longer makes anybody absent, so we no longer record who was seen or silent."""
    for statement in (
        "drop table presences",
        "drop table silences",
        "drop index outbox_reminders",
        "drop index history_by_person",
        "drop index openings_by_person",
        "delete from outbox where email = 'presumed_away'",
    ):
        db.execute(statement)


OCCASIONS = (
    # What a mail is sent for; `occasion` is the unique key that is made of it.
    "alter table outbox add column cause text not null default ''",
    "alter table outbox add column promise text not null default ''",
    "alter table outbox add column promise_began_at text",
    "alter table outbox add column moment text",
)
#: How an occasion was spelled of which these columns are made.
OF_REMINDER = re.compile(r"([^/]+)/([a-z_]+)/[^/]*/(\d[^/]+T[^/]+)/(\d[^/]+T[^/]+)/[a-z_]+/[^/]+")


@migrations()
def occasions(db: Database) -> None:
    """What waits to be sent is known by its promise; what was sent keeps its key."""
    for statement in OCCASIONS:
        db.execute(statement)
    waiting = db.execute(
        "select id, occasion, version, person from outbox where next_at is not null"
    ).fetchall()
    for row_id, occasion, version, person in waiting:
        of_reminder = OF_REMINDER.fullmatch(occasion) if version == 0 else None
        reference, _, _ = occasion.partition("/")
        cause = reference if version or of_reminder else occasion.removesuffix(f"/{person}")
        promise, began_at, moment = of_reminder.groups()[1:] if of_reminder else ("", None, None)
        db.execute(
            "update outbox set cause = ?, promise = ?, promise_began_at = ?, moment = ?"
            " where id = ?",
            [cause, promise, began_at, moment, row_id],
        )


SEARCHED = (
    # What rounds and pages ask for about all open cases, so that they need not read each document.
    "alter table cases add column department text not null default ''",
    "alter table cases add column state text not null default ''",
    "alter table cases add column is_test integer not null default 0",
    "alter table cases add column calls_in_vain integer not null default 0",
    # Who is asked now or said yes, and which of both.
    "alter table cases add column supporter text not null default ''",
    "alter table cases add column offer_state text not null default ''",
    # A damaged document stays as it is: people must look at it.
    """update cases set
        department = coalesce(json_extract(document, '$.facts.department'), ''),
        state = coalesce(json_extract(document, '$.state'), ''),
        is_test = coalesce(json_extract(document, '$.is_test'), 0),
        calls_in_vain = coalesce(json_extract(document, '$.calls_in_vain'), 0)
        where json_valid(document)""",
    *(
        f"""update cases set {column} = coalesce((
            select offer.value ->> '$.{field}'
            from json_each(iif(json_valid(document), document, '{{}}'), '$.offers') as offer
            where offer.value ->> '$.state' in ('open', 'accepted') order by offer.key limit 1
        ), '')"""  # noqa: S608 - our words
        for column, field in (("supporter", "supporter"), ("offer_state", "state"))
    ),
    "create index cases_by_supporter on cases (supporter, offer_state, is_test)"
    " where is_open = 1 and supporter > ''",
    "create index cases_by_department on cases (department, state, is_test, next_at)"
    " where is_open = 1",
    "create index cases_called_in_vain on cases (calls_in_vain) where is_open = 1"
    " and calls_in_vain > 0",
    # The fingerprint of the program in which it was found that somebody may see this case.
    "alter table cases add column seen_under text not null default ''",
    "create index cases_by_seen_under on cases (seen_under) where is_open = 1",
    # Keyed hashes of what two identities are recognized by; `hashed_by` names the rules, and an
    # identity that was hashed by others is compared by opening it.
    "alter table identities add column hashed_by text not null default ''",
    "create index identities_by_rules on identities (hashed_by)",
    """create table identity_hashes (
        hash text not null,
        case_id integer not null references cases (id),
        primary key (hash, case_id)
    ) strict, without rowid""",
    "create index identity_hashes_of_case on identity_hashes (case_id)",
)


@migrations()
def searched(db: Database) -> None:
    for statement in SEARCHED:
        db.execute(statement)


@migrations()
def failing_mails(db: Database) -> None:
    """Whose fault it is that mails fail shows in what the mail server accepts meanwhile."""
    db.execute("alter table outbox add column failing_since text")
    db.execute(
        "create table mail_server"
        " (id integer primary key check (id = 1), accepted_at text not null) strict"
    )


CLAIMS = (
    # Who has claimed it, while they work on it.
    "alter table outbox add column claimed_by text not null default ''",
    "alter table deliveries add column claimed_by text not null default ''",
    "create index outbox_claimed on outbox (claimed_by) where claimed_by > ''",
    "create index deliveries_claimed on deliveries (claimed_by) where claimed_by > ''",
)


@migrations()
def claims(db: Database) -> None:
    for statement in CLAIMS:
        db.execute(statement)


RETURNED_MAILS = (
    # A report that one of them was delayed on its way came after it had left.
    "alter table outbox add column delayed_at text",
    # When a mail left for the first time that came back.
    "alter table outbox add column returned_since text",
    # Reminders leave together as one mail: the Message-ID of that mail.
    "alter table outbox add column left_as text not null default ''",
    "create index outbox_left_as on outbox (left_as) where left_as > ''",
    # Whether other mails stayed where they were delivered.
    "create index outbox_sent on outbox (done_at) where result = 'sent'",
    # When the mailbox that mails come back to was last read, or should have been.
    """create table return_mailbox (
        id integer primary key check (id = 1),
        read_at text not null
    ) strict""",
    # Automatic answers of people on the program's side; `until` is a day that one names.
    """create table auto_replies (
        person text primary key,
        until text,
        counts_until text not null
    ) strict""",
)


@migrations()
def returned_mails(db: Database) -> None:
    for statement in RETURNED_MAILS:
        db.execute(statement)


@migrations()
def troubles(db: Database) -> None:
    """What a worker is in trouble with, in the words of /health."""
    db.execute("alter table heartbeats add column troubles text not null default ''")


@migrations()
def sealed(db: Database) -> None:
    """Documents, history, mails, ids and moments are sealed as identities are."""
    if not isinstance(db, database.Database):
        raise TypeError("Only a connection of our store can seal")
    upgrade.seal_everything(db)


@migrations(transactional=False)
def emptied(db: Database) -> None:
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
    # Sealed: it may be an address that somebody typed. The worker looks it up within seconds.
    "create table link_asks"
    " (id integer primary key, due_at text not null, wanted text not null) strict",
    "create index link_asks_due on link_asks (due_at)",
    # Keyed hashes of readers and networks, for a day.
    "create table link_counts (key text not null, at text not null) strict",
    "create index link_counts_by_key on link_counts (key, at)",
    "create index link_counts_by_time on link_counts (at)",
)


@migrations()
def access(db: Database) -> None:
    """Links and visits are on the server, so that they can be ended there."""
    for statement in ACCESS:
        db.execute(statement)


RESTORATIONS = """create table restorations (
    id integer primary key check (id = 1),
    copied_at text,
    restored_at text,
    released_at text
) strict"""


@migrations()
def restorations(db: Database) -> None:
    """When a copy was made, put back, and allowed to send what it holds back."""
    db.execute(RESTORATIONS)


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


@migrations()
def forgotten(db: Database) -> None:
    for statement in FORGOTTEN:
        db.execute(statement)


@migrations()
def passed_over(db: Database) -> None:
    # Whether the mail server accepted others since a mail failed: times are too coarse to tell.
    db.execute("alter table outbox add column passed_over integer not null default 0")


class NewerRelease(Exception):
    """A newer release wrote this database. Install that release; trying again does not help."""


def refuse_newer(store: Store) -> None:
    """Raise NewerRelease if the database has migrations that this release does not know."""
    ours = {step.name for step in migrations.pending(Database(memory=True))}
    steps = (step.name for step in migrations.applied(store.read()))
    newer = ", ".join(name for name in steps if name not in ours)
    if newer:
        raise NewerRelease(
            f"It comes from a newer release, which made {newer} in it: install that release"
        )


def is_ours(store: Store) -> bool:
    """Tell whether this is a database of this service, however old."""
    return bool(migrations.applied(store.read()))


def migrate(store: Store) -> list[str]:
    """Bring the database up to date; return the names of the migrations that ran."""
    with store.locked():
        db = store.read()
        refuse_newer(store)
        if db.execute("pragma journal_mode = wal").fetchone()[0] != "wal":
            raise StorageUnsafe("SQLite cannot keep a write-ahead log where the database lies")
        pending = [step.name for step in migrations.pending(db)]
        migrations.apply(db)
    if pending:
        store.checkpoint()
    return pending


def is_current(store: Store) -> bool:
    """Tell whether every migration has run."""
    return not migrations.pending(store.read())
