"""Keep references and times of the day on one line where a page or a mail shows them."""

import re

#: What people read, search for and copy as one: "PS-7K3QF", "9:14 AM", "9:14 a. m.".
TOGETHER = r"\bPS-[A-Z0-9]{5}\b|\b\d{1,2}(?::\d\d)? (?:[AP]M\b|[ap]m\b|[ap]\. m\.)"
#: Tags, and what holds words that cannot have a tag among them.
OTHERWISE = r"<(style|script|title|textarea|select|svg)\b.*?</\1>|<!--.*?-->|<[^>]*>"
PIECE = re.compile(f"{OTHERWISE}|({TOGETHER})", re.DOTALL)


def unbroken(html: str) -> str:
    """Mark what stays on one line. Its letters stay as they are, so that a search finds them."""
    return PIECE.sub(lambda it: f'<span class="kept">{it[0]}</span>' if it[2] else it[0], html)
