"""Checks where files lie: who else can read the admins' folder, on which disk the database is."""

import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

from program.files import FILES
from program.problems import Problem
from store.engines.opening import is_server

GIT_TIMEOUT_SECONDS = 10
MOUNTS = Path("/proc/mounts")
#: Types of file systems of other machines, as Linux names them.
NETWORK_DISKS = (
    "afs", "ceph", "cifs", "davfs", "glusterfs", "lustre", "ncpfs", "smb3", "smbfs",
)  # fmt: skip
NETWORK_DISKS_BEGIN = (
    "nfs",
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.gcsfuse",
    "fuse.s3fs",
    "fuse.gluster",
)


def exposures(folder: Path) -> list[Problem]:
    """Return a problem if others on this computer, or in the repository, can read the files."""
    return [*_readable_by_others(folder), *_tracked_by_git(folder)]


def _readable_by_others(folder: Path) -> Iterator[Problem]:
    paths = [folder, *(folder / file for file in FILES)]
    readable = [path for path in paths if _others_may_read(path)]
    if readable:
        names = ", ".join(path.name or str(path) for path in readable)
        what = f"can be read by anyone on this computer ({names})"
        yield Problem(str(folder), "", what, f"run `chmod -R go= {folder}`")


def _others_may_read(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:  # Other checks report a missing or unreadable file.
        return False


def _tracked_by_git(folder: Path) -> Iterator[Problem]:
    tracked = _first_tracked(folder)
    if tracked:
        what = f"is tracked by git ({tracked}), so anyone with the repository has the files"
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


def network_disk_problems(database: Path, mounts: Path = MOUNTS) -> list[str]:
    """Return a problem if the database is on a network file system."""
    kind = _file_system(database.absolute(), mounts)
    if kind not in NETWORK_DISKS and not kind.startswith(NETWORK_DISKS_BEGIN):
        return []
    return [
        f"{database}: is on a network file system ({kind}), where SQLite is not"
        " safe; set DATABASE to a path on a disk of this machine."
    ]


def left_behind(database: str, usual: Path) -> list[str]:
    """Return the databases that a move or a restoration left: they tell what is forgotten since."""
    place = usual if is_server(database) else Path(database)
    found = [usual] if is_server(database) and usual.exists() else []
    found += sorted(place.parent.glob(f"{place.name}.before-*"))
    return [
        f"{path} is still there, and is not the database: once all is well, delete it and its"
        " copies, since they keep what is forgotten from now on"
        for path in found
    ]


def _file_system(path: Path, mounts: Path) -> str:
    """Return the type of the file system that holds a path; "" where the system does not say."""
    try:
        lines = [line.split() for line in mounts.read_text().splitlines()]
    except OSError:
        return ""
    # Of two mounts on one folder the later one counts.
    found = [(len(where.parts), kind) for where, kind in _mounted(lines) if _holds(where, path)]
    deepest = max((depth for depth, _ in found), default=0)
    return next((kind for depth, kind in reversed(found) if depth == deepest), "")


def _mounted(lines: list[list[str]]) -> Iterator[tuple[Path, str]]:
    for _, where, kind, *_ in (line for line in lines if len(line) > 2):
        yield Path(where.replace("\\040", " ")), kind


def _holds(folder: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(folder)
