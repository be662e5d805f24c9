"""What docs/security.md says to a hospital's IT is so."""

import ast
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

from pages.access.security_log import EVENTS, SIGN_ON

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([\d., ]+) \| .+ \| `(tests/[\w/]+\.py)::(\w+)` \|$", re.M)


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_item_of_asvs_names_a_test_that_exists() -> None:
    rows, table = ROW.findall(PAGE), PAGE.partition("| item |")[2]
    assert len(rows) == sum(line.startswith("| ") for line in table.splitlines()) > 40
    assert [name for _, path, name in rows if name not in names_in(path)] == []
    items = [item for numbers, _, _ in rows for item in numbers.split(", ")]
    assert [item for item in items if not re.fullmatch(r"\d{1,2}\.\d\.\d{1,2}", item)] == []
    assert len(items) == len(set(items))


def test_every_word_of_the_security_log_is_explained() -> None:
    assert [word for word in (*EVENTS.values(), SIGN_ON) if f"`{word}`" not in PAGE] == []


def test_the_sbom_lists_what_runs_in_earnest(tmp_path: Path) -> None:
    """As `make audit` writes it."""
    lines = (ROOT / "Makefile").read_text().replace("\\\n", " ").splitlines()
    (recipe,) = (line for line in lines if "cyclonedx_py" in line)
    target = tmp_path / "sbom.json"
    command = recipe.partition("-m ")[2].replace("var/sbom.json", str(target)).split()
    command.append("--no-validate")  # Loading the schema takes seconds.
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *command], cwd=ROOT, check=True, timeout=120
    )
    sbom = json.loads(target.read_text())
    assert sbom["bomFormat"] == "CycloneDX"
    found = {f"{one['name']}=={one['version']}" for one in sbom["components"]}
    locked = re.findall(r"^([\w.-]+==[\w.]+) \\$", (ROOT / "requirements.txt").read_text(), re.M)
    assert found == set(locked)
