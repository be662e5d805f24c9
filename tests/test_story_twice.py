"""Stories of a person who asks twice: the service notices, reviewers decide, nothing is lost."""

import pytest
import requests

from tests.doors import WORKFLOW
from tests.sessions import MARCUS
from tests.twice import a_day_later, again, confirm, merge, merged, page_of, speak
from tests.world import ELENA, JORDAN, PRIYA, REQUESTER, TOKEN, World
from workflow.model import Outcome, PromiseKind, State

#: Nobody but the line tells that it could be the same person.
SHARED: dict[str, object] = {"QID1_TEXT": "Robin Vale", "QID2_TEXT": "robin.vale@example.org"}
ASKS = "Did they ask before?"


# Seeing


def test_a_request_from_the_same_address_in_review_is_shown_and_merged(world: World) -> None:
    older = world.request()
    before = world.case(older)
    newer = again(world, QID2_TEXT=" Jamie.Quill@EXAMPLE.org")
    page = page_of(world, newer)
    assert ASKS in page.text
    assert f"{older} came 22 minutes ago with the same email" in page.text
    assert "waiting for review" in page.text
    assert "can’t be undone" in page.text
    assert f"{older} continues, with its deadlines. We add what’s new here to it." in page.text
    assert "Colleagues may share" not in page.text
    for telling in ("Jamie", "Quill", "jamie.quill", "860-555-0199"):
        assert telling not in page.text
    assert f"{newer} came" in page_of(world, older).text
    assert page_of(world, older).values("other") == [], "decided on the newer's page alone"

    landed = page.choose("same_request", other=older)
    assert f"Request {older}" in landed.text
    assert f"Saved: Jordan Reyes found that {newer} is the same request" in landed.text
    after, gone = world.case(older), world.case(newer)
    assert (after.state, after.submitted_at, after.promises) == (
        before.state,
        before.submitted_at,
        before.promises,
    )
    assert (gone.outcome, gone.goes_on_as) == (Outcome.DUPLICATE, older)
    assert world.count("identities") == 1, "the newer one's is erased at once"
    mails = len(world.mailbox.messages)
    world.passes(minutes=30)
    assert len(world.mailbox.messages) == mails, "nobody is mailed about it"


def test_no_mail_says_that_somebody_asked_twice(world: World) -> None:
    older = world.request()
    newer = again(world)
    for mail in world.mailbox.messages:
        assert not (older in mail.text + mail.subject and newer in mail.text + mail.subject)
    mail = world.mail(JORDAN, f"{newer}:")
    assert "before" not in mail.text
    assert "same" not in mail.text


def test_the_same_phone_number_is_found_in_any_notation(world: World) -> None:
    older = world.request(QID2_TEXT=None, QID3_TEXT="(860) 555-0199")
    newer = again(world, QID2_TEXT=None, QID3_TEXT="+1 860 555 0199")
    assert "the same phone" in page_of(world, newer).text
    merge(world, older, newer)
    assert world.case(newer).goes_on_as == older


def test_the_page_mentions_that_colleagues_may_share_a_phone(world: World) -> None:
    world.request()
    newer = again(world, **SHARED)
    assert "Colleagues may share a unit’s phone, so compare the names first." in (
        page_of(world, newer).text
    )


def test_an_answer_that_requests_differ_is_remembered_and_not_asked_again(world: World) -> None:
    older = world.request()
    newer = again(world, **SHARED)
    page = page_of(world, newer).choose("different_requests", other=older)
    assert page.status == 200
    assert ASKS not in page.text
    assert f"Jordan Reyes found that {older} is a different request" in page.text
    for reference, other in ((older, newer), (newer, older)):
        for person in (JORDAN, PRIYA):
            assert f"{other} came" not in page_of(world, reference, person).text
        assert world.case(reference).state is State.IN_REVIEW
    assert world.case(newer).told_apart == (older,)
    twice = page_of(world, newer).choose("different_requests", other=older)
    assert world.events(newer) == ["submitted", "told_apart"]
    assert twice.status == 200, "the same decision again shows the same page"
    world.passes(hours=1)
    assert world.count("identities") == 2


