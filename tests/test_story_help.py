"""A nurse looks on the intranet for somebody to talk to, and /help tells the same to everybody."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import segno

from pages.responses import POLICY
from store.forgotten import tallies
from tests.program_files import change, look
from tests.program_folder import Folder
from tests.reporting import until_due
from tests.world import Browser, World
from workflow.reports.legs import Leg

INTRANET = "https://intranet.example.org"
FORM = "/jfe/form/SV_8peerSupport01?source=help"


def ask(world: World, query: str = "", **headers: str) -> requests.Response:
    return requests.get(f"{world.url}/help{query}", headers=headers, timeout=30)


def text_of(world: World, query: str = "") -> str:
    return Browser().look(f"{world.url}/help{query}").text


def part(text: str, begin: str, end: str) -> str:
    return text.partition(begin)[2].partition(end)[0]


def test_it_says_what_peer_support_is_and_leads_to_the_form(world: World) -> None:
    page, text = ask(world).text, text_of(world)
    assert "Call or text 988, any time." in text
    assert page.index('href="tel:988"') < page.index("<h2>")
    assert "A coordinator will read it within 72 hours" in text
    assert "will get in touch with you within 5 days" in text
    assert "Everyone who works here can ask" in text
    assert [text.index(kind) for kind in ("Your own team", "A trained coll", "Professional help")]
    assert "We delete them 30 days after your request is closed" in text
    (form,) = re.findall(r'class="button" href="(http[^"]+)"', page)
    assert form.endswith(FORM)
    assert requests.get(form, timeout=30).status_code == 200
    (drawn,) = re.findall(r'class="qrline" stroke="#000" d="([^"]+)"', page)
    assert f'd="{drawn}"' in segno.make_qr(form, error="m").svg_inline(border=3, light="#fff")


def test_it_tells_what_is_open_now_and_what_is_not(world: World) -> None:
    monday_morning = text_of(world)
    opened = part(monday_morning, "Help that’s open right now", "Help at other times")
    assert "Ombuds Office" in opened
    assert "Legal and Financial Advice" not in opened
    assert "988lifeline" not in monday_morning
    world.clock.now += timedelta(hours=12)
    at_night = text_of(world)
    opened = part(at_night, "Help that’s open right now", "Help at other times")
    assert "Spiritual Care" in opened
    assert "Ombuds Office" in part(at_night, "Help at other times", "never")
    assert 'href="tel:860-555-0172"' in ask(world).text


def test_it_speaks_the_language_of_the_browser_or_the_one_that_was_chosen(world: World) -> None:
    spanish = ask(world, **{"Accept-Language": "es-MX,es;q=0.9"})
    assert '<html lang="es-US">' in spanish.text
    assert "Llenar el formulario" in spanish.text
    assert "Llame al 988 y oprima el 2" in spanish.text
    chosen = ask(world, "?language=en", **{"Accept-Language": "es"}).text
    assert "Fill out the form" in chosen
    assert re.search(r'href="\?language=es" target="_self" lang="es"[^>]+>Español<', chosen)
    privacy = re.search(r'href="(/privacy\?language=es)"', ask(world, "?language=es").text)
    assert privacy
    assert "Qué guardamos" in Browser().look(f"{world.url}{privacy[1]}").text
    assert "Fill out the form" in ask(world, "?language=klingon").text


def reported(world: World, quarter: str, number: int) -> None:
    """Let a quarter be reported in which so many asked, and heard from a colleague."""
    world.work()
    counts = [("requests", "all", number), (Leg.FIRST_CONTACT, "36", number)]
    with world.store.write() as db:
        for what, value, times in counts:
            tallies.add(db, [(quarter, what, value)] * times)
    until_due(world, quarter)


@pytest.mark.parametrize(("number", "is_said"), [(60, True), (10, False)])
def test_it_says_how_long_it_takes_only_if_enough_people_asked(
    world: World, number: int, is_said: bool
) -> None:
    assert "Lately" not in text_of(world)
    reported(world, "2026-Q1", number)
    said = "Lately, half of all who asked heard from someone within 36 hours."
    assert (said in text_of(world)) is is_said
    world.passes(days=160)
    assert "Lately" not in text_of(world)


def test_nobody_is_watched_and_nobody_else_can_frame_it(world: World) -> None:
    page = ask(world)
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "no-store", "a neighboring site finds what is kept"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["Content-Security-Policy"] == f"{POLICY} 'none'"
    loaded = re.findall(r'(?:src|<link[^>]+href)="([^"]+)"', page.text)
    assert all(one.startswith("/") for one in loaded)


def test_the_intranet_may_show_it_in_a_frame_once_an_admin_says_so(world: World) -> None:
    change(world, "program.toml", "frames = []", f'frames = ["{INTRANET}/"]')
    look(world)
    page = ask(world)
    assert page.headers["Content-Security-Policy"] == f"{POLICY} {INTRANET}"
    assert "X-Frame-Options" not in page.headers
    for path in ("/privacy", "/link", "/health", "/nothing"):
        other = requests.get(f"{world.url}{path}", timeout=30).headers
        assert other["X-Frame-Options"] == "DENY", path
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"], path


@pytest.mark.parametrize(
    "origin", ["*", "https://*.example.org", "intranet", "https://a.org/page", "https://a.org; x"]
)
def test_only_the_address_of_a_server_may_frame_it(folder: Folder, origin: str) -> None:
    folder.change("program.toml", "frames = []", f'frames = ["{origin}"]')
    (problem,) = folder.problems
    assert problem.place == "help.frames (no. 1)"
    assert 'write it like "https://intranet.example.org"' in str(problem)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_admins_say_who_may_ask_and_where_the_form_is(world: World) -> None:
    link = "https://examplehealth.qualtrics.com/jfe/form/SV_8peerSupport01?Q_Language=EN"
    who = '"""Students can ask, too.\n\nSo can volunteers."""'
    change(world, "program.toml", "frames = []", f"frames = []\nwho_may_ask = {who}")
    change(world, "survey.toml", 'language = "en"', f'language = "en"\nlink = "{link}"')
    look(world)
    page = ask(world).text
    assert "<p>Students can ask, too.</p>\n<p>So can volunteers.</p>" in page
    assert f'href="{link.replace("&", "&amp;")}&amp;source=help"' in page


@pytest.mark.parametrize(
    "link", ["SV_8peerSupport01", "http://a.example.org/f", "https://a.org/#x"]
)
def test_a_link_that_a_flyer_cannot_carry_is_refused(folder: Folder, link: str) -> None:
    folder.change("survey.toml", 'language = "en"', f'language = "en"\nlink = "{link}"')
    (problem,) = folder.problems
    assert "copy the form's anonymous link from Qualtrics" in str(problem)


@pytest.mark.file("counts the statements of its connection")
def test_it_costs_the_same_however_many_requests_there_are(world: World) -> None:
    """It reads the program's version and nothing about a request."""
    ask(world)
    asked: list[str] = []
    db = world.store.read()
    world.request()
    db.conn.set_trace_callback(asked.append)
    with world.app.test_client() as client:
        page = client.get("/help")
    db.conn.set_trace_callback(None)
    assert page.status_code == 200
    assert [one for one in asked if re.search(r"\b(cases|identities|deliveries)\b", one)] == []
