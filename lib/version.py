"""The version of this service, as pyproject.toml has it."""

import tomllib
from pathlib import Path

_PROJECT = Path(__file__).parent.parent / "pyproject.toml"

#: Read from pyproject.toml, since the service is not installed as a package.
VERSION: str = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"]
