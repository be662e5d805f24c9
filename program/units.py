"""The units that the admins' files name: what they are called, and who leads them."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from lib.text import folded
from people.records import Person
from people.same_person import traits_of_listed
from people.supporters import Supporter
from people.units import Unit, Units, unit_words
from program.draft import Draft
from program.problems import Problem, quoted, shown, suggestion
from program.roster import FILE as SUPPORTERS
from program.roster import Roster
from program.shapes import UnitShape
from program.values import LONGEST_ID

PROGRAM = "program.toml"

AnyListed = TypeVar("AnyListed", Person, Supporter)


def units_of(
    written: Mapping[str, UnitShape], listed: Iterable[Person | Supporter]
) -> tuple[Units, Mapping[str, UnitShape]]:
    """Return all known units, those that only people's lines name too; and [units] by name."""
    shapes = {shape.name: shape for shape in written.values()}
    units = [Unit(shape.name, shape.also) for shape in shapes.values()]
    known = {words for unit in units for one in unit.spellings if (words := unit_words(one))}
    for one in listed:
        for text in (one.unit, *one.supervises):
            words = unit_words(text)
            if words and words not in known:
                known.add(words)
                units.append(Unit(text))
    return Units(units), shapes


def leading(one: AnyListed, written: Mapping[str, UnitShape]) -> AnyListed:
    """Return a listed person with the units that [units] says they lead."""
    led: tuple[str, ...] = tuple(unit.name for unit in written.values() if one.id in unit.led_by)
    if not led:
        return one
    units: tuple[str, ...] = (*one.supervises, *led)
    return replace(one, supervises=tuple(dict.fromkeys(units)))


def leading_as_others(one: AnyListed, listed: Iterable[Person | Supporter]) -> AnyListed:
    """Return a listed person with the units that they lead under another id."""
    traits, units = traits_of_listed(one), [*one.supervises]
    for other in listed:
        if other.supervises and not traits.isdisjoint(traits_of_listed(other)):
            units += other.supervises
    return replace(one, supervises=tuple(dict.fromkeys(units)))


def departments_led(
    one: Person | Supporter, units: Units, shapes: Mapping[str, UnitShape]
) -> set[str]:
    """Return the departments in which someone leads a unit, as far as the files say; else none."""
    found = {one.department} if isinstance(one, Supporter) else set[str]()
    for text in one.supervises:
        found |= {shapes[name].department for name in units.meant_by(text) if name in shapes}
    return found - {""}


def lines_to_add(typed: str, name: str, written: Mapping[str, UnitShape]) -> tuple[str, ...]:
    """Return the lines of program.toml by which a typed unit is known from now on.

    `name` is the listed unit that it is; "" if it is none of them.
    """
    id = next((id for id, unit in written.items() if unit.name == name), "")
    if id:
        also = ", ".join(map(quoted_toml, (*written[id].also, typed)))
        return (f"[units.{id}]", f"also = [{also}]")
    new = "-".join(re.findall(r"[a-z0-9]+", folded(name or typed)))[:LONGEST_ID].strip("-")
    also = f"also = [{quoted_toml(typed)}]" if name else "led_by = []"
    return (f"[units.{new or 'unit'}]", f"name = {quoted_toml(name or typed)}", also)


def quoted_toml(text: str) -> str:
    """Return a text as a string of a TOML file."""
    return json.dumps(text, ensure_ascii=False)


def unit_problems(draft: Draft, roster: Roster | None) -> Iterator[Problem]:
    """Yield leaders and departments that no one knows, and names of two units."""
    listed = {*draft.addresses, *_ids(roster)} if roster else None
    first = dict[tuple[str, ...], str]()
    for id, unit in draft.units.items():
        place = f"units.{id}"
        if unit.department and unit.department not in draft.departments:
            what = f"{shown(unit.department)} is not one of [departments]"
            allowed = suggestion(unit.department, draft.departments)
            yield Problem(PROGRAM, f"{place}.department", what, allowed)
        yield from _unknown_leaders(place, unit.led_by, listed)
        for one in (unit.name, *unit.also):
            other = first.setdefault(unit_words(one), id)
            if other != id:
                what = f"{shown(one)} is a name of units.{other} too"
                yield Problem(PROGRAM, place, what, "write each name under one unit")


def led_apart(draft: Draft, roster: Roster) -> Iterator[Problem]:
    """Warn where the two entries of one person, in the two files, lead different units."""
    people = [
        Person(id, draft.names[id], draft.addresses[id], draft.phones[id]) for id in draft.names
    ]
    for row in roster.rows:
        one = roster.supporters.get(row.cells.get("id", ""))
        traits = traits_of_listed(one) if one is not None else frozenset[str]()
        for other in people:
            if one is None or traits.isdisjoint(traits_of_listed(other)):
                continue
            here = _led(draft, one.id, one.supervises)
            there = _led(draft, other.id, draft.supervised[other.id])
            if here.keys() != there.keys():
                what = f"leads {_listed(here)} here, and {_listed(there)} as people.{other.id}"
                allowed = (
                    "if it is one person, write the same in both; if not, correct what is alike"
                )
                place = f"line {row.line}, supervises"
                yield Problem(SUPPORTERS, place, what, allowed, is_warning=True)


def _led(draft: Draft, id: str, supervised: Iterable[str]) -> dict[tuple[str, ...], str]:
    """Return the units that one entry leads, by their words."""
    led = (unit.name for unit in draft.units.values() if id in unit.led_by)
    return {unit_words(unit): unit for unit in (*supervised, *led)}


def _listed(units: Mapping[tuple[str, ...], str]) -> str:
    return quoted(units.values()) if units else "nothing"


def _ids(roster: Roster) -> Iterator[str]:
    return (row.cells.get("id", "") for row in roster.rows)


def _unknown_leaders(
    place: str, ids: Iterable[str], listed: Collection[str] | None
) -> Iterator[Problem]:
    for id in ids:
        if listed is not None and id not in listed:
            what = f"{shown(id)} is neither an id of [people] nor of supporters.csv"
            yield Problem(PROGRAM, f"{place}.led_by", what, suggestion(id, listed))
