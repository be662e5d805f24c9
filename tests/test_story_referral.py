"""Somebody worries about a colleague, who is asked once; nobody learns what they answer."""

import re

import pytest

from demo.qualtrics.survey import REFERRAL
from program import problems_of
from store.forgotten import copies
from tests import disk
from tests.absence import leave
from tests.asking import candidates, page_of
from tests.lost_disk import copy_of, elsewhere
from tests.nominating import Nominating
from tests.qualtrics_commands import run
from tests.referring import KIM, Referring, ask, carried, form_in
from tests.test_story_relay import health
from tests.world import ELENA, JORDAN, PRIYA, REQUESTER, SAM, Browser, World

#: All of it comes to the same mailbox.
KIM_TOO = "kim.vale+1@example.org"
BETH, AMARA = "beth-lindgren", "amara-cole"
BETH_MAIL = "beth.lindgren@example.org"


@pytest.fixture
def referring(world: World) -> Referring:
    return Referring.begin(world)


def test_a_yes_leads_to_a_request_that_never_goes_to_the_referrer(referring: Referring) -> None:
    world = referring.world
    referring.refer(by="Beth Lindgren")
    assert world.references == [], "no request exists before a yes"
    (mail,) = world.mails(KIM)
    page = world.open(mail)
    assert "talk to someone" in page.text
    page = page.choose("yes")
    assert world.references == [], "nor before the form is sent"
    assert not re.search("Beth|Kim|Vale|kim.vale", form_in(page))

    reference = ask(world, carried(page), QID2_TEXT="kim@home.example.com")
    assert BETH not in candidates(world, reference)
    reviewing = world.open(world.mail(JORDAN)).text
    assert not re.search("Beth Lindgren|thought of|worried|referr", reviewing)
    assert "left out, as the requester wished" not in reviewing
    told = " ".join(m.text for m in world.mailbox.messages if KIM not in m.recipients)
    assert not re.search("thought of|kim.vale", told)


@pytest.mark.parametrize(
    ("by", "own_email", "kept_out"),
    [
        ("B. L.", BETH_MAIL, {BETH}),
        ("beth lindgren", "", {BETH}),
        ("Cole", "", {AMARA}),
    ],
)
def test_whoever_the_referrer_may_be_is_kept_out(
    referring: Referring, by: str, own_email: str, kept_out: set[str]
) -> None:
    """Nobody is asked who is meant: the question would tell that there was a referral."""
    world = referring.world
    referring.refer(by=by, own_email=own_email)
    page = world.open(world.mail(KIM)).choose("yes")
    reference = ask(world, carried(page))
    proposed = candidates(world, reference)
    assert proposed
    assert not kept_out & proposed
    assert "Who do they mean" not in world.open(world.mail(JORDAN)).text


def test_a_link_from_before_a_copy_was_put_back_joins_no_one_elses_invitation(
    referring: Referring,
) -> None:
    """The copy knows neither the first invitation nor that its number was given."""
    world = referring.world
    copy = copy_of(world)
    referring.refer()
    kept = carried(world.open(world.mail(KIM)).choose("yes"))
    with elsewhere(world) as again:
        assert run(again, "restore", f"{copy}").exit_code == 0
        again.has_form(REFERRAL)
        Referring(again).refer("robin.hale@example.org", by="Jordan Reyes")
        assert again.count("invitations") == 1
        ask(again, kept)
        assert again.mails(JORDAN), "it was another's invitation that he must not review"


def test_a_coordinator_who_worried_does_not_review(referring: Referring) -> None:
    world = referring.world
    referring.refer(by="Jordan Reyes")
    page = world.open(world.mail(KIM)).choose("yes")
    assert "If you give the email address that we wrote to" in page.text
    reference = ask(world, carried(page), QID2_TEXT=KIM)
    assert world.mails(JORDAN) == []
    assert world.mails(PRIYA)
    board = world.own_page(JORDAN).person.look(f"{world.url}/board")
    assert reference not in board.text


