"""The page on which coordinators write to a group after a hard event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from casebook.casebook import Casebook
from invitations.model import Kind
from invitations.outreach import MOST_ADDRESSES, group_document
from lib.languages.said import for_staff, joined
from pages.facts.page import Page, SentForm
from store.invitations import asked
from store.invitations.asked import StoredInvitation
from workflow import words


@dataclass(frozen=True)
class GroupLine:
    """One group that was written to; nobody in it has a name here."""

    unit: str
    standing: str
    #: The link to post; "" once the time is over.
    link: str


@dataclass(frozen=True)
class Spoken:
    """A language in which a group may be written to."""

    code: str
    name: str


@dataclass(frozen=True)
class OutreachPage(Page):
    """The form for a group, and the groups of the last weeks."""

    template = "outreach.html"
    form: SentForm
    most: int
    languages: Sequence[Spoken]
    groups: Sequence[GroupLine]
    done: bool


def page(
    casebook: Casebook, form: SentForm, link: Callable[[StoredInvitation], str], done: bool = False
) -> OutreachPage:
    """Return the page; `link` says where a group's link leads."""
    program = casebook.program
    found = reversed(asked.of_kind(casebook.store.read(), Kind.GROUP))
    codes = sorted(program.languages, key=lambda code: (code != program.file.language, code))
    return OutreachPage(
        form=form,
        most=MOST_ADDRESSES,
        languages=[Spoken(code, program.language(code).own_name) for code in codes],
        groups=[_line(casebook, one, link(one)) for one in found],
        done=done,
    )


def _line(casebook: Casebook, stored: StoredInvitation, link: str) -> GroupLine:
    one, program = stored.invitation, casebook.program
    about, bound = group_document.read(one.about), program.file.reports.bound
    until = one.until or one.ends_at
    is_over = until <= casebook.made_at
    day = words.day(program.today(until))
    shown = about.shown(bound)
    if not about.number and is_over:
        standing = for_staff("Over.")
    elif not about.number:
        standing = for_staff("You can post the link until %(day)s.", day=day)
    elif not is_over:
        standing = for_staff("They have until %(day)s. Then we count how many said yes.", day=day)
    elif shown is not None:
        standing = for_staff("%(number)s said yes.", number=shown)
    else:
        standing = for_staff(
            "We don’t show how many said yes: one of the two groups is smaller than %(bound)s.",
            bound=bound,
        )
    if about.number:
        given = for_staff("You gave %(number)s addresses.", number=about.number)
        standing = joined(" ", (given, standing))
    return GroupLine(one.name, standing, "" if is_over else link)
