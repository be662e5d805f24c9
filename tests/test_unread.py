"""Responses that cannot be read: what a monitor sees, and what only waits."""

from datetime import timedelta

import pytest

from tests.nominating import SAM_LEE, Nominating
from tests.referring import KIM, Referring
from tests.world import ELENA, JORDAN, PRIYA, SAM, World


def test_a_monitor_sees_that_deliveries_wait(world: World) -> None:
    world.qualtrics.behavior.api_status = 429
    world.submit()
    world.work()
    assert world.app.test_client().get("/health").status_code == 200

    world.passes(minutes=31)

    health = world.app.test_client().get("/health")
    assert health.status_code == 503
    assert health.json is not None
    assert "oldest_unread_delivery" in health.json["wrong"]


def test_one_response_that_qualtrics_does_not_have_is_no_alarm_for_a_monitor(
    world: World,
) -> None:
    """It is tried again for days, and people are told after hours; everything else works."""
    world.qualtrics.behavior.readable_after = 30 * 24 * 3600
    world.submit()
    for _ in range(30):
        world.passes(hours=1)
        assert wrong_at(world) == []
    assert world.mails(JORDAN)
    world.clock.now += timedelta(hours=2)
    assert "oldest_unread_delivery" in wrong_at(world), "nobody tries it any more"


def test_who_looks_up_a_request_is_told_to_stop_at_one_of_their_own(world: World) -> None:
    """Nobody knows yet whom it excludes: the one who is not wanted may be asked to open it."""
    world.qualtrics.behavior.api_status = 503
    world.submit(QID11_TEXT="Priya Nair")
    for _ in range(8):
        world.passes(hours=1)
    for person in (JORDAN, PRIYA):
        text = " ".join(world.mail(person, "open it in Qualtrics").text.split())
        assert "about you, your staff, or someone close to you" in text
        assert "would rather not talk to you, stop reading" in text
        assert text.index("stop reading") < text.index("Then take care")


@pytest.mark.parametrize("named", [KIM, SAM_LEE])
def test_nobody_is_asked_to_open_a_form_that_names_a_colleague(world: World, named: str) -> None:
    """Whom a colleague worries about, and who was nominated, no one learns; it only waits."""
    referring, nominating = Referring.begin(world), Nominating.begin(world)
    world.work()
    world.qualtrics.behavior.api_status = 503
    response = referring.refer() if named == KIM else nominating.nominate()
    for _ in range(8):
        world.passes(hours=1)

    alarm = world.mail(SAM, "waiting for hours")
    assert "Don’t open the response" in alarm.text
    assert "look in the survey" not in alarm.text
    for person in (JORDAN, PRIYA, ELENA, SAM):
        for mail in world.mails(person):
            assert "open it in Qualtrics" not in mail.text
            assert response not in mail.text

    world.qualtrics.behavior.api_status = None
    world.passes(hours=1)
    assert len(world.mails(named)) == 1


def wrong_at(world: World) -> list[str]:
    health = world.app.test_client().get("/health")
    assert health.json is not None
    return list(health.json["wrong"])
