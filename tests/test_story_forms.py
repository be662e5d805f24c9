"""Forms to start from: an admin imports them, and their answers are read without a word of TOML."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from commands.outreach.forms import vocabulary
from program import Program
from program.outreach.forms import forms
from qualtrics.form.form import form_of_export
from qualtrics.form.mapping import overview
from qualtrics.form.writing import Written, qsf
from tests.program_files import look
from tests.qualtrics_commands import run
from tests.world import JORDAN, REQUESTER, World

ROOT = Path(__file__).parent.parent
READY = ROOT / "docs/forms"
PROGRAM = Program.load(ROOT / "config.example")
MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)
KINDS = ("request", "nomination", "referral", "feedback")
#: As Qualtrics exports them (November 2026); it imports what it exports.
ENTRY = {
    "SurveyID", "SurveyName", "SurveyDescription", "SurveyOwnerID", "SurveyBrandID", "DivisionID",
    "SurveyLanguage", "SurveyActiveResponseSet", "SurveyStatus", "SurveyStartDate",
    "SurveyExpirationDate", "SurveyCreationDate", "CreatorID", "LastModified", "LastAccessed",
    "LastActivated", "Deleted",
}  # fmt: skip
ELEMENT = {
    "SurveyID", "Element", "PrimaryAttribute", "SecondaryAttribute", "TertiaryAttribute", "Payload",
}  # fmt: skip
ALWAYS = {
    "QuestionText", "DefaultChoices", "DataExportTag", "QuestionType", "Selector", "Configuration",
    "QuestionDescription", "Validation", "GradingData", "Language", "NextChoiceId", "NextAnswerId",
    "QuestionID",
}  # fmt: skip
CHOICES = {"SubSelector", "Choices", "ChoiceOrder"}
OF_KIND = {
    "DB": {"ChoiceOrder"},
    "TE": set[str](),
    "MC": CHOICES,
    "Matrix": {*CHOICES, "Answers", "AnswerOrder", "ChoiceDataExportTags"},
}


def all_forms() -> Iterator[tuple[str, Written]]:
    for code in ("en", "es"):
        yield from forms(PROGRAM, PROGRAM.language(code)).items()


FORMS = dict(all_forms())


def exported(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(qsf(FORMS[name], MADE_AT))
    return content


def elements(name: str, kind: str) -> list[dict[str, Any]]:
    return [one for one in exported(name)["SurveyElements"] if one["Element"] == kind]


def test_there_is_each_form_in_english_and_spanish() -> None:
    assert FORMS.keys() == {f"{kind}-{code}" for kind in KINDS for code in ("en", "es")}


@pytest.mark.parametrize("name", FORMS)
def test_the_ready_made_files_are_what_the_generator_makes(name: str) -> None:
    file, made = READY / f"{name}.qsf", qsf(FORMS[name], MADE_AT)
    if os.environ.get("ACCEPT_FORMS") == "1":
        file.write_text(made)
    assert file.read_text() == made, "Run with ACCEPT_FORMS=1 and read the difference"


@pytest.mark.parametrize("name", FORMS)
def test_a_file_has_the_parts_that_qualtrics_exports(name: str) -> None:
    content = exported(name)
    assert content.keys() == {"SurveyEntry", "SurveyElements"}
    assert content["SurveyEntry"].keys() == ENTRY
    assert all(one.keys() == ELEMENT for one in content["SurveyElements"])
    found = [one["Element"] for one in content["SurveyElements"] if one["Element"] != "SQ"]
    assert found == ["BL", "FL", "SO", "SCO", "PROJ", "STAT", "QC", "RS"]
    ids = {one["SurveyID"] for one in content["SurveyElements"]}
    assert ids == {content["SurveyEntry"]["SurveyID"]}
    assert len(ids.pop()) == len("SV_3gbwq8aJgqPwQDP")
    (count,) = elements(name, "QC")
    assert count["SecondaryAttribute"] == str(len(elements(name, "SQ")))


@pytest.mark.parametrize("name", FORMS)
def test_each_question_has_the_keys_of_its_type_and_stands_in_the_flow(name: str) -> None:
    questions = [one["Payload"] for one in elements(name, "SQ")]
    for one in questions:
        assert one.keys() == ALWAYS | OF_KIND[one["QuestionType"]], one["QuestionID"]
        rows = one.get("Choices", {})
        assert list(rows) == [number for number in one.get("ChoiceOrder", []) if rows]
        assert all(int(number) < one["NextChoiceId"] for number in rows)
        assert list(one.get("Answers", {})) == one.get("AnswerOrder", [])
    (blocks,), (flow,) = elements(name, "BL"), elements(name, "FL")
    shown, trash = blocks["Payload"]
    assert [one["QuestionID"] for one in shown["BlockElements"]] == [
        one["QuestionID"] for one in questions
    ]
    assert trash["BlockElements"] == []
    parts = flow["Payload"]["Flow"]
    assert parts[-1]["ID"] == shown["ID"]
    assert [one["Type"] for one in parts[:-1]] == (
        ["EmbeddedData"] if name.startswith("request") else []
    )


@pytest.mark.parametrize("name", FORMS)
def test_whatever_refers_to_something_finds_it_once(name: str) -> None:
    """As in surveys that others published: what an import cannot resolve it drops, or refuses."""
    entry, questions = exported(name)["SurveyEntry"], elements(name, "SQ")
    ids = [one["Payload"]["QuestionID"] for one in questions]
    assert ids == [one["PrimaryAttribute"] for one in questions]
    assert [one["SecondaryAttribute"] for one in questions] == [
        one["Payload"]["QuestionDescription"] for one in questions
    ]
    tags = [one["Payload"]["DataExportTag"] for one in questions]
    assert (len({*ids}), len({*tags})) == (len(ids), len(tags))
    (responses,), (options,) = elements(name, "RS"), elements(name, "SO")
    assert responses["PrimaryAttribute"] == entry["SurveyActiveResponseSet"]
    assert options["Payload"]["SurveyLanguage"] == entry["SurveyLanguage"] == name[-2:].upper()
    (blocks,), (flow,) = elements(name, "BL"), elements(name, "FL")
    known = [one["ID"] for one in blocks["Payload"]]
    assert len({*known}) == len(known)
    listed = [e["QuestionID"] for one in blocks["Payload"] for e in one["BlockElements"]]
    assert listed == ids
    parts = flow["Payload"]["Flow"]
    assert {one["ID"] for one in parts if one["Type"] == "Block"} <= {*known}
    flow_ids = [flow["Payload"]["FlowID"], *(one["FlowID"] for one in parts)]
    assert flow["Payload"]["Properties"]["Count"] == len({*flow_ids}) == len(flow_ids)


@pytest.mark.parametrize("name", FORMS)
def test_nothing_tells_who_fills_it_in_or_stays_in_a_shared_browser(name: str) -> None:
    (options,) = elements(name, "SO")
    assert options["Payload"]["AnonymizeResponse"] == "Yes"
    assert options["Payload"]["SaveAndContinue"] == "false"
    assert options["Payload"]["SurveyTitle"] == "Care Desk"


@pytest.mark.parametrize("name", ["request-en", "request-es"])
def test_every_question_of_the_request_form_is_recognized(name: str) -> None:
    form = form_of_export(exported(name))
    assert form.language == name[-2:]
    *_, missing = overview(form, vocabulary(PROGRAM, PROGRAM.language(form.language)))
    assert missing == "Not found: note."


def test_the_spanish_form_has_the_programs_names_in_spanish_as_the_admins_wrote_them() -> None:
    roles = next(one for one in FORMS["request-es"].questions if one.id == "QID8")
    assert roles.choices[1] == "Enfermera o enfermero"
    assert "Enfermera" not in qsf(FORMS["request-en"], MADE_AT)


def test_the_crisis_line_stands_below_the_question_about_safety() -> None:
    for name, line in (("request-en", "Call or text 988"), ("request-es", "Llame al 988")):
        *_, safety, last = FORMS[name].questions
        assert safety.id == "QID12"
        assert safety.is_required
        assert line in last.text


def test_an_admin_imports_one_and_the_first_request_is_read(world: World) -> None:
    folder = world.folder / "forms"
    result = run(world, "qualtrics", "forms", f"{folder}")
    assert result.exit_code == 0, result.output
    made = {path.name for path in folder.iterdir()}
    assert made == {
        *(f"{name}.qsf" for name in FORMS),
        *(f"{kind}-{code}.toml" for kind in KINDS[:3] for code in ("en", "es")),
    }
    names = [f"{kind}-{code}" for kind in KINDS[:3] for code in ("en", "es")]
    maps = [(folder / f"{name}.toml").read_text() for name in names]
    assert not [line for one in maps for line in one.splitlines() if line.startswith("# QID")]
    # Qualtrics gives what it imports an id of its own: here that of its stand-in.
    survey = world.folder / "config/survey.toml"
    today = f"accept_from = {date(2026, 11, 23)}"
    english = maps[0].replace(FORMS["request-en"].id, "SV_8peerSupport01")
    survey.write_text("\n".join([english, *maps[1:]]).replace(today, "accept_from = 2026-11-01"))
    look(world)
    for name in names[1:]:
        checked = run(world, "check", "--qsf", f"{folder / name}.qsf").output
        assert "survey.toml" not in checked, name
    world.submit(QID8=2, QID10_1=2, QID15=1, source="flyer-general")
    world.work()
    facts = world.only_case().facts
    assert facts.asks_first
    assert (facts.department, facts.role, facts.found_at) == ("emergency", "physician",
                                                              "flyer-general")  # fmt: skip
    assert facts.unreadable == ()
    assert world.mails(REQUESTER)
    world.passes(minutes=11)
    assert world.mails(JORDAN)


def test_the_command_says_what_to_do_with_them(world: World, tmp_path: Path) -> None:
    result = run(world, "qualtrics", "forms", f"{tmp_path / 'made'}")
    assert "Create project, From a file" in result.output
    mapped = run(world, "qualtrics", "map", f"{tmp_path / 'made/request-en.qsf'}")
    assert 'key = "QID12"' in mapped.output
