"""The page of somebody about whom a colleague worries, in their language."""

from dataclasses import replace

from engine.invitations import asking
from invitations.model import Answer, Invitation, Kind
from invitations.referral import Referral, document
from lib.languages.language import Language
from pages.examples.shown import Pages, missing
from pages.examples.stage import Stage
from pages.facts.invitations import referral
from pages.facts.page import SentForm
from pages.invitations.invited import CHOOSE
from people.records import Referrer
from program.outreach.sources import survey_for
from store.invitations import asked

FORM = "https://example.qualtrics.com"


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
