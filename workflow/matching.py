"""Matching: who can be proposed to a requester, in which order, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from workflow.exclusions import cautions, is_excluded
from workflow.model import Case, Facts, Identity, Wish
from workflow.supporters import Load, Supporter


@dataclass(frozen=True)
class Candidate:
    """A supporter who may be proposed, with the reasons in words, best news first."""

    supporter: Supporter
    score: float
    reasons: tuple[str, ...]
    #: Why they should rather not be asked; choosing them stays possible.
    cautions: tuple[str, ...] = ()
    #: Which wishes ("role", "specialty", "department") they do not meet.
    unmet: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wished:
    """How far a supporter meets one wish, 0 to 1 (None: no preference), and the words for it."""

    what: str
    met: float | None = None
    words: str = ""


@dataclass(frozen=True)
class Ranking:
    candidates: tuple[Candidate, ...]
    excluded_by_wish: int = 0
    unavailable: int = 0

    @property
    def choosable(self) -> frozenset[str]:
        return frozenset(c.supporter.id for c in self.candidates)


@dataclass(frozen=True)
class Vocabulary:
    """Which group a role belongs to, and the words for what candidates share."""

    role_groups: Mapping[str, str]


WISH_WEIGHT = 10.0
GROUP_SHARE = 0.6
#: From so much likeness on, a wish counts as met.
AS_ASKED = 0.5
LOAD_WEIGHT = 3.0
#: Heavier than all wishes together: who should rather not be asked comes last.
CAUTION_WEIGHT = 40.0


def rank(
    case: Case,
    identity: Identity | None,
    supporters: Iterable[Supporter],
    loads: Mapping[str, Load],
    vocabulary: Vocabulary,
    today: date,
) -> Ranking:
    """Rank the supporters who may be asked; what was asked before on this case counts too."""
    candidates, not_wanted, unavailable = [], 0, 0
    for supporter in supporters:
        if identity is not None and supporter.id in identity.not_wanted_ids:
            not_wanted += 1
        elif is_excluded(supporter, identity, today):
            unavailable += 1
        else:
            load = loads.get(supporter.id, Load())
            candidates.append(_candidate(supporter, case, identity, load, vocabulary, today))
    ordered = sorted(candidates, key=lambda c: (-c.score, _draw(case, c.supporter)))
    return Ranking(tuple(ordered), not_wanted, unavailable)


def _candidate(
    supporter: Supporter,
    case: Case,
    identity: Identity | None,
    load: Load,
    vocabulary: Vocabulary,
    today: date,
) -> Candidate:
    facts = case.facts
    wishes = (
        _wished("role", facts.wish_role, _role_likeness(supporter, facts, vocabulary)),
        _wished("specialty", facts.wish_specialty, _equal(supporter.specialty, facts.specialty)),
        _wished(
            "department", facts.wish_department, _equal(supporter.department, facts.department)
        ),
    )
    advised_against = tuple(cautions(supporter, case, identity, load, today))
    free = max(0.0, 1 - load.open_count / supporter.capacity)
    reasons = [wished.words for wished in wishes if wished.words]
    reasons.append(f"{load.open_count} of {supporter.capacity} places taken")
    if not _speaks(supporter, facts.language):
        reasons.append("does not speak the language of the form")
    reasons.append(f"reads mail {supporter.checks_mail}")
    met = sum(wished.met for wished in wishes if wished.met is not None)
    unmet = tuple(w.what for w in wishes if w.met is not None and w.met < AS_ASKED)
    score = WISH_WEIGHT * met + LOAD_WEIGHT * free - CAUTION_WEIGHT * len(advised_against)
    return Candidate(supporter, score, tuple(reasons), advised_against, unmet)


def _speaks(supporter: Supporter, language: str) -> bool:
    """Compare languages without their regions; nothing stated is nothing to warn of."""
    spoken = {code.partition("-")[0] for code in supporter.languages}
    return not language or not spoken or language.partition("-")[0] in spoken


def _wished(what: str, wish: Wish, likeness: float | None) -> Wished:
    """Compare a wish with a likeness: 0 to 1, None when one side is not stated."""
    if wish is Wish.NO_PREFERENCE:
        return Wished(what)
    if likeness is None:
        return Wished(what, 0.0, f"{what} not stated")
    met = likeness if wish is Wish.SIMILAR else 1 - likeness
    is_same = likeness >= 1
    seen = f"same {what}" if is_same else f"similar {what}" if likeness > 0 else f"other {what}"
    return Wished(what, met, f"{seen}, {'as asked' if met >= AS_ASKED else 'not as asked'}")


def _role_likeness(supporter: Supporter, facts: Facts, vocabulary: Vocabulary) -> float | None:
    equal = _equal(supporter.role, facts.role)
    groups = vocabulary.role_groups
    if equal == 0 and groups.get(supporter.role) == groups.get(facts.role, object()):
        return GROUP_SHARE
    return equal


def _equal(one: str, other: str) -> float | None:
    if not one or not other:
        return None
    return 1.0 if one == other else 0.0


def _draw(case: Case, supporter: Supporter) -> str:
    """Order equals by a draw that is the same for everybody who looks at this case."""
    return sha256(f"{case.reference} {supporter.id}".encode()).hexdigest()
