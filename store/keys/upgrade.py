"""Seal what a release stored in clear that sealed only identities."""

import json
import secrets
from contextlib import suppress
from datetime import datetime
from typing import Any

from store.database import stamp_minute
from store.engines.sqlite import SqliteDatabase
from store.sealing import CannotOpen

HISTORY = """create table sealed_history (
    id integer primary key,
    case_id integer not null references cases (id),
    version integer not null,
    detail text not null,
    document_before text,
    mentions text not null default ''
) strict"""
OPENINGS = """create table sealed_openings (
    id integer primary key,
    case_id integer not null references cases (id),
    detail text not null
) strict"""
#: Of a mail that is done only the day, in clear, and the moment, sealed, are kept.
OUTBOX = """create table sealed_outbox (
    id integer primary key,
    occasion text not null unique,
    message text not null unique,
    detail text not null,
    person text not null default '',
    case_id integer references cases (id),
    version integer not null default 0,
    leaves_at text,
    next_at text,
    attempts integer not null default 0,
    failing_since text,
    claimed_by text not null default '',
    done_on text,
    done_at text,
    result text not null default '',
    delayed_at text,
    returned_since text,
    left_as text not null default ''
) strict"""
INDEXES = (
    "create index history_of_case on history (case_id, id)",
    "create index history_mentioning on history (mentions) where mentions > ''",
    "create index openings_of_case on openings (case_id)",
    "create index outbox_due on outbox (next_at) where next_at is not null",
    "create index outbox_of_case on outbox (case_id) where case_id is not null",
    "create index outbox_failed on outbox (done_on) where result in ('undeliverable', 'given up')",
    "create index outbox_claimed on outbox (claimed_by) where claimed_by > ''",
    "create index outbox_left_as on outbox (left_as) where left_as > ''",
    "create index outbox_sent on outbox (done_on) where result = 'sent'",
    "create index outbox_returned on outbox (done_on) where returned_since is not null",
    "create index outbox_of_no_case on outbox (done_on) where case_id is null",
    "create index cases_mentioning on cases (mentions) where mentions > ''",
)
#: Columns that were sealed before, with the moment of sealing in clear.
SEALED_BEFORE = (
    ("identities", "sealed"),
    ("deliveries", "body"),
    ("rankings", "shown"),
    ("programs", "said"),
    ("programs", "files"),
    ("secrets", "sealed"),
)
#: Columns with ids, and the names of their pseudonyms.
IDS = (
    ("cases", "department", "cases.department"),
    ("cases", "supporter", "cases.supporter"),
    ("deliveries", "survey_id", "deliveries.survey_id"),
    ("tallies", "value", "tallies.value"),
    ("matches", "supporter", "uses.supporter"),
    ("asked", "supporter", "uses.supporter"),
    ("readiness", "supporter", "readiness.supporter"),
    ("absences", "person", "absences.person"),
    ("auto_replies", "person", "auto_replies.person"),
    ("programs", "decided_by", "programs.decided_by"),
)
OF_LINE = (
    "version", "at", "event", "from_state", "to_state", "by_person", "by_role", "recorded_for",
    "other", "although",
)  # fmt: skip
OF_MAIL = (
    "cause", "message_id", "email", "person", "role", "case_id", "version", "leaves_at", "offer",
    "event", "subject", "while_promise", "while_offer", "promise", "promise_began_at", "moment",
)  # fmt: skip


def seal_everything(db: SqliteDatabase) -> None:
    """Seal all that is stored, in the transaction of a migration: all of it, or nothing."""
    db.execute(
        "insert into secrets (name, sealed) values ('pepper', ?) on conflict do nothing",
        [db.seal.wrap(secrets.token_hex(32))],
    )
    # A later step seals all of this together with its place, the pepper included.
    pepper = db.execute("select sealed from secrets where name = 'pepper'").fetchone()[0]
    db.pepper = db.seal.unwrap(pepper)
    db.execute("alter table cases add column mentions text not null default ''")
    for statement in (HISTORY, OPENINGS, OUTBOX):
        db.execute(statement)
    for seal in (_seal_cases, _seal_history, _seal_openings, _seal_outbox, _seal_deliveries,
                 _seal_alarms):  # fmt: skip
        seal(db)
    for table, column, name in IDS:
        _disguise(db, table, column, name)
    for table, column in SEALED_BEFORE:
        _reseal(db, table, column)
    for table in ("history", "openings", "outbox"):
        db.execute(f"drop table {table}")
        db.execute(f"alter table sealed_{table} rename to {table}")
    for statement in INDEXES:
        db.execute(statement)


