"""Read the admins' files, each by itself."""

import hashlib
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from program.look import LOGOS, WITHOUT
from program.problems import Problem, broken_bytes, problems_from
from program.roster import Roster, read_roster
from program.shapes import ProgramShape, ResourcesShape, Shape
from program.training.sessions import FILE as TRAINING
from program.training.sessions import TrainingShape
from program.values import Circumstances
from qualtrics.nomination import NominationMap
from qualtrics.referral import ReferralMap
from qualtrics.survey import FormMap, SurveyMap

#: The folders of the admins' own mail templates, and of their own sentences.
TEMPLATES, TEXTS = "templates", "texts"
#: Enough for every part of every mail and some notes.
MOST_TEMPLATES = 300
#: Enough for the languages of a hospital.
MOST_TEXTS = 10
INSTEAD = "our own text is sent instead"
FILES = ("program.toml", "survey.toml", "supporters.csv", "resources.toml")
AnyShape = TypeVar("AnyShape", bound=Shape)
CURLY_QUOTES = "“”„‘’"
#: All our sentences in other words fit, and a roster of two thousand people; larger files are there
#: by mistake.
LARGEST_FILE = 512 * 1024

#: For each file: times, size, inode and mode, which change with the file.
Signature = tuple[tuple[int, ...] | None, ...]


class SurveysShape(Shape):
    """survey.toml."""

    survey: tuple[SurveyMap, ...]
    nomination: tuple[NominationMap, ...] = ()
    referral: tuple[ReferralMap, ...] = ()

    @property
    def forms(self) -> tuple[FormMap, ...]:
        return (*self.survey, *self.nomination, *self.referral)


@dataclass(frozen=True)
class Parts:
    """The contents of each file; None where a file is wrong."""

    program: ProgramShape | None
    surveys: SurveysShape | None
    roster: Roster | None
    resources: ResourcesShape | None
    #: Without the file, nothing.
    training: TrainingShape | None
    #: The TOML files as written, even if some values are wrong.
    tables: Mapping[str, Mapping[str, Any]]
    problems: list[Problem]
    #: The files are in force already, so what an older release accepted stays valid.
    was_adopted: bool = False


@dataclass(frozen=True)
class Reading:
    """The folder as read at one moment: its files, and problems in reading them."""

    contents: dict[str, bytes]
    problems: list[Problem]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.contents, self.problems)


@dataclass(frozen=True)
class Overrides:
    """The admins' own mail templates, by the name of ours that each replaces."""

    texts: dict[str, str]
    problems: list[Problem]


def read_folder(folder: Path) -> Reading:
    """Return the bytes of every readable file, and what is wrong with the others."""
    contents: dict[str, bytes] = {}
    problems = []
    for file in FILES:
        try:
            contents[file] = _read_file(folder / file)
        except FileNotFoundError:
            allowed = f"put it into the folder {folder}; config.example has one to start from"
            problems.append(Problem(file, "", "is missing", allowed))
        except OSError as error:
            problems.append(Problem(file, "", f"cannot be read: {error.strerror or error}"))
    for file in optional_files(folder):
        try:
            contents[file] = _read_inside(folder, file)
        except OSError as error:
            what = f"cannot be read: {error.strerror or error}"
            if file == TRAINING:
                problems.append(Problem(file, "", what))
                continue
            instead = WITHOUT if file in LOGOS else INSTEAD
            problems.append(Problem(file, "", what, instead, is_warning=True))
    return Reading(contents, problems)


def optional_files(folder: Path) -> list[str]:
    """Return the names of training.toml, the logo, and what is in templates/ and texts/."""
    logos = [file for file in (*LOGOS, TRAINING) if (folder / file).is_file()]
    found = (path for path in (folder / TEMPLATES).rglob("*") if path.is_file())
    templates = sorted(path.relative_to(folder).as_posix() for path in found)
    texts = sorted(f"{TEXTS}/{path.name}" for path in (folder / TEXTS).glob("*.po"))
    return [*logos, *templates[:MOST_TEMPLATES], *texts[:MOST_TEXTS]]


def overrides_in(contents: Mapping[str, bytes]) -> Overrides:
    """Return the admins' own mail templates.

    `notifications.overrides` checks whether they can be rendered.
    """
    texts: dict[str, str] = {}
    problems = []
    for file in sorted(name for name in contents if name.startswith(f"{TEMPLATES}/")):
        try:
            texts[file.removeprefix(f"{TEMPLATES}/")] = contents[file].decode("utf-8-sig")
        except UnicodeDecodeError:
            what = f"is not UTF-8; {INSTEAD}"
            problems.append(Problem(file, "", what, "save it as UTF-8", is_warning=True))
    return Overrides(texts, problems)


