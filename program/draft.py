"""The valid parts of the admins' files, so that one wrong value does not hide others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, TypeAdapter, ValidationError

from lib.addresses import canonical
from lib.working_time import WorkingTime
from program.shapes import PromiseShape, UnitShape, WorkingHoursShape
from program.times.working_hours import working_time
from program.values import ClosedDays, Country, Zone
from workflow.model import PromiseKind

Table = Mapping[str, Any]
AnyModel = TypeVar("AnyModel", bound=BaseModel)
Found = TypeVar("Found")
PROMISES = TypeAdapter(dict[PromiseKind, PromiseShape])
ZONE: TypeAdapter[ZoneInfo] = TypeAdapter(Zone)
COUNTRY: TypeAdapter[str] = TypeAdapter(Country)
CLOSED_DAYS: TypeAdapter[dict[date, str]] = TypeAdapter(ClosedDays)
#: The tables of survey.toml with forms that bring no requests.
NO_REQUESTS = ("nomination", "referral")
MAPPED_TO_PROGRAM = {"department": "departments", "role": "roles", "specialty": "specialties"}


@dataclass(frozen=True)
class Draft:
    """The names in program.toml as written, without entries of a wrong type."""

    mail_name: str
    #: Everyone under [people], with the address as written.
    addresses: dict[str, str]
    names: dict[str, str]
    #: The ids under [duties], by duty.
    duties: dict[str, tuple[str, ...]]
    #: The ids of coordinators, by department.
    coordinators: dict[str, tuple[str, ...]]
    #: The ids of who checks in with colleagues, by department.
    leads: dict[str, tuple[str, ...]]
    departments: tuple[str, ...]
    roles: tuple[str, ...]
    specialties: tuple[str, ...]
    phones: dict[str, str]
    #: The units in which people on the program's side work.
    workplaces: frozenset[str]
    #: The units that someone leads.
    supervised: dict[str, tuple[str, ...]]
    #: All of program.toml, for tables that are checked as a whole.
    written: Table

    @property
    def all_coordinators(self) -> set[str]:
        named = (*self.coordinators.values(), self.duties.get("default_coordinators", ()))
        return {id for ids in named for id in ids}

    def addresses_of(self, ids: Iterable[str]) -> set[str]:
        """Return the distinct addresses of these ids; unknown ids have none."""
        return {canonical(self.addresses[id]) for id in ids if id in self.addresses}

    def shaped(self, key: str, shape: type[AnyModel]) -> AnyModel | None:
        """Return a table if it is valid, else None."""
        written = self.written.get(key, {})
        return _valid(shape.model_validate, written)

    @property
    def units(self) -> dict[str, UnitShape]:
        """Return the units that are valid."""
        written = _table(self.written, "units")
        found = ((id, _valid(UnitShape.model_validate, unit)) for id, unit in written.items())
        return {id: unit for id, unit in found if unit is not None}

    @property
    def promises(self) -> dict[PromiseKind, PromiseShape] | None:
        return _valid(PROMISES.validate_python, self.written.get("promises", {}))

    @property
    def zone(self) -> ZoneInfo | None:
        return _valid(ZONE.validate_python, self.written.get("time_zone"))

    @property
    def working(self) -> WorkingTime | None:
        """Return the working time; None if any key that it needs is wrong."""
        hours = self.shaped("working_hours", WorkingHoursShape)
        zone = self.zone
        country = _valid(COUNTRY.validate_python, self.written.get("country"))
        closed = _valid(CLOSED_DAYS.validate_python, self.written.get("closed_days", {}))
        if hours is None or zone is None or country is None or closed is None:
            return None
        return working_time(hours, zone, country, closed)


def draft_of(program: Table) -> Draft:
    """Return what program.toml has, as far as its types are right."""
    people, duties = _table(program, "people"), _table(program, "duties")
    departments = _table(program, "departments")
    return Draft(
        mail_name=str(program.get("mail_name", "")),
        addresses={id: str(_table(people, id).get("email", id)) for id in people},
        names={id: str(_table(people, id).get("name", id)) for id in people},
        phones={id: str(_table(people, id).get("phone", "")) for id in people},
        workplaces=frozenset(str(_table(people, id).get("unit", "")) for id in people),
        supervised={id: _ids(_table(people, id).get("supervises", [])) for id in people},
        duties={duty: _ids(written) for duty, written in duties.items()},
        coordinators={id: _ids(_table(departments, id).get("coordinators")) for id in departments},
        leads={id: _ids(_table(departments, id).get("leads", [])) for id in departments},
        departments=tuple(departments),
        roles=tuple(_table(program, "roles")),
        specialties=tuple(_table(program, "specialties")),
        written=program,
    )


@dataclass(frozen=True)
class Word:
    """A word in a survey's map that must be an id of program.toml, and its place."""

    text: str
    table: str
    place: str


def words_used(
    surveys: Table, mapped: Mapping[str, str] = MAPPED_TO_PROGRAM, *, with_empty: bool = False
) -> Iterator[Word]:
    """Yield every word in the surveys' maps that must name an entry of a table."""
    for survey in _tables(surveys.get("survey")):
        facts = _table(survey, "facts")
        for fact, table in mapped.items():
            source = _table(facts, fact)
            place = f"survey {survey.get('id', '')}, facts.{fact}"
            for choice, word in _table(source, "choices").items():
                if word != "" or with_empty:
                    yield Word(str(word), table, f"{place}.choices.{choice}")
            if "always" in source:
                yield Word(str(source["always"]), table, f"{place}.always")


def questions_of(surveys: Table) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the id of each form for requests, with the question of each fact."""
    for survey in _tables(surveys.get("survey")):
        facts = survey.get("facts")
        written = facts.items() if isinstance(facts, Mapping) else ()
        keys = {
            fact: source.get("key") if isinstance(source, Mapping) else source
            for fact, source in written
        }
        found = {fact: key.strip() for fact, key in keys.items() if isinstance(key, str)}
        yield str(survey.get("id", "")), found


def survey_ids(surveys: Table, table: str = "survey") -> list[str]:
    return [str(form["id"]) for form in _tables(surveys.get(table)) if "id" in form]


def survey_owners(surveys: Table) -> dict[str, str]:
    """Return who deletes by hand what forgotten requests leave in Qualtrics, by survey."""
    tables = (surveys.get(table) for table in ("survey", *NO_REQUESTS))
    written = [one for table in tables for one in _tables(table)]
    return {str(one.get("id", "")): str(one["owner"]) for one in written if one.get("owner")}


def _table(outer: Table, key: str) -> Table:
    found = outer.get(key)
    return found if isinstance(found, Mapping) else {}


def _tables(written: object) -> list[Table]:
    return [one for one in written if isinstance(one, Mapping)] if isinstance(written, list) else []


def _ids(written: object) -> tuple[str, ...]:
    several = written if isinstance(written, list) else [written]
    return tuple(id for id in several if isinstance(id, str))


def _valid(validate: Callable[[Any], Found], written: object) -> Found | None:
    try:
        return validate(written)
    except ValidationError:
        return None
