"""Addresses of servers as settings hold them: of what kind they are, and whether they are safe."""

import re
from urllib.parse import SplitResult, parse_qsl, urlsplit, urlunsplit

from lib.addresses import is_sender

SMTP_SCHEMES = ("smtp", "smtp+starttls", "smtps")
IMAP_SCHEMES = ("imap", "imap+starttls", "imaps")
#: As long as what replaces the star in the address that mails come back to.
TOKEN = "0" * 32
#: A path that needs no encoding, and that no server reads as another one.
PREFIX = re.compile(r"(/[A-Za-z0-9][A-Za-z0-9_-]*)*")
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
#: A host that links, cookies and the Message-ID of mails can carry.
HOST = re.compile(r"(?=.{1,189}$)[a-z0-9]+(-+[a-z0-9]+)*(\.[a-z0-9]+(-+[a-z0-9]+)*)*")


def is_web_address(value: str) -> bool:
    """Tell whether a value is only a scheme, a host and perhaps a port."""
    url = _split(value)
    if url is None or url.scheme not in ("http", "https"):
        return False
    return url.path in ("", "/") and "@" not in url.netloc and not (url.query or url.fragment)


def is_base_address(value: str) -> bool:
    """Tell whether a value is a web address, perhaps with a plain path below which we are."""
    url = _split(value)
    if url is None or not PREFIX.fullmatch(url.path.rstrip("/")):
        return False
    return is_web_address(urlunsplit(url._replace(path="")))


def prefix_of(base_url: str) -> str:
    """Return the path below which the service is, without a slash at its end; "" if none."""
    return urlsplit(base_url).path.rstrip("/")


def is_encrypted_or_local(value: str) -> bool:
    """Tell whether a token sent there is encrypted or stays on this machine (as in the demo)."""
    url = _split(value)
    return url is None or url.scheme == "https" or url.hostname in LOOPBACK_HOSTS


def is_monitor_address(value: str) -> bool:
    """Tell whether a value is an https address, or http on this machine."""
    url = _split(value)
    if url is None or url.scheme not in ("http", "https"):
        return False
    return "@" not in url.netloc and is_encrypted_or_local(value)


def is_smtp_address(value: str) -> bool:
    url = _split(value)
    if url is None or url.scheme not in SMTP_SCHEMES or url.path not in ("", "/") or url.fragment:
        return False
    return not url.query or _is_app(url, tenant=True)


def is_graph_address(value: str) -> bool:
    """Tell whether a value names an app of Microsoft 365, and only encrypted or local servers."""
    url = _split(value)
    if url is None or url.scheme != "graph" or url.path not in ("", "/"):
        return False
    return _is_app(url, tenant=False)


def _is_app(url: SplitResult, *, tenant: bool) -> bool:
    """Tell whether a query names an app, and perhaps servers that are encrypted or local."""
    given = dict(parse_qsl(url.query))
    needed = {"client_id", "client_secret", *(["tenant"] if tenant else [])}
    servers = [given[name] for name in ("login", "graph") if name in given]
    is_app = needed <= given.keys() <= {*needed, "login", "graph"}
    return is_app and all(is_web_address(one) and is_encrypted_or_local(one) for one in servers)


def is_mailbox_address(value: str) -> bool:
    """Tell whether a value names a mailbox to read; a password leaves this machine encrypted."""
    url = urlsplit(value) if value.startswith("maildir:") else _split(value)
    if url is None or url.fragment or not is_return_address(url.query):
        return False
    if url.scheme == "maildir":
        return not url.netloc and len(url.path) > 1
    is_local = url.hostname in LOOPBACK_HOSTS
    is_safe = url.scheme in IMAP_SCHEMES and (url.scheme != "imap" or is_local)
    return is_safe and bool(url.username and url.password) and url.path.isascii()


def is_return_address(query: str) -> bool:
    """Tell whether a query is empty or names the one address that mails come back to."""
    name, _, address = query.partition("=")
    local = address.partition("@")[0]
    is_named = name == "address" and address.count("*") == local.count("*") <= 1
    return not query or (is_named and is_sender(address.replace("*", TOKEN)))


def has_raw_characters(value: str) -> bool:
    """Tell whether user or password of a URL hold what ends the part before a host."""
    user, at, _ = value.partition("://")[2].rpartition("@")
    return bool(at) and bool(re.search(r"[#/?]", user))


def sends_password_in_clear(value: str) -> bool:
    url = _split(value)
    if url is None or not (url.password or url.query):
        return False
    return url.scheme == "smtp" and url.hostname not in LOOPBACK_HOSTS


def has_plain_host(value: str) -> bool:
    url = _split(value)
    return url is not None and bool(HOST.fullmatch(url.hostname or ""))


def _split(value: str) -> SplitResult | None:
    """Split a URL that has a host and, if any, a port from 1 to 65535."""
    try:
        url = urlsplit(value)
        is_usable = bool(url.hostname) and url.port != 0
    except ValueError:
        return None
    return url if is_usable and not re.search(r"\s", value) else None
