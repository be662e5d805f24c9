"""What people type gets one verdict at every door: form, correction page, the admins' files."""

import csv
import io
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from lib import addresses, phones
from notifications.mail import mime
from pages.forms import BadForm, correction_in
from people.records import Identity, Person
from people.same_person import is_requester
from people.units import supervises
from program import Program, ProgramError
from program.files import FILES, Reading, read_parts
from qualtrics.answers import read_answers
from qualtrics.survey import SurveyMap
from settings import is_one_mail_address

Door = Callable[[str, str], bool]
EXAMPLE = Path(__file__).parent.parent / "config.example"
CONTENTS = {file: (EXAMPLE / file).read_bytes() for file in FILES}
PROGRAM = Program.from_files(CONTENTS)
SURVEY = SurveyMap.model_validate(
    tomllib.loads(CONTENTS["survey.toml"].decode())["survey"][0]
).placed(PROGRAM.zone, PROGRAM.file.country)


def passes_the_form(fact: str, typed: str) -> bool:
    return fact not in read_answers(SURVEY, {key_of(fact): typed}, {}).facts.unreadable


def key_of(fact: str) -> str:
    key: str = getattr(SURVEY.facts, fact).key
    return key


def passes_the_correction(fact: str, typed: str) -> bool:
    how = {"phone": "call", "email": "mail"}[fact]
    try:
        found = correction_in(MultiDict({fact: typed, "how": how}), PROGRAM.file.country)
    except BadForm:
        return False
    return bool(getattr(found, fact))


def passes_the_roster(fact: str, typed: str) -> bool:
    rows = list(csv.reader(io.StringIO(CONTENTS["supporters.csv"].decode())))
    rows[1][rows[0].index(fact)] = typed
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return is_fine("supporters.csv", written.getvalue(), f"line 2, {fact}")


def passes_the_program(fact: str, typed: str) -> bool:
    text = CONTENTS["program.toml"].decode()
    before, entry, after = text.partition("[people.jordan-reyes]")
    key = rf'(?m)^{fact} = ".*"$'
    changed = before + entry + re.sub(key, lambda _: f"{fact} = {toml_text(typed)}", after, count=1)
    return is_fine("program.toml", changed, f"people.jordan-reyes.{fact}")


def is_fine(file: str, text: str, place: str) -> bool:
    """Tell whether the admins' files can be read; else this one place is what is wrong."""
    problems = read_parts(CONTENTS | {file: text.encode()}).problems
    assert [(problem.file, problem.place.removesuffix(" (no. 1)")) for problem in problems] in (
        [],
        [(file, place)],
    )
    return not problems


def toml_text(typed: str) -> str:
    escaped = (f"\\U{ord(c):08x}" if c in '"\\' or not c.isprintable() else c for c in typed)
    return f'"{"".join(escaped)}"'


DOORS: list[Door] = [passes_the_form, passes_the_correction, passes_the_roster, passes_the_program]

# Phone numbers

DIALED = {
    "860-555-0199": "860-555-0199",
    "(860) 555-0199": "860-555-0199",
    "(860) 555–0199": "860-555-0199",
    "860—555—0199": "860-555-0199",
    "860‑555‑0199": "860-555-0199",
    "860\xa0555\xa00199": "860-555-0199",
    "\u202a+1 860 555 0199\u202c": "+1-860-555-0199",
    "+1 (860) 555-0199": "+1-860-555-0199",
    "011 44 20 7946 0958": "011-44-20-7946-0958",
    "0049 30/123 45 67": "0049-30-123-45-67",
    "860.555.0199": "860-555-0199",
    "８６０-555-0199": "860-555-0199",
    "٨٦٠٥٥٥٠١٩٩": "8605550199",
    "555-0199": "555-0199",
    "860-555-0199 x12": "860-555-0199,12",
    "860-555-0199x12": "860-555-0199,12",
    "860-555-0199 ext. 12": "860-555-0199,12",
    "860-555-0199 Ext 12": "860-555-0199,12",
    "860-555-0199 (extension 12)": "860-555-0199,12",
    "860-555-0199 #12": "860-555-0199,12",
    "860-555-0199;ext=12": "860-555-0199,12",
    "ext. 4512": "4512",
    "860-555-0199 cell": "860-555-0199",
    "cell: 860-555-0199": "860-555-0199",
    "860-555-0199 (after 5 pm)": "860-555-0199",
    "860-555-0199 or 860-555-0142": "860-555-0199",
    "860-555-0199 / 860-555-0142": "860-555-0199",
}
NOT_DIALED = [
    "call me",
    "0199",
    "-1514",
    "1-OFFICE",
    "desk 12",
    "5" * 40,
    f"860-555-0199 {'at night ' * 5}",
    "8.60555E+09",
    "8605550199.0",
    "<b>8605550199</b>",
]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("typed", DIALED)
def test_a_phone_number_passes_every_door_however_it_is_typed(door: Door, typed: str) -> None:
    assert door("phone", typed)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("typed", NOT_DIALED)
