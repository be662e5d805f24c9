"""Secrets may stand in files, as Docker and systemd hand them over."""

from pathlib import Path

import pytest

from settings import SECRETS, Settings, SettingsError
from tests.test_settings import GOOD, SECRET


def refused(env: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as error:
        Settings.from_env(env)
    return "\n".join(error.value.problems)


@pytest.mark.parametrize("name", [name for name in SECRETS if name in GOOD])
def test_a_secret_is_read_from_the_file_that_a_variable_names(tmp_path: Path, name: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{GOOD[name]}\n")
    elsewhere = {key: value for key, value in GOOD.items() if key != name}

    settings = Settings.from_env(elsewhere | {f"{name}_FILE": str(secret)})

    assert settings == Settings.from_env(GOOD)


def test_a_credential_of_systemd_counts_without_a_variable(tmp_path: Path) -> None:
    (tmp_path / "SECRET_KEY").write_text(SECRET)
    env = {key: value for key, value in GOOD.items() if key != "SECRET_KEY"}

    assert Settings.from_env(env | {"CREDENTIALS_DIRECTORY": str(tmp_path)}).secret_key == SECRET


def test_a_secret_in_two_places_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)

    said = refused(GOOD | {"SECRET_KEY_FILE": str(secret)})

    assert said == "SECRET_KEY and SECRET_KEY_FILE are both set; set the one that counts."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file or directory"),
        (b"", "it is empty"),
        (b"\xff\xfe\x00", "it is not text in UTF-8"),
        (b"x" * 70_000, "it is larger than 65,536 bytes"),
    ],
)
def test_a_file_that_holds_no_setting_is_named_with_the_reason(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_bytes(content)
    env = {key: value for key, value in GOOD.items() if key != "SECRET_KEY"}

    said = refused(env | {"SECRET_KEY_FILE": str(secret)})

    assert f"SECRET_KEY_FILE names a file that cannot be used: {why}." in said
    assert str(secret) not in said
