"""Stories of who is asked: whoever must not be is never proposed, and nobody can tell why."""

import re
from pathlib import Path

import pytest

from demo.qualtrics.stand_in import Circumstances
from pages.forms import NOBODY
from tests.world import JAMIE, JORDAN, PRIYA, REQUESTER, SAM, Page, World, example_config, living
from workflow.model import OfferState, State

#: Supporters of the example program.
AMARA, BETH, ESTHER = (
    "amara.cole@example.org",
    "beth.lindgren@example.org",
    "esther.kim@example.org",
)


def bytes_of(page: Page) -> str:
    """Return a page without what differs each time, or tells only that something else waits."""
    elsewhere = "<small>Also considered for another request</small>"
    return re.sub(rf'name="csrf_token" value="[^"]+"|{elsewhere}', "", page.answer.text)


def asks_for_support(world: World, email: str, **changed: object) -> str:
    """Let somebody submit; returns the reference, before anybody was mailed about it."""
    before = open_references(world)
    world.submit(QID1_TEXT="Somebody", QID2_TEXT=email, QID3_TEXT=None, **changed)
    world.work()
    return (open_references(world) - before).pop()


def open_references(world: World) -> set[str]:
    return {loaded.case.reference for loaded in world.engine.casebook.open_cases()}


def page_of(world: World, reference: str, reviewer: str = JORDAN) -> Page:
    return world.open(world.mail(reviewer, reference))


def candidates(world: World, reference: str) -> set[str]:
    return set(page_of(world, reference).values("first"))


# Being supported


def test_who_asks_for_support_is_not_sent_to_somebody_else(world: World) -> None:
    reference = world.request()
    assert "amara-cole" in candidates(world, reference)
    own = asks_for_support(world, AMARA)
    assert "amara-cole" not in candidates(world, reference)
    assert "Amara Cole" not in page_of(world, reference).text

    world.open(world.mail(AMARA)).choose("withdrawn_erased")
    world.work()
    assert own not in open_references(world)
    assert "amara-cole" in candidates(world, reference)


def test_nobody_can_tell_who_is_supported_from_who_is_away(world: World) -> None:
    reference = world.request()
    here = bytes_of(page_of(world, reference))
    world.own_page(AMARA).choose("away_open")
    away = bytes_of(page_of(world, reference))
    world.own_page(AMARA).choose("back")
    assert bytes_of(page_of(world, reference)) == here

    asks_for_support(world, AMARA)
    supported = bytes_of(page_of(world, reference))
    assert supported == away
    assert "3 colleagues are not available just now" in here
    assert "4 colleagues are not available just now" in supported


def test_a_rehearsal_makes_nobody_unavailable(tmp_path: Path) -> None:
    config = example_config(tmp_path)
    survey = config / "survey.toml"
    survey.write_text(survey.read_text().replace("accept_from", "rehearsal = true\naccept_from", 1))
    with living(tmp_path, config) as world:
        reference = world.request()
        answers = JAMIE | {"QID1_TEXT": "Somebody", "QID2_TEXT": AMARA, "QID3_TEXT": None}
        world.qualtrics.submit(answers, circumstances=Circumstances(status=1, channel="preview"))  # type: ignore[arg-type]
        assert world.qualtrics.wait_until_published()
        world.work()
        assert "TEST" in world.mail(AMARA).subject
        assert "amara-cole" in candidates(world, reference)


def test_who_said_yes_before_keeps_the_request_and_who_was_asked_may_still_say_yes(
    world: World,
) -> None:
    matched, supporter = world.matched()
    asks_for_support(world, supporter)
    world.passes(minutes=6)
    assert world.case(matched).state is State.MATCHED
    assert world.open(world.mail(supporter, matched)).choose("contacted").status == 200


