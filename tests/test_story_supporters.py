"""Stories of supporters: how much they take on, by their own word, and who listens to them."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from people.supporters import Load
from store import readiness
from tests.test_story_rehearsal import PREVIEW
from tests.world import DAVID, ELENA, JAMIE, JORDAN, PRIYA, Page, World
from workflow.model import OfferState, State

AMARA = "amara.cole@example.org"
#: Takes two at a time.
BETH = "beth.lindgren@example.org"
BREAKS = ["pause", "rest_1", "rest_2", "rest_4"]


def says(world: World, address: str, choice: str, **fields: str) -> Page:
    """Say something on one's own page."""
    page = world.own_page(address).choose(choice, **fields)
    assert page.status == 200, page.text
    world.work()
    return page


def proposed(world: World) -> list[str]:
    return world.open(world.mail(JORDAN)).values("first")


def finish(world: World, reference: str, supporter: str) -> None:
    page = world.open(world.mail(supporter, reference))
    assert page.choose("contacted").status == 200
    page = world.open(world.mail(supporter, reference))
    assert page.choose("completed", outcome="supported").status == 200
    world.work()


# Pause and rest


@pytest.mark.parametrize("choice", BREAKS)
def test_whoever_takes_a_break_is_not_proposed_until_they_are_ready(
    world: World, choice: str
) -> None:
    world.request()
    assert "amara-cole" in proposed(world)
    page = says(world, AMARA, choice)
    assert "We won’t ask you anything new" in page.text
    assert "amara-cole" not in proposed(world)
    page = page.choose("ready")
    assert "You’re available. We’ll email you" in page.text
    assert "amara-cole" in proposed(world)
    assert world.count("readiness") == 0


def test_a_rest_ends_by_itself_and_is_forgotten(world: World) -> None:
    says(world, AMARA, "rest_2")
    assert "You’re resting until Monday, Dec 7." in world.own_page(AMARA).text
    world.passes(days=14)
    assert world.count("readiness") == 1
    world.passes(days=1)
    assert world.count("readiness") == 0
    world.request()
    assert "amara-cole" in proposed(world)


def test_a_rest_after_this_one_is_counted_from_its_end(world: World) -> None:
    reference, supporter = world.matched()
    page = says(world, supporter, "rest_1")
    said = "You’re resting from now on, until 1 week after your current support ends."
    assert said in page.text
    world.passes(days=10)
    assert "until 1 week after" in world.own_page(supporter).text
    finish(world, reference, supporter)
    # Thursday, Dec 3.
    assert "You’re resting until Thursday, Dec 10." in world.own_page(supporter).text
    world.passes(days=8)
    assert "We’ll email you when we need you" in world.own_page(supporter).text


def test_what_is_asked_already_waits_for_an_answer_and_a_yes_counts(world: World) -> None:
    reference = world.offered()
    supporter = world.asked(reference)
    page = says(world, supporter, "pause")
    assert f"{reference} Waiting for your answer." in page.text
    assert world.case(reference).state is State.OFFERED
    assert world.asked(reference) == supporter
    assert world.open(world.mail(supporter, reference)).choose("accepted").status == 200
    assert world.case(reference).state is State.MATCHED


def test_who_is_paused_in_the_files_after_a_question_may_still_say_yes(world: World) -> None:
    reference = world.offered()
    mail = world.mail(world.asked(reference))
    edit(world, partial(re.sub, r",\w+$", ",paused"), world.case(reference).offers[0].supporter)
    assert world.open(mail).choose("accepted").status == 200
    assert world.case(reference).state is State.MATCHED


def test_who_may_not_say_yes_any_more_does_not_read_what_became_of_the_request(
    world: World,
) -> None:
    reference = world.offered()
    mail = world.mail(world.asked(reference))
    edit(world, partial(re.sub, r",\w+$", ",inactive"), world.case(reference).offers[0].supporter)
    assert world.case(reference).is_open
    assert "it’s old, and there’s nothing left to do. Thank you." in world.open(mail).text
    asked, stand_in = world.case(reference).offers
    assert (asked.state, stand_in.state) == (OfferState.GONE, OfferState.OPEN)
    assert world.mail(world.asked(reference), reference), "the stand-in is asked at once"


