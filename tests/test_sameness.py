"""Two requests look alike when somebody gave the same address or the same line in both."""

import subprocess
import sys

import pytest

from people.records import Identity
from people.same_person import likeness

JAMIE = Identity(email="jamie.quill@example.org", phone="860-555-0199")


def test_the_same_address_is_found_however_it_is_written() -> None:
    assert likeness(JAMIE, Identity(email=" Jamie.Quill@Example.ORG "), "US") == ("e-mail",)


def test_both_are_said_when_both_are_the_same() -> None:
    assert likeness(JAMIE, JAMIE, "US") == ("e-mail", "phone")


@pytest.mark.parametrize(
    ("one", "other", "country"),
    [
        ("(860) 555-0199", "+1 860 555 0199", "US"),
        ("1-860-555-0199", "8605550199", "US"),
        ("030 1234567", "+49 30 1234567", "DE"),
        ("0049 30 123 45 67", "030/1234567", "DE"),
        ("860-555-0199 ext. 12", "860-555-0199 x12", "US"),
        ("860-555-0199 ext. 12", "860-555-0199", "US"),
        ("tel 860-555-0199", "(860)555-0199", "US"),
        ("12345678901234567890", "1234567890 1234567890", "US"),
    ],
)
def test_a_line_is_the_same_however_it_is_written(one: str, other: str, country: str) -> None:
    assert likeness(Identity(phone=one), Identity(phone=other), country) == ("phone",)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("860-555-0199", "860-555-0198"),
        ("860-555-0199", "203-555-0199"),
        ("860-555-0199 x12", "860-555-0199 x13"),
        ("+49 860 555 0199", "+1 860 555 0199"),
        ("0199", "0199"),
        ("ext 12", "ext 12"),
        ("ask the desk", "ask the desk"),
        ("", ""),
    ],
)
def test_another_line_or_too_few_digits_tell_nothing(one: str, other: str) -> None:
    assert likeness(Identity(phone=one), Identity(phone=other), "US") == ()


def test_a_national_number_is_read_with_the_programs_country() -> None:
    typed, full = Identity(phone="020 7946 0000"), Identity(phone="+44 20 7946 0000")
    assert likeness(typed, full, "GB") == ("phone",)
    assert likeness(typed, full, "US") == ()


def test_what_was_given_before_a_correction_counts_too() -> None:
    moved = Identity(
        email="private@example.org",
        former_contacts=("JAMIE.QUILL@example.org", "+1 (860) 555-0199"),
    )
    assert likeness(JAMIE, moved, "US") == ("e-mail", "phone")
    assert likeness(moved, JAMIE, "US") == ("e-mail", "phone")


def test_who_gave_nothing_is_like_nobody() -> None:
    assert likeness(Identity(), Identity(), "US") == ()
    assert likeness(Identity(email="not an address"), Identity(email="not an address"), "US") == ()


def test_numbers_of_the_whole_world_are_loaded_only_by_whoever_compares() -> None:
    asks = "import app, sys; print('phonenumbers' in sys.modules)"
    assert (
        subprocess.check_output([sys.executable, "-c", asks], text=True, timeout=120).strip()
        == "False"
    )
