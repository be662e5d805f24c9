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
from program import Program
from program.training.sessions import Session, SessionShape, TrainingShape
from store.invitations import asked
from store.invitations.asked import StoredInvitation

NAMED = Nominated("Alex Example", "alex@example.org", "alex@example.org", True, "Robin Example")


def asked_to_support(stage: Stage) -> Pages:
    """The nominee's page: asked, nothing chosen, yes, and no."""
    person = _nominated(stage).person
    yield "nominee, asked", _nominee(stage, person)
    yield (
        "nominee, nothing chosen",
        _nominee(stage, person, missing(stage.program.english.own(CHOOSE))),
    )
    asking.answer(stage.engine, person, Answer.YES, stage.now)
    yield "nominee, said yes", _nominee(stage, person)
    asking.describe(stage.engine, person, _about(stage), stage.now)
    page = _nominee(stage, person)
    yield "nominee, told us", page
    yield "nominee, invited", replace(page, is_invited=True)
    yield "nominee, ready", replace(page, is_ready=True, asked=None)
    yield "nominee, not needed now", replace(page, is_declined=True, asked=None)
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
    for _ in range(3):
        _nominated(stage, doubt=Doubt.MANY)
    yield "nominees", nominees.page(stage.casebook, SentForm(), "")
    nominations.make_ready(stage.engine, ready, stage.now)
    page = nominees.newcomers_page(stage.casebook)
    yield "newcomers", page
    lacking = [replace(one, left_out=["languages"]) for one in page.newcomers]
    yield "newcomers, a column lacks", replace(page, newcomers=lacking)
    renewed = ["Robin Example: set refresher_due to 2028-11-29"]
    yield "newcomers, a refresher", replace(page, newcomers=[], renewed=renewed)
    yield "newcomers, all there", replace(page, newcomers=[], renewed=[])


def trainings(stage: Stage) -> Pages:
    """A guest's page and the list of sessions: before and after the first one."""
    stage.program = _with_session(stage)
    planned = list(stage.program.sessions.values())
    first = planned[0]
    yield "sessions, no one asked", sessions.page(stage.casebook, planned, SentForm())
    invited = _nominated(stage).person
    asking.answer(stage.engine, invited, Answer.YES, stage.now)
    asking.describe(stage.engine, invited, _about(stage), stage.now)
    nominations.invite(stage.engine, invited, stage.now)
    training.invite_due(stage.engine, stage.now)
    person = _guest(stage, first)
    yield "session, asked", _session(stage, person)
    training.answer(stage.engine, person, Answer.YES, stage.now)
    page = _session(stage, person)
    yield "session, coming", page
    yield "session, on the waiting list", replace(page, has_seat=False)
    yield "session, not coming", replace(page, answer="no", has_seat=False)
    yield "session, over", replace(page, is_over=True)
    yield "session, canceled", replace(page, is_over=True, is_canceled=True)
    yield "sessions, none", sessions.page(stage.casebook, [], SentForm())
    yield "sessions", sessions.page(stage.casebook, planned, SentForm())
    stage.now = first.ends_at + timedelta(hours=1)
    yield "sessions, one is over", sessions.page(stage.casebook, planned, SentForm())


def _with_session(stage: Stage) -> Program:
    """Return the program with a session in ten days that newcomers must come to."""
    begins = (stage.now + timedelta(days=10)).astimezone(stage.program.zone).replace(tzinfo=None)
    leader = next(iter(stage.program.people))
    planned = SessionShape(kind="lunch", title="Lunch with colleagues", begins=begins,
                           ends=begins + timedelta(hours=1), place="Room 204", seats=12,
                           led_by=leader)  # fmt: skip
    training = TrainingShape(
        kinds={"lunch": "Lunch & Learn"}, complete={"lunch": 1}, sessions={"lunch-1": planned}
    )
    return replace(stage.program, training=training)


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
