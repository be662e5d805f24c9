"""What somebody finds on the disk of the service: without the keys, and with them."""

import base64
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from urllib.parse import quote, quote_plus

import numpy as np

from program import Program
from store.database import Store
from store.engines.sqlite import SqliteStore
from store.sealing import CannotOpen, Seal

#: Shorter texts appear in what is sealed by chance.
SHORTEST = 7
SEALED = re.compile(r"gAAAAA[\w-]{80,}=*")
#: The admins' files name the program's own people, of whom some ask for support themselves.
OF_OTHERS = ("programs", "secrets")
#: How much of what stands beside a text is told.
AROUND = 200
#: Enough of a seal to know it again, also where nobody can open the rest; a hash.
TRACE = re.compile(rb"gAAAAAAAAAAA[\w-]{28}|[0-9a-f]{64}")
#: The seals of a case, by table and column. Qualtrics' id of its response is no trace: `copies` has
#: it until the response is deleted there. A visit ends by itself, and says only in its seal whose
#: request it is about.
OF_CASES = (
    ("cases", "document"), ("identities", "sealed"), ("history", "detail"),
    ("history", "document_before"), ("outbox", "detail"), ("openings", "detail"),
    ("links", "detail"), ("rankings", "shown"), ("deliveries", "body"),
)  # fmt: skip
KEYS = {"cases": "id"}


def raw(store: Store) -> bytes:
    """Return the bytes of the database, its log and its other files."""
    assert isinstance(store, SqliteStore)
    files = sorted(store.path.parent.glob(f"{store.path.name}*"))
    return b"\n".join(file.read_bytes() for file in files)


def found(raw: bytes, texts: Iterable[str]) -> set[str]:
    """Return which texts are in some bytes, in any spelling."""
    long = {text for text in texts if len(text) >= SHORTEST}
    in_lower = {one: text for text in long for one in spellings(text)}
    as_is = {one: text for text in long for one in coded(text)}
    return {*_matching(raw.lower(), in_lower), *_matching(raw, as_is)}


def _matching(raw: bytes, wanted: dict[bytes, str]) -> Iterator[str]:
    """Yield the texts of the wanted bytes that are there, in one pass for all of them."""
    begins = defaultdict[bytes, list[bytes]](list)
    for one in wanted:
        begins[one[:SHORTEST]].append(one)
    for at in _places(raw, {*begins}):
        for one in begins[raw[at : at + SHORTEST]]:
            if raw.startswith(one, at):
                yield wanted[one]


def _places(raw: bytes, begins: set[bytes]) -> Iterator[int]:
    """Yield where one of these begins, all of SHORTEST bytes: read as numbers, they are sorted."""
    wide = 8
    numbers = np.array([int.from_bytes(one, "little") for one in begins], dtype="<u8")
    padded = raw + b"\0" * (2 * wide)
    for first in range(wide):
        count = (len(raw) - first + wide - 1) // wide
        read = np.frombuffer(padded, dtype="<u8", count=max(0, count), offset=first)
        kept = read & np.uint64((1 << 8 * SHORTEST) - 1)
        for place in np.flatnonzero(np.isin(kept, numbers)):
            yield first + wide * int(place)


def spellings(text: str) -> Iterator[bytes]:
    """Yield a text as it may be stored, in lower case."""
    small = text.lower()
    yield small.encode()
    yield small.encode("utf-16-le")
    yield small.encode("utf-16-be")
    yield quote(small).encode().lower()
    yield quote_plus(small).encode().lower()
    yield text.encode().hex().encode()
    yield text.encode("unicode_escape").lower()


def coded(text: str) -> Iterator[bytes]:
    """Yield the part of its base64 that does not depend on what stands around the text."""
    for before in range(3):
        code = base64.b64encode(b"\0" * before + text.encode())
        inner = code[-(-before * 8 // 6) : len(code) - 4]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


def ids(program: Program) -> set[str]:
    """Return what the program calls its people, roles, departments and specialties."""
    people = {*program.people, *program.supporters}
    return people | {*program.roles, *program.departments}


def opened(store: Store) -> str:
    """Return all that the keys open, except the admins' files."""
    return "\n".join(text for _, text in _opened(store))


def places(store: Store, texts: Collection[str]) -> set[str]:
    """Return in which tables the keys open one of these texts, and beside what it stands there."""
    return {
        f"{table}: …{text[max(at - AROUND, 0) : at + AROUND]}…"
        for table, text in _opened(store)
        for at in [text.find(one) for one in texts]
        if at >= 0
    }


def _opened(store: Store) -> Iterator[tuple[str, str]]:
    db = store.read()
    for name in db.table_names():
        if name not in OF_OTHERS:
            for row in db.execute(f"select * from {name}").fetchall():  # noqa: S608 - our tables
                yield from ((name, _text(store, str(value))) for value in row)


def _text(store: Store, stored: str) -> str:
    if not SEALED.fullmatch(stored):
        return stored
    try:
        return store.seal.unwrap(stored)
    except CannotOpen:
        return ""


def text_of(seal: Seal, sealed: str) -> str:
    """Return what is sealed without its place."""
    return seal.unwrap(sealed).partition("\n")[2]


def traces_of(store: Store, case_id: int) -> set[bytes]:
    """Return how the seals of a case begin, and the hashes by which its person is recognized."""
    db = store.read()
    seals = [
        sealed
        for table, column in OF_CASES
        for (sealed,) in db.execute(
            f"select {column} from {table} where {KEYS.get(table, 'case_id')} = ?",  # noqa: S608
            [case_id],
        ).fetchall()
        if sealed
    ]
    # Nothing in clear says whose page a visit is to.
    (reference,) = db.execute("select reference from cases where id = ?", [case_id]).fetchone()
    visits = [detail for (detail,) in db.execute("select detail from visits").fetchall()]
    seals += [detail for detail in visits if reference in text_of(store.seal, detail)]
    hashes = db.execute("select hash from identity_hashes where case_id = ?", [case_id]).fetchall()
    return traces_in("\n".join([*seals, *(hash for (hash,) in hashes)]).encode())


def traces_in(raw: bytes) -> set[bytes]:
    """Return how the seals in some bytes begin, and the hashes there."""
    return {*TRACE.findall(raw)}
