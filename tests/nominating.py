"""What people do about nominations and trainings, for the stories."""

from dataclasses import dataclass

from demo.prepare import add_nominations
from demo.qualtrics.survey import NOMINATION
from store.invitations.asked import PERSON, shown_as
from tests.program_files import look
from tests.world import JORDAN, Page, World

SAM_LEE, ALEX = "sam.lee@example.org", "alex.moore@example.org"
ABOUT_ME: dict[str, str | list[str]] = {
    "name": "Samantha Lee",
    "role": "nurse",
    "department": "surgery",
    "specialty": "critical-care",
    "unit": "Surgical Intensive Care",
    "languages": ["es"],
    "checks_mail": "daily",
    "phone": "860-555-0160",
    "text_ok": "yes",
}


@dataclass
class Nominating:
    """A world whose program has a nomination form."""

    world: World

    @classmethod
    def begin(cls, world: World) -> "Nominating":
        add_nominations(world.folder / "config/survey.toml")
        world.has_form(NOMINATION)
        return cls(world)

    def nominate(
        self, name: str = "Sam Lee", email: str = SAM_LEE, by: str = "", may_name: bool = False
    ) -> str:
        """Fill out the form, and let the mail leave; returns the response's id."""
        answers = {"QID1_TEXT": name, "QID2_TEXT": email, "QID3_TEXT": by}
        response = self.world.qualtrics.submit(
            answers | {"QID4": 1 if may_name else 2}, survey_id=NOMINATION.id
        )
        assert self.world.qualtrics.wait_until_published()
        self.world.work()
        return response

    def willing(self, email: str = SAM_LEE, **nominated: str) -> Page:
        """Let somebody be nominated, say yes, and tell about themselves."""
        self.nominate(email=email, **nominated)  # type: ignore[arg-type]
        page = self.world.open(self.world.mail(email)).choose("yes")
        return page.choose("about_me", **ABOUT_ME)

    def nominees(self, coordinator: str) -> Page:
        return self.world.own_page(coordinator).person.look(f"{self.world.url}/nominees")

    def decide(self, coordinator: str, choice: str, **fields: str) -> Page:
        """Let a coordinator decide about the only nominee whom they can decide about."""
        page = self.nominees(coordinator)
        return page.choose(choice, nominee=page.values("nominee")[0], **fields)


#: On a Monday in New York (see tests/world.py); titles tell nothing.
SESSION = """
[sessions.{id}]
kind = "{kind}"
title = "{title}"
begins = {day}T12:00:00
ends = {day}T13:00:00
place = "Main Campus, room 204"
seats = {seats}
led_by = "{led_by}"
"""


def plan(world: World, id: str, kind: str, day: str, seats: int = 12, led_by: str = "") -> None:
    """Let an admin add a session."""
    file = world.folder / "config/training.toml"
    text = SESSION.format(
        id=id, kind=kind, title="Lunch with colleagues", day=day, seats=seats,
        led_by=led_by or "jordan-reyes",
    )  # fmt: skip
    file.write_text(file.read_text() + text)
    look(world)
    world.passes(minutes=1)


def named(world: World, number: int) -> str:
    """Return how pages name an invitation of this number."""
    return shown_as(world.store.read(), f"{PERSON}{number}")


def numbers(world: World) -> list[int]:
    """Return the numbers of all invitations, in the order in which they came."""
    return sorted(number for (number,) in world.rows("invitations", "id"))


def in_training(nominating: Nominating, email: str = SAM_LEE) -> None:
    """Let somebody be nominated, say yes, and be invited to a training."""
    world = nominating.world
    nominating.willing(email)
    page = nominating.nominees(JORDAN)
    page.choose("invite", nominee=named(world, numbers(world)[-1]))
    world.passes(minutes=2)
