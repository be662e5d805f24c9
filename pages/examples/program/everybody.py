"""The page for everyone."""

from dataclasses import replace
from datetime import timedelta

from lib.languages.language import Language
from pages.examples.shown import Pages
from pages.examples.stage import Stage
from pages.facts import privacy
from pages.facts.public import feedback
from pages.facts.public import help as facts
from pages.public.feedback import MISSING
from workflow.reports.feedback import SOON

FORM = "https://example.org/jfe/form/SV_example"
TYPICAL = timedelta(days=2)


def help_page(stage: Stage, language: Language) -> Pages:
    yield "help", facts.page(stage.casebook, language, stage.now, FORM)
    page = facts.page(stage.casebook, language, stage.now, FORM)
    department = next(iter(stage.program.departments.values())).name
    yield (
        "help, with figures and leads",
        replace(page, typical=language.span(TYPICAL), led=department),
    )
    yield "help, the form unknown", facts.page(stage.casebook, language, stage.now, "")


def how_it_was(stage: Stage, language: Language) -> Pages:
    """The questions by a link that knows of no one."""
    page = feedback.page(stage.casebook, "an-example-token", language)
    yield "feedback", page
    problem = language.own(MISSING)
    yield "feedback, incomplete", replace(page, problem=problem, chosen={SOON: "soon"})
    yield "feedback, given", replace(page, is_given=True)


def named(stage: Stage, language: Language) -> Pages:
    """The privacy page of a program to which people are nominated."""
    kept = language.span(stage.program.file.invitations.forget_after)
    yield (
        "privacy, with nominations",
        replace(
            privacy.page(stage.casebook, language, has_api=True),
            nominees=kept,
            referrals=kept,
            asks_feedback=True,
        ),
    )
