"""The pages for confirming the files, and for deleting in Qualtrics by hand."""

from collections.abc import Sequence

from casebook.program_in_force import Report
from casebook.sight.parts import SHORT
from casebook.sight.records import Gain
from lib.languages.said import for_staff
from pages.copies import NONE_TICKED
from pages.examples.shown import Pages, missing
from pages.examples.stage import Stage
from pages.facts.page import ProgramPage, SentForm, SurePage
from pages.facts.privacy import copies_page
from pages.program import ASKED_TWICE, CHOOSE, DECIDED
from store.forgotten.copies import Copy
from store.programs import VersionStatus
from workflow import words

UNSENT = SentForm()
REPORT = Report(
    changes=("2 supporters added: Robin Example, Kim Example.",),
    irrevocable=("Requests are deleted 7 days after closing instead of 30 days.",),
    warnings=("program.toml, departments: names only one person; two review better than one.",),
)
GAINS = Report(sight=(Gain("robin", "Robin Example would be a deputy", "robin@example.org"),))
READINGS = Report(
    sight=(
        Gain(
            "",
            "program.toml, urgent, staffed: “Any time” → “Monday to Friday, 8 AM to 6 PM”",
            is_reading=True,
        ),
    )
)
LONG = Report(
    sight=(
        *READINGS.sight,
        Gain(
            "",
            "training.toml, care, call: “https://talk.example.org” → “https://calls.example.org”",
            is_reading=True,
        ),
        *(
            Gain("", f"texts/en.po, “Sentence {n}”: “Old” → “New”", is_reading=True)
            for n in range(1, SHORT + 1)
        ),
    )
)


def files(stage: Stage) -> Pages:
    """A version of the files that waits for an admin or a coordinator, and is decided."""
    chose = missing(CHOOSE)
    yield "files wait", _waiting(REPORT, may_decide=True)
    yield "files, nothing chosen", ProgramPage(chose, REPORT, (), "", False, may_decide=True)
    yield "files wait for a coordinator", _waiting(GAINS, ("Kim Example",))
    yield "files wait for no one", _waiting(GAINS)
    yield "files for a coordinator", _waiting(GAINS, may_decide=True)
    yield "files for a coordinator, of what people read", _waiting(READINGS, may_decide=True)
    yield "files for a coordinator, a long list", _waiting(LONG, may_decide=True)
    at = words.day_and_time(stage.now, stage.program.zone)
    done = for_staff(DECIDED[VersionStatus.IN_FORCE], who="Kim Example", at=at)
    yield "files decided", ProgramPage(UNSENT, None, (), done, is_replaced=False)
    yield "files replaced", ProgramPage(UNSENT, None, (), "", is_replaced=True)
    for status, question in ASKED_TWICE.items():
        yield f"sure? {status}", SurePage(question, [("choice", status.value)])


def copies(stage: Stage) -> Pages:
    """Responses to delete in Qualtrics, and none left."""
    surveys = list(stage.program.surveys)
    today = stage.program.today(stage.now)
    left = [Copy(n, id, f"R_{n}example", today, 0) for n, id in enumerate(surveys, start=1)]
    yield "copies", copies_page(stage.casebook, left, UNSENT)
    wrong = missing(NONE_TICKED)
    yield "copies, nothing ticked", copies_page(stage.casebook, left, wrong)
    yield "no copies", copies_page(stage.casebook, [], UNSENT)


def _waiting(
    report: Report, deciders: Sequence[str] = (), *, may_decide: bool = False
) -> ProgramPage:
    return ProgramPage(UNSENT, report, deciders, "", is_replaced=False, may_decide=may_decide)
