"""Stories of taking back: whatever somebody did, they can undo for five minutes."""

from pathlib import Path

import pytest

from tests.twice import again, page_of
from tests.world import ELENA, JORDAN, PRIYA, REQUESTER, Page, World, example_config, living
from workflow.model import OfferState, State

UNDO = 'value="undone"'
#: Of the requester: nobody who has no part in the request any more may read it.
NAMES = ("Jamie", "Quill", "0199")


def may_undo(page: Page) -> bool:
    return UNDO in page.answer.text


def counts(world: World, *people: str) -> list[int]:
    return [len(world.mails(person)) for person in people]


def undone(world: World, reference: str, page: Page) -> None:
    """Undo, and see that the request is as it was, that nobody was mailed and that it stays so."""
    assert may_undo(page), page.text
    assert page.choose("undone").status == 200
    assert not may_undo(page.again())
    sent = len(world.mailbox.messages)
    world.passes(minutes=10)
    assert len(world.mailbox.messages) == sent, world.mailbox.messages[-1].subject


def test_a_no_is_undone_before_the_stand_in_hears_of_it(world: World) -> None:
    reference = world.offered()
    first = world.asked(reference)
    page = world.open(world.mail(first)).choose("declined")
    assert not any(name in page.text for name in NAMES)
    stand_in = world.asked(reference)
    assert stand_in != first
    world.passes(minutes=3)
    assert counts(world, stand_in) == [0]
    undone(world, reference, world.open(world.mail(first)))
    assert world.asked(reference) == first
    assert counts(world, stand_in) == [0]
    assert world.open(world.mail(first)).choose("accepted").status == 200


def test_a_yes_is_undone_before_the_requester_hears_of_it(world: World) -> None:
    reference = world.offered()
    supporter = world.asked(reference)
    before = world.case(reference)
    page = world.open(world.mail(supporter)).choose("accepted")
    assert world.count("matches") == 1
    told = counts(world, REQUESTER)
    undone(world, reference, page)
    assert counts(world, REQUESTER) == told
    after = world.case(reference)
    assert (after.offers, after.promises) == (before.offers, before.promises)
    assert world.count("matches") == 0
    assert not any(name in page.again().text for name in NAMES)


@pytest.mark.parametrize("said", ["handed_back", "completed", "continued", "referred"])
def test_what_a_supporter_says_is_undone(world: World, said: str) -> None:
    reference, supporter = world.in_contact()
    world.passes(minutes=6)
    before = world.case(reference)
    page = world.open(world.mail(supporter))
    fields = {"outcome": "supported", "resource": page.values("resource")[0]}
    page = page.choose(said, **fields)
    assert may_undo(page)
    is_over = said in ("handed_back", "completed")
    assert is_over is not any(name in page.text for name in NAMES)
    undone(world, reference, world.open(world.mail(supporter)))
    after = world.case(reference)
    assert (after.state, after.offers) == (before.state, before.offers)
    assert after.promises == before.promises
    assert "Jamie Quill" in world.open(world.mail(supporter)).text


def test_what_was_written_goes_only_when_a_first_contact_cannot_be_undone(tmp_path: Path) -> None:
    config = example_config(tmp_path)
    survey = config / "survey.toml"
    survey.write_text(survey.read_text().replace("# note =", "note ="))
    with living(tmp_path, config) as world:
        reference, supporter = world.matched(QID13_TEXT="A hard night")
        page = world.open(world.mail(supporter)).choose("contacted")
        undone(world, reference, page)
        assert world.case(reference).state is State.MATCHED
        assert "A hard night" in world.open(world.mail(JORDAN)).choose("text").text
        world.open(world.mail(supporter)).choose("contacted")
        world.open(world.mail(supporter)).choose("completed", outcome="supported")
        world.passes(minutes=6)
        assert 'value="text"' not in world.open(world.mail(JORDAN)).answer.text


def test_the_request_as_it_was_is_deleted_once_nothing_can_be_undone(world: World) -> None:
    _, supporter = world.in_contact()
    kept = "select count(document_before) from history"
    assert world.store.read().execute(kept).fetchone()[0] > 0
    world.passes(minutes=6)
    assert world.store.read().execute(kept).fetchone()[0] == 0
    assert not may_undo(world.open(world.mail(supporter)))


def test_a_request_that_was_forgotten_takes_no_undo_along(world: World) -> None:
    """Whoever filed this one in a colleague's name would see when that colleague withdrew."""
    older = world.request()
    newer = again(world, QID2_TEXT="decoy@home.example.com")
    assert page_of(world, newer).choose("different_requests", other=older).status == 200
    page = page_of(world, newer)
    assert page.choose("closed", outcome="could_not_be_reached", sure="yes").status == 200
    world.open(world.mail(REQUESTER)).choose("withdrawn", sure="yes")
    world.work()
    assert world.references == [newer]
    undone(world, newer, page.again())
    assert older not in str(world.case(newer))


