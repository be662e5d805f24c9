"""The pages about nominees: for coordinators, and for the admins who add them to the roster."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from casebook import invitations, roster, training
from casebook.casebook import Casebook
from invitations import roster_line
from invitations.model import Invitation
from invitations.nomination import Acted, Doubt, Nomination
from invitations.training import lacking
from lib.languages.said import counted_for_staff, for_staff, joined
from pages.facts.common import Fact
from pages.facts.invitations.nominee import said
from pages.facts.page import Page, SentForm
from program.values import RESERVED_ID
from store.invitations.asked import StoredInvitation, shown_as
from workflow import words

#: Why a coordinator must look before anyone is asked.
DOUBTS = {
    Doubt.NO_ADDRESS: for_staff("We couldn’t read the email address. It says: %(typed)s"),
    Doubt.OUTSIDE: for_staff("The email address is outside of your organization: %(typed)s"),
}


@dataclass(frozen=True)
class NomineeLine:
    """One nominee, and what a coordinator may do now."""

    id: str
    name: str
    address: str
    #: Who named them, as far as those people agreed to be named.
    named_by: str
    standing: str
    said: Sequence[Fact]
    #: No one has asked them, or our mail did not get there.
    needs_address: bool
    #: They said yes, and what they said is there.
    is_willing: bool
    is_invited: bool


@dataclass(frozen=True)
class NomineesPage(Page):
    """Everyone who was nominated: those who need a decision first."""

    template = "nominees.html"
    form: SentForm
    lines: Sequence[NomineeLine]
    #: Which wishes fewer than two supporters could meet: whom to invite first.
    lacking: Sequence[str]
    has_trainings: bool
    #: What was just done.
    done: str
    #: How many nominations of a busy day wait; "" if none does. No one is named.
    held: str


def page(casebook: Casebook, form: SentForm, done: str) -> NomineesPage:
    """Return the nominees coordinators may see: a no shows nowhere."""
    everyone = invitations.nominees(casebook)
    found = [one for one in everyone if invitations.is_shown(*one)]
    ordered = sorted(found, key=lambda one: not invitations.waits(*one))
    missing = roster.gaps(casebook, casebook.program.today(casebook.made_at))
    lines = [_line(casebook, *one) for one in ordered]
    held = _held(sum(invitations.is_held(about) for _, about in everyone))
    return NomineesPage(form, lines, missing, bool(casebook.program.sessions), done, held)


def _held(number: int) -> str:
    if not number:
        return ""
    return counted_for_staff(
        "%(num)s nomination came on a busy day",
        "%(num)s nominations came on a busy day",
        number,
    )


def _line(casebook: Casebook, stored: StoredInvitation, about: Nomination) -> NomineeLine:
    one = stored.invitation
    return NomineeLine(
        id=shown_as(casebook.store.read(), stored.person),
        name=one.said.get("name") or one.name or for_staff("No name given"),
        address=one.address,
        named_by=_named_by(about),
        standing=_standing(casebook, one, about),
        said=said(casebook.program, one.said) if not one.acted_on else [],
        needs_address=about.doubt is not None or (one.is_unreachable and not one.said),
        is_willing=bool(one.said) and not one.acted_on,
        is_invited=about.is_invited,
    )


def _named_by(about: Nomination) -> str:
    unnamed = about.number - len(about.nominators)
    others = counted_for_staff("%(num)s colleague", "%(num)s colleagues", unnamed)
    names = ", ".join(about.nominators)
    if not names:
        return for_staff("Nominated by %(whom)s", whom=others)
    if unnamed <= 0:
        return for_staff("Nominated by %(whom)s", whom=names)
    return for_staff(
        "Nominated by %(whom)s, and %(others)s without a name", whom=names, others=others
    )


def _standing(casebook: Casebook, one: Invitation, about: Nomination) -> str:
    if one.acted_on == Acted.READY:
        return for_staff("An admin has been asked to add their line to supporters.csv.")
    if about.doubt is not None:
        return for_staff(DOUBTS[about.doubt], typed=about.typed or for_staff("nothing"))
    if one.is_unreachable:
        return for_staff("Our email to them came back.")
    if one.said:
        return joined(" ", filter(None, (for_staff("Said yes."), _training(casebook, about))))
    day = words.day(casebook.program.today(one.ends_at))
    return for_staff("Said yes, and hasn’t told us more yet. We’ll wait until %(day)s.", day=day)


def _training(casebook: Casebook, about: Nomination) -> str:
    """Say how far their training is."""
    if not about.is_invited:
        return ""
    complete = casebook.program.training.complete
    if not complete:
        return for_staff("You asked them to come to a training.")
    number = sum(complete.values()) - sum(lacking(complete, about.attended).values())
    all_of_them = counted_for_staff("%(num)s session", "%(num)s sessions", sum(complete.values()))
    return for_staff("In training: %(number)s of %(all)s done.", number=number, all=all_of_them)


@dataclass(frozen=True)
class Newcomer:
    """A line for supporters.csv, and what the file has no column for."""

    name: str
    line: str
    left_out: Sequence[str]


@dataclass(frozen=True)
class NewcomersPage(Page):
    """The lines that an admin pastes into supporters.csv."""

    template = "newcomers.html"
    columns: str
    newcomers: Sequence[Newcomer]
    #: Whose line should say that they came to a refresher.
    renewed: Sequence[str]


def newcomers_page(casebook: Casebook) -> NewcomersPage:
    layout, taken = casebook.program.layout, {*casebook.program.names}
    found = []
    for stored in invitations.newcomers(casebook):
        one = stored.invitation
        id = roster_line.free_id(one.said.get("name", one.name), lambda id: _is_free(id, taken))
        taken.add(id)
        cells = _cells(one, id)
        written = roster_line.line(cells, layout.columns, layout.delimiter)
        lacking = roster_line.left_out(cells, layout.columns)
        found.append(Newcomer(one.said.get("name", one.name), written, lacking))
    renewed = [
        for_staff("%(name)s: set refresher_due to %(day)s", name=one.name, day=one.until)
        for one in training.renewed(casebook)
    ]
    return NewcomersPage(layout.delimiter.join(layout.columns), found, renewed)


def _is_free(id: str, taken: Collection[str]) -> bool:
    return id not in taken and not RESERVED_ID.fullmatch(id)


def _cells(one: Invitation, id: str) -> dict[str, str]:
    return {"id": id, "email": one.address, "capacity": "1", "status": "active"} | one.said
