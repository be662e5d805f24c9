"""What the demo makes before its first start: secrets, the admins' folder."""

import re
import secrets
import shutil
from pathlib import Path

from cryptography.fernet import Fernet

SETTINGS_FILE = Path(".env.demo")
EXAMPLE = Path("config.example")


def prepare_settings(path: Path = SETTINGS_FILE) -> dict[str, str]:
    """Return the demo's settings; the file gets whatever it does not have yet."""
    kept = read_settings(path) if path.exists() else {}
    settings = _fresh() | kept
    if settings != kept:
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    return settings


def read_settings(path: Path) -> dict[str, str]:
    """Return what a file of settings holds."""
    lines = (line.strip() for line in path.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _fresh() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATA_KEYS": Fernet.generate_key().decode(),
        "DATABASE": "var/demo/peer-support.db",
        "CONFIG_DIR": "config",
        "BASE_URL": "http://127.0.0.1:8000",
        "QUALTRICS_BASE_URL": "http://127.0.0.1:8025",
        "QUALTRICS_API_TOKEN": secrets.token_hex(20),
        "QUALTRICS_SHARED_KEYS": secrets.token_urlsafe(32),
        "QUALTRICS_WEBHOOK_TOKENS": secrets.token_urlsafe(32),
        "SMTP_URL": "smtp://127.0.0.1:2525",
        "MAIL_FROM": "Care Desk <care-desk@example.org>",
        "MAIL_REPLY_TO": "care-desk@example.org",
        "TRUSTED_PROXIES": "0",
    }


def prepare_config(config: Path, example: Path = EXAMPLE) -> bool:
    """Copy the example program, readable by its owner only; False when there is one already."""
    if config.exists():
        return False
    shutil.copytree(example, config)
    for path in [config, *config.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    _mail_at_once(config / "program.toml")
    return True


def _mail_at_once(program: Path) -> None:
    """Let the first mail to the coordinators leave at once."""
    if program.exists():
        text = program.read_text()
        line = re.compile(r"^(\s*review_mail_delay\s*=)([^#\n]*)", re.MULTILINE)
        program.write_text(line.sub(r'\1 "none" ', text))
