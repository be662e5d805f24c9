"""Validators for single values in the admins' files, with messages for admins."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from lib.addresses import is_address
from lib.phones import is_damaged, is_number, is_short_number
from lib.tables.damaged_cells import AS_TEXT, damage, damage_to_words
from lib.working_time import LONGEST_CLOSED, Span, parse_duration, parse_span
from people.units import words_of_unit
from program.problems import shown, suggestion
from workflow.promise_rules import When, parse_repeat, parse_when
from workflow.reports.figures import LEAST_BOUND

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_ID = 40
#: Ids that the service itself uses.
RESERVED_ID = re.compile(r"clock|requester|reviewer|server|supporter|ring-\d+")
CLOCK_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = "(mon|tue|wed|thu|fri|sat|sun)[a-z]*"
SPAN_OF_DAYS = re.compile(rf"{DAY}(?:\s*[-–]\s*{DAY})?")
#: Python opens these, too, but they are the same zones again, or count leap seconds.
NO_ZONES = ("posix", "right", "posixrules")
MOST_TRIES = 10
MOST_CHECK_IN_DAYS = 365
#: A higher bound would hide everything.
MOST_BOUND = 100
HEAVIEST = 1000


@dataclass(frozen=True)
class Circumstances:
    """The context on which a value's validity depends."""

    country: str = ""
    #: The files are already in force, so what an older release accepted stays valid.
    was_adopted: bool = False


def circumstances(info: ValidationInfo) -> Circumstances:
    return info.context if isinstance(info.context, Circumstances) else Circumstances()


def read_cell(value: str) -> str:
    """Return a cell; ValueError when a spreadsheet program has damaged it."""
    if how := damage(value):
        raise ValueError(f"{shown(value)} {how}")
    return value


def read_words(value: str) -> str:
    """Return a cell that decides who may see a request; ValueError when it became a date."""
    if how := damage_to_words(value):
        raise ValueError(f"{shown(value)} {how}")
    return value


def read_id(value: str) -> str:
    if not ID.fullmatch(value) or len(value) > LONGEST_ID:
        raise ValueError(
            f"{shown(value)} cannot be an id; use lowercase letters, digits and single hyphens,"
            f' at most {LONGEST_ID} of them, like "emergency-medicine"'
        )
    if RESERVED_ID.fullmatch(value):
        raise ValueError(f"{shown(value)} is a word the service uses itself; choose another id")
    return value


def read_line(value: str) -> str:
    """Return one line of text that is safe in a mail's header."""
    words = " ".join(value.split())
    if not words:
        raise ValueError("is empty; write at least one word")
    if not words.isprintable() or "=?" in words:
        raise ValueError(
            f"{shown(words)} has something that mail programs misread;"
            ' leave out "=?" and invisible characters'
        )
    return words


def read_remark(value: str) -> str:
    return " ".join(value.split())


def read_unit(value: str, info: ValidationInfo) -> str:
    """Return a unit that someone leads; one without words would never match anything."""
    unit = " ".join(value.split())
    if not words_of_unit(unit) and not circumstances(info).was_adopted:
        raise ValueError(f'{shown(unit)} is not the name of a unit; write it like "Operating Room"')
    return unit


def read_text(value: str) -> str:
    words = value.strip()
    if not words:
        raise ValueError("is empty; write at least one sentence")
    return words


def read_mail_address(value: str, info: ValidationInfo) -> str:
    address = value.strip()
    if not is_address(address) and not circumstances(info).was_adopted:
        raise ValueError(
            f'{shown(address)} is not an email address; write one address like "name@example.org"'
        )
    return address


def read_phone(value: str, info: ValidationInfo) -> str:
    """Return a phone number; those among words must be possible in the program's country."""
    number = " ".join(value.split())
    if is_damaged(number):
        raise ValueError(
            f"{shown(number)} is a phone number that a spreadsheet program damaged; {AS_TEXT}"
        )
    around = circumstances(info)
    if number and not is_number(number, around.country) and not around.was_adopted:
        raise ValueError(f'{shown(number)} is not a phone number; write it like "860-555-0101"')
    return number


