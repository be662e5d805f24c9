"""What loops, pages and mail search by without reading documents."""

import re

from store.engines.sqlite import SqliteDatabase
from store.schema.statements import run

OCCASIONS = (
    # What a mail is sent for; `occasion` is the unique key that is made of it.
    "alter table outbox add column cause text not null default ''",
    "alter table outbox add column promise text not null default ''",
    "alter table outbox add column promise_began_at text",
    "alter table outbox add column moment text",
)
#: How an occasion was spelled of which these columns are made.
OF_REMINDER = re.compile(r"([^/]+)/([a-z_]+)/[^/]*/(\d[^/]+T[^/]+)/(\d[^/]+T[^/]+)/[a-z_]+/[^/]+")


def occasions(db: SqliteDatabase) -> None:
    """What waits to be sent is known by its promise; what was sent keeps its key."""
    run(db, OCCASIONS)
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
    # The fingerprint of the program in which it was found that someone may see this case.
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


def searched(db: SqliteDatabase) -> None:
    run(db, SEARCHED)


def failing_mails(db: SqliteDatabase) -> None:
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


def claims(db: SqliteDatabase) -> None:
    run(db, CLAIMS)


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


def returned_mails(db: SqliteDatabase) -> None:
    run(db, RETURNED_MAILS)


def troubles(db: SqliteDatabase) -> None:
    """What a worker is in trouble with, in the words of /health."""
    db.execute("alter table heartbeats add column troubles text not null default ''")


STEPS = (
    occasions,
    searched,
    failing_mails,
    claims,
    returned_mails,
    troubles,
)
