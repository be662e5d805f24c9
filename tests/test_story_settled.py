"""Stories of words that a reviewer settled: whoever settles them may be the one they mean."""

import pytest

from pages.forms import NOBODY
from people.records import Identity
from tests.asking import page_of
from tests.test_story_not_wanted import asked_first, said_text, settles
from tests.twice import again, confirm
from tests.world import JORDAN, PRIYA, REQUESTER, World
from workflow.model import State

WORDS = "the tall one from nights"


def stored(world: World, reference: str) -> Identity:
    own = world.engine.casebook.load(reference).own
    assert own is not None
    return own


@pytest.mark.parametrize("answer", [NOBODY, "amara-cole"], ids=["no one", "somebody else"])
def test_who_is_described_cannot_settle_it_for_good(world: World, answer: str) -> None:
    reference = world.request(QID11_TEXT=WORDS)
    settles(said_text(world, JORDAN, reference), answer)
    page = page_of(world, reference, PRIYA)
    assert "Jordan Reyes said who they would rather not talk to" in page.text
    text = page.choose("text")
    assert WORDS in text.text
    told = {NOBODY: "Jordan Reyes: no one on our lists", "amara-cole": "Jordan Reyes: Amara Cole"}
    assert told[answer] in text.text
    assert settles(text, "jordan-reyes").status == 200
    reviewing = world.engine.casebook.load(reference).reviewing
    assert [one.id for one in reviewing.reviewers] == ["priya-nair"]
    assert page_of(world, reference).status == 404
    assert "Priya Nair: Jordan Reyes" in said_text(world, PRIYA, reference).text
    is_out = "amara-cole" in stored(world, reference).not_wanted_ids
    assert is_out is (answer == "amara-cole"), "a second answer lets nobody in again"


def test_a_second_answer_takes_an_offer_back(world: World) -> None:
    reference = world.request(QID11_TEXT=WORDS)
    settled = settles(said_text(world, JORDAN, reference), NOBODY)
    first = settled.values("first")[0]
    settled.choose("offered", first=first)
    world.passes(minutes=6)
    assert settles(said_text(world, PRIYA, reference), first).status == 200
    assert world.case(reference).state is State.IN_REVIEW
    assert first not in page_of(world, reference, PRIYA).values("first")


def test_who_settled_it_reads_no_notice_about_themselves(world: World) -> None:
    reference = world.request(QID11_TEXT=WORDS)
    page = settles(said_text(world, JORDAN, reference), NOBODY)
    assert "said who they would rather not talk to" not in page.text
    assert "Before you choose" not in page.text


def test_whom_the_words_could_mean_never_reads_them(world: World) -> None:
    reference = world.request(QID11_TEXT=f"Nayar, {WORDS}")
    for _ in range(2):
        settles(said_text(world, JORDAN, reference), NOBODY)
    world.work()
    page = page_of(world, reference, PRIYA)
    assert page.status == 200
    text = page.choose("text").text
    assert WORDS in text
    assert "Nayar" not in text
    sent = page.choose("recognized", typed="Nayar", could_mean="priya-nair", meant="amara-cole")
    assert sent.status == 409


def test_settled_words_are_forgotten_after_the_first_contact(world: World) -> None:
    reference = world.request(QID11_TEXT=f"Carlos Medina, {WORDS}")
    page = settles(said_text(world, JORDAN, reference), "beth-lindgren")
    page.choose("offered", first="amara-cole")
    world.passes(minutes=6)
    amara = world.asked(reference)
    world.open(world.mail(amara, reference)).choose("accepted")
    world.passes(minutes=6)
    supporter = world.open(world.mails(amara, reference)[-1])
    assert WORDS not in supporter.text
    assert WORDS in said_text(world, PRIYA, reference).text
    supporter.choose("contacted")
    world.passes(minutes=6)
    left = stored(world, reference)
    assert (left.settled, left.not_wanted_as_typed) == ((), "")
    assert {"beth-lindgren", "carlos-medina"} <= {*left.not_wanted_ids}
    read = page_of(world, reference, PRIYA)
    assert 'value="text"' not in read.answer.text
    everybody = (*world.mails(amara), *world.mails(REQUESTER), *world.mails(JORDAN))
    assert not any("nights" in mail.text for mail in everybody)


def test_settled_words_show_no_more_once_the_request_is_closed(world: World) -> None:
    reference = world.request(QID11_TEXT=WORDS)
    settles(said_text(world, JORDAN, reference), NOBODY)
    page = page_of(world, reference)
    page.choose("closed", outcome="reached_otherwise")
    world.passes(minutes=6)
    assert 'value="text"' not in page_of(world, reference, PRIYA).answer.text


def test_words_of_a_merged_request_can_be_answered_again_too(world: World) -> None:
    older = world.request()
    newer = again(world, QID11_TEXT=WORDS)
    assert page_of(world, newer).choose("same_request", other=older).status == 200
    settles(said_text(world, JORDAN, older), NOBODY)
    assert not asked_first(page_of(world, older, PRIYA))
    assert settles(said_text(world, PRIYA, older), "jordan-reyes").status == 200
    assert not world.engine.casebook.load(older).reviewing.may_act("jordan-reyes")


def test_another_question_stays_open_when_a_settled_one_is_answered_again(world: World) -> None:
    reference = world.request(QID11_TEXT=WORDS)
    settles(said_text(world, JORDAN, reference), NOBODY)
    newer = again(world, QID11_TEXT="the loud one from days")
    assert page_of(world, newer).choose("same_request", other=reference).status == 200
    text = said_text(world, PRIYA, reference)
    sent = text.choose("recognized", typed=WORDS, could_mean="", meant="amara-cole")
    assert sent.status == 200
    assert asked_first(page_of(world, reference, PRIYA))


def test_settled_words_of_a_request_merged_after_the_first_contact_are_forgotten(
    world: World,
) -> None:
    older, _ = world.in_contact()
    newer = again(world, QID11_TEXT=WORDS)
    settles(said_text(world, JORDAN, newer), "beth-lindgren")
    assert page_of(world, newer).choose("same_request", other=older).status == 200
    world.passes(minutes=6)
    confirm(world, REQUESTER)
    left = stored(world, older)
    assert left.second is None
    assert (left.settled, left.not_wanted_as_typed) == ((), "")
    assert "beth-lindgren" in left.not_wanted_ids
