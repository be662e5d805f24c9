"""The commands and files of docs/deploy.md, as they stand there."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "deploy.md"
HEADING = re.compile(r"^#{2,3} (.+)$", re.M)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
RELEASE = re.compile(r"/opt/care-desk-(\d+\.\d+\.\d+)")


@dataclass(frozen=True)
class Block:
    """What stands between two fences."""

    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The commands, one a line; a line that ends with a backslash goes on."""
        return self.text.replace("\\\n", "").splitlines()


def blocks(title: str) -> list[Block]:
    """Return the fenced blocks below a heading, up to the next one."""
    page = PAGE.read_text(encoding="utf-8")
    begin = next(found.end() for found in HEADING.finditer(page) if found[1] == title)
    following = HEADING.search(page, begin)
    section = page[begin : following.start() if following else None]
    return [Block(*found) for found in BLOCK.findall(section)]


def releases() -> list[str]:
    """Return the folders that the page names for an older and a newer release."""
    return sorted(set(RELEASE.findall(PAGE.read_text(encoding="utf-8"))))
