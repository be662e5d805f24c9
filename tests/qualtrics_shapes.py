"""A form as Qualtrics describes it: the recorded shapes, PHP's habits, invented content."""

import re
from typing import Any

from demo.qualtrics.survey import PEER_SUPPORT

SURVEY_ID = "SV_2anotherForm01x"


def choices(*texts: str, **extra: Any) -> dict[str, Any]:
    return {str(number): {"Display": text} | extra for number, text in enumerate(texts, start=1)}


def question(id: str, kind: str, selector: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "QuestionText": text,
        "QuestionText_Unsafe": text,
        "DataExportTag": id.replace("QID", "Q"),
        "QuestionType": kind,
        "Selector": selector,
        "Configuration": {"QuestionDescriptionOption": "UseText"},
        "QuestionDescription": text[:100],
        "Validation": {"Settings": {"ForceResponse": "OFF", "Type": "None"}},
        "Language": [],
        "NextChoiceId": 9,
        "NextAnswerId": 1,
        "QuestionID": id,
        "DataVisibility": {"Private": False, "Hidden": False},
    } | more


def questions() -> dict[str, dict[str, Any]]:
    found = [
        question(
            "QID1",
            "TE",
            "FORM",
            "How can we reach you?",
            Choices=choices("First and last name", "E-mail address", "Cell phone"),
        ),
        question(
            "QID2",
            "MC",
            "MAVR",
            "Which ways of contact are fine?",
            Choices=choices("Call me", "Text (SMS)", "E-mail", "Leave a voice mail", "No calls"),
        ),
        question(
            "QID3",
            "MC",
            "DL",
            '<div>What is your <strong>department</strong>?<br></div><script>alert("!")</script>',
            Choices=choices(
                "<em>Emergency</em>&nbsp;Medicine",
                "Obstetrics &amp; Gynecology",
                "Surgical services",
                "Another one",
            ),
            RecodeValues={"1": "10", "2": "20", "3": "30", "4": "99"},
        ),
        question(
            "QID4",
            "MC",
            "SAVR",
            "Which role describes you best?",
            Choices=choices("Registered nurse", "Physician", "Chaplain")
            | {"4": {"Display": "Other", "TextEntry": "true"}},
            RecodeValues=[],
        ),
        question(
            "QID5",
            "Matrix",
            "Likert",
            "Somebody to talk to: my supporter should have",
            SubSelector="SingleAnswer",
            Choices=choices("a role that is", "a specialty that is", "a department that is"),
            Answers=choices("The same as mine", "A different one", "I don't mind"),
        ),
        question(
            "QID6",
            "MC",
            "SAVR",
            "Are you having thoughts of harming yourself?",
            Choices=choices("Yes", "No", "I would rather not say"),
        ),
        question("QID7", "TE", "ESTB", "Is there anything else that you would like us to know?"),
        question("QID8", "DB", "TB", "Please do not write about patients."),
        question(
            "QID9",
            "MC",
            "SAVR",
            "Did this begin with a patient safety event?",
            Choices=choices("Yes", "No"),
        ),
        question(
            "QID10",
            "MC",
            "NPS",
            "How likely are you to recommend us?",
            Choices=[{"Display": str(number)} for number in range(11)],
        ),
        question(
            "QID11", "MC", "SAVR", "Do you feel safe right now?", Choices=choices("Yes", "No")
        ),
        question("QID12", "Matrix", "TE", "Where else do you work?", Choices=choices("Mornings")),
    ]
    return {one["QuestionID"]: one for one in found}


def blocks() -> dict[str, dict[str, Any]]:
    def listed(*ids: str) -> list[dict[str, str]]:
        return [{"Type": "Question", "QuestionID": id} for id in ids] + [{"Type": "Page Break"}]

    used = [id for id in questions() if id != "QID11"]
    return {
        "BL_1": {"Type": "Trash", "ID": "BL_1", "BlockElements": listed("QID11")},
        "BL_2": {"Type": "Standard", "ID": "BL_2", "BlockElements": listed(*used), "Options": []},
        "BL_3": {"Type": "Standard", "ID": "BL_3", "BlockElements": []},
    }


FLOW: dict[str, Any] = {
    "Type": "Root",
    "FlowID": "FL_1",
    "Flow": [
        {
            "Type": "Group",
            "Flow": [{"Type": "EmbeddedData", "EmbeddedData": [{"Field": "utm_source"}]}],
        },
        {"Type": "Standard", "ID": "BL_2", "FlowID": "FL_3"},
        {"Type": "BlockRandomizer", "Flow": []},
    ],
    "Properties": {"Count": 3},
}


def definition(**changed: Any) -> dict[str, Any]:
    """Return the result of GET /survey-definitions/{id}."""
    return {
        "QuestionCount": "11",
        "SurveyOptions": {"SurveyLanguage": "EN", "AvailableLanguages": {"EN": []}},
        "SurveyID": SURVEY_ID,
        "SurveyName": "Talk to a colleague",
        "SurveyStatus": "Active",
        "Questions": questions(),
        "Blocks": blocks(),
        "SurveyFlow": FLOW,
    } | changed


def exported(**changed: Any) -> dict[str, Any]:
    """Return what an exported .qsf file holds."""
    form = definition(**changed)
    parts: list[tuple[str, str, Any]] = [("BL", "Survey Blocks", list(form["Blocks"].values()))]
    parts += [("FL", "Flow", FLOW)]
    parts += [
        ("QC", "Survey Question Count", None),
        ("SO", "Survey Options", form["SurveyOptions"]),
    ]
    parts += [("SQ", id, one) for id, one in form["Questions"].items()]
    return {
        "SurveyEntry": {
            "SurveyID": form["SurveyID"],
            "SurveyName": form["SurveyName"],
            "SurveyLanguage": "EN",
        },
        "SurveyElements": [
            {
                "SurveyID": form["SurveyID"],
                "Element": element,
                "PrimaryAttribute": attribute,
                "SecondaryAttribute": None,
                "TertiaryAttribute": None,
                "Payload": payload,
            }
            for element, attribute, payload in parts
        ],
    }


def as_piped(body: str, answers: dict[str, Any], response_id: str) -> str:
    """Fill in the piped text of a workflow task's body, as Qualtrics does for the demo's form."""
    labels = {
        key: [question.choices[int(one)] for one in _listed(answers.get(key))]
        for question in PEER_SUPPORT.questions
        for key in [field.key for field in question.fields() if field.choices]
    }

    def fill(found: re.Match[str]) -> str:
        pipe, key = found[1], re.sub(r".*//(Field/)?([^/]+).*", r"\2", found[1])
        part = re.search(r"/(\d+)$", pipe)
        if pipe.startswith("rm:"):
            return {"ResponseID": response_id}.get(key, "2026-11-23 15:00:00")
        if "SelectedChoicesRecode" in pipe:
            return str(answers.get(key, ""))
        if "ChoiceGroup" in pipe:
            return ", ".join(labels[f"{key}_{part[1]}" if part else key])
        if pipe.startswith("e:"):
            return str({"Q_Language": "EN"}.get(key) or answers.get(key, ""))
        return str(answers.get(f"{key}_TEXT", ""))

    return re.sub(r"\$\{([^}]+)\}", fill, body)


def _listed(answer: object) -> list[Any]:
    return answer if isinstance(answer, list) else [answer] if answer else []
