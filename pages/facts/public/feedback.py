"""What the page for feedback asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casebook.casebook import Casebook
from lib.languages.language import Language
from pages.facts.page import Page
from store.access.links import hash_of
from store.forgotten import feedback as given
from workflow.reports.feedback import QUESTIONS, Question


@dataclass(frozen=True)
class QuestionShown:
    """A question and its answers, in the language of the reader."""

    what: str
    words: str
    answers: Mapping[str, str]
    is_optional: bool


@dataclass(frozen=True)
class FeedbackPage(Page):
    """Questions with answers to choose from; nothing here knows who reads it."""

    template = "feedback.html"
    is_translatable = True
    token: str
    #: Whether this link was used already.
    is_given: bool
    #: Numbers below it are hidden.
    bound: int
    questions: Sequence[QuestionShown]
    problem: str = ""
    #: What was chosen before something turned out to be missing.
    chosen: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_about_request(self) -> bool:
        return True


def page(casebook: Casebook, token: str, language: Language) -> FeedbackPage:
    return FeedbackPage(
        token=token,
        is_given=given.was_used(casebook.store.read(), hash_of(token)),
        bound=casebook.program.file.reports.bound,
        questions=[_said(one, language) for one in QUESTIONS],
    )


def _said(question: Question, language: Language) -> QuestionShown:
    answers = {value: language.own(words) for value, words in question.answers.items()}
    words = language.own(question.words)
    return QuestionShown(question.what, words, answers, question.is_optional)
