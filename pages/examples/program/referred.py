"""Offers of support outside of any request, as those who get them and coordinators see them."""

from dataclasses import replace
from datetime import timedelta
from itertools import islice

from engine.invitations import asking, group_sessions, outreach
from invitations.model import Answer, Invitation, Kind
from invitations.outreach import FEWEST, GroupSession, counts_at
from invitations.referral import Referral, document
from lib.languages.language import Language
from lib.languages.said import for_staff
from pages.examples.shown import Pages, missing
from pages.examples.stage import NotPossible, Stage
from pages.facts.invitations import group_session, referral
from pages.facts.invitations import outreach as coordinators
from pages.facts.page import SentForm
from pages.invitations.group_session_form import NO_PLACE
from pages.invitations.invited import CHOOSE, TOO_LATE
from pages.invitations.outreach import INVITE, NO_ADDRESS
from people.records import Referrer
from program.outreach.sources import survey_for
from store.invitations import asked

FORM = "https://example.qualtrics.com"
#: The link of a group.
POSTED = "https://example.qualtrics.com/jfe/form/SV_8peerSupport01?invitation=4f1c0a7be2"


def worried_about(stage: Stage, language: Language) -> Pages:
    """Asked, nothing chosen, yes, and no."""
    person = _referred(stage)
    yield "referral, asked", _page(stage, person, language)
    problem = missing(CHOOSE)
    said = replace(problem, problem=language.own(problem.problem))
    yield "referral, nothing chosen", _page(stage, person, language, said)
    asking.answer(stage.engine, person, Answer.YES, stage.now)
    yield "referral, said yes", _page(stage, person, language)
    asking.answer(stage.engine, person, Answer.NO, stage.now)
    yield "referral, said no", _page(stage, person, language)


def after_an_event(stage: Stage, language: Language) -> Pages:
    """The page of someone where something hard happened: asked, and yes."""
    outreach.begin(stage.engine, "Surgery", ["kim@example.org"], "", stage.now)
    (member,) = asked.of_kind(stage.store.read(), Kind.OUTREACH)
    yield "outreach, asked", _page(stage, member.person, language)
    asking.answer(stage.engine, member.person, Answer.YES, stage.now)
    yield "outreach, said yes", _page(stage, member.person, language)


def to_group_session(stage: Stage, language: Language) -> Pages:
    """The page of someone who is asked to a group session: before and after each answer."""
    people = [f"kim{number}@example.org" for number in range(FEWEST)]
    group = outreach.begin(stage.engine, "Surgery", people, "", stage.now).person
    group_sessions.plan(stage.engine, group, _session(stage), stage.now)
    (guest, *_) = asked.of_kind(stage.store.read(), Kind.GROUP_SESSION)
    yield "group session, asked", _guest(stage, guest.person)
    late = SentForm(language.own(TOO_LATE))
    yield "group session, answered late", replace(_guest(stage, guest.person), form=late)
    group_sessions.answer(stage.engine, guest.person, Answer.YES, stage.now)
    yield "group session, coming", _guest(stage, guest.person)
    group_sessions.answer(stage.engine, guest.person, Answer.NO, stage.now)
    page = _guest(stage, guest.person)
    yield "group session, not coming", page
    yield "group session, over", replace(page, is_over=True)
    yield "group session, canceled", replace(page, is_canceled=True)


def _session(stage: Stage) -> GroupSession:
    begins_at = stage.now + timedelta(days=3)
    leaders = tuple(islice(stage.program.supporters, 2))
    if not leaders:
        raise NotPossible("nobody can lead it")
    ends_at, counts = begins_at + timedelta(hours=1), counts_at(begins_at, stage.now)
    return GroupSession(begins_at, ends_at, "Main Campus, room 204", leaders, counts)


def _guest(stage: Stage, person: str) -> group_session.GroupSessionPage:
    one = asking.find(stage.engine, person).invitation
    return group_session.page(stage.casebook, one, SentForm())


def groups(stage: Stage) -> Pages:
    """The coordinators' page: empty, wrong, groups that are asked, and what was counted."""
    yield "outreach, no group", _groups(stage)
    form = missing(for_staff(NO_ADDRESS, typed="alex at work"))
    yield "outreach, no address", _groups(stage, form)
    people = [f"person{number}@example.org" for number in range(40)]
    outreach.begin(stage.engine, "Surgical Intensive Care", people, "", stage.now)
    outreach.begin(stage.engine, "Pharmacy", people[:9], "", stage.now)
    outreach.begin(stage.engine, "Laboratory", people[9:12], "", stage.now)
    outreach.begin(stage.engine, "The whole of Medicine 4", [], "", stage.now)
    yield "outreach, a link to post", replace(_groups(stage), done=coordinators.DONE["link"])
    yield "outreach, written to", replace(_groups(stage), done=coordinators.DONE[""])
    (surgery, *_) = asked.of_kind(stage.store.read(), Kind.GROUP)
    group = asked.shown_as(stage.store.read(), surgery.person)
    missing_place = missing(NO_PLACE, choice=INVITE, group=group, minutes="60")
    yield "outreach, no place for the group session", _groups(stage, missing_place)
    group_sessions.plan(stage.engine, surgery.person, _session(stage), stage.now)
    yield "outreach, group session", _groups(stage)
    group_sessions.cancel(stage.engine, surgery.person, stage.now)
    yield "outreach, group session canceled", _groups(stage)
    for one in asked.of_kind(stage.store.read(), Kind.OUTREACH)[:12]:
        asking.answer(stage.engine, one.person, Answer.YES, stage.now)
    stage.now += stage.program.file.invitations.answer_within
    yield "outreach, over", _groups(stage)


def _groups(stage: Stage, form: SentForm | None = None) -> coordinators.OutreachPage:
    return coordinators.page(stage.casebook, form or SentForm(), lambda group: POSTED)


def _referred(stage: Stage) -> str:
    one = Invitation(
        kind=Kind.REFERRAL,
        name="",
        address="kim@example.org",
        ends_at=stage.now,
        about=document.write(Referral((Referrer("Robin Example"),))),
    )
    with stage.store.write() as db:
        return asking.ask(stage.engine, db, asked.add(db, one), stage.now).person


def _page(
    stage: Stage, person: str, language: Language, form: SentForm | None = None
) -> referral.ReferralPage:
    one = asking.find(stage.engine, person).invitation
    link = survey_for(stage.program, language.code).address(FORM)
    return referral.page(stage.casebook, one, form or SentForm(), link, language)
