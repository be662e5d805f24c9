"""Writes a form as a .qsf file for Qualtrics to import, in the shapes of its own exports."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from html import escape
from typing import Any

NEVER = "0000-00-00 00:00:00"
RESPONSES, OWNER, BLOCK, TRASH = (
    "RS_0peerSupport001", "UR_0peerSupport001", "BL_0peerSupport001", "BL_0peerSupport002",
)  # fmt: skip
#: What Qualtrics checks of an address, as its editor writes it.
ADDRESS_ONLY = {
    "Type": "ContentType", "MinChars": "1", "ContentType": "ValidEmail",
    "ValidDateType": "DateWithFormat", "ValidPhoneType": "ValidUSPhone",
    "ValidZipType": "ValidUSZip", "ValidNumber": {"Min": "", "Max": "", "NumDecimals": ""},
}  # fmt: skip


class Asking(StrEnum):
    """How a question is asked; its words are those of Qualtrics: type, selector, sub-selector."""

    WORDS = "DB TB"
    LINE = "TE SL"
    LINES = "TE ML"
    ONE = "MC SAVR TX"
    SEVERAL = "MC MAVR TX"
    EACH = "Matrix Likert SingleAnswer"


@dataclass(frozen=True)
class Asked:
    """One question, or words between questions."""

    #: The number of the question: 4 becomes QID4 and, in exports, Q4.
    number: int
    asking: Asking
    text: str
    choices: Mapping[int, str] = field(default_factory=dict)
    #: What is asked for each of these, if it is a matrix.
    statements: Mapping[int, str] = field(default_factory=dict)
    is_required: bool = False
    is_address: bool = False

    @property
    def id(self) -> str:
        return f"QID{self.number}"

    @property
    def description(self) -> str:
        """Return what lists of questions show: the text on one line, cut off."""
        return " ".join(self.text.split())[:100]


@dataclass(frozen=True)
class Written:
    """A form as it is to be imported."""

    id: str
    name: str
    #: What a browser shows as the title of the page.
    title: str
    language: str
    questions: tuple[Asked, ...]
    #: Fields that the form's address may carry.
    embedded: tuple[str, ...] = ()


def qsf(form: Written, at: datetime) -> str:
    """Return the content of the file."""
    elements = [
        _element("BL", "Survey Blocks", payload=_blocks(form)),
        _element("FL", "Survey Flow", payload=_flow(form)),
        _element("SO", "Survey Options", payload=_options(form)),
        _element("SCO", "Scoring", payload=SCORING),
        _element("PROJ", "CORE", third="1.1.0",
                 payload={"ProjectCategory": "CORE", "SchemaVersion": "1.1.0"}),
        _element("STAT", "Survey Statistics",
                 payload={"MobileCompatible": True, "ID": "Survey Statistics"}),
        _element("QC", "Survey Question Count", f"{len(form.questions)}"),
        _element("RS", RESPONSES, "Default Response Set"),
        *(_element("SQ", one.id, one.description, payload=_question(one))
          for one in form.questions),
    ]  # fmt: skip
    content = {
        "SurveyEntry": _entry(form, at),
        "SurveyElements": [{"SurveyID": form.id, **one} for one in elements],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


SCORING: dict[str, Any] = {
    "ScoringCategories": [], "ScoringCategoryGroups": [], "ScoringSummaryCategory": None,
    "ScoringSummaryAfterQuestions": 0, "ScoringSummaryAfterSurvey": 0,
    "DefaultScoringCategory": None, "AutoScoringCategory": None,
}  # fmt: skip


def _element(
    kind: str, first: str, second: str | None = None, third: str | None = None, payload: Any = None
) -> dict[str, Any]:
    return {
        "Element": kind,
        "PrimaryAttribute": first,
        "SecondaryAttribute": second,
        "TertiaryAttribute": third,
        "Payload": payload,
    }


def _entry(form: Written, at: datetime) -> dict[str, Any]:
    made = f"{at:%Y-%m-%d %H:%M:%S}"
    return {
        "SurveyID": form.id,
        "SurveyName": form.name,
        "SurveyDescription": None,
        "SurveyOwnerID": OWNER,
        "SurveyBrandID": "examplehealth",
        "DivisionID": None,
        "SurveyLanguage": form.language.upper(),
        "SurveyActiveResponseSet": RESPONSES,
        "SurveyStatus": "Inactive",
        "SurveyStartDate": NEVER,
        "SurveyExpirationDate": NEVER,
        "SurveyCreationDate": made,
        "CreatorID": OWNER,
        "LastModified": made,
        "LastAccessed": NEVER,
        "LastActivated": NEVER,
        "Deleted": None,
    }


def _blocks(form: Written) -> list[dict[str, Any]]:
    shown = [{"Type": "Question", "QuestionID": one.id} for one in form.questions]
    return [
        {
            "Type": "Default",
            "Description": "Default Question Block",
            "ID": BLOCK,
            "BlockElements": shown,
        },
        {
            "Type": "Trash",
            "Description": "Trash / Unused Questions",
            "ID": TRASH,
            "BlockElements": [],
        },
    ]


def _flow(form: Written) -> dict[str, Any]:
    """Return the order of the parts: what the address carries comes first, or it is not kept."""
    flow: list[dict[str, Any]] = [{"ID": BLOCK, "Type": "Block", "FlowID": "FL_2"}]
    if form.embedded:
        kept = [
            {
                "Description": name,
                "Type": "Recipient",
                "Field": name,
                "VariableType": "String",
                "DataVisibility": [],
                "AnalyzeText": False,
            }
            for name in form.embedded
        ]
        flow.insert(0, {"Type": "EmbeddedData", "FlowID": "FL_3", "EmbeddedData": kept})
    count = len(flow) + 1
    return {"Flow": flow, "Properties": {"Count": count}, "FlowID": "FL_1", "Type": "Root"}


def _options(form: Written) -> dict[str, Any]:
    """Return options that keep no IP address, and no answers in a browser that others may use."""
    return {
        "BackButton": "false",
        "SaveAndContinue": "false",
        "SurveyProtection": "PublicSurvey",
        "BallotBoxStuffingPrevention": "false",
        "NoIndex": "Yes",
        "SecureResponseFiles": "true",
        "SurveyExpiration": "None",
        "SurveyTermination": "DefaultMessage",
        "Header": "",
        "Footer": "",
        "ProgressBarDisplay": "None",
        "PartialData": "+1 week",
        "ValidationMessage": "",
        "PreviousButton": "",
        "NextButton": "",
        "SurveyTitle": form.title,
        "SurveyMetaDescription": form.title,
        "SkinLibrary": "Qualtrics",
        "SkinType": "MQ",
        "Skin": "xmskin",
        "NewScoring": 1,
        "AnonymizeResponse": "Yes",
        "CollectGeoLocation": "false",
        "AvailableLanguages": {form.language.upper(): []},
        "SurveyLanguage": form.language.upper(),
    }


def _question(asked: Asked) -> dict[str, Any]:
    kind, selector, *below = asked.asking.split()
    rows = asked.statements or asked.choices
    return {
        # Qualtrics takes it for HTML.
        "QuestionText": escape(asked.text, quote=False).replace("\n", "<br>"),
        "DefaultChoices": False,
        "DataExportTag": f"Q{asked.number}",
        "QuestionType": kind,
        "Selector": selector,
        **({"SubSelector": below[0]} if below else {}),
        "Configuration": {"QuestionDescriptionOption": "UseText", **_configuration(asked)},
        "QuestionDescription": asked.description,
        **dict(_rows("Choice", rows if asked.asking is not Asking.WORDS else {}, asked.asking)),
        **dict(_rows("Answer", asked.choices if asked.statements else {}, asked.asking)),
        **({"ChoiceDataExportTags": False} if asked.statements else {}),
        "Validation": {"Settings": _validation(asked)},
        "GradingData": [],
        "Language": [],
        "NextChoiceId": max(rows, default=3) + 1,
        "NextAnswerId": max(asked.choices, default=0) + 1 if asked.statements else 1,
        "QuestionID": asked.id,
    }


def _rows(what: str, rows: Mapping[int, str], asking: Asking) -> Iterator[tuple[str, Any]]:
    if rows:
        yield f"{what}s", {f"{n}": {"Display": escape(row, quote=False)} for n, row in rows.items()}
        yield f"{what}Order", [f"{number}" for number in rows]
    elif what == "Choice" and asking is Asking.WORDS:
        yield "ChoiceOrder", []


def _configuration(asked: Asked) -> dict[str, Any]:
    if asked.asking is Asking.EACH:
        return {
            "TextPosition": "inline",
            "ChoiceColumnWidth": 25,
            "RepeatHeaders": "none",
            "WhiteSpace": "OFF",
            "MobileFirst": True,
        }
    if asked.asking is Asking.LINES:
        return {"InputWidth": 575, "InputHeight": 100}
    return {}


def _validation(asked: Asked) -> dict[str, Any]:
    if asked.asking is Asking.WORDS:
        return {"Type": "None"}
    must = {"ForceResponse": "ON" if asked.is_required else "OFF", "ForceResponseType": "ON"}
    return must | (ADDRESS_ONLY if asked.is_address else {"Type": "None"})
