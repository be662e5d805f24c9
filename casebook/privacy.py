"""What the program tells requesters about what is kept, and the version of that wording."""

import hashlib
import json
from dataclasses import asdict, dataclass

from lib.languages.language import for_requesters
from lib.version import VERSION
from program import Program
from program.languages.texts import paragraphs
from workflow import words

#: What only some forms ask, by the name of the fact.
ASKED = {
    "unit": for_requesters("your unit"),
    "wish_site": for_requesters("where you would like to meet"),
    "wish_times": for_requesters("when you would like to meet"),
    "not_wanted": for_requesters("who you would rather not talk to"),
    "safety": for_requesters("whether you feel safe"),
    "note": for_requesters("what you write in your own words"),
    "found_at": for_requesters("where you found the form"),
}


@dataclass(frozen=True)
class Statement:
    """What the admins' files say about privacy."""

    label: str
    law: tuple[str, ...]
    asked: tuple[str, ...]
    forget_after: str
    backups_kept: str
    #: Whether all forms say that the service deletes their responses in Qualtrics.
    deletes_in_qualtrics: bool
    #: How long we keep what a nominee says; "" without a nomination form.
    nominees: str = ""
    #: How long we keep that a colleague worries about someone; "" without a form for it.
    referrals: str = ""
    #: Whether a requester can be handed over to a support service.
    has_partners: bool = False
    #: Whether requesters are asked how it was.
    asks_feedback: bool = False

    @property
    def version(self) -> str:
        """Name this wording: the admins' own name, and a fingerprint of all that it says."""
        said = json.dumps([VERSION, asdict(self)], sort_keys=True)
        fingerprint = hashlib.sha256(said.encode()).hexdigest()[:8]
        return f"{self.label}-{fingerprint}" if self.label else fingerprint


def statement(program: Program) -> Statement:
    """Return what people are told under a program."""
    privacy, surveys = program.file.privacy, program.surveys.values()
    asked = (
        words_for
        for fact, words_for in ASKED.items()
        if any(getattr(survey.facts, fact) is not None for survey in surveys)
    )
    written = privacy.law or program.file.legal
    return Statement(
        label=privacy.version,
        law=tuple(paragraphs(written)),
        asked=tuple(asked),
        forget_after=words.about(program.times.forget_after),
        backups_kept=words.about(privacy.backups_kept),
        deletes_in_qualtrics=all(survey.delete_in_qualtrics for survey in surveys),
        nominees=words.about(program.file.invitations.forget_after) if program.nominations else "",
        referrals=words.about(program.file.invitations.answer_within) if program.referrals else "",
        has_partners=bool(program.partners),
        asks_feedback=bool(program.file.feedback.after),
    )
