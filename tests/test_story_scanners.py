"""Stories of mail scanners: whatever they open and send, no request changes for good."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from demo.mailbox import StoredMessage
from tests.scanner import Form, Scanner, as_they_stand, first_of_each
from tests.world import ELENA, JORDAN, PRIYA, REQUESTER, SAM, Page, World, link_in
from workflow.model import Case

#: Whatever tells that somebody decided something. Opening a link only begins visits.
KEPT = (
    "absences", "cases", "copies", "history", "identities", "matches", "openings", "outbox",
    "programs", "readiness",
)  # fmt: skip
SEVERAL = 3


def with_links(world: World) -> list[StoredMessage]:
    """Return the newest mail of each kind to each reader."""
    found = {(mail.recipients, mail.subject): mail for mail in world.mailbox.messages}
    return [mail for mail in found.values() if "/open/" in mail.text]


def kept(world: World) -> dict[str, list[tuple[object, ...]]]:
    return {table: world.rows(table) for table in KEPT}


def scan(mails: list[StoredMessage], answers: Callable[[Form], list[tuple[str, str]]]) -> None:
    """Several scanners look at all mails at once."""
    with ThreadPoolExecutor(SEVERAL) as several:
        seen = several.map(lambda mail: Scanner(answers).scan(link_in(mail)), mails)
        assert all(page.status_code < 500 for pages in seen for page in pages)


def road(world: World) -> Iterator[str]:
    """Lead a request from Submit to its end; yield at each state."""
    reference = world.request()
    yield "in review"
    page = world.open(world.mail(JORDAN))
    first, second = page.values("first")[:2]
    page.choose("offered", first=first, stand_in_1=second)
    yield "an offer that waits"
    world.passes(minutes=6)
    supporter = world.asked(reference)
    yield "offered"
    page = world.open(world.mail(supporter)).choose("accepted")
    yield "a yes that waits"
    world.passes(minutes=6)
    page.choose("contacted")
    world.passes(minutes=6)
    yield "in contact"
    world.open(world.mail(REQUESTER)).choose("contact_corrected", email=NEW, how="mail")
    world.passes(minutes=6)
    yield "corrected"
    asked = world.open(world.mail(REQUESTER, "was this you?"))
    asked.choose("contact_confirmed", confirmation=asked.values("confirmation")[0])
    world.open(world.mail(supporter)).choose("completed", outcome="supported")
    world.passes(minutes=6)
    yield "closed"


NEW = "jamie.new@example.org"


def test_a_scanner_that_sends_every_form_as_it_stands_changes_nothing(world: World) -> None:
    world.own_page(JORDAN)
    world.own_page("beth.lindgren@example.org")
    for state in road(world):
        mails = with_links(world)[-4:]
        before, sent = kept(world), len(world.mailbox.messages)
        scan([*mails, mails[-1]], as_they_stand)
        world.work()
        assert kept(world) == before, state
        assert len(world.mailbox.messages) == sent, state


def test_neither_does_it_decide_about_files_or_copies(world: World) -> None:
    world.request()
    world.open(world.mail(REQUESTER)).choose("withdrawn_erased")
    program = world.folder / "config/program.toml"
    program.write_text(program.read_text().replace('forget_after = "30', 'forget_after = "7'))
    world.passes(days=8)
    mails = [world.mail(SAM, "clean up"), world.mail(SAM, "confirm")]
    before = kept(world)
    for answers in (as_they_stand, first_of_each):
        scan(mails, answers)
        assert kept(world) == before


def undo_everything(world: World, mails: list[StoredMessage]) -> None:
    """Whoever finds that they can undo something does so, one after the other."""
    for _ in range(8):
        pages = [world.open(mail) for mail in mails]
        if not any(map(_has_undone, pages)):
            return
    raise AssertionError("there is always more to undo")


def _has_undone(page: Page) -> bool:
    if 'value="undone"' not in page.answer.text:
        return False
    return page.choose("undone").status == 200


def as_before(case: Case, before: Case) -> Case:
    """Return a case without what only counts decisions."""
    return replace(case, version=before.version, calls_in_vain=before.calls_in_vain)


def test_what_a_scanner_does_with_the_first_answers_can_be_undone(world: World) -> None:
    for state in road(world):
        if state.endswith("waits"):
            continue  # The last person's own answer would be undone, too.
        mails = with_links(world)[-5:]
        case, sent = world.only_case(), len(world.mailbox.messages)
        scan(mails, first_of_each)
        world.passes(minutes=2)
        undo_everything(world, mails)
        assert as_before(world.only_case(), case) == case, state
        told = {mail.subject for mail in world.mailbox.messages[sent:]}
        assert told <= {"Your new link from Care Desk"}, state
        assert world.count("identities") == 1


def test_also_of_an_urgent_request(world: World) -> None:
    world.request(QID12=3)
    case = world.only_case()
    scan(with_links(world), first_of_each)
    assert world.events(case.reference)[1:], "somebody took the call or stepped back"
    undo_everything(world, with_links(world))
    after = as_before(world.only_case(), case)
    assert (after.state, after.stepped_back, after.offers) == (case.state, (), ())
    assert not after.was_call_taken
    sent = len(world.mails(ELENA))
    world.passes(hours=1)
    assert len(world.mails(ELENA)) > sent, "they are called until somebody really calls"


@pytest.mark.parametrize("person", [JORDAN, PRIYA, "beth.lindgren@example.org"])
def test_on_an_own_page_it_moves_no_request(world: World, person: str) -> None:
    world.request()
    world.own_page(person)
    before = kept(world)
    scan([world.mail(person, "your page")], first_of_each)
    after = kept(world)
    for table in ("cases", "history", "identities", "matches", "programs"):
        assert after[table] == before[table], table
