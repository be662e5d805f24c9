"""Mails in the admins' own words tell each reader no more than ours do."""

from collections.abc import Callable

import pytest

from notifications import digest
from notifications.examples.facts import COMMON_FACTS
from tests.handing_over import PARTNER, agrees, asked_about
from tests.program_files import agree, change, look
from tests.twice import again, merge, page_of
from tests.world import JORDAN, LINK, PAGER, PRIYA, REQUESTER, SAM, World

EVERYTHING = (
    "{{ department }} {{ role_group }} {{ wishes|length }} {{ supporter_name }} {{ state }}"
    " {{ due }} {{ left }} {{ tell_by }}"
    " {{ is_urgent }} {{ outcome }} {{ crisis_text }} {{ emergency_text }} {{ link }}"
)
NEWCOMER = "newcomer@example.org"
#: The mail itself says who reads it, and about which request.
ADDRESSES = {"link", "privacy_url", "help_url", "reply_to"}
SAID_ANYWAY = {*ADDRESSES, "reader_name", "reference", "standing"}
EVERY_FACT = "{{ link }}\n" + "\n".join(
    f"{fact}: {{{{ {fact}|default('') }}}}." for fact in COMMON_FACTS if fact not in SAID_ANYWAY
)


def words(world: World, email: str, text: str = EVERYTHING) -> None:
    """Let the admins' words for an e-mail ask for all that is known of a request."""
    world.work()
    folder = world.folder / "config/templates/email" / email
    folder.mkdir(parents=True)
    (folder / "body.txt").write_text(text)
    look(world)
    if world.mails(JORDAN, "a change needs your yes"):
        agree(world, JORDAN)
    assert "body.txt changed" in world.mail(SAM).text


def test_a_pager_hears_nothing_of_a_request(world: World) -> None:
    words(world, "ring")
    world.submit(QID12=2)
    world.work()
    assert world.mail(PAGER).text.split()[:3] == ["0", "False", "Call"]


def test_an_address_that_nobody_confirmed_hears_nothing_of_a_request(world: World) -> None:
    world.matched()
    words(world, "address_noted")
    page = world.open(world.mails(REQUESTER)[0])
    assert page.choose("contact_corrected", email=NEWCOMER, how=["mail"]).status == 200
    world.work()
    assert world.mail(NEWCOMER).text.split()[:3] == ["0", "False", "Call"]


@pytest.mark.parametrize("email", ["offer", "supporter_matched"])
def test_a_supporter_does_not_hear_where_the_requester_works(world: World, email: str) -> None:
    words(world, email)
    _, supporter = world.matched()
    (mail,) = [m for m in world.mails(supporter) if m.text.startswith("Nursing")]
    assert "Emergency" not in mail.text


@pytest.mark.parametrize("wish", ["rematch_asked", "not_heard"])
def test_a_supporter_does_not_hear_that_the_requester_asked_for_somebody_else(
    world: World, wish: str
) -> None:
    """The requester reads that they only hear that it is covered."""
    _, supporter = world.matched()
    folder = world.folder / "config/templates/email/taken_back"
    folder.mkdir(parents=True)
    (folder / "body.txt").write_text("It is {{ event }}. {{ outcome }}")
    look(world)
    agree(world, JORDAN)
    assert world.open(world.mails(REQUESTER)[0]).choose(wish).status == 200
    world.passes(minutes=6)
    assert world.mails(supporter)[-1].text.strip() == "It is taken_back."


ROBIN: dict[str, object] = {
    "QID1_TEXT": "Robin Vale",
    "QID2_TEXT": "robin.vale@example.org",
    "QID3_TEXT": "860-555-0142",
    "QID7_TEXT": "Day Clinic",
}
#: Ends somebody's part; returns the address of whoever is told.
Ends = Callable[[World, str, str], str]


def request_of(world: World, address: str, **changed: object) -> str:
    """Submit with this address; returns the reference."""
    return again(world, **(ROBIN | {"QID2_TEXT": address} | changed))