def test_no_answer_is_preselected_and_nothing_happens_without_one(world: World) -> None:
    older = world.request()
    newer = again(world)
    page = page_of(world, newer)
    assert "checked" not in page.answer.text
    assert page.choose("", other=older).status == 400
    assert page.choose("same_request", other="").status == 409
    assert page.choose("same_request", other=newer).status == 409
    assert page.choose("same_request", other="PS-XXXXX").status == 409
    assert page_of(world, older).choose("same_request", other=newer).status == 409
    bare = page.person.web.post(page.answer.url, data={"choice": "same_request", "other": older})
    assert bare.status_code == 400, "without the token of the page"
    assert world.events(older) == world.events(newer) == ["submitted"]


def test_a_request_from_somebody_else_is_not_shown(world: World) -> None:
    older = world.request()
    newer = again(world, **SHARED, QID3_TEXT="860-555-0142")
    assert ASKS not in page_of(world, newer).text
    assert newer not in page_of(world, older).text


def test_a_page_is_shown_although_no_key_opens_the_other_request(world: World) -> None:
    older = world.request()
    broken, damaged = again(world, **SHARED), again(world, **SHARED)
    newer = again(world)
    world.loses_identity(broken)
    world.loses_document(damaged)
    page = page_of(world, newer)
    assert page.status == 200
    assert page.values("other") == [older]
    assert merge(world, older, newer).status == 200


# Who may see it


@pytest.mark.parametrize("which", ["older", "newer"])
def test_a_reviewer_barred_from_one_request_learns_nothing_about_it_on_the_other(
    world: World, which: str
) -> None:
    unwanted = {"QID11_TEXT": "Priya Nair"}
    older = world.request(**(unwanted if which == "older" else {}))
    newer = again(world, **(unwanted if which == "newer" else {}))
    open_to_her, hidden = (newer, older) if which == "older" else (older, newer)
    page = page_of(world, open_to_her, PRIYA)
    assert hidden not in page.text
    assert ASKS not in page.text
    assert "ago with the same" not in page.text
    assert page.choose("same_request", other=hidden).status == 409
    assert page_of(world, newer, JORDAN).choose("different_requests", other=older).status == 200
    assert hidden not in page_of(world, open_to_her, PRIYA).text, "nor in its history"
    assert (hidden in page_of(world, open_to_her, JORDAN).text) is (open_to_her == newer)


def test_a_reviewer_barred_from_the_newer_request_is_barred_from_the_merged_one(
    world: World,
) -> None:
    older, newer = merged(world, QID11_TEXT="Priya Nair")
    assert world.open(world.mails(PRIYA)[0]).status == 404
    loaded = world.engine.casebook.load(older)
    assert [p.email for p in loaded.reviewing.reviewers] == [JORDAN]
    assert newer not in world.mails(PRIYA)[-1].subject


@pytest.mark.parametrize(
    ("person", "changed"),
    [
        (PRIYA, {"QID6": 1}),
        (PRIYA, {"QID6": None}),
        (ELENA, {"QID11_TEXT": "Jordan Reyes, Hannah Oyelaran"}),
    ],
)
def test_nobody_learns_whether_somebody_asked_by_filling_in_the_form_in_their_name(
    world: World, person: str, changed: dict[str, object]
) -> None:
    """Of another department, or a deputy as whose coordinators nobody is left."""
    older = world.request(QID6=3)
    newer = again(world, QID2_TEXT=None, **({"QID6": 3} | changed))
    page = page_of(world, newer, person)
    assert older not in page.text
    assert ASKS not in page.text
    assert page.choose("same_request", other=older).status == 409
    assert page.choose("different_requests", other=older).status == 409
    assert world.case(older).took_in == ()


@pytest.mark.parametrize("compared", ["same_request", "different_requests"])
def test_an_admin_does_not_learn_that_there_is_another_request_of_the_same_person(
    world: World, compared: str
) -> None:
    """They could file the form in a colleague's name and ask for the history of that request."""
    older = world.request()
    newer = again(world, QID2_TEXT="sam.whitaker@example.org")
    assert page_of(world, newer).choose(compared, other=older).status == 200
    told = world.app.test_cli_runner().invoke(args=["history", newer]).output
    assert "submitted" in told
    assert older not in told
    assert "told_apart" not in told


