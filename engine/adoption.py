"""Check changed files, and put them in force, refuse them, or wait for an admin to confirm."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from casebook.program_in_force import (
    Reader,
    Report,
    Told,
    contents_of,
    open_files,
    open_report,
    seal_files,
    seal_report,
)
from casebook.sight import absences
from casebook.sight import gains as sight
from casebook.sight.records import Former
from casebook.sight.supporters import former_after, new_traits
from engine import forgetting
from engine.engine import Engine
from engine.invitations import nominations
from engine.trial import PageTrial, trial_problems
from lib.addresses import canonical
from notifications import program_mails
from notifications.mail.links import COPIES, NEWCOMERS
from notifications.overrides import warnings_about
from notifications.planning import ten_minutes
from people.supporters import Leaving
from program import Program, ProgramError, cut_off
from program.changes import changes, help_told, irrevocable, told
from program.files import Reading
from store import cases, outbox, programs
from store.access import ending
from store.forgotten import copies
from store.outbox import Outgoing
from store.programs import Version, VersionStatus
from store.sealing import CannotOpen

log = logging.getLogger(__name__)

#: Who decided, when someone did so on the server.
ON_SERVER = "server"
MOST_PROBLEMS = 30
LONGEST_SENTENCE = 600
#: Longer than the time between two digests.
TOLD_FOR = timedelta(days=14)


def is_checked(engine: Engine, reading: Reading) -> bool:
    """Tell whether the folder as it is now was checked before."""
    in_force = programs.in_force(engine.store.read())
    other = programs.not_in_force(engine.store.read())
    if in_force is not None and in_force.fingerprint == reading.fingerprint:
        return other is None
    return other is not None and other.fingerprint == reading.fingerprint


def is_cut_off(engine: Engine, reading: Reading) -> bool:
    """Tell whether someone seems to be saving the files right now."""
    version = programs.in_force(engine.store.read())
    if version is None:
        return False
    try:
        before = contents_of(engine.casebook.seal, version)
    except (CannotOpen, ValueError):
        return False
    return cut_off.is_cut_off(reading, before)


def adopt(engines: Callable[[], Engine], reading: Reading, now: datetime, pages: PageTrial) -> bool:
    """Check the folder, store the result and mail the admins, once for all workers.

    Returns False if another version came into force meanwhile: then compare with that one.
    """
    # Read this before the program that it holds, so that we notice a newer program below.
    base = programs.in_force(engines().store.read())
    engine = engines()
    if base is not None and base.fingerprint == reading.fingerprint:
        return _go_back(engine, base, now)
    status, report = check_files(engine, reading, now, pages)
    seal, fingerprint = engine.casebook.seal, reading.fingerprint
    sealed = seal_report(seal, report, fingerprint)
    is_usable = status is not VersionStatus.REFUSED
    files = seal_files(seal, reading.contents, fingerprint, status) if is_usable else None
    # People who are admins only in the new files may not confirm them; they get mail afterwards.
    readers = [reader.id for reader in report.readers]
    admins = engine.program.duties.admins if status is VersionStatus.WAITS else readers
    with engine.store.write() as db:
        if programs.is_checked(db, reading.fingerprint):
            return True
        if programs.in_force_id(db) != (base.id if base else None):
            return False
        version = programs.add(
            db, fingerprint=reading.fingerprint, status=status, at=now, report=sealed, files=files
        )
        outbox.add(db, program_mails.about_files(status, version, admins, now))
        if status is VersionStatus.WAITS:
            outbox.add(db, program_mails.about_sight(engine.program, version, report, now))
        elif status is VersionStatus.IN_FORCE:
            outbox.add(db, program_mails.to_concerned(version, report, now, is_agreed=True))
            outbox.add(db, program_mails.about_help(engine.program, version, report, now))
    return True


def _go_back(engine: Engine, base: Version, now: datetime) -> bool:
    """Drop the version not in force, because the folder holds the one in force again."""
    with engine.store.write() as db:
        other = programs.not_in_force(db)
        if programs.in_force_id(db) != base.id:
            return False
        if other is not None:
            programs.replace_not_in_force(db)
            admins = engine.program.duties.admins
            outbox.add(db, program_mails.about_restored_files(other.id, admins, now))
    return True


def check_files(
    engine: Engine, reading: Reading, now: datetime, pages: PageTrial
) -> tuple[VersionStatus, Report]:
    """Check the files against the program in force; return the status and the report."""
    try:
        new = Program.of(reading)
        if failing := trial_problems(new, now, pages):
            raise ProgramError(failing)
    except ProgramError as error:
        return VersionStatus.REFUSED, _refusal(engine.program, error)
    report = _comparison(engine, new, now)
    must_wait = report.irrevocable or report.sight
    return (VersionStatus.WAITS if must_wait else VersionStatus.IN_FORCE), report


def comparison(engine: Engine, version: Version, now: datetime) -> Report:
    """Compare a version that waits with the program in force, as things are now."""
    return _comparison(engine, open_files(engine.casebook.seal, version), now)


def for_coordinators(engine: Engine, version: Version, report: Report) -> Report:
    """Return what coordinators read of a report: nothing that counts requests.

    They may not know of some of them.
    """
    new = open_files(engine.casebook.seal, version)
    final = tuple(map(_fit, irrevocable(engine.program, new, None)))
    return replace(report, changes=(), warnings=(), irrevocable=final)


def deciders(engine: Engine, version: Version, now: datetime) -> tuple[str, ...]:
    """Return who may decide: admins, or coordinators when someone would gain sight.

    Sight is of what is there by now: when the files were saved, no one may have asked yet.
    """
    report = comparison(engine, version, now)
    return report.deciders if report.sight else engine.program.duties.admins


def admit(engine: Engine, version: Version, now: datetime) -> bool:
    """Put a version in force on the server, where no coordinator could agree to it."""
    is_done = decide(engine, version, VersionStatus.IN_FORCE, ON_SERVER, now)
    if is_done:
        log.warning("Version %s of the files is in force without a coordinator's yes", version.id)
    return is_done


def remind(engine: Engine, now: datetime) -> None:
    """Remind the coordinators, once a day, of a version that waits for their yes.

    If it was saved before the first request, this is when they and the people concerned first hear.
    """
    version = programs.not_in_force(engine.store.read())
    if version is None or version.status is not VersionStatus.WAITS:
        return
    report = comparison(engine, version, now)
    if report.sight and engine.program.today(version.at) < engine.program.today(now):
        seal = engine.casebook.seal
        said = _with_sight(open_report(seal, version), report)
        with engine.store.write() as db:
            programs.say(db, version.id, seal_report(seal, said, version.fingerprint))
            outbox.add(db, program_mails.about_sight(engine.program, version.id, report, now))


def decide(engine: Engine, version: Version, status: VersionStatus, by: str, now: datetime) -> bool:
    """Carry out a decision; return False if the version no longer waits for one."""
    # Open the files first: a newer release of the code might refuse them.
    new = open_files(engine.casebook.seal, version)
    current = _comparison(engine, new, now)
    report = replace(
        _with_sight(open_report(engine.casebook.seal, version), current),
        leaving=current.leaving,
        told=current.told,
        help_changes=current.help_changes,
        former=current.former,
        # People on our lists are recognized from now on, not since the files were saved.
        new_traits=current.new_traits,
        announced=current.announced,
    )
    seal, fingerprint = engine.casebook.seal, version.fingerprint
    sealed, files = seal_report(seal, report, fingerprint), None
    if status is VersionStatus.IN_FORCE:
        files = seal_files(seal, contents_of(seal, version), fingerprint, status)
    readers = [reader.id for reader in report.readers]
    with engine.store.write() as db:
        if not programs.decide(db, version.id, status, by, now, sealed, files):
            return False
        if status is VersionStatus.IN_FORCE:
            outbox.add(db, program_mails.about_files(status, version.id, readers, now))
            is_agreed = by != ON_SERVER
            outbox.add(db, program_mails.to_concerned(version.id, report, now, is_agreed=is_agreed))
            outbox.add(db, program_mails.about_help(engine.program, version.id, report, now))
            for id in _moved(engine.program, new):
                # Links that were mailed to the former address no longer open anything.
                ending.of_person(db, id, now)
    if status is VersionStatus.IN_FORCE:
        forgetting.forget_sooner(replace(engine.casebook, program=new))
    return True


def _with_sight(said: Report, current: Report) -> Report:
    """Return a stored report with who would see more now: it was nothing before anyone asked."""
    return replace(
        said, sight=current.sight, deciders=current.deciders, concerned=current.concerned
    )


def fresh_link(engine: Engine, fingerprint: str, person: str, now: datetime) -> list[Outgoing]:
    """Return a new mail about a version that still waits, for a reader whose link expired."""
    if fingerprint == COPIES:
        # The page says whether anything is left, and is empty for people who are no longer asked.
        is_known = engine.program.person(person) is not None and copies.exist(engine.store.read())
        occasion = f"fresh/{ten_minutes(now)}"
        return program_mails.about_copies([person], occasion, now) if is_known else []
    if fingerprint == NEWCOMERS:
        return nominations.fresh_link_to_newcomers(engine, person, now)
    version = programs.find(engine.store.read(), fingerprint)
    if version is None or version.status is not VersionStatus.WAITS:
        return []
    if person in engine.program.duties.admins:
        return [program_mails.fresh_link_to_files(version.id, person, now)]
    return (
        [program_mails.fresh_link_to_sight(version.id, person, now)]
        if person in deciders(engine, version, now)
        else []
    )


def _refusal(old: Program, error: ProgramError) -> Report:
    problems = [_fit(str(problem)) for problem in error.problems]
    return Report(
        problems=tuple(problems[:MOST_PROBLEMS]),
        more=max(0, len(problems) - MOST_PROBLEMS),
        readers=_readers(old),
    )


def _comparison(engine: Engine, new: Program, now: datetime) -> Report:
    old = engine.program
    open_counts = {id: load.open_count for id, load in engine.casebook.loads().items()}
    forgotten = forgetting.count_forgotten_at_once(engine.casebook, new.times.forget_after, now)
    final = tuple(irrevocable(old, new, forgotten))
    warnings = (*new.warnings, *warnings_about(new.overrides))
    # Before the first request, a program is set up: there is nothing to see.
    must_agree = cases.was_anything_asked(engine.store.read())
    former = _former(engine)
    gains = sight.gains(old, new, former) if must_agree else []
    return Report(
        changes=tuple(map(_fit, changes(old, new, open_counts))),
        irrevocable=tuple(map(_fit, final)),
        warnings=tuple(_fit(str(warning)) for warning in warnings[:MOST_PROBLEMS]),
        readers=_readers(old, new),
        leaving=_leaving(old, new, now),
        former=former_after(former, old, new, now),
        told=_told(engine, new, now),
        help_changes=tuple(_fit(one, None) for one in help_told(old, new)) if must_agree else (),
        new_traits=new_traits(former, old, new, now),
        sight=tuple(replace(gain, what=_fit(gain.what, None)) for gain in gains),
        deciders=tuple(sight.deciders(old, new, former)) if gains else (),
        concerned=(
            *(_concerned(old, new, former) if gains else ()),
            *(_away(old, new, now) if must_agree else ()),
        ),
        announced=absences.announcements(old, new, now) if must_agree else (),
    )


def _told(engine: Engine, new: Program, now: datetime) -> tuple[Told, ...]:
    """Return what coordinators read of the change in their digest, with what they may not have."""
    version = programs.in_force(engine.store.read())
    before = open_report(engine.casebook.seal, version).told if version is not None else ()
    lately = (one for one in before if one.at > now - TOLD_FOR)
    return (*lately, *(Told(_fit(what, None), now) for what in told(engine.program, new)))


def _former(engine: Engine) -> tuple[Former, ...]:
    """Return the supporters who left the roster before the version in force."""
    version = programs.in_force(engine.store.read())
    return open_report(engine.casebook.seal, version).former if version is not None else ()


def _concerned(old: Program, new: Program, former: tuple[Former, ...]) -> tuple[Reader, ...]:
    """Return the people a change of sight concerns, at the addresses that we had until now."""
    left = {one.id: one for one in former}
    gained = (one for one in sight.gains(old, new, former) if one.id)
    found = ((old.person(one.id) or left.get(one.id), one.what) for one in gained)
    lost = ((old.person(one.id), one.what) for one in sight.losses(old, new))
    return tuple(
        Reader(person.id, person.name, person.email, _fit(what))
        for person, what in (*found, *lost)
        if person is not None
    )


def _away(old: Program, new: Program, now: datetime) -> tuple[Reader, ...]:
    """Return the reviewers whom the files say to be away: what they review goes to others."""
    found = ((old.person(id), what) for id, what in absences.told(old, new, now))
    return tuple(
        Reader(person.id, person.name, person.email, what) for person, what in found if person
    )


def _moved(old: Program, new: Program) -> list[str]:
    """Return the ids of everyone who has another address in the new files."""
    known = {*old.people, *old.supporters} & {*new.people, *new.supporters}
    return sorted(id for id in known if _addresses(old, id) != _addresses(new, id))


def _addresses(program: Program, id: str) -> set[str]:
    person, supporter = program.people.get(id), program.supporters.get(id)
    written = [person.email] if person else []
    written += [supporter.email, supporter.notify_email or ""] if supporter else []
    return {canonical(one) for one in written}


def _leaving(old: Program, new: Program, now: datetime) -> tuple[Leaving, ...]:
    """Return the supporters who are missing from the new files, and until when they may stay."""
    until = now + new.times.removal_grace
    gone = {id: found for id, found in old.supporters.items() if id not in new.supporters}
    return tuple(Leaving(found, old.leaving.get(id, until)) for id, found in gone.items())


def _readers(*versions: Program) -> tuple[Reader, ...]:
    """Return the admins of these versions, each with their newest address."""
    found = {id: version.people[id] for version in versions for id in version.duties.admins}
    return tuple(Reader(id, person.name, person.email) for id, person in found.items())


def _fit(sentence: str, longest: int | None = LONGEST_SENTENCE) -> str:
    """Return a sentence made safe for a mail: printable and not too long.

    Who must agree to it reads all of it: what matters could stand at the end.
    """
    plain = "".join(letter if letter.isprintable() else "·" for letter in sentence)
    return plain if longest is None or len(plain) <= longest else f"{plain[:longest]}…"
