"""What people do when a requester is handed over to a partner of the referral network."""

from tests.world import Page, World

PLACE, PARTNER = "Employee Assistance Program", "intake@assistance.example.org"


def asked_about(world: World, page: Page, partner: str = "employee-assistance") -> None:
    """Let a supporter or a reviewer have the requester asked, from their page."""
    assert page.choose("hand_over_asked", partner=partner).status == 200
    world.passes(minutes=6)


def agrees(world: World, page: Page, way: str) -> None:
    """Let the requester say yes on their page, and the partner's mail leave."""
    said = page.choose("hand_over_agreed", hand_over=page.values("hand_over")[0], way=way)
    assert said.status == 200, said.text
    world.passes(minutes=6)


def at_its_partner(world: World) -> Page:
    """Open the newest link that the partner has."""
    mails = [mail for mail in world.mails(PARTNER) if "/open/" in mail.text]
    return world.open(mails[-1])