def test_nobody_reviews_a_request_by_filing_the_form_in_the_address_of_who_made_it(
    world: World,
) -> None:
    """A coordinator of another department could, if somebody of both puts the two together."""
    older = world.request()
    newer = again(world, QID6=2, QID4=["1"])
    assert world.mails(MARCUS, newer)
    assert merge(world, older, newer, PRIYA).status == 200
    a_day_later(world)
    assert world.case(older).confirmation is None
    assert world.case(older).facts.department == "emergency"
    assert not world.mails(MARCUS, older)


def test_nobody_reviews_a_request_by_filing_the_form_for_another_department_first(
    world: World,
) -> None:
    older = world.request(QID6=2)
    theirs = world.mail(MARCUS, older)
    newer = again(world, QID13_TEXT="I cannot sleep")
    assert merge(world, older, newer, PRIYA).status == 200
    world.work()
    assert world.open(theirs).status == 404
    assert page_of(world, older, PRIYA).choose("identity").status == 200


@pytest.mark.parametrize("address", [REQUESTER, "somebody.else@example.net"])
def test_reviewers_are_warned_of_a_second_request_that_leaves_out_nearly_everybody(
    world: World, address: str
) -> None:
    """A supporter could file it to be the only one who is left."""
    older = world.request()
    assert "leaves out most colleagues" not in page_of(world, older).text
    supporters = world.engine.program.supporters.values()
    others = ", ".join(one.name for one in supporters if one.id != "karen-sato")
    newer = again(world, QID2_TEXT=address, QID11_TEXT=others)
    assert merge(world, older, newer).status == 200
    page = page_of(world, older)
    assert page.values("first") == ["karen-sato"]
    assert "leaves out most colleagues" in page.text


def test_the_new_reviewers_of_a_merged_request_are_told(world: World) -> None:
    older = world.request(QID6=3)
    newer = again(world, QID6=1, QID10_1=2)
    merge(world, older, newer)
    world.work()
    assert world.mails(PRIYA, older) == []
    confirm(world, REQUESTER)
    assert "The requester told us more" in world.mail(PRIYA, older).text
    assert len(world.mails(JORDAN, older)) == 1, "who knew it before is not told"


# What becomes of the older one


def test_a_supporter_hears_that_details_changed(world: World) -> None:
    older, supporter = world.matched()
    due = world.case(older).promise(PromiseKind.CONTACT)
    assert due is not None
    newer = again(world, QID3_TEXT="860-555-0155", QID4=["2"])
    theirs = len(world.mails(REQUESTER))
    merge(world, older, newer)
    world.work()
    mail = world.mail(supporter)
    assert mail.subject == f"{older}: something has changed"
    card = world.open(mail)
    assert "We’re checking a new way to reach them" in card.text
    assert "860-555-0155" not in card.text
    assert "860-555-0199" not in card.text, "neither is called meanwhile"
    a_day_later(world)
    card = world.open(world.mail(supporter, "something has changed"))
    assert "860-555-0155" in card.text
    assert "changed today" in card.text
    assert "860-555-0199" not in card.text
    assert world.case(older).state is State.MATCHED
    left = world.case(older).promise(PromiseKind.CONTACT)
    assert left is not None
    assert left.due_at == due.due_at
    assert len(world.mails(REQUESTER)) == theirs + 1, "only the mail that asks"


def test_free_text_is_erased_once_contact_is_made(world: World) -> None:
    older, supporter = world.in_contact()
    newer = again(world, QID12=99)
    speak(world, newer)
    page = page_of(world, newer)
    assert "delete what they wrote here, so read it first" in page.text
    page.choose("same_request", other=older)
    world.work()
    loaded = world.engine.casebook.load(older)
    assert loaded.case.state is State.IN_CONTACT
    assert loaded.identity is not None
    assert (loaded.identity.note, loaded.identity.unread) == ("", ())
    assert "something has changed" in world.mail(supporter).subject


