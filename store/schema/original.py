"""The tables as the first release had them."""

from store.engines.sqlite import SqliteDatabase
from store.schema.statements import run

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


def first(db: SqliteDatabase) -> None:
    run(db, FIRST)


STEPS = (first,)
