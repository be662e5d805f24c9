"""What a mail that came back says: reports as servers write them, and days in automatic answers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.mail.away import day_in
from notifications.mail.returned import Answer, Other, Report, Tokens, Verdict, read

TOKEN = "0123456789abcdef" * 2
ID = f"<{TOKEN}@care-desk.example.org>"
TOKENS = Tokens("care-desk.example.org", "bounces+*@example.org")

#: As Microsoft 365 writes it, shortened: the original's headers are in the third part.
EXCHANGE = f"""\
From: <postmaster@example.org>
To: care-desk@example.org
Subject: Undeliverable: The next step
Content-Type: multipart/report; report-type="delivery-status"; boundary=b1

--b1
Content-Type: multipart/alternative; boundary=b2

--b2
Content-Type: text/plain

Your message to ana@example.org couldn't be delivered.
--b2--
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns;mail.protection.outlook.com
Arrival-Date: Mon, 23 Nov 2026 14:14:00 +0000

Original-Recipient: rfc822;ana@example.org
Final-Recipient: rfc822;ana@example.org
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound

--b1
Content-Type: message/rfc822

From: Care Desk <care-desk@example.org>
Message-ID: {ID}
Subject: The next step

--b1--
"""
#: As Postfix and Sendmail write it, with nothing of the original but where it came back to.
BARE = f"""\
To: bounces+{TOKEN}@EXAMPLE.ORG
Content-Type: multipart/report; report-type=delivery-status; boundary=b1

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; ana@example.org
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 550-5.7.26 Unauthenticated mail is not accepted

--b1--
"""


def verdict(text: str) -> tuple[Verdict, str] | None:
    found = read(text.replace("\n", "\r\n").encode(), TOKENS)
    assert not isinstance(found, Report) or found.token == TOKEN
    return (found.verdict, found.status) if isinstance(found, Report) else None


@pytest.mark.parametrize(
    ("status", "action", "expected"),
    [
        ("5.1.10", "failed", Verdict.NO_MAILBOX),
        ("5.1.1", "failed", Verdict.NO_MAILBOX),
        ("5.2.1", "Failed", Verdict.NO_MAILBOX),
        ("5.1.8", "failed", Verdict.SENT_BACK),
        ("5.2.2", "failed", Verdict.SENT_BACK),
        ("5.4.1", "failed", Verdict.SENT_BACK),
        ("5.7.606", "failed", Verdict.SENT_BACK),
        ("4.1.1", "failed", Verdict.SENT_BACK),
        ("nonsense", "failed", Verdict.NO_MAILBOX),
        ("4.4.7", "delayed", Verdict.DELAYED),
        ("2.1.5", "delivered", None),
        ("2.1.5", "relayed", None),
        ("5.1.1", "exploded", None),
    ],
)
def test_it_judges_a_report_by_action_and_status(
    status: str, action: str, expected: Verdict | None
) -> None:
    changed = EXCHANGE.replace("Status: 5.1.10", f"Status: {status}")
    found = verdict(changed.replace("Action: failed", f"Action: {action}"))
    assert (found[0] if found else None) == expected


def test_it_finds_mail_and_status_where_little_is_said() -> None:
    assert verdict(BARE) == (Verdict.SENT_BACK, "5.7")


def test_a_report_on_two_of_our_mails_or_on_another_domains_counts_as_none() -> None:
    assert (
        verdict(EXCHANGE.replace("To: care", f"To: bounces+{'0' * 32}@example.org, care")) is None
    )
    assert verdict(EXCHANGE.replace("@care-desk.example.org>", "@evil.example>")) is None
    assert verdict(EXCHANGE.replace("Message-ID:", "X-Message-ID:")) is None


def test_one_of_several_addresses_that_got_the_mail_is_enough() -> None:
    second = (
        "\n\nFinal-Recipient: rfc822; b@example.org\nAction: delivered\nStatus: 2.0.0\n\n--b1\n"
    )
    assert verdict(EXCHANGE.replace("\n\n--b1\nContent-Type: message/rfc822", second)) is None


def test_an_automatic_answer_names_our_mail_and_a_mail_by_a_person_is_none() -> None:
    text = f"From: ana@example.org\nIn-Reply-To: {ID}\nAuto-Submitted: auto-replied\n\nI am away."
    found = read(text.encode(), TOKENS)
    assert isinstance(found, Answer)
    assert (found.token, found.text.strip()) == (TOKEN, "I am away.")
    assert read(text.replace("auto-replied", "no").encode(), TOKENS) is None
    assert read(text.replace(TOKEN, "guessed").encode(), TOKENS) is None


@given(st.integers(0, len(EXCHANGE)), st.binary(max_size=20), st.integers(0, 40))
def test_damage_never_raises_and_never_changes_the_mail(at: int, put: bytes, left: int) -> None:
    raw = EXCHANGE.encode()
    found = read(raw[:at] + put + raw[at + left :], TOKENS)
    assert found in (None, Other()) or found.token == TOKEN  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I am away until December 3.", "2026-12-03"),
        ("I will be out of the office through Friday, Dec 4th, 2026", "2026-12-04"),
        ("I'll be back on\nMonday 7 December", "2026-12-07"),
        ("Returning 12/7/2026", "2026-12-07"),
        ("back in the office on 2027-01-04", "2027-01-04"),
        ("I am away from November 20 to January 8", "2027-01-08"),
        ("I was away until November 2", None),
        ("Call 860-555-0199 until 5", None),
        ("back on 31/12", None),
        ("until February 31", None),
        ("See you on December 3", None),
        ("", None),
    ],
)
def test_it_reads_the_day_of_a_return(text: str, day: str | None) -> None:
    found = day_in(text, date(2026, 11, 23))
    assert found == (date.fromisoformat(day) if day else None)
