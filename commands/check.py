"""flask check: prints every problem with settings, files, forms and the database at once."""

import re
import sqlite3
from collections import Counter
from pathlib import Path

import click
from flask import current_app

from casebook import cover, roster
from commands.checking.exposure import exposures, left_behind, network_disk_problems
from commands.checking.forms import form_problems
from commands.keys import keys_in_words
from commands.service import cli, engine_without_adopting, is_migrated, wired
from engine.adoption import check_files
from engine.engine import Engine
from engine.trial import trial_problems, untried
from notifications.mail.refusals import MailError
from notifications.mail.returning import MailboxError, mailbox_at
from notifications.overrides import warnings_about
from program import Problem, Program, ProgramError, problems_of
from program.files import overrides_in, read_folder
from settings import Settings, SettingsError
from store import programs
from store.database import MOVED, StorageMoved, StorageUnsafe, Store
from store.engines.opening import is_server, without_password
from store.keys import rotation
from store.programs import VersionStatus
from store.sealing import CannotOpen, NotMigrated, pepper
from workflow import words

#: SQLite versions before this one can damage the log when one connection writes while another
#: checkpoints (https://www.sqlite.org/wal.html). Our write lock prevents that.
WAL_RESET_FIXED = (3, 51, 3)

NO_KEY = "DATA_KEYS: no key opens {}: one is missing, or they are damaged; add the older keys."
#: The addresses of the example, and others that belong to nobody (RFC 2606).
INVENTED = re.compile(r"[@.]example\.(org|com|net)$")
NOBODY_READS = (
    "No one reads what we send to {some}: put your own people's addresses into the files."
)
#: What happened to the files in the folder that are not in force.
NOT_IN_FORCE = {
    VersionStatus.REFUSED: "are wrong, since {other.at:%Y-%m-%d %H:%M} UTC",
    VersionStatus.WAITS: "wait for a confirmation, since {other.at:%Y-%m-%d %H:%M} UTC",
    VersionStatus.REJECTED: (
        "were set aside by {other.decided_by}, {other.decided_at:%Y-%m-%d %H:%M} UTC"
    ),
}


@cli.command("check")
@click.option("--qsf", type=click.Path(path_type=Path), help="Compare with an exported survey.")
def check_command(qsf: Path | None) -> None:
    """Check settings, admins' files, forms, and database.

    All problems are printed at once.
    """
    problems: list[str] = []
    error: SettingsError | None = current_app.extensions.get("settings_error")
    settings: Settings | None = current_app.extensions.get("settings")
    if error is not None:
        problems += error.problems
    folder = (error or current_app.extensions["settings"]).config_dir
    client = current_app.extensions["client"]() if settings else None
    overrides = overrides_in(read_folder(folder).contents).texts
    found = problems_of(folder) + warnings_about(overrides) + exposures(folder)
    found += _trial_problems(folder) + form_problems(folder, client, qsf)
    problems += [str(problem) for problem in found if not problem.is_warning]
    database = _database_problems(settings) if settings else []
    problems += _disk_problems(settings) if settings else []
    problems += database
    problems += _mailbox_problems(settings) if settings else []
    is_usable = settings is not None and not database
    needed = rotation.needed(wired("store")) if is_usable else Counter[int | None]()
    if needed[None]:
        problems.append(NO_KEY.format(words.counted(needed[None], "value")))
    click.echo(_sqlite_version())
    for sentence in keys_in_words(wired("store"), needed) if is_usable else ():
        click.echo(sentence)
    if settings is not None and is_migrated():
        click.echo(_in_force(folder))
    for sentence in _to_be_confirmed(folder) if is_usable else []:
        click.echo(sentence)
    for warning in (problem for problem in found if problem.is_warning):
        click.echo(f"Warning: {warning}")
    for sentence in _invented(folder):
        click.echo(f"Warning: {sentence}")
    for sentence in _of_mail_server(settings) if settings else ():
        click.echo(f"Warning: {sentence}")
    for sentence in [*_of_database(settings), *_gaps()] if settings and is_usable else []:
        click.echo(f"Warning: {sentence}")
    for sentence in problems:
        click.echo(sentence)
    if problems:
        raise click.ClickException(f"{len(problems)} to mend")
    click.echo("Everything is in order.")


def _trial_problems(folder: Path) -> list[Problem]:
    """Return what the files cannot carry out in the coming year; wrong ones are not tried."""
    parts = current_app.extensions
    try:
        return trial_problems(Program.load(folder), parts["clock"](), parts["page_trial"])
    except ProgramError:
        return []


