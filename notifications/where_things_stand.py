"""Several nudges of one person written as one mail: what waits in each request, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.engine import Engine
from notifications.desk import Desk
from notifications.facts import is_early_call, promise_of
from notifications.letters import common_facts, reader_facts
from notifications.mail.compose import Composer, Message
from notifications.nudges import TOGETHER
from store.outbox import Outgoing
from workflow import words
from workflow.model import Case, Role


def write(
    engine: Engine,
    composer: Composer,
    desk: Desk,
    mails: Sequence[tuple[Outgoing, Case]],
    now: datetime,
) -> Message:
    """Render several nudges of one person as one mail: references, and what is due."""
    first = mails[0][0]
    email, _ = TOGETHER[first.role]
    together = replace(first, email=email, case_id=None, subject="")
    standing = sorted(
        (_standing(engine, desk, mail, case, now) for mail, case in mails),
        key=lambda line: (line.due_at, line.reference),
    )
    facts = common_facts(engine, desk) | reader_facts(engine, together)
    facts |= {
        "standing": standing,
        "test_marker": "TEST" if all(case.is_test for _, case in mails) else "",
        "link": desk.link_to_own_page(engine.program, together, now),
    }
    return composer.overriding(engine.program.overrides).compose(together.email, facts)


@dataclass(frozen=True)
class Standing:
    """One request of several that wait for somebody, with the link that acts on it.

    Reviewers find theirs on the board.
    """

    due_at: datetime
    reference: str
    test_marker: str
    what: str
    due: str
    is_overdue: bool
    link: str


def _standing(engine: Engine, desk: Desk, mail: Outgoing, case: Case, now: datetime) -> Standing:
    promise = promise_of(case, mail)
    due_at = promise.due_at if promise else now
    is_linked, program = mail.role == Role.SUPPORTER, engine.program
    return Standing(
        due_at=due_at,
        reference=case.reference,
        test_marker=words.test_marker(case),
        what=words.SOON if is_early_call(case, mail, now) else words.WAITS_FOR[mail.email],
        due=words.day_and_time(due_at, program.zone),
        is_overdue=due_at <= now,
        link=desk.link_to_case(program, mail, case.reference, now) if is_linked else "",
    )
