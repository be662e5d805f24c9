"""A given name anywhere in an answer leaves out everybody who has it, and asks who is meant."""

from dataclasses import replace

import pytest

from people.lists import Lists
from people.not_wanted import open_questions, with_recognized
from people.records import Identity
from people.units import with_units
from program import Program
from tests.world import EXAMPLE

PROGRAM = Program.load(EXAMPLE)
SENTENCES = (
    "not {}", "just not {}", "nope, just not {}", "except {}", "everyone is fine except {}",
    "no, everyone is fine except {}", "anyone is ok but {}", "Anyone but {}", "please not {}",
    "please don't let {} see this", "I don't want {} to know", "{} must not know", "no {}",
    "anybody besides {}", "{} from the ED", "my friend {}", "{}, we are neighbors",
    "I used to work with {}", "I'd rather not talk to {}", "I would rather not have {} involved",
    "{} in emergency", "the coordinator {}", "coordinator {}", "I know {} well",
    "{} is my sister in law", "my ex {}", "my ex-husband {}", "{} (ED)",
    "{} because we had a conflict last year", "I had a conflict with {} last year so not them",
    "Anyone except for {}, thank you", "{}'s team knows me", "whoever was there when {} did it",
    "por favor no {}", "cualquiera menos {}", "no quiero hablar con {}", "mi ex esposo {}",
    "que no lo sepa {}", "todos menos {}, gracias", "trabajé con {} y no quiero que lo lea",
)  # fmt: skip


def read(typed: str, program: Program = PROGRAM) -> Identity:
    identity = with_units(Identity(unit="Social Work", not_wanted=typed), program.units)
    return with_recognized(identity, program.lists)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_given_name_in_a_sentence_leaves_out_everybody_who_has_it(sentence: str) -> None:
    missed = []
    for id, name in PROGRAM.names.items():
        given = name.split()[0]
        for written in (given, given.lower(), given.upper()):
            is_word = written in ("grace", "frank", "miles")
            if id not in read(sentence.format(written)).not_wanted_ids and not is_word:
                missed.append((id, sentence.format(written)))
    assert not missed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("I'd rather not talk to Liz", "beth-lindgren"),
        ("I'd rather not talk to Danny", "daniel-roth"),
        ("I'd rather not talk to Samuel", "sam-whitaker"),
        ("I'd rather not talk to Jordon", "jordan-reyes"),
        ("my friend Jordan Bell", "jordan-reyes"),
        ("my friend Jordan Bell", "marcus-bell"),
        ("Grace always tells everybody", "grace-mbeki"),
    ],
)
def test_short_forms_slips_and_other_family_names_count_too(typed: str, meant: str) -> None:
    found = read(typed)
    assert meant in found.not_wanted_ids
    assert [one.typed for one in open_questions(found)] == [typed]


@pytest.mark.parametrize("typed", ["Jordan Reyes", "Beth from nights", "not Jordan, not Priya"])
def test_a_name_that_is_certain_asks_nothing_about_namesakes(typed: str) -> None:
    assert not open_questions(read(typed))


@pytest.mark.parametrize(
    ("typed", "asks"),
    [
        ("860-555-0101", False),
        ("(860) 555-0101", False),
        ("+1 (860) 555 0101, please", False),
        ("555-0101", False),
        ("860.555.0101 / 860.555.0102", False),
        ("JORDAN.REYES@example.org", False),
        ("the one with the phone 860-555-0101", True),
    ],
)
def test_a_phone_number_or_an_address_is_whose_it_is(typed: str, asks: bool) -> None:
    found = read(typed)
    both = "0102" in typed
    assert set(found.not_wanted_ids) == {"jordan-reyes", *(["priya-nair"] if both else [])}
    assert bool(open_questions(found)) is asks
    assert with_recognized(found, PROGRAM.lists) == found


def test_an_address_without_a_name_in_it_is_whose_it_is() -> None:
    sam = replace(PROGRAM.people["sam-whitaker"], email="it4711@example.org")
    lists = Lists({sam.id: sam.name}, people=(sam,))
    found = with_recognized(Identity(not_wanted="it4711@example.org"), lists)
    assert found.not_wanted_ids == (sam.id,)
    assert not open_questions(found)


@pytest.mark.parametrize("typed", ["4711", "860-555-0000", "2026-11-30", "555 0101 was a dream"])
def test_other_numbers_ask(typed: str) -> None:
    assert open_questions(read(typed))


@pytest.mark.parametrize(
    "typed",
    [
        "I will talk to anybody who may be free, if they act with grace or some hope",
        "Will anybody see this? I can not mark it. Long days, one after the other",
        "I don't want to meet people from nights, or those who were on call when it happened",
        "the tall man from nights who was so loud that everyone left",
        "no quiero hablar con nadie de mi turno, ni con gente que me conoce de la casa",
        "Anyone who knew about the code blue on that day and did nothing for the patient",
        "no one who reads my files, o quien trabaja siempre conmigo",
        "Nadie que trabaje de noche, por favor",
        "my ex-husband, his sister, and all their friends in the pharmacy",
    ],
)
def test_usual_words_leave_out_nobody(typed: str) -> None:
    assert not read(typed).not_wanted_ids
    assert open_questions(read(typed))
