"""Stories of a mail server at fault: mails wait for it, and nothing is used up by what it does."""

from datetime import timedelta

import pytest

from tests.program_files import change
from tests.world import JORDAN, PRIYA, REQUESTER, SAM, World
from workflow.model import OfferState

#: How mail servers refuse everybody while they, or our settings, are at fault.
REFUSES_EVERYBODY = [
    ("refuse_recipient_with", "550 5.7.60 Client does not have permissions to send as this sender"),
    ("refuse_recipient_with", "550 5.7.1 Relaying denied"),
    ("refuse_recipient_with", "554 5.7.1 Client host rejected"),
    ("refuse_recipient_with", "530 5.7.57 Client was not authenticated"),
    ("refuse_recipient_with", "550 Blocked"),
    ("refuse_recipient_with", "550 5.1.1 No such mailbox"),
    ("refuse_recipient_with", "552 5.3.4 Message too big"),
    ("refuse_data_with", "554 5.7.0 Rejected by policy"),
    ("refuse_data_with", "550 5.6.0 Malformed"),
    ("refuse_data_with", "554 No"),
    ("refuse_sender_with", "550 5.7.1 Not you"),
    ("refuse_sender_with", "501 5.1.7 Bad sender address"),
]


def health(world: World) -> list[str]:
    answer = world.app.test_client().get("/health").get_json()
    wrong: list[str] = answer["wrong"]
    return wrong


#: One for each of what may be refused: the recipient as such or as nobody, the text, the sender.
FROM_THE_FIRST_MAIL_ON = [REFUSES_EVERYBODY[at] for at in (1, 5, 7, 10)]
ROBIN = "robin@example.org"


@pytest.mark.parametrize(("step", "reply"), FROM_THE_FIRST_MAIL_ON)
def test_a_server_that_never_accepted_anything_costs_no_mail(
    world: World, step: str, reply: str
) -> None:
    setattr(world.mailbox, step, reply)
    world.submit()
    for _ in range(7):
        world.passes(minutes=10)
    assert "mail_settings" in health(world)
    assert not {result for (result,) in world.rows("outbox", "result")} & {"undeliverable", "sent"}
    setattr(world.mailbox, step, None)
    world.passes(minutes=1)
    assert [len(world.mails(one)) for one in (REQUESTER, JORDAN, PRIYA)] == [1, 1, 1]


@pytest.mark.parametrize(("step", "reply"), REFUSES_EVERYBODY)
def test_a_server_that_refuses_everybody_costs_no_mail_and_uses_up_no_offer(
    world: World, step: str, reply: str
) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    first, second = page.values("first")[:2]
    page.choose("offered", first=first, backup=second)
    readers = (ROBIN, JORDAN, PRIYA)
    before = [len(world.mails(one)) for one in readers]
    setattr(world.mailbox, step, reply)
    world.submit(QID2_TEXT=ROBIN, QID3_TEXT=None)
    for _ in range(6):
        world.passes(minutes=20)
    assert "mail_settings" in health(world)
    assert "undeliverable" not in {result for (result,) in world.rows("outbox", "result")}
    assert [len(world.mails(one)) for one in readers] == before
    states = [offer.state for offer in world.case(reference).offers]
    assert states == [OfferState.OPEN, OfferState.STANDING_BY]
    setattr(world.mailbox, step, None)
    world.passes(minutes=1)
    assert [len(world.mails(one)) for one in readers] == [count + 1 for count in before]
    assert world.mails(JORDAN, "didn’t get through") == []
    world.passes(minutes=6)
    assert len(world.mails(world.asked(reference))) == 1
    assert "mail_settings" not in health(world)


def test_one_unknown_mailbox_is_given_up_while_others_are_accepted(world: World) -> None:
    world.mailbox.refuse_address_with[REQUESTER] = 550
    world.submit()
    world.work()
    world.passes(minutes=11)
    world.passes(minutes=5)
    world.passes(minutes=1)
    assert "couldn’t be delivered" in world.mail(JORDAN, "didn’t get through").text
    assert "mail_settings" not in health(world)


def test_one_unknown_mailbox_is_noticed_also_when_nobody_else_is_mailed(world: World) -> None:
    reference = world.offered()
    supporter = world.asked(reference)
    world.mailbox.refuse_address_with[supporter] = 550
    world.open(world.mail(supporter)).choose("accepted")
    world.open(world.mail(REQUESTER))
    for _ in range(4):
        world.passes(minutes=5)
    assert world.mails(JORDAN, "didn’t get through") or world.mails(SAM)


def test_a_server_that_refuses_everybody_a_moment_after_its_last_yes_costs_no_mail(
    world: World,
) -> None:
    reference = world.offered()
    supporter = world.asked(reference)
    world.mailbox.refuse_recipient_with = "550 5.1.1 No such mailbox"
    world.submit(QID2_TEXT="robin@example.org")
    world.work()  # In the same second.
    for _ in range(12):
        world.passes(minutes=5)
    assert "undeliverable" not in {result for (result,) in world.rows("outbox", "result")}
    assert "mail_settings" in health(world)
    world.mailbox.refuse_recipient_with = None
    world.passes(minutes=1)
    assert world.mails("robin@example.org")
    assert world.asked(reference) == supporter


