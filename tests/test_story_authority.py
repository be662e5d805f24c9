"""Stories of a second request with another address: it counts only once the person says yes."""

from pathlib import Path

import pytest

from tests.links import opened_by
from tests.twice import again, confirm, merge, page_of, speak
from tests.world import DAVID, ELENA, JORDAN, REQUESTER, World, link_in, living
from workflow.model import Outcome, PromiseKind, State

IMPOSTOR = "partner@example.org"
WARNING = "They have different email addresses."


def merged(world: World, stage: str = "request", **changed: object) -> tuple[str, str]:
    """Let somebody with the same name and phone ask, and a coordinator take it for the same."""
    arrived = getattr(world, stage)()
    older = str(arrived if isinstance(arrived, str) else arrived[0])
    newer = again(world, QID2_TEXT=IMPOSTOR, **changed)
    assert merge(world, older, newer).status == 200
    world.work()
    return older, newer


def say_no(world: World) -> None:
    page = world.open(world.mail(REQUESTER, "was this you?"))
    page.choose("separated", confirmation=page.values("confirmation")[0])
    world.work()


# Whose request it is


def test_an_impostor_with_the_same_name_and_phone_gets_no_rights_by_a_merge(world: World) -> None:
    older = world.request()
    newer = again(world, QID2_TEXT=IMPOSTOR)
    theirs = world.mail(IMPOSTOR, newer)
    before = world.open(theirs).text
    assert WARNING in page_of(world, newer).text
    merge(world, older, newer)
    world.work()
    page = world.open(theirs)
    assert page.text == before, "nothing tells that somebody else has asked"
    assert opened_by(world, theirs) == newer
    page = world.open(theirs)
    assert page.choose("withdrawn_erased").status == 200
    world.passes(minutes=1)
    assert world.references == [older]
    own = world.engine.casebook.load(older).own
    assert own is not None
    assert (own.email, own.second) == (REQUESTER, None)
    assert world.case(older).confirmation is None
    assert world.mails(IMPOSTOR) == [theirs]


def test_no_form_of_an_impostor_counts_what_reviewers_did(world: World) -> None:
    """A number in the page's source would tell that theirs was compared with another request."""
    _, newer = merged(world)
    page = world.open(world.mail(IMPOSTOR, newer))
    page = page.choose("contact_corrected", email=IMPOSTOR, phone="860-555-0177", how=["call"])
    assert "Someone gave us another way to reach you" in page.text
    sent = [page.values(name)[0] for name in ("version", "confirmation")]
    assert not any(value.isdecimal() for value in sent)
    page.choose("contact_refused", confirmation=sent[1])
    assert world.case(newer).confirmation is None


def test_the_person_is_asked_at_the_first_address_and_a_yes_lets_the_second_count(
    world: World,
) -> None:
    older, newer = merged(world, "matched", QID3_TEXT="860-555-0199", QID4=["1", "2"])
    supporter = world.asked(older)
    assert not world.mails(supporter, "something has changed")
    assert REQUESTER in world.open(world.mail(supporter)).text
    asked = world.mail(REQUESTER, "was this you?")
    for told in (newer, IMPOSTOR, "860-555"):
        assert told not in asked.subject + asked.text
    assert confirm(world, REQUESTER).status == 200
    in_use = world.mail(IMPOSTOR, "we write to you here")
    assert opened_by(world, in_use) == opened_by(world, world.mails(IMPOSTOR)[0]) == older
    card = world.open(world.mail(supporter, "something has changed"))
    assert IMPOSTOR in card.text
    assert REQUESTER not in card.text
    assert world.events(older)[-2:] == ["merged", "contact_confirmed"]
    assert world.count("identities") == 1


def test_not_even_the_forms_of_an_impostors_page_tell_of_a_merge(world: World) -> None:
    older = world.request()
    newer = again(world, QID2_TEXT=IMPOSTOR)
    page = world.open(world.mail(IMPOSTOR, newer))
    before = page.again().values("version")
    merge(world, older, newer)
    world.work()
    assert page.again().values("version") == before
    assert not {*before} & {str(number) for number in range(10)}, "nor how much was done"