def test_who_is_asked_and_asks_for_support_decides_themselves(world: World) -> None:
    reference = world.offered()
    asked = world.asked(reference)
    offer = world.mail(asked)
    asks_for_support(world, asked)
    assert world.asked(reference) == asked
    page = world.open(offer)
    assert "Jamie Quill" in page.choose("accepted").text
    assert world.case(reference).state is State.MATCHED


def test_a_stand_in_who_asks_for_support_is_passed_over(world: World) -> None:
    reference = world.offered()
    stand_in = world.engine.program.supporters[world.case(reference).offers[1].supporter]
    asks_for_support(world, stand_in.email)
    world.open(world.mail(world.asked(reference))).choose("declined")
    assert world.case(reference).state is State.IN_REVIEW
    assert world.case(reference).offers[1].state is OfferState.ENDED


# The line of supervision


def test_nobody_is_sent_to_who_leads_them(world: World) -> None:
    reference = world.request(QID7_TEXT="Emergency Department")
    assert "esther-kim" not in candidates(world, reference)


@pytest.mark.parametrize("contact", [{"QID2_TEXT": ESTHER}, {"QID3_TEXT": "860-555-0114"}])
def test_who_leads_a_unit_is_sent_to_nobody_of_it(world: World, contact: dict[str, str]) -> None:
    reference = world.request(**contact)
    led = {
        supporter.id
        for supporter in world.engine.program.supporters.values()
        if supporter.unit == "Emergency Department"
    }
    assert len(led) > 4
    assert not led & candidates(world, reference)
    for id in led:
        assert page_of(world, reference).choose("offered", first=id).status == 409


def test_a_corrected_contact_is_compared_at_once(world: World) -> None:
    reference = world.request()
    assert "amara-cole" in candidates(world, reference)
    page = world.open(world.mail(REQUESTER))
    page.choose("contact_corrected", phone="860 555 0110", how=["call"])
    assert "amara-cole" not in candidates(world, reference)
    assert world.open(world.mail(PRIYA)).choose("offered", first="amara-cole").status == 409


def test_whoever_cannot_be_asked_is_refused_in_the_same_words_as_nobody(world: World) -> None:
    reference = world.request(QID11_TEXT="Beth Lindgren", QID7_TEXT="Emergency Department")
    asks_for_support(world, AMARA)
    world.own_page("grace.mbeki@example.org").choose("away_open")
    answers = set()
    for id in (
        "amara-cole",  # asks for support
        "beth-lindgren",  # is not wanted
        "esther-kim",  # leads the unit
        "grace-mbeki",  # is away
        "holly-jensen",  # is paused
        "quinn-abbott",  # is inactive
        "jordan-reyes",  # is no supporter
        "nobody-at-all",
    ):
        page = page_of(world, reference).choose("offered", first=id, although="talked_with")
        assert page.status == 409
        answers.add(bytes_of(page))
        second = page_of(world, reference).choose(
            "offered", first="carlos-medina", stand_in_1=id, although="talked_with"
        )
        answers.add(bytes_of(second))
    assert len(answers) == 1
    assert "not available just now, so nobody was asked" in second.text
    assert world.case(reference).state is State.IN_REVIEW
    assert world.count("rankings") == 0


# Choosing somebody all the same


def test_somebody_with_a_caution_is_asked_only_with_a_reason(world: World) -> None:
    reference = world.request()
    page = page_of(world, reference)
    back = page.choose("offered", first="dana-whitfield", stand_in_2="amara-cole")
    assert back.status == 400
    said = "Dana Whitfield: refresher training is overdue. Please say why you ask them all the same"
    assert said in back.text
    assert world.case(reference).state is State.IN_REVIEW
    assert 'value="dana-whitfield" required checked' in back.answer.text
    assert re.search(r'name="stand_in_2".*value="amara-cole" selected', back.answer.text, re.S)
    assert back.answer.text.count(" checked") == 1
    assert back.answer.text.count(" selected") == 1
    assert '<a href="#although">Say why</a>' in back.answer.text
    assert 'id="although"><option value="">Please choose</option>' in back.answer.text
    assert "#although" not in page.answer.text

    done = back.choose("offered", first="dana-whitfield", although="talked_with")
    assert done.status == 200
    words = (
        "Jordan Reyes asked a supporter, although (Dana Whitfield: refresher training is overdue):"
        " I talked with the colleague, and they are glad to"
    )
    assert words in done.text
    assert words in page_of(world, reference).text
    printed = world.app.test_cli_runner().invoke(args=["history", reference]).output
    assert "jordan-reyes, talked_with" in printed
    assert "refresher" not in printed


