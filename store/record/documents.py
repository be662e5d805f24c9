"""A case as one sealed document, and the other cases that it mentions."""

from lib.documents import Damaged, Document
from store.database import Database
from store.sealing import CannotOpen
from workflow.model import Case

#: Why a case cannot be read: its document is damaged, or no key opens it.
UNREADABLE = (Damaged, CannotOpen)
#: The sealed columns.
DOCUMENT, BEFORE = "cases.document", "history.document_before"
_document = Document(Case)


def read_document(db: Database, reference: str, sealed: str, column: str = DOCUMENT) -> Case:
    """Read a case as it is stored; an error of `UNREADABLE` when that cannot be."""
    return _document.read(db.seal.open(column, reference, sealed))


def sealed_document(db: Database, case: Case, column: str = DOCUMENT) -> str:
    return db.seal.close(column, case.reference, _document.write(case))


def mentioned_by(case: Case) -> tuple[str, ...]:
    """Return the references of other cases that a document has."""
    return (*case.told_apart, *case.took_in, *([case.goes_on_as] if case.goes_on_as else []))


def mentions(db: Database, *references: str) -> str:
    """Return keyed hashes by which a mentioned reference is found without opening documents."""
    return " ".join(sorted({db.hash("mention", one) for one in references if one}))