@pytest.mark.parametrize("which", ["arrived", "a correction"])
def test_a_yes_counts_only_by_the_link_in_the_confirmation(world: World, which: str) -> None:
    if which == "arrived":
        older, _ = merged(world)
    else:
        older = world.request()
        page = world.open(world.mail(REQUESTER))
        page.choose("contact_corrected", email=IMPOSTOR, how=["mail"])
        world.work()
    page = world.open(world.mails(REQUESTER)[0])
    assert "contact_confirmed" not in page.values("choice")
    answer = page.choose("contact_confirmed", confirmation=page.values("confirmation")[0])
    assert answer.status == 409
    own = world.engine.casebook.load(older).own
    assert own is not None
    assert own.email == REQUESTER
    assert own.second is not None


def test_a_no_makes_them_two_again_and_nobody_is_asked_twice(world: World) -> None:
    older, newer = merged(world, QID11_TEXT="Elena Fischer")
    before = world.engine.casebook.load(older)
    called = before.reviewing.if_called
    assert "elena-fischer" not in called, "whom either excludes is excluded at once"
    world.passes(hours=3)
    say_no(world)
    loaded, other = (world.engine.casebook.load(one) for one in (older, newer))
    assert "elena-fischer" in loaded.reviewing.if_called
    assert "elena-fischer" not in other.reviewing.if_called
    assert other.identity is not None
    assert other.identity.email == IMPOSTOR
    assert (other.case.state, other.case.outcome) == (State.IN_REVIEW, None)
    review = other.case.promise(PromiseKind.REVIEW)
    assert review is not None
    assert review.began_at == other.case.submitted_at, "what was promised at Submit holds"
    assert (loaded.case.took_in, loaded.case.confirmation) == ((), None)
    page = world.open(world.mail(JORDAN, f"{newer}:"))
    assert "separate again" in world.mail(JORDAN, f"{newer}:").text
    assert page.values("other") == []
    assert "Did they ask before?" not in page.text


def test_only_the_address_that_counts_opens_the_request(world: World) -> None:
    older, _ = merged(world)
    first, browsing = world.mails(REQUESTER)[0], world.open(world.mails(REQUESTER)[0])
    world.passes(minutes=1)
    assert "We’ll use it from now on" in confirm(world, REQUESTER).text
    assert browsing.again().status == 403, "that visit has ended"
    for mail in (first, world.mail(REQUESTER, "was this you?")):
        page = world.open(mail)
        assert page.status == 410
        assert older not in page.text
    page.choose("fresh")
    world.until_links_are_mailed()
    assert opened_by(world, world.mail(IMPOSTOR, "new link")) == older
    assert not world.mails(REQUESTER, "new link")


def test_who_claims_somebody_elses_newer_request_loses_their_own(world: World) -> None:
    """An impostor may also come first; then we ask the impostor."""
    older = world.request(QID2_TEXT=IMPOSTOR)
    newer = again(world)
    merge(world, older, newer)
    world.passes(minutes=1)
    confirm(world, IMPOSTOR)
    assert world.open(world.mails(IMPOSTOR)[0]).status == 410
    assert opened_by(world, world.mail(REQUESTER, "we write to you here")) == older
    assert world.open(world.mails(REQUESTER)[0]).status == 200


# Who hears when nobody answers


def test_silence_is_settled_in_person_and_is_never_a_yes(world: World) -> None:
    older, _ = merged(world, "matched")
    world.passes(hours=47)
    assert not world.mails(JORDAN, "a question is still open")
    world.passes(hours=2)
    page = world.open(world.mail(JORDAN, older))
    assert "a second way to be reached" not in page.text
    assert "If they don’t answer, please ask them yourself" in page.text
    world.passes(hours=30)
    assert world.mails(ELENA, older) or world.mails(DAVID, older)
    world.passes(days=20)
    assert world.case(older).confirmation is not None
    page = world.open(world.mails(JORDAN, older)[-1])
    looked = page.choose("identity")
    assert looked.text.index("First") < looked.text.index(REQUESTER)
    assert looked.text.index("Second") < looked.text.index(IMPOSTOR)
    answered = page.choose("contact_confirmed", confirmation=page.values("confirmation")[0])
    assert "counts from now on" in answered.text
    assert "Jordan Reyes answered for them" in answered.text
    assert world.case(older).confirmation is None
    identity = world.engine.casebook.load(older).identity
    assert identity is not None
    assert identity.email == IMPOSTOR


