"""Who agrees to a new form, or to another id for somebody, reads all that comes with it."""

import re

import pytest

from casebook.sight.gains import gains
from tests.test_programs_sight import BEFORE, FORMS, PEOPLE, edited
from tests.world import EXAMPLE, JORDAN, World


def test_who_agrees_to_a_form_of_next_year_reads_its_address_its_id_and_what_it_reads_otherwise(
    world: World,
) -> None:
    world.request()
    path = world.folder / "config" / FORMS
    form = path.read_text()
    assert '1 = "mail"' in form
    next_year = form.replace("SV_8peerSupport01", "SV_8peerSupport02").replace(
        '1 = "mail"', '1 = "voicemail"'
    )
    next_year = next_year.replace("# link = ", 'link = "https://forms.example.net/s" # ', 1)
    next_year = next_year.replace('name = "Peer support request"', 'name = "Next year"', 1)
    path.write_text(form + next_year[next_year.index("\n[[survey]]") :])
    world.work()
    mail = world.mail(JORDAN, "files")
    for shown in (world.open(mail).text, mail.text):
        assert "Next year: its responses would become requests from now on" in shown
        assert "SV_8peerSupport02" in shown
        assert "https://forms.example.net/s" in shown
        assert "Unlike Peer support request until now: Next year: another answer would say" in shown
        assert "“1”: “mail” → “voicemail”" in shown


@pytest.mark.parametrize(
    ("besides", "what"),
    [
        ('supervises = ["Night float"]', "would no longer see requests from Night float"),
        ('also_known_as = ["Marigold Hartwell"]', "would be recognized as Marigold Hartwell, too"),
        ('phone = "860-555-6666"', "would be recognized by a new phone number"),
        ('unit = "Night float"', "would count as working in Night float"),
        ("", "Priya Nair would be known by the id priya instead of priya-nair, also where"),
    ],
)
def test_who_agrees_to_a_tidier_id_reads_what_comes_with_it(besides: str, what: str) -> None:
    people = (EXAMPLE / PEOPLE).read_text().replace("priya-nair", "priya")
    first, rest = people.split("[people.priya]\n")
    replaced = r"unit = .*" if besides.startswith("unit") else r'phone = "860-555-0102"'
    rest = re.sub(replaced, besides, rest, count=1)
    new = edited((PEOPLE, (EXAMPLE / PEOPLE).read_text(), f"{first}[people.priya]\n{rest}"))
    found = [one.what for one in gains(BEFORE, new)]
    assert any(what in one for one in found), found
