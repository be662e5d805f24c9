"""Stories of people who are not wanted: they are never proposed, however it is tried."""

from dataclasses import replace

import pytest

from pages.facts.identity import written
from pages.forms import NOBODY
from store import identities
from tests.asking import AMARA, BETH, candidates, open_references, page_of
from tests.twice import again
from tests.world import JORDAN, PRIYA, REQUESTER, SAM, Page, World
from workflow.model import State


def said_text(world: World, email: str, reference: str) -> Page:
    return world.open(world.mail(email, reference)).choose("text")


def asked_first(page: Page) -> bool:
    """Tell whether the page asks whom they mean, and offers nobody to choose."""
    asks = "No one can be asked until you settle this" in page.text
    assert asks is not bool(page.values("first"))
    return asks


def possible(world: World, reference: str) -> set[str]:
    """Return who could be asked by what is known, settled or not."""
    casebook = world.engine.casebook
    return {*casebook.choosable(casebook.load(reference), casebook.made_at)}


def settles(page: Page, *meant: str) -> Page:
    """Say whom the first question means that the page shows."""
    shown = {name: page.values(name)[0] for name in ("typed", "could_mean")}
    return page.choose("recognized", meant=[*meant], **shown)


def test_the_page_says_how_many_are_excluded_but_never_which_names_were_typed(world: World) -> None:
    reference = world.request(QID11_TEXT="Dr. Linndgren, anyone but Carlos")
    page = page_of(world, reference)
    assert "2 supporters are left out, as the requester wished." in page.text
    for words in ("Linndgren", "Lindgren", "Carlos", "Medina"):
        assert words not in page.text
    assert not {"beth-lindgren", "carlos-medina"} & candidates(world, reference)
    assert 'value="text"' not in page.answer.text, "nothing is left to read"


def test_an_unclear_name_excludes_all_possible_people_until_a_reviewer_settles_it(
    world: World,
) -> None:
    reference = world.request(QID11_TEXT="Beth Sandoval")
    page = page_of(world, reference)
    assert asked_first(page)
    assert "Sandoval" not in page.text
    assert page.choose("offered", first="amara-cole").status == 409, "nobody at all, yet"
    assert "pia-sandoval" not in possible(world, reference)

    text = page.choose("text")
    assert "Beth Sandoval" in text.text
    assert "It’s Pia Sandoval" in text.text
    for nobody in ([], ["pia-sandoval", NOBODY]):
        assert text.choose("recognized", typed="Beth Sandoval", meant=nobody).status == 400
    settled = settles(text, NOBODY)
    assert "Saved: Jordan Reyes settled what wasn’t clear" in settled.text
    assert not asked_first(settled)
    assert "pia-sandoval" in settled.values("first"), "who may be asked again"
    assert "Beth Sandoval" in settled.choose("text").text, "until the first contact"


@pytest.mark.parametrize(
    "typed", ["the tall one from nights", "whoever was in charge", "4711", "J", "🙅", "Hartwell"]
)
def test_words_that_name_nobody_we_know_are_read_before_anybody_is_asked(
    world: World, typed: str
) -> None:
    reference = world.request(QID11_TEXT=typed)
    page = page_of(world, reference)
    assert asked_first(page)
    assert page.choose("offered", first="amara-cole").status == 409
    text = page.choose("text")
    assert typed in text.text
    settled = settles(text, "amara-cole", "esther-kim", "marcus-bell")
    assert not asked_first(settled)
    assert "2 supporters are left out" in settled.text
    assert not {"amara-cole", "esther-kim"} & {*settled.values("first")}
    first = settled.values("first")[0]
    assert settled.choose("offered", first=first).status == 200
    assert world.events(reference)[-2:] == ["recognized", "offered"]


def test_who_says_that_they_are_meant_themselves_reviews_no_more(world: World) -> None:
    reference = world.request(QID11_TEXT="the tall one from nights")
    assert settles(said_text(world, JORDAN, reference), "jordan-reyes").status == 403
    assert page_of(world, reference, PRIYA).values("first")


@pytest.mark.parametrize("how", ["settled", "taken back"])
def test_whoever_is_asked_cannot_tell_that_it_is_them_who_is_not_wanted(
    world: World, how: str
) -> None:
    """A later request brings the words; settling who is meant looks like any offer taken back."""
    reference = world.offered()
    supporter, mail = world.asked(reference), world.mail(world.asked(reference))
    if how == "settled":
        newer = again(world, QID11_TEXT="the tall one from nights")
        assert page_of(world, newer).choose("same_request", other=reference).status == 200
        offer = world.case(reference).current_offer
        assert offer is not None
        page = settles(page_of(world, reference).choose("text"), offer.supporter)
        assert page.status == 200
        assert offer.supporter not in page.values("first")
    else:
        page_of(world, reference).choose("offer_withdrawn")
    assert world.case(reference).state is State.IN_REVIEW
    world.passes(minutes=12)
    assert "nothing more for you to do" in world.mails(supporter)[-1].text
    assert "there’s nothing left to do" in world.open(mail).text
    assert "/continue/" in world.open(mail).answer.url