@pytest.mark.parametrize("way", ["forbidden", "refused"])
def test_whom_no_mail_can_ask_a_reviewer_asks(world: World, way: str) -> None:
    older = world.request(QID4=["2", "3"] if way == "forbidden" else ["1", "2", "3"])
    newer = again(world, QID2_TEXT=IMPOSTOR)
    if way == "refused":
        world.mailbox.refuse_address_with[REQUESTER] = "550 5.1.1 No such user"
    else:
        assert "Please ask them yourself, the first way" in page_of(world, newer).text
    merge(world, older, newer)
    # A refused mailbox is told once others are accepted, or after a day.
    for _ in range(26 if way == "refused" else 1):
        world.passes(hours=1)
    world.passes(minutes=2)
    assert world.case(older).promise(PromiseKind.TELL, "was_this_you") is not None
    page = world.open(world.mail(JORDAN, f"{older}: pass on"))
    assert "Please ask them yourself" in page.text
    page = page.choose("separated", confirmation=page.values("confirmation")[0])
    assert world.case(older).promise(PromiseKind.TELL) is None
    assert world.case(newer).state is State.IN_REVIEW


def test_a_board_that_was_passed_on_settles_nothing(world: World) -> None:
    older, _ = merged(world)
    board = world.own_page(JORDAN).person.look(f"{world.url}/board")
    number = world.case(older).confirmation
    assert number is not None
    for choice in ("contact_confirmed", "separated", "withdrawn_erased"):
        answer = board.choose(choice, confirmation=str(number.number), reference=older)
        assert answer.status == 410
    assert world.case(older).confirmation is not None


# When one of them ends


@pytest.mark.parametrize("ending", ["withdrawn", "closed", "completed"])
def test_a_second_request_goes_on_when_the_first_ends_before_anybody_answered(
    world: World, ending: str
) -> None:
    older, newer = merged(world, "in_contact" if ending == "completed" else "request")
    if ending == "withdrawn":
        page = world.open(world.mail(REQUESTER, "was this you?"))
        assert "The second request goes on by itself" in page.text
        page.choose("withdrawn_erased")
    elif ending == "closed":
        page_of(world, older).choose("closed", outcome="reached_otherwise")
    else:
        world.open(world.mail(world.asked(older))).choose("completed", outcome="supported")
    loaded = world.engine.casebook.load(newer)
    assert loaded.case.state is State.IN_REVIEW
    assert loaded.identity is not None
    assert loaded.identity.email == IMPOSTOR
    world.passes(minutes=1)
    assert "separate again" in world.mail(JORDAN, f"{newer}:").text
    if ending == "closed":
        page_of(world, older).choose("undone")
        case = world.case(older)
        assert (case.state, case.confirmation, case.took_in) == (State.IN_REVIEW, None, ())
        assert world.case(newer).is_open
    world.passes(days=60)
    assert (older in world.references) is (ending == "closed")
    assert newer in world.references


def test_an_urgent_second_request_stays_one_of_its_own(world: World) -> None:
    """The deputies who were called about it would lose it, and so learn of the first."""
    older = world.request()
    newer = again(world, QID2_TEXT=IMPOSTOR, QID12=2)
    speak(world, newer)
    page = page_of(world, newer)
    assert "These can’t be combined right now." in page.text
    assert page.choose("same_request", other=older).status == 409
    assert world.case(newer).is_open
    assert (world.case(older).is_urgent, world.case(older).confirmation) == (False, None)
    assert world.mails(ELENA, older) == []
    assert world.open(world.mail(ELENA, newer)).status == 200