def read_dialed(value: str) -> str:
    number = value.strip()
    if number and not is_short_number(number):
        raise ValueError(f'{shown(number)} is not a number to dial; write it like "988"')
    return number


def read_web_address(value: str) -> str:
    if value and not re.fullmatch(r"https?://[\w.-]+\.\w+(:\d+)?(/\S*)?", value):
        raise ValueError(f'{shown(value)} is not a link; write it like "https://example.org/help"')
    return value


def read_origin(value: str) -> str:
    """Return the address of a server, as browsers compare it with that of a page."""
    origin = value.strip().lower().removesuffix("/")
    if not re.fullmatch(r"https?://[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?", origin):
        raise ValueError(
            f"{shown(value)} is not the address of a server alone;"
            ' write it like "https://intranet.example.org"'
        )
    return origin


def read_clock_time(value: object) -> time:
    match = CLOCK_TIME.fullmatch(str(value))
    if match is None:
        raise ValueError(f'{shown(value)} is not a time of day; write it like "07:00" or "21:30"')
    return time(int(match[1]), int(match[2]))


def read_clock_time_or_none(value: object) -> time | None:
    return None if value == "none" else read_clock_time(value)


def read_closing_time(value: object) -> time:
    return time.max if value == "24:00" else read_clock_time(value)


def read_zone(value: object) -> ZoneInfo:
    name = str(value)
    # The list of all zones is slow to read from disk, and only a mistake needs it.
    with suppress(KeyError, ValueError, OSError):
        if name.partition("/")[0] not in NO_ZONES:
            return ZoneInfo(name)
    near = suggestion(name, available_timezones())
    allowed = near if near.endswith("?") else 'write it like "America/New_York"'
    raise ValueError(f"{shown(name)} is not a time zone; {allowed}")


def read_duration(value: object) -> timedelta:
    return parse_duration(str(value))


def read_span(value: object) -> Span:
    return parse_span(str(value))


def read_repeat(value: object) -> Span:
    """Read "24 hours", or the end of `nudges`: "then daily"."""
    words = str(value)
    return parse_repeat(words) if words.startswith("then ") else parse_span(words)


def says_how_often(text: str) -> bool:
    """Tell whether the last entry of `nudges` is a repetition; unclear ones count as a moment."""
    try:
        return text.startswith("then ") and bool(parse_repeat(text))
    except ValueError:
        return False


def read_closed_days(value: object) -> object:
    """Read a table of days with remarks: "2026-12-24", or "2026-12-24 to 2026-12-31"."""
    if not isinstance(value, dict):
        return value
    return {day: remark for days, remark in value.items() for day in _days_between(str(days))}


def _days_between(text: str) -> list[date]:
    first, _, last = text.partition(" to ")
    try:
        begin = date.fromisoformat(first)
        end = date.fromisoformat(last) if last else begin
    except ValueError:
        raise ValueError(
            f'{shown(text)} is not a day; write "2026-12-24", or "2026-12-24 to 2026-12-31"'
        ) from None
    if end < begin:
        raise ValueError(f"{shown(text)} ends before it begins; write the earlier day first")
    if end - begin > LONGEST_CLOSED:
        raise ValueError(f"{shown(text)} is longer than a month; nothing would ever be due")
    return [begin + timedelta(days=number) for number in range((end - begin).days + 1)]


def read_pause(value: object) -> timedelta:
    return timedelta() if value == "none" else read_duration(value)


def read_check_in_days(value: object) -> tuple[int, ...]:
    """Read [14, 42], or "none"."""
    if value == "none":
        return ()
    days = [day for day in value if type(day) is int] if isinstance(value, list) else []
    if not days or days != value or not all(1 <= day <= MOST_CHECK_IN_DAYS for day in days):
        raise ValueError(
            f"{shown(value)} is not a list of days; write numbers from 1 to {MOST_CHECK_IN_DAYS},"
            ' like [14, 42], or "none"'
        )
    return tuple(sorted(set(days)))


