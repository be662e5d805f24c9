"""The survey as the API lists, describes and defines it."""

from typing import Any

from demo.qualtrics.api.responses import in_seconds
from demo.qualtrics.survey import Field, Kind, Question, Survey

OWNER = "UR_3demoOwner00001"
BLOCK = "BL_5demoBlock00001"
TRASH = "BL_5demoTrash00001"
RESPONSE_SET = "RS_7demoSet0000001"
CREATED = "2026-01-05T15:00:00Z"

SELECTORS = {
    Kind.TEXT: ("TE", "SL", None),
    Kind.ESSAY: ("TE", "ESTB", None),
    Kind.SINGLE: ("MC", "SAVR", "TX"),
    Kind.MULTIPLE: ("MC", "MAVR", "TX"),
    Kind.MATRIX: ("Matrix", "Likert", "SingleAnswer"),
}


def last_modified(survey: Survey) -> str:
    """Return when the survey was last changed, as the API writes it."""
    return in_seconds(survey.modified_at) if survey.modified_at else CREATED


def list_entry(survey: Survey) -> dict[str, Any]:
    """Return the survey as GET /surveys lists it."""
    return {
        "id": survey.id,
        "name": survey.name,
        "ownerId": OWNER,
        "lastModified": last_modified(survey),
        "creationDate": CREATED,
        "isActive": True,
    }


def describe(survey: Survey, brand_id: str, response_count: int) -> dict[str, Any]:
    """Return the result of GET /surveys/{id}."""
    return {
        "id": survey.id,
        "name": survey.name,
        "ownerId": OWNER,
        "organizationId": brand_id,
        "isActive": True,
        "creationDate": CREATED,
        "lastModifiedDate": last_modified(survey),
        "expiration": {"startDate": None, "endDate": None},
        "questions": {question.id: _question(question) for question in survey.questions},
        "exportColumnMap": {f.export_tag: _column(f, survey) for f in survey.fields()},
        "blocks": {BLOCK: {"description": "Request", "elements": _elements(survey)}},
        "flow": [{"type": "EmbeddedData"}, {"id": BLOCK, "type": "Block"}],
        "embeddedData": [{"name": name} for name in survey.embedded],
        "comments": {},
        "loopAndMerge": {},
        "responseCounts": {"auditable": response_count, "generated": 0, "deleted": 0},
    }


def _elements(survey: Survey) -> list[dict[str, str]]:
    return [{"type": "Question", "questionId": question.id} for question in survey.questions]


def _column(field: Field, survey: Survey) -> dict[str, str]:
    column = {"question": field.question_id}
    kind = next(q.kind for q in survey.questions if q.id == field.question_id)
    if kind is Kind.MATRIX:
        number = field.key.rpartition("_")[2]
        column["subQuestion"] = f"{field.question_id}.subQuestions.{number}"
    elif field.key.endswith("_TEXT") and kind is Kind.SINGLE:
        number = field.key.split("_")[1]
        column["choice"] = f"{field.question_id}.choices.{number}"
        column["textEntry"] = column["choice"] + ".textEntry"
    return column


def _question(question: Question) -> dict[str, Any]:
    kind, selector, sub_selector = SELECTORS[question.kind]
    described: dict[str, Any] = {
        "questionType": {"type": kind, "selector": selector, "subSelector": sub_selector},
        "questionText": question.text,
        "questionLabel": None,
        "validation": {"doesForceResponse": question.is_required},
        "questionName": question.export_tag,
    }
    if question.statements:
        described["subQuestions"] = {str(n): _choice(n, t) for n, t in question.statements.items()}
    if question.choices:
        described["choices"] = {
            str(number): _choice(question.recode(number), text) | {"analyze": True}
            for number, text in question.choices.items()
        }
    if question.other_choice is not None:
        described["choices"][str(question.other_choice)]["textEntry"] = {}
    return described


def _choice(recode: int, text: str) -> dict[str, Any]:
    return {
        "recode": str(recode),
        "description": text,
        "choiceText": text,
        "imageDescription": None,
        "variableName": None,
    }