@pytest.mark.parametrize(
    "named",
    [
        ["Jordan Reyes", "Priya Nair"],
        ["Jordan Reyes, Priya Nair"],
        ["Jordan Reyes", "Priya Nair", "Elena Fischer", "David Okafor", "Ruth Lindqvist"],
    ],
    ids=["both coordinators", "in one form", "all reviewers"],
)
def test_whoever_types_the_names_of_all_coordinators_keeps_one_out(
    referring: Referring, named: list[str]
) -> None:
    """Or a deputy could type them, and this request would be theirs from the first minute on."""
    world = referring.world
    for name in named:
        referring.refer(by=name)
    reference = ask(world, QID2_TEXT=KIM)
    assert not world.mails(JORDAN, reference), "the first who was named"
    assert world.mails(PRIYA, reference)
    assert not world.engine.casebook.load(reference).reviewing.may_act("elena-fischer")
    assert not world.mails(ELENA, reference)
    world.passes(days=1)
    assert not [mail for mail in world.mails(SAM) if "no one on our lists" in mail.text]


def test_whoever_steps_back_brings_in_no_coordinator_who_was_named(referring: Referring) -> None:
    world = referring.world
    referring.refer(by="Priya Nair")
    reference = ask(world, QID2_TEXT=KIM)
    page = world.open(world.mail(JORDAN, reference))
    assert page.choose("handed_over").status == 200
    world.passes(minutes=11)
    assert not world.mails(PRIYA, reference)
    assert world.mails(ELENA, reference)


def test_the_address_alone_joins_them(referring: Referring) -> None:
    """Whoever was referred may take another way to the form, even without an answer to us."""
    world = referring.world
    referring.refer(REQUESTER, by="Beth Lindgren")
    referring.refer(REQUESTER, by="Amara Cole")
    reference = ask(world)
    assert not {BETH, AMARA} & candidates(world, reference)
    assert len(world.mails(REQUESTER, "thought of")) == 1


def test_a_link_that_was_passed_on_keeps_out_one_supporter_at_most(referring: Referring) -> None:
    """Anyone can refer themself in the coordinators' names, and post the form's link on a ward."""
    world = referring.world
    for name in ("Beth Lindgren", "Jordan Reyes", "Amara Cole"):
        referring.refer(by=name)
    page = world.open(world.mail(KIM)).choose("yes")

    def kept_out(reference: str) -> set[str]:
        return {BETH, AMARA} - {*world.open(world.mail(PRIYA, reference)).values("first")}

    by_link = ask(world, carried(page), QID2_TEXT="robin@home.example.com")
    assert kept_out(by_link) == {BETH}
    assert world.mails(JORDAN, by_link), "named by the second one"
    theirs = {"QID1_TEXT": "Kim Vale", "QID2_TEXT": KIM, "QID3_TEXT": "860-555-0177"}
    by_address = ask(world, carried(page), **theirs)
    assert kept_out(by_address) == {BETH, AMARA}, "all are known by the address"
    assert not world.mails(JORDAN, by_address)


def test_whoever_posts_a_forms_link_does_not_choose_who_reviews(referring: Referring) -> None:
    """A deputy names the coordinator who is here: all who ask by the link would be theirs."""
    world = referring.world
    referring.refer(by="Jordan Reyes")
    page = world.open(world.mail(KIM)).choose("yes")
    first = ask(world, carried(page), QID2_TEXT="robin@home.example.com")
    assert not world.mails(JORDAN, first), "Kim may have given another address"
    leave(world, PRIYA)
    other = {"QID1_TEXT": "Lee Park", "QID2_TEXT": "lee@home.example.com", "QID3_TEXT": None}
    second = ask(world, carried(page), **other)
    assert world.mails(JORDAN, second)
    assert not world.mails(ELENA, second)


def test_a_second_request_of_theirs_keeps_the_referrer_out_of_both(referring: Referring) -> None:
    world = referring.world
    first = ask(world)
    referring.refer(by="Beth Lindgren")
    page = world.open(world.mail(KIM)).choose("yes")
    second = ask(world, carried(page))
    assert BETH in candidates(world, first)
    assert page_of(world, second).choose("same_request", other=first).status == 200
    assert BETH not in candidates(world, first)


# Who could learn of it


