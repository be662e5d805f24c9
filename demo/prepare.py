"""Prepares the first start of the demo: secrets, and the admins' folder."""

import re
import secrets
import shutil
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

from cryptography.fernet import Fernet

SETTINGS_FILE = Path(".env.demo")
EXAMPLE = Path("config.example")
#: The demo's own pages, which play Qualtrics and an intranet.
INTRANET = "http://127.0.0.1:8025"
#: The sessions of the demo: kind, title, and in how many days.
SESSIONS = (
    ("lunch-and-learn", "Lunch with colleagues", 7),
    ("lunch-and-learn", "Lunch with colleagues", 14),
    ("long-session", "A day together", 21),
    ("refresher", "An hour together", 10),
    ("group-debrief", "Time with colleagues", 45),
)
#: Where mails come back to; the demo has no IMAP server.
BOUNCES = Path("var/demo/bounces")


def prepare_settings(path: Path = SETTINGS_FILE) -> dict[str, str]:
    """Return the demo's settings; add missing ones to the file."""
    stored = read_settings(path) if path.exists() else {}
    settings = _new_settings() | stored
    if settings != stored:
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    return settings


def read_settings(path: Path) -> dict[str, str]:
    """Return the settings in a file."""
    lines = (line.strip() for line in path.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _new_settings() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATA_KEYS": Fernet.generate_key().decode(),
        "DATABASE": "var/demo/peer-support.db",
        "CONFIG_DIR": "config",
        "BASE_URL": "http://127.0.0.1:8000",
        "QUALTRICS_BASE_URL": INTRANET,
        "QUALTRICS_API_TOKEN": secrets.token_hex(20),
        "QUALTRICS_SHARED_KEYS": secrets.token_urlsafe(32),
        "QUALTRICS_WEBHOOK_TOKENS": secrets.token_urlsafe(32),
        "SMTP_URL": "smtp://127.0.0.1:2525",
        "MAIL_FROM": "Care Desk <care-desk@example.org>",
        "MAIL_REPLY_TO": "care-desk@example.org",
        "TRUSTED_PROXIES": "0",
        "BOUNCES_URL": f"maildir://{quote(f'{BOUNCES.absolute()}')}?address=bounces+*@example.org",
    }


def prepare_config(config: Path, example: Path = EXAMPLE, intranet: str = INTRANET) -> bool:
    """Copy the example program, readable by its owner only. Return False if there is one."""
    if config.exists():
        return False
    shutil.copytree(example, config)
    for path in [config, *config.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    _remove_mail_delay(config / "program.toml")
    _let_intranet_frame(config / "program.toml", intranet)
    ask_first(config / "survey.toml")
    add_nominations(config / "survey.toml")
    add_referrals(config / "survey.toml")
    add_sessions(config / "training.toml", date.today())  # noqa: DTZ011 - people's own day
    return True


def add_sessions(training: Path, today: date) -> None:
    """Plan sessions in the coming weeks."""
    if training.exists():
        planned = (
            _session(kind, title, today + timedelta(days=days)) for kind, title, days in SESSIONS
        )
        training.write_text(training.read_text() + "".join(planned))


def _session(kind: str, title: str, day: date) -> str:
    return f'''
[sessions.{day}-{kind}]
kind = "{kind}"
title = "{title}"
begins = {day}T12:00:00
ends = {day}T13:00:00
place = "Main Campus, room 204"
seats = 12
led_by = "jordan-reyes"
'''


def ask_first(survey: Path) -> None:
    """Map the question of the demo's form about being asked before anyone learns the name."""
    if survey.exists():
        facts, asked = "[survey.facts]\n", '{ key = "QID16", choices = { 1 = "yes", 2 = "no" } }'
        survey.write_text(survey.read_text().replace(facts, f"{facts}asks_first = {asked}\n", 1))


def add_nominations(survey: Path) -> None:
    """Let the program have a nomination form: take the comment signs out of its example."""
    _use(survey, "nomination")


def add_referrals(survey: Path) -> None:
    """Let the program have a form about colleagues, likewise."""
    _use(survey, "referral")


def _use(survey: Path, table: str) -> None:
    if survey.exists():
        before, mark, rest = survey.read_text().partition(f"# [[{table}]]\n")
        example, end, after = rest.partition("# ---")
        used = re.sub(r"^# ?", "", mark + example, flags=re.MULTILINE)
        survey.write_text(before + used + end + after)


def _let_intranet_frame(program: Path, intranet: str) -> None:
    """Let the demo's own pages show the page for everybody, as an intranet would."""
    if program.exists():
        framed = f'frames = ["{intranet}"]'
        program.write_text(program.read_text().replace("frames = []", framed, 1))


def _remove_mail_delay(program: Path) -> None:
    """Remove the delay before the first mail to the coordinators."""
    if program.exists():
        text = program.read_text()
        line = re.compile(r"^(\s*review_mail_delay\s*=)([^#\n]*)", re.MULTILINE)
        program.write_text(line.sub(r'\1 "none" ', text))
