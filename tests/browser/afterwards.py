"""Roads to what comes when a supporter has helped: a support service, and how it was."""

from collections.abc import Iterator

from tests.handing_over import agrees, asked_about, at_its_partner
from tests.program_files import change, look
from tests.world import FEEDBACK_AFTER, REQUESTER, Page, World


def handed_over(world: World) -> Iterator[tuple[str, Page]]:
    _, supporter = world.in_contact()
    asked_about(world, world.open(world.mail(supporter)))
    asked = world.open(world.mail(REQUESTER, "would you like to hear from them"))
    yield "requester-asked-for-partner", asked
    agrees(world, asked, "phone")
    yield "partner", at_its_partner(world)


def feedback(world: World) -> Iterator[tuple[str, Page]]:
    change(world, "program.toml", 'after = "none"', FEEDBACK_AFTER)
    look(world)
    _, supporter = world.in_contact()
    world.open(world.mail(supporter)).choose("completed", outcome="supported")
    world.passes(days=10)
    (mail,) = world.mails(REQUESTER, "how was it?")
    yield "feedback", world.open(mail)
