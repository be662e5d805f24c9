"""Somebody who can write the database, and has no key, moves what is sealed in it."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app import create_app
from program import ProgramError
from store.deliveries import SURVEY
from store.forgotten import copies
from store.keys import binding
from store.migrations import migrate
from tests import disk
from tests.nominating import ALEX, Nominating
from tests.program_files import change, look
from tests.qualtrics_commands import run
from tests.world import JORDAN, SAM, World


def sealed_values(world: World) -> Iterator[str]:
    for column, _ in binding.KEYS:
        table, _, name = column.partition(".")
        for (value,) in world.rows(table, name):
            if value is not None and disk.SEALED.fullmatch(value):
                yield value


def test_what_any_column_sealed_is_read_on_no_page_as_an_id(world: World) -> None:
    """The page that lists what is left in Qualtrics shows ids as they are."""
    world.request()
    (survey,) = world.store.read().execute("select survey_id from deliveries").fetchone()
    survey_id = world.store.read().pseudonyms.id_of(SURVEY, survey)
    values = [*sealed_values(world), world.store.seal.wrap("Sealed by an earlier release")]
    assert len(values) > 10
    with world.store.write() as db:
        copies.keep_response(db, survey_id, "R_1left", world.clock.now)
        db.executemany(
            "insert into copies (survey_id, response_id, forgotten_on, next_at)"
            " values (?, ?, '2026-09-01', '2099-12-30T00:00:00Z')",
            [(survey, value) for value in values],
        )
    world.passes(days=9)
    page = world.open(world.mail(SAM, "clean up"))
    assert page.status == 200
    assert "R_1left" in page.text
    shown = re.findall(r"Jamie|PS-\w{5}|[0-9a-f]{64}|earlier release|jordan-reyes", page.text)
    assert shown == []


def test_a_nominee_reads_nothing_of_another(world: World) -> None:
    story = Nominating.begin(world)
    story.willing()
    story.nominate(name="Alex Moore", email=ALEX)
    with world.store.write() as db:
        theirs = "(select detail from invitations order by id limit 1)"
        of_alex = "id = (select max(id) from invitations)"
        db.execute(f"update invitations set detail = {theirs} where {of_alex}")  # noqa: S608
    page = world.open(world.mail(ALEX))
    assert page.status >= 400
    assert "Samantha" not in page.text


# The files in force


def gains_sight(world: World) -> None:
    """Let an admin write themselves into the lists of coordinators: that waits for another."""
    ours = 'coordinators = ["priya-nair", "marcus-bell"'
    change(world, "program.toml", f"{ours}]", f'{ours}, "sam-whitaker"]')
    look(world)
    assert ("waits",) in world.rows("programs", "fate")


@pytest.mark.parametrize(
    "statements",
    [
        ["update programs set fate = 'in_force', decision = 'in_force' where fate = 'waits'"],
        ["update programs set files = (select files from programs where fate = 'waits')"
         " where fate = 'in_force'"],
        ["delete from programs"],
        ["update programs set files = 'x' where fate = 'in_force'"],
    ],
)  # fmt: skip
def test_files_that_nobody_agreed_to_do_not_come_into_force(
    world: World, statements: list[str]
) -> None:
    world.request()
    gains_sight(world)
    with world.store.write() as db:
        if "decision" in statements[0]:
            db.execute("update programs set fate = 'replaced' where fate = 'in_force'")
        for statement in statements:
            db.execute(statement)
    world.passes(minutes=5)
    assert "sam-whitaker" not in reviewers(world)
    world.app = create_app(world.app.extensions["settings"], world.clock)
    with suppress(ProgramError):
        assert "sam-whitaker" not in reviewers(world)


def reviewers(world: World) -> set[str]:
    program = world.engine.program
    return {one for them in program.departments for one in program.coordinators_of(them)}


# What ends


def test_a_revoked_link_stays_revoked(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    assert run(world, "revoke", reference).exit_code == 0
    with world.store.write() as db:
        db.execute("update links set is_revoked = 0, expires_on = '2099-12-31'")
    assert "Decide" not in world.open(world.mail(JORDAN)).text
    assert page.again().status >= 400


def test_a_visit_ends_when_it_was_to_end(world: World) -> None:
    world.request()
    page = world.open(world.mail(JORDAN))
    with world.store.write() as db:
        db.execute("update visits set expires_at = '2099-12-31T00:00:00Z'")
    assert page.again().status == 200
    world.passes(minutes=40)
    assert page.again().status >= 400


def test_an_offer_does_not_come_back_with_an_older_document(world: World) -> None:
    """A supporter who said no would accept it once more, and read the name."""
    reference = world.offered()
    first = world.asked(reference)
    columns = "document, version, state, offer_state, supporter"
    older = world.store.read().execute(f"select {columns} from cases").fetchone()  # noqa: S608
    world.open(world.mail(first)).choose("declined")
    world.passes(minutes=11)
    assert world.asked(reference) != first
    with world.store.write() as db:
        db.execute(
            "update cases set document = ?, version = ?, state = ?, offer_state = ?, supporter = ?",
            list(older),
        )
    page = world.open(world.mail(first))
    if page.status == 200:
        page = page.choose("accepted")
    assert page.status >= 400
    assert "Jamie" not in page.text


# Older seals


def as_sealed_before(world: World) -> None:
    """Seal everything as the release before: without a place, or with a key alone."""
    with world.store.write() as db:
        for column, key in binding.KEYS:
            table, _, name = column.partition(".")
            rows = db.execute(
                f"select rowid, {key}, {name} from {table} where {name} is not null"  # noqa: S608
            ).fetchall()
            for row_id, of_row, sealed in rows:
                before = f"{of_row}\n" if column in binding.FIRST_LINE else ""
                text = before + disk.text_of(db.seal, sealed)
                db.execute(
                    f"update {table} set {name} = ? where rowid = ?",  # noqa: S608
                    [db.seal.wrap(text), row_id],
                )
        db.execute("update links set person = 'as before'")
        db.execute("delete from _sqlite_migrations where name = 'bound'")


def test_what_the_release_before_sealed_opens_after_the_migration(world: World) -> None:
    _, supporter = world.matched()
    as_sealed_before(world)
    assert world.open(world.mail(JORDAN)).status >= 400
    assert migrate(world.store) == ["bound"]
    again = create_app(world.app.extensions["settings"], world.clock)
    assert "sam-whitaker" in again.extensions["engine"]().program.duties.admins
    page = world.open(world.mail(JORDAN))
    assert page.status == 200
    assert "Jamie" in page.choose("identity").text
    known = again.extensions["engine"]().program.supporters.values()
    id = next(one.id for one in known if supporter in (one.email, one.notify_email))
    assert "Revoked: all links of" in run(world, "revoke", "--person", id).output
    assert "Jamie" not in world.open(world.mails(supporter)[-1]).text


def test_a_migration_that_runs_again_gives_nothing_a_place(world: World) -> None:
    world.request()
    sealed = world.store.seal.wrap("Sealed by an earlier release")
    with world.store.write() as db:
        db.execute("update deliveries set response_id = ?", [sealed])
        db.execute("delete from _sqlite_migrations where name = 'bound'")
    before = sorted(world.store.read().conn.iterdump())
    assert migrate(world.store) == ["bound"]
    (found,) = world.store.read().execute("select response_id from deliveries").fetchone()
    assert found == sealed
    after = sorted(world.store.read().conn.iterdump())
    differing = {line.partition(" VALUES")[0] for line in {*before} ^ {*after}}
    assert differing <= {'INSERT INTO "_sqlite_migrations"', 'INSERT INTO "sqlite_sequence"'}


def test_only_keys_and_migrations_seal_or_open_without_a_place() -> None:
    root = Path(__file__).parent.parent
    files = [path for folder in ("engine", "casebook", "store", "pages", "worker", "commands",
                                 "notifications", "qualtrics", "program", "lib")
             for path in (root / folder).rglob("*.py")]  # fmt: skip
    found = {f"{path.relative_to(root)}" for path in files
             if re.search(r"\b(un)?wrap\(", path.read_text())}  # fmt: skip
    # The last two only try whether the keys open something.
    assert found == {
        "store/sealing.py", "store/keys/binding.py", "store/keys/rotation.py",
        "store/keys/upgrade.py", "store/copies/checking.py", "pages/monitors/health.py",
    }  # fmt: skip
