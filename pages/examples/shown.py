"""How scenes get their pages."""

from collections.abc import Callable, Iterator

from werkzeug.datastructures import MultiDict

from casebook.casebook import Loaded
from lib.languages.language import Language
from pages.examples.stage import NotPossible, Stage
from pages.facts import answered, requester, reviewer, supporter
from pages.facts.page import Page, SentForm
from pages.facts.requester import RequesterPage
from pages.facts.reviewer import ReviewerPage
from pages.facts.supporter import SupporterPage

UNSENT = SentForm()


Pages = Iterator[tuple[str, Page]]
#: Plays requests on a stage, and yields a page with words for its state.
Scene = Callable[[Stage], Pages]
#: The same for pages that are said in the language of their reader.
SpokenScene = Callable[[Stage, Language], Pages]


def missing(problem: str, **kept: str | list[str]) -> SentForm:
    """Return a form that was sent with something missing."""
    return SentForm(problem, f"{kept.get('choice', '')}", MultiDict(kept))


def of_reviewer(
    stage: Stage, reference: str, form: SentForm = UNSENT, by: str = ""
) -> ReviewerPage:
    loaded, person = stage.load(reference), by or stage.reviewer(reference)
    return reviewer.page(stage.casebook, loaded, person, stage.now, form)


def decided(stage: Stage, reference: str) -> Page:
    person = stage.reviewer(reference)
    return answered.decided(stage.casebook, stage.load(reference), person, stage.now, UNSENT)


def looked(stage: Stage, reference: str, what: str, form: SentForm = UNSENT) -> Page:
    """Return who it is ("identity"), or what they wrote ("text")."""
    loaded, person = stage.load(reference), stage.reviewer(reference)
    return answered.looked(stage.casebook, loaded, what, person, stage.now, form)


def of_supporter(
    stage: Stage, reference: str, offer: int | None = None, *, has_decided: bool = False
) -> SupporterPage:
    """Return the page of a supporter who is asked or matched, or was by an earlier offer."""
    loaded = stage.load(reference)
    current = loaded.case.current_offer if offer is None else loaded.case.offer(offer)
    if current is None:
        raise NotPossible("nobody is asked")
    return supporter.page(
        stage.casebook, loaded, current, stage.now, UNSENT, has_decided=has_decided
    )


def of_requester(
    stage: Stage,
    reference: str,
    language: Language,
    form: SentForm = UNSENT,
    asked: int | None = None,
    *,
    has_decided: bool = False,
) -> RequesterPage:
    loaded: Loaded = stage.load(reference)
    return requester.page(
        stage.casebook, loaded, stage.now, form, language, asked=asked, has_decided=has_decided
    )
