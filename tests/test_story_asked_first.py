"""Stories of requesters who would like to say yes to a supporter before it is settled."""

import pytest

from tests.program_files import change, look
from tests.world import ELENA, JORDAN, PRIYA, REQUESTER, World
from workflow.model import OfferState, PromiseKind, State

QUESTION = "Would you like to talk to"
FACTS = "[survey.facts]\n"


@pytest.fixture
def asking(world: World) -> World:
    """A world whose form says of everybody that they would like to be asked first."""
    change(world, "survey.toml", FACTS, f'{FACTS}asks_first = {{ always = "yes" }}\n')
    look(world)
    return world


def proposed(world: World, **changed: object) -> tuple[str, str]:
    """Bring a request to a supporter's yes; return reference and the supporter's address."""
    reference = world.offered(**changed)
    supporter = world.asked(reference)
    assert world.open(world.mail(supporter)).choose("accepted").status == 200
    world.passes(minutes=6)
    return reference, supporter


def name_of(world: World, supporter: str) -> str:
    return world.engine.program.found_by(supporter)[0].name


def says(world: World, choice: str) -> None:
    page = world.open(world.mail(REQUESTER, QUESTION))
    page.choose(choice, proposed=page.values("proposed")[0])
    world.passes(minutes=6)


def test_the_supporter_sees_the_name_only_after_the_requesters_yes(asking: World) -> None:
    reference, supporter = proposed(asking)
    asked = asking.mail(REQUESTER)
    assert asked.subject == f"{reference}: a question for you"
    assert f"{QUESTION} {name_of(asking, supporter)}?" in asked.text
    waiting = asking.open(asking.mail(supporter))
    for said in (waiting.text, asking.mail(supporter).text):
        assert "settling a few things" in said
        assert "Jamie" not in said
        assert "860-555-0199" not in said
    assert "Jamie" not in asking.own_page(supporter).text
    assert asking.case(reference).state is State.PROPOSED
    says(asking, "consented")
    assert asking.case(reference).state is State.MATCHED
    assert "Jamie Quill" in asking.open(asking.mail(supporter, "name and number")).text
    assert "will get in touch by" in asking.mail(REQUESTER).text
    assert "Jamie Quill" in waiting.again().text


def test_someone_else_excludes_them_here_and_they_never_learn_why(asking: World) -> None:
    reference, supporter = proposed(asking)
    says(asking, "other_wanted")
    case = asking.case(reference)
    assert case.state is State.IN_REVIEW
    assert [o.state for o in case.offers][:1] == [OfferState.NOT_WANTED]
    told = asking.mail(supporter)
    assert "Thank you for being ready to be there" in told.text
    assert "name" not in told.text.partition("Questions?")[0]
    for word in ("someone else, please", "rather", "asked for"):
        assert word not in told.text.lower()
    assert "/open/" not in told.text, "nothing is left for them to open"
    assert asking.open(asking.mail(supporter, "/open/")).status == 404
    page = asking.open(asking.mail(JORDAN, "back with"))
    assert "would rather talk with someone else" in asking.mail(JORDAN, "back with").text
    refused = case.offers[0].supporter
    assert refused not in page.values("first")
    page.choose("offered", first=page.values("first")[0])
    asking.passes(minutes=6)
    other = asking.asked(reference)
    assert other != supporter
    asking.open(asking.mail(other)).choose("accepted")
    asking.passes(minutes=6)
    assert name_of(asking, other) in asking.mail(REQUESTER, QUESTION).text


def test_a_yes_on_an_older_page_is_no_yes_to_another_supporter(asking: World) -> None:
    reference, supporter = proposed(asking)
    page = asking.open(asking.mail(REQUESTER, QUESTION))
    older = page.values("proposed")[0]
    asking.open(asking.mail(supporter)).choose("handed_back")
    asking.passes(minutes=6)
    again = asking.open(asking.mail(PRIYA, "back with"))
    again.choose("offered", first=again.values("first")[0])
    asking.passes(minutes=6)
    asking.open(asking.mail(asking.asked(reference))).choose("accepted")
    asking.passes(minutes=6)
    assert asking.case(reference).state is State.PROPOSED
    page.choose("consented", proposed=older)
    page.choose("consented")
    assert asking.case(reference).state is State.PROPOSED
    newer = asking.open(asking.mail(REQUESTER, QUESTION))
    assert newer.values("proposed")[0] != older


def test_silence_is_asked_about_once_more_and_then_the_reviewers_ask(asking: World) -> None:
    reference, _ = proposed(asking)
    for hours in (13, 9, 3):
        asking.passes(hours=hours)
    assert len([m for m in asking.mails(REQUESTER) if QUESTION in m.text]) == 2
    case = asking.case(reference)
    assert case.state is State.PROPOSED, "silence is never a yes"
    assert case.promise(PromiseKind.REVIEW_AGAIN) is not None
    told = asking.mail(JORDAN, "a question is still open")
    assert "Jamie" not in told.text
    page = asking.open(told)
    assert {"consented", "other_wanted", "offer_withdrawn"} <= {*page.values("choice")}
    asking.passes(hours=46)
    assert asking.mails(ELENA), "the deputies hear when nobody acts"
    page.again()
    asking.open(asking.mail(JORDAN, reference)).choose("consented")
    assert asking.case(reference).state is State.MATCHED


def test_who_cannot_be_mailed_is_asked_by_a_reviewer(asking: World) -> None:
    reference, supporter = proposed(asking, QID4=["2"])
    assert asking.mails(REQUESTER) == []
    assert asking.case(reference).promise(PromiseKind.TELL, "proposed") is not None
    page = asking.open(asking.mail(JORDAN, "pass on a message"))
    assert "Would they like to talk to this supporter, or to someone else?" in page.text
    page.choose("consented")
    asking.passes(minutes=6)
    case = asking.case(reference)
    assert case.state is State.MATCHED
    assert case.promise(PromiseKind.TELL) is None, "they were told on the phone"
    assert asking.mail(supporter, "name and number")


def test_a_yes_counts_as_a_match_once_and_undoing_it_takes_it_back(asking: World) -> None:
    reference, _ = proposed(asking)
    assert asking.count("matches") == 0
    page = asking.open(asking.mail(REQUESTER, QUESTION))
    done = page.choose("consented", proposed=page.values("proposed")[0])
    assert asking.rows("matches", "number") == [(1,)]
    done.choose("undone")
    assert asking.case(reference).state is State.PROPOSED
    assert asking.rows("matches", "number") in ([], [(0,)])
    asking.passes(minutes=10)
    assert "settling a few things" in asking.mail(asking.asked(reference)).text
    says(asking, "consented")
    assert asking.rows("matches", "number") == [(1,)]


def test_who_takes_the_offer_back_meanwhile_ends_the_question(asking: World) -> None:
    reference, supporter = proposed(asking)
    page = asking.open(asking.mail(JORDAN))
    page.choose("offer_withdrawn")
    asking.passes(minutes=6)
    assert "covered now" in asking.mail(supporter).text
    late = asking.open(asking.mail(REQUESTER, QUESTION))
    assert QUESTION not in late.text
    assert asking.case(reference).state is State.IN_REVIEW
