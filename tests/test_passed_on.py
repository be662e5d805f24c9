"""A mail that was passed on opens what it is about, as its reader, and nothing else of theirs."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.nominating import SAM_LEE, Nominating, in_training, plan
from tests.test_mails import contents
from tests.world import JORDAN, Browser, World, example_config, living

OWN = ("/me", "/board", "/report", "/nominees")


@pytest.fixture
def training(tmp_path: Path) -> Iterator[World]:
    """A coordinator leads a session, which a nominee attended."""
    with living(tmp_path, example_config(tmp_path, digest_at="08:00")) as world:
        nominating = Nominating.begin(world)
        plan(world, "first", "lunch-and-learn", "2026-12-01")
        in_training(nominating)
        world.open(world.mail(SAM_LEE, "can you come")).choose("yes")
        yield world


def test_the_mail_about_a_session_opens_the_sessions_and_no_own_page(training: World) -> None:
    training.clock.now = datetime(2026, 12, 1, 19, tzinfo=UTC)
    training.passes(minutes=2)
    colleague = Browser()
    page = training.open(training.mail(JORDAN, "who came"), colleague)
    assert "Samantha Lee" in page.text
    seen = {path: colleague.look(training.url + path) for path in OWN}
    assert not [path for path, one in seen.items() if "Jordan" in one.text or "Lee" in one.text]


def test_the_link_of_a_digest_opens_no_page_about_nominees(training: World) -> None:
    """Whoever it was passed on to would read who was nominated, and by whom."""
    training.clock.now = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
    training.work()
    colleague = Browser()
    board = training.open(training.mail(JORDAN), colleague)
    assert "Nominees" in board.text
    for path in ("/nominees", "/trainings"):
        page = colleague.look(training.url + path)
        assert "may have been passed on" in page.text
        assert "Lee" not in page.text
    asked = colleague.look(f"{training.url}/nominees").choose("", address=JORDAN)
    assert "check your email" in asked.text, "its reader can be mailed a link of their own there"


def test_whoever_a_digest_was_passed_on_to_says_nothing_as_its_reader(tmp_path: Path) -> None:
    """If its reader were away, deputies would see their requests, and no mail would tell them."""
    with living(tmp_path, example_config(tmp_path, digest_at="08:00")) as daily:
        reference = daily.request()
        daily.passes(days=1)
        page = daily.open(daily.mail(JORDAN, "1 open"), Browser())
        before, token = contents(daily.engine), page.values("csrf_token")[0]
        assert "may have been passed on" in page.person.look(f"{daily.url}/me").text
        for said in (
            {"choice": "away_open"},
            {"choice": "back"},
            {"choice": "hand_over", "shown": reference},
            {"choice": "pause"},
            {"end_visit": "1"},
        ):
            sent = page.person.web.post(f"{daily.url}/me", data={"csrf_token": token} | said)
            assert "may have been passed on" in sent.text, said
        assert contents(daily.engine) == before


def test_the_link_of_a_mail_about_several_opens_nothing_else_of_its_reader(world: World) -> None:
    """Whoever it was forwarded to could say that its reader is away."""
    world.submit()
    world.submit(QID1_TEXT="Robin Vale", QID2_TEXT="robin.vale@example.org", QID3_TEXT="")
    world.work()
    world.passes(minutes=11)
    pages = [world.open(world.mail(JORDAN, reference)) for reference in world.references]
    for page in pages:
        answer = page.choose("offered", first="beth-lindgren", although="looked_into")
        assert answer.status == 200, answer.text
    for _ in range(48):
        world.passes(hours=1)
    mail = world.mail("beth.lindgren@example.org", "waiting for you")
    *_, own_link = re.findall(r"http\S+/open/\S+", mail.text)
    page = Browser().open(own_link)
    assert "Each request opens by its own link in our email." in page.text
    assert "Will you be away?" not in page.text
    assert "Ask for a link of your own" in page.choose("away_open", first="").text
    assert world.engine.casebook.absent == frozenset()
