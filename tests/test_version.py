"""The version stands in pyproject.toml alone, and everybody reads it there."""

import re
import tomllib
from pathlib import Path

import pytest

from app import create_app
from tests.world import World

ROOT = Path(__file__).parent.parent
IN_FORCE: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_health_shows_the_version(world: World) -> None:
    assert world.app.test_client().get("/health").get_json()["version"] == IN_FORCE


def test_the_command_prints_the_version_even_without_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    result = create_app().test_cli_runner().invoke(args=["version"])
    assert (result.exit_code, result.output) == (0, f"{IN_FORCE}\n")


def test_the_newest_version_of_the_changelog_is_this_one() -> None:
    titles = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert titles[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(IN_FORCE)} - \d{{4}}-\d\d-\d\d", titles[1])
