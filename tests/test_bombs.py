"""Files made to exhaust the service: refused with a reason, and read with bounded memory."""

import csv
import tracemalloc
from struct import pack

import pytest

from qualtrics.api import exports
from qualtrics.api.exports import BrokenResponse, ExportedResponse, FileError, read_export
from tests.test_files import COLUMNS, CSV, RESPONSE, ROW, lines, table, zipped

MIB = 1024 * 1024


def bomb(files: int, size: int) -> bytes:
    """Return a ZIP whose directory names the same few bytes many times, as overlapping files."""
    small = zipped(**{"a.ndjson": b" " * size})
    end = small.rindex(b"PK\x05\x06")
    start = small.index(b"PK\x01\x02")
    directory = small[start:end] * files
    counts = pack("<4s4H2LH", b"PK\x05\x06", 0, 0, files, files, len(directory), start, 0)
    return small[:start] + directory + counts


def peak_mib(content: bytes) -> float:
    """Return how much memory reading a file takes beside the file, refused or not."""
    tracemalloc.start()
    try:
        with pytest.raises(FileError):
            list(read_export(content))
        return tracemalloc.get_traced_memory()[1] / MIB
    finally:
        tracemalloc.stop()


def test_a_small_zip_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked() -> None:
    content = bomb(files=900, size=8 * MIB)
    assert len(content) < 64 * 1024
    with pytest.raises(FileError, match="unpacks to more than 1,024 MB"):
        next(read_export(content))
    assert peak_mib(content) < 8


def test_a_zip_of_many_files_is_refused() -> None:
    with pytest.raises(FileError, match="more than 1,000 files"):
        next(read_export(bomb(files=1001, size=1)))


def test_a_zip_that_understates_its_size_gives_no_more_than_it_states() -> None:
    honest = zipped(export=b"x" * MIB)
    lying = honest.replace(pack("<L", MIB), pack("<L", 100))
    assert lying != honest
    assert peak_mib(lying) < 1


def test_one_document_in_a_zip_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "LARGEST_DOCUMENT", MIB)
    content = zipped(export=CSV + b"\n" * (20 * MIB))
    assert peak_mib(content) < 4


def test_a_giant_cell_is_refused_and_what_stood_before_it_counts() -> None:
    giant = [*ROW[:2], "R_2", "x" * (csv.field_size_limit() + 1), "1"]
    found = read_export(table(ROW, giant, columns=COLUMNS))
    assert isinstance(next(found), ExportedResponse)
    with pytest.raises(FileError, match="field larger than field limit"):
        next(found)


@pytest.mark.parametrize("deep", ["[" * 200_000, '{"a":' * 100_000, "9" * 100_000])
def test_deep_json_is_one_broken_line_among_others(deep: str) -> None:
    first, second, third = read_export(lines(RESPONSE) + deep.encode() + b"\n" + lines(RESPONSE))
    assert isinstance(first, ExportedResponse)
    assert isinstance(second, BrokenResponse)
    assert isinstance(third, ExportedResponse)
