"""Who else can read the admins' folder: it holds colleagues' data."""

import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

from program.files import FILES
from program.problems import Problem

GIT_PATIENCE_SECONDS = 10


def exposures(folder: Path) -> list[Problem]:
    """Complain when others on this computer, or whoever has the repository, can read the files."""
    return [*_readable_by_others(folder), *_tracked_by_git(folder)]


def _readable_by_others(folder: Path) -> Iterator[Problem]:
    paths = [folder, *(folder / file for file in FILES)]
    open_to_others = [path for path in paths if _others_may_read(path)]
    if open_to_others:
        names = ", ".join(path.name or str(path) for path in open_to_others)
        what = f"can be read by everybody on this computer ({names})"
        yield Problem(str(folder), "", what, f"run `chmod -R go= {folder}`")


def _others_may_read(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:  # What is not there, or not readable for us, is told elsewhere.
        return False


def _tracked_by_git(folder: Path) -> Iterator[Problem]:
    tracked = _first_tracked(folder)
    if tracked:
        what = f"is tracked by git ({tracked}), so that whoever has the repository has the files"
        allowed = f"run `git rm -r --cached {folder}`, add it to .gitignore, and see who has a copy"
        yield Problem(str(folder), "", what, allowed)


def _first_tracked(folder: Path) -> str:
    """Return a file in the folder that git tracks; "" also without git or a work tree."""
    git = shutil.which("git")
    if git is None or not folder.is_dir():
        return ""
    asking = [git, "-C", str(folder), "ls-files", "--", "."]
    try:
        asked = subprocess.run(  # noqa: S603 - our words, and a folder as one argument
            asking, capture_output=True, timeout=GIT_PATIENCE_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout.decode(errors="replace").split("\n")[0]