@pytest.mark.parametrize("is_away", [True, False])
def test_a_mail_that_failed_just_before_an_outage_is_not_given_up_in_it(
    world: World, is_away: bool
) -> None:
    world.submit()
    world.submit(QID2_TEXT="robin@example.org")
    world.mailbox.refuse_address_with[REQUESTER] = "451 4.2.0 Not now"
    world.work()
    assert len(world.mails("robin@example.org")) == 1, "the server accepts others"
    world.mailbox.refuse_recipient_with = None if is_away else "451 4.3.0 Not now"
    if is_away:
        world.mailbox.stop()
    world.mailbox.refuse_address_with.clear()
    for _ in range(6):
        world.passes(hours=5)
    assert "undeliverable" not in {result for (result,) in world.rows("outbox", "result")}
    world.mailbox.refuse_recipient_with = None
    if is_away:
        world.mailbox.start()
    world.passes(minutes=1)
    assert len(world.mails(REQUESTER)) == 1


def test_an_outage_of_more_than_a_day_costs_no_mail(world: World) -> None:
    world.mailbox.stop()
    world.submit()
    for _ in range(6):
        world.passes(hours=5)
    world.mailbox.start()
    world.passes(minutes=1)
    assert world.mails(REQUESTER)
    assert world.mails(JORDAN)
    assert "undeliverable" not in {result for (result,) in world.rows("outbox", "result")}


@pytest.mark.parametrize("reply", ["552 5.2.2 Mailbox full", "552 Mailbox full", 451])
def test_a_mailbox_that_takes_nothing_for_a_day_is_given_up(world: World, reply: int | str) -> None:
    world.mailbox.refuse_address_with[REQUESTER] = reply
    world.submit()
    world.work()
    world.passes(minutes=11)
    for _ in range(5):
        world.passes(hours=4)
    world.passes(hours=2)
    assert world.mails(JORDAN, "didn’t get through") == []
    assert "mail_settings" not in health(world)
    for _ in range(4):
        world.passes(hours=4)
    assert "couldn’t be delivered" in world.mail(JORDAN, "didn’t get through").text


REFUSED_BY_RULE = ["550 5.7.1 Blocked by policy", "550 5.4.1 Access denied", "554 5.7.1 No relay"]


@pytest.mark.parametrize("reply", REFUSED_BY_RULE)
def test_a_requester_whom_the_server_refuses_by_its_rules_is_called_after_a_day(
    world: World, reply: str
) -> None:
    """The server accepts everyone else, so its refusal is about this one address."""
    world.mailbox.refuse_address_with[REQUESTER] = reply
    world.submit()
    world.work()
    world.passes(minutes=11)
    world.passes(minutes=40)
    assert health(world) == [], "one address tells nothing of the service, and anyone can type it"
    assert "hasn’t arrived yet" in world.open(world.mail(JORDAN)).text
    for _ in range(5):
        world.passes(hours=4)
    world.passes(hours=2)
    assert world.mails(JORDAN, "didn’t get through") == []
    for _ in range(4):
        world.passes(hours=4)
    assert "couldn’t be delivered" in world.mail(JORDAN, "didn’t get through").text


def test_nobody_can_hide_that_mails_to_our_people_wait(world: World) -> None:
    world.mailbox.refuse_address_with[REQUESTER] = "550 5.7.1 Blocked by policy"
    world.mailbox.refuse_address_with[JORDAN] = "550 5.7.1 Blocked by policy"
    world.submit()
    world.work()
    world.passes(minutes=11)
    assert world.mails(PRIYA), "the server accepts others"
    world.passes(minutes=40)
    assert health(world) == ["oldest_unsent_mail"]


def test_the_heartbeat_stays_away_while_the_server_takes_no_mail(world: World) -> None:
    world.worker.heartbeat_url = "http://127.0.0.1:9/never-called"
    world.mailbox.refuse_recipient_with = "550 5.7.1 Relaying denied"
    world.submit()
    world.passes(minutes=1)
    for name in world.worker.rounds:
        world.worker.heartbeat.finished[name] = world.clock.now
    world.worker.heartbeat()
    assert world.worker.heartbeat.called_at is None
    world.mailbox.refuse_recipient_with = None
    world.clock.now += timedelta(minutes=5)
    world.work()
    for name in world.worker.rounds:
        world.worker.heartbeat.finished[name] = world.clock.now
    world.worker.heartbeat()
    assert world.worker.heartbeat.called_at == world.clock.now


def test_the_admins_do_not_learn_the_minute_of_a_request_from_a_refused_mailbox(
    world: World,
) -> None:
    world.mailbox.refuse_address_with[REQUESTER] = 550
    world.submit()
    world.work()
    world.passes(minutes=2)
    world.passes(minutes=5)
    assert world.mails(SAM) == []


def edit_program(world: World, old: str, new: str) -> None:
    world.work()
    change(world, "program.toml", old, new)
    world.work()


def test_of_a_requester_whose_mailbox_is_refused_the_reviewers_hear_and_not_the_admins(
    world: World,
) -> None:
    """Also where nobody else is mailed for hours, so that nothing says whose fault it is."""
    edit_program(world, 'review_mail_delay = "10 minutes"', 'review_mail_delay = "60 minutes"')
    world.mailbox.refuse_address_with[REQUESTER] = 550
    world.passes(minutes=1)
    world.submit()
    for _ in range(16):
        world.passes(minutes=10)
    assert world.mails(JORDAN, "didn’t get through")
    assert "mailbox_refused" not in {trouble for (trouble,) in world.rows("alarms", "trouble")}


def test_one_accepted_mail_frees_all_that_waited_for_the_server(world: World) -> None:
    world.mailbox.refuse_recipient_with = "550 5.7.1 Relaying denied"
    world.submit()
    for _ in range(4):
        world.passes(minutes=5)
    world.mailbox.refuse_recipient_with = None
    world.submit(QID1_TEXT="Robin Vale", QID2_TEXT="robin.vale@example.org", QID3_TEXT=None)
    world.work()
    assert [len(world.mails(one)) for one in (REQUESTER, JORDAN)] == [1, 1]
    assert "mail_settings" not in health(world)
