"""Many forms about colleagues on a day: who waits depends on what came, not on who was named."""

import pytest

from demo.mailbox import StoredMessage
from demo.qualtrics.survey import NOMINATION, REFERRAL
from tests.nominating import Nominating
from tests.program_files import change, look
from tests.referring import KIM, Referring
from tests.world import JORDAN, SAM, World

#: Only the mail about a worry says it.
WORRY = "Would you like to talk to someone?"


@pytest.fixture
def forms(world: World) -> World:
    Referring.begin(world)
    Nominating.begin(world)
    return world


def own(number: int) -> str:
    return f"pat.doe.{number}@example.org"


def send(world: World, addresses: list[str]) -> None:
    """Fill in both forms about each address, one after the other."""
    for address in addresses:
        worry = {"QID2_TEXT": address, "QID3_TEXT": "Pat Doe"}
        named: dict[str, str | int] = {"QID1_TEXT": "Somebody", "QID2_TEXT": address, "QID4": 2}
        world.qualtrics.submit(worry, survey_id=REFERRAL.id)
        world.qualtrics.submit(named, survey_id=NOMINATION.id)
    assert world.qualtrics.wait_until_published()
    world.work()
    world.passes(minutes=1)


def is_worry(mail: StoredMessage) -> bool:
    return WORRY in " ".join(mail.text.split())


def mailed(world: World) -> tuple[int, int]:
    """Return how many of the sender's own addresses got which of both mails."""
    found = [m for m in world.mailbox.messages if m.recipients[0].startswith("pat.doe.")]
    worries = sum(is_worry(m) for m in found)
    return worries, len(found) - worries


@pytest.mark.parametrize("before", ["", "silent", "never"])
def test_who_was_named_before_takes_a_place_like_anybody(forms: World, before: str) -> None:
    """Or whoever names somebody among own addresses counts who of these is written to."""
    if before:
        send(forms, [KIM])
    if before == "never":
        for mail in forms.mails(KIM):
            forms.open(mail).choose("never")
    forms.passes(days=20)
    already = len(forms.mails(KIM))
    send(forms, [KIM, *map(own, range(20))])
    assert len(forms.mails(KIM)) - already == (0 if before else 2)
    assert mailed(forms) == (19, 19)


def test_an_answer_frees_no_place(forms: World) -> None:
    send(forms, [KIM, *map(own, range(20))])
    for mail in forms.mails(KIM):
        forms.open(mail).choose("never")
    forms.passes(minutes=2)
    send(forms, [own(20)])
    assert mailed(forms) == (19, 19)
    forms.passes(days=1, minutes=1)
    assert mailed(forms) == (21, 19), "the others about a worry wait for their day"
    nominees = forms.own_page(JORDAN).person.look(f"{forms.url}/nominees")
    assert "2 nominations came on a busy day" in nominees.text, "a coordinator decides about them"


def test_a_worry_that_waits_longer_than_people_have_to_answer_is_not_lost(forms: World) -> None:
    times = 'answer_within = "14 days"\nremind_after = "7 days"'
    change(forms, "program.toml", times, 'answer_within = "1 day"\nremind_after = "12 hours"')
    look(forms)
    forms.passes(minutes=1)
    assert f"{forms.engine.program.file.invitations.answer_within}" == "1 day, 0:00:00"
    send(forms, [*map(own, range(60)), KIM])
    for _ in range(6):
        forms.passes(hours=12, minutes=1)
        assert mailed(forms)[0] <= 60
    assert len([m for m in forms.mails(KIM) if is_worry(m)]) == 1
    assert forms.mail(SAM, "unusual number")
