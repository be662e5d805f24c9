"""The history of a case, in words for its reviewers."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import itemgetter

from casebook import duplicates
from casebook.casebook import Casebook, Loaded
from lib.languages.language import ENGLISH, Language
from lib.languages.said import for_staff, joined
from pages.facts import common
from pages.facts.common import CaseSummary, name_of
from store import cases
from store.record import history, openings, rankings
from store.record.documents import UNREADABLE
from store.sealing import CannotOpen
from workflow import words
from workflow.choices import ALTHOUGH, EVENT_WORDS, OPENED_WORDS
from workflow.model import Event, Role

#: Events with two requests: someone may review one of them and not hear of the other.
NAMING_ANOTHER = {Event.TOLD_APART, Event.MERGED, Event.SEPARATED}

#: As long as a visit lasts: a page from before it is opened anew.
SENT_TWICE_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True)
class HistoryLine:
    """One event of a case."""

    at: str
    words: str


def lines(casebook: Casebook, loaded: Loaded, person: str) -> list[HistoryLine]:
    """Return a line for each event that a reviewer may hear of, oldest first."""
    events = _visible_events(casebook, loaded, person)
    return [_line(casebook, loaded, event) for event in events]


def with_openings(
    casebook: Casebook, loaded: Loaded, person: str, events: Sequence[HistoryLine]
) -> list[HistoryLine]:
    """Add a line for each opened name or text, and for each reviewer who was looking.

    All of them are in the order in which they happened.
    """
    moments = [event.at for event in _visible_events(casebook, loaded, person)]
    # Someone may have decided since the events were read; theirs is on the next page.
    happened = [*zip(moments, events, strict=False), *_openings(casebook, loaded)]
    return [line for _, line in sorted(happened, key=itemgetter(0))]


def _openings(casebook: Casebook, loaded: Loaded) -> list[tuple[datetime, HistoryLine]]:
    """Return who opened a name or a text, also of the cases that were merged into this one."""
    zone, db = casebook.program.zone, casebook.store.read()
    ids = [loaded.stored.id]
    for reference in loaded.case.took_in:
        with suppress(*UNREADABLE):
            newer = cases.find(db, reference)
            ids += [newer.id] if newer is not None else []
    return [
        (
            at,
            HistoryLine(
                at=words.day_and_time(at, zone),
                words=for_staff(OPENED_WORDS[what], who=name_of(casebook, person)),
            ),
        )
        for id in ids
        for at, person, what in openings.of_case(db, id)
    ]


def last_in_words(lines: Sequence[HistoryLine]) -> str:
    """Say what was decided last, and when."""
    return joined("", (joined(", ", (lines[-1].words, lines[-1].at)), ".")) if lines else ""


def undo_until(
    casebook: Casebook, loaded: Loaded, role: Role, person: str, now: datetime,
    language: Language = ENGLISH,
) -> str:  # fmt: skip
    """Say until when this person can take the last decision back; "" when they cannot."""
    undoable = casebook.undoable(loaded, role, person, now)
    return until(casebook, undoable.line, language) if undoable is not None else ""


def until(casebook: Casebook, line: history.HistoryLine, language: Language = ENGLISH) -> str:
    """Return until when a decision can be taken back."""
    at = line.at + casebook.program.times.undo_window
    return language.time(at, casebook.program.zone)


def last_event(casebook: Casebook, loaded: Loaded, role: Role, person: str) -> str:
    """Return the last event if this person decided it; else "".

    Reviewers see what others decide. Everyone else can only repeat what they just did: from
    anything more they could learn that reviewers decided something.
    """
    if role is Role.REVIEWER:
        events = _visible_events(casebook, loaded, person)
        return events[-1].event if events and events[-1].by_person == person else ""
    since = casebook.made_at - SENT_TWICE_WITHIN
    own = _own_answers(casebook, loaded, role, person)
    return own[-1].event if own and own[-1].at >= since else ""


def own_version(casebook: Casebook, loaded: Loaded, person: str) -> int:
    """Return how many decisions a supporter made: they do not hear of all that others decide."""
    return len(_own_answers(casebook, loaded, Role.SUPPORTER, person))


def _own_answers(
    casebook: Casebook, loaded: Loaded, role: Role, person: str
) -> list[history.HistoryLine]:
    lines = history.lines(casebook.store.read(), loaded.stored.id)
    answers = (one for one in lines if one.event != Event.SUBMITTED)
    return [one for one in answers if (one.by_role, one.by_person) == (role, person)]


def summary(casebook: Casebook, loaded: Loaded, person: str, now: datetime) -> CaseSummary:
    """Return a case for a reviewer's page, whose forms count only what they may hear of."""
    found = common.summary(casebook, loaded.case, now)
    return replace(found, version=str(version(casebook, loaded, person)))


def version(casebook: Casebook, loaded: Loaded, person: str) -> int:
    """Return how many events a reviewer may hear of: another number would tell of the others."""
    return len(_visible_events(casebook, loaded, person))


def _visible_events(casebook: Casebook, loaded: Loaded, person: str) -> list[history.HistoryLine]:
    """Return the events that a reviewer may hear of, oldest first."""
    return [
        line
        for line in history.lines(casebook.store.read(), loaded.stored.id)
        if line.event not in NAMING_ANOTHER or _may_hear(casebook, line, person)
    ]


def _may_hear(casebook: Casebook, line: history.HistoryLine, person: str) -> bool:
    """Tell whether someone may hear of the request that an event names.

    A merged one has no name of its own anymore, and is theirs with the one that it goes on as.
    """
    goes_on_as = duplicates.goes_on_as(casebook, line.other)
    return duplicates.may_hear_of(casebook, goes_on_as, person)


def _line(casebook: Casebook, loaded: Loaded, line: history.HistoryLine) -> HistoryLine:
    found = _event_words(casebook, line)
    return HistoryLine(
        at=words.day_and_time(line.at, casebook.program.zone),
        words=_although(casebook, loaded, line, found) if line.although else found,
    )


def _event_words(casebook: Casebook, line: history.HistoryLine) -> str:
    who = name_of(casebook, line.by_person)
    found = for_staff(EVENT_WORDS[Event(line.event)], who=who, other=line.other)
    if not line.recorded_for:
        return found
    return for_staff("%(what)s (%(who)s answered for them)", what=found, who=who)


def _although(casebook: Casebook, loaded: Loaded, line: history.HistoryLine, what: str) -> str:
    """Say which cautions there were about the chosen supporters, and why they were asked."""
    why = ALTHOUGH.get(line.although, "")
    chosen = []
    with suppress(CannotOpen):
        shown = rankings.shown_at(casebook.store.read(), loaded.stored.id, line.version)
        chosen = [c for c in json.loads(shown or "[]") if c.get("chosen") and c["cautions"]]
    found = "; ".join(f"{name_of(casebook, c['id'])}: {', '.join(c['cautions'])}" for c in chosen)
    return for_staff(
        "%(what)s, although (%(cautions)s): %(why)s", what=what, cautions=found, why=why
    )
