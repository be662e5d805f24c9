"""Stories of another way to be reached: the first address hears of it and can stop it for a day."""

from tests.links import opened_by
from tests.twice import a_day_later, again, merge
from tests.world import JORDAN, REQUESTER, Page, World

NEW = "private@example.org"
OLD_NUMBER, NEW_NUMBER = "860-555-0199", "860-555-0188"


def correct(world: World, **fields: str | list[str]) -> Page:
    given: dict[str, str | list[str]] = {
        "email": NEW, "phone": NEW_NUMBER, "how": ["mail", "text", "call"]
    }  # fmt: skip
    page = world.open(world.mail(REQUESTER, "We got your request"))
    return page.choose("contact_corrected", **given | fields)


def contact(world: World, reference: str) -> tuple[str, str]:
    own = world.engine.casebook.load(reference).own
    assert own is not None
    return own.email, own.phone


def test_the_old_address_hears_at_once_and_the_new_one_gets_a_neutral_note(world: World) -> None:
    reference = world.request()
    page = correct(world)
    assert "Thank you. We have your answer." in page.text
    assert "Someone gave us another way to reach you" in page.text
    world.work()
    asked = world.mail(REQUESTER, "was this you?")
    assert "We’ll use it from Tuesday, Nov 24, 10:11 AM" in asked.text
    assert NEW not in asked.text + asked.html
    (note,) = world.mails(NEW)
    for telling in ("http", reference.lower(), "peer", "support", "988", "request"):
        assert telling not in (note.subject + note.text + note.html).lower().partition("<!")[0]
    assert contact(world, reference) == (REQUESTER, OLD_NUMBER)
    world.passes(hours=23)
    assert contact(world, reference) == (REQUESTER, OLD_NUMBER)
    world.passes(hours=2)
    assert contact(world, reference) == (NEW, NEW_NUMBER)
    in_use = world.mail(NEW, "we write to you here")
    assert reference in world.open(in_use).text
    assert world.events(reference)[-2:] == ["contact_corrected", "contact_confirmed"]


def test_a_no_at_the_old_address_keeps_what_was_and_reviewers_hear_of_it(world: World) -> None:
    reference, supporter = world.matched()
    correct(world)
    world.work()
    page = world.open(world.mail(REQUESTER, "was this you?"))
    assert world.case(reference).confirmation is not None, "opening the link decides nothing"
    page.choose("contact_refused", confirmation=page.values("confirmation")[0])
    world.work()
    assert "we keep what we had" in world.mail(JORDAN, reference).subject
    assert NEW not in world.mail(JORDAN, reference).text
    assert OLD_NUMBER in world.open(world.mail(supporter, "something has changed")).text
    world.passes(days=2)
    assert contact(world, reference) == (REQUESTER, OLD_NUMBER)
    identity = world.engine.casebook.load(reference).identity
    assert identity is not None
    assert identity.former_contacts == (), "what was somebody else's is not theirs"
    assert len(world.mails(NEW)) == 1


def test_a_yes_by_the_link_in_the_confirmation_counts_at_once(world: World) -> None:
    reference = world.request()
    correct(world)
    world.work()
    page = world.open(world.mail(REQUESTER, "was this you?"))
    assert "contact_confirmed" in page.values("choice")
    world.passes(minutes=1)
    page = page.choose("contact_confirmed", confirmation=page.values("confirmation")[0])
    assert "Links we sent before no longer work" in page.text
    assert contact(world, reference) == (NEW, NEW_NUMBER)
    world.work()
    assert world.open(world.mail(REQUESTER, "was this you?")).status == 410
    assert reference in world.open(world.mail(NEW, "we write to you here")).text


def test_who_gives_only_another_number_keeps_their_link(world: World) -> None:
    reference = world.request()
    correct(world, email="", how=["call"])
    a_day_later(world)
    assert contact(world, reference) == ("", NEW_NUMBER)
    page = world.open(world.mail(REQUESTER, "We got your request"))
    assert "We don’t email you anymore" in page.text
    assert "withdrawn_erased" in page.values("choice"), "they have no other way to say so"


def test_a_second_correction_asks_anew_and_the_first_confirmation_answers_nothing(
    world: World,
) -> None:
    reference = world.request()
    correct(world)
    world.work()
    stale = world.open(world.mail(REQUESTER, "was this you?"))
    correct(world, email="other@example.org")
    world.work()
    assert "contact_confirmed" not in stale.again().values("choice")
    assert stale.choose("contact_confirmed").status == 409
    a_day_later(world)
    assert contact(world, reference) == ("other@example.org", NEW_NUMBER)


