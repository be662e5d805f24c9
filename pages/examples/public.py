"""Pages that anyone may meet before it is known who they are."""

from dataclasses import replace

from lib.languages.language import Language
from pages.examples.shown import Pages, missing
from pages.examples.stage import Stage
from pages.facts import privacy
from pages.facts.page import (
    ContinuePage,
    ExpiredPage,
    FromElsewherePage,
    LinkPage,
    MessagePage,
    NoLinkPage,
    Page,
    SentForm,
    SignOnPage,
)
from pages.own import ON_ITS_WAY, TOO_OFTEN
from pages.public.arriving import CLOSED
from pages.responses import ENDED
from store.record import holds

WRITE_TO = "care-desk@example.org"
SIGN_ON = "/sign-on/page/1"


def links(stage: Stage, language: Language) -> Pages:
    """The page behind a mailed link, and what is said about one that opens nothing."""
    say = language.say
    yield "link opened", ContinuePage()
    yield "came from another site", FromElsewherePage("/page/1")
    yield "link expired", ExpiredPage()
    yield "link unknown", NoLinkPage("")
    yield "link unknown, after a restoration", NoLinkPage(WRITE_TO)
    yield "asks for a link", LinkPage(SentForm())
    wrong = missing(say("Please type your email address."))
    yield "asks for a link without an address", LinkPage(wrong)
    yield "link on its way", _message(language, "Please check your email", ON_ITS_WAY)
    yield "asked too often", _message(language, "Please try again tomorrow", TOO_OFTEN)
    yield "closed", _message(language, *CLOSED)
    for event, (title, words) in ENDED.items():
        yield f"reloaded after {event}", _message(language, title, words)


def kept(stage: Stage, language: Language) -> Pages:
    """The privacy page: as usual, with a form that is cleaned by us, and on hold."""
    page = privacy.page(stage.casebook, language, has_api=True)
    yield "privacy", page
    asked = replace(page, is_deleted_by_us=True)
    yield "privacy, deleted in Qualtrics by us", asked
    yield "privacy, deleted there late", replace(asked, is_copy_late=True)
    yield "privacy without API", privacy.page(stage.casebook, language, has_api=False)
    with stage.store.write() as db:
        holds.hold_all(db, stage.now)
    yield "privacy, all held", privacy.page(stage.casebook, language, has_api=True)


def signing_on(stage: Stage) -> Pages:
    """Asked to sign on, and signed on as someone else."""
    yield "not signed in", SignOnPage("", SIGN_ON)
    yield "signed in as someone else", SignOnPage("robin.example@example.org", SIGN_ON)


def _message(language: Language, title: str, words: str) -> Page:
    return MessagePage(language.own(title), language.own(words))
