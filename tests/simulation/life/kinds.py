"""What happens in years of the program, by kind: what never did was not simulated."""

from collections import Counter
from collections.abc import Iterable, Iterator

from notifications.mail.catalog import EMAILS
from tests.simulation.chronicle import Record
from workflow.model import Event

#: From so many years on every kind must have happened.
ENOUGH = 10
#: No request shows it for long enough to be seen: it is gone, or goes on as another.
UNSEEN = {Event.ERASED}
#: Of these mails none is due here: nobody makes mistakes in files, and the deletion never fails.
NONE_DUE = {"files_wrong", "response_waits", "copies_remain", "undeliverable"}


def happened(records: Iterable[Record], mails: Counter[str]) -> Iterator[tuple[str, int]]:
    """Yield each kind of event and of mail, and how often it was seen."""
    events = Counter(line.event for record in records for line in record.lines)
    yield from ((f"event {one}", events[one]) for one in Event if one not in UNSEEN)
    yield from ((f"mail {one}", mails[one]) for one in EMAILS if one not in NONE_DUE)
