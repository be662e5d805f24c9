"""Addresses and phones as people type them on a phone, and what becomes of each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.addresses import is_address
from lib.phones import dialed, is_number
from lib.typed_addresses import probably_meant, read

#: Of the program's own people.
OURS = frozenset({"example.org", "hartwell.example.org"})

CERTAIN = {
    "jamie.quill@example.org": "jamie.quill@example.org",
    " Jamie.Quill@Example.ORG ": "Jamie.Quill@example.org",
    "jamie.quill@example.org.": "jamie.quill@example.org",
    "jamie.quill@example.org,": "jamie.quill@example.org",
    "(jamie.quill@example.org)": "jamie.quill@example.org",
    "'jamie.quill@example.org'": "jamie.quill@example.org",
    ".jamie@example.org": "jamie@example.org",
    "mailto:jamie@example.org": "jamie@example.org",
    "Jamie Quill <jamie@example.org>": "jamie@example.org",
    "Email: jamie@example.org": "jamie@example.org",
    "my e-mail is jamie@example.org": "jamie@example.org",
    "mi correo es jamie@example.org": "jamie@example.org",
    "jamie @example.org": "jamie@example.org",
    "jamie@ example.org": "jamie@example.org",
    "jamie@@example.org": "jamie@example.org",
    "jamie@exam\x00ple.org": "jamie@example.org",
    "jamie\u200b@example.org": "jamie@example.org",
    "\ufeffjamie@example.org\u00a0": "jamie@example.org",
    "ｊａｍｉｅ＠example.org": "jamie@example.org",
    "o’reyes@example.org": "o'reyes@example.org",
    "jamie@example.org or text me": "jamie@example.org",
    "jamie@example.org (work)": "jamie@example.org",
    "jamie@example.org jamie@example.org": "jamie@example.org",
    "jamie(at)example.org": "jamie@example.org",
    "jamie [at] example [dot] org": "jamie@example.org",
    "jamie at example.org": "jamie@example.org",
    "jamie@bücher.example": "jamie@xn--bcher-kva.example",
    "jamie@clinic.local": "jamie@clinic.local",
    "jamie@ymail.com": "jamie@ymail.com",
    "jamie@hartwell.example.org": "jamie@hartwell.example.org",
}
DOUBTFUL = {
    "jamie quill@example.org": "jamie.quill@example.org",
    "jamie. quill@example.org": "jamie.quill@example.org",
    "jamie@exam ple.org": "jamie@example.org",
    "jamie@example org": "jamie@example.org",
    "jamie@example,org": "jamie@example.org",
    "jamie@exampleorg": "jamie@example.org",
    "jamie@gmailcom": "jamie@gmail.com",
    "jamie@gmail": "jamie@gmail.com",
    "jamie@example.org / jq@gmail.com": "jamie@example.org",
    "jamie@example.org\nBcc: lee@example.org": "jamie@example.org",
}
MISTYPED = {
    "jamie@gmial.com": "jamie@gmail.com",
    "jamie@gmai.com": "jamie@gmail.com",
    "jamie@yaho.com": "jamie@yahoo.com",
    "jamie@hotmial.com": "jamie@hotmail.com",
    "jamie@gmail.co": "jamie@gmail.com",
    "jamie@gmail.con": "jamie@gmail.com",
    "jamie@example.con": "jamie@example.com",
    "jamie@example.rog": "jamie@example.org",
    "jamie@hartwel.example.org": "jamie@hartwell.example.org",
}
NONE = ("", "none", "860-555-0199", "ask my unit", "@", "jamie@", "@example.org", "a@b@c", "=?x?@y")


@pytest.mark.parametrize("typed", CERTAIN)
def test_it_reads_what_can_mean_only_one_address(typed: str) -> None:
    found = read(typed, OURS)
    assert (found.address, found.choices) == (CERTAIN[typed], ())


@pytest.mark.parametrize("typed", DOUBTFUL)
def test_it_leaves_to_people_what_could_mean_several(typed: str) -> None:
    found = read(typed, OURS)
    assert (found.address, found.looks_mistyped) == ("", False)
    assert found.choices[0] == DOUBTFUL[typed]


@pytest.mark.parametrize("typed", MISTYPED)
def test_it_notices_what_is_probably_mistyped(typed: str) -> None:
    found = read(typed, OURS)
    assert found.looks_mistyped
    assert (found.address, found.choices) == ("", (MISTYPED[typed], typed))


@pytest.mark.parametrize("typed", NONE)
def test_it_reads_no_address_where_there_is_none(typed: str) -> None:
    assert (read(typed, OURS).address, read(typed, OURS).choices) == ("", ())


@given(st.text(max_size=80) | st.from_regex(r"[a-z .@<>,\n]{0,40}", fullmatch=True))
def test_every_reading_is_one_address_that_is_safe_to_write_to(typed: str) -> None:
    found = read(typed, OURS)
    assert all(map(is_address, filter(None, (found.address, *found.choices))))


@pytest.mark.parametrize("domain", sorted(OURS))
def test_addresses_of_our_own_people_never_look_mistyped(domain: str) -> None:
    assert probably_meant(f"jamie@{domain}", OURS) == ""


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("860-555-0199 ext. 12", "860-555-0199"),
        ("860-555-0199 or 860-555-0142", "860-555-0199"),
        ("(860) 555.0199, evenings", "860-555-0199"),
        ("cell: 860 555 0199", "860-555-0199"),
        ("８６０-555-0199", "860-555-0199"),
        ("860-555-0199.", "860-555-0199"),
        ("tel:+18605550199", "+18605550199"),
        ("860-555-HELP", "860-555-4357"),
        ("call 860 555 care", "860-555-2273"),
        ("1-800-FLOWERS", "1-800-3569377"),
    ],
)
def test_it_dials_phones_as_people_type_them(typed: str, number: str) -> None:
    assert is_number(typed, "US")
    assert dialed(typed) == number
