"""The page of the training's sessions: who comes, and once one is over, who came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from casebook import invitations, training
from casebook.casebook import Casebook
from casebook.training import Guest
from invitations.training import Came
from lib.languages.said import for_staff
from pages.facts.page import Page, SentForm
from program.training.sessions import Session
from store.invitations.asked import shown_as

ACTED = {Came.CAME: for_staff("came"), Came.MISSED: for_staff("missed")}
#: Who came is asked so long; then it is forgotten.
LISTED_FOR = timedelta(days=13)


@dataclass(frozen=True)
class GuestLine:
    """Someone who comes, or whom our mail did not reach: a guest who disappears has said no."""

    id: str
    name: str
    standing: str


@dataclass(frozen=True)
class SessionLine:
    """One session and who comes."""

    id: str
    title: str
    when: str
    place: str
    leader: str
    seats: str
    guests: Sequence[GuestLine]
    #: It is over, and no one has said yet who came.
    asks_who_came: bool


@dataclass(frozen=True)
class SessionsPage(Page):
    """The sessions that someone leads, or for coordinators all of them."""

    template = "sessions.html"
    form: SentForm
    sessions: Sequence[SessionLine]


def page(casebook: Casebook, sessions: Sequence[Session], form: SentForm) -> SessionsPage:
    now = casebook.made_at
    current = [one for one in sessions if one.ends_at + LISTED_FOR > now]
    return SessionsPage(form, [_line(casebook, one) for one in current])


def _line(casebook: Casebook, session: Session) -> SessionLine:
    found = training.guests_of(casebook, session.id)
    shown = [one for one in found if one.says_yes or _did_not_arrive(one)]
    taken = sum(one.place.has_seat for one in shown)
    is_over = session.ends_at <= casebook.made_at
    coming = [one for one in shown if one.says_yes]
    return SessionLine(
        id=session.id,
        title=session.title,
        when=invitations.when(casebook, session),
        place=session.place,
        leader=casebook.program.names.get(session.led_by, session.led_by),
        seats=for_staff("%(taken)s of %(all)s seats taken", taken=taken, all=session.seats),
        guests=[_guest(casebook, one) for one in (coming if is_over else shown)],
        asks_who_came=is_over
        and not casebook.program.training.is_care(session.kind)
        and any(not one.stored.invitation.acted_on for one in coming),
    )


def _did_not_arrive(guest: Guest) -> bool:
    one = guest.stored.invitation
    return one.is_unreachable and not one.is_answered


def _guest(casebook: Casebook, guest: Guest) -> GuestLine:
    one = guest.stored.invitation
    if one.acted_on:
        standing = ACTED[Came(one.acted_on)]
    elif not guest.says_yes:
        standing = for_staff("our email came back")
    else:
        standing = for_staff("coming") if guest.place.has_seat else for_staff("on the waiting list")
    id = shown_as(casebook.store.read(), guest.stored.person)
    return GuestLine(id, guest.name, standing)
