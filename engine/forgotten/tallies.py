"""What is left of a forgotten case: one more in a quarter's counters."""

from collections.abc import Iterator

from matching.fairness import quarter_of
from program import Program
from workflow.model import Case


def counters_of(case: Case, program: Program) -> Iterator[tuple[str, str, str]]:
    """Yield (quarter, what, value), chosen so that combined counters do not lead to a person."""
    if case.is_test:
        return
    quarter = quarter_of(program.today(case.submitted_at))
    facts = case.facts
    role = program.roles.get(facts.role)
    department = program.departments.get(facts.department)
    yield quarter, "requests", "all"
    yield quarter, "role_group", role.group if role else "not stated"
    yield quarter, "department_group", department.group if department else "not stated"
    yield quarter, "outcome", str(case.outcome or "")
    yield quarter, "wish_role", facts.wish_role
    yield quarter, "wish_specialty", facts.wish_specialty
    yield quarter, "wish_department", facts.wish_department
