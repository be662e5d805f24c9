"""Mails that come back: reports as mail servers write them (RFC 3464), and automatic answers."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from mailbox import Maildir
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from demo.mailbox import StoredMessage

REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@mailbox.example.org>
To: {sender}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="a-boundary"

--a-boundary
Content-Type: text/plain; charset=us-ascii

Your mail to <{recipient}> was not delivered.

--a-boundary
Content-Type: message/delivery-status

Reporting-MTA: dns; mailbox.example.org
Arrival-Date: {date}

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {code} {status} <{recipient}> Not delivered

--a-boundary
Content-Type: text/rfc822-headers

{headers}

--a-boundary--
"""


def report(mail: "StoredMessage", status: str, action: str = "failed") -> bytes:
    """Return what a mail server writes back that did not deliver a mail."""
    headers = mail.raw.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
    written = REPORT.format(
        sender=mail.sender,
        recipient=mail.recipients[0],
        date=format_datetime(mail.arrived_at),
        action=action,
        status=status,
        code="450" if status.startswith("4") else "550",
        headers=headers.replace("\r\n", "\n"),
    )
    return written.replace("\n", "\r\n").encode()


def answer(mail: "StoredMessage", text: str) -> bytes:
    """Return what a mailbox answers by itself whose owner is away."""
    back = EmailMessage()
    back["From"], back["To"] = mail.recipients[0], f"{mail.parsed['From']}"
    back["Subject"] = f"Automatic reply: {mail.subject}"
    back["Date"] = format_datetime(mail.arrived_at)
    back["In-Reply-To"] = f"{mail.parsed['Message-ID']}"
    back["Auto-Submitted"] = "auto-replied"
    back.set_content(text)
    return back.as_bytes(policy=SMTP)


def maildir_at(url: str) -> Maildir:
    """Return the Maildir of a BOUNCES_URL, and make it if it is not there."""
    path = Path(unquote(urlsplit(url).path))
    path.parent.mkdir(parents=True, exist_ok=True)
    return Maildir(path, create=True)
