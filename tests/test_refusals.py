"""What a page refuses, in the time in which it refuses all else."""

import secrets
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from demo.mailbox import StoredMessage
from pages.access.timing import SHORT_STEP_SECONDS
from tests.asking import bytes_of
from tests.handing_over import PARTNER, agrees, asked_about
from tests.program_files import agree, leading, look
from tests.test_story_supporters import edit
from tests.test_story_urgent_answers import offered as offered_urgently
from tests.twice import again, merge, page_of
from tests.world import JORDAN, PRIYA, REQUESTER, Browser, Page, World

pytestmark = pytest.mark.usefixtures("waits")
OTHER = {
    "QID1_TEXT": "Robin Vale",
    "QID2_TEXT": "robin.vale@example.org",
    "QID3_TEXT": "860-555-0142",
}


def test_no_refusal_tells_by_its_time_whether_a_lost_request_goes_on(world: World) -> None:
    """One that goes on is read before it is refused; one that was withdrawn is not there."""
    reference, gone = world.request(), "PS-GGGGG"
    mail = world.mail(JORDAN, reference)
    decided = world.open(mail)
    decided.choose("handed_over")
    world.passes(minutes=16)
    offered = world.own_page(JORDAN).person.look(f"{world.url}/board")
    refused = {
        "the board": offered.choose(reference),
        "the board, about one that is gone": offered.choose(gone),
        "the link": world.open(mail),
        "the page": decided.again(),
        "an answer": decided.choose("called"),
    }
    took = {what: page.answer.elapsed.total_seconds() for what, page in refused.items()}
    assert {page.status for page in refused.values()} == {403, 404, 410}
    assert [what for what, seconds in took.items() if seconds < SHORT_STEP_SECONDS] == []


@pytest.mark.parametrize("minutes", [None, 0, 1, 11], ids=["before the worker", "0", "1", "11"])
def test_an_open_page_closes_alike_if_its_request_is_withdrawn_or_kept_from_its_reader(
    world: World, minutes: int | None
) -> None:
    """From the moment on: the list of open pages, the page itself, and the links of its mails."""
    seen = dict[str, object]()
    for way in ("withdrawn", "lost"):
        reference = world.request(**(OTHER if way == "withdrawn" else {}))
        page, mail = page_of(world, reference, PRIYA), world.mail(PRIYA, f"{reference}:")
        newer = again(world, QID11_TEXT="Priya Nair") if way == "lost" else ""
        if newer:
            assert merge(world, reference, newer, JORDAN).status == 200
        else:
            theirs = world.open(world.mail(OTHER["QID2_TEXT"], reference))
            assert theirs.choose("withdrawn").status == 200
        if minutes is not None:
            world.passes(minutes=minutes)
        told = (page.again().text, page.choose("call_taken").text, world.open(mail).text)
        listed = len(world.own_page(PRIYA).values("end_visit"))
        seen[way] = (listed, *(text.replace(reference, "PS") for text in told))
        world.passes(hours=1)
    assert seen["withdrawn"] == seen["lost"]


# Supporters and support services whose part is over

#: Ends someone's part in a request; returns it, their mail, and their page from before.
Ends = Callable[[World], tuple[str, StoredMessage, Page]]


def asked(world: World) -> tuple[str, StoredMessage, Page]:
    reference = world.offered()
    mail = world.mail(world.asked(reference))
    return reference, mail, world.open(mail)


def declined(world: World) -> tuple[str, StoredMessage, Page]:
    reference, mail, page = asked(world)
    assert page.choose("declined").status == 200
    return reference, mail, page


def declined_about_an_urgent_one(world: World) -> tuple[str, StoredMessage, Page]:
    """Its mails leave at once, so that nothing can be undone."""
    reference = offered_urgently(world)
    mail = world.mail(world.asked(reference))
    page = world.open(mail)
    assert "We’ll ask someone else" in page.choose("declined").text
    return reference, mail, page


def too_late(world: World) -> tuple[str, StoredMessage, Page]:
    """They did not answer in time, and someone else said yes."""
    reference, mail, _ = asked(world)
    silent = world.asked(reference)
    while world.asked(reference) == silent:
        world.until_handled(reference)
    page = world.open(mail)
    assert world.open(world.mail(world.asked(reference))).choose("accepted").status == 200
    return reference, mail, page


def kept_apart(world: World) -> tuple[str, StoredMessage, Page]:
    """They lead the requester's unit since they were asked."""
    reference, mail, page = asked(world)
    (person,) = world.engine.program.found_by(world.asked(reference))

    edit(world, leading, person.id)
    look(world)
    agree(world, PRIYA)
    world.passes(minutes=1)
    return reference, mail, page


def asked_no_more(world: World) -> tuple[str, StoredMessage, Page]:
    reference, mail, page = asked(world)
    assert page_of(world, reference).choose("offer_withdrawn").status == 200
    return reference, mail, page


def supporting(world: World) -> tuple[str, StoredMessage, Page]:
    reference, supporter = world.in_contact()
    mail = world.mail(supporter, reference)
    return reference, mail, world.open(mail)


def answered(choice: str, world: World) -> tuple[str, StoredMessage, Page]:
    reference, mail, page = supporting(world)
    fields = {"outcome": "supported"} if choice == "completed" else {}
    assert page.choose(choice, **fields).status == 200
    return reference, mail, page


