"""The text of a mail is made from its HTML: what a reader sees, in lines, with every address."""

import pytest

from notifications.examples.facts import COMMON_FACTS
from notifications.mail.compose import Composer
from notifications.mail.twin import text_of
from tests.test_overrides import NEEDED, TEMPLATES, WHOLE


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One,\n  <b>two</b>.</p><p>Three<br>four</p>", "One, two.\n\nThree\nfour"),
        ("<p>5 &lt; 6 &amp; <i>7</i>&nbsp;&gt; 6</p>", "5 < 6 & 7 > 6"),
        ("<p>All:</p><ul><li>one</li><li>two</li></ul><p>End</p>", "All:\n\n- one\n- two\n\nEnd"),
        ("<ul><li>a<ul><li>b<br>c</li></ul></li><li>d</li></ul>", "- a\n  - b\n    c\n- d"),
        ("<table><tr><th>Role</th><td>Nurse</td></tr></table>", "Role: Nurse"),
        ("<tr><th>Who</th><td>a<br>b</td></tr><tr><td>c</td></tr>", "Who: a\n  b\nc"),
        ("<a href='https://a.example/x'>Open it</a>", "Open it: https://a.example/x"),
        ("<a href='https://a.example/x'>https://a.example/x</a>.", "https://a.example/x."),
        ("Write <a href='mailto:a@a.example'>us</a>", "Write us: a@a.example"),
        ("Call <a href='tel:+18605550100'>(860) 555-0100</a>", "Call (860) 555-0100"),
        ("<head><title>x</title><style>p{}</style></head><body>y</body>", "y"),
        ("<div aria-hidden='true'>a<div><p>b</div>c</div><p>d", "d"),
        ("", ""),
    ],
)
def test_it_says_in_lines_what_the_html_says(html: str, text: str) -> None:
    assert text_of(html) == text


def test_html_in_the_admins_words_is_the_text_too() -> None:
    composer = Composer(TEMPLATES, {"email/received/body.html": WHOLE})
    message = composer.compose_strictly("received", COMMON_FACTS)
    assert message.text.startswith(f"Open: {COMMON_FACTS['link']} {COMMON_FACTS['crisis_text']}")


def test_a_text_in_the_admins_words_leaves_the_html_as_it_is() -> None:
    composer = Composer(TEMPLATES, {"email/received/body.txt": NEEDED})
    message = composer.compose_strictly("received", COMMON_FACTS)
    assert message.text.startswith(str(COMMON_FACTS["link"]))
    assert message.html == Composer(TEMPLATES).compose("received", COMMON_FACTS).html


def test_styles_are_where_mail_programs_look_for_them() -> None:
    style = (
        "<style>p { margin: 0 } @media (prefers-color-scheme: dark) { p { color: #fff } }</style>"
    )
    composer = Composer(TEMPLATES, {"email/received/body.html": style + WHOLE})
    message = composer.compose_strictly("received", COMMON_FACTS)
    assert '<p style="margin: 0;">' in message.html
    assert "@media (prefers-color-scheme: dark)" in message.html
    assert "margin" not in message.text
