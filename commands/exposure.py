"""Checks who else can read the admins' folder, which holds colleagues' data."""

import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

from program.files import FILES
from program.problems import Problem

GIT_TIMEOUT_SECONDS = 10


def exposures(folder: Path) -> list[Problem]:
    """Return a problem if others on this computer, or in the repository, can read the files."""
    return [*_readable_by_others(folder), *_tracked_by_git(folder)]


def _readable_by_others(folder: Path) -> Iterator[Problem]:
    paths = [folder, *(folder / file for file in FILES)]
    readable = [path for path in paths if _others_may_read(path)]
    if readable:
        names = ", ".join(path.name or str(path) for path in readable)
        what = f"can be read by everybody on this computer ({names})"
        yield Problem(str(folder), "", what, f"run `chmod -R go= {folder}`")


def _others_may_read(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:  # Other checks report a missing or unreadable file.
        return False


def _tracked_by_git(folder: Path) -> Iterator[Problem]:
    tracked = _first_tracked(folder)
    if tracked:
        what = f"is tracked by git ({tracked}), so that whoever has the repository has the files"
        allowed = f"run `git rm -r --cached {folder}`, add it to .gitignore, and see who has a copy"
        yield Problem(str(folder), "", what, allowed)


def _first_tracked(folder: Path) -> str:
    """Return a file in the folder that git tracks; "" if there is none, or no git."""
    git = shutil.which("git")
    if git is None or not folder.is_dir():
        return ""
    command = [git, "-C", str(folder), "ls-files", "--", "."]
    try:
        tracked = subprocess.run(  # noqa: S603 - fixed words, and a folder as one argument
            command, capture_output=True, timeout=GIT_TIMEOUT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return tracked.stdout.decode(errors="replace").split("\n")[0]