def test_each_answer_looks_the_same_to_everybody_else(referring: Referring) -> None:
    """Silence, yes and no: same pages, same mails, same columns until the same minute."""
    world = referring.world
    people = ["silent@example.org", "willing@example.org", "unwilling@example.org"]
    for one in people:
        referring.refer(one)
    world.open(world.mail(people[1])).choose("yes")
    world.open(world.mail(people[2])).choose("no")
    seen = {world.rows("invitations", "kind", "remind_at", "ends_at")[i] for i in range(3)}
    assert len(seen) == 1
    for person in (JORDAN, PRIYA, ELENA):
        mine = world.own_page(person)
        for where in ("/me", "/board", "/nominees", "/report"):
            text = mine.person.look(f"{world.url}{where}").text
            assert not re.search("silent|willing|thought of|worr", text), (person, where)
    before = len(world.mailbox.messages)
    world.passes(days=8)
    asked_again = [m for m in world.mailbox.messages[before:] if {*people} & {*m.recipients}]
    assert asked_again == [], "nobody is reminded"
    world.passes(days=6, minutes=1)
    assert world.count("invitations") == 0
    assert not any(one in disk.opened(world.store) for one in people)


def test_a_form_about_anybody_leaves_the_same_behind(referring: Referring) -> None:
    """Known, asked lately, outside, unreadable, "never again": Qualtrics' copy goes at once."""
    world = referring.world
    referring.refer()
    world.open(world.mail(KIM)).choose("never")
    assert world.count("invitations") == 0
    for email in (KIM, "KIM.VALE@example.org", "kim@elsewhere.example.com", "kim at home"):
        referring.refer(email)
    days = {one.forgotten_on for one in copies.remaining(world.store.read())}
    assert (world.count("copies"), len(days)) == (5, 1)
    assert world.count("invitations") == 0
    assert len(world.mails(KIM)) == 1
    assert not any("referr" in m.text or "kim" in m.text for m in world.mails(SAM))


def test_an_address_with_a_slip_or_a_name_before_it_is_read(referring: Referring) -> None:
    world = referring.world
    for number, typed in enumerate((
        "Kim Vale kim.vale@example.org", "noor.haddad@exmple.org", "lee.park@example,org",
        "ana.ruiz@example.org, ana@gmail.com",
    )):  # fmt: skip
        referring.refer(typed)
        assert len([m for m in world.mailbox.messages if "thought of you" in m.subject]) == (
            number + 1
        ), typed
    assert not world.mails(SAM)


def test_admins_hear_of_a_form_whose_address_cannot_be_read(referring: Referring) -> None:
    """By what was typed alone, so they learn nothing about anybody."""
    referring.refer("Kim from the fourth floor")
    assert "probably the address was mistyped" in referring.world.mail(SAM).text
    assert "Kim" not in referring.world.mail(SAM).text


@pytest.mark.parametrize("typed", ["Kim from the fourth floor", "kim@elsewhere.example.com"])
def test_who_typed_an_address_that_we_cannot_use_is_asked_to_type_it_again(
    referring: Referring, typed: str
) -> None:
    """By what was typed alone, so it tells nothing about anybody; and once, however often."""
    world = referring.world
    for own in ("pat.doe@example.org", "pat.doe@example.org", "pat.doe@home.example.com"):
        referring.refer(typed, own_email=own)
    (mail,) = world.mails("pat.doe@example.org")
    assert "fill out the form again" in mail.text
    assert not re.search("[Kk]im|worr|fourth|elsewhere", mail.subject + mail.text)
    assert not world.mails("pat.doe@home.example.com"), "we write to our own people alone"
    assert len(world.mails(SAM)) == (typed[0] == "K"), "of the last one, which no one else hears of"
    world.ask_for_link("pat.doe@example.org")
    assert len(world.mails("pat.doe@example.org")) == 1
    world.passes(days=8)
    assert world.count("invitations") == 0


def test_never_again_lasts_and_is_about_this_alone(referring: Referring) -> None:
    world = referring.world
    referring.refer()
    page = world.open(world.mail(KIM))
    assert "never ask again?" in page.choose("never", sure="").text
    assert "We won’t ask again" in page.choose("never").text
    assert page.again().status in (403, 404)
    world.passes(days=3 * 365)
    referring.refer()
    referring.refer(KIM_TOO)
    assert len(world.mails(KIM)) == 1
    assert world.mails(KIM_TOO) == []
    assert KIM not in disk.opened(world.store)


def test_a_referrer_is_kept_out_whichever_address_of_one_mailbox_is_typed(
    referring: Referring,
) -> None:
    world = referring.world
    referring.refer(KIM_TOO, by="Jordan Reyes")
    ask(world, QID2_TEXT=KIM)
    assert world.mails(JORDAN) == []


