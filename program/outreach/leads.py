"""Who checks in with colleagues after a hard event: the first tier of support."""

from program import Program


def leads_of(program: Program) -> dict[str, list[str]]:
    """Return the names of the departments that each lead has, by the lead's id."""
    found = dict[str, list[str]]()
    for department in program.departments.values():
        for id in department.leads:
            found.setdefault(id, []).append(department.name)
    return found
