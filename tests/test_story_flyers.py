"""Flyers on paper: large words, a code that a phone reads, and nobody who scanned it is marked."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno

from engine.intake import PLACE
from program import Program
from program.outreach.sources import sources
from program.values import LONGEST_ID
from tests.paper import drawing, words
from tests.program_files import change, look
from tests.reporting import reporting_config, table, until_due
from tests.reporting import run as report
from tests.test_look import PNG, SVG
from tests.world import JORDAN, World, living

FORM = "https://examplehealth.qualtrics.com/jfe/form/SV_8peerSupport01"
SIZES = {"letter": (612, 792), "a4": (595, 842)}
RECTANGLE = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) -([\d.]+) re")


def make(world: World, folder: Path) -> str:
    result = world.app.test_cli_runner().invoke(args=["flyers", f"{folder}"])
    assert result.exit_code == 0, result.output
    return result.output


def with_link(world: World) -> None:
    change(world, "survey.toml", 'language = "en"', f'language = "en"\nlink = "{FORM}"')
    look(world)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The flyers of the example program, made once for all who only look at them."""
    with living(tmp_path_factory.mktemp("flyers")) as world:
        with_link(world)
        folder = world.folder / "flyers"
        assert "Made: 20 flyers" in make(world, folder)
        yield folder


def code(pdf: Path) -> list[list[int]]:
    """Return the squares of the QR code as they are printed."""
    squares = [tuple(map(float, one)) for one in RECTANGLE.findall(drawing(pdf))]
    size = min(one[2] for one in squares)
    dots = [one for one in squares if abs(one[2] - size) < 0.01 and abs(one[3] - size) < 0.01]
    left, top = min(one[0] for one in dots), max(one[1] for one in dots)
    places = {(round((top - y) / size), round((x - left) / size)) for x, y, _, _ in dots}
    side = max(max(one) for one in places) + 1
    return [[int((row, column) in places) for column in range(side)] for row in range(side)]


def test_every_unit_gets_its_flyer_in_each_language_and_size(made: Path) -> None:
    named = {"general", "labor-and-delivery", "operating-rooms", "emergency-department",
             "night-float"}  # fmt: skip
    for size, (width, height) in SIZES.items():
        files = {path.name for path in (made / size).iterdir()}
        assert files == {f"flyer-{one}-{code}.pdf" for one in named for code in ("en", "es")}
        for path in (made / size).iterdir():
            box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", path.read_bytes())
            assert box
            assert [round(float(one)) for one in box.groups()] == [width, height]


def test_it_says_what_it_is_in_both_languages(made: Path) -> None:
    english = words(made / "letter/flyer-labor-and-delivery-en.pdf")
    for said in (
        "Peer Support at Example Health", "Labor and Delivery", "It’s confidential.",
        "within 5 days", "Call or text 988, any time.", "In an emergency, call 911.", "/help",
    ):  # fmt: skip
        assert said in english
    spanish = words(made / "a4/flyer-general-es.pdf")
    assert "Es confidencial." in spanish
    assert "¿Un turno difícil?" in spanish
    assert "Labor and Delivery" not in spanish
    assert "Sala de Partos" in words(made / "a4/flyer-labor-and-delivery-es.pdf")


@pytest.mark.parametrize("name", ["general", "labor-and-delivery"])
def test_its_code_leads_to_the_form_and_names_the_flyer(made: Path, name: str) -> None:
    expected = segno.make_qr(f"{FORM}?source=flyer-{name}", error="m").matrix
    for size in SIZES:
        for language in ("en", "es"):
            printed = code(made / size / f"flyer-{name}-{language}.pdf")
            assert printed == [list(row) for row in expected]


def test_who_scans_it_asks_as_anybody_does_and_nobody_sees_where_from(world: World) -> None:
    world.submit(source="flyer-labor-and-delivery")
    world.work()
    reference = world.only_case().reference
    assert world.case(reference).facts.found_at == "flyer-labor-and-delivery"
    world.passes(minutes=11)
    page = world.open(world.mail(JORDAN))
    seen = [page.answer.text, page.choose("identity").answer.text]
    world.open(world.mail(JORDAN)).choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    seen.append(world.open(world.mail(world.asked(reference))).answer.text)
    seen += [mail.text + mail.html for mail in world.mailbox.messages]
    assert not [one for one in seen if "flyer" in one]


def test_the_report_says_which_flyer_led_to_requests_but_no_small_number(tmp_path: Path) -> None:
    with living(tmp_path, reporting_config(tmp_path)) as world:
        sources = ["flyer-general"] * 6 + ["help"] * 5 + ["flyer-night-float"]
        for number, source in enumerate(sources):
            name, phone = f"Alex Quil{'abcdefghijkl'[number]}", f"203-111-50{number:02}"
            email = f"alex.{number}@example.org"
            world.submit(QID1_TEXT=name, QID2_TEXT=email, QID3_TEXT=phone, source=source)
        world.work()
        until_due(world, "2026-Q4")
        told = {what: n for (_, about, what), n in table(world).items() if about == "source"}
        assert told["flyer-night-float"] == ""
        assert "1" not in told.values()
        assert told.keys() >= {"help", "flyer-general", "flyer-labor-and-delivery"}
        printed = report(world)
        assert "the help page" in printed
        assert "flyer: general" in printed


def test_the_source_of_every_unit_that_can_be_named_is_kept(world: World) -> None:
    assert PLACE.fullmatch(f"flyer-{'x' * LONGEST_ID}")
    assert all(map(PLACE.fullmatch, sources(world.engine.program)))


def test_long_words_are_written_smaller_and_others_not_at_all(world: World, tmp_path: Path) -> None:
    long = " and ".join(["Peer Support of the State University of Example Health"] * 4)
    change(world, "program.toml", '"Peer Support at Example Health"', f'"{long}"')
    with_link(world)
    make(world, tmp_path)
    flyer = drawing(tmp_path / "letter/flyer-general-en.pdf")
    assert b" 17.60 Tf" in flyer
    assert b" 22.00 Tf" not in flyer
    change(world, "program.toml", f'"{long}"', '"Wsparcie w Łodzi"')
    look(world)
    assert "No flyers in English: no font has “Ł” in “Wsparcie w Łodzi”." in make(world, tmp_path)


@pytest.mark.parametrize(("content", "drawn"), [(SVG, True), (SVG[:-6] + b"<", False)])
def test_the_logo_is_on_it_if_it_can_be_drawn(
    world: World, tmp_path: Path, content: bytes, drawn: bool
) -> None:
    (world.folder / "config/logo.svg").write_bytes(content)
    with_link(world)
    said = make(world, tmp_path)
    assert ("The logo could not be drawn" in said) is not drawn
    # The corners of the sheet behind it are round; nothing else is.
    assert (b" c\n" in drawing(tmp_path / "a4/flyer-general-en.pdf")) is drawn


def test_a_broken_picture_stops_no_flyer(world: World, tmp_path: Path) -> None:
    (world.folder / "config/logo.png").write_bytes(PNG)
    with_link(world)
    assert "Made: 20 flyers" in make(world, tmp_path)


def test_it_says_what_is_missing(world: World, tmp_path: Path) -> None:
    change(world, "survey.toml", 'found_at = "source"', "")
    look(world)
    assert "map found_at, or no one learns which flyer" in make(world, tmp_path)


def test_every_unit_has_a_source_of_its_own() -> None:
    program = Program.load(Path(__file__).parent.parent / "config.example")
    assert len(set(sources(program))) == len(program.file.units) + 2
