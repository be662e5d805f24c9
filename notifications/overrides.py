"""Mails in the program's own words: files of the admins' folder that take the place of ours."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from notifications.mail.compose import EMAILS, Composer
from notifications.mail.preview import problems as broken_mails
from program.problems import Problem, quoted

FOLDER = "templates"
OURS = Path(__file__).parent.parent / FOLDER
PARTS = ("subject.txt", "body.txt", "body.html")
#: Every part of every mail, and room for remarks beside them.
MOST_FILES = 300
INSTEAD = "our own text is sent instead"


def override_files(folder: Path) -> list[str]:
    """Return the names of all files below templates/, as they stand in the folder."""
    found = (path for path in (folder / FOLDER).rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)[:MOST_FILES]


def read_overrides(contents: Mapping[str, bytes]) -> tuple[dict[str, str], list[Problem]]:
    """Return the texts by the name of our template; what cannot be used is only warned of."""
    texts: dict[str, str] = {}
    problems = []
    for file in sorted(name for name in contents if name.startswith(f"{FOLDER}/")):
        name = file.removeprefix(f"{FOLDER}/")
        if not _is_ours(name):
            allowed = f"they are called templates/email/NAME/PART, with {quoted(PARTS)} as PART"
            problems.append(Problem(file, "", "replaces nothing", allowed, is_warning=True))
            continue
        try:
            texts[name] = contents[file].decode("utf-8-sig")
        except UnicodeDecodeError:
            what = f"is not UTF-8; {INSTEAD}"
            problems.append(Problem(file, "", what, "save it as UTF-8", is_warning=True))
    return texts, [*problems, *_failing(texts)]


def _failing(texts: Mapping[str, str]) -> Iterator[Problem]:
    """Warn of what fails with example facts, or forgets what a mail must say."""
    if texts:
        for sentence in broken_mails(Composer(OURS, texts)):
            file, _, what = sentence.partition(": ")
            yield Problem(file, "", what, INSTEAD, is_warning=True)


def _is_ours(name: str) -> bool:
    kind, _, rest = name.partition("/")
    email, _, part = rest.partition("/")
    return kind == "email" and (email in EMAILS or email == "_layout") and bool(part)
