"""Settings: secrets and addresses from the environment, checked before anything starts."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import getaddresses
from pathlib import Path

from cryptography.fernet import Fernet

from lib.addresses import is_sender
from lib.secrets.files import with_files
from lib.secrets.keys import is_weak, is_weak_fernet_key
from lib.web_addresses import (
    SMTP_SCHEMES,
    has_plain_host,
    has_raw_characters,
    is_base_address,
    is_encrypted_or_local,
    is_graph_address,
    is_mailbox_address,
    is_monitor_address,
    is_smtp_address,
    is_web_address,
    sends_password_in_clear,
)

CONFIG_DIR = Path("config")
SHORTEST_SECRET_KEY = 32
SHORTEST_DOOR_KEY = 16
MOST_PROXIES = 10
#: gunicorn drops names with underscores, which some servers read as hyphens.
SIGN_ON_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{2,63}")
SIGN_ON_FOR = ("reviewers", "staff")
#: Headers that clients send or that say something else.
NOT_OURS = ("cookie", "host", "forwarded", "authorization", "user-agent", "x-sign-on-secret",
            "x-forwarded-for", "x-forwarded-proto")  # fmt: skip
#: These may be unsafe on purpose, when ALLOW_UNSAFE names them.
MAY_BE_UNSAFE = ("BASE_URL", "SMTP_URL", "PORT", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "DATA_KEYS",
                 "QUALTRICS_SHARED_KEYS", "QUALTRICS_WEBHOOK_TOKENS")  # fmt: skip

#: These may also stand in a file: `SECRET_KEY_FILE`, or a credential of systemd.
SECRETS = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "DATA_KEYS", "SMTP_URL", "MAIL_URL", "BOUNCES_URL",
           "QUALTRICS_API_TOKEN", "QUALTRICS_CLIENT_SECRET", "QUALTRICS_SHARED_KEYS",
           "QUALTRICS_WEBHOOK_TOKENS", "HEARTBEAT_URL", "SIGN_ON_SECRETS",
           "METRICS_TOKEN")  # fmt: skip

LONG_SECRET = f"at least {SHORTEST_SECRET_KEY} random characters"
DOOR_KEY = f"each needs at least {SHORTEST_DOOR_KEY} characters"
FERNET_KEY = "each is 32 random bytes in URL-safe base64 (44 characters), as Fernet makes them"
WEB_ADDRESS = (
    "scheme and host, such as https://care-desk.example.org, and perhaps a path of letters, digits,"
    " _ and -, such as https://host.example.org/care-desk"
)
HOST_NAME = (
    "its host may have the letters a to z, digits, dots and hyphens: write a name instead of an"
    " IPv6 address, and other letters as xn--…"
)
ENCODED = "write them percent-encoded: # as %23, / as %2F, ? as %3F, @ as %40"
RANDOM = "make it at random: docs/deploy.md has the commands"
MONITOR_ADDRESS = "write what your monitor calls for, such as https://monitor.example.org/ping/7f3a"
SMTP_ADDRESS = " or ".join(f"{scheme}://user:password@host:port" for scheme in SMTP_SCHEMES)
BOUNCES_ADDRESS = (
    "write imaps://user:password@host/INBOX, imap+starttls:// the same, or maildir:///path;"
    " write @, #, / and ? in user and password as %40, %23, %2F and %3F; if mails are to come back"
    " to another address than MAIL_FROM, add ?address=bounces@example.org, or"
    " ?address=bounces+*@example.org, if the mailbox takes every word in place of the star"
)
HEADER = "name the one that your proxy sets, such as X-Auth-Request-Email"
GRAPH_ADDRESS = (
    "graph://tenant?client_id=…&client_secret=… (with &, #, /, ? and + of the secret as %26, %23,"
    " %2F, %3F and %2B)"
)
MAIL_ADDRESS = 'one address, "care-desk@example.org" or "Care Desk <care-desk@example.org>"'


@dataclass(frozen=True)
class SignOn:
    """The institution's sign-on in front: which header names who is signed on, and who must be."""

    header: str
    #: With one of them the proxy shows that the header is from it.
    secrets: tuple[str, ...] = field(repr=False)
    includes_supporters: bool


class SettingsError(Exception):
    """Everything that is wrong with the environment; never the value of a variable."""

    def __init__(self, problems: Iterable[str], config_dir: Path = CONFIG_DIR) -> None:
        self.problems = tuple(problems)
        #: Known even when other settings are wrong, so that the folder can still be checked.
        self.config_dir = config_dir
        super().__init__("The settings are not usable:\n" + "\n".join(self.problems))


