"""What coordinators do after a hard event, for the stories."""

from tests.world import JORDAN, Page, World

PEOPLE = [f"nurse{number}@example.org" for number in range(30)]
#: A Thursday in New York (see tests/world.py).
PLANNED = {
    "place": "Main Campus, room 204", "day": "2026-11-26", "at": "14:00", "minutes": "60",
    "leads": "beth-lindgren", "leads_too": "dana-whitfield",
}  # fmt: skip
#: The subject of the offer, and of the invitation to a group session.
ASKED = "a question for you"


def outreach(world: World, by: str = JORDAN) -> Page:
    return world.own_page(by).person.look(f"{world.url}/outreach")


def begin(world: World, people: list[str], **changed: str) -> Page:
    """Let a coordinator write to a group, and the mails leave."""
    fields = {"unit": "Medicine 4", "addresses": "\n".join(people), "language": "en"}
    page = outreach(world).choose("", **(fields | changed))
    world.work()
    return page


def invite(world: World, **changed: str) -> Page:
    """Let a coordinator invite the latest group to a group session, and the mails leave."""
    page = outreach(world)
    page = page.choose("invite", **({"group": page.values("group")[0]} | PLANNED | changed))
    world.work()
    return page


def asked_to_session(world: World, person: str) -> Page:
    """Return the page of somebody who is asked to come, by the mail after the offer."""
    return world.open(world.mails(person, ASKED)[1])
