"""What `flask check` says about the admins' files."""

import os
import re
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from click.testing import Result
from cryptography.fernet import Fernet

from app import create_app
from commands.checking.exposure import left_behind, network_disk_problems
from tests import postgresql
from tests.program_files import FORGET, change, look
from tests.world import EXAMPLE, SAM, World, example_config


def checked(world: World) -> Result:
    result: Result = world.app.test_cli_runner().invoke(args=["check"])
    return result


def test_flask_check_says_which_version_is_in_force_and_what_became_of_the_folder(
    world: World,
) -> None:
    assert re.match(r"(Note: )?SQLite 3\.\d+", checked(world).output)
    assert "No files are in force yet" in checked(world).output
    world.work()
    since = "In force are the files of 2026-11-23 15:00 UTC; those in"
    assert f"{since} {world.folder}/config are the same." in checked(world).output
    change(world, "program.toml", *FORGET)
    assert "no worker has looked at them yet" in checked(world).output
    look(world)
    assert "wait for a confirmation" in checked(world).output
    assert checked(world).exit_code == 0
    world.open(world.mail(SAM)).choose("rejected")
    assert "were set aside by sam-whitaker" in checked(world).output
    change(world, "program.toml", "tries = 3", "tries = 0")
    look(world)
    assert "are wrong, since 2026-11-23" in checked(world).output
    assert checked(world).exit_code == 1


def test_flask_check_predicts_which_change_will_wait_for_whose_confirmation(world: World) -> None:
    world.work()
    assert "confirmation" not in checked(world).output
    change(world, "program.toml", "tries = 3", "tries = 4")
    assert "confirmation" not in checked(world).output
    change(world, "program.toml", *FORGET)
    result = checked(world)
    assert "Waits for a confirmation by Sam Whitaker: Requests are deleted 7 days" in result.output
    assert result.exit_code == 0
    assert world.count("programs") == 1
    change(world, "program.toml", "tries = 4", "tries = 0")
    assert "confirmation" not in checked(world).output


def test_flask_check_warns_of_invented_addresses_that_were_left(world: World) -> None:
    invented = "Warning: No one reads what we send to "
    assert f"{invented}urgent-pager@example.org, " in checked(world).output
    for file in ("program.toml", "supporters.csv"):
        path = world.folder / "config" / file
        path.write_text(path.read_text().replace("example.org", "mercy-hospital.org"))
    assert invented not in checked(world).output
    change(world, "program.toml", "urgent-pager@mercy-hospital.org", "urgent@example.org")
    assert f"{invented}urgent@example.org: put your own people" in checked(world).output


def test_read_only_commands_do_not_put_files_into_force(world: World) -> None:
    run = world.app.test_cli_runner().invoke
    assert 'gaps in coverage: "flask roster" shows which' in checked(world).output
    assert "Amara Cole" in run(args=["roster"]).output
    assert run(args=["match", "--what-if", "role=physician"]).exit_code == 0
    assert "Nothing to report yet" in run(args=["report", "--supporters"]).output
    assert "forgotten" in run(args=["history", "PS-7K3QF"]).output
    assert world.count("programs") == 0
    change(world, "program.toml", "tries = 3", "tries = 0")
    assert "program.toml, times.tries" in run(args=["roster"]).output


def test_flask_check_refuses_a_folder_that_others_can_read(world: World) -> None:
    config = world.folder / "config"
    assert checked(world).exit_code == 0
    (config / "supporters.csv").chmod(0o644)
    result = checked(world)
    assert "can be read by anyone on this computer (supporters.csv)" in result.output
    assert f"chmod -R go= {config}" in result.output
    assert result.exit_code == 1
    (config / "supporters.csv").chmod(0o600)
    config.chmod(stat.S_IRWXU | stat.S_IROTH)
    assert "(config)" in checked(world).output


def test_flask_check_refuses_a_folder_that_git_tracks(world: World) -> None:
    def git(*words: str) -> None:
        subprocess.run(
            ["git", *words], cwd=world.folder, check=True, capture_output=True, timeout=120
        )

    git("init")
    assert checked(world).exit_code == 0
    git("add", "config/supporters.csv")
    result = checked(world)
    assert "is tracked by git (supporters.csv)" in result.output
    assert result.exit_code == 1


def test_flask_check_refuses_a_database_on_a_network_disk(world: World, tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    inner = tmp_path / "a folder"
    inner.mkdir()
    escaped = f"{inner}".replace(" ", "\\040")
    mounts.write_text(
        f"/dev/sda1 / ext4 rw 0 0\nserver:/share {escaped} nfs4 rw 0 0\n"
        f"//server/share {tmp_path}/other cifs rw 0 0\n"
    )
    (problem,) = network_disk_problems(inner / "var/peer-support.db", mounts)
    assert "is on a network file system (nfs4), where SQLite is not safe" in problem
    assert network_disk_problems(tmp_path / "peer-support.db", mounts) == []
    assert network_disk_problems(tmp_path / "other.db", tmp_path / "no-such-file") == []
    assert "network file system" not in checked(world).output


def test_flask_check_checks_the_folder_even_without_settings(tmp_path: Path) -> None:
    config = example_config(tmp_path)
    roster = config / "supporters.csv"
    roster.write_text(roster.read_text().replace("amara.cole@", "amara.cole"))
    env = {"CONFIG_DIR": str(config), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "check"],
        cwd=EXAMPLE.parent, env=env, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert "SECRET_KEY is not set" in done.stdout
    assert "supporters.csv, line 2, email: " in done.stdout
    assert "is missing" not in done.stdout


def test_flask_check_says_when_no_key_opens_the_database(world: World) -> None:
    settings = replace(
        world.app.extensions["settings"], data_keys=(Fernet.generate_key().decode(),)
    )
    other = create_app(settings, world.clock)
    result = other.test_cli_runner().invoke(args=["check"])
    assert result.exit_code == 1
    assert "DATA_KEYS: No key in DATA_KEYS opens what the database holds" in result.output


def test_flask_check_warns_of_databases_that_are_left(tmp_path: Path) -> None:
    usual = tmp_path / "peer-support.db"
    usual.touch()
    aside = tmp_path / "peer-support.db.before-20261123T150000Z"
    aside.mkdir()
    moved = left_behind("postgresql://desk@db.example.org/desk", usual)
    assert [sentence.split()[0] for sentence in moved] == [str(usual), str(aside)]
    (restored,) = left_behind(str(usual), tmp_path / "other.db")
    assert restored.startswith(f"{aside} is still there")


def test_flask_check_warns_of_a_folder_whose_files_others_see_grow(world: World) -> None:
    """After an address that is known, the log of the database has another size."""
    world.work()
    if postgresql.given():
        # There it is the server's counters, which each login may read that may connect.
        assert "run `revoke connect on database" in world.store.onlookers()
        return
    assert "see by the size and time" not in checked(world).output
    world.folder.chmod(0o755)
    result = checked(world)
    assert f"Warning: Everybody on this computer can look into {world.folder}" in result.output
    assert f"chmod go= {world.folder}" in result.output
    assert result.exit_code == 0
