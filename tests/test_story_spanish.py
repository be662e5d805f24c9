"""A nurse who filled out the form in Spanish reads Spanish, from the first mail to the last."""

import pytest

from demo.qualtrics.stand_in import Circumstances
from tests.world import JAMIE, JORDAN, REQUESTER, Browser, Page, World, link_in


def asks_in_spanish(world: World) -> str:
    """Fill out the form in Spanish; return the reference."""
    circumstances = Circumstances(language="ES-US")
    world.qualtrics.submit(JAMIE, circumstances=circumstances)  # type: ignore[arg-type]
    assert world.qualtrics.wait_until_published()
    world.work()
    return world.only_case().reference


def language_of(page: Page) -> str:
    return page.answer.text.partition('<html lang="')[2].partition('"')[0]


def test_the_requester_reads_spanish_and_everybody_else_english(world: World) -> None:
    reference = asks_in_spanish(world)
    page = world.open(world.mail(REQUESTER))
    assert language_of(page) == "es-US"
    assert "Un coordinador está buscando un colega" in page.text
    assert "a más tardar el sábado 28 de noviembre, 10:00 a. m." in page.text
    assert "Llame al 988 y oprima el 2" in page.text
    assert "Consejería breve y gratuita" in page.text
    wrong = page.choose("contact_corrected", email="jamie")
    assert "Esta dirección de correo electrónico no parece correcta" in wrong.text
    world.passes(minutes=11)
    coordinators = world.open(world.mail(JORDAN, reference))
    assert language_of(coordinators) == "en-US"
    asked_twice = page.choose("withdrawn_erased", sure="")
    assert language_of(asked_twice) == "es-US"
    assert "¿Retirar la solicitud y borrarla ahora?" in asked_twice.text
    assert "No, volver" in asked_twice.text
    ended = page.choose("withdrawn_erased")
    assert "Su solicitud fue retirada" in ended.text
    assert language_of(ended) == "es-US"


@pytest.mark.parametrize(
    ("preferred", "read"),
    [
        ("es-MX,es;q=0.9,en;q=0.5", "Un paso más"),
        ("en-US,en;q=0.9,es;q=0.5", "One more step"),
        ("de,fr;q=0.5", "One more step"),
        ("", "One more step"),
        ("*", "One more step"),
    ],
)
def test_before_a_link_is_opened_the_browser_decides_and_not_the_request(
    world: World, preferred: str, read: str
) -> None:
    asks_in_spanish(world)
    browser = Browser()
    browser.web.headers["Accept-Language"] = preferred
    assert read in browser.look(link_in(world.mail(REQUESTER))).text
