"""A fact is proposed on evidence from the question and its answers, and says how sure it is.

The forms are invented; the shapes are those of real exports: scales of numbers, statements of a
matrix, sentences that mention a word, opinions, the placeholders of an unfinished form.
"""

import re

import pytest

from qualtrics.form.evidence import Certainty
from qualtrics.form.form import form_of_export
from qualtrics.form.mapping import overview, propose
from qualtrics.form.questions import Form, Kind, NotAForm, Question
from qualtrics.form.recognition import Vocabulary, certainty, recognize
from tests.mapping import TODAY, VOCABULARY, choice

FIVE = ("1", "2", "3", "4", "5")
ENDS = ("1 Not at all", "2", "3", "4", "5 Very much")
AGREE = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree")
LONG = "These two say the same: The shop has a department for hats in the north of the town."


def text(asked: str, part: str = "") -> Question:
    return Question("QID7_TEXT", Kind.TEXT, asked, part=part)


def row(asked: str, statement: str, *labels: str) -> Question:
    answers = {str(number): label for number, label in enumerate(labels, start=1)}
    return Question("QID7_1", Kind.CHOICE, asked, part=statement, choices=answers)


@pytest.mark.parametrize(
    "question",
    [
        choice(LONG, *FIVE),
        choice("The city should take a clear position.", *FIVE),
        choice("My role is clear to me", *AGREE),
        choice("How satisfied are you with your job?", "Very satisfied", "Satisfied", "Not at all"),
        choice("My department cares", *ENDS),
        choice("How many units do you work on?", "1", "2", "More than 3"),
        choice("Your role in years", "Less than 1", "1-5", "6 – 10", "Over 10"),
        choice("Which position do you hold on this?", "I am for it because it helps everybody",
               "I am against it because it costs too much", "I have not thought about it so far"),
        choice("What time of day was it?", "Morning", "Afternoon", "Evening"),
        choice("How did you first hear about seat belts?", "At school", "On the radio", "At home"),
        choice("Which department?", "Click to write Choice 1", "Click to write Choice 2", "x"),
        row("Tick what you did", "Slept on the floor", "As a child", "As a student", "Last year"),
        row("How much do these matter to you?", "My role", "Family", "Friends", "Neighbors"),
        text("How often do you use your phone?"),
        text("Why do you like your job or your unit?"),
        text("If you selected another name, please specify."),
        text("What is the name of your school?"),
        text("Tick the box to say that you have read all of the above and left your phone outside"),
        text("When is your birthday?"),
        text("A guest walks to the station where trays and plates can be returned after a long"
             " meal with friends."),
    ],
    ids=lambda question: question.wording[:40],
)  # fmt: skip
def test_nothing_is_proposed_for_a_question_that_only_mentions_a_word(question: Question) -> None:
    assert recognize([question], VOCABULARY) == {}


@pytest.mark.parametrize(
    ("fact", "question", "how_sure"),
    [
        ("role", choice("Your role", "Nurse", "Physician", "Chaplain"), Certainty.SURE),
        ("role", choice("Your role", "Nurse", "Porter", "Cook", "Clerk"), Certainty.LIKELY),
        ("role", choice("Your role", "Registered nurse", "Porter", "Cook"), Certainty.LIKELY),
        ("role", choice("Your role", "Porter", "Cook", "Clerk", "Other"), Certainty.UNSURE),
        ("department", choice("Department", "Sales", "Finance", "Law"), Certainty.UNSURE),
        ("department", choice(LONG, "Emergency", "Surgery", "Obstetrics"), Certainty.SURE),
        ("name", text("What should we call you?"), Certainty.SURE),
        ("name", text("How may we reach you?", part="First and last name"), Certainty.SURE),
        ("phone", text("This is kept confidential. Which number or phone may we use for you?"),
         Certainty.LIKELY),
        ("phone", text("Please leave the best phone number so that one of our supporters can"
                       " call you within the next three days"), Certainty.LIKELY),
        ("unit", choice("Which unit?", "Night float", "Day surgery", "Pool"), Certainty.LIKELY),
        ("safety", choice("Are you safe right now?", "Yes", "No"), Certainty.SURE),
        ("safety", choice("Are you safe right now?", "Mostly", "Not really"), Certainty.LIKELY),
        ("found_at", Question("utm_source", Kind.EMBEDDED), Certainty.LIKELY),
        ("language", Question("userLanguage", Kind.METADATA), Certainty.SURE),
    ],
)  # fmt: skip
def test_each_proposal_says_how_sure_it_is(
    fact: str, question: Question, how_sure: Certainty
) -> None:
    assert recognize([question], VOCABULARY) == {fact: question}
    assert certainty(fact, question, VOCABULARY) is how_sure


def test_without_a_readable_program_names_stay_unsure() -> None:
    question = choice("Department", "Emergency", "Surgery", "Obstetrics")
    assert recognize([question], Vocabulary()) == {"department": question}
    assert certainty("department", question, Vocabulary()) is Certainty.UNSURE


def test_the_proposal_and_the_command_say_how_sure_they_are() -> None:
    asked = [
        text("What should we call you?"),
        choice("Your role", "Porter", "Cook", "Clerk"),
        choice("My department cares", *ENDS, key="QID3"),
    ]
    form = Form("SV_1", "A form", "en", tuple(asked))
    proposal = propose(form, VOCABULARY, TODAY)
    assert 'name = "QID7_TEXT"   # sure: "What should we call you?"' in proposal
    assert '# not sure, no answer is a role of program.toml: "Your role"\n[survey.facts.role]' in (
        proposal
    )
    assert "[survey.facts.department]" not in proposal
    assert re.findall(r"^#   (\w+)", proposal.partition("# What no fact uses:")[2], re.M) == [
        "QID3"
    ]
    said = list(overview(form, VOCABULARY))
    assert said[:2] == ["Sure: name.", "Not sure: role."]
    assert said[2].startswith("Not found: email, phone, unit")


SQ = {"Element": "SQ", "PrimaryAttribute": "QID1"}


@pytest.mark.parametrize(
    ("exported", "missing"),
    [
        ([], "SurveyEntry is missing"),
        ({"SurveyElements": [SQ]}, "SurveyEntry is missing"),
        ({"SurveyEntry": {"SurveyID": "SV_1"}}, "SurveyElements is missing"),
        ({"SurveyEntry": {"SurveyID": "SV_1"}, "SurveyElements": "BL"}, "another shape"),
        ({"SurveyEntry": {"SurveyID": "SV_1"}, "SurveyElements": []}, "is empty"),
        (
            {"SurveyEntry": {"SurveyID": "SV_1"}, "SurveyElements": [{"Element": "FL"}]},
            r"no questions \(elements SQ\), only FL",
        ),
        ({"SurveyEntry": {"SurveyID": "SV_1"}, "SurveyElements": [{"SQ": {}}]}, "no element says"),
        ({"SurveyEntry": {"SurveyID": "SV_1"}, "SurveyElements": [SQ]}, "have no Payload"),
    ],
)  # fmt: skip
def test_a_file_of_another_shape_names_what_is_missing(exported: object, missing: str) -> None:
    with pytest.raises(NotAForm, match=missing):
        form_of_export(exported)


def test_elements_may_be_a_table_too() -> None:
    question = {"QuestionText": "Your role", "QuestionType": "TE", "QuestionID": "QIDIntro"}
    elements = {"0": {"Element": "BL", "Payload": []}, "3": SQ | {"Payload": question}}
    form = form_of_export({"SurveyEntry": {"SurveyID": "SV_1"}, "SurveyElements": elements})
    assert form.questions[0].key == "QIDIntro_TEXT"
