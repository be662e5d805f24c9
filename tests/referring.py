"""What people do about colleagues whom they worry about, for the stories."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from demo.prepare import add_referrals
from demo.qualtrics.survey import REFERRAL
from tests.world import Page, World

KIM = "kim.vale@example.org"


@dataclass
class Referring:
    """A world whose program has a form about colleagues."""

    world: World

    @classmethod
    def begin(cls, world: World) -> "Referring":
        add_referrals(world.folder / "config/survey.toml")
        world.has_form(REFERRAL)
        return cls(world)

    def refer(self, email: str = KIM, by: str = "Pat Doe", own_email: str = "") -> str:
        """Fill out the form, and let the mail leave; returns the response's id."""
        answers = {"QID2_TEXT": email, "QID3_TEXT": by, "QID4_TEXT": own_email}
        response = self.world.qualtrics.submit(answers, survey_id=REFERRAL.id)
        assert self.world.qualtrics.wait_until_published()
        self.world.work()
        return response


def form_in(page: Page) -> str:
    """Return the address of the form to which a page leads."""
    (link,) = re.findall(r'class="button" href="([^"]+)"', page.answer.text)
    return str(link)


def carried(page: Page) -> str:
    """Return what the form's address brings along."""
    (token,) = parse_qs(urlsplit(form_in(page)).query)["invitation"]
    return token


def ask(world: World, invitation: str = "", **changed: object) -> str:
    """Fill in the request form as a link would, and let the first mails leave."""
    before = {*world.references}
    world.submit(invitation=invitation or None, **changed)
    world.work()
    world.passes(minutes=11)
    (reference,) = {*world.references} - before
    return reference
