"""Runs a command of the service with the demo's settings and clock: `make flask DO="roster"`."""

import os
import sys
from pathlib import Path

from flask.cli import FlaskGroup

from demo.prepare import SETTINGS_FILE, read_settings
from demo.service import create


def main(words: list[str], path: Path = SETTINGS_FILE) -> None:
    """Run `flask …` with the settings and the clock of the demo."""
    if not path.exists():
        sys.exit(f"There is no {path}: start the demo once with `make run`.")
    os.environ.update(read_settings(path))
    FlaskGroup(create_app=create, load_dotenv=False).main(words, prog_name="flask")


if __name__ == "__main__":
    main(sys.argv[1:])