def not_reached(world: World) -> tuple[str, StoredMessage, Page]:
    reference, supporter = world.matched()
    mail = world.mail(supporter, reference)
    while world.case(reference).current_offer is not None:
        page = world.open(mail)
        assert page.choose("tried").status == 200
        world.passes(minutes=6)
    return reference, mail, page


def taken_back(world: World) -> tuple[str, StoredMessage, Page]:
    reference, mail, page = supporting(world)
    assert page_of(world, reference).choose("taken_back").status == 200
    return reference, mail, page


def someone_else_wanted(world: World) -> tuple[str, StoredMessage, Page]:
    reference, mail, page = supporting(world)
    assert world.open(world.mail(REQUESTER)).choose("rematch_asked").status == 200
    return reference, mail, page


def at_its_partner(world: World) -> tuple[str, StoredMessage, Page]:
    reference, _, page = supporting(world)
    asked_about(world, page)
    agrees(world, world.open(world.mail(REQUESTER, "would you like to hear from them")), "phone")
    mail = world.mail(PARTNER, "/open/")
    return reference, mail, world.open(mail)


def hand_over_made(world: World) -> tuple[str, StoredMessage, Page]:
    reference, mail, page = at_its_partner(world)
    assert page.choose("hand_over_made").status == 200
    return reference, mail, page


def hand_over_stopped(world: World) -> tuple[str, StoredMessage, Page]:
    reference, mail, page = at_its_partner(world)
    own = world.open(world.mail(REQUESTER, reference))
    stopped = own.choose("hand_over_stopped", hand_over=own.values("hand_over")[0])
    assert stopped.status == 200
    return reference, mail, page


def afterwards(world: World, reference: str) -> Iterator[str]:
    """Lead a request through all that may become of it, within one visit of someone else."""
    yield "as it was left"
    if world.case(reference).is_open:
        page = page_of(world, reference)
        for choice in ("taken_back", "offer_withdrawn"):
            if choice in page.values("choice"):
                assert page.choose(choice).status == 200
                page = page_of(world, reference)
        assert page.choose("closed", outcome="reached_otherwise").status == 200
        yield "closed"
    own = world.open(world.mail(REQUESTER))
    assert own.choose("reopened").status == 200
    yield "opened again"
    assert own.choose("withdrawn").status == 200
    yield "withdrawn"
    world.passes(minutes=11)
    assert reference not in world.references
    yield "forgotten"


@pytest.mark.parametrize(
    "ends",
    [
        declined,
        declined_about_an_urgent_one,
        too_late,
        kept_apart,
        asked_no_more,
        partial(answered, "completed"),
        partial(answered, "handed_back"),
        not_reached,
        taken_back,
        someone_else_wanted,
        hand_over_made,
        hand_over_stopped,
    ],
    ids=lambda ends: ends.args[0] if isinstance(ends, partial) else ends.__name__,
)
def test_whose_part_is_over_cannot_watch_by_an_old_link_what_becomes_of_a_request(
    world: World, ends: Ends
) -> None:
    """Neither by the link of a mail, nor by a page that they still had open; nor by their time."""
    reference, mail, page = ends(world)
    world.passes(minutes=6)
    unknown = bytes_of(Browser().open(f"{world.url}/open/{secrets.token_urlsafe(32)}"))
    links, pages, slow = dict[str, str](), dict[str, tuple[str, str]](), list[str]()
    reader, listed = mail.recipients[0], set[int]()
    own = world.own_page(reader) if reader != PARTNER else page
    for state in afterwards(world, reference):
        opened, looked, said = world.open(mail), page.again(), page.choose("accepted")
        links[state] = bytes_of(opened)
        pages[state] = (bytes_of(looked), bytes_of(said))
        for what, one in {"link": opened, "page": looked, "answer": said}.items():
            if one.status != 200 and one.answer.elapsed.total_seconds() < SHORT_STEP_SECONDS:
                slow.append(f"{what}, {state}")
        listed.add(len(own.again().values("end_visit")))
    assert set(links.values()) == {unknown}
    assert listed == {0 if reader == PARTNER else 1}, "where their pages are open"
    assert len(set(pages.values())) == 1, pages
    assert slow == []
    assert "Jamie" not in str(pages)


def test_a_link_that_expired_offers_no_fresh_one_to_whom_nothing_is_left(world: World) -> None:
    """It would offer one until the request is forgotten, and so tell when that was."""
    _, mail, page = answered("handed_back", world)
    world.passes(days=15)
    over = world.open(mail)
    assert over.status == 404
    assert "fresh" not in over.values("choice")
    assert page.again().status == 403


def test_asking_to_talk_takes_the_same_time_about_one_that_is_gone(world: World) -> None:
    reference, mail, _ = answered("handed_back", world)
    world.passes(minutes=6)
    own = world.own_page(mail.recipients[0])
    for about in (reference, "PS-GGGGG"):
        said = own.choose("talk", reference=about)
        assert said.status == 409
        assert said.answer.elapsed.total_seconds() >= SHORT_STEP_SECONDS


def test_what_opens_a_request_takes_whole_steps_for_all_who_may_have_filed_another(
    world: World,
) -> None:
    """Combined with theirs, it takes longer to find and to show."""
    reference = world.offered()
    for mail in (world.mail(REQUESTER), world.mail(world.asked(reference))):
        page = world.open(mail)
        (pressed,) = page.answer.history
        took = [one.elapsed.total_seconds() for one in (pressed, page.answer)]
        assert min(took) >= SHORT_STEP_SECONDS
