"""The institution's color and logo: readable by day and in the dark, and only ever a picture."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from program.look import ACCENT, DARK, LARGEST_LOGO, LIGHT, READABLE, contrast, for_the_dark
from tests.program_files import about_files, change, look
from tests.program_folder import Folder
from tests.world import REQUESTER, World

STYLE = (Path(__file__).parent.parent / "static/style.css").read_text()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
PNG = b"\x89PNG\r\n\x1a\nand so on"
#: What words stand on.
GROUNDS = ("ground", "sheet", "tint", "good-soft", "poor-soft", "alarm-soft")

Give = Callable[[str, bytes], None]


@pytest.fixture
def give(world: World) -> Give:
    """Put a file into the admins' folder, and let the worker look."""

    def given_file(name: str, content: bytes) -> None:
        (world.folder / "config" / name).write_bytes(content)
        look(world)

    return given_file


def test_colors_are_checked_against_the_grounds_of_the_stylesheet() -> None:
    for number, known in enumerate((LIGHT, DARK)):
        found = {re.findall(rf"--{name}: (#\w+)", STYLE)[number] for name in GROUNDS}
        assert found == set(known)


def test_mails_have_the_tone_that_pages_have_in_the_dark() -> None:
    light, dark = re.findall(r"--brand(?:-dark)?: (#\w+)", STYLE)
    assert (ACCENT, for_the_dark(ACCENT)) == (light, dark)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(st.integers(0, 0xFFFFFF))
def test_every_color_has_a_tone_that_is_read_in_the_dark(number: int) -> None:
    tone = for_the_dark(f"#{number:06x}")
    assert all(contrast(tone, ground) >= READABLE for ground in DARK)


@pytest.mark.parametrize(
    ("color", "part"),
    [
        ("#ffcc00", '"#ffcc00" is too light to be read on our pages (contrast 1.'),
        ("#7fb2c6", "choose a darker one, with a contrast of 4.5 or more"),
        ("blue", 'write it like "#1b5e75"'),
        ("#1b5e7", "is not a color"),
    ],
)
def test_a_color_that_nobody_could_read_is_refused(tmp_path: Path, color: str, part: str) -> None:
    folder = Folder(tmp_path)
    folder.change("program.toml", 'accent = "#1b5e75"', f'accent = "{color}"')
    (problem,) = folder.problems
    assert problem.place == "accent"
    assert part in str(problem)


def test_pages_link_to_the_color_once_it_is_another(world: World) -> None:
    before = requests.get(f"{world.url}/privacy", timeout=60).text
    assert "look.css" not in before
    change(world, "program.toml", 'accent = "#1b5e75"', 'accent = "#7a1f5c"')
    look(world)
    page = requests.get(f"{world.url}/privacy", timeout=60).text
    (link,) = re.findall(r'href="(/look\.css\?v=\w+)"', page)
    style = requests.get(f"{world.url}{link}", timeout=60)
    assert f"--brand: #7a1f5c; --brand-dark: {for_the_dark('#7a1f5c')}" in style.text
    assert style.headers["Content-Type"].startswith("text/css")
    assert "style-src 'self'" in style.headers["Content-Security-Policy"]
    assert style.headers["Cache-Control"] == "no-store"


def test_mails_have_the_color_too(world: World) -> None:
    change(world, "program.toml", 'accent = "#1b5e75"', 'accent = "#7a1f5c"')
    look(world)
    world.request()
    html = world.mail(REQUESTER).html
    assert 'class="button"' in html
    assert 'bgcolor="#7a1f5c"' in html
    assert f".button {{ background: {for_the_dark('#7a1f5c')} !important; }}" in html
    assert "#1b5e75" not in html


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [("logo.svg", SVG, "image/svg+xml"), ("logo.png", PNG, "image/png")],
)
def test_the_logo_is_shown_on_every_page_as_a_picture_that_runs_nothing(
    world: World, give: Give, name: str, content: bytes, kind: str
) -> None:
    assert requests.get(f"{world.url}/logo", timeout=60).status_code == 404
    give(name, content)
    assert "Pages show a new logo." in about_files(world)[-1].text
    page = requests.get(f"{world.url}/privacy", timeout=60).text
    (link,) = re.findall(r'<img src="(/logo\?v=\w+)" alt="">', page)
    shown = requests.get(f"{world.url}{link}", timeout=60)
    assert shown.content == content
    assert shown.headers["Content-Type"].startswith(kind)
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    policy = shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    (world.folder / "config" / name).unlink()
    look(world)
    assert "<img" not in requests.get(f"{world.url}/privacy", timeout=60).text


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("logo.svg", SVG.replace(b"<path", b"<script>x</script><path"), "holds a script"),
        ("logo.svg", SVG.replace(b"<path", b'<path onload="x()"'), "holds a script"),
        ("logo.svg", SVG.replace(b"<path", b'<a href="javascript:x()"/><path'), "holds a script"),
        ("logo.svg", b"GIF89a", "is no SVG picture"),
        ("logo.svg", SVG + b" " * LARGEST_LOGO, "is larger than 40 KB"),
        ("logo.png", SVG, "is no PNG picture"),
    ],
)
def test_what_is_no_harmless_picture_is_never_shown_and_stops_nothing(
    tmp_path: Path, name: str, content: bytes, what: str
) -> None:
    folder = Folder(tmp_path)
    (folder.path / name).write_bytes(content)
    (warning,) = folder.problems
    assert warning.is_warning
    assert f"{name}: {what}" in str(warning)
    assert folder.load().logo is None