def test_one_reason_covers_the_stand_ins_too(world: World) -> None:
    reference = world.request()
    chosen = {"first": "amara-cole", "stand_in_1": "dana-whitfield", "stand_in_2": "uma-krishnan"}
    back = page_of(world, reference).choose("offered", **chosen)
    assert "Dana Whitfield: refresher" in back.text
    assert "Uma Krishnan: refresher" in back.text
    assert back.choose("offered", although="nobody_else", **chosen).status == 200
    assert [offer.supporter for offer in world.case(reference).offers] == list(chosen.values())


def test_a_reason_that_nothing_asks_for_is_not_kept(world: World) -> None:
    reference = world.request()
    page = page_of(world, reference).choose("offered", first="amara-cole", although="talked_with")
    assert page.status == 200
    assert "although" not in page.text


def test_a_reason_is_forgotten_with_the_request(world: World) -> None:
    reference = world.request()
    page_of(world, reference).choose("offered", first="dana-whitfield", although="asked_for")
    world.passes(minutes=6)
    world.open(world.mail(REQUESTER)).choose("withdrawn")
    world.work()
    world.passes(days=2)
    assert world.count("history") == world.count("rankings") == world.count("cases") == 0


# People not wanted


def said_text(world: World, email: str, reference: str) -> Page:
    return world.open(world.mail(email, reference)).choose("text")


def settles(page: Page, meant: str) -> Page:
    """Say whom the first unclear name means that the page shows."""
    shown = {name: page.values(name)[0] for name in ("typed", "could_mean")}
    return page.choose("recognized", meant=meant, **shown)


def test_the_page_says_how_many_are_excluded_and_never_whom_was_typed(world: World) -> None:
    reference = world.request(QID11_TEXT="Dr. Linndgren, anyone but Carlos")
    page = page_of(world, reference)
    assert "2 colleagues excluded at the requester’s wish." in page.text
    for words in ("Linndgren", "Lindgren", "Carlos", "Medina"):
        assert words not in page.text
    assert not {"beth-lindgren", "carlos-medina"} & candidates(world, reference)
    assert 'value="text"' not in page.answer.text, "nothing is left to read"


def test_an_unclear_name_excludes_everybody_until_a_reviewer_says_who_it_is(
    world: World,
) -> None:
    reference = world.request(QID11_TEXT="Beth Sandoval")
    page = page_of(world, reference)
    assert "Beth Lindgren" in page.text, "another Beth is not meant"
    assert "1 colleague excluded at the requester’s wish." in page.text
    assert "It is not clear whom" in page.text
    assert "Sandoval" not in page.text
    assert "pia-sandoval" not in candidates(world, reference)

    text = said_text(world, JORDAN, reference)
    assert "Beth Sandoval" in text.text
    assert "It is Pia Sandoval" in text.text
    assert text.choose("recognized", typed="Beth Sandoval").status == 400
    settled = settles(text, NOBODY)
    assert "Recorded: Jordan Reyes settled what was not clear" in settled.text
    assert "Sandoval" in settled.text, "who may be asked again"
    assert "not clear whom" not in settled.text
    assert "pia-sandoval" in candidates(world, reference)
    assert 'value="text"' not in settled.answer.text


