"""The names in the admins' files as written, so that one wrong value does not hide the others."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, TypeAdapter, ValidationError

from lib.addresses import canonical
from lib.working_time import WorkingTime
from program.shapes import (
    MatchingShape,
    PromiseShape,
    QuietHoursShape,
    TimesShape,
    WorkingHoursShape,
)
from program.values import ClosedDays, Country, Zone
from program.working_hours import working_time
from workflow.model import PromiseKind

Table = Mapping[str, Any]
AnyModel = TypeVar("AnyModel", bound=BaseModel)
PROMISES = TypeAdapter(dict[PromiseKind, PromiseShape])
ZONE: TypeAdapter[ZoneInfo] = TypeAdapter(Zone)
COUNTRY: TypeAdapter[str] = TypeAdapter(Country)
CLOSED_DAYS: TypeAdapter[dict[date, str]] = TypeAdapter(ClosedDays)
MAPPED_TO_PROGRAM = {"department": "departments", "role": "roles", "specialty": "specialties"}


@dataclass(frozen=True)
class Draft:
    """What program.toml names; tables that are not right are None, wrong entries left out."""

    mail_name: str
    #: Everybody under [people], with the address as written.
    addresses: dict[str, str]
    names: dict[str, str]
    #: Who is named under [duties], by duty.
    duties: dict[str, tuple[str, ...]]
    #: Who is named as coordinators, by department.
    coordinators: dict[str, tuple[str, ...]]
    departments: tuple[str, ...]
    roles: tuple[str, ...]
    specialties: tuple[str, ...]
    promises: dict[PromiseKind, PromiseShape] | None
    times: TimesShape | None
    quiet_hours: QuietHoursShape | None
    #: None also when its zone or its closed days are not right.
    working: WorkingTime | None
    matching: MatchingShape | None

    @property
    def all_coordinators(self) -> set[str]:
        named = (*self.coordinators.values(), self.duties.get("default_coordinators", ()))
        return {id for ids in named for id in ids}

    def addresses_of(self, ids: Iterable[str]) -> set[str]:
        """Return different addresses of different people; unknown ids have none."""
        return {canonical(self.addresses[id]) for id in ids if id in self.addresses}


def draft_of(program: Table) -> Draft:
    """Take from program.toml what is there, as far as it has the right type."""
    people, duties = _table(program, "people"), _table(program, "duties")
    departments = _table(program, "departments")
    return Draft(
        mail_name=str(program.get("mail_name", "")),
        addresses={id: str(_table(people, id).get("email", id)) for id in people},
        names={id: str(_table(people, id).get("name", id)) for id in people},
        duties={duty: _ids(written) for duty, written in duties.items()},
        coordinators={id: _ids(_table(departments, id).get("coordinators")) for id in departments},
        departments=tuple(departments),
        roles=tuple(_table(program, "roles")),
        specialties=tuple(_table(program, "specialties")),
        promises=_promises(program),
        times=_shaped(program, "times", TimesShape),
        quiet_hours=_shaped(program, "quiet_hours", QuietHoursShape),
        working=_working(program),
        matching=_shaped({"matching": {}, **program}, "matching", MatchingShape),
    )


def words_used(
    surveys: Table, mapped: Mapping[str, str] = MAPPED_TO_PROGRAM
) -> Iterator[tuple[str, str, str]]:
    """Yield the place, the table of program.toml and the word of every choice that names one."""
    for survey in _tables(surveys.get("survey")):
        facts = _table(survey, "facts")
        for fact, table in mapped.items():
            source = _table(facts, fact)
            place = f"survey {survey.get('id', '')}, facts.{fact}"
            for choice, word in _table(source, "choices").items():
                if word != "":
                    yield f"{place}.choices.{choice}", table, str(word)
            if "always" in source:
                yield f"{place}.always", table, str(source["always"])


def survey_ids(surveys: Table) -> list[str]:
    return [str(survey["id"]) for survey in _tables(surveys.get("survey")) if "id" in survey]


def _table(outer: Table, key: str) -> Table:
    found = outer.get(key)
    return found if isinstance(found, Mapping) else {}


def _tables(written: object) -> list[Table]:
    return [one for one in written if isinstance(one, Mapping)] if isinstance(written, list) else []


def _ids(written: object) -> tuple[str, ...]:
    several = written if isinstance(written, list) else [written]
    return tuple(id for id in several if isinstance(id, str))


def _shaped(program: Table, key: str, shape: type[AnyModel]) -> AnyModel | None:
    try:
        return shape.model_validate(program.get(key))
    except ValidationError:
        return None


def _promises(program: Table) -> dict[PromiseKind, PromiseShape] | None:
    try:
        return PROMISES.validate_python(program.get("promises", {}))
    except ValidationError:
        return None


def _working(program: Table) -> WorkingTime | None:
    hours = _shaped({"working_hours": {}, **program}, "working_hours", WorkingHoursShape)
    try:
        zone = ZONE.validate_python(program.get("time_zone"))
        country = COUNTRY.validate_python(program.get("country"))
        closed = CLOSED_DAYS.validate_python(program.get("closed_days", {}))
    except ValidationError:
        return None
    return working_time(hours, zone, country, closed) if hours else None
