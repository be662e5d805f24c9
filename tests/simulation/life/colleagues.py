"""Colleagues who are named, worried about, or written to: who they are, what they would say."""

import random
from dataclasses import dataclass, field
from datetime import datetime

from invitations.model import Answer, Kind
from program import Program

FIRST = ("Avery", "Blair", "Corin", "Dale", "Emery", "Finley", "Greer", "Hollis", "Indra", "Jessa")
SYLLABLES = ("ash", "bry", "cal", "dov", "eld", "fro", "gri", "huk", "iva", "kes", "lod", "myr")
#: How many of them give which answer; all others give none.
WOULD: dict[Kind, dict[Answer, float]] = {
    Kind.NOMINATION: {Answer.YES: 0.5, Answer.NO: 0.2, Answer.NEVER: 0.08},
    Kind.REFERRAL: {Answer.YES: 0.35, Answer.NO: 0.25, Answer.NEVER: 0.1},
    Kind.OUTREACH: {Answer.YES: 0.12, Answer.NO: 0.2, Answer.NEVER: 0.05},
    Kind.TRAINING: {Answer.YES: 0.8, Answer.NO: 0.12, Answer.NEVER: 0.01},
    Kind.GROUP_SESSION: {Answer.YES: 0.55, Answer.NO: 0.15, Answer.NEVER: 0.05},
}
#: Who is thought of was thought of before, is a supporter already, or has an address elsewhere.
KNOWN, ONE_OF_US, ELSEWHERE = 0.25, 0.06, 0.05
OUTSIDE = "elsewhere.example.com"


@dataclass
class Colleague:
    """Somebody at work, and who thought of them."""

    name: str
    email: str
    #: Who named them as a good supporter, and whether coordinators may know that.
    named_by: list[tuple[str, bool]] = field(default_factory=list)
    #: Who worried about them, and when: an id of ours, or the name of anybody else.
    worried: list[tuple[datetime, str]] = field(default_factory=list)
    #: They asked for support by this address.
    has_asked: bool = False

    @property
    def is_inside(self) -> bool:
        return not self.email.endswith(OUTSIDE)


class Colleagues:
    """Makes up colleagues, and thinks of some of them again."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.by_email: dict[str, Colleague] = {}

    def somebody(self, program: Program) -> Colleague:
        draw, known = self.chance.random(), list(self.by_email.values())
        if draw < ONE_OF_US:
            one = self.chance.choice(list(program.supporters.values()))
            return self.by_email.setdefault(one.email, Colleague(one.name, one.email))
        if known and draw < ONE_OF_US + KNOWN:
            return self.chance.choice(known[-40:])
        return self._stranger(OUTSIDE if self.chance.random() < ELSEWHERE else "example.org")

    def at_work(self) -> Colleague:
        """Return one of those who may be written to as a group, mostly somebody new."""
        inside = [one for one in self.by_email.values() if one.is_inside]
        if inside and self.chance.random() < KNOWN:
            return self.chance.choice(inside[-60:])
        return self._stranger("example.org")

    def _stranger(self, domain: str) -> Colleague:
        number = len(self.by_email) + 1
        surname = "".join(self.chance.sample(SYLLABLES, 3)).title()
        name = f"{self.chance.choice(FIRST)} {surname}{'abcdefghijklmnopqrstuvwxyz'[number % 26]}"
        if any(one.name == name for one in self.by_email.values()):
            return self._stranger(domain)
        made = Colleague(name, f"{surname.lower()}.{number}@{domain}")
        self.by_email[made.email] = made
        return made

    def somebody_else(self) -> str:
        """Return the name of somebody who fills in a form and is on no list."""
        return f"{self.chance.choice(FIRST)} {''.join(self.chance.sample(SYLLABLES, 4)).title()}"

    def mind(self, kind: Kind) -> Answer:
        """Return what somebody makes up their mind to answer."""
        answers = WOULD[kind]
        silent = 1 - sum(answers.values())
        weights = [*answers.values(), silent]
        return self.chance.choices([*answers, Answer.NONE], weights)[0]