def test_who_is_meant_stays_excluded_and_the_second_answer_changes_nothing(world: World) -> None:
    reference = world.request(QID11_TEXT="Beth Sandoval")
    second = said_text(world, PRIYA, reference)
    settles(said_text(world, JORDAN, reference), "pia-sandoval")
    late = settles(second, NOBODY)
    assert late.status == 409
    assert "pia-sandoval" not in candidates(world, reference)
    assert "1 colleague excluded" in page_of(world, reference).text
    assert world.events(reference)[-1] == "recognized"


@pytest.mark.parametrize("meant", ["beth-lindgren", "jordan-reyes", "nobody-at-all"])
def test_only_who_could_be_meant_can_be_named(world: World, meant: str) -> None:
    reference = world.request(QID11_TEXT="Beth Sandoval")
    text = said_text(world, JORDAN, reference)
    assert settles(text, meant).status == 409
    assert "beth-lindgren" in candidates(world, reference)


def test_a_coordinator_who_could_be_meant_hears_of_it_only_once_it_is_clear(
    world: World,
) -> None:
    reference = world.request(QID11_TEXT="Nayar")
    assert not world.mails(PRIYA)
    text = said_text(world, JORDAN, reference)
    assert "It is Priya Nair" in text.text
    settles(text, NOBODY)
    world.work()
    told = world.mail(PRIYA, reference).text
    assert "From now on you are among those who look after it" in told
    assert "settled" not in told, "that would tell her that she could have been meant"
    assert "Nair" not in page_of(world, reference, PRIYA).text


def test_when_everybody_could_be_meant_the_next_ring_is_asked(world: World) -> None:
    reference = world.request(QID11_TEXT="J. Reyess, Nayar, E. Fisher, Okafor")
    for barred in (JORDAN, PRIYA, "elena.fischer@example.org", "david.okafor@example.org"):
        assert not world.mails(barred)
    ruth = "ruth.lindqvist@example.org"
    assert "It is Priya Nair" in said_text(world, ruth, reference).text


def test_whoever_could_be_meant_never_hears_of_it_even_when_nobody_else_is_left(
    world: World,
) -> None:
    reference = world.request(QID11_TEXT="Jordan Reyes, Nair, Fischer, Okafor, Anna Lindqvist")
    assert world.engine.casebook.load(reference).reviewing.reviewers == ()
    assert not world.mails("ruth.lindqvist@example.org")
    assert "nobody on our lists may see" in world.mail(SAM).text


def test_who_comes_onto_the_roster_later_is_compared_as_well(world: World) -> None:
    reference = world.request(QID11_TEXT="Robin Vale")
    assert "Robin Vale" in said_text(world, JORDAN, reference).text
    roster = world.folder / "config/supporters.csv"
    amara = next(line for line in roster.read_text().splitlines() if line.startswith("amara"))
    robin = amara.replace("amara-cole", "robin-vale").replace("Amara Cole", "Robin Vale")
    robin = robin.replace("amara.cole", "robin.vale").replace("555-0110", "555-0151")
    roster.write_text(f"{roster.read_text().rstrip()}\n{robin}\n")
    world.passes(minutes=2)
    world.passes(minutes=2)
    assert "robin-vale" in world.engine.program.supporters
    assert "robin-vale" not in candidates(world, reference)
    assert "1 colleague excluded" in page_of(world, reference).text


def test_two_unclear_names_in_one_line_are_settled_one_by_one(world: World) -> None:
    reference = world.request(QID11_TEXT="Beth Sandoval or rather Anna Novak, I think Tom Brooks")
    text = said_text(world, JORDAN, reference)
    could_be = {"pia-sandoval", "paula-novak", "tamika-brooks"}
    assert set(text.values("could_mean")) == could_be
    assert not could_be & candidates(world, reference)
    settles(text, NOBODY)
    assert len(could_be & candidates(world, reference)) == 1
    text = said_text(world, JORDAN, reference)
    settles(text, text.values("could_mean")[0])
    assert len(could_be & candidates(world, reference)) == 1
    settles(said_text(world, JORDAN, reference), NOBODY)
    assert len(could_be & candidates(world, reference)) == 2


