"""Encrypt what tells of requests and people, so that the database file alone does not."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

#: A Fernet token shows when it was made. Ours all show this: moments are themselves secret.
NO_MOMENT = 0
#: What is sealed has a length that is a multiple of this, so that lengths tell little.
STEP = 256
END = "\x01"
#: Ids have this length before they become pseudonyms; longer ones get a multiple of it.
ID_STEP = 32
#: Where the key of all keyed hashes is.
PEPPER, PEPPER_NAME = "secrets.sealed", "pepper"


class CannotOpen(Exception):
    """No key opens this. Trying again does not help; an older key may be missing."""


class NotMigrated(Exception):
    """A migration has not run. Run `flask migrate`, then try again."""


class Readable(Protocol):
    """A connection that can be asked."""

    def execute(self, sql: str) -> "Answer": ...


class Answer(Protocol):
    def fetchone(self) -> Sequence[str] | None: ...


class Seal:
    """Fernet keys: the first one seals, all of them open."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._each = [Fernet(key) for key in keys]
        self._all = MultiFernet(self._each)

    @property
    def key_count(self) -> int:
        return len(self._each)

    def close(self, column: str, key: str | int, text: str) -> str:
        """Seal a text together with its place: a column, as `table.column`, and a key of its row.

        Write access to the database, without a key, must not allow putting it in another's place:
        some page would read it to them.
        """
        return self.wrap(f"{place(column, key)}\n{text}")

    def open(self, column: str, key: str | int, sealed: str) -> str:
        """Return what was sealed for this place; CannotOpen if it was for another, or for none."""
        of_place, _, text = self.unwrap(sealed).partition("\n")
        if of_place != place(column, key):
            raise CannotOpen("What is sealed belongs elsewhere")
        return text

    def wrap(self, text: str) -> str:
        """Seal a text as it is. Only for keys and migrations: all else has a place."""
        ended = f"{text}{END}".encode()
        padded = ended + b"\0" * (-len(ended) % STEP)
        return self._all.encrypt_at_time(padded, NO_MOMENT).decode()

    def unwrap(self, sealed: str) -> str:
        """Return what `wrap` sealed, with its place. Only for keys and migrations."""
        try:
            text = self._all.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise CannotOpen("No key in DATA_KEYS opens what the database holds") from error
        return text if has_moment(sealed) else text.rstrip("\0").removesuffix(END)

    def key_of(self, sealed: str) -> int | None:
        """Return the place of the key in DATA_KEYS that opens this; None if none does."""
        for place, key in enumerate(self._each):
            try:
                key.decrypt(sealed.encode())
            except InvalidToken:
                continue
            return place
        return None


def place(column: str, key: str | int) -> str:
    return f"{column}/{key}"


def has_moment(sealed: str) -> bool:
    """Tell whether a token shows when it was made, as releases before 0.2 sealed: not padded."""
    return not sealed.startswith("gAAAAAAAAAAA")


class Pseudonyms:
    """Names for ids that SQL compares and groups: the same id always gets the same one.

    Their key is made of the pepper. Each column has names of its own, so that no one can tell
    that two tables speak of the same person.
    """

    def __init__(self, pepper: str) -> None:
        key = b"".join(
            hmac.digest(bytes.fromhex(pepper), part, "sha256") for part in (b"id/mac", b"id/text")
        )
        self._cipher = AESSIV(key)
        #: Ids of the program, which rounds read again and again: none is a requester's.
        self._known: dict[tuple[str, str], str] = {}

    def of(self, column: str, id: str) -> str:
        """Return the pseudonym of an id; "" for no one."""
        if not id:
            return ""
        padded = id.encode() + b"\0" * (-len(id.encode()) % ID_STEP)
        return self._cipher.encrypt(padded, [column.encode()]).hex()

    def id_of(self, column: str, pseudonym: str) -> str:
        """Return the id of a pseudonym; CannotOpen if it is damaged."""
        if not pseudonym:
            return ""
        known = self._known.get((column, pseudonym))
        if known is None:
            known = self._known[column, pseudonym] = self._opened(column, pseudonym)
        return known

    def _opened(self, column: str, pseudonym: str) -> str:
        try:
            padded = self._cipher.decrypt(bytes.fromhex(pseudonym), [column.encode()])
        except (InvalidTag, ValueError) as error:
            raise CannotOpen(f"A pseudonym in {column} is damaged") from error
        return padded.rstrip(b"\0").decode()


def keyed_hash(pepper: str, *parts: str) -> str:
    """Return a hash of ids that only this installation can recognize."""
    message = "\x00".join(parts).encode()
    return hmac.new(bytes.fromhex(pepper), message, hashlib.sha256).hexdigest()


def pepper(db: Readable, seal: Seal) -> str:
    """Return the stored key of all keyed hashes."""
    row = db.execute("select sealed from secrets where name = 'pepper'").fetchone()
    if row is None:
        raise NotMigrated("The database has no pepper: run `flask migrate`")
    return seal.open(PEPPER, PEPPER_NAME, row[0])