def test_a_stand_in_who_pauses_is_passed_over(world: World) -> None:
    reference = world.offered()
    first, second = (offer.supporter for offer in world.case(reference).offers)
    person = world.engine.program.person(second)
    assert person is not None
    says(world, person.email, "pause")
    assert world.open(world.mail(world.asked(reference))).choose("declined").status == 200
    assert world.case(reference).state is State.IN_REVIEW
    assert world.case(reference).offers[1].state is not OfferState.OPEN
    assert {first, second}.isdisjoint(proposed(world)[:1])


def test_a_question_that_can_still_be_undone_does_not_show(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first="amara-cole")
    assert reference not in world.own_page(AMARA).text
    world.passes(minutes=6)
    assert reference in world.own_page(AMARA).text


def test_whoever_is_not_available_reads_the_same_for_every_reason(world: World) -> None:
    """Away, paused, resting or inactive: the page is the same to the letter."""
    world.request()

    def reviewing() -> str:
        return re.sub(r'value="[^"]{60,}"', "", world.open(world.mail(JORDAN)).answer.text)

    def seen(choice: str) -> str:
        says(world, AMARA, choice)
        text = reviewing()
        says(world, AMARA, "back" if choice == "away_open" else "ready")
        return text

    pages = {choice: seen(choice) for choice in ("away_open", *BREAKS)}
    for status in ("paused", "inactive"):
        edit(world, partial(re.sub, r",\w+$", f",{status}"), "amara-cole")
        pages[status] = reviewing()
    assert len(set(pages.values())) == 1
    assert "not free right now" in pages["pause"]
    told = re.compile(r"paus|break|rest(s|ing)?\b(?! of)|(?<!right )away", re.I)
    assert not told.search(re.sub(r"<[^>]+>", " ", pages["pause"]))


def test_a_supporter_who_is_away_reads_what_that_means_for_them(world: World) -> None:
    text = world.own_page(AMARA).choose("away_open").text
    assert "You’re away until you say you’re back. We won’t ask you anything new" in text
    assert "step in for you" not in text
    assert "Others step in for you" in world.own_page(PRIYA).choose("away_open").text


def test_a_break_speaks_of_the_person_and_the_question_of_those_who_have_one(world: World) -> None:
    person, question = (
        "You stay with the colleague you support now",
        "We’ve already asked you about one request",
    )
    nobody = world.own_page(AMARA).text
    assert person not in nobody
    assert question not in nobody
    reference = world.offered()
    supporter = world.asked(reference)
    asked = world.own_page(supporter).text
    assert person.lower() not in asked.lower()
    assert question in asked
    assert world.open(world.mail(supporter, reference)).choose("accepted").status == 200
    supporting = world.own_page(supporter).text
    assert person.lower() in supporting.lower()
    assert question not in supporting


def test_a_pause_stands_on_the_page_besides_an_absence(world: World) -> None:
    pause = "You’re taking a break. We won’t ask you anything new."
    assert pause in says(world, AMARA, "pause").text
    page = says(world, AMARA, "away_until", first="2026-12-21", last="2026-12-31")
    assert pause in page.text
    assert "You’re away from Monday, Dec 21" in page.text
    page = page.choose("away_open")
    assert "You’re taking a break. You’re away until you say you’re back." in page.text
    assert page.text.count("We won’t ask you anything new") == 1


# Capacity


def test_who_takes_fewer_counts_as_full_sooner(world: World) -> None:
    page = world.own_page(BETH)
    assert "How many at a time?" in page.text
    assert "How many at a time?" not in world.own_page(AMARA).text
    world.request()
    assert "Free <b>2 of 2</b>" in row(world, "beth-lindgren")
    says(world, BETH, "take_1")
    assert "Free <b>1 of 1</b>" in row(world, "beth-lindgren")
    assert "Right now: 1." in world.own_page(BETH).text
    says(world, BETH, "take_2")
    assert "Free <b>2 of 2</b>" in row(world, "beth-lindgren")
    assert world.count("readiness") == 0


