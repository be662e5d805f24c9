"""What invitations added."""

from store.engines.sqlite import SqliteDatabase
from store.schema.statements import run

INVITATIONS = (
    # `person` is the keyed hash of an address, `detail` is sealed. A number is never given twice:
    # a link that names one must never open another.
    """create table invitations (
        id integer primary key autoincrement,
        kind text not null,
        person text not null,
        detail text not null,
        revision integer not null default 0,
        remind_at text,
        ends_at text not null
    ) strict""",
    "create index invitations_of_person on invitations (person) where person > ''",
    "create index invitations_of_kind on invitations (kind)",
    "create index invitations_by_end on invitations (ends_at)",
    "create index invitations_to_remind on invitations (remind_at) where remind_at is not null",
    # Whom not to ask what: keyed hashes. Without a day it is for good.
    "create table refusals (hash text primary key, until text) strict",
    "create index refusals_by_end on refusals (until) where until is not null",
)


def invitations(db: SqliteDatabase) -> None:
    run(db, INVITATIONS)


STEPS = (invitations,)
