"""The page of someone who is asked to come to a session of a training."""

from dataclasses import dataclass

from casebook import invitations
from casebook.casebook import Casebook
from invitations.model import Invitation
from invitations.training import document, is_canceled
from pages.facts.page import Page, SentForm


@dataclass(frozen=True)
class SessionPage(Page):
    """A session: when and where, and whether they come."""

    template = "session.html"
    form: SentForm
    title: str
    when: str
    place: str
    #: "" before the answer, else "yes" or "no".
    answer: str
    has_seat: bool
    #: It has begun, or is not planned anymore.
    is_over: bool
    is_canceled: bool


def page(casebook: Casebook, one: Invitation, form: SentForm) -> SessionPage:
    place = document.read(one.about)
    session = casebook.program.sessions.get(place.session)
    return SessionPage(
        form=form,
        title=session.title if session else "",
        when=invitations.when(casebook, session) if session else place.when_and_where,
        place=session.place if session else "",
        answer=one.answer.value,
        has_seat=place.has_seat,
        is_over=session is None or session.begins_at <= casebook.made_at,
        is_canceled=session is None or is_canceled(one),
    )
