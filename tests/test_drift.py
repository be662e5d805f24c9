"""Changes in a form since its survey.toml was written are reported."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from demo.qualtrics.api import definition as qualtrics_survey
from demo.qualtrics.survey import PEER_SUPPORT
from qualtrics.form.drift import Drift, drift
from qualtrics.form.form import form_of
from qualtrics.form.questions import Kind, Question
from qualtrics.survey import SurveyMap

EXAMPLE = Path(__file__).parent.parent / "config.example" / "survey.toml"
FORM = form_of(qualtrics_survey.define(PEER_SUPPORT, "example", "https://example.org"))
Change = Callable[[Question], Question | None]


def the_map(**facts: object) -> SurveyMap:
    written = tomllib.loads(EXAMPLE.read_text())["survey"][0]
    return SurveyMap.model_validate(written | {"facts": written["facts"] | facts})


def after(key: str, change: Change, survey: SurveyMap | None = None) -> list[Drift]:
    """Return the drift after a change to one question of the form."""
    changed = [change(one) if one.key == key else one for one in FORM.questions]
    return drift(survey or the_map(), [one for one in changed if one is not None])


def choices(**answers: str) -> Change:
    """Change some answers of a question; an empty label removes the answer."""

    def change(question: Question) -> Question:
        new = {value.removeprefix("_"): label for value, label in answers.items()}
        return replace(
            question, choices={k: v for k, v in (dict(question.choices) | new).items() if v}
        )

    return change


def gone(_: Question) -> None:
    return None


def trashed(question: Question) -> Question:
    return replace(question, is_trashed=True)


def test_a_form_that_fits_its_map_has_no_drift() -> None:
    assert drift(the_map(), FORM.questions) == []


@pytest.mark.parametrize("change", [gone, trashed])
@pytest.mark.parametrize(
    ("key", "fact", "is_error"),
    [
        ("QID1_TEXT", "name", True),
        ("QID2_TEXT", "email", True),
        ("QID3_TEXT", "phone", True),
        ("QID4", "contact", True),
        ("QID12", "safety", True),
        ("QID6", "department", False),
        ("QID10_1", "wish_role", False),
        ("QID7_TEXT", "unit", False),
    ],
)
def test_a_missing_or_trashed_question_is_an_error_if_its_fact_is_essential(
    key: str, fact: str, is_error: bool, change: Change
) -> None:
    (found,) = after(key, change)
    assert (found.is_error, found.place) == (is_error, f"facts.{fact}")
    assert key in found.what
    assert found.allowed


def test_a_replaced_question_is_suggested() -> None:
    def asked_anew(question: Question) -> Question:
        return replace(question, key="QID31", question_id="QID31")

    found = after("QID12", asked_anew)
    assert found[0].allowed == 'is it "QID31" ("Do you feel safe right now?")?'
    assert found[0].is_error


@pytest.mark.parametrize(
    ("key", "change", "is_error", "place", "what", "allowed"),
    [
        (
            *("QID8", choices(_9="Chaplain"), False, "facts.role.choices"),
            *('the answer 9 ("Chaplain") is not known', 'add 9 = "…"'),
        ),
        (
            *("QID12", choices(_4="I would rather not say"), True, "facts.safety.choices"),
            'the answer 4 ("I would rather not say") is not known',
            'add 4 = "…"; allowed is safe, urgent',
        ),
        (
            *("QID8", choices(_1="Registered nurse"), False, "facts.role.choices"),
            'the answer 1 is now called "Registered nurse"',
            'if it still means "nurse", add "Registered nurse" = "nurse"',
        ),
        (
            *("QID12", choices(_1="Yes, mostly"), True, "facts.safety.choices"),
            'the answer 1 is now called "Yes, mostly"',
            'if it still means "safe", add "Yes, mostly" = "safe"',
        ),
        (
            *("QID6", choices(_2="", _22="Surgery"), False, "facts.department.choices"),
            *('"Surgery" has the recode value 22 now', 'add 22 = "surgery"'),
        ),
        (
            *("QID6", choices(_1="Surgery", _2=""), True, "facts.department.choices"),
            'the answer 1 ("Surgery") means "emergency" by its number and "surgery" by its words',
            "compare the numbers with the form's recode values",
        ),
        (
            *("QID6", lambda q: replace(q, is_multiple=True), False, "facts.department"),
            "several answers may be chosen, and two at once are read as none",
            "let the form allow only one",
        ),
        (
            *("QID6", lambda q: replace(q, kind=Kind.TEXT, choices={}), True, "facts.department"),
            '"QID6" ("Your department") is typed now, not chosen',
            "map the question that asks it",
        ),
        (
            "QID7_TEXT",
            lambda q: replace(q, kind=Kind.CHOICE, choices={"1": "Night float"}),
            *(False, "facts.unit"),
            '"QID7_TEXT" ("Your unit or place of work") is chosen now, and its answers are numbers',
            "say under choices what each means",
        ),
    ],
)
def test_a_change_of_answers_is_reported_with_what_to_add(
    key: str, change: Change, is_error: bool, place: str, what: str, allowed: str
) -> None:
    assert after(key, change) == [Drift(is_error, place, what, allowed)]


def test_a_new_label_is_fine_once_it_is_added_to_the_map() -> None:
    written = tomllib.loads(EXAMPLE.read_text())["survey"][0]["facts"]["role"]
    survey = the_map(role=written | {"choices": written["choices"] | {"Registered nurse": "nurse"}})
    assert after("QID8", choices(_1="Registered nurse"), survey) == []


def test_a_map_of_numbers_ignores_changed_labels() -> None:
    survey = the_map(department={"key": "QID6", "choices": dict.fromkeys("1234", "")})
    assert after("QID6", choices(_1="Emergency Department"), survey) == []


def test_an_unmapped_safety_question_is_an_error() -> None:
    (found,) = drift(the_map(safety="not asked"), FORM.questions)
    assert found.is_error
    assert found.place == "facts.safety"
    assert found.what.startswith('"QID12" ("Do you feel safe right now?") looks as if')


def test_a_second_safety_question_is_a_warning_unless_it_is_in_the_trash() -> None:
    second = Question("QID40", Kind.CHOICE, "Are you in danger?", choices={"1": "Yes", "2": "No"})
    (found,) = drift(the_map(), [*FORM.questions, second])
    assert not found.is_error
    assert "QID40" in found.what
    assert drift(the_map(), [*FORM.questions, trashed(second)]) == []


def test_several_times_of_the_day_may_be_chosen_at_once() -> None:
    times = Question("QID15", Kind.CHOICE, "When?", choices={"1": "Night"}, is_multiple=True)
    survey = the_map(wish_times={"key": "QID15", "choices": {"1": "night", "Night": "night"}})
    assert drift(survey, [*FORM.questions, times]) == []


def test_a_fixed_fact_needs_no_question() -> None:
    survey = the_map(department={"always": "surgery"})
    assert after("QID6", gone, survey) == []
