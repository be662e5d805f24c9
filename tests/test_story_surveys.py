"""Several surveys, and a Qualtrics that is gone for days: everybody is heard, once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from demo.qualtrics.survey import Kind, Question, Survey
from tests.world import JORDAN, REQUESTER, World, example_config, living
from workflow.model import Wish

SPANISH = Survey(
    id="SV_9pedirApoyo0001",
    name="Pedir apoyo",
    questions=(
        Question("QID3", Kind.SINGLE, "¿Se siente a salvo?", {7: "Sí", 9: "No estoy seguro"}),
        Question("QID5", Kind.TEXT, "Correo electrónico"),
        Question("QID8", Kind.TEXT, "Su nombre"),
        Question("QID11", Kind.SINGLE, "¿Alguien con una función…?", {1: "distinta", 2: "similar"}),
        Question("QID2", Kind.SINGLE, "Su departamento", {4: "Cirugía", 5: "Urgencias"}),
    ),
)
MAP = """
[[survey]]
id = "SV_9pedirApoyo0001"
name = "Pedir apoyo"
accept_from = 2026-11-01
language = "es"
[survey.facts]
name = "QID8_TEXT"
email = "QID5_TEXT"
[survey.facts.safety]
key = "QID3"
[survey.facts.safety.choices]
7 = "safe"
9 = "urgent"
[survey.facts.wish_role]
key = "QID11"
[survey.facts.wish_role.choices]
1 = "different"
2 = "similar"
[survey.facts.department]
key = "QID2"
[survey.facts.department.choices]
4 = "surgery"
5 = "emergency"
"""
ANSWERS: dict[str, object] = {
    "QID3": 7, "QID5_TEXT": "ana.ruiz@example.org", "QID8_TEXT": "Ana Ruiz", "QID11": 1, "QID2": 5,
}  # fmt: skip


@pytest.fixture
def bilingual(tmp_path: Path) -> Iterator[World]:
    config = example_config(tmp_path)
    survey = config / "survey.toml"
    survey.write_text(survey.read_text() + MAP)
    with living(tmp_path, config) as world:
        world.qualtrics.add_survey(SPANISH)
        world.qualtrics.subscribe(
            f"{world.url}/webhooks/qualtrics/events",
            "an-invented-shared-key",
            f"surveyengine.completedResponse.{SPANISH.id}",
        )
        yield world


def ask_in_spanish(world: World, **changed: object) -> None:
    answers = ANSWERS | changed
    world.qualtrics.submit(answers, survey_id=SPANISH.id)  # type: ignore[arg-type]
    assert world.qualtrics.wait_until_published()


def test_two_forms_with_other_questions_say_the_same_facts(bilingual: World) -> None:
    bilingual.submit()
    ask_in_spanish(bilingual)
    bilingual.work()
    bilingual.passes(minutes=11)

    english = bilingual.case(bilingual.mail(REQUESTER).subject.split(":")[0]).facts
    spanish = bilingual.case(bilingual.mail("ana.ruiz@example.org").subject.split(":")[0]).facts
    assert (english.department, spanish.department) == ("emergency", "emergency")
    assert (english.wish_role, spanish.wish_role) == (Wish.SIMILAR, Wish.DIFFERENT)
    assert (english.language, spanish.language) == ("en", "es")
    assert len(bilingual.mails(JORDAN)) == 2
    assert dict(bilingual.rows("arrivals", "survey_id", "number")) == {
        "SV_8peerSupport01": 1,
        SPANISH.id: 1,
    }


def test_both_are_compared_with_what_qualtrics_has(bilingual: World) -> None:
    bilingual.work()
    bilingual.qualtrics.behavior.drop_rate = 1.0
    bilingual.submit()
    ask_in_spanish(bilingual, QID3=9)

    bilingual.passes(minutes=16)

    assert bilingual.count("cases") == 2
    assert bilingual.mails("ana.ruiz@example.org")
    assert bilingual.mails(JORDAN, "act now")


@pytest.mark.parametrize("status", [500, 401, 429])
def test_an_api_that_is_gone_for_two_days_loses_nobody(world: World, status: int) -> None:
    world.work()
    world.qualtrics.behavior.api_status = status
    for hour in range(0, 48, 4):
        if hour % 12 == 0:
            address = f"person.{hour}@example.org"
            world.submit(QID2_TEXT=address, QID3_TEXT=f"860-556-{hour:04}")
        world.passes(hours=4)
    assert world.count("cases") == 0
    told = [mail.text for mail in world.mails(JORDAN) if "six hours" in mail.text]
    assert len({text.partition("Response: ")[2][:17] for text in told}) == len(told) == 4
    assert world.mails(JORDAN, "numbers to compare"), "while nothing is compared, people must"

    world.qualtrics.behavior.api_status = None
    world.passes(hours=1, minutes=1)

    assert world.count("cases") == 4
    assert all(len(world.mails(f"person.{hour}@example.org")) == 1 for hour in (0, 12, 24, 36))
    late = world.clock.now - timedelta(hours=49, minutes=1)
    assert min(world.case(m.subject.split(":")[0]).submitted_at for m in world.mailbox.messages
               if m.recipients[0] == "person.0@example.org") == late  # fmt: skip
