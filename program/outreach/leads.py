"""Who checks in with colleagues after a hard event: the first tier of support."""

from itertools import chain

from program import Program


def coordinators_for(program: Program, lead: str) -> list[str]:
    """Return the names of the other people who review requests from a lead's departments."""
    led = [id for id, department in program.departments.items() if lead in department.leads]
    reviewing = dict.fromkeys(chain.from_iterable(map(program.coordinators_of, led)))
    return [program.names[id] for id in reviewing if id != lead]


def leads_of(program: Program) -> dict[str, list[str]]:
    """Return the names of the departments that each lead has, by the lead's id."""
    found = dict[str, list[str]]()
    for department in program.departments.values():
        for id in department.leads:
            found.setdefault(id, []).append(department.name)
    return found