def define(survey: Survey, brand_id: str, brand_url: str) -> dict[str, Any]:
    """Return the result of GET /survey-definitions/{id}, where an empty object is a []."""
    return {
        "QuestionCount": str(len(survey.questions)),
        "SurveyOptions": {
            "BackButton": "false",
            "SurveyProtection": "PublicSurvey",
            "PartialData": "+1 week",
            "SurveyLanguage": "EN",
            "ActiveResponseSet": RESPONSE_SET,
            "AvailableLanguages": {"EN": []},
        },
        "SurveyID": survey.id,
        "SurveyName": survey.name,
        "SurveyStatus": "Active",
        "LastModified": last_modified(survey),
        "BrandID": brand_id,
        "OwnerID": OWNER,
        "LastAccessed": None,
        "CreatorID": OWNER,
        "LastActivated": CREATED,
        "Questions": {q.id: define_question(q) for q in (*survey.questions, *survey.trash)},
        "Blocks": {block["ID"]: block for block in blocks(survey)},
        "ResponseSets": {RESPONSE_SET: "Default Response Set"},
        "SurveyFlow": flow(survey),
        "Scoring": {"ScoringCategories": [], "DefaultScoringCategory": None},
        "ProjectInfo": {"SurveyID": survey.id, "ProjectCategory": "CORE"},
        "BrandBaseURL": brand_url,
    }


def blocks(survey: Survey) -> list[dict[str, Any]]:
    """Return the blocks of the editor: the trash, then the form."""
    return [
        {
            "Type": "Trash",
            "Description": "Trash / Unused Questions",
            "ID": TRASH,
            "BlockElements": _block_elements(survey.trash),
        },
        {
            "Type": "Standard",
            "SubType": "",
            "Description": "Request",
            "ID": BLOCK,
            "BlockElements": _block_elements(survey.questions),
            "Options": [],
        },
    ]


def _block_elements(questions: tuple[Question, ...]) -> list[dict[str, str]]:
    return [{"Type": "Question", "QuestionID": question.id} for question in questions]


def flow(survey: Survey) -> dict[str, Any]:
    """Return the flow: the embedded data, then the block of questions."""
    embedded = [
        {"Field": name, "Type": "Recipient", "Description": name} for name in survey.embedded
    ]
    return {
        "Type": "Root",
        "FlowID": "FL_1",
        "Flow": [
            {"Type": "EmbeddedData", "FlowID": "FL_2", "EmbeddedData": embedded},
            {"Type": "Standard", "ID": BLOCK, "FlowID": "FL_3"},
        ],
        "Properties": {"Count": 3, "RemovedFieldsets": []},
    }


def define_question(question: Question) -> dict[str, Any]:
    """Return a question as the editor stores it."""
    kind, selector, sub_selector = SELECTORS[question.kind]
    rows = question.statements or question.choices
    defined: dict[str, Any] = {
        "QuestionText": question.text,
        "QuestionText_Unsafe": question.text,
        "DataExportTag": question.export_tag,
        "QuestionType": kind,
        "Selector": selector,
        "Configuration": {"QuestionDescriptionOption": "UseText"},
        "QuestionDescription": question.text,
        "Validation": {"Settings": {"ForceResponse": "ON" if question.is_required else "OFF"}},
        "Language": [],
        "NextChoiceId": len(rows) + 1,
        "NextAnswerId": len(question.choices) + 1 if question.statements else 1,
        "QuestionID": question.id,
        "DataVisibility": {"Private": False, "Hidden": False},
    }
    if sub_selector:
        defined["SubSelector"] = sub_selector
    if rows:
        defined |= {"Choices": _displays(rows), "ChoiceOrder": [str(number) for number in rows]}
    if question.statements:
        defined |= {"Answers": _displays(question.choices)}
        defined |= {"AnswerOrder": [str(number) for number in question.choices]}
    if question.recodes:
        recodes = {str(number): str(question.recode(number)) for number in question.choices}
        defined["RecodeValues"] = recodes
    if question.other_choice is not None:
        defined["Choices"][str(question.other_choice)]["TextEntry"] = "true"
    return defined


def _displays(texts: Any) -> dict[str, dict[str, str]]:
    return {str(number): {"Display": text} for number, text in texts.items()}
