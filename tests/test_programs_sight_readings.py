"""What people read, and how a form is read, changes only with a coordinator's yes."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, get_args

from pydantic import BaseModel

from casebook.sight.gains import deciders, gains
from casebook.sight.readings import EXEMPT, reason_not_to_wait
from engine import adoption
from notifications import digest
from program import Program
from program.changes import changes, told
from program.shapes import ProgramShape, ResourcesShape
from program.training.sessions import TrainingShape
from qualtrics.nomination import NominationMap
from qualtrics.referral import ReferralMap
from qualtrics.survey import SurveyMap
from store import programs
from tests.program_files import change, look
from tests.rows import each
from tests.world import EXAMPLE, JORDAN, SAM, World

FILES = {
    str(path.relative_to(EXAMPLE)): path.read_bytes()
    for path in EXAMPLE.rglob("*")
    if path.is_file()
}
PEOPLE, HELP, FORM = "program.toml", "resources.toml", "survey.toml"
CARE = b'[kinds]\ndebrief = "Debrief"\n[care]\nkind = "debrief"\ncall = "Elena, 860-555-0120"\n'
SESSION = b"""[sessions.one]
kind = "debrief"
title = "Lunch"
begins = 2026-12-08T12:00:00
ends = 2026-12-08T13:00:00
place = "Room 204"
seats = 12
led_by = "jordan-reyes"
"""
FACTS = "[survey.facts]\n"
ASKED = f'{FACTS}asks_first = {{ key = "QID16", choices = {{ 1 = "yes", 2 = "no" }} }}\n'
BOTH, NOT_ME = "Yes, both are mine. Use the newer one", "No, that wasn’t me"


def edited(*edits: tuple[str, str, str], **files: bytes) -> Program:
    """Return the example's program with other texts in its files, and with more files."""
    found = {**FILES, "training.toml": CARE + SESSION}
    for file, old, new in edits:
        assert old.encode() in found[file], old
        found[file] = found[file].replace(old.encode(), new.encode(), 1)
    return Program.from_files({**found, **files})


def catalog(*said: tuple[str, str]) -> bytes:
    return "\n".join(f'msgid "{one}"\nmsgstr "{other}"\n' for one, other in said).encode()


BEFORE = edited()


@each(
    "change, what",
    [
        (
            ("training.toml", "860-555-0120", "860-555-6666"),
            "training.toml, care, call: “Elena, 860-555-0120” → “Elena, 860-555-6666”",
        ),
        (
            (FORM, "accept_from = 2026-11-01", "accept_from = 2027-11-01"),
            "survey.toml, Peer support request, accept_from: “2026-11-01” → “2027-11-01”",
        ),
        (
            (FORM, FACTS, ASKED),
            "another answer would say who is asked before a supporter learns their name:"
            " nothing → QID16 (“1” = “yes”, “2” = “no”)",
        ),
        (
            (FORM, '1 = "mail"', '1 = "voicemail"'),
            "would say how someone may be contacted: QID4, “1”: “mail” → “voicemail”",
        ),
        ((PEOPLE, 'at = "08:00"', 'at = "none"'), "program.toml, digest, at: “08:00:00” → nothing"),
        (
            (PEOPLE, 'mail_name = "', 'mail_name = "Peer '),
            "program.toml, mail_name: “",
        ),
        ((PEOPLE, 'staffed = "', 'staffed = "Call 860-555-6666. '), "urgent, staffed: “"),
        ((PEOPLE, 'legal = """', 'legal = """Call 860-555-6666. '), "legal: nothing → “Call"),
        (
            (PEOPLE, 'mail_name = "', 'first_call = "Call Sam first."\nmail_name = "'),
            "program.toml, first_call: “Say your name and where you call from. Ask if it’s a good"
            " time to talk.” → “Call Sam first.”",
        ),
        (
            (PEOPLE, "usual_effort =", 'usual_effort = "Call Sam." #'),
            "usual_effort: “Usually one or two talks of up to an hour.” → “Call Sam.”",
        ),
        (
            (HELP, 'expedited_text = "Tuesday', 'expedited_text = "860-555-6666, Tuesday'),
            "resources.toml, employee-assistance, expedited_text: “Tuesday and Thursday, noon to 1"
            " PM, without an appointment” → “860-555-6666, Tuesday",
        ),
        (
            (HELP, "[resources.crisis-line]", '[resources.sam]\nname = "Sam"\nkind = "Person"\n'
             'what_for = "All"\ncontact = "860-555-6666"\n[resources.crisis-line]'),
            "resources.toml, sam, contact: nothing → “860-555-6666”",
        ),
    ],
)  # fmt: skip
def test_it_waits_with_old_and_new(change: tuple[str, str, str], what: str) -> None:
    after = edited(change)
    found = gains(BEFORE, after)
    assert [one for one in found if what in one.what], [one.what for one in found]
    assert "jordan-reyes" in deciders(BEFORE, after)


