"""How many mails people get: by role and kind, and about a request that nothing disturbs."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from demo.mailbox import StoredMessage
from store.outbox import message_hash
from tests import disk
from tests.simulation.alone import alone, quick_folder
from tests.simulation.chronicle import Record
from tests.simulation.post import QUEUED
from tests.simulation.requesters import MONTH
from tests.simulation.year import DAY, Year
from tests.world import living
from workflow.model import Event

E = Event
#: Who gets mails, most mails first; anybody else is a requester.
COORDINATOR, SUPPORTER, REQUESTER = "coordinator", "supporter", "requester"
DEPUTY, OUTSIDE, ADMIN, PAGER = "deputy", "outside person", "admin", "pager"
ROLES = (COORDINATOR, SUPPORTER, REQUESTER, DEPUTY, OUTSIDE, ADMIN, PAGER)
#: In an undisturbed request nothing else happens, and each step before anybody is reminded of it.
AS_PLANNED = {
    E.SUBMITTED: timedelta(hours=24),
    E.OFFERED: timedelta(hours=12),
    E.ACCEPTED: timedelta(hours=24),
    E.CONTACTED: timedelta(days=14),
    E.CONTINUED: timedelta(days=14),
    E.COMPLETED: timedelta.max,
}
#: A Sunday at 2 AM in New York.
SUNDAY = datetime(2026, 11, 29, 7, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Sent:
    """One mail: when, to whom, what, and about which request, "" for none."""

    at: datetime
    person: str
    role: str
    email: str
    reference: str


@dataclass
class Counting(Year):
    """A year that notes each mail as it arrives."""

    sent: list[Sent] = field(default_factory=list)

    def _new_mails(self) -> list[StoredMessage]:
        mails = super()._new_mails()
        self.sent += [self._noted(mail) for mail in mails]
        return mails

    def _noted(self, mail: StoredMessage) -> Sent:
        db = self.service.store.read()
        row = db.execute(
            "select detail, coalesce(reference, '') from outbox"
            " left join cases on cases.id = case_id where message = ?",
            [message_hash(db, _stem(mail))],
        ).fetchone()
        if row is None:
            person = mail.recipients[0]
            return Sent(mail.arrived_at, person, role_of(self, person), "forgotten since", "")
        queued, reference = QUEUED.validate_json(disk.text_of(db.seal, row[0])), row[1]
        role = role_of(self, queued.person)
        return Sent(mail.arrived_at, queued.person, role, queued.email, reference)


def _stem(mail: StoredMessage) -> str:
    """Return the part of the Message-ID that the outbox knows."""
    return str(mail.parsed["Message-ID"]).strip("<>").partition("@")[0]


def role_of(year: Year, person: str) -> str:
    program = year.service.engine.program
    duties = program.duties
    found = {
        COORDINATOR: set(program.all_coordinators),
        DEPUTY: set(duties.deputies),
        OUTSIDE: {duties.outside_person},
        ADMIN: set(duties.admins),
        SUPPORTER: set(program.supporters),
    }
    if person.startswith("ring-"):
        return PAGER
    return next((role for role, people in found.items() if person in people), REQUESTER)


Table = list[tuple[str, ...]]


def count(seed: int, rate: float, days: int) -> tuple[Table, ...]:
    """Simulate, and return the tables: all mails, undisturbed requests, an urgent Sunday."""
    with quick_folder() as folder, alone(Path(folder), seed) as service:
        year = Counting(service, random.Random(seed), rate, days * DAY, lambda text: None)
        year.run()
        return by_kind(year), undisturbed(year), sunday()


def by_kind(year: Counting) -> Table:
    """Return how many of each kind of mail a role gets in a month, all its people together."""
    months, counts = year.length / MONTH, Counter((s.role, s.email) for s in year.sent)
    rows: Table = [("role", "mail", "a month", "each")]
    for role in ROLES:
        people = len({s.person for s in year.sent if s.role == role})
        kinds = {email: n for (whose, email), n in counts.items() if whose == role}
        for email in sorted(kinds, key=lambda one: -kinds[one]):
            n = kinds[email] / months
            rows.append((role, email, f"{n:.1f}", f"{n / people:.2f}"))
    return rows


def is_undisturbed(record: Record) -> bool:
    if record.case.is_open or not {line.event for line in record.lines} <= AS_PLANNED.keys():
        return False
    steps = pairwise(record.lines)
    return all(after.at - line.at < AS_PLANNED[E(line.event)] for line, after in steps)


def undisturbed(year: Counting) -> Table:
    """Return how many mails about one undisturbed request each role gets, and the most to one.

    The digests are shared out over all requests, also those that were disturbed.
    """
    calm = {r.reference for r in year.chronicle.records.values() if is_undisturbed(r)}
    digests = Counter(s.person for s in year.sent if s.email == "digest")
    rows: Table = [(f"{len(calm)} undisturbed requests", "mails", "most to one")]
    for role in ROLES:
        each = Counter((s.reference, s.person) for s in year.sent
                       if s.role == role and s.reference in calm)  # fmt: skip
        if each:
            rows.append((role, f"{each.total() / max(1, len(calm)):.2f}", f"{max(each.values())}"))
    mean = sum(digests.values()) / max(1, len(digests)) / len(year.chronicle.records)
    return [*rows, ("digests of one reader for each request", f"{mean:.2f}", "")]


def sunday() -> Table:
    """Return who gets how many mails of an urgent request in 24 hours in which nobody acts."""
    with quick_folder() as folder, living(Path(folder)) as world:
        world.clock.now = SUNDAY
        world.submit(QID12=3)
        world.work()
        reference = world.only_case().reference
        while world.clock.now < SUNDAY + DAY:
            world.until_handled(reference)
        people = Counter(mail.recipients[0] for mail in world.mailbox.messages)
    total = ("all", f"{people.total()}")
    return [("an urgent Sunday", "mails"), *((to, f"{n}") for to, n in people.items()), total]
