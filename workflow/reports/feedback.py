"""What is asked of whom was supported, without a name: each answer raises counters alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lib.languages.language import for_requesters

#: Keeps these tokens apart from whatever else the pepper signs.
PURPOSE = "feedback"


@dataclass(frozen=True)
class Question:
    """A question with the answers to choose from; its name is also that of its counters."""

    what: str
    words: str
    answers: Mapping[str, str]
    is_optional: bool = False


SOON, FIT, HELPED = "feedback_soon", "feedback_fit", "feedback_helped"
RECOMMEND = "feedback_recommend"
QUESTIONS = (
    Question(
        SOON,
        for_requesters("Did someone get in touch soon enough?"),
        {
            "soon": for_requesters("Yes, soon enough"),
            "late": for_requesters("Later than I’d have liked"),
            "never": for_requesters("No one got in touch"),
        },
    ),
    Question(
        FIT,
        for_requesters("Was it the right person for you?"),
        {
            "right": for_requesters("Yes, the right person"),
            "partly": for_requesters("Partly"),
            "wrong": for_requesters("No, not the right person"),
        },
    ),
    Question(
        HELPED,
        for_requesters("Did it help?"),
        {
            "much": for_requesters("Yes, a lot"),
            "some": for_requesters("A little"),
            "not": for_requesters("No, it didn’t help"),
        },
    ),
    Question(
        RECOMMEND,
        for_requesters("Would you tell a colleague about it?"),
        {
            "tell": for_requesters("Yes, I’d tell them"),
            "keep": for_requesters("No, I’d rather not"),
        },
        is_optional=True,
    ),
)
#: The answers to each question, by its name.
ANSWERS: Mapping[str, Mapping[str, str]] = {one.what: one.answers for one in QUESTIONS}


def valid_until(today: date) -> date:
    """Return until when a link counts: the same for everyone who is asked in one month."""
    months = today.year * 12 + today.month + 1
    return date(months // 12, months % 12 + 1, 1)
