"""The secrets: what two twins differ in, and to whom the difference may show."""

import random
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from difflib import unified_diff

from people.supporters import Supporter, SupporterStatus
from program import Program
from tests.simulation.alone import Alone
from tests.twins.lives import ALWAYS, Answers, Life, Lived, lived
from tests.twins.views import BY_MAIL, REQUESTERS, View
from tests.world import JAMIE

URGENT, STRANGER = 0.2, "robin.vale@staff.example.org"
SIMILAR, SAFE, UNSAFE = 1, 1, 3
Pair = tuple[Lived, Lived]
#: Whether a view may differ, since its reader may know why.
May = Callable[[View, Pair], bool]


@dataclass(frozen=True, eq=False)
class Secret:
    """Two lives that differ in a secret, and which views may tell it."""

    what: str
    one: Life
    other: Life
    may_differ: May


@dataclass(frozen=True)
class Difference:
    """A view that tells a secret, with the lines that differ."""

    when: str
    view: View
    lines: tuple[str, ...]


def secrets(service: Alone, chance: random.Random) -> Iterator[Secret]:
    """Yield a secret of each kind, about people drawn by lot.

    Each request suits whom it excludes, so that others would think of them.
    """
    yield _asks_themselves(service, chance)
    yield _is_not_wanted(service, chance)
    yield _leads_them(service, chance)
    yield _is_barred(service, chance)


def _asks_themselves(service: Alone, chance: random.Random) -> Secret:
    """A supporter asks for support; in the other life a stranger, and the supporter pauses."""
    who = _supporter(service, chance)
    answers = _answers(service.engine.program, chance, who)
    return Secret(
        f"{who.id} asks for support themselves",
        Life(answers | {"QID1_TEXT": who.name, "QID2_TEXT": who.email}),
        Life(answers, pauses=who.id),
        lambda view, lives: (
            view.reader in {who.id, who.email, who.notify_email, STRANGER}
            or _is_its_own(view, lives)
        ),
    )


def _is_not_wanted(service: Alone, chance: random.Random) -> Secret:
    one, other = _supporter(service, chance), _supporter(service, chance)
    answers = _answers(service.engine.program, chance, one)
    return Secret(
        f"the requester does not want {one.id}, or {other.id}",
        Life(answers | {"QID11_TEXT": one.name}),
        Life(answers | {"QID11_TEXT": other.name}),
        _is_its_own,
    )


def _leads_them(service: Alone, chance: random.Random) -> Secret:
    program = service.engine.program
    one, other = chance.sample([s for s in program.supporters.values() if s.supervises], 2)
    answers = _answers(program, chance, one)
    return Secret(
        f"{one.id} leads the requester, or {other.id}",
        Life(answers | {"QID7_TEXT": one.supervises[0]}),
        Life(answers | {"QID7_TEXT": other.supervises[0]}),
        _is_its_own,
    )


def _is_barred(service: Alone, chance: random.Random) -> Secret:
    """A coordinator of its department is barred from a request; in the other life none arrives."""
    program = service.engine.program
    department = chance.choice([d for d in program.departments.values() if d.coordinators])
    barred = program.people[chance.choice(department.coordinators)]
    ways: list[Answers] = [
        {"QID1_TEXT": barred.name, "QID2_TEXT": barred.email},
        {"QID11_TEXT": barred.name},
    ]
    ways += [{"QID7_TEXT": unit} for unit in barred.supervises]
    answers = _answers(program, chance, _supporter(service, chance))
    return Secret(
        f"{barred.id} is barred from a request",
        Life(answers | {"QID6": department.name} | chance.choice(ways)),
        Life(None),
        lambda view, lives: view.reader != barred.id or _is_its_own(view, lives),
    )


def told(
    service: Alone, secret: Secret, lots: int, looks: Collection[str] = ALWAYS
) -> Iterator[Difference]:
    """Live both lives, and yield what tells the secret to somebody who may not know it."""
    lives = lived(service, secret.one, lots, looks), lived(service, secret.other, lots, looks)
    for when, views in lives[0].views.items():
        others = lives[1].views[when]
        for view in sorted({*views, *others}):
            one, other = views.get(view, ""), others.get(view, "")
            if one != other and not secret.may_differ(view, lives):
                yield Difference(when, view, differing(one, other))


def differing(one: str, other: str) -> tuple[str, ...]:
    """Return the lines of two texts that differ, each with "-" or "+" before it."""
    lines = unified_diff(one.splitlines(), other.splitlines(), n=0, lineterm="")
    return tuple(line for line in lines if not line.startswith(("---", "+++", "@@")))


def _is_its_own(view: View, lives: Pair) -> bool:
    """Tell whether this is the request's own page, or a mail to whoever made it.

    What a page of one request shows may follow from nothing that is secret in another.
    """
    requests = {life.reference for life in lives if life.reference}
    if len(requests) < len(lives) and view.about in requests:
        return True  # There is none to compare it with.
    if view.about in requests and view.what == BY_MAIL:
        return any(view.reader in life.aware for life in lives)
    return view.about in requests and view.reader == REQUESTERS


def _supporter(service: Alone, chance: random.Random) -> Supporter:
    """Return somebody who can be asked, and never asked for support themselves."""
    casebook = service.engine.casebook
    able = [
        one
        for one in casebook.supporters
        if one.status is SupporterStatus.ACTIVE and not [*casebook.requested_from(one.email)]
    ]
    return chance.choice(able)


def _answers(program: Program, chance: random.Random, like: Supporter) -> Answers:
    """Return a stranger's answers, who works and wishes so that this supporter suits them."""
    return JAMIE | {
        "QID1_TEXT": "Robin Vale",
        "QID2_TEXT": STRANGER,
        "QID3_TEXT": None,
        "QID6": program.departments[like.department].name,
        "QID7_TEXT": "Mailroom",
        "QID8": program.roles[like.role].name,
        **{f"QID10_{line}": SIMILAR for line in (1, 3)},
        "QID12": UNSAFE if chance.random() < URGENT else SAFE,
    }
