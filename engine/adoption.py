"""What becomes of changed files: in force, refused, or waiting for an admin's confirmation."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from casebook.program_in_force import Reader, Said, open_files, open_said, seal_files, seal_said
from engine import forgetting
from engine.engine import Engine
from notifications import program_mails
from notifications.overrides import warnings_about
from program import Program, ProgramError
from program.changes import changes, irrevocable
from program.files import Reading
from store import outbox, programs
from store.outbox import Outgoing
from store.programs import Version, VersionFate

MOST_PROBLEMS = 30
LONGEST_SENTENCE = 600


def is_known(engine: Engine, reading: Reading) -> bool:
    """Tell whether it was settled before what becomes of the folder as it is now."""
    known = programs.in_force(engine.store.read())
    beside = programs.beside(engine.store.read())
    if known is not None and known.fingerprint == reading.fingerprint:
        return beside is None
    return beside is not None and beside.fingerprint == reading.fingerprint


def judge(engines: Callable[[], Engine], reading: Reading, now: datetime) -> bool:
    """Settle what becomes of the folder, and tell the admins, once for all workers.

    False when another version came into force meanwhile: compare with that one.
    """
    # Read before the program that it stands for, so that a newer program is noticed below.
    base = programs.in_force(engines().store.read())
    engine = engines()
    if base is not None and base.fingerprint == reading.fingerprint:
        return _go_back(engine, base, now)
    fate, said = verdict(engine, reading, now)
    sealed = seal_said(engine.casebook.seal, said)
    files = seal_files(engine.casebook.seal, reading) if fate is not VersionFate.REFUSED else None
    # Whoever is an admin only in the new files may not confirm them, and hears afterwards.
    admins = engine.program.duties.admins
    told = admins if fate is VersionFate.WAITS else [reader.id for reader in said.readers]
    with engine.store.write() as db:
        if programs.is_judged(db, reading.fingerprint):
            return True
        if programs.in_force_id(db) != (base.id if base else None):
            return False
        version = programs.add(
            db, fingerprint=reading.fingerprint, fate=fate, at=now, said=sealed, files=files
        )
        outbox.add(db, program_mails.about_files(fate, version, told, now))
    return True


def _go_back(engine: Engine, base: Version, now: datetime) -> bool:
    """The folder is again what is in force: whatever stood beside is dropped."""
    with engine.store.write() as db:
        beside = programs.beside(db)
        if programs.in_force_id(db) != base.id:
            return False
        if beside is not None:
            programs.set_aside(db)
            admins = engine.program.duties.admins
            outbox.add(db, program_mails.files_went_back(beside.id, admins, now))
    return True


def verdict(engine: Engine, reading: Reading, now: datetime) -> tuple[VersionFate, Said]:
    """Check what was read against what is in force."""
    try:
        new = Program.of(reading)
    except ProgramError as error:
        return VersionFate.REFUSED, _refusal(engine.program, error)
    said = _comparison(engine, new, now)
    return (VersionFate.WAITS if said.irrevocable else VersionFate.IN_FORCE), said


def comparison(engine: Engine, version: Version, now: datetime) -> Said:
    """Compare a version that waits with what is in force, as things are now."""
    return _comparison(engine, open_files(engine.casebook.seal, version), now)


def decide(engine: Engine, version: Version, fate: VersionFate, by: str, now: datetime) -> bool:
    """Carry out an admin's decision about a version that waits; False when it does not any more."""
    readers = [reader.id for reader in open_said(engine.casebook.seal, version).readers]
    # A newer release might refuse by now what was fine then.
    new = open_files(engine.casebook.seal, version)
    with engine.store.write() as db:
        if not programs.decide(db, version.id, fate, by, now):
            return False
        if fate is VersionFate.IN_FORCE:
            outbox.add(db, program_mails.about_files(fate, version.id, readers, now))
    if fate is VersionFate.IN_FORCE:
        forgetting.forget_sooner(replace(engine.casebook, program=new))
    return True


def fresh_link(engine: Engine, fingerprint: str, person: str, now: datetime) -> list[Outgoing]:
    """Return a new mail about a version that still waits, for an admin whose link is too old."""
    version = programs.find(engine.store.read(), fingerprint)
    is_admin = person in engine.program.duties.admins
    if version is None or version.fate is not VersionFate.WAITS or not is_admin:
        return []
    return [program_mails.fresh_link_to_files(version.id, person, now)]


def _refusal(old: Program, error: ProgramError) -> Said:
    problems = [_fit(str(problem)) for problem in error.problems]
    return Said(
        problems=tuple(problems[:MOST_PROBLEMS]),
        more=max(0, len(problems) - MOST_PROBLEMS),
        readers=_readers(old),
    )


def _comparison(engine: Engine, new: Program, now: datetime) -> Said:
    old = engine.program
    open_counts = {id: load.open_count for id, load in engine.casebook.loads().items()}
    forgotten = forgetting.forgotten_at_once(engine.casebook, new.times.forget_after, now)
    final = tuple(irrevocable(old, new, forgotten))
    warnings = (*new.warnings, *warnings_about(new.overrides))
    return Said(
        changes=tuple(map(_fit, changes(old, new, open_counts))),
        irrevocable=tuple(map(_fit, final)),
        warnings=tuple(_fit(str(warning)) for warning in warnings[:MOST_PROBLEMS]),
        readers=_readers(old, new),
    )


def _readers(*versions: Program) -> tuple[Reader, ...]:
    """Return the admins of these versions; where both have one, the newer address counts."""
    found = {id: version.people[id] for version in versions for id in version.duties.admins}
    return tuple(Reader(id, person.name, person.email) for id, person in found.items())


def _fit(sentence: str) -> str:
    """Make a sentence fit for a mail, whatever the files had in it."""
    plain = "".join(letter if letter.isprintable() else "·" for letter in sentence)
    return plain if len(plain) <= LONGEST_SENTENCE else f"{plain[:LONGEST_SENTENCE]}…"
