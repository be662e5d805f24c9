"""Rows in which the mail server fails."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from tests.faults.account import Account, account
from tests.faults.staging import stage
from tests.world import JORDAN

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
#: How mail servers refuse everybody while they, or our settings, are at fault.
REPLIES = (
    "550 5.7.60 Client does not have permissions to send as this sender",
    "550 5.7.1 Relaying denied",
    "554 5.7.1 Client host rejected",
    "552 5.3.4 Message too big",
    "530 5.7.57 Client was not authenticated",
    "550 5.7.26 Rejected by policy",
    "550 Blocked",
    "451 4.7.1 Try again later",
)
#: About an address only an answer at RCPT can be; here it is everybody's.
NO_MAILBOX = "550 5.1.1 No such mailbox"
STAGES = {"MAIL": "refuse_sender_with", "RCPT": "refuse_recipient_with", "DATA": "refuse_data_with"}
SOME = 4
HANG_SECONDS, DROPPED = 15.0, 10


def refusals(at: str, folder: Path) -> Iterator[Account]:
    """Everybody is refused at one step of SMTP, an hour with each reply; offers wait as well."""
    replies = (*REPLIES, NO_MAILBOX) if at == "RCPT" else REPLIES
    with stage(folder) as there:
        there.submit_some(1)
        for reply in replies:
            there.settle()
            newest = [mail for mail in there.mailbox.messages if JORDAN in mail.recipients][-1]
            with there.fault():
                setattr(there.mailbox, STAGES[at], reply)
                there.offer(newest)
                there.submit_some(SOME)
                there.passes(HOUR, 10 * MINUTE)
                there.look()
                setattr(there.mailbox, STAGES[at], None)
            there.recover()
        what = f"refused at {at} for an hour, {len(replies)} replies"
        yield account(there, what, alarm="mail_settings")


refused_at_mail = partial(refusals, "MAIL")
refused_at_rcpt = partial(refusals, "RCPT")
refused_at_data = partial(refusals, "DATA")


def away(folder: Path) -> Iterator[Account]:
    """Nobody listens for 30 hours."""
    with stage(folder) as there:
        there.submit_some(2)
        with there.fault():
            there.mailbox.stop()
            there.submit_some(2 * SOME)
            there.passes(30 * HOUR, HOUR / 2)
            there.look()
            there.mailbox.start()
        there.recover()
        yield account(there, "mail server away for 30 hours", alarm="oldest_unsent_mail")


def hangs(folder: Path) -> Iterator[Account]:
    """The server takes the mails and answers after a while, in real time."""
    with stage(folder) as there:
        with there.fault():
            there.mailbox.hang_after_data = HANG_SECONDS
            there.submit_some(SOME)
            there.until(lambda: len(there.mailbox.messages) >= 4, 10)
            there.mailbox.hang_after_data = 0
            there.until(lambda: len(there.mailbox.messages) > 4, HANG_SECONDS + 5)
            there.look()
        there.recover()
        yield account(there, f"mail server hangs after DATA for {HANG_SECONDS:.0f} s")


def dropped(folder: Path) -> Iterator[Account]:
    """The server takes mails and hangs up before it says so."""
    with stage(folder) as there:
        there.mailbox.hang_up_after_data = DROPPED
        with there.fault():
            there.submit_some(2 * SOME)
            there.until(lambda: there.mailbox.hang_up_after_data == 0)
            there.look()
        there.recover()
        yield account(there, f"dropped after the final dot, {DROPPED} times", may_be_copied=DROPPED)


def one_of_two(folder: Path) -> Iterator[Account]:
    """One of two coordinators has no mailbox any more, and everybody else has."""
    with stage(folder) as there:
        there.mailbox.refuse_address_with[JORDAN] = "550 5.1.1 No such mailbox"
        there.submit_some(2 * SOME)
        there.passes(HOUR, 10 * MINUTE)
        there.look()
        there.recover()
        found = account(there, "550 for one of two coordinators", refused=["jordan-reyes"])
        yield found
