"""One event as calendar programs read it (RFC 5545), and nothing besides."""

from datetime import UTC, datetime

#: Longer lines are folded; the octets of one letter stay together.
LONGEST_LINE = 75
ESCAPED = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"))


def event(
    uid: str, title: str, place: str, begins_at: datetime, ends_at: datetime, now: datetime
) -> str:
    """Return a calendar with one event. Without a description: calendars are shared."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//care desk//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{_moment(now)}",
        f"DTSTART:{_moment(begins_at)}",
        f"DTEND:{_moment(ends_at)}",
        f"SUMMARY:{_escaped(title)}",
        f"LOCATION:{_escaped(place)}",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for written, escaped in ESCAPED:
        text = text.replace(written, escaped)
    return text


def _folded(line: str) -> str:
    parts, size = [""], 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > LONGEST_LINE:
            parts.append("")
            size = 1  # The blank that continues a line.
        parts[-1] += letter
        size += octets
    return "\r\n ".join(parts)
