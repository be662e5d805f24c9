"""The simulation's own count of what reports tell, from what it saw of every request."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from engine.engine import Engine
from lib.statistics.spans import HOURS, LONGER
from matching.fairness import quarter_of
from program import Program
from store.forgotten import reports
from tests.simulation.chronicle import Chronicle, Record
from workflow.model import Case, Event
from workflow.reports.feedback import ANSWERS, SOON
from workflow.reports.figures import OTHERS, Report
from workflow.reports.legs import Leg
from workflow.reports.periods import is_year

E = Event
#: The fewest people behind a wait.
FEWEST = 5
SECOND = timedelta(seconds=1)


@dataclass
class Reported:
    """Compares each new report with what happened until then."""

    #: Of each quarter that was reported.
    owns: dict[str, "Own"] = field(default_factory=dict)
    compared: set[str] = field(default_factory=set)
    #: What people said of how it was, by quarter: question and answer.
    said: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)

    def knows(self, quarter: str) -> bool:
        return quarter in self.owns

    def new(self, engine: Engine, chronicle: Chronicle, now: datetime) -> list[str]:
        """Return what new reports tell wrongly; the same moment may have changed a request."""
        db, wrong = engine.store.read(), list[str]()
        new = set(reports.periods(db)) - self.compared
        # A year comes after its last quarter.
        for period in sorted(new, reverse=True):
            self.compared.add(period)
            report = reports.get(db, period)
            assert report is not None
            owns = [self._own(engine.program, chronicle, period, at) for at in (now, now - SECOND)]
            found = [list(differences(report, own)) for own in owns]
            wrong += found[0] if all(found) else []
        return wrong

    def _own(self, program: Program, chronicle: Chronicle, period: str, at: datetime) -> "Own":
        """Return what happened in a quarter, or in the quarters of a year as they were reported."""
        if is_year(period):
            theirs = [own for quarter, own in self.owns.items() if quarter.startswith(period)]
            spans = {leg: [s for own in theirs for s in own.spans[leg]] for leg in Leg}
            said = sum((own.said for own in theirs), Counter[tuple[str, str]]())
            cases = [case for own in theirs for case in own.cases]
            return Own(cases, spans, program, said, [len(own.cases) for own in theirs])
        days = [(program.today(r.case.submitted_at), r) for r in chronicle.records.values()]
        seen = (r for day, r in days if quarter_of(day) == period and _was_seen(r))
        ended = [(r, _last(r, at)) for r in seen if not may_have_been_none(r, _last(r, at))]
        spans = {leg: [s for r, case in ended for s in _waits(leg, r, case)] for leg in Leg}
        said = self.said.get(period, Counter())
        self.owns[period] = Own([case for _, case in ended], spans, program, said)
        return self.owns[period]


@dataclass(frozen=True)
class Own:
    """What happened to the requests of a period, each as it was when it was reported."""

    cases: list[Case]
    spans: dict[Leg, list[timedelta]]
    program: Program
    said: Counter[tuple[str, str]]
    #: Of a year: how many requests each of its quarters had.
    quarters: Sequence[int] = ()

    def count(self, what: str) -> Counter[str]:
        """Count by what a table is about: requests, or what people said of how it was."""
        if what in ANSWERS:
            said = Counter({value: n for (about, value), n in self.said.items() if about == what})
            # Everyone answers the first question, and some leave another one out.
            everyone = sum(n for (about, _), n in self.said.items() if about == SOON)
            return said + Counter({OTHERS: everyone - said.total()})
        return Counter(self._value(what, case) for case in self.cases)

    def _value(self, what: str, case: Case) -> str:
        role = self.program.roles.get(case.facts.role)
        department = self.program.departments.get(case.facts.department)
        return {
            "outcome": str(case.outcome or "open"),
            "role_group": role.group if role else "others",
            "department_group": department.group if department else "others",
            "source": "others",
        }[what]


def differences(report: Report, own: Own) -> Iterator[str]:
    """Say where a report tells something else than what happened."""
    number = len(own.cases)
    # A year beside its quarters could tell a hidden one.
    may_hide = any(one < report.bound for one in own.quarters)
    is_hidden = report.requests is None and may_hide
    if not is_hidden and report.requests != (number if number >= report.bound else None):
        yield f"{report.requests} requests instead of {number}"
    for table in report.tables:
        if table.what.startswith("wish"):
            continue
        counts = own.count(table.what)
        told = {line.name: line.number for line in table.lines if line.number is not None}
        yield from (
            f"{table.what} {name}: {told[name]} instead of {counts[name]}"
            for name in told
            if told[name] != counts[name]
        )
    for wait in report.waits:
        spans = sorted(own.spans[wait.leg])
        for share, bucket in ((0.5, wait.half), (0.9, wait.most)):
            if bucket and not _is_in(bucket, spans[ceil(share * len(spans)) - 1]):
                yield f"{wait.leg} {share}: {bucket}"
        if wait.half and len(spans) < FEWEST:
            yield f"{wait.leg} tells of {len(spans)}"


def _last(record: Record, at: datetime) -> Case:
    return next((case for seen, case in reversed(record.seen) if seen <= at), record.seen[0][1])


def _was_seen(record: Record) -> bool:
    """One that is gone while open was withdrawn before anybody saw it."""
    return record.gone_at is None or not record.case.is_open


def may_have_been_none(record: Record, case: Case) -> bool:
    """Tell whether a request ended before anybody spoke with who made it, or was none."""
    spoke = any(line.event in (E.CALLED, E.CONTACTED) for line in record.standing)
    outcome = case.outcome
    return outcome in ("not_a_request", "duplicate") or (outcome == "withdrawn" and not spoke)


def gone_and_seen(chronicle: Chronicle) -> Iterator[Record]:
    """Yield the forgotten requests; one that was withdrawn unseen vanishes while it is open."""
    records = chronicle.records.values()
    gone = (r for r in records if r.gone_at is not None and not r.case.is_open)
    return (r for r in gone if not may_have_been_none(r, r.case))


def _waits(leg: Leg, record: Record, case: Case) -> Iterator[timedelta]:
    lines = record.standing
    first = {event: next((x.at for x in lines if x.event == event), None) for event in E}
    decided = min(
        filter(None, (first[E.OFFERED], first[E.REFERRED], first[E.CLOSED])), default=None
    )
    called, yes = first[E.CONTACTED], [x.at for x in lines if x.event == E.ACCEPTED]
    agreed = max((at for at in yes if called is None or at <= called), default=None)
    ends = {
        Leg.REVIEW: (case.submitted_at, decided),
        Leg.ANSWER: (first[E.OFFERED], agreed),
        Leg.CONTACT: (agreed, called),
        Leg.FIRST_CONTACT: (case.submitted_at, called),
    }
    begin, end = ends[leg]
    if begin is not None and end is not None:
        yield end - begin
    elif end is None and case.is_open and leg in (Leg.REVIEW, Leg.FIRST_CONTACT):
        yield timedelta.max


def _is_in(bucket: str, span: timedelta) -> bool:
    if bucket == LONGER:
        return span > timedelta(hours=HOURS[-1])
    before = [hours for hours in HOURS if hours < int(bucket)]
    return timedelta(hours=max(before, default=0)) <= span <= timedelta(hours=int(bucket))