@pytest.mark.parametrize(
    "typed", ["None", "n/a", "No one", "nobody, thank you", "No preference.", "-", "  ", "Nadie"]
)
def test_words_that_say_nobody_ask_nothing(world: World, typed: str) -> None:
    assert not asked_first(page_of(world, world.request(QID11_TEXT=typed)))


def test_what_stood_unread_before_an_upgrade_is_asked_afterwards(world: World) -> None:
    reference = world.offered()
    identity = world.engine.casebook.load(reference).identity
    assert identity is not None
    unread = replace(identity, not_wanted="the tall one on days")
    sealed = world.engine.casebook.sealed(unread, reference)
    with world.store.write() as db:
        identities.seal(db, 1, sealed)
    stand_in = world.case(reference).offers[1].supporter
    page = page_of(world, reference)
    assert "Until then, we don’t ask a backup either" in page.text
    world.open(world.mail(world.asked(reference))).choose("declined")
    assert world.case(reference).state is State.IN_REVIEW, "nobody stands in before it is settled"
    assert asked_first(page_of(world, reference))
    settled = settles(said_text(world, JORDAN, reference), stand_in)
    assert not asked_first(settled)
    assert stand_in not in settled.values("first")


def test_the_person_meant_stays_excluded_and_a_second_answer_changes_nothing(world: World) -> None:
    reference = world.request(QID11_TEXT="Beth Sandoval")
    second = said_text(world, PRIYA, reference)
    settles(said_text(world, JORDAN, reference), "pia-sandoval")
    late = settles(second, NOBODY)
    assert late.status == 409
    assert "pia-sandoval" not in candidates(world, reference)
    assert "1 supporter is left out" in page_of(world, reference).text
    assert world.events(reference)[-1] == "recognized"


def test_a_reviewer_can_name_anybody_on_our_lists_and_nobody_else(world: World) -> None:
    reference = world.request(QID11_TEXT="Beth Sandoval")
    text = said_text(world, JORDAN, reference)
    assert settles(text, "nobody-at-all").status == 409
    assert settles(text, "beth-lindgren").status == 200, "she was called so before"
    assert candidates(world, reference)
    assert "beth-lindgren" not in candidates(world, reference)


def test_a_coordinator_who_could_be_meant_is_mailed_only_after_the_name_is_settled(
    world: World,
) -> None:
    reference = world.request(QID11_TEXT="Nayar")
    assert not world.mails(PRIYA)
    text = said_text(world, JORDAN, reference)
    assert "It’s Priya Nair" in text.text
    settles(text, NOBODY)
    world.work()
    told = world.mail(PRIYA, reference).text
    assert "From now on, you’re one of the people who decide" in told
    assert "settled" not in told, "that would tell her that she could have been meant"
    assert "Nair" not in page_of(world, reference, PRIYA).text


def test_when_all_other_reviewers_could_be_meant_the_outside_person_is_asked(world: World) -> None:
    reference = world.request(QID11_TEXT="J. Reyess, Nayar, E. Fisher, Okafor")
    for barred in (JORDAN, PRIYA, "elena.fischer@example.org", "david.okafor@example.org"):
        assert not world.mails(barred)
    ruth = "ruth.lindqvist@example.org"
    assert "It’s Priya Nair" in said_text(world, ruth, reference).text


def test_people_who_could_be_meant_hear_nothing_even_when_nobody_else_is_left(
    world: World,
) -> None:
    reference = world.request(QID11_TEXT="Jordan Reyes, Nair, Fischer, Okafor, Anna Lindqvist")
    assert world.engine.casebook.load(reference).reviewing.reviewers == ()
    assert not world.mails("ruth.lindqvist@example.org")
    assert "no one on our lists may see" in world.mail(SAM).text


def test_supporters_added_to_the_roster_later_are_compared_too(world: World) -> None:
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
    assert "1 supporter is left out" in page_of(world, reference).text, "and nothing is left to ask"


def test_two_unclear_names_in_one_line_are_settled_one_by_one(world: World) -> None:
    reference = world.request(QID11_TEXT="Zoe Sandoval or rather Ida Novak, I think Tom Brooks")
    text = said_text(world, JORDAN, reference)
    could_be = {"pia-sandoval", "paula-novak", "tamika-brooks"}
    assert set(text.values("could_mean")) == could_be
    assert not could_be & possible(world, reference)
    assert asked_first(settles(text, NOBODY))
    assert len(could_be & possible(world, reference)) == 1
    text = said_text(world, JORDAN, reference)
    settles(text, text.values("could_mean")[0])
    assert len(could_be & possible(world, reference)) == 1
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
    first, *backups = ids
    page = page_of(world, reference).choose("offered", first=first, backup=backups)
    assert page.status == 200
    return reference


