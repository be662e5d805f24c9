"""Ports for servers that a test starts."""

import random
import socket

#: Below what the system gives to connections and to whoever asks it for any port: from there, a
#: port that was free a moment ago may be somebody's by the time a server takes it.
OURS = range(12_000, 32_000)
#: The seed of a run must not lead several of its processes to one port.
CHANCE = random.SystemRandom()


def free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    while True:
        port = CHANCE.choice(OURS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