def test_a_question_that_is_no_longer_read_or_read_the_other_way_waits() -> None:
    """A supporter would read the name of someone who wanted to be asked first."""
    asked = edited((FORM, FACTS, ASKED))
    (lost,) = gains(asked, BEFORE)
    assert "QID16 (“1” = “yes”, “2” = “no”) → nothing" in lost.what
    swapped = ASKED.replace('1 = "yes", 2 = "no"', '1 = "no", 2 = "yes"')
    (found,) = gains(asked, edited((FORM, FACTS, swapped)))
    assert found.what.endswith("QID16, “1”: “yes” → “no”, “2”: “no” → “yes”")


def test_own_sentences_and_emails_wait_line_by_line() -> None:
    link = "Thank you for reaching out. Call 860-555-6666."
    own = edited(**{"texts/en.po": catalog(("Thank you for reaching out.", link))})
    (found,) = gains(BEFORE, own)
    said = "texts/en.po, “Thank you for reaching out.”"
    assert found.what == f"{said}: “Thank you for reaching out.” → “{link}”"
    assert [one.what for one in gains(own, BEFORE)] == [
        f"{said}: “{link}” → “Thank you for reaching out.”"
    ]
    name = "email/received/subject.txt"
    (found,) = gains(BEFORE, edited(**{f"templates/{name}": b"your request for peer support\n"}))
    assert found.what.startswith(f"templates/{name}: “{{{{ test_marker }}}}")
    assert found.what.endswith("→ “your request for peer support”")


@each(
    "change, is_told",
    [
        ((HELP, "555-0170", "555-0171"), True),
        ((HELP, 'link = "https://assistance.', 'link = "https://new.'), True),
        ((PEOPLE, 'emergency_text = "', 'emergency_text = "Call 112. '), True),
        (("training.toml", "Room 204", "Room 205"), True),
        (("texts/es.po", "Llame al 988 y oprima el 2", "Llame al 988 y oprima el 3"), True),
        (("training.toml", "seats = 12", "seats = 13"), False),
        ((PEOPLE, 'undo_window = "5', 'undo_window = "6'), False),
    ],
)
def test_a_wrong_number_of_help_does_not_wait(change: tuple[str, str, str], is_told: bool) -> None:
    after = edited(change)
    assert gains(BEFORE, after) == []
    assert changes(BEFORE, after, {})
    assert bool(told(BEFORE, after)) is is_told


def test_help_that_is_gone_is_told_and_its_number_cannot_carry_a_sentence_of_ours() -> None:
    _, crisis, rest = FILES[HELP].decode().partition("[resources.crisis-line]")
    gone = {**FILES, "training.toml": CARE + SESSION, HELP: (crisis + rest).encode()}
    after = Program.from_files(
        {**gone, HELP: gone[HELP].replace(b"[resources.employee-assistance]", b"[resources.eap]")}
    )
    assert any("No longer shown: Employee Assistance" in one for one in told(BEFORE, after))
    # A contact that reads like a button of ours must not let that button be replaced.
    number = (HELP, "(860) 555-0170", NOT_ME)
    own = {"texts/en.po": catalog((NOT_ME, "Call 860-555-6666"))}
    assert any(NOT_ME in one.what for one in gains(BEFORE, edited(number, **own)))


