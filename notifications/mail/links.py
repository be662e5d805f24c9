"""Sign and read the links that we mail: who may open which page, and until when."""

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadData, URLSafeSerializer

from workflow.model import Role

#: The pages of somebody's own that stand behind links without a request.
ME, BOARD = "me", "board"

#: Far longer than any token of ours; anything above is not worth a look.
LONGEST_TOKEN = 1000

#: What a token leaves out. It stands in a link, so its names are a letter: person, role, case,
#: offer, expiry, page.
UNSAID = {"c": "", "o": None, "g": ""}

#: The verifier skips characters that are not base64 and ignores the spare bits of the last one.
#: We do not, so that exactly one spelling of a token opens its page.
TOKEN = re.compile(r"\.?[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")


@dataclass(frozen=True)
class Link:
    """What a token stands for. A link without a reference opens one of a person's own pages.

    `page` says which: ME, BOARD, or for an admin the fingerprint of the files that it asks about.
    """

    person: str
    role: Role
    reference: str
    offer: int | None
    expires_at: datetime
    page: str = ""


class BadLink(Exception):
    """Nobody here signed this link, or not for this purpose."""


class ExpiredLink(BadLink):
    """The link is genuine but too old."""

    def __init__(self, link: Link) -> None:
        super().__init__(f"The link expired at {link.expires_at:%Y-%m-%d %H:%M} UTC")
        #: Tells whom a fresh link can be mailed to, at the address on file.
        self.link = link


def sign(link: Link, keys: Sequence[str]) -> str:
    """Return the token for a link, signed with the first key."""
    fields = {
        "p": link.person,
        "r": link.role.value,
        "c": link.reference,
        "o": link.offer,
        "x": int(link.expires_at.timestamp()),
        "g": link.page,
    }
    given = {name: value for name, value in fields.items() if value != UNSAID.get(name)}
    return _text(_serializer(keys).dumps(given))


def read(token: str, keys: Sequence[str], now: datetime) -> Link:
    """Return the link that a token stands for; any key may have signed it."""
    if len(token) > LONGEST_TOKEN or TOKEN.fullmatch(token) is None:
        raise BadLink("This is not one of our links")
    try:
        link = _link(_serializer(keys).loads(token))
    except BadData:
        raise BadLink("This link was not signed by us") from None
    if now >= link.expires_at:
        raise ExpiredLink(link)
    return link


def _serializer(keys: Sequence[str]) -> URLSafeSerializer:
    return URLSafeSerializer(
        list(reversed(keys)),  # The library signs with the last key, we with the first.
        salt="mailed-link",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


def _link(fields: object) -> Link:
    """Turn signed fields into a link; those of another version may look different."""
    match UNSAID | _by_name(fields):
        case {
            "p": str(person), "r": str(role), "c": str(reference), "o": int() | None as offer,
            "x": int(expires), "g": str(page), **others,
        } if not others:  # fmt: skip
            with suppress(ValueError, OverflowError, OSError):
                expires_at = datetime.fromtimestamp(expires, UTC)
                return Link(person, Role(role), reference, offer, expires_at, page)
    raise BadLink("This link has a form that is no longer in use")


def _by_name(fields: object) -> dict[str, object]:
    """Return the fields by their names; links that were mailed before had them in a list."""
    match fields:
        case dict():
            return fields
        case [_, _, _, _, _] | [_, _, _, _, _, _]:
            return dict(zip("prcoxg", fields, strict=False))
    return {}


def _text(token: str | bytes) -> str:
    return token if isinstance(token, str) else token.decode("ascii")
