"""Links: only ours open, each until its time, whatever else is thrown at them."""

import hashlib
import random
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from notifications.mail.links import BOARD, BadLink, ExpiredLink, Link, read, sign
from workflow.model import Role

NOW = datetime(2026, 11, 23, 14, 14, tzinfo=UTC)
OLD, NEW = "old-key-" + "o" * 32, "new-key-" + "n" * 32
LINK = Link("ruth", Role.SUPPORTER, "PS-7K3QF", 2, NOW + timedelta(days=30))
URL_SAFE = set(string.ascii_letters + string.digits + "-_.")


@pytest.mark.parametrize(
    "link",
    [
        LINK,
        replace(LINK, role=Role.REVIEWER, offer=None),
        replace(LINK, person="zoë-o'neil", reference="", offer=None),
        replace(LINK, person="long-name " * 20),
        replace(LINK, role=Role.ADMIN, reference="", offer=None, page="5e1f" * 16),
    ],
)
def test_it_reads_what_it_signed(link: Link) -> None:
    token = sign(link, [NEW])
    assert read(token, [NEW], NOW) == link
    assert set(token) <= URL_SAFE


@pytest.mark.parametrize(
    ("token", "link"),
    [
        (
            "WyJydXRoIiwic3VwcG9ydGVyIiwiUFMtN0szUUYiLDIsMTc5ODAzNTI0MF0"
            ".q3dILSneHsogMCUuVgFr7opVrNzywpIMWme2Z5cnV-A",
            LINK,
        ),
        (
            "WyJqb3JkYW4tYXZlcnkiLCJyZXZpZXdlciIsIlBTLTdLM1FGIixudWxsLDE3OTgwMzUyNDBd"
            ".HOwD7DsxzjQEXMkFjfwtxQo5Uc-ohoNqBL4JHBjDzwY",
            replace(LINK, person="jordan-avery", role=Role.REVIEWER, offer=None),
        ),
        (
            "WyJqb3JkYW4tYXZlcnkiLCJyZXZpZXdlciIsIiIsbnVsbCwxNzk4MDM1MjQwLCJib2FyZCJd"
            ".0jMC7JcaQvoMuNeECbaG3l-pTAOuX9xX72jGU7QkW_8",
            Link("jordan-avery", Role.REVIEWER, "", None, LINK.expires_at, BOARD),
        ),
    ],
)
def test_it_reads_what_was_signed_before_the_fields_had_names(token: str, link: Link) -> None:
    assert read(token, [NEW], NOW) == link


def test_it_keeps_tokens_short() -> None:
    assert len(sign(LINK, [NEW])) <= 130


def test_it_signs_with_the_first_key_and_reads_with_any() -> None:
    assert read(sign(LINK, [OLD]), [NEW, OLD], NOW) == LINK
    assert read(sign(LINK, [NEW, OLD]), [NEW], NOW) == LINK
    with pytest.raises(BadLink):
        read(sign(LINK, [NEW, OLD]), [OLD], NOW)


def test_it_refuses_a_link_from_the_moment_it_expires_and_tells_whose_it_was() -> None:
    token = sign(LINK, [NEW])
    assert read(token, [NEW], LINK.expires_at - timedelta(seconds=1)) == LINK
    with pytest.raises(ExpiredLink, match="expired at 2026-12-23 14:14") as caught:
        read(token, [NEW], LINK.expires_at)
    assert caught.value.link == LINK


GARBAGE = [
    "",
    ".",
    "..",
    "a.b",
    "\0",
    "é",
    "\ud800",
    "🙂" * 50,
    "A" * 1_000_000,
    "../../etc/passwd",
    "." * 500,
    "null",
    "W10." + "A" * 43,
    "%00%ff",
    " ",
    "\n",
]


@pytest.mark.parametrize("token", GARBAGE, ids=range(len(GARBAGE)))
def test_it_refuses_garbage(token: str) -> None:
    with pytest.raises(BadLink):
        read(token, [NEW], NOW)


@given(st.text(st.characters(), max_size=300))
@settings(database=None)
def test_it_refuses_any_text_without_another_error(token: str) -> None:
    with pytest.raises(BadLink):
        read(token, [NEW], NOW)


def test_it_refuses_every_mutation_of_a_genuine_link() -> None:
    dice = random.Random(7)
    genuine = sign(LINK, [NEW])
    opened = 0
    for _ in range(20_000):
        letters = list(genuine)
        place = dice.randrange(len(letters))
        letters[place : place + dice.randrange(2)] = dice.choice([*URL_SAFE, "", "=", "é", "!"])
        token = "".join(letters)
        try:
            read(token, [NEW], NOW)
            opened += token != genuine
        except BadLink:
            pass
    assert opened == 0


def test_it_knows_one_spelling_of_a_token_only() -> None:
    genuine = sign(LINK, [NEW])
    for suffix in ["=", "==", "!", " ", "\n"]:
        with pytest.raises(BadLink):
            read(genuine + suffix, [NEW], NOW)
    spelled = [genuine[:-1] + letter for letter in string.ascii_letters + string.digits + "-_"]
    refused = 0
    for token in spelled:
        try:
            read(token, [NEW], NOW)
        except BadLink:
            refused += 1
    assert refused == len(spelled) - 1


FIELDS: dict[str, object] = {
    "p": "ruth", "r": "supporter", "c": "PS-7K3QF", "o": 2, "x": 1_800_000_000,
}  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        None,
        [],
        {},
        "text",
        ["ruth", "supporter", "PS-7K3QF", 2],
        ["ruth", "emperor", "PS-7K3QF", 2, 1_800_000_000],
        ["ruth", "supporter", "PS-7K3QF", "2", 1_800_000_000],
        ["ruth", "supporter", "PS-7K3QF", 2, 1_800_000_000, 3],
        ["ruth", "supporter", "PS-7K3QF", 2, 1_800_000_000, "5e1f", "more"],
        ["ruth", "supporter", "PS-7K3QF", 2, 10**30],
        ["ruth", "supporter", "PS-7K3QF", 2, float("nan")],
        FIELDS | {"p": 3},
        FIELDS | {"r": "emperor"},
        FIELDS | {"o": "2"},
        FIELDS | {"x": 10**30},
        FIELDS | {"x": float("nan")},
        FIELDS | {"g": None},
        FIELDS | {"more": 1},
        {name: value for name, value in FIELDS.items() if name != "x"},
    ],
)
def test_it_refuses_signed_fields_of_another_shape(fields: object) -> None:
    with pytest.raises(BadLink):
        read(signed(fields, "mailed-link"), [NEW], NOW)


def test_it_refuses_what_the_same_key_signed_for_another_purpose() -> None:
    fields = FIELDS | {"x": int(LINK.expires_at.timestamp())}
    assert read(signed(fields, "mailed-link"), [NEW], NOW) == LINK
    with pytest.raises(BadLink):
        read(signed(fields, "session"), [NEW], NOW)


def signed(fields: object, salt: str) -> str:
    how = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return str(URLSafeSerializer(NEW, salt=salt, signer_kwargs=how).dumps(fields))
