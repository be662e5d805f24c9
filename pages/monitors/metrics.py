"""For Prometheus: what /health says, and how many there were on days and weeks that are over."""

import hmac
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from threading import Lock

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue

from casebook.duplicates import cases_apart
from lib.version import VERSION
from pages.monitors.health import LATEST_BEAT, WORDS, findings, usable_program
from store import cases, deliveries, workers
from store.database import Database
from store.mail import counting
from workflow.model import PromiseKind

bp = Blueprint("metrics", __name__)

#: Times in which requesters may say something, and need not.
OF_REQUESTERS = (PromiseKind.CORRECTION, PromiseKind.HAND_OVER_ANSWER)

FORMAT = "text/plain; version=0.0.4; charset=utf-8"
#: The ways of arrival that admins know from `flask qualtrics arrivals`.
WAYS = ("event", "workflow", "reconciliation", "import")


@dataclass(frozen=True)
class Daily:
    """What is counted once a day: a number of now would tell when someone asked or acted."""

    day: date
    arrived: Mapping[str, int]
    mailed: Mapping[str, int]
    promised: Mapping[str, int]


class Counted:
    """The numbers of today, counted when they are first asked for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._daily: Daily | None = None

    def on(self, now: datetime, db: Database) -> Daily:
        with self._lock:
            if self._daily is None or self._daily.day != now.date():
                self._daily = _count(db, now)
            return self._daily


def _count(db: Database, now: datetime) -> Daily:
    today = now.date()
    midnight = datetime.combine(today, time(), now.tzinfo)
    last_week = today - timedelta(days=today.weekday() + 7)
    arrived = Counter[str]()
    for one in deliveries.arrivals(db, last_week):
        if one.week == last_week:
            arrived[one.way] += one.number
    mailed = counting.done_on(db, today - timedelta(days=1))
    return Daily(today, arrived, mailed, Counter(_promised(db, midnight)))


def _promised(db: Database, midnight: datetime) -> Iterator[str]:
    """Yield for each promise that was made before this day and is open whether it is overdue.

    A merge that no one has confirmed is not counted: the number would tell of it.
    """
    program = usable_program()
    for both in cases.open_cases(db):
        apart = cases_apart(db, both, midnight, program.rules) if program else [both]
        for promise in (promise for case in apart for promise in case.promises):
            is_asked = promise.kind not in OF_REQUESTERS
            if is_asked and not both.is_test and promise.began_at < midnight:
                yield "overdue" if promise.due_at < midnight else "running"


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Answer anyone who has the token, in Prometheus' text format."""
    if not (token := current_app.extensions["settings"].metrics_token):
        abort(404)
    sent = request.headers.get("Authorization", "")
    if not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
        abort(403)
    return "".join(_lines()), {"Content-Type": FORMAT}


def _lines() -> Iterator[str]:
    found = findings()
    yield from _gauge("info", "The version that runs.", "version", {VERSION: 1})
    wrong = dict.fromkeys(WORDS, 0) | dict.fromkeys(found.wrong, 1)
    yield from _gauge("wrong", "1 for each word that /health says.", "what", wrong)
    ages = {what: age for what, age in found.ages.items() if age is not None}
    yield from _gauge("age_seconds", "The ages that /health says.", "what", ages)
    if "database" in found.wrong:
        return
    parts = current_app.extensions
    db, now = parts["store"].read(), parts["clock"]()
    alive = workers.count_alive(db, now - LATEST_BEAT)
    yield from _gauge("workers", "Workers that finished a round lately.", "", {"": alive})
    daily = parts.setdefault("counted", Counted()).on(now, db)
    yield from _gauge("requests_last_week", "Requests of the last whole week, by way of arrival.",
                      "way", dict.fromkeys(WAYS, 0) | daily.arrived)  # fmt: skip
    yield from _gauge("mails_yesterday", "Mails of yesterday (UTC), without those for a link.",
                      "result", dict.fromkeys(("sent", "failed"), 0) | daily.mailed)  # fmt: skip
    yield from _gauge("promises", "Promises that were open this morning, once a day.", "state",
                      dict.fromkeys(("running", "overdue"), 0) | daily.promised)  # fmt: skip


def _gauge(name: str, help: str, label: str, values: Mapping[str, int]) -> Iterator[str]:
    """Yield the lines of one metric; its labels are words of ours."""
    yield f"# HELP care_desk_{name} {help}\n# TYPE care_desk_{name} gauge\n"
    for word, value in values.items():
        yield (
            f'care_desk_{name}{{{label}="{word}"}} {value}\n'
            if label
            else (f"care_desk_{name} {value}\n")
        )
