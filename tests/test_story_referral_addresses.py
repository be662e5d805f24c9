"""Who worried about a colleague stays out, by whichever address the colleague is found."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.forms import NOBODY
from tests.asking import candidates, page_of
from tests.referring import KIM, Referring, ask, carried
from tests.twice import a_day_later, again, confirm, merge
from tests.world import ELENA, JORDAN, PRIYA, REQUESTER, Page, World, living

HOME, ROBIN = "kim@home.test", "robin.hale@example.org"
SLIPS = ["kim.vale@exmaple.org", "kim.vale@example.og"]
TWO = [f"{KIM} or {HOME}", f"{HOME}, {KIM}"]
BETH, AMARA = "beth-lindgren", "amara-cole"
BETH_MAIL = "beth.lindgren@example.org"
JORDAN_ID = "jordan-reyes"
BY_HOME = {"QID1_TEXT": "Kim Vale", "QID2_TEXT": HOME}
#: Texts that would tell of a referral.
TELLING = "omeone (at work )?thought of|worr|referr|told us more since"


@pytest.fixture
def referring(world: World) -> Referring:
    return Referring.begin(world)


def worry(referring: Referring, *people: str, email: str = KIM) -> None:
    for one in people:
        referring.refer(email, by=one)


def correct(world: World, before: str, after: str) -> Page:
    page = world.open(world.mail(before, "We got your request"))
    return page.choose("contact_corrected", email=after, phone="860-555-0188", how=["mail", "call"])


def may_act(world: World, reference: str, person: str = JORDAN_ID) -> bool:
    return world.engine.casebook.load(reference).reviewing.may_act(person)


def shows_nothing(world: World, reference: str) -> None:
    """Look at all that people other than the colleague read of it."""
    read = [world.open(world.mails(PRIYA, reference)[-1]).text]
    read += [m.subject + m.text for m in world.mailbox.messages if KIM not in m.recipients]
    assert [one for one in read if re.search(TELLING, one)] == []


@pytest.mark.parametrize("typed", [*SLIPS, *TWO])
@pytest.mark.parametrize("meant", [KIM, NOBODY])
def test_no_referrer_is_asked_which_address_is_meant(
    referring: Referring, typed: str, meant: str
) -> None:
    world = referring.world
    worry(referring, "Beth Lindgren", "Jordan Reyes", "Amara Cole")
    reference = ask(world, QID2_TEXT=typed)
    assert not world.mails(JORDAN, reference)
    assert not may_act(world, reference)
    assert not {BETH, AMARA} & candidates_for(world, reference)
    page = world.open(world.mails(PRIYA, reference)[-1]).choose("identity")
    assert KIM in page.values("address")
    page.choose("recognized", asks="address", address=meant)
    world.passes(minutes=11)
    assert not may_act(world, reference), "whatever was meant"
    assert not {BETH, AMARA} & candidates_for(world, reference)
    assert not world.mails(JORDAN, reference)
    assert not world.mails(ELENA, reference)
    shows_nothing(world, reference)


def candidates_for(world: World, reference: str) -> set[str]:
    found = {*page_of(world, reference, PRIYA).values("first")}
    assert found
    return found


def test_our_link_and_two_addresses_join_all_who_worried(referring: Referring) -> None:
    world = referring.world
    worry(referring, "Beth Lindgren", "Jordan Reyes", "Amara Cole")
    page = world.open(world.mail(KIM)).choose("yes")
    reference = ask(world, carried(page), QID2_TEXT=TWO[0])
    assert not world.mails(JORDAN, reference)
    assert not {BETH, AMARA} & candidates_for(world, reference)


def test_a_slip_lets_no_name_decide_that_deputies_come(referring: Referring) -> None:
    world = referring.world
    worry(referring, "Jordan Reyes", "Priya Nair", "Elena Fischer")
    reference = ask(world, QID2_TEXT=TWO[0])
    assert not world.mails(JORDAN, reference)
    assert world.mails(PRIYA, reference)
    assert not world.mails(ELENA, reference)


@pytest.mark.parametrize("end", ["counts", "refused", "corrected again"])
def test_a_correction_keeps_them_out_at_once_and_from_then_on(
    referring: Referring, end: str
) -> None:
    world = referring.world
    worry(referring, "Beth Lindgren", "Jordan Reyes", "Amara Cole")
    reference = ask(world, **BY_HOME)
    link = world.mail(JORDAN, reference)
    assert BETH in candidates(world, reference)
    assert correct(world, HOME, KIM).status == 200
    world.work()
    assert not may_act(world, reference)
    assert reference not in world.open(link).text
    if end == "refused":
        page = world.open(world.mail(HOME, "was this you?"))
        page.choose("contact_refused", confirmation=page.values("confirmation")[0])
    elif end == "corrected again":
        correct(world, HOME, "kim@other.test")
    before = len(world.mails(JORDAN))
    a_day_later(world)
    own = world.engine.casebook.load(reference).own
    assert own is not None
    assert own.email == {"counts": KIM, "refused": HOME}.get(end, "kim@other.test")
    assert not may_act(world, reference)
    assert not {BETH, AMARA} & candidates_for(world, reference)
    assert len(world.mails(JORDAN)) == before
    assert not world.mails(ELENA, reference)
    shows_nothing(world, reference)


def test_who_worries_before_an_address_is_settled_stays_out(referring: Referring) -> None:
    world = referring.world
    reference = ask(world, QID2_TEXT=SLIPS[0])
    worry(referring, "Beth Lindgren", "Jordan Reyes")
    page = world.open(world.mails(PRIYA, reference)[-1]).choose("identity")
    page.choose("recognized", asks="address", address=KIM)
    assert not may_act(world, reference)
    assert BETH not in candidates_for(world, reference)
    shows_nothing(world, reference)


@pytest.mark.parametrize("other", [HOME, KIM])
def test_who_worries_before_a_merge_is_confirmed_stays_out(
    referring: Referring, other: str
) -> None:
    world = referring.world
    older = world.request(QID2_TEXT=REQUESTER)
    newer = again(world, QID2_TEXT=other)
    assert merge(world, older, newer).status == 200
    world.work()
    referring.refer(other if other == KIM else REQUESTER, by="Beth Lindgren")
    assert confirm(world, REQUESTER).status == 200
    assert BETH not in candidates(world, older)


def test_who_was_asked_and_had_worried_reads_what_a_question_taken_back_says(
    referring: Referring,
) -> None:
    """A reminder beside it would tell them that they are kept apart: that the colleague asked."""
    world = referring.world
    reference = ask(world, **BY_HOME)
    assert page_of(world, reference).choose("offered", first=BETH).status == 200
    world.passes(minutes=6)
    (question,) = world.mails(BETH_MAIL)
    worry(referring, "Beth Lindgren")
    correct(world, HOME, KIM)
    assert "This link doesn’t work" in world.open(question).text, "as after one taken back"
    for _ in range(40):
        world.passes(hours=3)
    assert world.mails(BETH_MAIL) == [question]
    assert "lapsed" in world.events(reference), "others can be asked then"
    assert "accepted" not in world.events(reference)
    shows_nothing(world, reference)


# What others could notice


@pytest.fixture
def two(tmp_path: Path) -> Iterator[list[Referring]]:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    with living(tmp_path / "one") as one, living(tmp_path / "other") as other:
        yield [Referring.begin(one), Referring.begin(other)]


@pytest.mark.parametrize("stage", ["asked", "accepted", "in contact"])
@pytest.mark.parametrize("road", ["correction", "settled"])
def test_no_one_learns_that_who_was_asked_before_had_worried(
    two: list[Referring], stage: str, road: str
) -> None:
    """The address came later than the question: what it changes would tell who worried."""
    (told, _), (untold, supporter) = (
        seen(referring, about, stage, road)
        for referring, about in zip(two, (KIM, ROBIN), strict=True)
    )
    assert told == untold
    assert supporter


def seen(referring: Referring, about: str, stage: str, road: str) -> tuple[list[str], str]:
    """Return what others read after the colleague's address was given or settled."""
    world, typed = referring.world, HOME if road == "correction" else SLIPS[0]
    reference = world.request(QID1_TEXT="Kim Vale", QID2_TEXT=typed)
    page = page_of(world, reference)
    assert page.choose("offered", first=BETH, read="yes").status == 200
    world.passes(minutes=6)
    supporter = world.asked(reference)
    for choice in {"asked": [], "accepted": ["accepted"]}.get(stage, ["accepted", "contacted"]):
        assert world.open(world.mail(supporter)).choose(choice).status == 200
        world.passes(minutes=6)
    before = len(world.mailbox.messages)
    referring.refer(about, by="P. D.", own_email=supporter)
    if road == "correction":
        correct(world, HOME, KIM)
        a_day_later(world)
    else:
        page = page_of(world, reference).choose("identity")
        page.choose("recognized", asks="address", address=KIM)
        world.work()
    own = {KIM, ROBIN, *([supporter] if stage == "asked" else [])}
    mails = [m for m in world.mailbox.messages[before:] if not own & {*m.recipients}]
    read = [f"{m.recipients} {m.subject} {m.text}" for m in mails]
    hidden = re.compile(r"https?://\S+|PS-[A-Z0-9]{5}")
    pages = [page_of(world, reference, person).text for person in (JORDAN, PRIYA)]
    return sorted(hidden.sub("…", text) for text in (*read, *pages)), supporter
