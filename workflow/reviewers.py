"""Who may review a case: who is barred from it, who is away, and who must be called first."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace

from people.lists import is_kept_apart
from people.records import Identity, Person
from people.same_person import is_requester
from workflow.model import Case, PromiseKind

#: Raise this with every change of who is barred, or of who is recognized as not wanted: then it is
#: looked at again whether someone may see each case.
RULES = 8


@dataclass(frozen=True)
class Reviewing:
    """Who reviews a case now, and which deputies are called if the reviewers do not act."""

    reviewers: tuple[Person, ...]
    deputies: tuple[Person, ...]
    #: Coordinators and deputies who are away. They get no mail.
    away: tuple[Person, ...] = ()
    #: The ids of everyone who may see the case and act on it, and of those who may once called.
    entitled: frozenset[str] = frozenset()
    if_called: frozenset[str] = frozenset()
    #: Looks up who was called; only asked about someone for whom it matters.
    called: Callable[[], Collection[str]] = field(default=frozenset, compare=False)

    def may_act(self, person: str) -> bool:
        return person in self.entitled or (person in self.if_called and person in self.called())


def choose_reviewers(
    case: Case,
    identity: Identity,
    coordinators: Iterable[Person],
    deputies: Iterable[Person],
    outside: Person,
    absent: Collection[str] = frozenset(),
) -> Reviewing:
    """Choose the reviewers: the coordinators, else the deputies, else the outside person.

    No one who is barred is ever chosen. Someone who is away is chosen only when everyone else is
    barred or away. The outside person is called as well once the deputies have stayed silent.
    Coordinators may always act; others only while they review, or once they were called. Whoever
    took the urgent call may report its result even if others review by then.
    """

    def allowed(people: Iterable[Person]) -> tuple[Person, ...]:
        return tuple(p for p in people if not is_barred(p, case, identity))

    def here(people: Iterable[Person]) -> tuple[Person, ...]:
        return tuple(p for p in people if p.id not in absent)

    everybody = tuple(coordinators), tuple(deputies)
    coordinators, deputies, last = *map(allowed, everybody), allowed((outside,))
    if identity.perhaps_leading and not (coordinators or deputies or last):
        # No one is lost over a unit that we do not know: the outside person settles which it is.
        certain = replace(identity, perhaps_leading=())
        alone = choose_reviewers(case, certain, (), (), outside, absent)
        return (
            alone
            if alone.reviewers
            else choose_reviewers(case, certain, *everybody, outside, absent)
        )
    present, on_call = here(coordinators), here(deputies)
    away = tuple(dict.fromkeys(p for p in (*coordinators, *deputies) if p.id in absent))
    beside = last if case.are_deputies_silent else ()
    reviewing = present or on_call or last or away
    to_call = tuple(dict.fromkeys((*on_call, *beside))) or last or present or away
    call = case.promise(PromiseKind.CALL)
    caller = {p.id for p in (*deputies, *last) if call and p.id == call.subject}
    return Reviewing(
        reviewing,
        to_call,
        away,
        frozenset({p.id for p in (*reviewing, *coordinators)} | caller),
        frozenset(p.id for p in (*to_call, *deputies)),
    )


def is_barred(person: Person, case: Case, identity: Identity) -> bool:
    """Tell whether someone must not learn of this case. We never record the reason."""
    is_back = person.id in case.stepped_back
    return is_back or is_requester(person, identity) or is_kept_apart(person, identity)