def test_one_mail_however_many_worry_and_a_later_one_in_time(referring: Referring) -> None:
    world = referring.world
    for by in ("Pat Doe", "Robin Vale", "Pat Doe"):
        referring.refer(by=by)
    world.passes(days=15)
    referring.refer()
    assert len(world.mails(KIM)) == 1
    world.passes(days=80)
    referring.refer()
    assert len(world.mails(KIM)) == 2


def test_nobody_can_have_the_mail_sent_again_by_typing_the_address(referring: Referring) -> None:
    world = referring.world
    referring.refer()
    world.ask_for_link(KIM)
    world.ask_for_link(KIM)
    assert len(world.mails(KIM)) == 1


def test_health_does_not_tell_whether_somebody_may_be_asked(referring: Referring) -> None:
    """A mail that waits for the mailbox of whom anybody named is no news to everybody."""
    world = referring.world
    world.mailbox.refuse_address_with[KIM] = "452 4.2.2 Mailbox full"
    referring.refer()
    for _ in range(5):
        world.passes(minutes=10)
    assert health(world) == []


def test_subject_and_first_words_are_those_of_a_nomination(referring: Referring) -> None:
    world = referring.world
    nominating = Nominating.begin(world)
    nominating.nominate(email="sam.lee@example.org")
    referring.refer()
    mails = [world.mail(KIM), world.mail("sam.lee@example.org")]
    assert len({mail.subject for mail in mails}) == 1
    assert len({mail.text.splitlines()[2] for mail in mails}) == 1
    assert not re.search("Pat Doe|Kim", mails[0].text)


def test_a_flood_waits_and_ends_with_the_form(referring: Referring) -> None:
    world = referring.world
    for number in range(23):
        answers = {"QID2_TEXT": f"person{number}@example.org", "QID3_TEXT": "Pat Doe"}
        world.qualtrics.submit(answers, survey_id=REFERRAL.id)
    assert world.qualtrics.wait_until_published()
    world.work()

    def asked() -> int:
        return len({m.recipients[0] for m in world.mailbox.messages if "thought" in m.subject})

    assert asked() == 20
    world.passes(minutes=15)
    (alarm,) = world.mails(SAM)
    assert "an unusual number of colleagues" in alarm.text
    assert "person" not in alarm.text
    world.passes(days=1, minutes=2)
    assert asked() == 23


def test_others_cannot_open_it_and_no_one_looks_by_number(referring: Referring) -> None:
    world = referring.world
    referring.refer()
    assert Browser().look(f"{world.url}/invitation").status == 403
    supporter = world.own_page(BETH_MAIL)
    assert supporter.person.look(f"{world.url}/invitation").status == 403
    reference = ask(world, "1", QID2_TEXT=None)
    assert "Pat Doe" not in disk.opened(world.store) or reference
    reference = ask(world, "ab" * 30)
    assert "invitation" not in world.open(world.mails(JORDAN)[-1]).text


def test_a_request_forgets_who_referred_with_all_else(referring: Referring) -> None:
    world = referring.world
    referring.refer(by="Zebulon Quist")
    page = world.open(world.mail(KIM)).choose("yes")
    reference = ask(world, carried(page))
    assert "Zebulon Quist" in disk.opened(world.store)
    own = world.open(world.mails(REQUESTER)[-1])
    assert "Quist" not in own.text
    own.choose("withdrawn")
    world.passes(days=15)
    assert reference
    assert "Zebulon Quist" not in disk.opened(world.store)


def test_it_asks_in_the_language_of_its_form(world: World) -> None:
    referring = Referring.begin(world)
    survey = world.folder / "config/survey.toml"
    head, mark, tail = survey.read_text().partition("[[referral]]")
    survey.write_text(head + mark + tail.replace('language = "en"', 'language = "es"'))
    world.passes(minutes=1)
    referring.refer()
    page = world.open(world.mail(KIM))
    assert 'lang="es' in page.answer.text
    assert "¿" in page.text


def test_one_form_cannot_bring_requests_and_referrals(referring: Referring) -> None:
    survey = referring.world.folder / "config/survey.toml"
    survey.write_text(survey.read_text().replace(REFERRAL.id, "SV_8peerSupport01"))
    found = [f"{one}" for one in problems_of(survey.parent)]
    assert any("SV_8peerSupport01" in one and "appears twice" in one for one in found)
