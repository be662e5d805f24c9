"""Find the day in an automatic answer, such as "I am away until December 3"."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

#: Further ahead it is rather a mistake of ours than an absence.
FURTHEST = timedelta(days=180)
#: What announces the last day, or the day of the return: as a hint both are as good.
ANNOUNCES = (
    r"\b(?:until|till|through|thru|back(?: (?:in the office|at work|at my desk|again))?(?: on)?"
    r"|return(?:ing|s)?(?: to (?:the office|work))?(?: on)?|to|ending)"
)
WEEKDAY = r"(?:\s*(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?)?"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = rf"(?P<month>{'|'.join(MONTHS)})[a-z]{{0,6}}\.?"
DAY, YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?:,?\s+(?P<year>\d{4}))?"
WRITTEN = (
    rf"{MONTH}\s+{DAY}\b{YEAR}",
    rf"{DAY}\s+(?:of\s+)?{MONTH}\b{YEAR}",
    r"(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})\b",
    r"(?P<number>\d{1,2})/(?P<day>\d{1,2})(?:/(?P<year>\d{4}))?\b",
)
DAYS = [re.compile(rf"{ANNOUNCES}:?{WEEKDAY}\s+(?:the\s+)?{day}", re.IGNORECASE) for day in WRITTEN]


def day_in(text: str, today: date) -> date | None:
    """Return the last day that a text announces, from today on; None if it names none."""
    flat = re.sub(r"\s+", " ", text)
    found = [
        day for pattern in DAYS for match in pattern.finditer(flat) for day in _days(match, today)
    ]
    return max(found, default=None)


def _days(match: re.Match[str], today: date) -> Iterator[date]:
    """Yield the day of a match, in this year or the next if it names no year."""
    said = match.groupdict()
    name = (said.get("month") or "")[:3].lower()
    month = MONTHS.index(name) + 1 if name else int(said["number"])
    years = [int(said["year"])] if said["year"] else [today.year, today.year + 1]
    for year in years:
        with suppress(ValueError):
            day = date(year, month, int(said["day"]))
            if today <= day <= today + FURTHEST:
                yield day