def test_what_nobody_can_dial_passes_no_door(door: Door, typed: str) -> None:
    assert not door("phone", typed)


@pytest.mark.parametrize(("typed", "dials"), DIALED.items())
def test_a_tap_dials_the_number_and_then_its_extension(typed: str, dials: str) -> None:
    assert phones.dialed_through(typed) == dials
    assert phones.dialed(typed) == dials.partition(",")[0], "a text goes to no extension"


@pytest.mark.parametrize("one", [t for t in DIALED if "860-555-0199" in DIALED[t]])
@pytest.mark.parametrize("other", ["+1 860 555 0199", "860-555-0199 ext. 12"])
def test_two_ways_to_type_a_number_are_one_line(one: str, other: str) -> None:
    line, same = phones.line_of(one, "US"), phones.line_of(other, "US")
    if "/" not in one:
        assert line is not None
        assert same is not None
        assert phones.is_same_line(line, same)
    assert is_requester(
        Person("", "", "", one.split(" or ")[0].split(" / ")[0]), Identity(phone=other)
    )


def test_numbers_that_a_form_never_passed_still_show_that_somebody_may_be_reached() -> None:
    answers = read_answers(SURVEY, {key_of("phone"): "pager 4512"}, {})
    assert (answers.facts.is_reachable, answers.facts.unreadable) == (True, ("phone",))


#: How files were judged before; whoever has adopted such a number still has a program.
FORMERLY_LISTED = re.compile(r"\+?[\d\s().x/-]+")
TYPED_PHONES = st.text(alphabet="0123456789٠٥ ()+-./xX#–ext,;ab", max_size=24)
LISTED_PHONES = st.from_regex(FORMERLY_LISTED, fullmatch=True)


@given(LISTED_PHONES)
@example("1x5550100")
@example("...5550100x")
def test_every_number_that_was_ever_listed_still_is_one(number: str) -> None:
    number = " ".join(number.split())
    is_decimal = phones.is_damaged(number)
    is_short = len(number) <= phones.LONGEST  # Others stay in force if they were adopted.
    if 7 <= sum(c.isdigit() for c in number) <= 15 and is_short and not is_decimal:
        assert phones.is_number(number, "")


def formerly_the_same(listed: str, typed: str) -> bool:
    digits = re.sub(r"\D", "", listed.lower().partition("x")[0])[-7:]
    return len(digits) == 7 and digits in re.sub(r"\D", "", typed)


@given(TYPED_PHONES | LISTED_PHONES, TYPED_PHONES)
@example("860-555-0199 ext. 12", "call 555 0199")
@example("(860) 555-0199 e", "1 (860) 555–0199")
def test_whoever_was_barred_by_a_phone_still_is(listed: str, typed: str) -> None:
    for other in (typed, f"{typed} {listed}", listed.upper()):
        if formerly_the_same(listed, other):
            assert is_requester(Person("", "", "", listed), Identity(phone=other))


@pytest.mark.parametrize("listed", ["860-555-0199 #12", "860-555-0199;ext=1234", "٨٦٠٥٥٥٠١٩٩"])
def test_an_extension_or_another_script_hides_nobody(listed: str) -> None:
    assert is_requester(Person("", "", "", listed), Identity(phone="860-555-0199"))


# E-mail addresses

