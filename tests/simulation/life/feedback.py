"""Requesters say how it was; the simulation counts beside the service, and looks what it kept."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from matching.fairness import quarter_of
from tests.dump import everything
from tests.world import Page
from workflow.reports.feedback import ANSWERS, RECOMMEND, SOON

if TYPE_CHECKING:
    from tests.simulation.life.life import Life

ANSWERS_AT_ALL, SKIPS, FORGETS_ONE, SENDS_TWICE = 0.75, 0.4, 0.08, 0.1
#: All that an answer may change.
COUNTED = {"feedback_given", "tallies"}


@dataclass
class Feedback:
    """Acts for everybody who is asked, and compares."""

    life: "Life"

    def at_page(self, address: str, page: Page) -> None:
        chance, counts = self.life.chance, self.life.book.counts
        counts["opened the questions how it was"] += 1
        if chance.random() >= ANSWERS_AT_ALL:
            return
        said = self._said(chance)
        if chance.random() < FORGETS_ONE:
            self._sends(address, page, {**said, SOON: ""}, 400)
        self._sends(address, page, said, 200)
        if chance.random() < SENDS_TWICE:
            self._sends(address, page, said, 409)

    def _said(self, chance: random.Random) -> dict[str, str]:
        said = {what: chance.choice([*answers]) for what, answers in ANSWERS.items()}
        return {**said, RECOMMEND: ""} if chance.random() < SKIPS else said

    def _sends(self, address: str, page: Page, said: dict[str, str], status: int) -> None:
        """Send the form, and see that nothing changes but counters and that the link is used."""
        life, store = self.life, self.life.service.store
        hidden = {name: page.values(name)[0] for name in ("csrf_token", "token")}
        before = everything(store)
        to = urljoin(page.answer.url, "/feedback")
        answered = page.person.web.post(to, data=hidden | said)
        after = everything(store)
        changed = {name for name, rows in after.items() if rows != before[name]}
        if answered.status_code == 409 and status == 200:
            return  # By this link they answered before.
        problem = (
            f"it answered {answered.status_code}" if answered.status_code != status
            else f"it changed {changed}" if changed != (COUNTED if status == 200 else set())
            else ""
        )  # fmt: skip
        if problem:
            raise life.year.invariants.broken(f"{address} said how it was, and {problem}")
        life.year.invariants.tell(f"{address} says how it was ({status})")
        if status == 200:
            self._count(said, life.now())

    def _count(self, said: dict[str, str], now: datetime) -> None:
        life = self.life
        quarter = quarter_of(life.program.today(now))
        counted = life.year.invariants.reported.said.setdefault(quarter, Counter())
        counted.update((what, value) for what, value in said.items() if value)
        life.book.counts["said how it was"] += 1
