"""The stand-in's form, as the person who fills it in sees it."""

import pytest

from demo.qualtrics.stand_in import Behavior, StandIn
from tests.stand_in import ANSWERS, NOON, SURVEY


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn(clock=lambda: NOON, behavior=Behavior(readable_after=0))


def test_the_form_answers_before_the_event_is_delivered(stand_in: StandIn) -> None:
    stand_in.subscribe("http://127.0.0.1:9/")
    stand_in.behavior.delay = 0.3
    page = stand_in.app.test_client().post(
        f"/jfe/form/{SURVEY}?source=flyer-ed&token=other",
        data={**ANSWERS, "QID6": "1", "QID12": "3"},
    )
    assert page.status_code == 200
    assert "988" in page.text
    assert "72 hours" in page.text
    assert stand_in.publications[0].outcomes == []
    values = next(iter(stand_in.responses.values())).values
    assert (values["QID12"], values["QID4"], values["source"]) == (3, ["1", "2"], "flyer-ed")
    assert "token" not in values
    assert stand_in.wait_until_published()
    assert stand_in.publications[0].outcomes == ["ConnectionError"]


def test_the_form_asks_for_missing_answers_and_keeps_the_others(stand_in: StandIn) -> None:
    given = {"QID7_TEXT": "<b>Tower 3</b>", "QID10_2": "2"}
    page = stand_in.app.test_client().post(f"/jfe/form/{SURVEY}", data=given)
    assert "Please give an e-mail address or a phone number." in page.text
    assert page.text.count("Please answer this question.") == 2
    assert "&lt;b&gt;Tower 3&lt;/b&gt;" in page.text
    assert 'name="QID10_2" value="2" checked' in page.text
    assert stand_in.responses == {}


def test_the_form_shows_the_crisis_line_beside_the_safety_question(stand_in: StandIn) -> None:
    page = stand_in.app.test_client().get(f"/jfe/form/{SURVEY}").text
    safety = page[page.index("Do you feel safe right now?") :]
    assert "call or text 988" in safety[: safety.index("Yes, I feel safe")]
    assert "<script" not in page


def test_a_preview_has_the_status_of_a_preview(stand_in: StandIn) -> None:
    stand_in.app.test_client().post(f"/jfe/preview/{SURVEY}", data={**ANSWERS, "QID3_TEXT": "5"})
    values = next(iter(stand_in.responses.values())).values
    assert (values["status"], values["distributionChannel"]) == (1, "preview")