def _invented(folder: Path) -> list[str]:
    """Return that requests would go to people who do not exist."""
    try:
        program = Program.load(folder)
    except ProgramError:
        return []
    people = [one.email for one in program.people.values()]
    supporters = [one.email for one in program.supporters.values()]
    known = (*program.file.urgent.ring, *people, *supporters)
    found = [email for email in known if INVENTED.search(email)]
    more = [f"{len(found) - 2} more"] if len(found) > 3 else found[2:]
    return [NOBODY_READS.format(some=words.listed([*found[:2], *more]))] if found else []


def _disk_problems(settings: Settings) -> list[str]:
    is_file = not is_server(settings.database)
    return network_disk_problems(Path(settings.database)) if is_file else []


def _database_problems(settings: Settings) -> list[str]:
    """Return what keeps the service from using its database."""
    if not is_migrated():
        return [f"{without_password(settings.database)}: not up to date; run `flask migrate`"]
    if MOVED in wired("store").read().table_names():
        return [f"DATABASE: {StorageMoved()}."]
    try:
        wired("store").check_durable()
        pepper(wired("store").read(), wired("seal"))
    except StorageUnsafe as error:
        return [f"DATABASE: {error}."]
    except (CannotOpen, NotMigrated) as error:
        return [f"DATA_KEYS: {error}; set the keys that this database was made with, too."]
    return []


def _of_database(settings: Settings) -> list[str]:
    """Return who sees without a key when something is written, and which databases are left."""
    store: Store = wired("store")
    seen = store.onlookers()
    return [*([seen] if seen else []), *left_behind(settings.database, Path(Settings.database))]


def _mailbox_problems(settings: Settings) -> list[str]:
    """Return what keeps the worker from reading the mailbox that mails come back to."""
    box = mailbox_at(settings.bounces_url)
    try:
        if box is not None:
            with box.opened():
                pass
    except MailboxError as error:
        return [f"BOUNCES_URL: the mailbox cannot be read: {error}."]
    return []


def _of_mail_server(settings: Settings) -> list[str]:
    """Return what keeps mails from leaving. Mails wait, and a server may come back."""
    mailer = wired("mailer")()
    try:
        mailer.connect()
    except MailError as error:
        name = "MAIL_URL" if settings.mail_url else "SMTP_URL"
        return [f"{name}: {error}. No email leaves until this works."]
    mailer.close()
    return []


def _in_force(folder: Path) -> str:
    """Return which version of the files is in force, and what happened to those in the folder."""
    store: Store = current_app.extensions["store"]
    version = programs.in_force(store.read())
    if version is None:
        return "No files are in force yet: web and worker adopt them when they start."
    since = f"In force are the files of {version.decided_at or version.at:%Y-%m-%d %H:%M} UTC"
    fingerprint, other = read_folder(folder).fingerprint, programs.not_in_force(store.read())
    if fingerprint == version.fingerprint:
        return f"{since}; those in {folder} are the same."
    if other is None or other.fingerprint != fingerprint:
        return f"{since}; those in {folder} are newer, and no worker has looked at them yet."
    return f"{since}; those in {folder} {NOT_IN_FORCE[other.status].format(other=other)}."


def _to_be_confirmed(folder: Path) -> list[str]:
    """Return which changes in the folder would wait for an admin's confirmation, and whose."""
    store: Store = current_app.extensions["store"]
    version, reading = programs.in_force(store.read()), read_folder(folder)
    if version is None or version.fingerprint == reading.fingerprint:
        return []
    try:
        engine = engine_without_adopting()
    except ProgramError:
        return []
    _, report = check_files(engine, reading, engine.casebook.made_at, untried)
    admins = words.listed(engine.program.people[id].name for id in engine.program.duties.admins)
    return [f"Waits for a confirmation by {admins}: {what}" for what in report.irrevocable]


def _gaps() -> list[str]:
    """Return the departments without anybody in the days ahead, and what the roster lacks."""
    try:
        engine = engine_without_adopting()
    except ProgramError:
        return []
    return _lacking(engine)


def _lacking(engine: Engine) -> list[str]:
    lacking = roster.gaps(engine.casebook, engine.program.today(engine.casebook.made_at))
    hint = f'{words.counted(len(lacking), "gap")} in coverage: "flask roster" shows which'
    return [
        *cover.gaps_in_words(engine.casebook, engine.casebook.made_at),
        *([hint] if lacking else []),
    ]


def _sqlite_version() -> str:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= WAL_RESET_FIXED:
        return f"SQLite {version}."
    return f"Note: SQLite {version} has the WAL-reset bug; our write lock avoids it."
