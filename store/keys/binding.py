"""Seal with its place what an earlier release sealed without one, or with another."""

import json
from contextlib import suppress

from store.database import Database
from store.sealing import PEPPER, PEPPER_NAME, CannotOpen

OF_CASE = "(select reference from cases where cases.id = case_id)"
#: Every column that was sealed then, and the key of its row that seals are bound to now.
KEYS = (
    ("secrets.sealed", "name"),
    ("identities.sealed", OF_CASE),
    ("cases.document", "reference"),
    ("history.detail", "case_id"),
    ("history.document_before", OF_CASE),
    ("openings.detail", "case_id"),
    ("rankings.shown", "case_id || '/' || version"),
    ("outbox.detail", "occasion"),
    ("outbox.done_at", "id"),
    ("outbox.delayed_at", "id"),
    ("outbox.returned_since", "id"),
    ("deliveries.response_id", "seen"),
    ("deliveries.submitted_at", "seen"),
    ("deliveries.body", "seen"),
    ("copies.response_id", "survey_id"),
    ("alarms.detail", "occasion"),
    ("programs.said", "fingerprint"),
    ("programs.files", "fate || '/' || fingerprint"),
    ("links.detail", "hash"),
    ("visits.detail", "hash"),
    ("link_asks.wanted", "''"),
    ("reports.said", "period"),
    ("invitations.detail", "id"),
)
#: What earlier releases bound to one key, in the first line: links, visits, names, history.
FIRST_LINE = ("identities.sealed", "history.detail", "openings.detail", "links.detail",
              "visits.detail")  # fmt: skip
JSON = ("{", "[")


def bind_everything(db: Database) -> None:
    """Seal everything again with its place, once, in the transaction of a migration.

    It changes nothing where that is done: anyone who can write the database may make it run again.
    """
    sealed = "select sealed from secrets where name = ?"
    (pepper,) = db.execute(sealed, [PEPPER_NAME]).fetchone()
    with suppress(CannotOpen):
        db.seal.open(PEPPER, PEPPER_NAME, pepper)
        return
    for column, key in KEYS:
        _bind(db, column, key)
    _part(db)


def _part(db: Database) -> None:
    """Keep pseudonyms from showing who may open which request."""
    rows = db.execute(
        "select hash, case_id, detail from links where case_id is not null"
    ).fetchall()
    for hash, case_id, detail in rows:
        with suppress(CannotOpen):
            person = json.loads(db.seal.open("links.detail", hash, detail))["person"]
            pseudonym = db.pseudonyms.of("links.person", f"{case_id}/{person}")
            db.execute("update links set person = ? where hash = ?", [pseudonym, hash])
    # Visits last half an hour: people who were on a page open their link again.
    db.execute("delete from visits")


def _bind(db: Database, column: str, key: str) -> None:
    table, _, name = column.partition(".")
    rows = db.execute(
        f"select rowid, {key}, {name} from {table} where {name} is not null"  # noqa: S608 - our names
    ).fetchall()
    for row_id, of_row, sealed in rows:
        # What no key opens stays as it is, and so does what was put into another's place.
        with suppress(CannotOpen):
            text = _text(column, str(of_row), db.seal.unwrap(sealed))
            db.execute(
                f"update {table} set {name} = ? where rowid = ?",  # noqa: S608 - our names
                [db.seal.close(column, of_row, text), row_id],
            )


def _text(column: str, key: str, text: str) -> str:
    """Return a text without the place that an earlier release gave it."""
    if text.partition("/")[0] in dict(KEYS):
        raise CannotOpen("It has its place already")
    if column not in FIRST_LINE or text.startswith(JSON):
        return text
    of_place, _, rest = text.partition("\n")
    if of_place != key:
        raise CannotOpen("What is sealed belongs elsewhere")
    return rest