def test_nothing_waits_before_the_first_request_and_a_coordinator_reads_it_after(
    world: World,
) -> None:
    change(world, PEOPLE, 'staffed = "', 'staffed = "Nurses. ')
    look(world)
    assert world.engine.program.file.urgent.staffed.startswith("Nurses. ")
    world.request()
    change(world, PEOPLE, 'staffed = "Nurses. ', 'staffed = "860-555-6666. ')
    look(world)
    assert world.engine.program.file.urgent.staffed.startswith("Nurses. ")
    assert "urgent, staffed: “Nurses. " in world.mail(SAM, "please confirm").text
    asked = world.mail(JORDAN, "a change needs your yes")
    assert "→ “860-555-6666. " in asked.text
    assert "get email at a new address" not in asked.text
    page = world.open(asked)
    assert "What people would read, or how a form would be read" in page.text
    assert "Who would see more" not in page.text
    assert "→ “860-555-6666. " in page.text
    waits = digest.facts(world.engine.casebook, "hannah-oyelaran", "", world.clock())
    missing = "The admins’ files changed and are not in force: a coordinator’s yes is missing"
    assert isinstance(waits["troubles"], list)
    assert missing in waits["troubles"]
    assert isinstance(waits["sight_changes"], list)
    (line,) = waits["sight_changes"]
    assert line.startswith("Waiting for a coordinator’s yes: program.toml, urgent, staffed: “Nu")
    page.choose("in_force")
    look(world)
    assert world.engine.program.file.urgent.staffed.startswith("860-555-6666. ")


def test_a_mail_names_the_first_lines_of_a_long_change_and_the_page_all(world: World) -> None:
    world.request()
    number = digest.MOST_LINES + 5
    new = "".join(f"\\n\\nLine {n}, {'x' * 700} end{n}." for n in range(number))
    change(world, PEOPLE, 'legal = """', f'first_call = "{new}"\nlegal = """')
    look(world)
    asked = world.mail(JORDAN, "a change needs your yes")
    assert f"And {number - digest.MOST_LINES} more" in asked.text
    assert f"end{number - 1}." not in asked.text
    assert f"end{number - 1}." in world.open(asked).text
    version = programs.not_in_force(world.store.read())
    assert version is not None
    assert len(adoption.comparison(world.engine, version, world.clock()).sight) == number


#: What of the files waits for a coordinator. A new setting belongs here or, with a reason, to
#: EXEMPT; until then, it waits.
WAITING = {
    *(f"forms.*.{key}" for key in ("accept_from", "facts", "id", "language", "name", "owner")),
    "forms.*.rehearsal",
    *("program.country", "program.language", "program.mail_name", "program.name"),
    *("program.departments.*.group", "program.departments.*.name"),
    *("program.digest.at", "program.digest.when_quiet"),
    *("program.first_call", "program.legal", "program.urgent.staffed", "program.usual_effort"),
    *("program.help.frames", "program.help.who_may_ask"),
    *("program.privacy.law", "program.privacy.version"),
    *("program.reports.bound", "program.reports.parts"),
    *("program.roles.*.group", "program.roles.*.name", "program.specialties.*"),
    *(f"resources.*.{key}" for key in ("expedited_text", "hours_text", "kind", "name", "what_for")),
    *("training.care.after", "training.care.call", "training.care.kind"),
}
#: Parts of a program that are compared, or say nothing that people read.
PARTS = {
    *("file", "resources", "surveys", "nominations", "referrals", "training"),
    *("overrides", "texts", "logo"),
    # gains.py knows who would see more by it.
    "supporters",
    *("layout", "fingerprint", "doubts", "leaving", "new_traits", "announced"),
}


def settings_of(path: str, kind: Any) -> Iterator[str]:
    """Yield each setting below a table, with "*" for any id."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for key, field in kind.model_fields.items():
            yield from settings_of(f"{path}.{key}", field.annotation)
        return
    inner = [one for one in get_args(kind) if one is not type(None)]
    if getattr(kind, "__origin__", None) in (dict, Mapping):
        yield from settings_of(f"{path}.*", inner[1])
    elif any(isinstance(one, type) and issubclass(one, BaseModel) for one in inner):
        for one in inner:
            yield from settings_of(path, one)
    else:
        yield path


def all_settings() -> set[str]:
    found = {*settings_of("program", ProgramShape), *settings_of("training", TrainingShape)}
    found |= {*settings_of("resources", ResourcesShape.model_fields["resources"].annotation)}
    forms = (key for form in (SurveyMap, NominationMap, ReferralMap) for key in form.model_fields)
    return found | {f"forms.*.{key}" for key in forms}


def test_each_setting_waits_or_has_a_reason_not_to() -> None:
    known = all_settings()
    waiting = {path for path in known if not reason_not_to_wait(path)}
    assert waiting == WAITING
    for path in EXEMPT:
        assert [one for one in known if one == path or one.startswith(f"{path}.")], path
    assert {one.name for one in fields(Program)} == PARTS
