"""Who agrees to a change reads first what leads elsewhere, and ticks each part of a long list."""

import pytest

from casebook.sight.parts import SHORT, PartKey, part_of
from tests.program_files import change, look
from tests.world import ELENA, JORDAN, PRIYA, SAM, World


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("training.toml, care, call: “Elena, 860-555-0120” → “Elena, 860-555-6666”", "elsewhere"),
        ("program.toml, first_call: “Say your name.” → “Call Sam first: 988.”", "elsewhere"),
        ("program.toml, first_call: “Say your name.” → “Write to sam@example.net.”", "elsewhere"),
        ("program.toml, legal: nothing → “See forms.example.net/s for more”", "elsewhere"),
        ("program.toml, legal: “See forms.example.net/s” → nothing", "elsewhere"),
        ("templates/email/offer/body.html: “{{ crisis }}” → “{{ other }}”", "elsewhere"),
        ("templates/email/offer/body.html: “Hello” → “Good morning”", "emails"),
        ("survey.toml, Request, accept_from: “2026-11-01” → “2027-11-01”", "answers"),
        ("Request: another answer would say contact: QID4, “1”: “mail” → “phone”", "answers"),
        ("Request: its responses would be read no more", "answers"),
        ("texts/en.po, “Call 911 now”: “Call 911 now” → “Call 911 soon”", "words"),
    ],
)
def test_each_line_stands_in_the_part_of_what_it_does(line: str, part: str) -> None:
    assert part_of(line) is PartKey(part)


def test_a_long_list_begins_with_what_leads_elsewhere_and_takes_a_tick_for_each_part(
    world: World,
) -> None:
    world.request()
    said = "\n".join(f'msgid "{one}"\nmsgstr "{one} Really."\n' for one in SENTENCES)
    texts = world.folder / "config/texts"
    texts.mkdir(mode=0o700, exist_ok=True)
    (texts / "en.po").write_text(said)
    (texts / "en.po").chmod(0o600)
    staffed = next(
        line
        for line in (world.folder / "config/program.toml").read_text().splitlines()
        if line.startswith("staffed = ")
    )
    change(world, "program.toml", staffed, 'staffed = "Call 860-555-6666."')
    look(world)
    page = world.open(world.mail(JORDAN, "needs your yes"))
    assert f"{len(SENTENCES) + 1} changes need a yes" in page.text
    first, others = page.text.index("860-555-6666"), page.text.index("Really.")
    assert first < others
    mail = world.mail(JORDAN, "needs your yes").text
    assert mail.index("860-555-6666") < mail.index("Really.")
    assert page.choose("in_force", read=["elsewhere"]).status == 400
    assert "6666" not in (world.engine.program.file.urgent.staffed or "")
    agreed = page.choose("in_force", read=["elsewhere", "words"])
    assert agreed.status == 200
    world.work()
    assert "6666" in (world.engine.program.file.urgent.staffed or "")


SENTENCES = (
    "We’ll remind you once a day.",
    "All quiet. Nothing open needs you.",
    "Open your page",
    "Send my decision",
    "Use the new files",
    "Leave things as they are",
    "What should happen?",
    "A change to the program’s files",
    "Undo",
    "I didn’t mean that",
    "Send my answer",
)
assert len(SENTENCES) > SHORT - 1


def test_everybody_who_reviews_and_all_admins_hear_at_once_whom_people_are_told_to_call(
    world: World,
) -> None:
    world.request()
    change(world, "resources.toml", "(860) 555-0170", "(860) 555-6666")
    look(world)
    for reader in (JORDAN, PRIYA, ELENA, SAM):
        told = world.mail(reader, "please check a change").text
        assert "Employee Assistance Program, (860) 555-0170, " in told
        assert "→ Employee Assistance Program, (860) 555-6666, " in told
        assert "call an admin right away: Sam Whitaker" in told
    change(world, "program.toml", "Christmas Eve", "The day before Christmas")
    look(world)
    assert len(world.mails(JORDAN, "please check a change")) == 1


def test_nobody_hears_of_numbers_that_are_set_up_before_the_first_request(world: World) -> None:
    change(world, "resources.toml", "(860) 555-0170", "(860) 555-6666")
    look(world)
    assert world.mails(JORDAN, "please check a change") == []


def test_coordinators_and_quoted_lines_are_written_as_people_write_them(world: World) -> None:
    world.request()
    change(world, "program.toml", "one or two talks", "one to three talks")
    look(world)
    names = "Jordan Reyes, Priya Nair, Marcus Bell, or Hannah Oyelaran."
    asking, waiting = world.mail(JORDAN, "a change needs your yes"), world.mail(SAM, "confirm")
    assert f"once one of these coordinators agrees: {names}" in asking.text
    assert f"We ask them once a day: {names}" in waiting.text
    assert f"A coordinator must agree: {names}" in world.open(waiting).text
    page = world.open(asking).text
    assert "What else people would read" not in page
    for said in (asking.text, page):
        assert "one to three talks of up to an hour.”" in said
        assert "”." not in said
