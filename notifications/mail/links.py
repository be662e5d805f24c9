"""Sign and read mailed links: who may open which page, and until when."""

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadData, URLSafeSerializer

from workflow.model import Role

#: Pages that a link without a case opens.
ME, BOARD = "me", "board"

#: Far longer than any of our tokens; longer ones are refused unread.
LONGEST_TOKEN = 1000

#: Values that a token omits. Its field names are single letters to keep links short: person,
#: role, case, offer, expiry, page.
OMITTED = {"c": "", "o": None, "g": ""}

#: The verifier skips characters that are not base64 and ignores the spare bits of the last one.
#: This pattern does not, so that each token has exactly one valid spelling.
TOKEN = re.compile(r"\.?[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")


@dataclass(frozen=True)
class Link:
    """The contents of a token. A link without a reference opens one of a person's own pages.

    `page` says which: ME, BOARD, or for an admin the fingerprint of the files to confirm.
    """

    person: str
    role: Role
    reference: str
    offer: int | None
    expires_at: datetime
    page: str = ""


class BadLink(Exception):
    """We did not sign this link, or its form is no longer in use."""


class ExpiredLink(BadLink):
    """The link is genuine but expired."""

    def __init__(self, link: Link) -> None:
        super().__init__(f"The link expired at {link.expires_at:%Y-%m-%d %H:%M} UTC")
        #: Names the person to whom a fresh link can be mailed.
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
    given = {name: value for name, value in fields.items() if value != OMITTED.get(name)}
    return _text(_serializer(keys).dumps(given))


def read(token: str, keys: Sequence[str], now: datetime) -> Link:
    """Return the link in a token, signed with any of the keys; else BadLink."""
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
    """Turn signed fields into a link; BadLink when another release wrote them differently."""
    match OMITTED | _by_name(fields):
        case {
            "p": str(person), "r": str(role), "c": str(reference), "o": int() | None as offer,
            "x": int(expires), "g": str(page), **others,
        } if not others:  # fmt: skip
            with suppress(ValueError, OverflowError, OSError):
                expires_at = datetime.fromtimestamp(expires, UTC)
                return Link(person, Role(role), reference, offer, expires_at, page)
    raise BadLink("This link has a form that is no longer in use")


def _by_name(fields: object) -> dict[str, object]:
    """Return the fields by name; older links have them in a list."""
    match fields:
        case dict():
            return fields
        case [_, _, _, _, _] | [_, _, _, _, _, _]:
            return dict(zip("prcoxg", fields, strict=False))
    return {}


def _text(token: str | bytes) -> str:
    return token if isinstance(token, str) else token.decode("ascii")
