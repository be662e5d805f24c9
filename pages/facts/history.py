"""What happened to a case, in words for whoever may hear it."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from casebook import duplicates
from casebook.casebook import Casebook, Loaded
from pages.facts.common import name_of
from store import cases
from store.sealing import CannotOpen
from workflow import words
from workflow.choices import ALTHOUGH, EVENT_WORDS, OPENED_WORDS
from workflow.model import Event


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened to a case."""

    at: str
    words: str


def lines(casebook: Casebook, loaded: Loaded, person: str) -> list[HistoryLine]:
    """Return a line for each event that somebody may hear of, the oldest first."""
    return [_line(casebook, loaded, event) for event in _heard_of(casebook, loaded, person)]


def openings(casebook: Casebook, loaded: Loaded) -> list[HistoryLine]:
    """Return who opened a name or a text, and who said that they are looking."""
    zone = casebook.program.zone
    return [
        HistoryLine(
            at=words.day_and_time(at, zone),
            words=OPENED_WORDS[what].format(who=name_of(casebook, person)),
        )
        for at, person, what in cases.openings(casebook.store.read(), loaded.stored.id)
    ]


def explained(told: Sequence[HistoryLine]) -> str:
    """Say what was decided last and when, for somebody who came second."""
    return f"{told[-1].words}, {told[-1].at}." if told else ""


def undo_until(casebook: Casebook, loaded: Loaded, now: datetime) -> str:
    """Say until when a reviewer's decision can be taken back; "" when none can."""
    undoable = casebook.undoable(loaded, now)
    if undoable is None:
        return ""
    return words.day_and_time(
        undoable.at + casebook.program.times.undo_window, casebook.program.zone
    )


def last_event(casebook: Casebook, loaded: Loaded, by: str) -> str:
    """Return what this person decided, if theirs was the last decision."""
    events = _heard_of(casebook, loaded, by)
    return events[-1].event if events and events[-1].by_person == by else ""


def _heard_of(casebook: Casebook, loaded: Loaded, person: str) -> list[cases.HistoryLine]:
    """Return the events that somebody may hear of, the oldest first."""
    return [
        line
        for line in cases.history(casebook.store.read(), loaded.stored.id)
        if line.event != Event.TOLD_APART or duplicates.may_hear_of(casebook, line.other, person)
    ]


def _line(casebook: Casebook, loaded: Loaded, line: cases.HistoryLine) -> HistoryLine:
    return HistoryLine(
        at=words.day_and_time(line.at, casebook.program.zone),
        words=_said(casebook, line) + _although(casebook, loaded, line),
    )


def _said(casebook: Casebook, line: cases.HistoryLine) -> str:
    who = name_of(casebook, line.by_person)
    said = EVENT_WORDS[Event(line.event)].format(who=who, other=line.other)
    return f"{said} (recorded by {who})" if line.recorded_for else said


def _although(casebook: Casebook, loaded: Loaded, line: cases.HistoryLine) -> str:
    """Say about whom there was a caution, and why they were asked all the same."""
    if not line.although:
        return ""
    sealed = cases.shown_at(casebook.store.read(), loaded.stored.id, line.version)
    chosen = []
    with suppress(CannotOpen):
        shown = json.loads(casebook.seal.open(sealed)) if sealed else []
        chosen = [c for c in shown if c.get("chosen") and c["cautions"]]
    found = "; ".join(f"{name_of(casebook, c['id'])}: {', '.join(c['cautions'])}" for c in chosen)
    return f", although ({found}): {ALTHOUGH.get(line.although, '')}"
