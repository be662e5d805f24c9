"""From Submit to forgotten, as everybody on the way sees it."""

from tests.program_files import change
from tests.test_story_copies import OFF, ON
from tests.world import JORDAN, PRIYA, REQUESTER, World
from workflow.model import Outcome, State


def test_it_leads_from_submit_to_the_first_conversation_and_forgets(world: World) -> None:
    change(world, "survey.toml", OFF, ON)
    world.submit()
    world.work()
    reference = world.only_case().reference
    assert "next" in world.mail(REQUESTER).subject
    assert world.mails(JORDAN) == []  # nobody is told before the requester could change their mind

    world.passes(minutes=11)
    assert reference in world.mail(JORDAN).subject
    assert reference in world.mail(PRIYA).subject

    page = world.open(world.mail(PRIYA))
    assert "Emergency Medicine" in page.text
    assert "Similar role" in page.text
    assert "Jamie" not in page.text
    first, second = page.values("first")[:2]
    assert first != second
    result = page.choose("offered", first=first)
    assert "Priya Nair asked a supporter" in result.text

    world.passes(minutes=6)
    supporter = world.asked(reference)
    card = world.open(world.mail(supporter))
    assert "Jamie" not in card.text
    assert "Nursing" in card.text
    accepted = card.choose("accepted")
    assert "Jamie Quill" in accepted.text
    assert "Not before 4 PM." in accepted.text
    assert "No voicemail." in accepted.text
    assert world.case(reference).state is State.MATCHED
    world.passes(minutes=6)
    assert "touch" in world.mail(REQUESTER).text

    page = world.open(world.mail(supporter)).choose("contacted")
    assert world.case(reference).state is State.IN_CONTACT
    page.choose("completed", outcome="supported")
    assert world.case(reference).outcome is Outcome.SUPPORTED
    world.passes(minutes=6)
    assert "got it wrong" in world.mail(REQUESTER).text.lower()
    assert world.events(reference) == [
        "submitted", "offered", "accepted", "contacted", "completed",
    ]  # fmt: skip

    world.passes(days=30, minutes=1)
    for table in ("cases", "identities", "history", "outbox", "openings", "rankings"):
        assert world.count(table) == 0, table
    assert world.qualtrics.responses == {}
    assert world.count("deliveries") == 1  # only what recognizes an old export
    assert world.count("tallies") > 0


def test_the_history_on_a_page_is_in_the_order_in_which_things_happened(world: World) -> None:
    reference = world.request()
    world.open(world.mail(JORDAN, reference)).choose("identity")
    world.passes(minutes=1)
    page = world.open(world.mail(JORDAN, reference))
    page.choose("offered", first=page.values("first")[0])
    text = world.open(world.mail(JORDAN, reference)).text
    history = text.partition("See what happened so far")[2]
    assert history.index("opened name and contact") < history.index("asked a supporter")
