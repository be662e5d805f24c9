"""The line of supporters.csv for someone who joins: as an admin would write it."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain, count

#: What a spreadsheet program would take for a formula; a whole phone number may begin with "+".
FORMULA = re.compile(r"^(?!\+\d[\d ().-]*$)[=+@\s-]+")
LONGEST_ID = 40


def free_id(name: str, is_free: Callable[[str], bool]) -> str:
    """Return an id that no one has, made of a name: "amara-cole", or else "amara-cole-2"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: LONGEST_ID - 3].strip("-") or "newcomer"
    numbered = (f"{base}-{number}" for number in count(2))
    return next(one for one in chain([base], numbered) if is_free(one))


def line(cells: Mapping[str, str], columns: Sequence[str], delimiter: str) -> str:
    """Return the cells in the order of the file; those without a column are left out."""
    written = io.StringIO()
    row = [_harmless(cells.get(column, "")) for column in columns]
    csv.writer(written, delimiter=delimiter, lineterminator="").writerow(row)
    return written.getvalue()


def left_out(cells: Mapping[str, str], columns: Collection[str]) -> list[str]:
    """Return the columns that the file lacks and that would say something."""
    return [column for column, cell in cells.items() if cell and column not in columns]


def _harmless(cell: str) -> str:
    """Return a cell on one line that no spreadsheet program takes for a formula."""
    return FORMULA.sub("", " ".join(cell.split()))