def test_reviewers_decide_about_a_supporter_who_is_no_longer_wanted(
    world: World,
) -> None:
    older, supporter = world.matched()
    offer = world.case(older).current_offer
    assert offer is not None
    name = world.engine.program.supporters[offer.supporter].name
    newer = again(world, QID11_TEXT=name)
    page = merge(world, older, newer)
    world.work()
    assert f"They would rather not talk to {name}." in page.text
    assert "Take it back" in page.text
    assert world.case(older).state is State.MATCHED, "nothing moves by itself"
    assert not world.mails(supporter, "something has changed")
    assert world.mail(PRIYA, older).subject == f"{older}: please look again"
    assert name not in world.mail(PRIYA, older).text
    world.open(world.mail(PRIYA, older)).choose("taken_back")
    again_in_review = page_of(world, older, PRIYA)
    assert "would rather not" not in again_in_review.text
    assert offer.supporter not in again_in_review.values("first")


def test_a_request_with_an_open_offer_can_be_merged_only_after_the_offer_ends(world: World) -> None:
    older = world.request()
    newer = again(world)
    page = page_of(world, newer)
    page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    page = page_of(world, newer)
    assert (
        "Take the offer back first. It only works while this one is waiting for review" in page.text
    )
    assert "same_request" not in page.values("choice")
    assert page.choose("same_request", other=older).status == 409
    assert world.case(newer).state is State.OFFERED
    page_of(world, newer).choose("offer_withdrawn")
    assert merge(world, older, newer).status == 200


def test_unreadable_answers_change_neither_wishes_nor_contact_details(
    world: World,
) -> None:
    """They are a request of their own: it is urgent, and nobody could have withdrawn it."""
    older = world.request()
    before = world.engine.casebook.load(older)
    body = '{"surveyId": "SV_8peerSupport01", "responseId": "R_broken", "title": "a "new" one",'
    body += f' "answers": {{"QID2_TEXT": "{REQUESTER}"}}}}'
    headers = {"X-Webhook-Token": TOKEN, "Content-Type": "application/json"}
    world.qualtrics.behavior.api_status = 403
    answer = requests.post(world.url + WORKFLOW, data=body, headers=headers, timeout=60)
    assert answer.status_code == 200
    world.work()
    (newer,) = set(world.references) - {older}
    assert world.case(newer).is_urgent, "an answer that nobody could read counts as urgent"
    speak(world, newer)
    page = page_of(world, newer)
    assert "the same email" in page.text
    assert page.choose("same_request", other=older).status == 409
    after = world.engine.casebook.load(older)
    assert (after.identity, after.case.facts) == (before.identity, before.case.facts)
    assert not after.case.is_urgent
    assert "We couldn’t read: everything" in page_of(world, newer).text
    assert world.case(newer).is_open


def test_after_an_unreadable_part_the_strictest_limits_hold_and_the_address_stays(
    world: World,
) -> None:
    older = world.request()
    before = world.engine.casebook.load(older)
    body = '{"surveyId": "SV_8peerSupport01", "responseId": "R_broken", "answers": {"QID2_TEXT": '
    body += f'"{REQUESTER}", "QID12": 1, "QID11_TEXT": "Dana "the boss" Whitlock"}}}}'
    headers = {"X-Webhook-Token": TOKEN, "Content-Type": "application/json"}
    world.qualtrics.behavior.api_status = 403
    answer = requests.post(world.url + WORKFLOW, data=body, headers=headers, timeout=60)
    assert answer.status_code == 200
    world.work()
    (newer,) = set(world.references) - {older}
    world.passes(minutes=11)
    page = page_of(world, newer)
    assert "the same email" in page.text
    assert page.choose("same_request", other=older).status == 200
    world.work()
    confirm(world, REQUESTER)
    after = world.engine.casebook.load(older)
    assert before.identity is not None
    assert after.identity is not None
    assert after.identity.phone == before.identity.phone
    assert (after.identity.is_text_ok, after.identity.is_call_ok) == (False, True)
    assert after.case.facts.wish_role == before.case.facts.wish_role
    assert not after.case.facts.is_mailable
    assert "We couldn’t read: name; phone; contact" in page_of(world, older).text
    assert after.identity.response_id == "R_broken"
