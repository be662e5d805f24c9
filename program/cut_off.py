"""Signs that a file is cut off, because someone still saves it or never finished."""

import tomllib
from collections.abc import Iterator, Mapping

from program.files import FILES, Reading

AT_END = "(at end of document)"
LINE_ENDS = (b"\n", b"\r", b"\n\x00", b"\r\x00")


def is_cut_off(reading: Reading, before: Mapping[str, bytes]) -> bool:
    """Tell whether a changed file is missing, ends in the middle, or has fewer tables than before.

    Such files may also be meant, so this is a reason to wait, and not to refuse.
    """
    changed = [file for file in FILES if reading.contents.get(file) != before.get(file)]
    return any(_is_cut_off(file, reading.contents, before) for file in changed)


def _is_cut_off(file: str, contents: Mapping[str, bytes], before: Mapping[str, bytes]) -> bool:
    content = contents.get(file)
    if content is None or not content.endswith(LINE_ENDS):
        return True
    return file.endswith(".toml") and _has_lost_tables(content, before.get(file, b""))


def _has_lost_tables(content: bytes, before: bytes) -> bool:
    try:
        return not set(_tables(before)) <= set(_tables(content))
    except (ValueError, RecursionError) as error:
        return str(error).endswith(AT_END)


def _tables(content: bytes) -> Iterator[str]:
    """Yield the names of all tables, with dots, and of entries of lists by number."""
    yield from _tables_in(tomllib.loads(content.decode("utf-8-sig")), "")


def _tables_in(found: object, name: str) -> Iterator[str]:
    if isinstance(found, dict):
        yield name
        for key, inner in found.items():
            yield from _tables_in(inner, f"{name}.{key}")
    elif isinstance(found, list):
        for number, inner in enumerate(found):
            yield from _tables_in(inner, f"{name}.{number}")
