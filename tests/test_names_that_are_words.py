"""People whose names are usual words, or a unit's: "Dr. Young" is somebody, "her" is nobody."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from people.lists import Lists
from people.not_wanted import open_questions, with_recognized
from people.records import Identity, Referrer
from people.referrers import ids_of
from people.units import with_units
from tests.test_given_names import PROGRAM

#: Everyone's family or given name is a usual word, joins names, or is a unit's.
PEOPLE = {
    "Young": "Zelda Young", "Ward": "Dan Ward", "Head": "Linda Head", "Do": "Linh Do",
    "Her": "Mai Her", "Don": "Don Miller", "An": "An Tran", "Ni": "Wei Ni", "La": "Kim La",
    "Person": "Ana Person", "Rather": "Tom Rather", "Old": "Sue Old", "Boss": "Joe Boss",
    "Nurse": "Grace Nurse", "Lead": "Will Lead", "Floor": "Ana Floor", "Doctor": "Jan Doctor",
    "Sister": "Joy Sister", "Chief": "Pat Chief", "Surgical": "Kim Surgical", "Mi": "Mi Pham",
    "El": "Sam El", "In": "Hyun In", "On": "Kyung On", "You": "Min You", "Or": "Or Cohen",
    "Ed": "Ed Ortiz", "Et": "Lin Et",
}  # fmt: skip
FORMS = (
    "{0}", "{1}", "{2}", "Dr. {0}", "dr {1}", "DR. {2}", "Dr.{0}", "Ms. {0}", "Mr {0}", "Mrs. {1}",
    "nurse {0}", "nurse {1}", "Doctor {0}", "enfermera {0}", "la doctora {1}", "not {0}",
    "not {1}", "{1} please", "not {0} please", "NOT {2} PLEASE", "anyone but {0}",
    "anybody except {1}", "no {0}", "Amara Cole, {0}", "Amara Cole; {1}", "Amara Cole and Dr. {0}",
    "Dr. {0} or Cole", "I'd rather not talk to {0}", "please not Dr. {1} from nights",
    "my friend {0} knows", "{0} from nights", "{0} in the ED", "{0}'s team", "Cole and {0}",
    "no quiero hablar con {0}", "cualquiera menos {1}", "{3}", "the tall one from nights, not {0}",
)  # fmt: skip


def lists_with(*others: str) -> Lists:
    names = {other: other for other in others}
    return replace(PROGRAM.lists, names=PROGRAM.names | names)


def read(typed: str, lists: Lists) -> Identity:
    identity = with_units(Identity(unit="Social Work", not_wanted=typed), PROGRAM.units)
    return with_recognized(identity, lists)


def missed(word: str, name: str) -> Iterable[str]:
    lists = lists_with(name)
    for form in FORMS:
        typed = form.format(word, word.lower(), word.upper(), name)
        if name not in read(typed, lists).not_wanted_ids:
            yield typed


@pytest.mark.parametrize(("word", "name"), PEOPLE.items())
def test_whose_name_is_a_usual_word_is_left_out_by_it(word: str, name: str) -> None:
    assert not [*missed(word, name)]


def test_the_whole_name_asks_nothing_and_leaves_out_no_namesake() -> None:
    found = read("Zelda Young", lists_with("Zelda Young", "Uri Young"))
    assert found.not_wanted_ids == ("Zelda Young",)
    assert not open_questions(found)


def test_only_the_name_asks_who_is_meant() -> None:
    found = read("Dr. Young", lists_with("Zelda Young", "Uri Young"))
    assert set(found.not_wanted_ids) == {"Zelda Young", "Uri Young"}
    assert [one.typed for one in open_questions(found)] == ["Dr. Young"]
    assert [one.typed for one in open_questions(read("Dr. Ni", lists_with("Wei Ni")))] == ["Dr. Ni"]


def test_a_name_of_one_letter_counts_with_a_title_or_alone() -> None:
    lists = lists_with("Ana Y", "Lee I")
    for typed in ("Y", "y", "Dr. Y", "nurse y, please"):
        assert "Ana Y" in read(typed, lists).not_wanted_ids, typed
    assert not read("the tall one, I know them y nada más", lists).not_wanted_ids


@pytest.mark.parametrize(
    "typed",
    [
        "please do not let her or an old nurse from the ward head this, we don't get on",
        "the young one who was in charge on the floor, you know who",
        "no quiero hablar con la jefa de mi planta ni con el doctor de noche",
        "someone in the ED or on the ward",
        "the tall person from nights, his sister, my boss",
        "no one in the ED",
    ],
)
def test_the_same_words_in_a_sentence_leave_out_nobody_of_that_name(typed: str) -> None:
    assert not {*read(typed, lists_with(*PEOPLE.values())).not_wanted_ids} & {*PEOPLE.values()}


def test_nobody_is_no_name() -> None:
    lists = lists_with("Minh No", "Lee None", "Min Na")
    for typed in ("No", "none", "N/A", "No, thank you", "No one from nights"):
        assert not read(typed, lists).not_wanted_ids, typed
    assert "Minh No" in read("Dr. No", lists).not_wanted_ids


@pytest.mark.parametrize("typed", ["Young", "Dr. Young", "young", "Zelda Young"])
def test_who_worries_is_recognized_by_such_a_name_too(typed: str) -> None:
    identity = Identity(referrers=(Referrer(typed, ""),))
    assert ids_of(identity, lists_with("Zelda Young")) == ("Zelda Young",)
