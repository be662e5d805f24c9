"""Many rows that take no time are one test: each test of its own costs more than they do."""

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import signature

import pytest

Test = Callable[..., None]
Rows = Iterable[object]
#: What a failing assertion, any other error and `pytest.fail` raise.
FAILURES = (Exception, pytest.fail.Exception)


def each(names: str, rows: Rows | Callable[[], Rows]) -> Callable[[Test], Test]:
    """Try a test with every row, as `pytest.mark.parametrize` does; it names each that fails.

    Rows that take time to find are found when the test runs.
    """
    given = [one.strip() for one in names.split(",")]

    def decorated(test: Test) -> Test:
        @wraps(test)
        def tried(**fixtures: object) -> None:
            found = rows() if callable(rows) else rows
            known = [dict(zip(given, _values(row, len(given)), strict=True)) for row in found]
            assert known, f"there is no row of {names}"
            failed: list[BaseException] = []
            for row in known:
                try:
                    test(**fixtures, **row)
                except FAILURES as error:
                    error.add_note(f"with {row}")
                    failed.append(error)
            if failed:
                raise BaseExceptionGroup(f"{len(failed)} of {len(known)} rows fail", failed)

        fixtures = [p for name, p in signature(test).parameters.items() if name not in given]
        tried.__signature__ = signature(test).replace(parameters=fixtures)  # type: ignore[attr-defined]
        return tried

    return decorated


def _values(row: object, number: int) -> tuple[object, ...]:
    return row if number > 1 and isinstance(row, tuple) else (row,)