def _rows(db: SqliteDatabase, table: str) -> list[dict[str, Any]]:
    found = db.execute(f"select rowid as row_id, * from {table} order by rowid")  # noqa: S608 - our names
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _seal_cases(db: SqliteDatabase) -> None:
    for row in _rows(db, "cases"):
        at = row["next_at"]
        db.execute(
            "update cases set document = ?, next_at = ?, forget_at = ?, held_at = ?, mentions = ?"
            " where id = ?",
            [
                db.seal.wrap(row["document"]),
                stamp_minute(datetime.fromisoformat(at)) if at else None,
                row["forget_at"] and row["forget_at"][:10],
                row["held_at"] and row["held_at"][:10],
                _mentions(db, *_mentioned_by(row["document"])),
                row["id"],
            ],
        )


def _seal_history(db: SqliteDatabase) -> None:
    for row in _rows(db, "history"):
        before = row["document_before"]
        mentioned = (row["other"], *(_mentioned_by(before) if before else ()))
        db.execute(
            "insert into sealed_history values (?, ?, ?, ?, ?, ?)",
            [
                row["id"],
                row["case_id"],
                row["version"],
                db.seal.wrap(json.dumps({name: row[name] for name in OF_LINE})),
                db.seal.wrap(before) if before else None,
                _mentions(db, *mentioned),
            ],
        )


def _seal_openings(db: SqliteDatabase) -> None:
    for row in _rows(db, "openings"):
        detail = db.seal.wrap(json.dumps([row["at"], row["person"], row["what"]]))
        db.execute(
            "insert into sealed_openings values (?, ?, ?)", [row["id"], row["case_id"], detail]
        )


def _seal_outbox(db: SqliteDatabase) -> None:
    for row in _rows(db, "outbox"):
        is_waiting, done_at = row["next_at"] is not None, row["done_at"]
        db.execute(
            f"insert into sealed_outbox values ({', '.join('?' * 18)})",  # noqa: S608 - our names
            [
                row["id"],
                db.hash("occasion", row["occasion"]),
                db.hash("message", row["message_id"]),
                db.seal.wrap(json.dumps({name: row[name] for name in OF_MAIL})),
                db.pseudonyms.of("outbox.person", row["person"] if is_waiting else ""),
                row["case_id"],
                row["version"],
                row["leaves_at"] if is_waiting else None,
                row["next_at"],
                row["attempts"],
                row["failing_since"] if is_waiting else None,
                row["claimed_by"],
                done_at and done_at[:10],
                _sealed(db, done_at),
                row["result"],
                _sealed(db, row["delayed_at"]),
                _sealed(db, row["returned_since"]),
                db.hash("message", row["left_as"]) if row["left_as"] else "",
            ],
        )


def _sealed(db: SqliteDatabase, text: str | None) -> str | None:
    return db.seal.wrap(text) if text else None


def _seal_deliveries(db: SqliteDatabase) -> None:
    for row in _rows(db, "deliveries"):
        if row["response_id"] is None:
            continue
        is_case, at = row["case_id"] is not None, row["submitted_at"]
        db.execute(
            "update deliveries set response_id = ?, received_at = ?, submitted_at = ? where id = ?",
            [
                db.seal.wrap(row["response_id"]),
                None if is_case else row["received_at"],
                db.seal.wrap(at) if at and not is_case else None,
                row["id"],
            ],
        )


def _seal_alarms(db: SqliteDatabase) -> None:
    for row in _rows(db, "alarms"):
        trouble, detail, day = row["trouble"], row["detail"], row["at"][:10]
        db.execute(
            "update alarms set occasion = ?, detail = ?, at = ?, told_at = ? where rowid = ?",
            [
                db.hash("alarm", trouble, detail, day),
                db.seal.wrap(json.dumps([detail, row["at"]])),
                day,
                row["told_at"] and row["told_at"][:10],
                row["row_id"],
            ],
        )


def _disguise(db: SqliteDatabase, table: str, column: str, name: str) -> None:
    """Replace the ids of a column by their pseudonyms."""
    found = db.execute(f"select distinct {column} from {table} where {column} > ''").fetchall()  # noqa: S608 - our names
    for (id,) in found:
        db.execute(
            f"update {table} set {column} = ? where {column} = ?",  # noqa: S608 - our names
            [db.pseudonyms.of(name, id), id],
        )


def _reseal(db: SqliteDatabase, table: str, column: str) -> None:
    """Seal again what shows the moment of its sealing; what no key opens stays as it is."""
    for row in _rows(db, table):
        if row[column] is None:
            continue
        with suppress(CannotOpen):
            sealed = db.seal.wrap(db.seal.unwrap(row[column]))
            db.execute(f"update {table} set {column} = ? where rowid = ?", [sealed, row["row_id"]])  # noqa: S608 - our names


def _mentioned_by(document: str) -> tuple[str, ...]:
    """Return the references of other cases in a document; none in a damaged one."""
    try:
        case = json.loads(document)
    except ValueError:
        return ()
    lists = (*case.get("told_apart", ()), *case.get("took_in", ()))
    return (*lists, case["goes_on_as"]) if case.get("goes_on_as") else lists


def _mentions(db: SqliteDatabase, *references: str) -> str:
    return " ".join(sorted({db.hash("mention", one) for one in references if one}))
