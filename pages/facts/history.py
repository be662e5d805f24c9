"""What happened to a case, in words for whoever may hear it."""

import json
from contextlib import suppress

from casebook.casebook import Loaded
from engine import duplicates as twice
from engine.engine import Engine
from pages.facts.common import name_of
from store import cases
from store.sealing import CannotOpen
from workflow import words
from workflow.choices import ALTHOUGH, EVENT_WORDS, OPENED_WORDS
from workflow.model import Event


def lines(engine: Engine, loaded: Loaded, person: str) -> list[dict[str, str]]:
    """Return a line for each event that somebody may hear of, the oldest first."""
    zone = engine.program.zone
    return [
        {
            "at": words.day_and_time(line.at, zone),
            "words": _said(engine, line) + _although(engine, loaded, line),
            "event": line.event,
            "by": line.by_person,
        }
        for line in cases.history(engine.store.read(), loaded.stored.id)
        if line.event != Event.TOLD_APART or twice.may_hear_of(engine, line.other, person)
    ]


def openings(engine: Engine, loaded: Loaded) -> list[dict[str, str]]:
    """Return who opened a name or a text, and who said that they are looking."""
    zone = engine.program.zone
    return [
        {
            "at": words.day_and_time(at, zone),
            "words": OPENED_WORDS[what].format(who=name_of(engine, person)),
        }
        for at, person, what in cases.openings(engine.store.read(), loaded.stored.id)
    ]


def explained(engine: Engine, loaded: Loaded, person: str) -> str:
    """Say what was decided last and when, for somebody who came second."""
    told = lines(engine, loaded, person)
    return f"{told[-1]['words']}, {told[-1]['at']}." if told else ""


def last_event(engine: Engine, loaded: Loaded, by: str) -> str:
    """Return what this person decided, if theirs was the last decision."""
    told = lines(engine, loaded, by)
    return told[-1]["event"] if told and told[-1]["by"] == by else ""


def _said(engine: Engine, line: cases.HistoryLine) -> str:
    who = name_of(engine, line.by_person)
    said = EVENT_WORDS[Event(line.event)].format(who=who, other=line.other)
    return f"{said} (recorded by {who})" if line.recorded_for else said


def _although(engine: Engine, loaded: Loaded, line: cases.HistoryLine) -> str:
    """Say about whom there was a caution, and why they were asked all the same."""
    if not line.although:
        return ""
    sealed = cases.shown_at(engine.store.read(), loaded.stored.id, line.version)
    chosen = []
    with suppress(CannotOpen):
        shown = json.loads(engine.seal.open(sealed)) if sealed else []
        chosen = [c for c in shown if c.get("chosen") and c["cautions"]]
    found = "; ".join(f"{name_of(engine, c['id'])}: {', '.join(c['cautions'])}" for c in chosen)
    return f", although ({found}): {ALTHOUGH.get(line.although, '')}"
