"""What a mail is sent for once: in columns, under one key, also for what waits at an upgrade."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from store import outbox
from store.database import Database, stamp
from store.engines.sqlite import SqliteStore
from store.migrations import Upgrading, migrate, migrations
from store.outbox import Outgoing
from store.sealing import Seal
from tests.fresh import DATA_KEY
from tests.world import MONDAY
from workflow.model import PromiseKind

LEASE = timedelta(minutes=25)
BEGAN, MOMENT = MONDAY, MONDAY + timedelta(hours=24)
NUDGE = Outgoing(
    "PS-7K3QF", "one", "review_nudge", "jordan-reyes", "reviewer", None, 0, MOMENT,
    while_promise=PromiseKind.REVIEW, promise=PromiseKind.REVIEW,
    promise_began_at=BEGAN, moment=MOMENT,
)  # fmt: skip
#: Mails as they are now, by the occasion that the service wrote when it was all there was.
BEFORE = {
    f"PS-7K3QF/review//{BEGAN.isoformat()}/{MOMENT.isoformat()}/review_nudge/jordan-reyes": NUDGE,
    f"PS-7K3QF/tell/matched/{BEGAN.isoformat()}/{MOMENT.isoformat()}/tell_by_phone/jordan-reyes": (
        replace(NUDGE, email="tell_by_phone", subject="matched", while_promise=PromiseKind.TELL,
                promise=PromiseKind.TELL)
    ),
    "PS-7K3QF/3/offer//amara-okafor": Outgoing(
        "PS-7K3QF", "one", "offer", "amara-okafor", "supporter", None, 3, MOMENT, offer=1
    ),
    "PS-7K3QF/cover/2026-11-24/jordan-reyes": Outgoing(
        "PS-7K3QF/cover/2026-11-24", "one", "taken_over", "jordan-reyes", "reviewer", None, 0,
        MOMENT,
    ),
    "PS-7K3QF/3/matched//requester/failed/jordan-reyes": Outgoing(
        "PS-7K3QF/3/matched//requester/failed", "one", "tell_by_phone", "jordan-reyes", "reviewer",
        None, 0, MOMENT, subject="matched", while_promise=PromiseKind.TELL,
    ),
    "digest/2026-11-24/jordan-reyes": Outgoing(
        "digest/2026-11-24", "one", "digest", "jordan-reyes", "", None, 0, MOMENT
    ),
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "peer-support.db", Seal([DATA_KEY]))


def upgraded(store: SqliteStore) -> None:
    migrate(store)


def take(store: SqliteStore, now: datetime = MOMENT) -> Outgoing | None:
    with store.write() as db:
        claimed = outbox.claim(db, now, LEASE, by="")
    return claimed.mail if claimed else None


def written_before(db: Database, occasion: str, mail: Outgoing) -> None:
    """Queue a mail as the service did when its occasion was all there was."""
    row = {"occasion": occasion, "leaves_at": stamp(mail.leaves_at), "offer": mail.offer} | {
        name: getattr(mail, name)
        for name in ("message_id", "email", "person", "role", "version", "subject", "while_promise")
    }
    names = ", ".join(row)
    db.execute(
        f"insert into outbox (next_at, {names})"  # noqa: S608 - our words
        f" values (:leaves_at, {', '.join(f':{name}' for name in row)})",
        row,
    )


@pytest.mark.parametrize("occasion", BEFORE)
def test_what_waits_at_an_upgrade_leaves_as_what_it_is(store: SqliteStore, occasion: str) -> None:
    migrations.apply(Upgrading(store.read()), stop_before="occasions")
    written_before(store.read(), occasion, BEFORE[occasion])

    upgraded(store)

    with store.write() as db:  # Planned again by the new service.
        outbox.add(db, [replace(BEFORE[occasion], message_id="two")])
    assert take(store) == BEFORE[occasion]
    assert take(store) is None


@pytest.mark.parametrize("occasion", BEFORE)
def test_what_was_sent_before_an_upgrade_is_not_sent_again(
    store: SqliteStore, occasion: str
) -> None:
    migrations.apply(Upgrading(store.read()), stop_before="occasions")
    written_before(store.read(), occasion, BEFORE[occasion])
    store.read().execute("update outbox set next_at = null, result = 'sent'")

    upgraded(store)

    with store.write() as db:
        outbox.add(db, [replace(BEFORE[occasion], message_id="two")])
    assert take(store) is None


def test_a_mail_comes_back_as_it_was_queued_to_the_microsecond(store: SqliteStore) -> None:
    upgraded(store)
    exact = replace(NUDGE, promise_began_at=BEGAN + timedelta(microseconds=123_456))
    with store.write() as db:
        outbox.add(db, [exact])
    assert take(store) == exact


def test_each_moment_of_a_promise_and_each_reader_is_an_occasion_of_its_own(
    store: SqliteStore,
) -> None:
    upgraded(store)
    others = (
        NUDGE,
        replace(NUDGE, moment=MOMENT + timedelta(hours=24)),
        replace(NUDGE, promise_began_at=BEGAN + timedelta(hours=1)),
        replace(NUDGE, promise=PromiseKind.REVIEW_AGAIN),
        replace(NUDGE, email="nobody_answered"),
        replace(NUDGE, subject="delayed"),
        replace(NUDGE, person="priya-nair"),
        replace(NUDGE, cause="PS-22222"),
        replace(NUDGE, moment=None, version=4),
        replace(NUDGE, moment=None),
    )
    with store.write() as db:
        outbox.add(db, [replace(mail, message_id=f"{n}") for n, mail in enumerate(others * 2)])
    assert store.read().execute("select count(*) from outbox").fetchone()[0] == len(others)
