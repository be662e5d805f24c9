"""Whether a delivery is genuine: the signature of an event, the token of a workflow task."""

import hashlib
import hmac
import re
from collections.abc import Sequence

SIGNATURE = re.compile(r"[0-9a-f]{128}", re.ASCII)


def is_signed(message: str, signature: str, keys: Sequence[str | bytes]) -> bool:
    """Tell whether a message has an HMAC-SHA512 by one of our keys, in lower-case hex digits.

    Anything that is not exactly 128 such digits is refused before it is compared, in constant time.
    """
    if not SIGNATURE.fullmatch(signature):
        return False
    try:
        signed = message.encode()
    except UnicodeEncodeError:  # It is not text.
        return False
    secrets = [key.encode() if isinstance(key, str) else key for key in keys if key]
    expected = [hmac.new(secret, signed, hashlib.sha512).hexdigest() for secret in secrets]
    matches = [hmac.compare_digest(signature, ours) for ours in expected]
    return any(matches)


def is_known_token(token: str, tokens: Sequence[str]) -> bool:
    """Tell whether a token is one of ours, in constant time."""
    given = _digest(token)
    matches = [hmac.compare_digest(given, _digest(ours)) for ours in tokens if ours]
    return any(matches)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
