"""What a row of the matrix came to: what was lost, given up, late, and sent twice."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from store import outbox
from store.outbox import Outgoing
from tests.faults.stage import Stage
from workflow.model import OfferState

#: Who must hear of each request.
READERS = {outbox.REQUESTER, "jordan-reyes", "priya-nair"}
LATE, TOO_LATE = timedelta(seconds=5), timedelta(seconds=60)
GIVEN_UP = ("undeliverable", "given up")


@dataclass(frozen=True)
class Account:
    """One row of the table, and whether it is as it must be."""

    what: str
    submissions: int
    acknowledged: int
    lost: int
    given_up: int
    late: int
    latest: timedelta
    #: The e-mail that took longest, if it was late.
    latest_mail: str
    copies: int
    #: How many copies are inevitable: one for each kill, or reply that never came.
    may_be_copied: int
    alarms: str
    #: What the row had to show besides, and did not.
    missed: str = ""

    @property
    def is_good(self) -> bool:
        is_in_time = self.latest <= TOO_LATE
        is_whole = not (self.lost or self.given_up or self.missed)
        return is_whole and is_in_time and self.copies <= self.may_be_copied


def account(
    stage: Stage,
    what: str,
    *,
    may_be_copied: int = 0,
    refused: Collection[str] = (),
    alarm: str | None = None,
) -> Account:
    """Count what became of a stage; `refused` are people whose mailbox does not exist.

    `alarm` is the word that /health had to say; None if it may say anything.
    """
    delays = list(_delays(stage))
    latest, which = max(delays, default=(timedelta(), ""))
    ids = Counter(str(mail.parsed["Message-ID"]) for mail in stage.mailbox.messages)
    silent = alarm is not None and alarm not in stage.alarms
    return Account(
        what,
        len(stage.submitted),
        stage.acknowledged,
        _lost_requests(stage) + _lost_mails(stage, refused),
        _given_up(stage, refused),
        sum(delay > LATE for delay, _ in delays),
        latest,
        which if latest > LATE else "",
        ids.total() - len(ids),
        may_be_copied,
        ", ".join(stage.alarms) or "–",
        f"no alarm {alarm}" if silent else "",
    )


def failed(name: str, error: Exception) -> Account:
    """Return the line of a row that could not be played to its end."""
    return Account(name, 0, 0, 0, 0, 0, timedelta(), "", 0, 0, "–", f"failed: {error!r}")


def _lost_requests(stage: Stage) -> int:
    """Count submissions that did not become exactly one request."""
    found = Counter(
        id for id, case in stage.rows("deliveries", "response_id", "case_id") if case is not None
    )
    wrong = sum(found[id] != 1 for id in stage.submitted)
    return wrong + abs(stage.count("cases") - len(stage.submitted))


def _lost_mails(stage: Stage, refused: Collection[str]) -> int:
    """Count who never heard of a request, and mails that wait or that nobody received."""
    accepted = _accepted_at(stage)
    told, wrong = set(), 0
    for mail, key, result in _mails(stage):
        if result == "sent" and key in accepted:
            told.add((mail.case_id, mail.person))
        elif result == "sent":
            wrong += 1
        elif result not in GIVEN_UP and not result.startswith("dropped"):
            wrong += result != outbox.PUT_OFF and mail.leaves_at <= stage.now()
    ids = [case for (case,) in stage.rows("cases", "id")]
    readers = READERS - set(refused)
    return wrong + sum((case, person) not in told for case in ids for person in readers)


def _given_up(stage: Stage, refused: Collection[str]) -> int:
    """Count mails and offers that ended, except those to whom nobody can mail."""
    mails = sum(
        result in GIVEN_UP and mail.person not in refused for mail, _, result in _mails(stage)
    )
    casebook = stage.engine.casebook
    offers = [o for r in stage.references for o in casebook.load(r).case.offers]
    return mails + sum(offer.state is OfferState.UNDELIVERABLE for offer in offers)


def _delays(stage: Stage) -> Iterator[tuple[timedelta, str]]:
    """Yield how long each mail took, and its name: since it could leave or the fault was over.

    What begins a request counts from the moment at which the service could know of it, what a
    killed worker held from its death.
    """
    accepted = _accepted_at(stage)
    response_of = {c: r for r, c in stage.rows("deliveries", "response_id", "case_id")}
    begun = set[tuple[int | None, str]]()
    for mail, key, _ in _mails(stage):
        at, known_at = accepted.get(key), stage.submitted.get(response_of.get(mail.case_id, ""))
        is_new = mail.person in READERS and (mail.case_id, mail.person) not in begun
        is_first = known_at is not None and is_new
        begun.add((mail.case_id, mail.person))
        wanted_at = known_at if is_first and known_at else mail.leaves_at
        deaths = [died_at for died_at in stage.held.get(key, ()) if at and died_at < at]
        if at is not None and deaths:
            yield at - deaths[-1], mail.email
        elif at is not None and (is_first or not stage.was_wrong):
            yield at - _possible_at(stage, wanted_at, at), mail.email


def _possible_at(stage: Stage, wanted_at: datetime, at: datetime) -> datetime:
    """Return when a mail that was accepted at a moment could have left.

    That is never before the end of a fault, nor in the middle of a jump of our clock.
    """
    if any(began <= at <= end for began, end in stage.faults):
        return at
    ends = [end for _, end in stage.faults if wanted_at <= end <= at]
    jumps = [end for began, end in stage.jumps if began <= wanted_at <= end]
    return min(max([wanted_at, *ends, *jumps]), at)


def _mails(stage: Stage) -> Iterator[tuple[Outgoing, str, str]]:
    """Yield each mail of the outbox, the hash of the Message-ID it left under, and its result."""
    rows = stage.rows("outbox", "message", "left_as", "result")
    for mail, (message, left_as, result) in zip(stage.queue, rows, strict=True):
        yield mail, left_as or message, result


def _accepted_at(stage: Stage) -> dict[str, datetime]:
    """Return when each mail was first accepted, by the hash of its Message-ID."""
    db = stage.store.read()
    found = dict[str, datetime]()
    for mail in stage.mailbox.messages:
        id = str(mail.parsed["Message-ID"]).strip("<> ").partition("@")[0]
        found.setdefault(outbox.message_hash(db, id), mail.arrived_at)
    return found
