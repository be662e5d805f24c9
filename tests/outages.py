"""A request that arrives late, for stories of promises and outages."""

from tests.world import World


def arrives_late(world: World, *, hours: float, **changed: object) -> str:
    """Somebody submits, and nothing tells us for a while; returns the reference."""
    world.work()
    world.qualtrics.behavior.drop_rate = 1.0
    world.submit(**changed)
    world.qualtrics.behavior.drop_rate = 0.0
    world.passes(hours=hours)
    return world.only_case().reference


def subjects(world: World, to: str) -> list[str]:
    return [mail.subject for mail in world.mails(to, "PS-")]
