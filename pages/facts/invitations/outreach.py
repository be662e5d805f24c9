"""The page on which coordinators write to a group after a hard event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from casebook import group_sessions, invitations
from casebook.casebook import Casebook
from invitations.model import Kind
from invitations.outreach import FEWEST, MOST_ADDRESSES, GroupSession, group_document
from lib.languages.said import counted_for_staff, for_staff, joined
from pages.facts.page import Page, SentForm
from pages.facts.public.qr import picture
from people.supporters import Supporter, SupporterStatus
from program import Program
from store.invitations import asked
from store.invitations.asked import StoredInvitation, shown_as
from workflow import words

TOO_FEW = for_staff(
    "A group session needs at least %(fewest)s addresses. With fewer, it’s easy to tell who said"
    " yes.",
    fewest=FEWEST,
)
#: What was just done, by how the address says it.
DONE = {
    "": for_staff("We’re writing to them."),
    "link": for_staff("No email goes out. The link is below."),
}
#: How many minutes a group session may take.
LENGTHS = (30, 45, 60, 90, 120)


@dataclass(frozen=True)
class SessionLine:
    """A group session; coordinators don't learn how many come."""

    when: str
    place: str
    leaders: str
    is_canceled: bool
    may_cancel: bool


@dataclass(frozen=True)
class GroupLine:
    """One group that was written to; no one in it has a name here."""

    id: str
    unit: str
    standing: str
    #: The link to post; "" once the time is over.
    link: str
    #: The same as a picture, to print.
    qr: str
    session: SessionLine | None
    may_invite: bool
    #: Why no one may be invited to a group session; "" if they may, or it is too late.
    too_few: str


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
    #: What was just done; "" if nothing was.
    done: str
    #: How long a group session may take, by the number of minutes.
    lengths: Mapping[int, str]
    #: Who may lead one.
    leaders: Sequence[Supporter]


def page(
    casebook: Casebook, form: SentForm, link: Callable[[StoredInvitation], str], done: str = ""
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
        lengths={
            one: counted_for_staff("%(num)s minute", "%(num)s minutes", one) for one in LENGTHS
        },
        leaders=leaders(program),
    )


def leaders(program: Program) -> list[Supporter]:
    """Return the supporters who may lead a group session, by name."""
    known = program.supporters.values()
    active = (one for one in known if one.status is SupporterStatus.ACTIVE)
    return sorted(active, key=lambda one: one.name)


def _line(casebook: Casebook, stored: StoredInvitation, link: str) -> GroupLine:
    one, program = stored.invitation, casebook.program
    about = group_document.read(one.about)
    until = one.until or one.ends_at
    is_over = until <= casebook.made_at
    day = words.day(program.today(until))
    if is_over:
        standing = for_staff("It’s over.")
    elif not about.number:
        standing = for_staff("You can post the link until %(day)s.", day=day)
    else:
        standing = for_staff("They have until %(day)s to answer.", day=day)
    if about.number:
        given = counted_for_staff(
            "You gave %(num)s address.", "You gave %(num)s addresses.", about.number
        )
        standing = joined(" ", (given, standing))
    session, now = about.session, casebook.made_at
    has_one = session is not None and session.is_planned(now)
    may_invite = bool(about.number) and not is_over and not has_one
    return GroupLine(
        id=shown_as(casebook.store.read(), stored.person),
        unit=one.name,
        standing=standing,
        link="" if is_over else link,
        qr="" if is_over else picture(link),
        session=_session(casebook, session) if session else None,
        may_invite=may_invite and about.is_enough,
        too_few=TOO_FEW if may_invite and not about.is_enough else "",
    )


def _session(casebook: Casebook, session: GroupSession) -> SessionLine:
    return SessionLine(
        when=invitations.when(casebook, session),
        place=session.place,
        leaders=group_sessions.leaders(casebook, session),
        is_canceled=session.is_canceled,
        may_cancel=session.is_planned(casebook.made_at),
    )
