"""One test for many rows names every row that fails."""

from pathlib import Path

import pytest

from tests.rows import each


@each("number", range(3))
def test_each_row_is_tried_beside_fixtures(number: int, tmp_path: Path) -> None:
    (tmp_path / f"{number}").touch()
    assert len(list(tmp_path.iterdir())) == number + 1


def test_every_row_that_fails_is_named() -> None:
    @each("number, word", [(1, "one"), (2, "too"), (3, "tree"), (4, "")])
    def spelled(number: int, word: str) -> None:
        if not word:
            pytest.fail("there is no word")
        assert {1: "one", 2: "two", 3: "three"}[number] == word

    with pytest.raises(BaseExceptionGroup, match="3 of 4 rows fail") as found:
        spelled()
    notes = [error.__notes__ for error in found.value.exceptions]
    assert notes == [
        ["with {'number': 2, 'word': 'too'}"],
        ["with {'number': 3, 'word': 'tree'}"],
        ["with {'number': 4, 'word': ''}"],
    ]
