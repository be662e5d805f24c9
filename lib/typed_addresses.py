"""Read e-mail addresses as people type them on a phone, and notice those that look mistyped."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lib.addresses import is_address

#: More text than this holds no address that we would dare to write to.
LONGEST = 400
AT = re.compile(r"\s*[(\[{]\s*at\s*[)\]}]\s*|\s+at\s+(?=\S+\.\S)", re.IGNORECASE)
DOT = re.compile(r"\s*[(\[{]\s*(?:dot|punto)\s*[)\]}]\s*", re.IGNORECASE)
BLANKS_AROUND_AT = re.compile(r"\s*@[\s@]*")
#: With more blanks than these, it is a sentence.
MOST_BLANKS = 3
#: What stands around an address and is no part of it.
BETWEEN = re.compile(r"[\s<>()\[\]{},;\"|/\\]+")
AROUND = ".:;,!?*'’‘`"
#: Words before an address that belong to no name: "my e-mail is ...".
BEFORE = {"address", "correo", "email", "e-mail", "es", "is", "mail", "mailto", "mi", "my", "or"}
#: Where many people have their mail. Some resemble each other and are all real.
PROVIDERS = frozenset({
    "aol.com", "att.net", "bellsouth.net", "charter.net", "comcast.net", "cox.net", "earthlink.net",
    "fastmail.com", "gmail.com", "gmx.com", "gmx.net", "googlemail.com", "hotmail.com",
    "icloud.com", "live.com", "mac.com", "mail.com", "me.com", "msn.com", "optonline.net",
    "outlook.com", "pm.me", "proton.me", "protonmail.com", "rocketmail.com", "sbcglobal.net",
    "verizon.net", "yahoo.com", "ymail.com", "zoho.com",
})  # fmt: skip
#: The shortest name of a domain that one slip makes out of another by mistake.
FEWEST_LETTERS = 4
#: Endings that do not exist, and what people meant.
ENDINGS = {
    "con": "com", "cmo": "com", "ocm": "com", "comm": "com", "coom": "com", "vom": "com",
    "xom": "com", "cim": "com", "cpm": "com", "ogr": "org", "rog": "org", "orgg": "org",
    "orq": "org", "nte": "net", "ent": "net", "met": "net", "neet": "net", "edi": "edu",
    "eud": "edu", "ediu": "edu",
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What a typed address means: one address, or several to choose from, or neither."""

    address: str = ""
    choices: tuple[str, ...] = ()
    #: The only reading is an address, but probably not the one that the person has.
    looks_mistyped: bool = False


def read(typed: str, domains: Collection[str] = ()) -> Reading:
    """Read a typed address; `domains` are those of the program's own people."""
    text = _normal(typed)
    found = dict.fromkeys(_addresses(text))
    if not found:
        return Reading(choices=tuple(dict.fromkeys(_mended(text, domains))))
    if len(found) > 1:
        return Reading(choices=tuple(found))
    address = next(iter(found))
    if names := _words_before(address, text):
        return Reading(choices=_with_words_before(names, address))
    meant = probably_meant(address, domains)
    if meant:
        return Reading(choices=(meant, address), looks_mistyped=True)
    return Reading(address)


def probably_meant(address: str, domains: Collection[str] = ()) -> str:
    """Return the address that a mistyped one probably means; "" when nothing looks wrong."""
    name, _, domain = address.rpartition("@")
    real = PROVIDERS.union(domains)
    if domain.lower() in real:
        return ""
    ending = domain.rpartition(".")[2].lower()
    mended = domain[: -len(ending)] + ENDINGS.get(ending, ending)
    likely = mended if mended.lower() in real else _nearest(mended.lower(), real)
    if likely or mended != domain:
        return f"{name}@{likely or mended}"
    return ""


def _nearest(domain: str, real: Collection[str]) -> str:
    """Return the real domain that is one slip away, or lacks only a dot."""
    if len(domain.partition(".")[0]) < FEWEST_LETTERS:
        return ""
    from rapidfuzz.distance import OSA

    return next((one for one in sorted(real) if OSA.distance(domain, one, score_cutoff=1) == 1), "")


def _normal(typed: str) -> str:
    """Return the text with plain letters and blanks, and the words for @ and dot replaced."""
    wide = unicodedata.normalize("NFKC", typed[:LONGEST])
    shown = (c for c in wide if unicodedata.category(c) not in {"Cf", "Cc"} or c.isspace())
    text = " ".join("".join(shown).replace("’", "'").replace("‘", "'").split())
    text = re.sub(r"\bmailto:", " ", text, flags=re.IGNORECASE)
    if "@" not in text:
        text = AT.sub("@", text)
    return BLANKS_AROUND_AT.sub("@", DOT.sub(".", text)).strip()


def _addresses(text: str) -> Iterator[str]:
    """Yield each address between blanks and brackets."""
    for piece in BETWEEN.split(text):
        if address := _valid(piece.strip(AROUND)):
            yield address


def _valid(text: str) -> str:
    """Return an address that can be mailed, with its domain in ASCII; "" if it is none."""
    # Imported only where needed: slow, and the webhooks do not need it.
    from email_validator import EmailNotValidError, validate_email

    if text.count("@") != 1:
        return ""
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        # The library refuses names reserved for examples and intranets, which can be real here.
        return text if "special-use" in str(error) and is_address(text) else ""
    address = found.ascii_email or ""
    return address if is_address(address) else ""


def _mended(text: str, domains: Collection[str]) -> Iterator[str]:
    """Yield the addresses that a text holds if its blanks do not count, or its domain lacks a dot.

    "jamie@exam ple.org", "jamie@example org", "jamie@example,org", "jamie@gmail".
    """
    if text.count("@") != 1 or text.count(" ") > MOST_BLANKS:
        return
    name, _, domain = text.strip(AROUND).partition("@")
    name = name.replace(" ", "")
    for between in ("", "."):
        yield from filter(None, [_valid(f"{name}@{re.sub('[ ,]+', between, domain)}")])
    letters = re.sub(r"[\s.,]", "", domain.lower())
    for real in sorted(PROVIDERS.union(domains)):
        if letters in (real.replace(".", ""), real.partition(".")[0]):
            yield from filter(None, [_valid(f"{name}@{real}")])


def _words_before(address: str, text: str) -> list[str]:
    """Return the words that may be the beginning of the address: "jamie quill@example.org"."""
    before = text.partition(address.partition("@")[0] + "@")[0]
    if before.rstrip().endswith((":", "<", "(", "[", ",", ";")):
        return []
    words = [word for word in before.split() if re.search(r"\w", word)]
    return words[-2:] if words and words[-1].lower().strip(AROUND) not in BEFORE else []


def _with_words_before(words: list[str], address: str) -> tuple[str, ...]:
    last = words[-1].strip(AROUND)
    glued = (f"{last}{between}{address}" for between in (".", "", "_"))
    return tuple(dict.fromkeys(filter(None, (*map(_valid, glued), address))))
