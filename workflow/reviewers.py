"""Who may review a case: who is barred from it, and who is away and gets no mail."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from people.records import Identity, Person
from people.same_person import is_requester
from people.units import leads_them
from workflow.model import Case, PromiseKind

#: Raise this with every change of who is barred, or of who is recognized as not wanted: then it is
#: looked at again whether somebody may see each case.
RULES = 2


@dataclass(frozen=True)
class Reviewing:
    """Who reviews a case now, and which deputies are called if the reviewers do not act."""

    reviewers: tuple[Person, ...]
    deputies: tuple[Person, ...]
    #: Coordinators and deputies who are away. They get no mail but may act.
    away: tuple[Person, ...] = ()
    #: Who took the urgent call. They may report its result even if others review by then.
    calling: tuple[Person, ...] = ()

    def may_act(self, person: str) -> bool:
        known = (*self.reviewers, *self.deputies, *self.away, *self.calling)
        return any(person == p.id for p in known)


def choose_reviewers(
    case: Case,
    identity: Identity,
    coordinators: Iterable[Person],
    deputies: Iterable[Person],
    outside: Person,
    absent: Collection[str] = frozenset(),
) -> Reviewing:
    """Choose the reviewers: the coordinators, else the deputies, else the outside person.

    Nobody who is barred is ever chosen. Somebody who is away is chosen only when everybody else is
    barred or away. The outside person is called as well once the deputies have stayed silent.
    """

    def allowed(people: Iterable[Person]) -> tuple[Person, ...]:
        return tuple(p for p in people if not is_barred(p, case, identity))

    def here(people: Iterable[Person]) -> tuple[Person, ...]:
        return tuple(p for p in people if p.id not in absent)

    everybody = tuple(coordinators), tuple(deputies)
    coordinators, deputies, last = *map(allowed, everybody), allowed((outside,))
    if identity.perhaps_leading and not (coordinators or deputies or last):
        # Nobody is lost over a unit that we do not know: the outside person settles which it is.
        certain = replace(identity, perhaps_leading=())
        alone = choose_reviewers(case, certain, (), (), outside, absent)
        return (
            alone
            if alone.reviewers
            else choose_reviewers(case, certain, *everybody, outside, absent)
        )
    present, called = here(coordinators), here(deputies)
    away = tuple(dict.fromkeys(p for p in (*coordinators, *deputies) if p.id in absent))
    call = case.promise(PromiseKind.CALL)
    anybody = {p.id: p for p in (*coordinators, *deputies, *last)}
    beside = last if case.are_deputies_silent else ()
    return Reviewing(
        present or called or last or away,
        tuple(dict.fromkeys((*called, *beside))) or last or present or away,
        away,
        (anybody[call.subject],) if call and call.subject in anybody else (),
    )


def is_barred(person: Person, case: Case, identity: Identity) -> bool:
    """Tell whether somebody must not learn of this case. We never record the reason."""
    return (
        person.id in case.stepped_back
        or is_requester(person, identity)
        or person.id in identity.not_wanted_ids
        or person.id in identity.perhaps_leading
        or leads_them(person.supervises, identity)
    )
