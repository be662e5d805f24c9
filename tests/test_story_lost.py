"""The worst week of Qualtrics: events lost, repeated, reordered; an API that fails in all ways."""

from collections import Counter
from datetime import timedelta

from qualtrics.api.client import Client
from tests.examples import TIMES
from tests.world import API_TOKEN, JAMIE, World

PEOPLE, AT_ONCE = 100 * TIMES, 20
TROUBLE: dict[int | str, float] = {
    202: 0.12, 404: 0.10, 429: 0.10, 500: 0.15,
    "cut": 0.05, "no id": 0.05, "reset": 0.05, "hang": 0.01,
}  # fmt: skip


def address(number: int) -> str:
    return f"person.{number}@example.org"


def ask(world: World, number: int) -> str:
    answers = JAMIE | {"QID2_TEXT": address(number), "QID3_TEXT": f"860-556-{number:04}"}
    return world.qualtrics.submit(answers)  # type: ignore[arg-type]


def impatient(world: World) -> None:
    """Let calls that hang be given up soon; everything else is as in earnest."""
    url = world.app.extensions["settings"].qualtrics_base_url
    client = Client(
        url, token=API_TOKEN, clock=world.clock, timeout=(2, 0.2), sleep=lambda seconds: None
    )
    world.app.extensions["client"] = lambda: client


def test_all_submissions_become_one_request_each_through_every_trouble(world: World) -> None:
    impatient(world)
    behavior = world.qualtrics.behavior
    behavior.drop_rate, behavior.repeat_rate = 0.3, 0.2
    behavior.scatter, behavior.partials_first, behavior.partial_lead = 0.05, 0.2, 0.01
    behavior.partial_topic = "completedResponse"
    behavior.api_trouble, behavior.hang_seconds = TROUBLE, 0.3
    asked = {}
    for first in range(0, PEOPLE, AT_ONCE):
        for number in range(first, first + AT_ONCE):
            asked[ask(world, number)] = number
        assert world.qualtrics.wait_until_published()
        world.passes(minutes=8)
    behavior.api_trouble, behavior.drop_rate = {}, 0.0
    for _ in range(8):
        world.passes(minutes=20)

    # Everybody, once, from when they pressed Submit.
    assert world.count("cases") == PEOPLE
    written = Counter(mail.recipients[0] for mail in world.mailbox.messages)
    assert {address(n): written[address(n)] for n in range(PEOPLE)} == {
        address(n): 1 for n in range(PEOPLE)
    }
    assert set(world.rows("deliveries", "next_at")) == {(None,)}

    # What came by which way adds up, and says what Qualtrics did.
    arrived = world.rows("deliveries", "response_id", "way", "case_id")
    ways = {response: way for response, way, case in arrived if case}
    assert ways.keys() == asked.keys()
    never_told = {id for id, outcomes in told(world).items() if set(outcomes) == {"dropped"}}
    assert PEOPLE / 20 < len(never_told) < PEOPLE / 2
    assert {ways[id] for id in never_told} == {"reconciliation"}
    counted = Counter[str]()
    for way, number in world.rows("arrivals", "way", "number"):
        counted[way] += number
    assert counted == Counter(ways.values())
    assert sum(Counter(ways.values()).values()) == PEOPLE
    often = {trouble for trouble, share in TROUBLE.items() if share > 0.01}
    assert often <= world.qualtrics.brand.troubles.keys(), "the API made less trouble than asked"
    assert world.qualtrics.brand.troubles.total() > PEOPLE / 5


def told(world: World) -> dict[str, list[int | str]]:
    """Return what came of everything that Qualtrics sent about each response."""
    outcomes: dict[str, list[int | str]] = {}
    for publication in world.qualtrics.publications:
        outcomes.setdefault(publication.response_id, []).extend(publication.outcomes)
    return outcomes


def test_the_admins_hear_once_a_day_that_events_get_lost(world: World) -> None:
    world.work()
    world.qualtrics.behavior.drop_rate = 1.0
    for number in range(30):
        ask(world, number)
        world.clock.now += timedelta(hours=1)
        world.work()

    days = {mail.arrived_at.date() for mail in world.mailbox.messages}
    told_on = [m.arrived_at.date() for m in world.mailbox.messages if "never delivered" in m.text]
    assert len(told_on) == len(set(told_on))
    assert set(told_on) <= days
    assert len(told_on) >= 2