def _read_inside(folder: Path, file: str) -> bytes:
    """Read a template or logo. It would show to many what a link out of the folder leads to."""
    if not (folder / file).resolve().is_relative_to(folder.resolve()):
        raise OSError("it is a link that leads out of the folder")
    return _read_file(folder / file)


def _read_file(path: Path) -> bytes:
    """Read a file; OSError for anything but a regular file of a reasonable size."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("it is not a file")
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise OSError(f"it is larger than {LARGEST_FILE // 1024} KB")
    return content


def signature_of(folder: Path) -> Signature:
    """Return a value that changes when a file does, without reading the files."""
    return tuple(_stamps(folder / file) for file in (*FILES, *optional_files(folder)))


def _stamps(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_mode


def fingerprint(contents: Mapping[str, bytes], problems: Iterable[Problem] = ()) -> str:
    """Return the hash that identifies a version: SHA-256 over names and contents."""
    digest = hashlib.sha256()
    for file in sorted(contents):
        digest.update(f"{file} {len(contents[file])}\n".encode() + contents[file])
    for problem in problems:
        digest.update(f"{problem}\n".encode())
    return digest.hexdigest()


def read_parts(contents: Mapping[str, bytes], *, was_adopted: bool = False) -> Parts:
    """Parse every file, even if others are wrong."""
    problems: list[Problem] = []
    tables = _read_tables(contents, problems)
    # The country as written, valid or not, since phone numbers depend on it.
    country = str(tables.get("program.toml", {}).get("country", ""))
    around = Circumstances(country, was_adopted)
    return Parts(
        program=_shaped("program.toml", tables, ProgramShape, around, problems),
        surveys=_shaped("survey.toml", tables, SurveysShape, around, problems),
        roster=_read_supporters(contents, around, problems),
        resources=_shaped("resources.toml", tables, ResourcesShape, around, problems),
        training=TrainingShape()
        if TRAINING not in contents
        else _shaped(TRAINING, tables, TrainingShape, around, problems),
        tables=tables,
        problems=problems,
        was_adopted=was_adopted,
    )


def _read_supporters(
    contents: Mapping[str, bytes], around: Circumstances, problems: list[Problem]
) -> Roster | None:
    if "supporters.csv" not in contents:
        return None
    roster = read_roster(contents["supporters.csv"], around)
    problems += roster.problems
    return roster


def _read_tables(
    contents: Mapping[str, bytes], problems: list[Problem]
) -> dict[str, Mapping[str, Any]]:
    tables: dict[str, Mapping[str, Any]] = {}
    named = (*FILES, TRAINING)
    for file in (file for file in named if file.endswith(".toml") and file in contents):
        if (broken := broken_bytes(file, contents[file])) is not None:
            problems.append(broken)
            continue
        try:
            tables[file] = tomllib.loads(contents[file].decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            problems.append(_not_utf8(file, contents[file], error))
        except (ValueError, RecursionError) as error:  # Also numbers and nesting without end.
            problems.append(_not_toml(file, contents[file], error))
    return tables


def _shaped(
    file: str,
    tables: Mapping[str, Mapping[str, Any]],
    shape: type[AnyShape],
    around: Circumstances,
    problems: list[Problem],
) -> AnyShape | None:
    if file not in tables:
        return None
    try:
        return shape.model_validate(tables[file], context=around)
    except ValidationError as error:
        problems += problems_from(error, shape, file=file)
    return None


def _not_utf8(file: str, content: bytes, error: UnicodeDecodeError) -> Problem:
    line = content.count(b"\n", 0, error.start) + 1
    allowed = "save the file as UTF-8 in your editor"
    return Problem(file, f"line {line}", "has a character that is not UTF-8", allowed)


def _not_toml(file: str, content: bytes, error: Exception) -> Problem:
    is_toml = isinstance(error, tomllib.TOMLDecodeError)
    message = str(error) if is_toml else "a number or nested brackets that never end"
    what, _, place = message.removesuffix(")").partition(" (at ")
    is_curly = any(quote in content.decode("utf-8-sig") for quote in CURLY_QUOTES)
    allowed = 'use straight quotes (") around texts' if is_curly else "compare with config.example"
    return Problem(file, place, f"cannot be understood here: {what}", allowed)