def said_yes(world: World, reference: str) -> str:
    """Bring a request to a supporter's yes; returns the supporter's address."""
    page = page_of(world, reference)
    assert page.choose("offered", first=page.values("first")[0], read="1").status == 200
    world.passes(minutes=6)
    supporter = world.asked(reference)
    assert world.open(world.mail(supporter, reference)).choose("accepted").status == 200
    world.passes(minutes=6)
    return supporter


def by_reviewer(choice: str) -> Ends:
    def ends(world: World, reference: str, _address: str) -> str:
        supporter = said_yes(world, reference)
        assert page_of(world, reference).choose(choice).status == 200
        return supporter

    return ends


def by_requester(choice: str) -> Ends:
    def ends(world: World, reference: str, address: str) -> str:
        supporter = said_yes(world, reference)
        page = world.open(world.mail(address, reference))
        asked = page.values("proposed")
        assert page.choose(choice, **({"proposed": asked[0]} if asked else {})).status == 200
        return supporter

    return ends


def withdrawn(world: World, reference: str, address: str) -> str:
    assert world.open(world.mail(address, reference)).choose("withdrawn").status == 200
    return PRIYA


def lost_to_an_older_one(world: World, reference: str, address: str) -> str:
    """Let the older request be one that Priya may not see."""
    world.passes(hours=5)
    newer = request_of(world, address, QID11_TEXT="Priya Nair")
    assert merge(world, reference, newer, JORDAN).status == 200
    return PRIYA


def at_partner(choice: str) -> Ends:
    def ends(world: World, reference: str, address: str) -> str:
        page = world.open(world.mail(said_yes(world, reference), reference))
        page.choose("contacted")
        asked_about(world, page.again())
        agrees(world, world.open(world.mail(address, "would you like to hear from them")), "phone")
        own = world.open(world.mail(address, reference))
        given = own.values("hand_over")
        assert own.choose(choice, **({"hand_over": given[0]} if given else {})).status == 200
        return PARTNER

    return ends


@pytest.mark.parametrize(
    ("email", "one", "other", "asks_first"),
    [
        ("taken_back", by_reviewer("offer_withdrawn"), by_requester("other_wanted"), True),
        ("taken_back", by_reviewer("taken_back"), by_requester("rematch_asked"), False),
        ("request_withdrawn", withdrawn, lost_to_an_older_one, False),
        ("partner_released", at_partner("hand_over_stopped"), at_partner("withdrawn"), False),
    ],
)
def test_whose_part_is_over_cannot_read_how_it_ended(
    world: World, email: str, one: Ends, other: Ends, asks_first: bool
) -> None:
    if asks_first:
        facts = "[survey.facts]\n"
        change(world, "survey.toml", facts, f'{facts}asks_first = {{ always = "yes" }}\n')
        look(world)
    words(world, email, EVERY_FACT)
    told = []
    for address, ends in (("robin.vale@example.org", one), ("kim.orta@example.net", other)):
        reference = request_of(world, address, QID1_TEXT=address[:3], QID3_TEXT=None)
        whom = ends(world, reference, address)
        world.passes(minutes=11)
        # A support service knows the request by another reference.
        about = "" if whom == PARTNER else reference
        told.append(LINK.sub("", world.mails(whom, about)[-1].text))
        assert "department: ." in told[-1], told[-1]
    assert told[0] == told[1]


def test_a_digest_cannot_count_what_its_reader_may_not_hear_of(world: World) -> None:
    """With API access nobody compares numbers, so nobody needs how many requests arrived."""
    world.work()
    before = digest.facts(world.engine.casebook, "jordan-reyes", "", world.clock.now)
    world.submit(QID11_TEXT="Jordan Reyes")
    world.work()
    assert digest.facts(world.engine.casebook, "jordan-reyes", "", world.clock.now) == before
