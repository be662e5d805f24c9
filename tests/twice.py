"""The same person asks twice: steps that these stories share."""

from tests.world import JORDAN, Page, World


def again(world: World, **changed: object) -> str:
    """Submit once more, and let the mails to the reviewers leave; returns the newer reference."""
    before = set(world.references)
    world.submit(**changed)
    world.work()
    world.passes(minutes=11)
    (newer,) = set(world.references) - before
    return newer


def arrive(world: World, stage: str) -> str:
    """Bring an older request to a stage; returns its reference."""
    arrived = getattr(world, stage)()
    return str(arrived if isinstance(arrived, str) else arrived[0])


def page_of(world: World, reference: str, person: str = JORDAN) -> Page:
    return world.open(world.mail(person, f"{reference}:"))


def merge(world: World, older: str, newer: str, person: str = JORDAN) -> Page:
    page = page_of(world, newer, person)
    assert page.values("other") == [older], page.text
    return page.choose("same_request", other=older)


def a_day_later(world: World) -> None:
    """Let the mail that asks about a correction leave, and the day pass in which to stop it."""
    world.work()
    world.passes(hours=25)


def confirm(world: World, address: str) -> Page:
    """Let whoever reads an address say by its link that the second request is theirs too."""
    page = world.open(world.mail(address, "was this you?"))
    answered = page.choose("contact_confirmed", confirmation=page.values("confirmation")[0])
    world.work()
    return answered


def merged(world: World, stage: str = "request", **changed: object) -> tuple[str, str]:
    """Let the same person ask twice, and a coordinator find that; returns older and newer."""
    older = arrive(world, stage)
    newer = again(world, **changed)
    assert merge(world, older, newer).status == 200
    world.work()
    return older, newer


def speak(world: World, reference: str) -> None:
    """Let a coordinator take an urgent call, and say that they have spoken with the person."""
    for choice in ("call_taken", "called"):
        assert page_of(world, reference).choose(choice).status == 200
