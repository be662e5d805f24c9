"""Secrets from files: as Docker secrets and systemd credentials hand them to a service."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

LARGEST = 65_536


def with_files(env: Mapping[str, str], names: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Return the variables with those that stand in files, and what is wrong with the files.

    `NAME_FILE` names the file of a variable. Without it, a systemd credential called NAME counts.
    """
    found, problems = dict(env), list[str]()
    for name in names:
        for variable, path in _places(env, name):
            if env.get(name, "").strip():
                problems.append(f"{name} and {variable} are both set; set the one that counts.")
            else:
                try:
                    found[name] = _content(path)
                except (OSError, ValueError) as error:
                    why = error.strerror if isinstance(error, OSError) else error
                    problems.append(f"{variable} names a file that cannot be used: {why}.")
            break
    return found, problems


def _places(env: Mapping[str, str], name: str) -> Iterator[tuple[str, Path]]:
    if path := env.get(f"{name}_FILE", "").strip():
        yield f"{name}_FILE", Path(path)
    credentials = env.get("CREDENTIALS_DIRECTORY", "").strip()
    if credentials and (path_there := Path(credentials, name)).is_file():
        yield f"the credential {name}", path_there


def _content(path: Path) -> str:
    """Return the text of a file; ValueError when it cannot be a setting."""
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST:,} bytes")
    try:
        text = content.decode().strip()
    except UnicodeDecodeError:
        raise ValueError("it is not text in UTF-8") from None
    if not text:
        raise ValueError("it is empty")
    return text
