"""A case as one sealed document, and the other cases that it mentions."""

from lib.documents import Damaged, Document
from store.database import Database
from store.sealing import CannotOpen
from workflow.model import Case

#: Why a case cannot be read: its document is damaged, or no key opens it.
UNREADABLE = (Damaged, CannotOpen)
_document = Document(Case)


def read_document(db: Database, reference: str, sealed: str) -> Case:
    """Read a case as it is stored; an error of `UNREADABLE` when that cannot be.

    Whoever can write the database, and seal nothing, must not put one into another's place.
    """
    case = _document.read(db.seal.open(sealed))
    if case.reference != reference:
        raise CannotOpen("What is sealed belongs elsewhere")
    return case


def sealed_document(db: Database, case: Case) -> str:
    return db.seal.close(_document.write(case))


def mentioned_by(case: Case) -> tuple[str, ...]:
    """Return the references of other cases that a document has."""
    return (*case.told_apart, *case.took_in, *([case.goes_on_as] if case.goes_on_as else []))


def mentions(db: Database, *references: str) -> str:
    """Return keyed hashes by which a mentioned reference is found without opening documents."""
    return " ".join(sorted({db.hash("mention", one) for one in references if one}))
