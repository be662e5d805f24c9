"""The program in force, and what is stored with each version of the admins' files."""

import base64
import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from casebook.sight.records import Former, Gain
from people.absences import Announced
from people.same_person import NewTrait
from people.supporters import Leaving
from program import Program, ProgramError
from program.files import read_folder
from program.problems import Problem
from store import cases, programs
from store.database import Store
from store.programs import Version, VersionStatus
from store.sealing import CannotOpen, Seal

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reader:
    """An admin to mail; perhaps only one of two compared versions has their address."""

    id: str
    name: str
    email: str
    #: What the version says about them, if it changes what they see.
    what: str = ""


@dataclass(frozen=True)
class Told:
    """What the files changed of whom requesters may call, and when: coordinators read it once."""

    what: str
    at: datetime


@dataclass(frozen=True)
class Report:
    """What the admins are told about a version. It may quote the files, so it is stored sealed."""

    changes: tuple[str, ...] = ()
    irrevocable: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    #: How many problems are not listed because there are too many.
    more: int = 0
    warnings: tuple[str, ...] = ()
    readers: tuple[Reader, ...] = ()
    #: Who is missing in the files, and keeps their open requests for a while.
    leaving: tuple[Leaving, ...] = ()
    #: Who was on the roster before this version: someone who comes back is no stranger.
    former: tuple[Former, ...] = ()
    #: What people on our lists are recognized by since not long ago.
    new_traits: tuple[NewTrait, ...] = ()
    #: The absences of reviewers by these files that count only once they were told.
    announced: tuple[Announced, ...] = ()
    #: What changed of whom requesters may call, by this version and lately before it.
    told: tuple[Told, ...] = ()
    #: What this version changed of whom requesters may call: who reviews hears it at once.
    help_changes: tuple[str, ...] = ()
    #: Who would gain sight of requests, and the coordinators who may agree to that.
    sight: tuple[Gain, ...] = ()
    deciders: tuple[str, ...] = ()
    #: The people whose sight or address changes, at their old address.
    concerned: tuple[Reader, ...] = ()

    @property
    def seen(self) -> list[Gain]:
        """Return what waits because someone would see more."""
        return [one for one in self.sight if not one.is_reading]

    @property
    def readings(self) -> list[Gain]:
        """Return what waits because people would read, or a form be read, otherwise."""
        return [one for one in self.sight if one.is_reading]


Clock = Callable[[], datetime]


@cache
def _report_type() -> TypeAdapter[Report]:
    return TypeAdapter(Report)


def seal_report(seal: Seal, report: Report, fingerprint: str) -> str:
    return seal.close(programs.SAID, fingerprint, _report_type().dump_json(report).decode())


def open_report(seal: Seal, version: Version) -> Report:
    return _report_type().validate_json(
        seal.open(programs.SAID, version.fingerprint, version.report)
    )


def seal_files(
    seal: Seal, contents: Mapping[str, bytes], fingerprint: str, status: VersionStatus
) -> str:
    """Seal files together with their status: who can write the column decides nothing by it."""
    encoded = {name: base64.b64encode(found).decode() for name, found in contents.items()}
    key = programs.files_key(status, fingerprint)
    return seal.close(programs.FILES, key, json.dumps(encoded))


def contents_of(seal: Seal, version: Version) -> dict[str, bytes]:
    """Return the files of a stored version."""
    key = programs.files_key(version.status, version.fingerprint)
    encoded = json.loads(seal.open(programs.FILES, key, version.files or ""))
    return {name: base64.b64decode(found) for name, found in encoded.items()}


def open_files(seal: Seal, version: Version) -> Program:
    """Return the program of a stored version; ProgramError when it cannot be used."""
    return Program.from_files(contents_of(seal, version))


@dataclass(frozen=True)
class _Held:
    """The program of a version, and until when it is right: then someone has left."""

    version: int | None
    program: Program

    def is_current(self, version: int | None, clock: Clock) -> bool:
        if version != self.version:
            return False
        return not self.program.leaving or clock() < min(self.program.leaving.values())


class Programs:
    """The program in force, cached. Any process may adopt the very first version."""

    def __init__(self, store: Store, seal: Seal, folder: Path, clock: Clock) -> None:
        self._store = store
        self._seal = seal
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._held: _Held | None = None

    def current(self) -> Program:
        """Return the program in force, read again when it changed; ProgramError when unusable."""
        marker = programs.in_force_id(self._store.read())
        held = self._held
        if held is None or not held.is_current(marker, self._clock):
            with self._lock:
                held = self._held
                if held is None or not held.is_current(marker, self._clock):
                    held = self._held = self._read()
        return held.program

    def _read(self) -> _Held:
        version = programs.in_force(self._store.read())
        if version is None and not cases.were_any(self._store.read()):
            self._adopt_first()
            version = programs.in_force(self._store.read())
        try:
            if version is None:
                raise CannotOpen("No version is in force, although there were requests")
            return _Held(version.id, self._opened(version))
        except CannotOpen as error:
            return self._kept(version, error)

    def _kept(self, version: Version | None, error: CannotOpen) -> _Held:
        """Return the program as it was: write access to the database must not allow another."""
        if self._held is None:
            allowed = "set the missing key, or restore a backup"
            problem = Problem("programs", "the version in force", str(error), allowed)
            raise ProgramError([problem]) from error
        log.error("The files in force cannot be read, so what was in force stays: %s", error)
        return replace(self._held, version=version.id if version else None)

    def _opened(self, version: Version) -> Program:
        """Return a version's program, or the folder's if this release cannot read that version."""
        try:
            program = open_files(self._seal, version)
            report, now = open_report(self._seal, version), self._clock()
            program = replace(program, new_traits=report.new_traits, announced=report.announced)
            return program.keeping(one for one in report.leaving if now < one.until)
        except (ProgramError, ValueError):
            return Program.load(self._folder)

    def _adopt_first(self) -> None:
        reading = read_folder(self._folder)
        program = Program.of(reading)
        report = seal_report(self._seal, Report(), program.fingerprint)
        files = seal_files(
            self._seal, reading.contents, program.fingerprint, VersionStatus.IN_FORCE
        )
        with self._store.write() as db:
            if programs.in_force_id(db) is None:
                programs.add(
                    db,
                    fingerprint=program.fingerprint,
                    status=VersionStatus.IN_FORCE,
                    at=self._clock(),
                    report=report,
                    files=files,
                )
