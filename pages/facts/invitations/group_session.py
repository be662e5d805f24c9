"""The page of someone who is asked to a group session after a hard event."""

from dataclasses import dataclass

from casebook import group_sessions, invitations
from casebook.casebook import Casebook
from invitations.model import Invitation
from pages.facts.page import Page, SentForm


@dataclass(frozen=True)
class GroupSessionPage(Page):
    """A group session: when and where, who leads it, and whether they come."""

    template = "group_session.html"
    is_translatable = True
    form: SentForm
    when: str
    place: str
    leaders: str
    #: "" before the answer, else "yes" or "no".
    answer: str
    #: It has begun, or ended.
    is_over: bool
    is_canceled: bool


def page(casebook: Casebook, one: Invitation, form: SentForm) -> GroupSessionPage:
    session = group_sessions.session_for(casebook, one)
    return GroupSessionPage(
        form=form,
        when=invitations.when(casebook, session) if session else "",
        place=session.place if session else "",
        leaders=group_sessions.leaders(casebook, session) if session else "",
        answer=one.answer.value,
        is_over=session is None or session.begins_at <= casebook.made_at,
        # Another one may be planned by now: the answer is about theirs.
        is_canceled=bool(one.acted_on),
    )
