"""The addresses that the parts of the demo listen on, from the service's settings."""

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit


class AddressError(Exception):
    """A variable does not contain an address to listen on."""


@dataclass(frozen=True)
class Address:
    """A host and a port on this computer, and the variable that names them."""

    host: str
    port: int
    variable: str

    @classmethod
    def read(cls, env: Mapping[str, str], variable: str) -> Self:
        """Return the address in a URL of the environment."""
        parts = urlsplit(env[variable])
        if parts.hostname is None or parts.port is None:
            raise AddressError(
                f"{variable} needs a host and a port, such as http://127.0.0.1:8000."
            )
        return cls(parts.hostname, parts.port, variable)

    def is_taken(self) -> bool:
        """Tell whether another program listens on this address."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError:
                return True
        return False

    def answers(self) -> bool:
        """Tell whether a program accepts connections on this address."""
        try:
            with socket.create_connection((self.host, self.port), timeout=1):
                return True
        except OSError:
            return False


def all_addresses(env: Mapping[str, str]) -> Iterator[Address]:
    """Yield the addresses of the service, the demo's pages and the mailbox."""
    for variable in ("BASE_URL", "QUALTRICS_BASE_URL", "SMTP_URL"):
        yield Address.read(env, variable)