ADDRESSES = [
    "robin@example.org",
    " robin@example.org ",
    "Robin.O'Reyes+care@mail.example.org",
    "r_b-n&co=x~y@example.co",
]
#: People who ask for support need not write like a computer (tests/test_typed_addresses.py).
READ_FOR_PEOPLE = [
    "robin@@example.org",
    "Robin <robin@example.org>",
    "robin@exämple.org",
    ".robin@example.org",
]
NO_ADDRESSES = [
    "robin",
    "robin@example",
    "robin@example.org, lee@example.org",
    "robïn@example.org",
    "robin..lee@example.org",
    "robin@-example.org",
    "robin@192.0.2.1",
    "robin%lee@example.org",
    "lee!robin@example.org",
    "=?utf-8?q?robin@example.org",
    "r" * 65 + "@example.org",
    "r@" + "example." * 24 + "org",
]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("typed", ADDRESSES)
def test_an_address_passes_every_door(door: Door, typed: str) -> None:
    assert door("email", typed)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("typed", NO_ADDRESSES)
def test_what_is_no_address_passes_no_door(door: Door, typed: str) -> None:
    assert not door("email", typed)


@pytest.mark.parametrize("typed", READ_FOR_PEOPLE)
def test_people_may_type_what_the_files_may_not_hold(typed: str) -> None:
    assert [door("email", typed) for door in DOORS] == [True, True, False, False]


@pytest.mark.parametrize("typed", [*NO_ADDRESSES, *READ_FOR_PEOPLE])
def test_what_is_no_address_cannot_be_written_from(typed: str) -> None:
    if typed not in ("Robin <robin@example.org>", "robin@example", "robin@192.0.2.1"):
        assert not is_one_mail_address(typed)


@given(st.from_regex(addresses.ADDRESS, fullmatch=True) | st.emails())
def test_whatever_passes_can_be_mailed(typed: str) -> None:
    if addresses.is_address(typed):
        assert mime.ADDRESS.fullmatch(typed)


# What an older release adopted


def test_a_program_that_was_adopted_with_what_is_refused_now_stays_in_force() -> None:
    text = CONTENTS["program.toml"].decode().replace("jordan.reyes@", "jordan!reyes@")
    text = text.replace('phone = "860-555-0101"', f'phone = "860{"-" * 40}5550101"')
    text = text.replace('unit = "Emergency Department"', 'supervises = ["..."]', 1)
    contents = CONTENTS | {"program.toml": text.encode()}
    assert Program.from_files(contents).people["jordan-reyes"].email.startswith("jordan!reyes@")
    with pytest.raises(ProgramError) as refused:
        Program.of(Reading(contents, []))
    assert [problem.place for problem in refused.value.problems] == [
        "people.jordan-reyes.email",
        "people.jordan-reyes.phone",
        "people.jordan-reyes.supervises (no. 1)",
    ]


# Units


@pytest.mark.parametrize("typed", ["...", "-", "4 West", "Operating Room"])
def test_a_unit_that_somebody_leads_has_a_word_by_which_it_is_recognized(typed: str) -> None:
    is_unit = typed[0] not in ".-"
    assert passes_the_roster("supervises", typed) is is_unit
    text = CONTENTS["program.toml"].decode()
    text = text.replace('unit = "Emergency Department"', f"supervises = [{toml_text(typed)}]", 1)
    place = "people.jordan-reyes.supervises"
    assert is_fine("program.toml", text, place) is is_unit
    assert supervises((typed,), f"the {typed} team") is is_unit


# Names

LISTED = Person("jordan", "Jordan Reyes, RN", "jordan@example.org")
NAMESAKES = [
    "Jordan Reyes",
    "jordan reyes",
    "Reyes, Jordan",
    "Jördan Reyes",
    "Dr. Jordan Reyes",
    "Jordan A. Reyes",
    "Jordan Reyes, MD",
    "Jordan Reyes RN",
]


@pytest.mark.parametrize("typed", NAMESAKES)
@pytest.mark.parametrize("listed", NAMESAKES)
def test_a_name_is_the_same_with_titles_and_without(listed: str, typed: str) -> None:
    assert is_requester(replace(LISTED, name=listed), Identity(name=typed))


@pytest.mark.parametrize("typed", ["Jordan", "Reyes", "Jordan Reese", "Dr. Reyes", "RN", "A. B."])
def test_part_of_a_name_is_nobodys_name(typed: str) -> None:
    assert not is_requester(LISTED, Identity(name=typed))
