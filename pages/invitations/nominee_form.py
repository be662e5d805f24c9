"""Reads what a nominee says about themselves, as cells of supporters.csv."""

import re
from collections.abc import Iterator, Mapping

from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from casebook.invitations import choices
from lib.languages.said import for_staff
from lib.phones import example, is_number
from lib.text import one_line
from pages.forms import BadForm
from program import Program
from program.roster import SupporterRow
from program.values import Circumstances

LONGEST = 120
#: What is typed; the rest is chosen.
TYPED = ("name", "phone", "unit")
#: Between units, as people type them on a phone.
BETWEEN = re.compile(r"\s*[,;|]\s*")
CHOSEN = ("role", "department", "specialty", "checks_mail", "site")
SEVERAL = ("languages", "times")
MUST = {
    "name": for_staff("Write your name, then press Send my answers."),
    "role": for_staff("Choose your role, then press Send my answers."),
    "department": for_staff("Choose your department, then press Send my answers."),
    "checks_mail": for_staff("Choose how often you read email, then press Send my answers."),
}
WRONG_PHONE = for_staff("Write a phone number that we can dial, for example %(example)s.")
#: What our own rules for the roster say no to, which no one should have to read here.
UNCLEAR = for_staff("Write it in a few plain words: %(what)s.")
LABELS = {
    "name": for_staff("your name"),
    "phone": for_staff("your phone"),
    "unit": for_staff("your unit"),
    "supervises": for_staff("the units you lead"),
}


def said_in(form: MultiDict[str, str], program: Program) -> dict[str, str]:
    """Return the cells that were filled in; BadForm says what is missing or wrong."""
    cells = dict(_cells(form, program))
    for column, problem in MUST.items():
        if not cells.get(column):
            raise BadForm(problem)
    if cells.get("phone") and not is_number(cells["phone"], program.file.country):
        raise BadForm(for_staff(WRONG_PHONE, example=example(program.file.country)))
    _check(cells, program)
    return cells


def _cells(form: MultiDict[str, str], program: Program) -> Iterator[tuple[str, str]]:
    offered: Mapping[str, Mapping[str, str]] = choices(program)
    for column in TYPED:
        if typed := one_line(form.get(column, ""), LONGEST):
            yield column, typed
    if led := one_line(form.get("supervises", ""), LONGEST):
        units = [led] if led in program.units.by_name else filter(None, BETWEEN.split(led))
        yield "supervises", " | ".join(units)
    for column in CHOSEN:
        if (chosen := form.get(column, "")) in offered[column]:
            yield column, chosen
    for column in SEVERAL:
        ticked = [one for one in form.getlist(column) if one in offered[column]]
        if ticked:
            yield column, " | ".join(ticked)
    yield "text_ok", "yes" if form.get("text_ok") == "yes" else "no"


def _check(cells: Mapping[str, str], program: Program) -> None:
    """Hold the cells against the rules of the file, except for what it says about others."""
    row = {"id": "nominee", "email": "nominee@example.org", **cells}
    try:
        SupporterRow.model_validate(row, context=Circumstances(program.file.country, False))
    except ValidationError as error:
        column = str(next(iter(error.errors()[0]["loc"]), "name"))
        raise BadForm(for_staff(UNCLEAR, what=LABELS.get(column, column))) from None
