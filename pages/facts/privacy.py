"""Pages about what is kept: what everyone may read, and what must be deleted by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from casebook import privacy
from casebook.casebook import Casebook
from lib.languages.language import Language
from pages.facts.page import Page, SentForm
from store.forgotten import copies
from store.forgotten.copies import Copy
from store.record import holds

#: Copies in Qualtrics that are older than this are late.
LATE = timedelta(days=3)


@dataclass(frozen=True)
class PrivacyPage(Page):
    """What is kept, and for how long."""

    template = "privacy.html"
    can_close = False
    #: The version of all that the page says.
    wording: str
    #: What only some forms ask; "" if none does.
    asked: str
    forget_after: str
    backups_kept: str
    is_all_held: bool
    is_deleted_by_us: bool
    #: Something that should be gone in Qualtrics is still there.
    is_copy_late: bool
    #: How long we keep what a nominee says; "" without a nomination form.
    nominees: str
    #: How long we keep that a colleague worries about someone; "" without a form for it.
    referrals: str
    #: Whether a requester can be handed over to a support service.
    has_partners: bool
    #: Whether they are asked how it was.
    asks_feedback: bool
    law: Sequence[str]


def page(casebook: Casebook, language: Language, *, has_api: bool) -> PrivacyPage:
    program, db = casebook.program, casebook.store.read()
    said = privacy.statement(program)
    is_ours = said.deletes_in_qualtrics and has_api
    return PrivacyPage(
        wording=said.version,
        asked=language.listed(map(language.say, said.asked)) if said.asked else "",
        forget_after=language.span(program.times.forget_after),
        backups_kept=language.span(program.file.privacy.backups_kept),
        is_all_held=bool(holds.all_held_since(db)),
        is_deleted_by_us=is_ours,
        is_copy_late=is_ours and copies.is_any_older(db, LATE, casebook.made_at),
        nominees=language.span(program.file.invitations.forget_after) if said.nominees else "",
        referrals=language.span(program.file.invitations.answer_within) if said.referrals else "",
        has_partners=said.has_partners,
        asks_feedback=said.asks_feedback,
        law=[language.own(one) for one in said.law],
    )


@dataclass(frozen=True)
class CopiesOfSurvey:
    """What one form still has of forgotten requests."""

    survey: str
    #: The ids of responses, by the value that the form sends.
    to_delete: dict[str, str]


@dataclass(frozen=True)
class CopiesPage(Page):
    """What must be deleted in Qualtrics by hand."""

    template = "copies.html"
    form: SentForm
    surveys: Sequence[CopiesOfSurvey]


def copies_page(casebook: Casebook, theirs: Sequence[Copy], form: SentForm) -> CopiesPage:
    known = casebook.program.forms
    by_survey: dict[str, dict[str, str]] = {}
    for copy in theirs:
        by_survey.setdefault(copy.survey_id, {})[f"{copy.id}"] = copy.response_id
    return CopiesPage(
        form,
        [
            CopiesOfSurvey(known[id].name if id in known else id, found)
            for id, found in by_survey.items()
        ],
    )
