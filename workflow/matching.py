"""Matching: who can be proposed to a requester, in which order, and why."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

from workflow.model import Case, Facts, Identity, Offer, OfferState, Wish
from workflow.reviewers import is_same_person, leads_them


class Standing(StrEnum):
    """A supporter's status in the roster."""

    ACTIVE = "active"
    PAUSED = "paused"
    INACTIVE = "inactive"


class ChecksMail(StrEnum):
    DAILY = "daily"
    TWICE_A_WEEK = "twice a week"
    WEEKLY = "weekly"


@dataclass(frozen=True)
class Supporter:
    """A trained colleague as supporters.csv describes them."""

    id: str
    name: str
    email: str
    role: str
    department: str
    notify_email: str = ""
    phone: str = ""
    text_ok: bool = False
    checks_mail: ChecksMail = ChecksMail.DAILY
    specialty: str = ""
    unit: str = ""
    site: str = ""
    languages: tuple[str, ...] = ()
    supervises: tuple[str, ...] = ()
    capacity: int = 1
    trained_on: date | None = None
    refresher_due: date | None = None
    status: Standing = Standing.ACTIVE
    away_from: date | None = None
    away_until: date | None = None


@dataclass(frozen=True)
class Load:
    """What a supporter has open now: offers not answered yet, and people they support."""

    open_count: int = 0


@dataclass(frozen=True)
class Candidate:
    """A supporter who may be proposed, with the reasons in words, best news first."""

    supporter: Supporter
    score: float
    reasons: tuple[str, ...]
    #: Why they should rather not be asked; choosing them stays possible.
    cautions: tuple[str, ...] = ()


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


def is_excluded(supporter: Supporter, identity: Identity | None, today: date) -> bool:
    """Tell whether a supporter can never be proposed to this requester."""
    if supporter.status is not Standing.ACTIVE:
        return True
    if supporter.trained_on is None or supporter.trained_on > today:
        return True
    return identity is not None and is_impossible(supporter, identity)


def is_impossible(supporter: Supporter, identity: Identity) -> bool:
    """Tell whether who the requester is, or does not want, excludes a supporter."""
    return (
        is_same_person(supporter.email, supporter.phone, identity)
        or is_same_person(supporter.notify_email, "", identity)
        or supporter.id in identity.not_wanted_ids
        or leads_them(supporter.supervises, identity)
    )


def _candidate(
    supporter: Supporter,
    case: Case,
    identity: Identity | None,
    load: Load,
    vocabulary: Vocabulary,
    today: date,
) -> Candidate:
    facts = case.facts
    parts = (
        _wished("role", facts.wish_role, _role_likeness(supporter, facts, vocabulary)),
        _wished("specialty", facts.wish_specialty, _equal(supporter.specialty, facts.specialty)),
        _wished(
            "department", facts.wish_department, _equal(supporter.department, facts.department)
        ),
    )
    cautions = tuple(_cautions(supporter, case, identity, load, today))
    free = max(0.0, 1 - load.open_count / supporter.capacity)
    reasons = [words for _, words in parts if words]
    reasons.append(f"{load.open_count} of {supporter.capacity} places taken")
    if not _speaks(supporter, facts.language):
        reasons.append("does not speak the language of the form")
    reasons.append(f"reads mail {supporter.checks_mail}")
    score = sum(points for points, _ in parts) + LOAD_WEIGHT * free
    return Candidate(supporter, score - CAUTION_WEIGHT * len(cautions), tuple(reasons), cautions)


def _cautions(
    supporter: Supporter,
    case: Case,
    identity: Identity | None,
    load: Load,
    today: date,
) -> Iterator[str]:
    if load.open_count >= supporter.capacity:
        yield "has as many requests as they can take"
    if supporter.refresher_due is not None and supporter.refresher_due < today:
        yield "refresher training is overdue"
    if identity is not None and leads_them((supporter.unit,), identity):
        yield "close to them at work"
    if any(_was_asked(offer) for offer in case.offers if offer.supporter == supporter.id):
        yield "was asked for this request before"


def _was_asked(offer: Offer) -> bool:
    """Tell an offer that was made from a stand-in whose turn never came."""
    waited = (OfferState.STANDING_BY, OfferState.ENDED)
    return offer.sent_at is not None or offer.state not in waited


def _speaks(supporter: Supporter, language: str) -> bool:
    """Compare languages without their regions; nothing stated is nothing to warn of."""
    spoken = {code.partition("-")[0] for code in supporter.languages}
    return not language or not spoken or language.partition("-")[0] in spoken


def _wished(what: str, wish: Wish, likeness: float | None) -> tuple[float, str]:
    """Turn a wish and a likeness (0 to 1, None: not stated) into points and words."""
    if wish is Wish.NO_PREFERENCE:
        return 0.0, ""
    if likeness is None:
        return 0.0, f"{what} not stated"
    met = likeness if wish is Wish.SIMILAR else 1 - likeness
    is_same = likeness >= 1
    seen = f"same {what}" if is_same else f"similar {what}" if likeness > 0 else f"other {what}"
    return WISH_WEIGHT * met, f"{seen}, {'as asked' if met >= 0.5 else 'not as asked'}"


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
