"""One-time tokens of which nothing is stored when they are given out: each carries its own seal."""

import base64
import binascii
import hmac
from collections.abc import Callable
from datetime import date, timedelta

#: Days count from here.
EPOCH = date(2020, 1, 1)
NONCE, DAYS, SEAL = 14, 2, 16

#: Makes a keyed hash of a text, in hexadecimal digits.
Sign = Callable[[str], str]


def made(nonce: bytes, until: date, sign: Sign) -> str:
    """Return the token of a random nonce, which counts before a day."""
    body = nonce[:NONCE] + (until - EPOCH).days.to_bytes(DAYS, "big")
    return _text(body + _seal(body, sign))


def valid_until(token: str, sign: Sign) -> date | None:
    """Return the day before which a token counts; None if it is none of ours."""
    try:
        raw = base64.urlsafe_b64decode(f"{token}=")
    except (binascii.Error, ValueError):
        return None
    body, seal = raw[: NONCE + DAYS], raw[NONCE + DAYS :]
    if len(seal) != SEAL or _text(raw) != token or not hmac.compare_digest(seal, _seal(body, sign)):
        return None
    return EPOCH + timedelta(days=int.from_bytes(body[NONCE:], "big"))


def _text(raw: bytes) -> str:
    """Return the one way to write a token: by another one it would count twice."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _seal(body: bytes, sign: Sign) -> bytes:
    return bytes.fromhex(sign(body.hex()))[:SEAL]