def read_when(value: object) -> When:
    """Read a moment; a wrong "then …" gets the message about repetitions."""
    words = str(value)
    if words.startswith("then "):
        parse_repeat(words)
    return parse_when(words)


def read_weekdays(value: object) -> tuple[int, ...]:
    """Read "Mon-Fri", "Sat" or "Mon, Wed, Fri"; weekdays count from Monday = 0."""
    days: set[int] = set()
    for part in str(value).split(","):
        match = SPAN_OF_DAYS.fullmatch(part.strip().lower())
        if match is None:
            raise ValueError(
                f'{shown(value)} does not name weekdays; write "Mon-Fri", "Sat" or "Mon, Wed, Fri"'
            )
        begin = WEEKDAYS.index(match[1])
        end = WEEKDAYS.index(match[2] or match[1])
        days.update(day % 7 for day in range(begin, end + 1 if begin <= end else end + 8))
    return tuple(sorted(days))


def read_country(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", value):
        raise ValueError(f'{shown(value)} is not a country code; write two capitals like "US"')
    return value


def read_tries(value: object) -> int:
    if type(value) is not int or not 1 <= value <= MOST_TRIES:
        raise ValueError(f"{shown(value)} is not a number of tries; write 1 to {MOST_TRIES}")
    return value


def read_bound(value: object) -> int:
    if type(value) is not int or not LEAST_BOUND <= value <= MOST_BOUND:
        raise ValueError(
            f"{shown(value)} is not a bound; write a number from {LEAST_BOUND} to {MOST_BOUND}"
        )
    return value


def read_weight(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= HEAVIEST:
        raise ValueError(f"{shown(value)} is not a weight; write a number from 0 to {HEAVIEST}")
    return float(value)


def read_nearness(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise ValueError(
            f"{shown(value)} does not say how near; write a number between 0 and 1, like 0.8"
        )
    return float(value)


Id = Annotated[str, AfterValidator(read_id)]
Line = Annotated[str, AfterValidator(read_line)]
Remark = Annotated[str, AfterValidator(read_remark)]
Text = Annotated[str, AfterValidator(read_text)]
Unit = Annotated[str, AfterValidator(read_unit)]
MailAddress = Annotated[str, AfterValidator(read_mail_address)]
Phone = Annotated[str, AfterValidator(read_phone)]
#: Crisis lines have short numbers.
Dialed = Annotated[str, AfterValidator(read_dialed)]
Link = Annotated[str, AfterValidator(read_web_address)]
Origin = Annotated[str, AfterValidator(read_origin)]
Clock = Annotated[time, BeforeValidator(read_clock_time)]
ClockOrNone = Annotated[time | None, BeforeValidator(read_clock_time_or_none)]
ClosingTime = Annotated[time, BeforeValidator(read_closing_time)]
Zone = Annotated[ZoneInfo, BeforeValidator(read_zone)]
Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Pause = Annotated[timedelta, BeforeValidator(read_pause)]
PromisedSpan = Annotated[Span, BeforeValidator(read_span)]
Repeat = Annotated[Span, BeforeValidator(read_repeat)]
ClosedDays = Annotated[dict[date, Remark], BeforeValidator(read_closed_days)]
CheckInDays = Annotated[tuple[int, ...], BeforeValidator(read_check_in_days)]
Moment = Annotated[When, BeforeValidator(read_when)]
Weekdays = Annotated[tuple[int, ...], BeforeValidator(read_weekdays)]
Country = Annotated[str, AfterValidator(read_country)]
Bound = Annotated[int, BeforeValidator(read_bound)]
Tries = Annotated[int, BeforeValidator(read_tries)]
Weight = Annotated[float, BeforeValidator(read_weight)]
Nearness = Annotated[float, BeforeValidator(read_nearness)]
