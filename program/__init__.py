"""The program: the admins' folder, read and checked as a whole."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from lib.addresses import canonical
from lib.languages.language import ENGLISH, Language
from lib.working_time import WorkingTime
from matching.weights import Matching
from people.absences import Absence, Announced, absence_in_files
from people.lists import Lists
from people.records import Person
from people.same_person import NewTrait, contacts_among, traits_of_listed
from people.supporters import Leaving, Supporter, SupporterStatus
from people.units import Units
from program.checks import check_parts
from program.entries import PARTNER, partner_behind, people_of, person_behind
from program.files import FILES, TEXTS, Reading, overrides_in, read_folder, read_parts
from program.languages.texts import language as language_in_force
from program.languages.texts import (
    language_codes,
    own_names,
    own_texts,
    text_problems,
    texts_in,
)
from program.look import Logo, logo_in, logo_problems
from program.matching import matching_of
from program.problems import Problem, ProgramError
from program.shapes import (
    Department,
    Duties,
    ProgramShape,
    Resource,
    RoleGroup,
    Times,
    UnitShape,
)
from program.spreadsheet import Layout
from program.times.promises import promise_rules
from program.times.working_hours import working_time
from program.training.sessions import Session, TrainingShape, sessions_of
from program.units import departments_led, leading, leading_as_others, units_of
from qualtrics.nomination import NominationMap
from qualtrics.referral import ReferralMap
from qualtrics.survey import FormMap, SurveyMap
from workflow.check_in import CheckInRule
from workflow.model import Place, PromiseKind
from workflow.promise_rules import PromiseRule, QuietHours, Rules

#: When a morning begins if the files want no digest.
MORNING = time(8)
AnyForm = TypeVar("AnyForm", bound=FormMap)
__all__ = ["Problem", "Program", "ProgramError", "problems_of"]


@dataclass(frozen=True)
class Program:
    """Everything that the admins' folder says, checked."""

    #: program.toml with its keys as the admins write them: `program.file.crisis.phone`.
    file: ProgramShape
    supporters: dict[str, Supporter]
    resources: dict[str, Resource]
    surveys: dict[str, SurveyMap]
    nominations: dict[str, NominationMap]
    referrals: dict[str, ReferralMap]
    #: The admins' own mail templates, by the name of ours that each replaces.
    overrides: dict[str, str]
    #: The admins' own sentences, by file.
    texts: dict[str, bytes]
    training: TrainingShape
    #: How supporters.csv is laid out, for a line to add.
    layout: Layout
    #: Beside the name on every page; None without one.
    logo: Logo | None
    #: A hash of the folder's contents, which identifies a version.
    fingerprint: str
    #: Problems of all but the sentences that are allowed but probably not intended.
    doubts: tuple[Problem, ...] = ()
    #: Supporters who are missing from the files, and until when they keep their requests.
    leaving: Mapping[str, datetime] = field(default_factory=dict)
    #: What people on our lists are recognized by since not long ago.
    new_traits: tuple[NewTrait, ...] = ()
    #: Absences of reviewers that were written not long ago.
    announced: tuple[Announced, ...] = ()

    def traits_known(self, listed: Person | Supporter, at: datetime) -> frozenset[str]:
        """Return by what someone on our lists was recognized at a moment."""
        later = {one.trait for one in self.new_traits if one.id == listed.id and one.since >= at}
        return traits_of_listed(listed) - later

    @cached_property
    def warnings(self) -> tuple[Problem, ...]:
        """Return all problems that are allowed but probably not intended.

        Reading catalogs takes long, and only a comparison of files needs them.
        """
        return (*self.doubts, *_text_problems(self.texts, self.file, self.resources))

    @cached_property
    def supporter_contacts(self) -> frozenset[str]:
        """Return the addresses and phones of everyone who may be asked to support."""
        others = (one for id in self.supporters for one in self.lists.others.get(id, ()))
        listed = [*self.supporters.values(), *others]
        found = frozenset(trait for one in listed for trait in traits_of_listed(one))
        return contacts_among(found)

    @classmethod
    def load(cls, folder: Path) -> "Program":
        """Read the admins' folder; ProgramError names everything that is wrong in it."""
        return cls.of(read_folder(folder))

    @classmethod
    def from_files(cls, contents: dict[str, bytes]) -> "Program":
        """Read a program from stored files; ProgramError as for a folder."""
        absent = [Problem(file, "", "is missing") for file in FILES if file not in contents]
        return cls.of(Reading(contents, absent), was_adopted=True)

    @classmethod
    def of(cls, reading: Reading, *, was_adopted: bool = False) -> "Program":
        """Check what was read; ProgramError names everything that is wrong."""
        contents, problems = tuple(reading.contents.items()), tuple(reading.problems)
        return _program_of(contents, problems, was_adopted)

    @classmethod
    def _of(cls, reading: Reading, was_adopted: bool) -> "Program":
        parts = read_parts(reading.contents, was_adopted=was_adopted)
        overrides = overrides_in(reading.contents)
        problems = [*reading.problems, *parts.problems, *check_parts(parts), *overrides.problems]
        problems += logo_problems(reading.contents)
        file, surveys, roster = parts.program, parts.surveys, parts.roster
        wrong = [problem for problem in problems if not problem.is_warning]
        if wrong or file is None or surveys is None or roster is None or parts.resources is None:
            raise ProgramError(wrong)
        if parts.training is None:
            raise ProgramError(wrong)
        return cls(
            file=file,
            supporters=_joined(roster.supporters, file),
            resources=parts.resources.resources,
            surveys=_placed(surveys.survey, file, roster.supporters.values()),
            nominations=_placed(surveys.nomination, file, roster.supporters.values()),
            referrals=_placed(surveys.referral, file, roster.supporters.values()),
            training=parts.training,
            layout=roster.layout,
            overrides=overrides.texts,
            texts=texts_in(reading.contents),
            logo=logo_in(reading.contents),
            fingerprint=reading.fingerprint,
            doubts=tuple(problems),
        )

    def keeping(self, leaving: Iterable[Leaving]) -> "Program":
        """Return the program with supporters who are missing from it; they get nothing new."""
        gone = {one.supporter.id: one for one in leaving if self._has_room_for(one.supporter)}
        paused = {
            id: replace(one.supporter, status=SupporterStatus.PAUSED) for id, one in gone.items()
        }
        until = {id: one.until for id, one in gone.items()}
        return replace(self, supporters=self.supporters | paused, leaving=until)

    def _has_room_for(self, missing: Supporter) -> bool:
        is_free = missing.id not in self.supporters and missing.id not in self.people
        return is_free and missing.role in self.roles and missing.department in self.departments

    @property
    def forms(self) -> dict[str, FormMap]:
        """All forms by their ids, whatever they ask."""
        return {**self.surveys, **self.nominations, **self.referrals}

    @cached_property
    def mail_domains(self) -> frozenset[str]:
        """The domains of the program's own people."""
        return next(iter(self.surveys.values())).mail_domains

    @property
    def listed(self) -> dict[str, Supporter]:
        """The supporters who stand in the files."""
        return {id: found for id, found in self.supporters.items() if id not in self.leaving}

    @cached_property
    def sessions(self) -> dict[str, Session]:
        """The sessions of the training by id, the earliest first."""
        return sessions_of(self.training.sessions, self.zone)

    @property
    def zone(self) -> ZoneInfo:
        return self.file.time_zone

    @property
    def english(self) -> Language:
        """Return the language of those who work for the program."""
        return self.language(ENGLISH.code)

    def language(self, spoken: str) -> Language:
        """Return the language in which we address a requester, by that of their form."""
        known = (one.partition("-")[0] for one in (spoken.lower(), self.file.language))
        code = next((one for one in known if one in self.languages), ENGLISH.code)
        content = self.texts.get(f"{TEXTS}/{code}.po", b"")
        return language_in_force(code, self.file.country, content, self._own_texts)

    @cached_property
    def languages(self) -> set[str]:
        """The languages that we have or that the admins' files add, by their codes."""
        return language_codes(self.texts)

    @cached_property
    def _own_texts(self) -> tuple[str, ...]:
        return (*own_texts(self.file, self.resources.values()), *own_names(self.file))

    @property
    def digest_at(self) -> time:
        """Return when the morning begins, also for programs without a daily digest."""
        return self.file.digest.at or MORNING

    @property
    def times(self) -> Times:
        return self.file.times

    @property
    def duties(self) -> Duties:
        return self.file.duties

    @property
    def departments(self) -> dict[str, Department]:
        return self.file.departments

    @property
    def roles(self) -> dict[str, RoleGroup]:
        return self.file.roles

    @cached_property
    def people(self) -> dict[str, Person]:
        found = {id: leading(one, self.file.units) for id, one in people_of(self.file).items()}
        listed: list[Person | Supporter] = [*found.values(), *self.supporters.values()]
        return {id: leading_as_others(one, listed) for id, one in found.items()}

    @cached_property
    def promises(self) -> dict[PromiseKind, PromiseRule]:
        return promise_rules(self.file.promises)

    @cached_property
    def quiet(self) -> QuietHours:
        return QuietHours(self.file.quiet_hours.begin, self.file.quiet_hours.end, self.zone)

    @cached_property
    def working(self) -> WorkingTime:
        file = self.file
        return working_time(file.working_hours, self.zone, file.country, file.closed_days)

    @cached_property
    def matching(self) -> Matching:
        return matching_of(self.file)

    @cached_property
    def rules(self) -> Rules:
        """The promises, with what the time of each depends on."""
        check_in = CheckInRule(self.file.check_in.days, self.times.forget_after)
        return Rules(self.promises, self.quiet, self.times.tries, self.working, check_in)

    def today(self, now: datetime) -> date:
        """Return today's date in the program's time zone."""
        return now.astimezone(self.zone).date()

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of everyone on our lists, by id."""
        listed: list[Person | Supporter] = [*self.people.values(), *self.supporters.values()]
        return {one.id: one.name for one in listed}

    @cached_property
    def lists(self) -> Lists:
        """Everyone on our lists, by what requesters call them."""
        listed: tuple[Person | Supporter, ...]
        listed = (*self.people.values(), *self.supporters.values())
        also = {one.id: (*one.also_known_as, *filter(None, [one.called])) for one in listed}
        return Lists(self.names, also, listed, self.units)

    @cached_property
    def leaders(self) -> tuple[Person | Supporter, ...]:
        """Everyone on our lists who supervises a unit."""
        listed: list[Person | Supporter] = [*self.supporters.values(), *self.people.values()]
        return tuple(one for one in listed if one.supervises)

    @cached_property
    def _units(self) -> tuple[Units, Mapping[str, UnitShape]]:
        return units_of(self.file.units, [*self.people.values(), *self.supporters.values()])

    @property
    def units(self) -> Units:
        """Every unit that the files name."""
        return self._units[0]

    def perhaps_leading(self, department: str) -> tuple[str, ...]:
        """Return who may lead an unknown unit of this department; "" and "other" are unknown."""
        if self.matching.is_catch_all("department", department):
            department = ""
        found = ((one.id, departments_led(one, *self._units)) for one in self.leaders)
        return tuple(id for id, led in found if not (department and led) or department in led)

    @cached_property
    def absences(self) -> dict[str, tuple[Absence, ...]]:
        """The absences by the files, by id, each from the day on from which it counts."""
        found = {id: (span,) for id, span in self.written_absences.items()}
        return found | {one.id: one.spans for one in self.announced}

    @cached_property
    def written_absences(self) -> dict[str, Absence]:
        """The absences that stand in the files, by id."""
        listed: list[Person | Supporter] = [*self.people.values(), *self.supporters.values()]
        spans = {one.id: absence_in_files(one.away_from, one.away_until) for one in listed}
        return {id: span for id, span in spans.items() if span is not None}

    def person(self, person_id: str) -> Person | None:
        """Return someone to mail: a person, a supporter, an address of the ring, a partner."""
        if person_id.startswith(PARTNER):
            return self.partners.get(person_id)
        if person_id in self.people:
            return self.people[person_id]
        if person_id in self.supporters:
            return person_behind(self.supporters[person_id])
        ring = enumerate(self.file.urgent.ring, start=1)
        email = next((email for number, email in ring if person_id == f"ring-{number}"), "")
        return Person(person_id, name=email, email=email) if email else None

    @cached_property
    def partners(self) -> dict[str, Person]:
        """The support services to which a requester can be handed over, by their ids for mails."""
        found = (partner_behind(*one) for one in self.resources.items())
        return {one.id: one for one in found if one is not None}

    def place_of(self, resource: str) -> Place | None:
        """Return what a partner is now; None if no one can be handed over to it."""
        partner = self.partners.get(f"{PARTNER}{resource}")
        return Place(partner.name, canonical(partner.email)) if partner is not None else None

    @cached_property
    def all_coordinators(self) -> tuple[str, ...]:
        departments = (department.coordinators for department in self.departments.values())
        named = chain(self.duties.default_coordinators, *departments)
        return tuple(dict.fromkeys(named))

    @cached_property
    def all_reviewers(self) -> tuple[str, ...]:
        """Return everyone who may ever have to review a case."""
        duties = self.duties
        named = (*self.all_coordinators, *duties.deputies, duties.outside_person)
        return tuple(dict.fromkeys(named))

    def found_by(self, address: str) -> tuple[Person, ...]:
        """Return the reviewers and supporters with this address; one person may be both."""
        typed, found = canonical(address), list[str]()
        addresses = [(id, self.people[id].email, "") for id in self.all_reviewers]
        addresses += [(s.id, s.email, s.notify_email) for s in self.supporters.values()]
        for id, *known in addresses:
            # Never stop early: the time it takes must not reveal who is on our lists.
            if typed and typed in map(canonical, known):
                found.append(id)
        return tuple(person for id in found if (person := self.person(id)) is not None)

    def coordinators_of(self, department: str) -> tuple[str, ...]:
        """Return the coordinators of a department, or the default ones."""
        found = self.departments.get(department)
        return (found.coordinators if found else ()) or self.duties.default_coordinators

    def reviewers_of(self, department: str) -> tuple[str, ...]:
        """Return everyone who may ever have to review a case of a department."""
        duties = self.duties
        return (*self.coordinators_of(department), *duties.deputies, duties.outside_person)


def _joined(roster: Mapping[str, Supporter], file: ProgramShape) -> dict[str, Supporter]:
    """Return the supporters with every unit that they lead, also under another id."""
    found = {id: leading(one, file.units) for id, one in roster.items()}
    listed: list[Person | Supporter] = [*found.values()]
    listed += (leading(one, file.units) for one in people_of(file).values())
    leaders = [one for one in listed if one.supervises]
    return {id: leading_as_others(one, leaders) for id, one in found.items()}


def _placed(
    surveys: Iterable[AnyForm], file: ProgramShape, supporters: Iterable[Supporter]
) -> dict[str, AnyForm]:
    """Return the forms with what depends on the program's place and people.

    Where supporters are notified may be anywhere: it makes no one else at that host a colleague.
    """
    people = (person.email for person in people_of(file).values())
    theirs = (one.email for one in supporters)
    domains = frozenset(canonical(one).rpartition("@")[2] for one in (*people, *theirs) if one)
    return {s.id: s.placed(file.time_zone, file.country, domains) for s in surveys}


@lru_cache(maxsize=4)
def _program_of(
    contents: tuple[tuple[str, bytes], ...], problems: tuple[Problem, ...], was_adopted: bool
) -> Program:
    """Check what was read; the last programs are cached, since the same files are read often."""
    return Program._of(Reading(dict(contents), list(problems)), was_adopted)


def problems_of(folder: Path) -> list[Problem]:
    """Return everything that is wrong in the admins' folder, warnings included."""
    reading = read_folder(folder)
    parts = read_parts(reading.contents)
    found = [*reading.problems, *parts.problems, *check_parts(parts)]
    if parts.program is not None and parts.resources is not None:
        found += _text_problems(reading.contents, parts.program, parts.resources.resources)
    besides = (*overrides_in(reading.contents).problems, *logo_problems(reading.contents))
    return [*found, *besides]


def _text_problems(
    contents: Mapping[str, bytes], file: ProgramShape, resources: Mapping[str, Resource]
) -> Iterator[Problem]:
    return text_problems(contents, own_texts(file, resources.values()), own_names(file))