def test_an_offer_whose_mail_has_not_left_goes_to_the_stand_in(world: World) -> None:
    reference = offered_to(world, "amara-cole", "beth-lindgren", "carlos-medina")
    becomes_the_requester(world, reference, "amara-cole")
    world.own_page(BETH).choose("pause")
    world.passes(minutes=6)
    assert not world.mails(AMARA, reference)
    assert not world.mails(BETH, reference)
    assert world.asked(reference) == "carlos.medina@example.org"
    world.work()
    assert world.mails("carlos.medina@example.org", reference)


def test_the_yes_of_an_excluded_supporter_never_counts_in_time_late_or_by_phone(
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


def test_undo_does_not_restore_an_offer_to_somebody_who_cannot_be_asked(world: World) -> None:
    reference = offered_to(world, "amara-cole")
    world.passes(minutes=6)
    page_of(world, reference).choose("offer_withdrawn")
    world.own_page(AMARA).choose("away_open")
    assert page_of(world, reference).choose("undone").status == 409
    assert world.case(reference).state is State.IN_REVIEW


def test_unwanted_people_stay_excluded_when_a_request_is_reopened(world: World) -> None:
    reference = world.request(QID11_TEXT="Beth Lindgren; Beth Sandoval")
    page_of(world, reference).choose("closed", outcome="reached_otherwise")
    world.passes(minutes=6)
    page_of(world, reference).choose("reopened")
    world.passes(minutes=6)
    assert asked_first(page_of(world, reference))
    assert not {"beth-lindgren", "pia-sandoval"} & possible(world, reference)
    assert page_of(world, reference).choose("offered", first="pia-sandoval").status == 409


def test_a_merged_request_also_excludes_people_unwanted_in_the_newer_one(
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
    assert world.case(older).state is State.IN_REVIEW, "no stand-in is asked before it is settled"
    assert asked_first(page_of(world, older))
    assert not {"beth-lindgren", "pia-sandoval"} & possible(world, older)
    assert "It’s Pia Sandoval" in said_text(world, JORDAN, older).text


# What the reviewer reads


def test_the_unclear_words_are_read_in_the_answer_that_they_stand_in(world: World) -> None:
    reference = world.request(QID11_TEXT="Carlos Medina, and the one who is always with him")
    text = said_text(world, JORDAN, reference)
    (typed,) = set(text.values("typed"))
    assert "Carlos" not in typed, "he is recognized"
    assert "Carlos Medina" in text.text, "without him the rest means nothing"
    settles(text, NOBODY)
    assert "Carlos Medina" in said_text(world, PRIYA, reference).text, "for a second answer, too"


def test_whom_a_part_of_the_answer_could_mean_reads_only_the_rest(world: World) -> None:
    reference = world.request(QID11_TEXT="Nayar, or the tall one from nights")
    loaded = world.engine.casebook.load(reference)
    shown = written(world.engine.casebook, loaded, "priya-nair").questions
    assert [(one.typed, one.before, one.after) for one in shown] == [
        ("the tall one from nights", "", "")
    ]


def test_an_answer_without_a_tick_keeps_what_was_opened(world: World) -> None:
    reference = world.request(QID11_TEXT="Beth Sandoval")
    text = said_text(world, JORDAN, reference)
    back = settles(text)
    assert back.status == 400
    assert "Beth Sandoval" in back.text
    both = settles(text, "pia-sandoval", NOBODY)
    assert both.status == 400
    assert both.answer.text.count(" checked") == 2, "and what was ticked"
    assert "opened what they wrote" in page_of(world, reference).text


def test_people_who_come_to_mind_stand_first_and_the_others_by_department(world: World) -> None:
    text = said_text(world, JORDAN, world.request(QID11_TEXT="Beth Sandoval")).answer.text
    assert text.index("It’s Pia Sandoval") < text.index("<summary>Surgery</summary>")
    assert text.index("<summary>Surgery</summary>") < text.index(">Coordinators and others<")
    assert "<details open" not in text


@pytest.mark.parametrize("excluded", [None, "Priya Nair"])
def test_no_mail_about_a_request_invites_an_answer_by_mail(
    world: World, excluded: str | None
) -> None:
    """Whoever reads the mailbox would see who asked, also if they are not wanted."""
    _, supporter = world.matched(QID11_TEXT=excluded)
    for mail in (*world.mails(REQUESTER), *world.mails(supporter), *world.mails(JORDAN)):
        assert "Questions? Just reply" not in mail.text
        assert "forward this email or reply to it" in mail.text
