"""Responses that cannot be read: what a monitor sees, and what only waits."""

from datetime import timedelta

from tests.world import JORDAN, World


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


def wrong_at(world: World) -> list[str]:
    health = world.app.test_client().get("/health")
    assert health.json is not None
    return list(health.json["wrong"])
