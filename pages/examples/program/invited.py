"""Nominations and trainings, as nominees, guests, coordinators and admins see them."""

from dataclasses import replace
from datetime import timedelta

from engine.invitations import asking, nominations, training
from invitations.model import Answer, Invitation, Kind
from invitations.nomination import Doubt, Nominated, Nomination, document
from pages.examples.shown import Pages, missing
from pages.examples.stage import NotPossible, Stage
from pages.facts.invitations import nominee, nominees, session, sessions
from pages.facts.page import SentForm
from pages.invitations.invited import CHOOSE
from program.training.sessions import Session
from store.invitations import asked
from store.invitations.asked import StoredInvitation

NAMED = Nominated("Alex Example", "alex@example.org", "alex@example.org", True, "Robin Example")


def asked_to_support(stage: Stage) -> Pages:
    """The nominee's page: asked, nothing chosen, yes, and no."""
    person = _nominated(stage).person
    yield "nominee, asked", _nominee(stage, person)
    yield "nominee, nothing chosen", _nominee(stage, person, missing(CHOOSE))
    asking.answer(stage.engine, person, Answer.YES, stage.now)
    yield "nominee, said yes", _nominee(stage, person)
    asking.answer(stage.engine, person, Answer.NO, stage.now)
    yield "nominee, said no", _nominee(stage, person)


def all_nominees(stage: Stage) -> Pages:
    """The coordinators' list, empty and full, and the admins' lines."""
    yield "nominees, none", nominees.page(stage.casebook, SentForm(), "")
    _nominated(stage, replace(NAMED, address=""), Doubt.NO_ADDRESS)
    _nominated(stage, replace(NAMED, name="Kim Example", address="kim@example.org"))
    ready = _nominated(stage, replace(NAMED, name="Lee Example", address="lee@example.org")).person
    asking.answer(stage.engine, ready, Answer.YES, stage.now)
    asking.describe(stage.engine, ready, _about(stage), stage.now)
    yield "nominees", nominees.page(stage.casebook, SentForm(), "")
    nominations.make_ready(stage.engine, ready, stage.now)
    yield "newcomers", nominees.newcomers_page(stage.casebook)


def trainings(stage: Stage) -> Pages:
    """A guest's page and the list of sessions: before and after the first one."""
    planned = sorted(stage.program.sessions.values(), key=lambda one: one.begins_at)
    if not planned:
        raise NotPossible("no session is planned")
    first = planned[0]
    stage.now = first.begins_at - timedelta(days=10)
    yield "sessions, nobody asked", sessions.page(stage.casebook, planned, SentForm())
    training.invite_due(stage.engine, stage.now)
    person = _guest(stage, first)
    yield "session, asked", _session(stage, person)
    training.answer(stage.engine, person, Answer.YES, stage.now)
    yield "session, coming", _session(stage, person)
    yield "sessions", sessions.page(stage.casebook, planned, SentForm())
    stage.now = first.ends_at + timedelta(hours=1)
    yield "sessions, one is over", sessions.page(stage.casebook, planned, SentForm())


def _nominated(
    stage: Stage, named: Nominated = NAMED, doubt: Doubt | None = None
) -> StoredInvitation:
    one = Invitation(
        kind=Kind.NOMINATION,
        name=named.name,
        address=named.address,
        ends_at=stage.now + stage.program.file.invitations.forget_after,
        about=document.write(Nomination(typed=named.typed, doubt=doubt).named_by(named)),
    )
    with stage.store.write() as db:
        stored = asked.add(db, one)
        return stored if doubt else asking.ask(stage.engine, db, stored, stage.now)


def _about(stage: Stage) -> dict[str, str]:
    program = stage.program
    return {
        "name": "Lee Example",
        "role": next(iter(program.roles)),
        "department": next(iter(program.departments)),
        "checks_mail": "daily",
    }


def _guest(stage: Stage, first: Session) -> str:
    for one in asked.of_kind(stage.store.read(), Kind.TRAINING):
        if first.id in one.invitation.about:
            return one.person
    raise NotPossible("nobody needs this session")


def _nominee(stage: Stage, person: str, form: SentForm | None = None) -> nominee.NomineePage:
    one = asking.find(stage.engine, person).invitation
    return nominee.page(stage.casebook, one, form or SentForm())


def _session(stage: Stage, person: str) -> session.SessionPage:
    return session.page(stage.casebook, asking.find(stage.engine, person).invitation, SentForm())