@dataclass(frozen=True)
class Settings:
    """What one installation needs to know besides the admins' folder. Its repr hides secrets."""

    secret_key: str = field(repr=False)
    data_keys: tuple[str, ...] = field(repr=False)
    base_url: str
    smtp_url: str = field(repr=False)
    mail_from: str
    mail_reply_to: str
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    #: The path of a file, or the URL of a PostgreSQL database, which may hold a password.
    database: str = field(default="var/peer-support.db", repr=False)
    config_dir: Path = CONFIG_DIR
    qualtrics_base_url: str = ""
    qualtrics_api_token: str = field(default="", repr=False)
    qualtrics_client_id: str = ""
    qualtrics_client_secret: str = field(default="", repr=False)
    qualtrics_shared_keys: tuple[str, ...] = field(default=(), repr=False)
    qualtrics_webhook_tokens: tuple[str, ...] = field(default=(), repr=False)
    trusted_proxies: int = 0
    #: Secret, because anybody who knows it could send heartbeats for us.
    heartbeat_url: str = field(default="", repr=False)
    #: The mailbox that undeliverable mails come back to; "" means that nobody reads it.
    bounces_url: str = field(default="", repr=False)
    #: None if links alone are enough.
    sign_on: SignOn | None = None
    #: Sends by Microsoft 365 instead of SMTP; "" means SMTP.
    mail_url: str = field(default="", repr=False)
    #: Opens /metrics; "" means that nobody may read them.
    metrics_token: str = field(default="", repr=False)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read and check all variables; SettingsError names everything that is wrong."""
        read = _Reader(env)
        settings = cls(
            secret_key=read.secret_key(),
            secret_key_fallbacks=read.several("SECRET_KEY_FALLBACKS", is_long_secret, LONG_SECRET),
            data_keys=read.data_keys(),
            database=read.optional("DATABASE", "var/peer-support.db"),
            config_dir=Path(read.optional("CONFIG_DIR", f"{CONFIG_DIR}")),
            base_url=read.base_url(),
            qualtrics_base_url=read.qualtrics_base_url(),
            qualtrics_api_token=read.optional("QUALTRICS_API_TOKEN"),
            qualtrics_client_id=read.optional("QUALTRICS_CLIENT_ID"),
            qualtrics_client_secret=read.optional("QUALTRICS_CLIENT_SECRET"),
            qualtrics_shared_keys=read.several("QUALTRICS_SHARED_KEYS", is_door_key, DOOR_KEY),
            qualtrics_webhook_tokens=read.several(
                "QUALTRICS_WEBHOOK_TOKENS", is_door_key, DOOR_KEY
            ),
            smtp_url=read.smtp_url(),
            mail_url=read.mail_url(),
            mail_from=read.mail_address("MAIL_FROM"),
            mail_reply_to=read.mail_address("MAIL_REPLY_TO"),
            trusted_proxies=read.trusted_proxies(),
            heartbeat_url=read.heartbeat_url(),
            bounces_url=read.bounces_url(),
            sign_on=read.sign_on(),
            metrics_token=read.metrics_token(),
        )
        read.check_qualtrics(settings)
        read.check_safety(settings)
        read.check_sign_on(settings)
        if read.problems:
            raise SettingsError(read.problems, settings.config_dir)
        return settings

    @property
    def has_api(self) -> bool:
        """Tell whether answers can be fetched; without API access they come inline."""
        return bool(self.qualtrics_api_token or self.qualtrics_client_id)


class _Reader:
    """Reads variables and collects what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env, self.problems = with_files(env, SECRETS)

    def complain(self, name: str, what: str, allowed: str) -> None:
        self.problems.append(f"{name} {what}; {allowed}.")

    def optional(self, name: str, default: str = "") -> str:
        return self._env.get(name, "").strip() or default

    def required(self, name: str, allowed: str) -> str:
        value = self.optional(name)
        if not value:
            self.complain(name, "is not set", f"set it to {allowed}")
        return value

    def several(self, name: str, is_fine: Callable[[str], bool], allowed: str) -> tuple[str, ...]:
        """Read a comma-separated variable; a problem names the position of the wrong entry."""
        entries = tuple(filter(None, (entry.strip() for entry in self.optional(name).split(","))))
        for position, entry in enumerate(entries, start=1):
            if not is_fine(entry):
                self.complain(name, f"is wrong in entry {position} of {len(entries)}", allowed)
        return entries

    def secret_key(self) -> str:
        value = self.required("SECRET_KEY", LONG_SECRET)
        if value and not is_long_secret(value):
            self.complain("SECRET_KEY", "is too short", f"use {LONG_SECRET}")
        return value

    def data_keys(self) -> tuple[str, ...]:
        keys = self.several("DATA_KEYS", is_fernet_key, FERNET_KEY)
        if not keys:
            self.complain("DATA_KEYS", "is not set", f"set it to one or more keys, {FERNET_KEY}")
        return keys

    def base_url(self) -> str:
        value = self.required("BASE_URL", WEB_ADDRESS)
        if value and not is_base_address(value):
            self.complain("BASE_URL", "is not a usable web address", f"write {WEB_ADDRESS}")
        elif value and not has_plain_host(value):
            self.complain("BASE_URL", "has a host that mails and links cannot carry", HOST_NAME)
        return value.rstrip("/")

    def qualtrics_base_url(self) -> str:
        value = self.optional("QUALTRICS_BASE_URL")
        if value and not (is_web_address(value) and is_encrypted_or_local(value)):
            self.complain(
                "QUALTRICS_BASE_URL",
                "is not a usable web address",
                "write the data center or brand host, like https://yul1.qualtrics.com",
            )
        return value.rstrip("/")

    def mail_url(self) -> str:
        value = self.optional("MAIL_URL")
        if value and not is_graph_address(value):
            self.complain("MAIL_URL", "is not an app of Microsoft 365", f"write {GRAPH_ADDRESS}")
        if value and self.optional("SMTP_URL"):
            self.complain("MAIL_URL and SMTP_URL", "are both set", "set the one that counts")
        return value

    def smtp_url(self) -> str:
        if self.optional("MAIL_URL"):
            return self.optional("SMTP_URL")
        value = self.required("SMTP_URL", f"{SMTP_ADDRESS}, or MAIL_URL to {GRAPH_ADDRESS}")
        if value and not is_smtp_address(value) and has_raw_characters(value):
            self.complain("SMTP_URL", "has a #, / or ? in its user or password", ENCODED)
        elif value and not is_smtp_address(value):
            self.complain("SMTP_URL", "is not a usable mail server", f"write {SMTP_ADDRESS}")
        return value

    def mail_address(self, name: str) -> str:
        value = self.required(name, MAIL_ADDRESS)
        if value and not is_one_mail_address(value):
            self.complain(name, "is not one mail address", f"write {MAIL_ADDRESS}")
        return value

    def trusted_proxies(self) -> int:
        value = self.optional("TRUSTED_PROXIES", "0")
        if value in map(str, range(MOST_PROXIES + 1)):
            return int(value)
        self.complain(
            "TRUSTED_PROXIES",
            "is not a number of proxies",
            f"write how many are in front of the service, 0 to {MOST_PROXIES}",
        )
        return 0

    def heartbeat_url(self) -> str:
        value = self.optional("HEARTBEAT_URL")
        if value and not is_monitor_address(value):
            self.complain("HEARTBEAT_URL", "is not a usable web address", MONITOR_ADDRESS)
        return value

    def metrics_token(self) -> str:
        value = self.optional("METRICS_TOKEN")
        if value and not is_drawn_secret(value):
            self.complain("METRICS_TOKEN", "is too short or easy to guess", f"use {LONG_SECRET}")
        return value

    def bounces_url(self) -> str:
        value = self.optional("BOUNCES_URL")
        if value and not is_mailbox_address(value):
            self.complain("BOUNCES_URL", "is not a usable mailbox", BOUNCES_ADDRESS)
        return value

    def sign_on(self) -> SignOn | None:
        header, whose = self.optional("SIGN_ON_HEADER"), self.optional("SIGN_ON_FOR", "reviewers")
        if header and not (SIGN_ON_HEADER.fullmatch(header) and header.lower() not in NOT_OURS):
            self.complain("SIGN_ON_HEADER", "is not the name of a header", HEADER)
        if whose not in SIGN_ON_FOR:
            self.complain("SIGN_ON_FOR", "is neither of the two", "write reviewers, or staff")
        secrets = self.several("SIGN_ON_SECRETS", is_drawn_secret, f"{LONG_SECRET}; {RANDOM}")
        return SignOn(header, secrets, whose == "staff") if header else None

    def check_sign_on(self, settings: Settings) -> None:
        """Complain where anybody could say who is signed on, or read the proxy's secret."""
        if settings.sign_on is None:
            if self.optional("SIGN_ON_SECRETS") or self.optional("SIGN_ON_FOR"):
                self.complain("SIGN_ON_HEADER", "is not set", f"{HEADER}, or unset SIGN_ON_…")
            return
        if not settings.sign_on.secrets:
            why = "is not set, so that anybody could send SIGN_ON_HEADER"
            self.complain("SIGN_ON_SECRETS", why, f"set it to {LONG_SECRET}")
        if not settings.trusted_proxies:
            why = "is set without a proxy in front that could say who is signed on"
            self.complain("SIGN_ON_HEADER", why, "set TRUSTED_PROXIES, or unset it")
        if not is_encrypted_or_local(settings.base_url):
            why = "is set, but BASE_URL is http away from this machine"
            self.complain("SIGN_ON_HEADER", why, "write https://, or unset it")

    def check_safety(self, settings: Settings) -> None:
        """Complain about what works and protects nobody, unless ALLOW_UNSAFE names it."""
        if not is_encrypted_or_local(settings.base_url):
            what = "is http beyond this machine: anyone on the way can read links, names, and texts"
            self.unsafe("BASE_URL", what, "write https://, and put a proxy with TLS in front")
        if sends_password_in_clear(settings.smtp_url):
            what = "sends the password without encryption"
            self.unsafe("SMTP_URL", what, "write smtp+starttls:// or smtps://")
        if self.optional("PORT") and not settings.trusted_proxies:
            what = "makes the web server listen to everyone, in plain HTTP"
            self.unsafe("PORT", what, "unset it, or set TRUSTED_PROXIES when a proxy is in front")
        keys = {
            "SECRET_KEY": (settings.secret_key,),
            "SECRET_KEY_FALLBACKS": settings.secret_key_fallbacks,
            "QUALTRICS_SHARED_KEYS": settings.qualtrics_shared_keys,
            "QUALTRICS_WEBHOOK_TOKENS": settings.qualtrics_webhook_tokens,
        }
        weak = [name for name, several in keys.items() if any(map(is_weak, filter(None, several)))]
        weak += ["DATA_KEYS"] if any(map(is_weak_fernet_key, settings.data_keys)) else []
        for name in weak:
            self.unsafe(name, "has a key that is easy to guess", RANDOM)
        for name in sorted(self._meant() - set(MAY_BE_UNSAFE)):
            allowed = f"write some of {', '.join(MAY_BE_UNSAFE)}"
            self.complain("ALLOW_UNSAFE", f"names {name!r}, which cannot be unsafe", allowed)

    def unsafe(self, name: str, what: str, allowed: str) -> None:
        is_wrong_already = any(problem.startswith(f"{name} ") for problem in self.problems)
        if name not in self._meant() and not is_wrong_already:
            self.complain(name, what, f"{allowed}, or name it in ALLOW_UNSAFE if you mean it")

    def _meant(self) -> set[str]:
        return set(filter(None, re.split(r"[,\s]+", self.optional("ALLOW_UNSAFE"))))

    def check_qualtrics(self, settings: Settings) -> None:
        """Complain about variables that are fine alone and wrong together."""
        if not settings.qualtrics_shared_keys + settings.qualtrics_webhook_tokens:
            self.complain(
                "QUALTRICS_SHARED_KEYS and QUALTRICS_WEBHOOK_TOKENS",
                "are not set",
                "set at least one of them, or no submission can arrive",
            )
        if bool(settings.qualtrics_client_id) != bool(settings.qualtrics_client_secret):
            self.complain(
                "QUALTRICS_CLIENT_ID and QUALTRICS_CLIENT_SECRET",
                "are not both set",
                "set both or none of them",
            )
        if settings.qualtrics_api_token and settings.qualtrics_client_id:
            self.complain(
                "QUALTRICS_API_TOKEN and QUALTRICS_CLIENT_ID",
                "are both set",
                "set the token, or the client id with its secret, so that it is clear which counts",
            )
        if settings.has_api and not self.optional("QUALTRICS_BASE_URL"):
            self.complain(
                "QUALTRICS_BASE_URL",
                "is not set, but API access is",
                "write the data center or brand host, like https://yul1.qualtrics.com",
            )


# What a single variable may hold.


def is_long_secret(value: str) -> bool:
    return len(value) >= SHORTEST_SECRET_KEY


def is_drawn_secret(value: str) -> bool:
    return is_long_secret(value) and value.isascii() and not is_weak(value)


def is_door_key(value: str) -> bool:
    return len(value) >= SHORTEST_DOOR_KEY


def is_fernet_key(value: str) -> bool:
    try:
        Fernet(value)
    except ValueError:
        return False
    return True


def is_one_mail_address(value: str) -> bool:
    """Tell whether a value is one address and cannot inject a header."""
    if not value.isprintable() or "=?" in value:
        return False
    found = getaddresses([value])
    return len(found) == 1 and is_sender(found[0][1])
