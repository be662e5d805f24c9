"""Find responses that Qualtrics has and we do not, and store them as deliveries."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from engine.engine import Engine
from qualtrics.answers import judge
from qualtrics.api.client import Client, Progress, QualtricsError
from qualtrics.api.exports import BrokenResponse, Entry, ExportedResponse, FileError, read_export
from qualtrics.survey import FormMap
from store import alarms, deliveries, reconciliations, sealing
from store.copies import restorations
from store.copies.restorations import Restoration
from store.deliveries import RECONCILIATION, Known
from store.reconciliations import Claimed

#: Windows overlap, since a response may appear in an export some time after it was recorded.
OVERLAP = timedelta(hours=1)
#: Longer than an export may take.
LEASE = timedelta(minutes=15)
#: An unreadable response in an export keeps the window open at most this long.
BROKEN_LONGEST = timedelta(days=1)
#: A response that is younger than this may still be on its way to our webhook.
ON_ITS_WAY = timedelta(minutes=2)
AT_ONCE = 200


class Finding(StrEnum):
    """What we find about one response of an export."""

    NEW = "never came"
    LATE = "came unfinished"
    WAITING = "waited to be read"
    KNOWN = "known"
    KEPT = "kept"
    EARLY = "before the program"


@dataclass
class Findings:
    """How many responses of an export had each finding, and which could not be read."""

    counts: dict[Finding, int] = field(default_factory=dict)
    #: New responses that a working webhook would have brought.
    missed: int = 0
    broken: list[BrokenResponse] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values()) + len(self.broken)

    @property
    def in_words(self) -> str:
        counted = [f"{number} {finding}" for finding, number in self.counts.items()]
        counted += [f"{len(self.broken)} broken"] if self.broken else []
        return ", ".join(counted) or "nothing recorded"


@dataclass(frozen=True)
class Found:
    """A response of an export and the finding about it."""

    response: ExportedResponse
    seen: str
    finding: Finding
    kept_because: str = ""
    submitted_at: datetime | None = None
    is_test: bool = False


#: Called with each response, in the order of the file.
Watch = Callable[[Found | BrokenResponse], None]


def _unwatched(found: Found | BrokenResponse) -> None:
    """Do nothing: no one is watching."""


def take_in(
    engine: Engine,
    survey: FormMap,
    entries: Iterable[Entry],
    way: str,
    clock: Callable[[], datetime],
    *,
    is_dry_run: bool = False,
    watch: Watch = _unwatched,
) -> Findings:
    """Store new responses of an export as deliveries; the worker makes cases of them."""
    pepper = sealing.pepper(engine.store.read(), engine.casebook.seal)
    findings, entries = Findings(), iter(entries)
    restored = restorations.latest(engine.store.read())
    while batch := list(islice(entries, AT_ONCE)):
        now = clock()
        found = list(_compared(engine, survey, pepper, batch))
        if not is_dry_run:
            _store(engine, survey, [f for f in found if isinstance(f, Found)], way, now)
        for one in found:
            _count(findings, one, now, restored)
            watch(one)
    return findings


def _compared(
    engine: Engine, survey: FormMap, pepper: str, batch: list[Entry]
) -> Iterator[Found | BrokenResponse]:
    seen = {
        entry.response_id: sealing.keyed_hash(pepper, survey.id, entry.response_id)
        for entry in batch
        if isinstance(entry, ExportedResponse)
    }
    known = deliveries.known(engine.store.read(), list(seen.values()))
    for entry in batch:
        if isinstance(entry, BrokenResponse):
            yield entry
        else:
            yield _judged(survey, entry, seen[entry.response_id], known)


def _judged(
    survey: FormMap, response: ExportedResponse, seen: str, known: Mapping[str, Known]
) -> Found:
    before = known.get(seen)
    if before is not None and (before.is_settled or (before.mark and not survey.rehearsal)):
        return Found(response, seen, Finding.KNOWN)
    judged = judge(survey, response.values, response.labels)
    found = Found(
        response, seen, Finding.NEW, judged.kept_because, judged.submitted_at, judged.is_test
    )
    if before is not None and before.kept_because == judged.kept_because != "":
        return replace(found, finding=Finding.KNOWN)
    if judged.kept_because:
        is_early = judged.kept_because == Finding.EARLY
        return replace(found, finding=Finding.EARLY if is_early else Finding.KEPT)
    if before is not None:
        return replace(found, finding=Finding.LATE if before.kept_because else Finding.WAITING)
    return found


def _store(engine: Engine, survey: FormMap, batch: list[Found], way: str, now: datetime) -> None:
    wanted = [found for found in batch if found.finding != Finding.KNOWN]
    bodies = [None if found.kept_because else _answers(found.response) for found in wanted]
    if not wanted:
        return
    with engine.store.write() as db:
        for found, body in zip(wanted, bodies, strict=True):
            deliveries.add(
                db,
                seen=found.seen,
                way=way,
                survey_id=survey.id,
                response_id=found.response.response_id,
                received_at=now,
                # A body says itself when it was submitted.
                submitted_at=None if body else found.submitted_at,
                kept_because=found.kept_because,
                body=body,
            )


def _answers(response: ExportedResponse) -> str:
    return json.dumps({"answers": response.values, "labels": response.labels})


def _count(
    findings: Findings, found: Found | BrokenResponse, now: datetime, restored: Restoration | None
) -> None:
    if isinstance(found, BrokenResponse):
        findings.broken.append(found)
        return
    findings.counts[found.finding] = findings.counts.get(found.finding, 0) + 1
    recorded_at = found.response.recorded_at or now
    is_real = found.finding == Finding.NEW and not found.is_test
    # What came before was delivered, to the database that is lost.
    is_ours = restored is None or recorded_at >= restored.restored_at
    if is_real and is_ours and now - recorded_at >= ON_ITS_WAY:
        findings.missed += 1


# Reconciliation: the same with an export that we ask for


def reconcile(
    engine: Engine,
    client: Client,
    survey: FormMap,
    clock: Callable[[], datetime],
    *,
    is_asked_for: bool = False,
    progress: Progress | None = None,
    watch: Watch = _unwatched,
) -> Findings | None:
    """Compare a survey with what Qualtrics recorded since the last time; None if it is not due.

    Raises QualtricsError when Qualtrics refuses, or FileError when its file is damaged. The next
    reconciliation then begins where the last successful one began.
    """
    now = clock()
    with engine.store.write() as db:
        claimed = reconciliations.claim(
            db,
            survey.id,
            survey.accept_from,
            now,
            now + LEASE,
            latest_moment(engine, now),
            is_asked_for,
        )
    if claimed is None:
        return None
    try:
        since = _since(survey, claimed, now)
        content = client.export(survey.id, since, now, progress or (lambda status: None))
        if not content:
            raise FileError("it is empty")
        findings = take_in(engine, survey, read_export(content), RECONCILIATION, clock, watch=watch)
    except (QualtricsError, FileError) as error:
        _postpone(engine, claimed, error, now)
        raise
    _finish(engine, claimed, findings, now)
    return findings


def latest_moment(engine: Engine, now: datetime) -> datetime:
    """Return the latest moment that can be planned; a later one comes from a wrong clock."""
    return now + max(engine.program.times.reconcile_every, LEASE)


def is_overdue(engine: Engine, now: datetime, longest: timedelta) -> bool:
    """Tell whether nothing was compared for this long, so that people must compare by hand."""
    if not engine.program.times.reconcile_every:
        return True
    forms = engine.program.forms
    return now - reconciliations.compared_since(engine.store.read(), forms, now) > longest


def _since(survey: FormMap, claimed: Claimed, now: datetime) -> datetime:
    """Return where to begin: where the last one began, and never before `accept_from`."""
    first = survey.accept_from_moment
    # A wrong clock may have stored a beginning in the future.
    return max(first, min(claimed.began_at, now) - OVERLAP) if claimed.began_at else first


def _finish(engine: Engine, claimed: Claimed, findings: Findings, now: datetime) -> None:
    """Move the window on, or keep it open for a while if something in it could not be read."""
    next_at = now + engine.program.times.reconcile_every
    is_held = findings.broken and now - (claimed.began_at or claimed.first_at) < BROKEN_LONGEST
    with engine.store.write() as db:
        if findings.missed:
            alarms.sound(db, "missed", claimed.survey_id, now)
        if findings.broken:
            alarms.sound(db, "export_broken", claimed.survey_id, now)
        if is_held:
            reconciliations.postpone(db, claimed.survey_id, next_at)
        else:
            reconciliations.finish(db, claimed, now, next_at)


def _postpone(engine: Engine, claimed: Claimed, error: Exception, now: datetime) -> None:
    trouble = _trouble(error, now - (claimed.began_at or claimed.first_at))
    with engine.store.write() as db:
        reconciliations.postpone(db, claimed.survey_id, now + engine.program.times.reconcile_every)
        if trouble:
            alarms.sound(db, trouble, claimed.survey_id, now)


def _trouble(error: Exception, compared: timedelta) -> str:
    """Return the trouble to report: at once if trying again does not help, else after hours."""
    if not isinstance(error, QualtricsError):
        return "export_broken"
    if error.needs_human:
        return "api_refused"
    return (
        "not_reconciled" if compared >= reconciliations.TOO_LONG or not error.is_transient else ""
    )
