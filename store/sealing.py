"""Encrypt what tells who a requester is, so that the database file alone does not."""

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlite_utils import Database


class CannotOpen(Exception):
    """No key opens this. Trying again does not help; an older key may be missing."""


class NotMigrated(Exception):
    """A migration has not run. Run `flask migrate`, then try again."""


class Seal:
    """Fernet keys: the first one seals, all of them open."""

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
    """Return a hash of ids that only this installation can recognize."""
    message = "\x00".join(parts).encode()
    return hmac.new(bytes.fromhex(pepper), message, hashlib.sha256).hexdigest()


def pepper(db: Database, seal: Seal) -> str:
    """Return the stored key of all keyed hashes."""
    row = db.execute("select sealed from secrets where name = 'pepper'").fetchone()
    if row is None:
        raise NotMigrated("The database has no pepper: run `flask migrate`")
    return seal.open(row[0])
