"""The page of a nominee: would they like to be considered, and what they say about themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casebook.casebook import Casebook
from casebook.invitations import choices, unit_names
from invitations.model import Invitation
from invitations.nomination import Acted, document
from lib.languages.said import for_staff, joined
from lib.phones import example
from pages.facts.common import Fact
from pages.facts.page import Page, SentForm
from program import Program
from workflow import words

#: What a nominee said, in the order in which the page shows it.
LABELS = {
    "name": for_staff("Name"),
    "role": for_staff("Role"),
    "specialty": for_staff("Specialty"),
    "department": for_staff("Department"),
    "unit": for_staff("Unit"),
    "site": for_staff("Site"),
    "supervises": for_staff("Leads"),
    "languages": for_staff("Languages"),
    "times": for_staff("Best time"),
    "phone": for_staff("Phone"),
    "text_ok": for_staff("Texts"),
    "checks_mail": for_staff("Reads email"),
}


@dataclass(frozen=True)
class Choosable:
    """One value of a field, with its words."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True)
class NomineeForm:
    """What a nominee fills in, with what they said before or have just sent."""

    name: str
    phone: str
    #: As people of the country write theirs.
    phone_example: str
    unit: str
    supervises: str
    units: Sequence[str]
    roles: Sequence[Choosable]
    departments: Sequence[Choosable]
    specialties: Sequence[Choosable]
    sites: Sequence[Choosable]
    habits: Sequence[Choosable]
    languages: Sequence[Choosable]
    times: Sequence[Choosable]
    may_text: bool


@dataclass(frozen=True)
class NomineePage(Page):
    """What a nominee is asked, and what became of it."""

    template = "nominee.html"
    form: SentForm
    #: "" before the answer, else "yes" or "no".
    answer: str
    #: The day on which an answer that is not a yes is forgotten.
    until: str
    is_invited: bool
    #: An admin writes them into the roster.
    is_ready: bool
    is_declined: bool
    said: Sequence[Fact]
    #: None unless they may fill it in.
    asked: NomineeForm | None


def page(casebook: Casebook, one: Invitation, form: SentForm) -> NomineePage:
    about, program = document.read(one.about), casebook.program
    may_say = one.answer == "yes" and not one.acted_on
    return NomineePage(
        form=form,
        answer=one.answer.value,
        until=words.day(program.today(one.ends_at)),
        is_invited=about.is_invited,
        is_ready=one.acted_on == Acted.READY,
        is_declined=one.acted_on == Acted.DECLINED,
        said=said(program, one.said),
        asked=_form(program, one, form) if may_say else None,
    )


def said(program: Program, cells: Mapping[str, str]) -> list[Fact]:
    """Return what someone said about themselves, in words."""
    offered = choices(program)
    return [
        Fact(label, _words(offered.get(column, {}), cells[column]))
        for column, label in LABELS.items()
        if cells.get(column)
    ]


def _words(offered: Mapping[str, str], cell: str) -> str:
    return joined(", ", (offered.get(one, one) for one in cell.split(" | ")))


def _form(program: Program, one: Invitation, form: SentForm) -> NomineeForm:
    offered, sent = choices(program), form.kept
    is_sent = bool(form.problem) and "role" in sent

    def cell(column: str) -> str:
        return sent.get(column, "") if is_sent else one.said.get(column, "")

    def several(column: str) -> list[str]:
        return sent.getlist(column) if is_sent else one.said.get(column, "").split(" | ")

    def listed(column: str) -> list[Choosable]:
        chosen = several(column)
        return [Choosable(value, said, value in chosen) for value, said in offered[column].items()]

    return NomineeForm(
        name=cell("name"),
        phone=cell("phone"),
        phone_example=example(program.file.country),
        unit=cell("unit"),
        supervises=cell("supervises"),
        units=unit_names(program),
        roles=listed("role"),
        departments=listed("department"),
        specialties=listed("specialty"),
        sites=listed("site"),
        habits=listed("checks_mail"),
        languages=listed("languages"),
        times=listed("times"),
        may_text=cell("text_ok") == "yes",
    )
