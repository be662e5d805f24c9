"""What happens in two twins: a request that differs in one secret arrives, and is closed."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from store.database import stamp, unstamp
from tests.simulation.alone import Alone
from tests.simulation.year import DAY, DUE, TICKS
from tests.twins.forks import fork, submit
from tests.twins.views import Look, Views

#: When all is looked at: once reviewers were mailed, after the next morning's mail, and once the
#: request is closed.
ALWAYS = SOON, MORNING, CLOSED = "soon", "in the morning", "once it is closed"
Answers = dict[str, object]


@dataclass(frozen=True)
class Life:
    """What a twin goes through."""

    #: Without answers no request arrives at all.
    answers: Answers | None
    #: Who begins a pause when whoever asks is left out, and ends it when their request is closed.
    pauses: str = ""


@dataclass
class Lived:
    """What was seen in a life, and who may know of the request that arrived."""

    reference: str = ""
    views: dict[str, Views] = field(default_factory=dict)
    aware: set[str] = field(default_factory=set)


def lived(service: Alone, life: Life, lots: int, looks: Collection[str] = ALWAYS) -> Lived:
    """Let a copy of a service go through a life from this moment on, until the last look."""
    with fork(service, lots) as twin:
        found = Lived()
        for when, stage in _stages(twin, life, found):
            if len(found.views) < len(looks):
                stage()
            if when in looks:
                _look(twin, found, when)
        return found


def _stages(twin: Alone, life: Life, found: Lived) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield what happens before each look."""
    begin, (midnight, morning) = twin.now(), _midnight_and_morning(twin)

    def arrives() -> None:
        twin.work()
        if life.answers is not None:
            found.reference = submit(twin, life.answers)
        _until(twin, begin + timedelta(minutes=11))

    def waits() -> None:
        _until(twin, midnight)
        if life.pauses:
            Look(twin).own_page(life.pauses).choose("pause")
        _until(twin, morning)

    def ends() -> None:
        if found.reference:
            _close(twin, found)
        if life.pauses:
            Look(twin).own_page(life.pauses).choose("ready")
        _until(twin, morning + timedelta(hours=1))

    yield from ((SOON, arrives), (MORNING, waits), (CLOSED, ends))


def _until(twin: Alone, at: datetime) -> None:
    """Let the worker work at each moment at which something is due."""
    while twin.now() < at:
        now = twin.now()
        (due,) = twin.store.read().execute(DUE, {"now": stamp(now)}).fetchone()
        soon = max(unstamp(due), now + timedelta(minutes=1)) if due else at
        twin.jump(min(at, soon, now + TICKS))
        twin.work()


def _midnight_and_morning(twin: Alone) -> tuple[datetime, datetime]:
    """Return when whoever asked is left out, and when the next morning's mail has left."""
    program = twin.engine.program
    tomorrow = day = program.today(twin.now()) + DAY
    while not program.working.is_working_day(day):
        day += DAY
    times = ((tomorrow, time(0, 1)), (day, time(9)))
    midnight, morning = (datetime.combine(*one, program.zone).astimezone(UTC) for one in times)
    return midnight, morning


def _look(twin: Alone, found: Lived, when: str) -> None:
    found.views[when] = Look(twin).everything()
    if found.reference:
        loaded = twin.engine.casebook.load(found.reference)
        found.aware |= {p for p in twin.engine.program.people if loaded.reviewing.may_act(p)}


def _close(twin: Alone, found: Lived) -> None:
    loaded = twin.engine.casebook.load(found.reference)
    page = Look(twin).request(loaded.reviewing.reviewers[0].id, loaded.stored)
    assert page.choose("closed", outcome="reached_otherwise").status == 200