# Ways round an exclusion


def becomes_the_requester(world: World, reference: str, id: str) -> None:
    """Let the requester correct their phone to one that a supporter has on our lists."""
    supporter = world.engine.program.supporters[id]
    assert supporter.phone
    page = world.open(world.mail(REQUESTER, "what happens next"))
    assert page.choose("contact_corrected", phone=supporter.phone, how=["text"]).status == 200


def offered_to(world: World, *ids: str) -> str:
    reference = world.request()
    chosen = dict(zip(("first", "stand_in_1", "stand_in_2"), ids, strict=False))
    assert page_of(world, reference).choose("offered", **chosen).status == 200
    return reference


def test_an_offer_whose_mail_has_not_left_goes_to_the_stand_in(world: World) -> None:
    reference = offered_to(world, "amara-cole", "beth-lindgren", "carlos-medina")
    becomes_the_requester(world, reference, "amara-cole")
    asks_for_support(world, BETH)
    world.passes(minutes=6)
    assert not world.mails(AMARA)
    assert not world.mails(BETH, reference)
    assert world.asked(reference) == "carlos.medina@example.org"
    world.work()
    assert world.mails("carlos.medina@example.org", reference)


def test_a_yes_of_who_became_impossible_counts_neither_in_time_nor_late_nor_by_phone(
    world: World,
) -> None:
    reference = offered_to(world, "amara-cole")
    world.passes(minutes=6)
    offer, board = world.mail(AMARA), world.mail(JORDAN, reference)
    becomes_the_requester(world, reference, "amara-cole")
    assert 'value="accepted"' not in world.open(offer).answer.text
    assert world.open(board).choose("accepted").status == 409
    while world.case(reference).state is State.OFFERED:
        world.until_handled(reference)
    assert 'value="accepted"' not in world.open(offer).answer.text
    assert world.open(world.mail(JORDAN, reference)).choose("accepted", offer="1").status == 409
    assert world.case(reference).state is State.IN_REVIEW


def test_undoing_brings_no_offer_back_to_who_cannot_be_asked(world: World) -> None:
    reference = offered_to(world, "amara-cole")
    world.passes(minutes=6)
    page_of(world, reference).choose("offer_withdrawn")
    world.own_page(AMARA).choose("away_open")
    assert page_of(world, reference).choose("undone").status == 409
    assert world.case(reference).state is State.IN_REVIEW


def test_opened_again_the_unwanted_stay_excluded(world: World) -> None:
    reference = world.request(QID11_TEXT="Beth Lindgren; Beth Sandoval")
    page_of(world, reference).choose("closed", outcome="reached_otherwise")
    world.passes(minutes=6)
    page_of(world, reference).choose("reopened")
    world.work()
    assert not {"beth-lindgren", "pia-sandoval"} & candidates(world, reference)
    assert page_of(world, reference).choose("offered", first="pia-sandoval").status == 409


def test_a_request_that_goes_on_takes_over_whom_the_newer_one_does_not_want(
    world: World,
) -> None:
    older = offered_to(world, "amara-cole", "beth-lindgren", "carlos-medina")
    world.passes(minutes=6)
    world.submit(QID11_TEXT="Lindgren; Anna Sandoval")
    world.work()
    world.passes(minutes=11)
    newer = (open_references(world) - {older}).pop()
    assert page_of(world, newer).choose("same_request", other=older).status == 200
    world.open(world.mail(AMARA)).choose("declined")
    assert world.asked(older) == "carlos.medina@example.org"
    page_of(world, older).choose("offer_withdrawn")
    assert not {"beth-lindgren", "pia-sandoval"} & candidates(world, older)
    assert "It is Pia Sandoval" in said_text(world, JORDAN, older).text
