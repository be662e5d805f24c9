"""What becomes of what people write about colleagues they would rather not talk to."""

import re
from dataclasses import replace
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from people.not_wanted import open_questions, perhaps_by_role, with_recognized
from people.records import Identity
from people.units import with_units
from people.wording import says_nobody
from program import Program
from tests.world import EXAMPLE

PROGRAM = Program.load(EXAMPLE)
#: As the table says, two supporters have other names.
ALSO = {"sarah-olsen": ("Sarah Hartwell",), "daniel-roth": ("Danny Roth", "Doc Roth")}
LISTS = replace(PROGRAM.lists, also=ALSO)
MATCHING = (EXAMPLE.parent / "docs/matching.md").read_text()
#: The requester of the table works here, and Hannah Oyelaran leads it.
UNIT = "L&D"


def read(typed: str, unit: str = UNIT) -> Identity:
    identity = with_units(Identity(unit=unit, not_wanted=typed), PROGRAM.units)
    return with_recognized(identity, LISTS)


def by_role(found: Identity) -> set[str]:
    """Return who is left out because of a role, in a request from the department of that unit."""
    leaders = [one.id for one in PROGRAM.leaders]
    return {*perhaps_by_role(found, PROGRAM.coordinators_of("obstetrics"), leaders)}


def outcome(typed: str) -> str:
    """Say what becomes of an answer, in the words of the table."""
    found = read(typed)
    questions = open_questions(found)
    of_units = {*LISTS.people_of(found.not_wanted_units)}
    asked = {id for one in questions for id in one.could_mean} | by_role(found)
    certain = {*found.not_wanted_ids} - of_units - asked
    parts = [names(certain), *(f"everybody of {unit}" for unit in found.not_wanted_units)]
    left_out = f"leaves out {', '.join(filter(None, parts))}" if any(parts) else ""
    maybe = f"; until then leaves out {names(asked)}" if asked else ""
    asks = f"asks{maybe}" if questions else ""
    return "; ".join(filter(None, (left_out, asks))) or "asks nothing"


def names(ids: set[str]) -> str:
    return ", ".join(sorted(PROGRAM.names[id] for id in ids))


ROWS = re.findall(r"^\| “(.+?)” \| (.+?) \|$", MATCHING, flags=re.MULTILINE)


@pytest.mark.parametrize(("typed", "becomes"), ROWS)
def test_the_documented_phrasings_become_what_the_table_says(typed: str, becomes: str) -> None:
    assert outcome(typed.replace("\\|", "|")) == becomes


def test_the_table_is_long_enough_to_show_all_kinds() -> None:
    assert len(ROWS) >= 40
    assert {row[1] for row in ROWS} >= {"asks", "asks nothing"}


PIECES = st.sampled_from(
    ["Amara Cole", "Beth", "Hartwell", "my manager", "nights", "nobody from ", "4 East", "L&D",
     " and ", "the tall one", ", ", "/", "(", "no one", "de ", "OR", "王伟", "4", "🙅", "Dr. "]
)  # fmt: skip
TEXTS = st.text() | st.lists(PIECES).map("".join)


@given(TEXTS)
@example("No one I know")
@example("A")
@example("<O")
@example("O.")
@example("4711")
@example("from ")
@example("please and thank you")
def test_whatever_is_written_excludes_or_asks_or_says_nobody(typed: str) -> None:
    found = read(typed)
    has_effect = found.not_wanted_ids or found.not_wanted_units or open_questions(found)
    # "None, n/a" says nobody twice.
    assert has_effect or all(map(says_nobody, re.split(r"[,;:&+()\n]|\band\b", typed)))
    assert with_recognized(found, LISTS) == found, "recognizing again changes nothing"


WORDS = st.lists(st.text(alphabet="abcdefgimnorstu", min_size=3, max_size=9), min_size=1)


@given(WORDS)
def test_every_word_of_a_description_reaches_a_reviewer(words: list[str]) -> None:
    """Words that mean nobody are shown as they were typed, whatever stands beside them."""
    typed = f"Amara Cole; zzyx {' '.join(words)}"
    assert any("zzyx" in question.typed for question in open_questions(read(typed)))


def test_what_lies_beyond_what_is_read_is_asked_and_the_time_grows_with_the_length() -> None:
    def seconds(text: str) -> float:
        began_at = process_time()
        read(text)
        return process_time() - began_at

    for odd in ("x" * 20_000, "王" * 20_000, "& " * 10_000, "L&D/" * 5_000):
        assert seconds(odd) < 20
    long = "the Coole from nights, Medine and someone of the L&D crew; " * 30
    assert seconds(long * 6) < 10 * seconds(long) + 0.5
    (*_, rest) = open_questions(read(f"{'Amara Cole, ' * 300}the last one"))
    assert "the last one" in rest.typed
    assert open_questions(read("Amara Cole, " * 100)) == ()
