"""Keep what is read as one, such as a reference or a time, on one line of a page or a mail."""

import re

#: What people read, search for and copy as one: "PS-7K3QF", "9:14 AM", "9:14 a. m.".
REFERENCE = r"\b(?:PS|HO)-[A-Z0-9]{5}\b"
TIME = r"\b\d{1,2}(?::\d\d)? (?:[AP]M\b|[ap]m\b|[ap]\. m\.)"
#: "Nov 30", "30 de noviembre".
DAY = (
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2}\b"
    r"|\b\d{1,2} de (?:enero|febrero|marzo|abril|mayo|junio"
    r"|julio|agosto|septiembre|octubre|noviembre|diciembre)\b"
)
#: "(860) 555-0100", "860-555-0100".
PHONE = r"\(\d{3}\) \d{3}-\d{4}\b|(?<![\w-])\d{3}-\d{3}-\d{4}\b"
#: One that would be broken at a hyphen, unless it's too long for a line of the smallest phone.
ADDRESS = r"(?<![\w.+@-])(?=[\w.+@-]{1,28}(?![\w.+@-]))(?=[\w.+@]*-)[\w.+-]+@[\w.-]+\w"
TOGETHER = f"{REFERENCE}|{TIME}|{DAY}|{PHONE}|{ADDRESS}"
#: Tags, and what holds words that cannot have a tag among them.
OTHERWISE = r"<(style|script|title|textarea|select|svg)\b.*?</\1>|<!--.*?-->|<[^>]*>"
PIECE = re.compile(f"{OTHERWISE}|({TOGETHER})", re.DOTALL)


def unbroken(html: str) -> str:
    """Mark what stays on one line. Its letters stay as they are, so that a search finds them."""
    return PIECE.sub(lambda it: f'<span class="kept">{it[0]}</span>' if it[2] else it[0], html)
