"""Whatever is typed, reading it takes time that grows no faster than its length, up to 1 MB."""

import re
import signal
from collections.abc import Callable
from contextlib import suppress
from time import process_time

import pytest
from werkzeug.datastructures import MultiDict

from lib import phones
from pages.forms import BadForm, correction_in
from people.lists import Lists
from people.not_wanted import with_recognized
from people.units import Unit, Units, with_units
from qualtrics.answers import read_answers
from qualtrics.delivery import read_workflow
from tests.answers import SURVEY

MIB = 1024 * 1024
LISTS = Lists({f"s{n}": f"Amara{n % 7} {'KLMN'[n % 4]}indgren{n % 13}" for n in range(60)})
UNITS = Units([Unit("Medicine 4", ("Med 4",)), Unit("Labor & Delivery", ("L&D",))])
#: Repeated, these make patterns try again from every place.
PIECES = [
    "a", "ﷺ", " ", "7-7-", "1 (1 ", "860-555-0199 x", "a@b.", "a at b.c ", "Cole or ", '{"a":',
    '"responseId":"R_1", ', '"phone ',
]  # fmt: skip
FIELDS = [f"QID{number}_TEXT" for number in (1, 2, 3, 7, 11, 13)]
BROKEN = '{"surveyId":"SV_1","responseId":"R_1","answers":{"QID1_TEXT":"'


def submitted(typed: str) -> object:
    """Read a response that has this text in every field, as far as who is not wanted."""
    identity = read_answers(SURVEY, dict.fromkeys(FIELDS, typed), {}).identity
    return with_recognized(with_units(identity, UNITS), LISTS)


def corrected(typed: str) -> object:
    """Read a requester's new phone and address, as they are typed on their page."""
    with suppress(BadForm):
        correction_in(MultiDict({"phone": typed, "how": "call"}), "US")
    with suppress(BadForm):
        correction_in(MultiDict({"email": typed, "how": "mail"}), "US")
    return phones.cannot_exist(typed, "US"), phones.dialed_through(typed)


READERS: dict[str, Callable[[str], object]] = {
    "submitted": submitted,
    "corrected": corrected,
    "delivered": lambda typed: read_workflow(typed.encode()),
    "broken on the way": lambda typed: read_workflow((BROKEN + typed).encode()),
}
SIZES = (MIB // 64, MIB // 8, MIB)
#: From one size to the next: 8 when time grows with the length, 64 with its square.
MOST_GROWTH = 24


class TooSlow(Exception):
    """More time than a text of this length may take: waiting for the end could take hours."""


def seconds(work: Callable[[], object], most: float) -> float:
    """Return the processor time of some work; TooSlow as soon as it is more than allowed."""

    def stop(signal: int, frame: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, most)
    began_at = process_time()
    try:
        work()
        return process_time() - began_at
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def jump(read: Callable[[str], object], piece: str, least: float) -> str:
    """Return where time grows faster than length; "" if nowhere.

    Times below `least`, which is linear work on 1 MB, say nothing.
    """
    before = least
    for size in SIZES:
        typed = (piece * (size // len(piece) + 1))[:size]
        try:
            took = seconds(lambda: read(typed), MOST_GROWTH * before)  # noqa: B023 - called at once
        except TooSlow:
            return f"{piece!r} at {size}: more than {MOST_GROWTH} times what an eighth takes"
        before = max(least, took)
    return ""


@pytest.mark.parametrize("name", READERS)
def test_time_grows_no_faster_than_the_text(name: str) -> None:
    read = READERS[name]
    read("Amara Cole, 860-555-0199")  # What is loaded once is no matter of the text.
    least = seconds(lambda: re.sub(r"\s+", " ", "ab " * (MIB // 3)), most=60)
    assert list(filter(None, (jump(read, piece, least) for piece in PIECES))) == []