def test_all_who_stepped_back_at_once_come_back(world: World) -> None:
    reference = world.request()
    pages = [world.open(world.mail(person)) for person in (JORDAN, PRIYA)]
    pages = [page.choose("handed_over") for page in pages]
    for page in (*pages, world.open(world.mail(JORDAN))):
        assert may_undo(page)
        assert not any(word in page.text for word in ("Nursing", "role", *NAMES))
    world.passes(minutes=3)
    for page in pages:
        assert page.choose("undone").status == 200
    world.passes(minutes=10)
    assert counts(world, ELENA) == [0], "nobody was called in their place"
    assert world.case(reference).stepped_back == ()
    text = world.open(world.mail(PRIYA)).text
    assert "Jordan" not in text.partition("See what happened so far")[2], (
        "nobody is told who it was"
    )


def test_who_stepped_back_comes_back_whatever_the_others_did(world: World) -> None:
    reference = world.request()
    back = world.open(world.mail(JORDAN)).choose("handed_over")
    deciding = world.open(world.mail(PRIYA))
    deciding = deciding.choose("offered", first=deciding.values("first")[0])
    assert back.choose("undone").status == 200
    assert world.case(reference).state is State.OFFERED
    assert deciding.choose("undone").status == 200
    case = world.case(reference)
    assert (case.state, case.stepped_back) == (State.IN_REVIEW, ())


def test_stepping_back_is_for_good_after_five_minutes_and_nobody_else_undoes_it(
    world: World,
) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN)).choose("handed_over")
    assert not may_undo(world.open(world.mail(PRIYA)))
    world.passes(minutes=6)
    assert page.choose("undone").status in (403, 409)
    assert page.again().status == 403
    assert world.case(reference).stepped_back == ("jordan-reyes",)


def test_the_caller_of_an_urgent_request_who_stepped_back_comes_back(world: World) -> None:
    reference = world.request(QID12=3)
    page = world.open(world.mail(JORDAN)).choose("call_taken").choose("handed_over")
    world.work()
    assert page.choose("undone").status == 200
    assert world.open(world.mail(JORDAN)).choose("call_taken").status == 200
    assert world.case(reference).stepped_back == ()


def test_a_no_to_an_urgent_request_is_told_at_once_and_no_page_offers_to_undo_it(
    world: World,
) -> None:
    reference = world.offered(QID12=3)
    supporter = world.asked(reference)
    page = world.open(world.mail(supporter)).choose("declined")
    assert not may_undo(page)
    world.work()
    assert counts(world, world.asked(reference)) == [1]


def test_a_request_taken_from_a_supporter_is_given_back_unnoticed(world: World) -> None:
    reference, supporter = world.matched()
    told = counts(world, supporter)
    page = world.open(world.mail(JORDAN)).choose("taken_back")
    assert not any(name in world.open(world.mail(supporter)).text for name in NAMES)
    undone(world, reference, page)
    assert counts(world, supporter) == told
    assert "Jamie Quill" in world.open(world.mail(supporter)).text


def test_two_decisions_are_undone_one_after_the_other(world: World) -> None:
    reference, supporter = world.matched()
    before = world.case(reference)
    world.open(world.mail(supporter)).choose("contacted")
    page = world.open(world.mail(supporter)).choose("completed", outcome="supported")
    page.choose("undone")
    assert world.case(reference).state is State.IN_CONTACT
    page.again().choose("undone")
    after = world.case(reference)
    assert (after.state, after.promises) == (before.state, before.promises)
    assert not may_undo(page.again()), "the match itself was told"


def test_a_mail_that_was_dropped_meanwhile_leaves_after_all(world: World) -> None:
    reference = world.offered()
    supporter = world.asked(reference)
    page = world.open(world.mail(supporter)).choose("accepted")
    world.clock.now = world.clock.now.replace(minute=world.clock.now.minute + 4)
    page = page.choose("handed_back")
    world.passes(minutes=2)
    assert world.mails(REQUESTER, "next step") == [], "the match was over when its mail was due"
    page.choose("undone")
    world.passes(minutes=1)
    assert world.mails(REQUESTER)[-1].subject.startswith(reference)
    case = world.case(reference)
    assert case.state is State.MATCHED
    assert [offer.state for offer in case.offers][:1] == [OfferState.ACCEPTED]
    mails = world.rows("outbox", "email", "person", "result")
    assert [email for email, _, result in mails if email == "matched" and result == "sent"]


def test_what_a_requester_says_is_undone(world: World) -> None:
    reference, supporter = world.matched()
    told = counts(world, JORDAN, PRIYA, supporter)
    page = world.open(world.mail(REQUESTER)).choose("not_heard")
    undone(world, reference, page)
    assert counts(world, JORDAN, PRIYA, supporter) == told
    assert world.case(reference).state is State.MATCHED


def test_what_cannot_be_undone_is_asked_twice_and_the_first_answer_is_no(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(REQUESTER))
    token = page.values("csrf_token")[0]
    for choice in ("withdrawn_erased", "withdrawn"):
        data = {"csrf_token": token, "choice": choice, "version": page.values("version")[0]}
        asked = Page(page.person, page.person.web.post(page.answer.url, data=data))
        assert asked.values("sure") == ["no", "yes"]
        back = page.person.web.post(page.answer.url, data=data | {"sure": "no"})
        assert back.status_code == 200
        assert world.events(reference) == ["submitted"]
    page.choose("withdrawn_erased")
    assert world.events(reference) == ["submitted", "withdrawn"]
