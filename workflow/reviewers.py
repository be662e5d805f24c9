"""Who may review a case, and who is barred from it. Settled before the first mail."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from people.records import Identity, Person
from people.same_person import is_requester
from people.units import leads_them
from workflow.model import Case, PromiseKind


@dataclass(frozen=True)
class Reviewing:
    """Who reviews a case now, and which deputies are called when they stay silent."""

    reviewers: tuple[Person, ...]
    deputies: tuple[Person, ...]
    #: Who would review if they were here: not mailed, and free to act all the same.
    away: tuple[Person, ...] = ()
    #: Who took the urgent call: they say how it went, whoever reviews by then.
    calling: tuple[Person, ...] = ()

    def may_act(self, person: str) -> bool:
        known = (*self.reviewers, *self.deputies, *self.away, *self.calling)
        return any(person == p.id for p in known)


def settle(
    case: Case,
    identity: Identity,
    coordinators: Iterable[Person],
    deputies: Iterable[Person],
    outside: Person,
    absent: Collection[str] = frozenset(),
) -> Reviewing:
    """Choose the reviewers: who is neither barred nor away, else the deputies, else the outsider.

    Rather somebody who is away than somebody who is barred; rather nobody than somebody barred. The
    outside person is called as well once the deputies were called in vain.
    """

    def allowed(people: Iterable[Person]) -> tuple[Person, ...]:
        return tuple(p for p in people if not is_barred(p, case, identity))

    def here(people: Iterable[Person]) -> tuple[Person, ...]:
        return tuple(p for p in allowed(people) if p.id not in absent)

    coordinators, deputies = tuple(coordinators), tuple(deputies)
    free, called, last = here(coordinators), here(deputies), allowed((outside,))
    away = tuple(p for p in allowed((*coordinators, *deputies)) if p.id in absent)
    away = tuple(dict.fromkeys(away))
    call = case.promise(PromiseKind.CALL)
    anybody = {p.id: p for p in allowed((*coordinators, *deputies, outside))}
    beside = last if case.were_called_in_vain else ()
    return Reviewing(
        free or called or last or away,
        tuple(dict.fromkeys((*called, *beside))) or last or free or away,
        away,
        (anybody[call.subject],) if call and call.subject in anybody else (),
    )


def is_barred(person: Person, case: Case, identity: Identity) -> bool:
    """Tell whether somebody must not learn of this case. The reason is never recorded."""
    return (
        person.id in case.stepped_back
        or is_requester(person, identity)
        or person.id in identity.not_wanted_ids
        or leads_them(person.supervises, identity)
    )
