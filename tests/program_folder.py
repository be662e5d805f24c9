"""A copy of the example's files, for tests that change them."""

import shutil
from pathlib import Path

from program import Problem, Program, problems_of

EXAMPLE = Path(__file__).parent.parent / "config.example"


class Folder:
    """A copy of the example that a test may spoil."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.copytree(EXAMPLE, path, dirs_exist_ok=True)

    def change(self, file: str, old: str, new: str) -> None:
        """Replace what stands in the file exactly as given; a test that changes nothing fails."""
        text = (self.path / file).read_text()
        assert old in text
        (self.path / file).write_text(text.replace(old, new, 1))

    def supporters(self, *lines: str, encoding: str = "utf-8") -> None:
        (self.path / "supporters.csv").write_bytes("\n".join(lines).encode(encoding))

    @property
    def problems(self) -> list[Problem]:
        return problems_of(self.path)

    def load(self) -> Program:
        return Program.load(self.path)
