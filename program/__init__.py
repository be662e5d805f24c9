"""The program: what admins edit, read and checked as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from lib.working_time import WorkingTime
from matching.weights import Matching
from people.records import Person
from people.supporters import Supporter
from program.checks import check_parts
from program.entries import (
    Crisis,
    Department,
    RoleGroup,
    departments_of,
    people_of,
    person_behind,
    resources_of,
    roles_of,
)
from program.files import FILES, Parts, Reading, overrides_in, read_folder, read_parts
from program.matching import matching_of
from program.problems import Problem, ProgramError
from program.promises import promise_rules
from program.resources import Resource
from program.working_hours import working_time
from qualtrics.survey import SurveyMap
from workflow.model import PromiseKind
from workflow.promise_rules import PromiseRule, QuietHours

__all__ = ["Crisis", "Department", "Problem", "Program", "ProgramError", "RoleGroup", "problems_of"]


@dataclass(frozen=True)
class Program:
    """Everything that the admins' folder says, checked."""

    name: str
    mail_name: str
    zone: ZoneInfo
    country: str
    crisis: Crisis
    emergency_text: str
    legal: str
    departments: dict[str, Department]
    roles: dict[str, RoleGroup]
    specialties: dict[str, str]
    default_coordinators: tuple[str, ...]
    deputies: tuple[str, ...]
    outside_person: str
    admins: tuple[str, ...]
    people: dict[str, Person]
    supporters: dict[str, Supporter]
    resources: dict[str, Resource]
    surveys: dict[str, SurveyMap]
    promises: dict[PromiseKind, PromiseRule]
    quiet: QuietHours
    working: WorkingTime
    urgent_ring: tuple[str, ...]
    urgent_staffed: str
    undo_window: timedelta
    review_mail_delay: timedelta
    forget_after: timedelta
    link_life: timedelta
    tries: int
    #: How often we compare with what Qualtrics has; nothing means never.
    reconcile_every: timedelta
    #: When the coordinators get the digest; None means never.
    digest_at: time | None
    matching: Matching
    #: Mails in the program's own words, by the name of the template that each replaces.
    overrides: dict[str, str]
    #: Tells two versions of the folder apart.
    fingerprint: str
    #: What is allowed but probably not meant.
    warnings: tuple[Problem, ...] = ()

    @classmethod
    def load(cls, folder: Path) -> "Program":
        """Read the admins' folder; ProgramError names everything that is wrong in it."""
        return cls.of(read_folder(folder))

    @classmethod
    def from_files(cls, contents: dict[str, bytes]) -> "Program":
        """Read the same from the files' bytes, as an adopted program is stored."""
        absent = [Problem(file, "", "is missing") for file in FILES if file not in contents]
        return cls.of(Reading(contents, absent))

    @classmethod
    def of(cls, reading: Reading) -> "Program":
        """Check what was read; ProgramError names everything that is wrong."""
        parts, found = _read_and_check(reading.contents)
        overrides, beside = overrides_in(reading.contents)
        problems = reading.problems + found + beside
        shape, surveys, roster, resources = (
            parts.program,
            parts.surveys,
            parts.roster,
            parts.resources,
        )
        is_wrong = not all(problem.is_warning for problem in problems)
        if is_wrong or shape is None or surveys is None or roster is None or resources is None:
            raise ProgramError(problem for problem in problems if not problem.is_warning)
        return cls(
            name=shape.name,
            mail_name=shape.mail_name,
            zone=shape.time_zone,
            country=shape.country,
            crisis=Crisis(**dict(shape.crisis)),
            emergency_text=shape.emergency_text,
            legal=shape.legal,
            departments=departments_of(shape),
            roles=roles_of(shape),
            specialties=dict(shape.specialties),
            default_coordinators=shape.duties.default_coordinators,
            deputies=shape.duties.deputies,
            outside_person=shape.duties.outside_person,
            admins=shape.duties.admins,
            people=people_of(shape),
            supporters=roster.supporters,
            resources=resources_of(resources),
            surveys={s.id: s.in_zone(shape.time_zone) for s in surveys.survey},
            promises=promise_rules(shape.promises),
            quiet=QuietHours(shape.quiet_hours.begin, shape.quiet_hours.end, shape.time_zone),
            working=working_time(
                shape.working_hours, shape.time_zone, shape.country, shape.closed_days
            ),
            urgent_ring=shape.urgent.ring,
            urgent_staffed=shape.urgent.staffed,
            undo_window=shape.times.undo_window,
            review_mail_delay=shape.times.review_mail_delay,
            forget_after=shape.times.forget_after,
            link_life=shape.times.link_life,
            tries=shape.times.tries,
            reconcile_every=shape.times.reconcile_every,
            digest_at=shape.digest.at,
            matching=matching_of(shape.matching),
            overrides=overrides,
            fingerprint=reading.fingerprint,
            warnings=tuple(problems),
        )

    def today(self, now: datetime) -> date:
        """Return the day that it is where the program's clocks are."""
        return now.astimezone(self.zone).date()

    @property
    def names(self) -> dict[str, str]:
        """Return the names of everybody on our lists, by id."""
        listed: list[Person | Supporter] = [*self.people.values(), *self.supporters.values()]
        return {one.id: one.name for one in listed}

    def person(self, person_id: str) -> Person | None:
        """Return a person, a supporter or an address of the urgent ring, as somebody to mail."""
        if person_id in self.people:
            return self.people[person_id]
        if person_id in self.supporters:
            return person_behind(self.supporters[person_id])
        ring = {f"ring-{number}": email for number, email in enumerate(self.urgent_ring, start=1)}
        email = ring.get(person_id)
        return Person(person_id, name=email, email=email) if email else None

    @property
    def all_coordinators(self) -> tuple[str, ...]:
        departments = (department.coordinators for department in self.departments.values())
        named = chain(self.default_coordinators, *departments)
        return tuple(dict.fromkeys(named))

    @property
    def all_reviewers(self) -> tuple[str, ...]:
        """Everybody who may ever have to look after a request."""
        return tuple(dict.fromkeys((*self.all_coordinators, *self.deputies, self.outside_person)))

    def found_by(self, address: str) -> tuple[Person, ...]:
        """Return who reviews or supports and has this address: the same person may do both."""
        typed, found = address.strip().lower(), list[str]()
        addresses = [(id, self.people[id].email, "") for id in self.all_reviewers]
        addresses += [(s.id, s.email, s.notify_email) for s in self.supporters.values()]
        for id, *known in addresses:
            # To the end, also once found: how long it takes must not tell who is on our lists.
            if typed and typed in (one.lower() for one in known):
                found.append(id)
        return tuple(person for id in found if (person := self.person(id)) is not None)

    def coordinators_of(self, department: str) -> tuple[str, ...]:
        """Return who reviews for a department; the default ones when it has or is none."""
        found = self.departments.get(department)
        return (found.coordinators if found else ()) or self.default_coordinators


def problems_of(folder: Path) -> list[Problem]:
    """Return everything that is wrong in the admins' folder, warnings included."""
    contents, missing = read_folder(folder)
    _, problems = _read_and_check(contents)
    return missing + problems + overrides_in(contents)[1]


def _read_and_check(contents: Mapping[str, bytes]) -> tuple[Parts, list[Problem]]:
    parts, problems = read_parts(contents)
    return parts, [*problems, *check_parts(parts)]
