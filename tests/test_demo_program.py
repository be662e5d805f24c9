"""The program of the demo: its files are right, and its life goes on beside the requests."""

from pathlib import Path

import requests

from demo.prepare import prepare_config
from demo.qualtrics.survey import ASKS_FIRST, NOMINATION, WITH_ASKS_FIRST
from program import Program, problems_of
from tests.nominating import SAM_LEE, Nominating
from tests.world import JORDAN, living


def test_a_colleague_is_nominated_in_the_demos_form(tmp_path: Path) -> None:
    config = tmp_path / "config"
    assert prepare_config(config)
    program = Program.load(config)
    assert program.file.help.frames == ("http://127.0.0.1:8025",)
    (requests_form,) = program.surveys.values()
    assert requests_form.facts.asks_first
    assert requests_form.facts.asks_first.key == ASKS_FIRST.id
    assert ASKS_FIRST in WITH_ASKS_FIRST.questions
    assert problems_of(config) == []
    with living(tmp_path, config) as world:
        nominating = Nominating.begin(world)
        form = f"{world.app.extensions['settings'].qualtrics_base_url}/jfe/form/{NOMINATION.id}"
        shown = requests.get(form, timeout=60).text
        assert "be considered as a peer supporter" in shown
        answers = {"QID1_TEXT": "Sam Lee", "QID2_TEXT": SAM_LEE, "QID3_TEXT": "Pat", "QID4": "1"}
        sent = requests.post(form, data=answers, timeout=60)
        assert "We&#39;ll ask them" in sent.text
        assert "72 hours" not in sent.text, "it is no request"
        assert world.qualtrics.wait_until_published()
        world.work()
        assert world.open(world.mail(SAM_LEE)).choose("yes").status == 200
        assert "Nominated by Pat" in nominating.nominees(JORDAN).text


def test_the_intranet_may_show_the_help_page_whatever_the_demos_port_is(tmp_path: Path) -> None:
    config, intranet = tmp_path / "config", "http://127.0.0.1:8099"
    prepare_config(config, intranet=intranet)
    assert Program.load(config).file.help.frames == (intranet,)
