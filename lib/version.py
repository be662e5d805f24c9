"""The version of this service, as pyproject.toml has it."""

import tomllib
from pathlib import Path

_PROJECT = Path(__file__).parent.parent / "pyproject.toml"

#: Read once, when the service starts. Nothing is installed as a package, so nobody else knows it.
VERSION: str = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"]
