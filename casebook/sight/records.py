"""What we say about a change: who would see more, and who of the people we know left the roster."""

from dataclasses import dataclass
from datetime import datetime

from program import Program

#: The department of a request that states none.
NO_DEPARTMENT = ""


@dataclass(frozen=True)
class Gain:
    """Someone who would see more, or who would be mailed elsewhere; without an id for a pager."""

    id: str
    what: str
    #: Their new address; "" if it stays.
    address: str = ""
    #: No one would see more: people would read something else, or a form would be read otherwise.
    is_reading: bool = False

    @property
    def sentence(self) -> str:
        """What it is, with a period where it does not end with somebody's own words."""
        return self.what if self.what.endswith("”") else f"{self.what}."


@dataclass(frozen=True)
class Former:
    """A supporter who was on the roster, and until when we know them by name."""

    id: str
    name: str
    email: str
    notify_email: str
    until: datetime
    #: The units that they led.
    supervises: tuple[str, ...] = ()
    #: The unit in which they worked, and their other names.
    unit: str = ""
    also_known_as: tuple[str, ...] = ()


def departments_of(old: Program, new: Program) -> dict[str, str]:
    """Return the departments of both programs: one that was removed may have requests."""
    known = {**old.departments, **new.departments}
    return {id: known[id].name for id in known} | {NO_DEPARTMENT: "requests without a department"}