def test_typing_what_counts_already_asks_nobody_and_stops_what_waits(world: World) -> None:
    reference = world.request()
    same: dict[str, str | list[str]] = {
        "email": REQUESTER.upper(), "phone": "(860) 555 0199", "how": ["mail", "text", "call"]
    }  # fmt: skip
    assert "Thank you. We have your answer." in correct(world, **same).text
    assert world.case(reference).confirmation is None
    correct(world)
    assert world.case(reference).confirmation is not None
    correct(world, **same)
    assert world.case(reference).confirmation is None


def test_nobody_uses_a_number_that_may_be_wrong_and_reviewers_see_both(world: World) -> None:
    reference, supporter = world.matched()
    correct(world, email=REQUESTER)
    world.work()
    card = world.open(world.mail(supporter, "something has changed"))
    assert "please don’t call or text them" in card.text
    assert OLD_NUMBER not in card.text
    assert NEW_NUMBER not in card.text
    assert REQUESTER in card.text
    page = world.open(world.mail(JORDAN, reference))
    assert "Another way to reach them waits." in page.text
    assert "it counts from Tuesday" in page.text
    looked = page.choose("identity").text
    assert looked.index("First") < looked.index(OLD_NUMBER) < looked.index("Second")
    assert looked.index("Second") < looked.index(NEW_NUMBER)
    a_day_later(world)
    card = world.open(world.mail(supporter, "something has changed"))
    assert NEW_NUMBER in card.text
    assert "changed today" in card.text


def test_an_urgent_call_does_not_wait_for_a_correction(world: World) -> None:
    reference = world.request(QID12=2)
    correct(world, email=REQUESTER)
    page = world.open(world.mail(JORDAN, reference)).choose("call_taken")
    assert "you see both, and you decide" in page.text
    looked = page.choose("identity")
    for number in ("8605550199", "8605550188"):
        assert f'href="tel:{number}' in looked.answer.text.replace("-", "")
    assert "first make sure whom you speak with" in looked.text


def test_news_waits_while_the_address_may_not_be_theirs_any_more(world: World) -> None:
    reference = world.offered()
    correct(world)
    world.work()
    count = len(world.mails(REQUESTER))
    world.open(world.mail(world.asked(reference))).choose("accepted")
    world.passes(hours=1)
    assert len(world.mails(REQUESTER)) == count
    a_day_later(world)
    assert len(world.mails(REQUESTER)) == count
    assert world.mail(NEW, "the next step")


def test_no_correction_counts_before_the_old_address_could_stop_it(world: World) -> None:
    reference = world.request()
    world.mailbox.refuse_data_with = 451
    correct(world)
    world.work()
    world.passes(hours=20)
    world.mailbox.refuse_data_with = None
    world.passes(hours=5)
    assert contact(world, reference) == (REQUESTER, OLD_NUMBER), "the day begins with the mail"
    world.passes(hours=25)
    assert contact(world, reference) == (NEW, NEW_NUMBER)


def test_a_new_number_in_a_second_request_is_a_correction(world: World) -> None:
    older = world.request()
    newer = again(world, QID3_TEXT=NEW_NUMBER)
    merge(world, older, newer)
    world.work()
    assert "We’ll use it from" in world.mail(REQUESTER, "was this you?").text
    assert opened_by(world, world.mails(REQUESTER, newer)[0]) == older
    assert contact(world, older) == (REQUESTER, OLD_NUMBER)
    a_day_later(world)
    assert contact(world, older) == (REQUESTER, NEW_NUMBER)
    assert not world.mails(REQUESTER, "we write to you here")


def test_withdrawing_while_a_correction_waits_leaves_nothing(world: World) -> None:
    world.submit()
    world.work()
    correct(world)
    world.work()
    page = world.open(world.mail(REQUESTER, "was this you?")).choose("withdrawn_erased")
    assert "withdrawn" in page.text
    assert world.count("cases") == 0, "nobody else has seen it"
    world.passes(days=2)
    assert [m for m in world.mailbox.messages if JORDAN in m.recipients] == []
    assert len(world.mails(NEW)) == 1


def test_closing_ends_a_correction_and_opening_again_keeps_the_first(world: World) -> None:
    reference = world.request()
    correct(world)
    world.open(world.mail(JORDAN)).choose("closed", outcome="reached_otherwise")
    assert world.case(reference).confirmation is None
    world.open(world.mail(JORDAN)).choose("undone")
    case = world.case(reference)
    assert case.is_open
    assert case.confirmation is None
    assert contact(world, reference) == (REQUESTER, OLD_NUMBER)
    a_day_later(world)
    assert contact(world, reference) == (REQUESTER, OLD_NUMBER)