def row(world: World, supporter: str) -> str:
    text = world.open(world.mail(JORDAN)).answer.text
    found = re.search(rf'name="first" value="{supporter}".*?</label>', text, re.S)
    assert found
    return found[0]


@pytest.mark.parametrize("choice", ["take_0", "take_3", "take_-1", "take_", "take_1.5", "rest_52"])
def test_a_number_beyond_the_limit_is_refused(world: World, choice: str) -> None:
    assert world.own_page(BETH).choose(choice).status == 400
    assert world.count("readiness") == 0


def test_a_smaller_limit_in_the_files_counts_more_than_an_older_word(world: World) -> None:
    edit(world, lambda line: line.replace(",en,,2,", ",en,,5,"), "beth-lindgren")
    says(world, BETH, "take_4")
    edit(world, lambda line: line.replace(",en,,5,", ",en,,3,"), "beth-lindgren")
    assert "Right now: 3." in world.own_page(BETH).text
    world.request()
    assert "Free <b>3 of 3</b>" in row(world, "beth-lindgren")


def edit(world: World, change: Callable[[str], str], supporter: str) -> None:
    world.work()
    path = world.folder / "config/supporters.csv"
    lines = path.read_text().splitlines()
    edited = [change(line) if line.startswith(supporter) else line for line in lines]
    assert edited != lines
    path.write_text("\n".join(line for line in edited if line) + "\n")
    world.work()


# Talking to somebody


def test_a_supporter_who_would_like_to_talk_is_heard(world: World) -> None:
    reference, supporter = world.matched()
    page = says(world, supporter, "talk", reference=reference)
    assert "We told the coordinators that you’d like to talk" in page.text
    assert "talk" not in page.values("choice")
    mail = world.mail(PRIYA, "would like to talk")
    assert mail.subject == f"{reference}: someone would like to talk"
    (person,) = world.engine.program.found_by(supporter)
    assert f"{person.name} is there for this requester" in mail.text
    assert supporter in mail.text
    assert "Jamie" not in mail.text
    assert world.open(mail).status == 200
    assert f"{person.name} asked to talk with someone about it" in world.open(mail).text


def test_it_is_told_once_a_day_and_to_the_deputies_when_it_is_asked_again(world: World) -> None:
    reference, supporter = world.matched()
    page = world.own_page(supporter)
    page.choose("talk", reference=reference)
    page.choose("talk", reference=reference)
    world.work()
    assert [len(world.mails(who, "like to talk")) for who in (JORDAN, ELENA)] == [1, 0]
    world.passes(days=1)
    says(world, supporter, "talk", reference=reference)
    asked = [len(world.mails(who, "like to talk")) for who in (JORDAN, PRIYA, ELENA, DAVID)]
    assert asked == [2, 2, 1, 1]


def test_nobody_is_told_of_what_they_asked_for_themselves(world: World) -> None:
    edit(world, lambda line: line.replace(AMARA, JORDAN), "amara-cole")
    reference = world.request()
    page = world.open(world.mail(PRIYA, reference))
    assert page.choose("offered", first="amara-cole").status == 200
    world.passes(minutes=6)
    assert world.open(world.mail(JORDAN, "yes or no by")).choose("accepted").status == 200
    world.ask_for_link(JORDAN)
    own = world.mails(JORDAN, "your page")
    pages = [world.open(mail).person.look(f"{world.url}/me") for mail in own]
    (page,) = (page for page in pages if reference in page.text)
    assert "We told the coordinators" in page.choose("talk", reference=reference).text
    world.work()
    assert world.mails(PRIYA, "like to talk")
    assert not world.mails(JORDAN, "like to talk")


