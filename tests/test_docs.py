"""The pages for people who read the repository: what they point to is there."""

import re
from pathlib import Path

import pytest

from tests.rows import each
from workflow.model import Event, State

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "demo" / "README.md"])
#: A folder or module as these pages write it; not a route, a command or a file of the admins.
PATH = re.compile(r"`((?:[\w.]+/)+[\w.]*|\w+\.(?:py|md))`")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links() -> list[tuple[Path, str]]:
    found = [(page, link) for page in PAGES for link in LINK.findall(page.read_text("utf-8"))]
    return [(page, link) for page, link in found if not link.startswith("https://")]


@pytest.mark.parametrize("name", ["LICENSE", "CONTRIBUTING.md", "SECURITY.md"])
def test_it_is_there_and_the_readme_leads_to_it(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8").strip()
    assert f"]({name})" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/design.md"])
def test_every_path_that_it_names_exists(name: str) -> None:
    paths = set(PATH.findall((ROOT / name).read_text(encoding="utf-8")))
    assert len(paths) > 10
    assert {path for path in paths if not (ROOT / path).exists()} == set()


@each("page, link", links)
def test_every_link_leads_somewhere(page: Path, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    assert target.exists()
    assert not anchor or anchor in anchors(target)


def test_what_the_demos_page_imports_is_there() -> None:
    imports = re.findall(
        r"^from .+ import .+$", (ROOT / "demo/README.md").read_text(encoding="utf-8"), re.M
    )
    assert len(imports) == 2
    for line in imports:
        exec(line, {})  # noqa: S102 - our own page


def test_the_design_names_every_state_and_event() -> None:
    design = (ROOT / "docs/design.md").read_text(encoding="utf-8")
    assert {event for event in Event if f"`{event.name}`" not in design} == set()
    assert {state for state in State if not re.search(rf"\b{state}\b", design)} == set()
