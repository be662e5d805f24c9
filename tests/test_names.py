"""Colleagues who are not wanted, recognized in what somebody typed in a bad hour."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people import names
from people.lists import Lists
from people.names import Recognized, is_same_name
from people.records import Unclear

PEOPLE = {
    "amara": "Amara Cole",
    "beth": "Beth Lindgren",
    "carlos": "Carlos Medina",
    "david": "David Okafor",
    "elena": "Elena Fischer",
    "esther": "Esther Kim",
    "grace": "Grace Mbeki",
    "hannah": "Hannah Oyelaran",
    "marcus": "Marcus Bell",
    "mona": "Mona Petersen",
    "olivia": "Olivia Grant",
    "priya": "Priya Nair",
    "soren": "Søren Müller",
    "maria": "María García López",
    "lukasz": "Łukasz Żak",
    "sinead": "Sinéad O'Brien",
    "jordan": "Jordan van der Berg",
    "paula": "Paula Novak-Smith, MSN, RN",
    "henry": "Henry Whitfield Jr.",
    "wei": "Li Wei",
    "ming": "王伟",
    "fatima": "فاطمة حداد",
}


def recognize(typed: str, people: dict[str, str]) -> Recognized:
    return names.recognize(typed, Lists(people))


def everybody_of(found: Recognized) -> set[str]:
    return {*found.certain, *(id for one in found.unclear for id in one.could_mean)}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Amara Cole", "amara"),
        ("amara cole", "amara"),
        ("COLE, AMARA", "amara"),
        ("Cole", "amara"),
        ("A. Cole", "amara"),
        ("Ms Cole from triage, please", "amara"),
        ("amara.cole@example.org", "amara"),
        ("Esther K.", "esther"),
        ("kim", "esther"),
        ("Beth", "beth"),
        ("priya nayr", "priya"),
        ("Nayr", "priya"),
        ("Okafour", "david"),
        ("okafro", "david"),
        ("Fisher", "elena"),
        ("Dr. Fischer-Mayer", "elena"),
        ("Peterson", "mona"),
        ("Petterson", "mona"),
        ("Oyalaren", "hannah"),
        ("Linndgren", "beth"),
        ("Soren Muller", "soren"),
        ("Mueller", "soren"),
        ("Mu\u0308ller", "soren"),
        ("Garcia", "maria"),
        ("lopez", "maria"),
        ("Zak", "lukasz"),
        ("OBrien", "sinead"),
        ("O’Brien", "sinead"),
        ("Vanderberg / van der Berg", "jordan"),
        ("Smith", "paula"),
        ("Paula Novak", "paula"),
        ("Whitfield", "henry"),
        ("Whitfeild", "henry"),
        ("Wei", "wei"),
        ("Kim, E.", "esther"),
        ("Dr. Cole", "amara"),
        ("my boss Cole from days", "amara"),
        ("anyone but Amara", "amara"),
        ("maybe also Amara from surgery", "amara"),
        ("Beth from nights", "beth"),
        ("Sinead", "sinead"),
        ("Żak Ł.", "lukasz"),
        ("王伟", "ming"),
        ("我不想和王伟谈", "ming"),
        ("فاطمة حداد", "fatima"),
        ("حداد", "fatima"),
    ],
)
def test_it_recognizes(typed: str, meant: str) -> None:
    assert recognize(typed, PEOPLE) == Recognized((meant,), (), "")


@pytest.mark.parametrize(
    ("typed", "people", "certain", "could_mean"),
    [
        # As near to one as to the other.
        ("Cole", {"amara": "Amara Cole", "dana": "Dana Cole"}, (), ("amara", "dana")),
        ("D. Cole", {"amara": "Amara Cole", "dana": "Dana Cole"}, ("dana",), ()),
        ("Cole, Dana", {"amara": "Amara Cole", "dana": "Dana Cole"}, ("dana",), ()),
        ("Dana", {"dana": "Dana Cole", "other": "Dana Whitfield"}, (), ("dana", "other")),
        ("Nayr", {"n": "Priya Nair", "m": "Anil Nayar"}, (), ("m", "n")),
        ("Grant", {"olivia": "Olivia Grant", "grant": "Grant Abbott"}, (), ("grant", "olivia")),
        # Usual words are neither initials nor short forms.
        ("I saw a Cole there", {"amara": "Amara Cole", "dana": "Dana Cole"}, (), ("amara", "dana")),
        ("not the Cole boy", {"theo": "Theo Cole", "dana": "Dana Cole"}, (), ("dana", "theo")),
        ("A. Cole", {"amara": "Amara Cole", "dana": "Dana Cole"}, ("amara",), ()),
        ("Dan Roth", {"daniel": "Daniel Roth", "amy": "Amy Roth"}, ("daniel",), ()),
        # The given name need not stand right beside.
        ("Cole I mean Dana", {"amara": "Amara Cole", "dana": "Dana Cole"}, ("dana",), ()),
        # Who is exactly meant comes before who is nearly meant.
        ("Nair", {"n": "Priya Nair", "m": "Anil Nayar"}, ("n",), ()),
        ("Anil Nayar", {"n": "Priya Nair", "m": "Anil Nayar"}, ("m",), ()),
        ("Amara Cole", {"amara": "Amara Cole", "twin": "Amara Colt"}, ("amara",), ()),
        # Near, and not near enough.
        ("Nayar", {"n": "Priya Nair"}, (), ("n",)),
        ("Priya Nayar", {"n": "Priya Nair"}, (), ("n",)),
        ("Dan", {"daniel": "Daniel Roth"}, (), ("daniel",)),
        ("Beth Sandoval", {"beth": "Beth Lindgren", "pia": "Pia Sandoval"}, (), ("beth", "pia")),
        ("E. Petersen", {"mona": "Mona Petersen"}, (), ("mona",)),
        ("Patterson", {"mona": "Mona Petersen"}, (), ("mona",)),
        # Names of two and three letters.
        ("Ng", {"ng": "Mei Ng", "li": "Wei Li"}, ("ng",), ()),
        ("Li from surgery", {"ng": "Mei Ng", "li": "Wei Li"}, ("li",), ()),
        ("Anh Do", {"do": "Anh Do"}, ("do",), ()),
        ("I do not know", {"do": "Anh Do", "no": "Minh No"}, (), ()),
        ("no", {"do": "Anh Do", "no": "Minh No"}, (), ()),
        ("Bo", {"bo": "Kari Bø"}, ("bo",), ()),
        ("Kim", {"kim": "Esther Kim B."}, ("kim",), ()),
        ("Ng", {"ng": "Mei Ng Jr."}, ("ng",), ()),
        ("Lee", {"lee": "Ann Lee", "leigh": "Sam Leigh"}, ("lee",), ()),
    ],
)
def test_it_tells_who_is_meant_from_who_could_be(
    typed: str, people: dict[str, str], certain: tuple[str, ...], could_mean: tuple[str, ...]
) -> None:
    found = recognize(typed, people)
    assert found.certain == certain
    assert found.unclear == ((Unclear(typed, could_mean),) if could_mean else ())


def test_who_is_meant_for_sure_is_not_asked_about() -> None:
    people = {"amara": "Amara Cole", "dana": "Dana Cole"}
    found = recognize("Cole; Amara Cole", people)
    assert found == Recognized(("amara",), (Unclear("Cole", ("dana",)),), "")


def test_of_a_long_text_only_the_beginning_is_shown_to_who_must_say_who_is_meant() -> None:
    people = {"amara": "Amara Cole", "dana": "Dana Cole"}
    (unclear,) = recognize("the Cole who " + "was there " * 50, people).unclear
    assert unclear.could_mean == ("amara", "dana")
    assert len(unclear.typed) == 200


def test_who_has_two_ids_is_one_person() -> None:
    people = {"jordan": "Jordan Reyes", "jordan-s": "Jordan Reyes, RN", "ana": "Ana Reyes"}
    assert recognize("J. Reyes", people) == Recognized(("jordan", "jordan-s"), (), "")
    [unclear] = recognize("Reyes", people).unclear
    assert unclear.could_mean == ("ana", "jordan", "jordan-s")
    assert is_same_name("Jordan Reyes", "Jordan Reyes, RN")
    assert not is_same_name("Jordan Reyes", "Ana Reyes")


def test_what_means_nobody_is_left_as_it_was_typed() -> None:
    found = recognize("Amara Cole; the tall one on days, n/a", PEOPLE)
    assert found == Recognized(("amara",), (), "the tall one on days")


def test_a_long_text_takes_no_long_time() -> None:
    people = {f"s{n}": f"Amara{n % 7} {'KLMN'[n % 4]}indgren" for n in range(2_000)}
    for text in ("Lindgrin was with Amara " * 80, "Cole, " * 330, "a" * 2_000, "王" * 2_000):
        began_at = process_time()
        recognize(text[:2_000], people)
        assert process_time() - began_at < 20


@pytest.mark.parametrize(
    "typed",
    [
        "Beth, Dr. Okafor and Fischer",
        "okafor; beth lindgren\nElena",
        "Fischer/Okafor/Lindgren",
        "please not elena fischer or david okafor or beth",
    ],
)
def test_it_recognizes_several_in_any_order(typed: str) -> None:
    found = recognize(typed, PEOPLE)
    assert (set(found.certain), found.unclear) == ({"beth", "david", "elena"}, ())


def test_given_names_in_a_row_are_one_each() -> None:
    for typed in ("anyone but Amara or Beth", "Amara Beth", "Amara, Beth", "Beth + Amara please"):
        assert set(recognize(typed, PEOPLE).certain) == {"amara", "beth"}


@pytest.mark.parametrize(
    "typed",
    [
        "the nurse on nights",
        "None",
        "n/a",
        "No one",
        "nobody, thank you",
        "anybody from the ward or my unit who knows me well",
        "My eyes only. Great people otherwise, more than I can say",
        "the RN or MD who had the day shift, and the junior resident",
        "whoever was on call when it happened, code blue on 4 East",
        "medical director",
        "not my manager",
        "the charge nurse on 4 East",
        "nobody from surgery, please",
        "anyone else is fine",
        "the van driver, der Chef",
        "I will come alone",
        "?!",
        "",
        "   ",
    ],
)
def test_common_words_are_nobody(typed: str) -> None:
    found = recognize(typed, PEOPLE)
    assert (found.certain, found.unclear) == ((), ())


def test_a_given_name_with_an_unknown_family_name_may_be_a_former_name() -> None:
    found = recognize("Beth Sandoval", PEOPLE)
    assert found == Recognized(unclear=(Unclear("Beth Sandoval", ("beth",)),))


@pytest.mark.parametrize(
    "typed",
    [
        "Cole's team",
        "Cole plus the whole crew",
        "Cole from days plus anyone on nights",
        "Cole 4417",
    ],
)
def test_whatever_says_more_than_a_name_is_asked_about_too(typed: str) -> None:
    assert recognize(typed, PEOPLE) == Recognized(("amara",), (), typed)


def test_a_name_without_letters_is_nobody() -> None:
    assert recognize("Cole", {"nobody": "...", "blank": ""}) == Recognized((), (), "Cole")


@given(st.sampled_from(sorted(PEOPLE)), st.text(max_size=20), st.text(max_size=20))
def test_a_whole_name_is_recognized_whatever_stands_around_it(
    id: str, before: str, after: str
) -> None:
    assert id in everybody_of(recognize(f"{before} {PEOPLE[id]} {after}", PEOPLE))


@given(st.text(), st.dictionaries(st.text(max_size=3), st.text(max_size=30), max_size=5))
def test_no_text_breaks_it(typed: str, people: dict[str, str]) -> None:
    assert everybody_of(recognize(typed, people)) <= people.keys()


def test_what_people_write_after_a_comma_is_no_part_of_a_name() -> None:
    assert recognize("Lee", {"lee": "Ann Lee, MSW"}).certain == ("lee",)
