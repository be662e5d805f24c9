"""What the new machine reaches outside of itself: package registries and a mail server."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

AT_ONCE = 65536
PATIENCE_SECONDS = 600
Connect = Callable[[socket.socket], socket.socket]


def forward(listening: socket.socket, connect: Connect) -> None:
    """Join whoever connects with a server, in threads of their own, until the socket closes."""
    threading.Thread(target=_accept, args=(listening, connect), daemon=True).start()


def to_port(port: int) -> Connect:
    """Connect everybody to a port of ours."""
    return lambda client: socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)


def to_whatever_is_asked(client: socket.socket) -> socket.socket:
    """Connect as an HTTP proxy does."""
    head = client.recv(AT_ONCE)
    method, target, _ = head.split(b"\r\n", 1)[0].decode("ascii").split(" ", 2)
    wanted = urlsplit(f"//{target}" if method == "CONNECT" else target)
    server = socket.create_connection((f"{wanted.hostname}", wanted.port or 80), PATIENCE_SECONDS)
    if method == "CONNECT":
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    else:
        server.sendall(head)
    return server


def _accept(listening: socket.socket, connect: Connect) -> None:
    with suppress(OSError):
        while True:
            client, _ = listening.accept()
            threading.Thread(target=_join, args=(client, connect), daemon=True).start()


def _join(client: socket.socket, connect: Connect) -> None:
    with suppress(OSError, ValueError), client, connect(client) as server:
        back = threading.Thread(target=_copy, args=(server, client), daemon=True)
        back.start()
        _copy(client, server)
        back.join(PATIENCE_SECONDS)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(AT_ONCE):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
