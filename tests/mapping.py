"""Forms whose mapping is proposed."""

from datetime import date

from commands.checking.forms import vocabulary_of
from qualtrics.form.questions import Kind, Question
from tests.world import EXAMPLE

VOCABULARY = vocabulary_of(EXAMPLE)
TODAY = date(2026, 11, 23)


def choice(text: str, *labels: str, key: str = "QID1") -> Question:
    answers = {str(number): label for number, label in enumerate(labels, start=1)}
    return Question(key, Kind.CHOICE, text, choices=answers)