def test_who_corrects_something_in_a_merged_request_has_one_of_their_own_again(
    world: World,
) -> None:
    older, newer = merged(world)
    page = world.open(world.mail(IMPOSTOR))
    page = page.choose("contact_corrected", phone="860-555-0111", how=["call"])
    assert "Thank you. We have your answer." in page.text
    assert world.case(newer).state is State.IN_REVIEW
    assert world.case(older).confirmation is None
    world.work()
    assert world.mail(IMPOSTOR, "was this you?")
    assert newer in page_of(world, older).text, "and a reviewer may compare them again"


def test_a_link_of_a_merged_request_is_renewed_at_its_own_address(world: World) -> None:
    older, newer = merged(world)
    old = world.mail(IMPOSTOR)
    world.passes(days=31)
    count = len(world.mails(REQUESTER))
    world.open(old).choose("fresh")
    world.until_links_are_mailed()
    world.passes(days=1)
    world.ask_for_link(IMPOSTOR)
    mailed = world.mails(IMPOSTOR, "new link")
    assert [opened_by(world, mail) for mail in mailed] == [newer, newer], "as before the merge"
    assert len(world.mails(REQUESTER)) == count
    assert older not in "".join(mail.text for mail in mailed)


def test_a_hold_on_either_keeps_nobody_from_answering(world: World) -> None:
    older, newer = merged(world)
    runner = world.app.test_cli_runner()
    for reference in (older, newer):
        runner.invoke(args=["hold", reference])
    say_no(world)
    assert world.case(newer).outcome is not Outcome.DUPLICATE
    world.open(world.mails(REQUESTER)[0]).choose("withdrawn_erased")
    world.passes(minutes=5)
    assert world.references == [older, newer]
    assert world.count("identities") == 2, "held"


def test_what_was_forgotten_of_a_second_request_leaves_nothing(world: World) -> None:
    older, newer = merged(world)
    world.open(world.mail(IMPOSTOR)).choose("withdrawn_erased")
    world.passes(minutes=5)
    assert world.references == [older]
    files = [Path(f).read_bytes() for f in world.folder.glob("peer-support.db*")]
    assert newer.encode() not in b"".join(files)
    assert link_in(world.mail(REQUESTER))


def test_an_impostor_waits_as_long_and_hears_as_much_as_anybody(tmp_path: Path) -> None:
    def lived(folder: Path, *, is_merged: bool) -> list[object]:
        folder.mkdir()
        with living(folder) as world:
            older = world.request()
            newer = again(world, QID2_TEXT=IMPOSTOR)
            if is_merged:
                assert merge(world, older, newer).status == 200
            seen = []
            for hours in (1, 70, 2, 24, 25, 10):
                world.passes(hours=hours)
                page = world.open(world.mails(IMPOSTOR)[0]).text.replace(newer, "this one")
                subjects = [one.subject.replace(newer, "") for one in world.mails(IMPOSTOR)]
                seen += [page, len(subjects), subjects[-1].partition("(")[0]]
            return seen

    assert lived(tmp_path / "one", is_merged=True) == lived(tmp_path / "two", is_merged=False)


@pytest.mark.parametrize("how", ["handed_back", "reopened"])
def test_a_second_request_that_got_further_stays_one_of_its_own(world: World, how: str) -> None:
    """A merged one looks like one that has just come: its page and its supporter's would tell."""
    older = world.request()
    newer = again(world, QID2_TEXT=IMPOSTOR)
    page = page_of(world, newer)
    if how == "handed_back":
        page.choose("offered", first=page.values("first")[0])
        world.passes(minutes=6)
        supporter = world.asked(newer)
        for answer in ("accepted", "handed_back"):
            world.open(world.mail(supporter)).choose(answer)
            world.passes(minutes=6)
    else:
        page.choose("closed", outcome="not_a_request")
        world.passes(hours=1)
        world.open(world.mail(IMPOSTOR, newer)).choose("reopened")
        world.passes(minutes=6)
    page = page_of(world, newer)
    assert "These can’t be combined right now. Please take care of both." in page.text
    assert page.choose("same_request", other=older).status == 409
    assert world.case(newer).state is State.IN_REVIEW
