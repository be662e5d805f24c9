"""What a single environment variable may be, and how to say what is allowed."""

import re
from email.utils import getaddresses
from urllib.parse import SplitResult, urlsplit

from cryptography.fernet import Fernet

from lib.addresses import is_sender

SHORTEST_SECRET_KEY = 32
SHORTEST_DOOR_KEY = 16
MOST_PROXIES = 10
SMTP_SCHEMES = ("smtp", "smtp+starttls", "smtps")
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")

LONG_SECRET = f"at least {SHORTEST_SECRET_KEY} random characters"
DOOR_KEY = f"each needs at least {SHORTEST_DOOR_KEY} characters"
FERNET_KEY = "each is 32 random bytes in URL-safe base64 (44 characters), as Fernet makes them"
WEB_ADDRESS = "scheme and host only, such as https://care-desk.example.org"
MONITOR_ADDRESS = "write what your monitor calls for, such as https://monitor.example.org/ping/7f3a"
SMTP_ADDRESS = " or ".join(f"{scheme}://user:password@host:port" for scheme in SMTP_SCHEMES)
MAIL_ADDRESS = 'one address, "care-desk@example.org" or "Care Desk <care-desk@example.org>"'


def is_long_secret(value: str) -> bool:
    return len(value) >= SHORTEST_SECRET_KEY


def is_door_key(value: str) -> bool:
    return len(value) >= SHORTEST_DOOR_KEY


def is_fernet_key(value: str) -> bool:
    try:
        Fernet(value)
    except ValueError:
        return False
    return True


def is_web_address(value: str) -> bool:
    """Tell whether this is scheme, host and perhaps port, and nothing else."""
    url = _split(value)
    if url is None or url.scheme not in ("http", "https"):
        return False
    return url.path in ("", "/") and "@" not in url.netloc and not (url.query or url.fragment)


def is_private_on_the_way(value: str) -> bool:
    """A token must not travel in the clear, except to this machine (the demo)."""
    url = urlsplit(value)
    return url.scheme == "https" or url.hostname in LOOPBACK_HOSTS


def is_monitor_address(value: str) -> bool:
    """Tell whether this is an address with https, or with http on this machine."""
    url = _split(value)
    if url is None or url.scheme not in ("http", "https"):
        return False
    return "@" not in url.netloc and is_private_on_the_way(value)


def is_smtp_address(value: str) -> bool:
    url = _split(value)
    return url is not None and url.scheme in SMTP_SCHEMES and url.path in ("", "/")


def is_one_mail_address(value: str) -> bool:
    """Tell whether this is one address, with nothing that could become another header."""
    if not value.isprintable() or "=?" in value:
        return False
    found = getaddresses([value])
    return len(found) == 1 and is_sender(found[0][1])


def _split(value: str) -> SplitResult | None:
    """Split a URL that has a host and, if any, a port from 1 to 65535."""
    try:
        url = urlsplit(value)
        is_usable = bool(url.hostname) and url.port != 0
    except ValueError:
        return None
    return url if is_usable and not re.search(r"\s", value) else None
