"""A requester, a few supporters and their ranking, for tests of matching."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from matching.ranking import Ranking, rank
from matching.weights import Matching, nearness
from people.records import Identity
from people.supporters import ChecksMail, Load, Supporter
from tests.examples import TIMES
from workflow.model import Case, Facts, Offer, State, Wish

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TODAY = NOW.date()
#: What must always hold is tried often enough to meet two or three rare things at once.
THOROUGH = settings(max_examples=40 * TIMES)
ROLES = ("nurse", "charge-nurse", "physician", "resident")
NEAR: dict[tuple[str, ...], float] = {
    ("nurse", "charge-nurse"): 0.6,
    ("physician", "resident"): 0.8,
}
MATCHING = Matching(near={"role": nearness(NEAR)})
JAMIE = Identity(
    name="Jamie Quill",
    email="Jamie.Quill@example.org",
    phone="860-555-0199",
    unit="Night float, Trauma Bay",
    not_wanted_ids=("not-wanted",),
)
AMARA = Supporter(
    id="amara",
    name="Amara Cole",
    email="amara.cole@example.org",
    role="nurse",
    department="emergency",
    phone="860-555-0110",
    specialty="critical-care",
    trained_on=date(2025, 10, 14),
)
BETH = replace(AMARA, id="beth", name="Beth Lindgren", email="beth@example.org", phone="")
FACTS = Facts(
    department="emergency",
    role="nurse",
    specialty="critical-care",
    wish_role=Wish.SIMILAR,
    wish_specialty=Wish.SIMILAR,
    wish_department=Wish.DIFFERENT,
)


def case(facts: Facts = FACTS, *offers: Offer, reference: str = "PS-7K3QF") -> Case:
    return Case(reference, State.IN_REVIEW, 1, NOW, NOW, facts, offers=offers)


def ranked(
    *supporters: Supporter,
    facts: Facts = FACTS,
    identity: Identity | None = JAMIE,
    loads: dict[str, Load] | None = None,
    offers: tuple[Offer, ...] = (),
    matching: Matching = MATCHING,
) -> Ranking:
    return rank(case(facts, *offers), identity, supporters, loads or {}, matching, TODAY)


def order(ranking: Ranking) -> list[str]:
    return [candidate.supporter.id for candidate in ranking.candidates]


some_supporter = st.builds(
    lambda **changed: replace(AMARA, **changed),
    role=st.sampled_from(ROLES),
    department=st.sampled_from(["emergency", "surgery"]),
    specialty=st.sampled_from(["critical-care", "surgery", ""]),
    capacity=st.integers(1, 4),
    unit=st.sampled_from(["Trauma Bay", ""]),
    refresher_due=st.sampled_from([None, TODAY - timedelta(days=1), TODAY]),
    languages=st.sampled_from([(), ("en",), ("es",)]),
    site=st.sampled_from(["North Campus", "Main Campus"]),
    times=st.sampled_from([(), ("morning",), ("evening", "night")]),
    checks_mail=st.sampled_from(list(ChecksMail)),
)
wish = st.sampled_from(list(Wish))
some_facts = st.builds(
    Facts,
    department=st.sampled_from(["emergency", "surgery", ""]),
    role=st.sampled_from([*ROLES, ""]),
    specialty=st.sampled_from(["critical-care", "surgery", ""]),
    wish_role=wish,
    wish_specialty=wish,
    wish_department=wish,
    language=st.sampled_from(["en", "es-mx", ""]),
    wish_site=st.sampled_from(["North Campus", ""]),
    wish_times=st.sampled_from([(), ("night",), ("morning", "evening")]),
)


some_load = st.builds(
    Load,
    open_count=st.integers(0, 5),
    recent=st.integers(0, 9),
    rested=st.sampled_from([None, 0, 1, 2, 3, 4, 9]),
    asked_months_ago=st.sampled_from([None, 0, 1, 12]),
)


@st.composite
def rosters(draw: st.DrawFn) -> tuple[list[Supporter], dict[str, Load]]:
    drawn = draw(st.lists(some_supporter, min_size=1, max_size=8))
    roster = [
        replace(s, id=f"s{number}", email=f"s{number}@example.org", phone="")
        for number, s in enumerate(drawn)
    ]
    return roster, {s.id: draw(some_load) for s in roster}
