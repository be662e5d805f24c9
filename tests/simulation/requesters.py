"""The people who ask: who they are, what they answer, and who must not learn of it."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from program import Program

FIRST = ("Alex", "Bo", "Casey", "Devon", "Ellis", "Frankie", "Harper", "Jules", "Noor", "Oakley")
SYLLABLES = ("bar", "dun", "fel", "gor", "hal", "jen", "kol", "lin", "mor", "pel", "quil", "tur")
#: Shares of practice: departments, roles, and who says that they may not be safe.
DEPARTMENTS, ROLES = (1, 2, 3, 4), (1, 2, 3, 4, 5, 6, 7)
ROLE_WEIGHTS = (60, 14, 7, 5, 6, 4, 4)
URGENT, NOT_MAILABLE, ON_OUR_LISTS, LED_BY_ONE_OF_US, NOT_WANTED = 0.01, 0.2, 0.04, 0.1, 0.1
#: Who does not say where they work: some because they fear who leads it.
NAMES_NO_UNIT, SILENT = 0.08, (None, "", "-")
#: Who they would rather not talk to, as they write it: by a name of before, by the given name in a
#: sentence, or on no list of ours.
BY_FORMER_NAME, BY_GIVEN_NAME, ON_NO_LIST = 0.15, 0.15, 0.25
#: Family names that are like none of those on our lists.
UNKNOWN_FAMILIES = (
    "Castaneda", "Eccleston", "Ekwueme", "Ivanishvili", "Ostrowski", "Papadakis", "Vasquez",
)  # fmt: skip
#: What two who work side by side both give: the phone of their desk, their department, their unit.
AT_ONE_DESK = ("QID3_TEXT", "QID6", "QID7_TEXT")
BY_DAY = 0.65
MONTH = timedelta(days=365) / 12


@dataclass
class Requester:
    """Somebody who asks, with what only they and the pages may tell."""

    name: str
    email: str
    answers: dict[str, object]
    #: Ids of those who must never get mail about it.
    barred: set[str] = field(default_factory=set)
    secrets: set[str] = field(default_factory=set)

    @property
    def told(self) -> set[str]:
        """Return whatever they typed."""
        typed = {answer for answer in self.answers.values() if isinstance(answer, str)}
        return {self.name, self.email, *typed} - {*SILENT}


def submissions(
    chance: random.Random, zone: ZoneInfo, begin: datetime, end: datetime, rate: float
) -> Iterator[datetime]:
    """Yield the moments of a Poisson process, most of them on weekdays by day."""
    at = begin
    while (at := at + chance.expovariate(rate) * MONTH) < end:
        wants_day, moment = chance.random() < BY_DAY, at
        while _is_by_day(moment.astimezone(zone)) != wants_day:
            moment = at + timedelta(hours=chance.uniform(-84, 84))
        yield min(max(moment, begin), end)


def _is_by_day(local: datetime) -> bool:
    return local.weekday() < 5 and 7 <= local.hour < 19


class Crowd:
    """Makes up people, never the same one twice."""

    def __init__(self, chance: random.Random, programs: Callable[[], Program]) -> None:
        self.chance, self.programs = chance, programs
        self.by_name: dict[str, Requester] = {}
        #: The share of those who wish to hear the supporter's name first.
        self.asks_first = 0.0
        #: The share of those who say that they may not be safe.
        self.urgent = URGENT

    @property
    def program(self) -> Program:
        return self.programs()

    def somebody(self, **answers: object) -> Requester:
        """Return somebody new; a few are on our lists themselves, or led by somebody who is."""
        made = self._stranger(answers)
        if self.chance.random() < ON_OUR_LISTS:
            self._be_one_of_us(made)
        if self.chance.random() < NAMES_NO_UNIT:
            # Who leads them in another department than they say, nobody can know.
            made.secrets.discard(str(made.answers["QID7_TEXT"]))
            made.answers["QID7_TEXT"] = self.chance.choice(SILENT)
        elif self.chance.random() < LED_BY_ONE_OF_US:
            self._be_led(made)
        if made.answers["QID7_TEXT"] in SILENT:
            made.barred |= self._perhaps_leading(made)
        if self.chance.random() < NOT_WANTED:
            self._want_somebody_not(made)
        self.by_name[made.name] = made
        return made

    def colleague_of(self, other: Requester) -> Requester:
        """Return somebody new who works beside somebody who asks, and shares their phone."""
        made = self.somebody(**{one: other.answers[one] for one in AT_ONE_DESK})
        leaders = {id for id, unit in self._led() if unit == made.answers["QID7_TEXT"]}
        made.barred |= leaders
        if leaders:  # Such a unit has a name that others say, too.
            made.secrets.discard(str(made.answers["QID7_TEXT"]))
        return made

    def tired_of(self, asker: Requester, supporter: str) -> Requester:
        """Return the same person, who would rather not talk to their supporter any more."""
        person = self.program.person(supporter)
        assert person is not None
        before = asker.answers.get("QID11_TEXT")
        named = f"{before}, {person.name}" if before else person.name
        answers = asker.answers | {"QID11_TEXT": named}
        found = replace(asker, answers=answers, barred=asker.barred | {supporter})
        self.by_name[asker.name] = found
        return found

    def owner_of(self, address: str) -> Requester | None:
        return next((r for r in self.by_name.values() if r.email == address), None)

    def _stranger(self, answers: dict[str, object]) -> Requester:
        pick, number = self.chance, len(self.by_name) + 1
        surname = "".join(pick.sample(SYLLABLES, 3)).title()
        name = f"{pick.choice(FIRST)} {surname}{'abcdefghijklmnopqrstuvwxyz'[number % 26]}"
        if name in self.by_name:
            return self._stranger(answers)
        email = f"{surname.lower()}.{number}@staff.example.org"
        phone, unit = f"203-{number // 1000:03}-{number % 1000 + 5000:04}", f"{surname} Annex"
        is_mailable = pick.random() >= NOT_MAILABLE
        made: dict[str, object] = {
            "QID1_TEXT": name,
            "QID2_TEXT": email,
            "QID3_TEXT": phone,
            "QID4": ["1", "2", "3"] if is_mailable else ["2", "3"],
            "QID5": pick.choice((1, 2, 3, 4)),
            "QID6": pick.choice(DEPARTMENTS),
            "QID7_TEXT": unit,
            "QID8": pick.choices(ROLES, ROLE_WEIGHTS)[0],
            "QID9": pick.choice((1, 2, 3, 4, 5, 6)),
            **{f"QID10_{line}": pick.choice((1, 2, 3)) for line in (1, 2, 3)},
            "QID12": 3 if pick.random() < self.urgent else 1,
        }
        if self.asks_first:
            made["QID16"] = 1 if pick.random() < self.asks_first else 2
        made |= answers
        secrets = {name, email, str(made["QID3_TEXT"])}
        secrets |= set() if made["QID7_TEXT"] in SILENT else {str(made["QID7_TEXT"])}
        return Requester(name, email, made, secrets=secrets)

    def _be_one_of_us(self, made: Requester) -> None:
        """A coordinator or supporter asks for support."""
        us = [*self.program.all_coordinators, *self.program.supporters]
        person = self.program.person(self.chance.choice(us))
        assert person is not None
        made.secrets.discard(made.email)
        made.email = person.email
        made.answers["QID2_TEXT"] = person.email
        made.barred.add(person.id)

    def _be_led(self, made: Requester) -> None:
        led = self._led()
        leader, unit = self.chance.choice(led)
        made.answers["QID6"] = self._department_of(leader)
        made.secrets.discard(str(made.answers["QID7_TEXT"]))
        made.answers["QID7_TEXT"] = unit
        made.barred |= {id for id, supervised in led if supervised == unit}

    def _perhaps_leading(self, made: Requester) -> set[str]:
        """Return who may lead somebody who does not say where they work."""
        department = list(self.program.departments)[int(str(made.answers["QID6"])) - 1]
        return {*self.program.perhaps_leading(department)}

    def _led(self) -> list[tuple[str, str]]:
        """Return who leads which unit."""
        led = [(p.id, u) for p in self.program.people.values() for u in p.supervises]
        return led + [(s.id, u) for s in self.program.supporters.values() for u in s.supervises]

    def _department_of(self, person: str) -> int:
        """Return the answer whose requests this person would review."""
        names = list(self.program.departments.values())
        theirs = (i for i, d in enumerate(names, 1) if person in d.coordinators)
        return next(theirs, self.chance.choice(DEPARTMENTS))

    def _want_somebody_not(self, made: Requester) -> None:
        """Name somebody on the form whom they would rather not talk to."""
        ids = {
            *self.program.all_coordinators,
            *self.program.duties.deputies,
            *self.program.supporters,
        }
        person = self.program.person(self.chance.choice(sorted(ids)))
        assert person is not None
        draw, unknown = self.chance.random(), self.chance.choice(UNKNOWN_FAMILIES)
        if draw < ON_NO_LIST:
            made.answers["QID11_TEXT"] = f"{self.chance.choice(FIRST)} {unknown}"
            return
        given, written = person.name.split()[0], person.name
        if draw < ON_NO_LIST + BY_FORMER_NAME:
            written = f"{given} {unknown}"
        elif draw < ON_NO_LIST + BY_FORMER_NAME + BY_GIVEN_NAME:
            written = f"I'd rather not talk to {given}"
        made.answers["QID11_TEXT"] = written
        made.barred.add(person.id)
