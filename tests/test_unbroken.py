"""References, days, times and addresses, which no line breaks in two."""

import pytest

from lib.unbroken import unbroken


@pytest.mark.parametrize(
    "together",
    [
        "PS-7K3QF",
        "HO-4T9WX",
        "9 AM",
        "9:14 PM",
        "10:00 a. m.",
        "6 pm",
        "Nov 30",
        "5 de diciembre",
        "(860) 555-0100",
        "860-555-0100",
        "care-desk@example.org",
    ],
)
def test_what_is_read_as_one_stays_on_one_line(together: str) -> None:
    assert unbroken(f"<p>It’s {together}.</p>") == (
        f'<p>It’s <span class="kept">{together}</span>.</p>'
    )


@pytest.mark.parametrize(
    "html",
    [
        "<title>PS-7K3QF</title>",
        '<a href="/PS-7K3QF">Open</a>',
        "<svg><text>9 AM</text></svg>",
        "<textarea>9 AM</textarea>",
        "<!-- 9 AM -->",
        "<p>UPS-7K3QF, 5 amp, Nova 30, 5 de cada</p>",
        "<p>care@example.org</p>",
        "<p>the-care-desk-of-nights@long-names.example.org</p>",
    ],
)
def test_nothing_is_marked_where_a_tag_would_be_wrong(html: str) -> None:
    assert unbroken(html) == html
