"""Seal what tells who the requester is, so that the file alone tells nobody."""

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class CannotOpen(Exception):
    """None of the keys opens this. Trying again does not help; an older key may be missing."""


class Seal:
    """Fernet keys: the first seals, all open."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def close(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise CannotOpen("No key in DATA_KEYS opens what the database holds") from error


def keyed_hash(pepper: str, *parts: str) -> str:
    """Hash ids so that only this installation can recognize them again."""
    message = "\x00".join(parts).encode()
    return hmac.new(bytes.fromhex(pepper), message, hashlib.sha256).hexdigest()