def test_who_is_told_tells_no_supporter_whom_the_requester_does_not_want(world: World) -> None:
    reference, supporter = world.matched(QID11_TEXT="Priya Nair")
    page = says(world, supporter, "talk", reference=reference)
    assert "We told the coordinators that you’d like to talk" in page.text
    assert [name for name in ("Jordan", "Priya") if name in page.text] == []


def test_nobody_asks_to_talk_about_what_is_not_with_them(world: World) -> None:
    reference, supporter = world.matched()
    assert (
        world.own_page(AMARA if supporter != AMARA else BETH)
        .choose("talk", reference=reference)
        .status
        == 409
    )
    page = world.own_page(supporter)
    world.open(world.mail(supporter, reference)).choose("handed_back")
    answer = page.choose("talk", reference=reference)
    assert answer.status == 409
    assert "You’re no longer asked to support this request" in answer.text
    assert page.choose("talk", reference="PS-22222").status == 409
    assert page.choose("talk").status == 409
    world.work()
    assert world.mails(JORDAN, "like to talk") == []


def test_a_coordinator_has_no_break_and_nobody_to_talk_to_here(world: World) -> None:
    page = world.own_page(JORDAN)
    assert "break" not in page.text
    for choice in ("pause", "take_1", "talk"):
        assert page.choose(choice).status == 400
    assert world.count("readiness") == 0


# Who comes and goes


def test_who_supports_and_coordinates_gets_the_links_to_both_pages(world: World) -> None:
    edit(world, lambda line: line.replace(AMARA, JORDAN), "amara-cole")
    world.ask_for_link(JORDAN)
    mails = world.mails(JORDAN, "your page")
    assert len(mails) == 2
    board, own = sorted((world.open(mail) for mail in mails), key=lambda p: "Amara" in p.text)
    assert "Open requests" in board.text
    assert "Do you need a break?" in own.text


def test_a_rehearsal_shows_as_one_and_keeps_no_rest_from_beginning(world: World) -> None:
    survey = world.folder / "config/survey.toml"
    world.work()
    survey.write_text(survey.read_text().replace("accept_from", "rehearsal = true\naccept_from", 1))
    world.work()
    world.qualtrics.submit(JAMIE, circumstances=PREVIEW)  # type: ignore[arg-type]
    assert world.qualtrics.wait_until_published()
    world.work()
    world.passes(minutes=11)
    reference = world.only_case().reference
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first="beth-lindgren")
    world.passes(minutes=6)
    world.open(world.mail(BETH)).choose("accepted")
    assert f"TEST {reference}" in world.own_page(BETH).text
    assert world.engine.casebook.loads().get("beth-lindgren", Load()).open_count == 0
    page = says(world, BETH, "rest_1")
    assert "You’re resting until Monday, Nov 30." in page.text


def test_nothing_is_kept_of_a_supporter_who_has_left(world: World) -> None:
    reference, supporter = world.matched()
    says(world, supporter, "rest_4")
    offer = world.case(reference).current_offer
    assert offer is not None
    edit(world, lambda line: "", offer.supporter)
    world.work()
    world.passes(minutes=31)
    assert world.count("readiness") == 0
    assert world.events(reference)[-1] == "supporter_gone"
    assert world.ask_for_link(supporter).status == 200
    assert len(world.mails(supporter, "your page")) == 1


def test_two_at_once_lose_nothing_of_what_was_said(world: World) -> None:
    says(world, BETH, "take_1")
    says(world, BETH, "pause")
    said = readiness.declared(world.store.read())["beth-lindgren"]
    assert (said.capacity, said.is_paused) == (1, True)
    says(world, BETH, "ready")
    assert readiness.declared(world.store.read())["beth-lindgren"].capacity == 1


def test_a_page_that_is_open_for_half_an_hour_ends(world: World) -> None:
    page = world.own_page(AMARA)
    world.clock.now += timedelta(minutes=31)
    page.choose("pause")
    assert world.count("readiness") == 0


def test_a_damaged_request_leaves_its_supporter_a_page_of_their_own(world: World) -> None:
    reference, supporter = world.matched()
    page = world.own_page(supporter)
    world.loses_document(reference)
    assert page.again().status == 200
