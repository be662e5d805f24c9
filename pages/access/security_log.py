"""The security log: what was refused, where and for which network; never a token or a name."""

import ipaddress
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from logging import Logger
from threading import Lock

from flask import Request, g, request
from werkzeug.wrappers import Response

#: What is written for each status of a refusal.
EVENTS = {
    400: "bad_request",
    403: "forbidden",
    404: "unknown",
    405: "method",
    410: "over",
    413: "too_large",
    415: "wrong_type",
    429: "too_often",
}
#: A link or visit without the sign-on that it needs: written instead of what its status says.
SIGN_ON = "sign_on"
#: What counts as one network.
NETWORK_BITS = {4: 24, 6: 48}
#: Whose routes stand in a line: everyone may ask there. All others need a link, and have one word:
#: which of them it was would tell that a requester, or someone who is asked something, is there.
NAMED = ("arriving", "qualtrics", "look", "help", "health", "metrics", "sign_on")
NAMED_TOO = ("person.ask_for_link", "person.mail_link", "pages.static", "pages.privacy")
PAGE = "page"
#: How many networks are told apart within one minute; the others are "more".
MOST_NETWORKS = 20


class SecurityLog:
    """Writes the 1st, 10th, 100th … refusal of a kind within a minute, so that no one floods it."""

    def __init__(self, logger: Logger, clock: Callable[[], datetime]) -> None:
        self._logger, self._clock = logger, clock
        self._lock = Lock()
        self._minute = ""
        self._counts = Counter[tuple[str, str, str]]()
        self._networks = set[str]()

    def see(self, response: Response) -> Response:
        """Write a line about a refusal, if it is time for one; answers pass unchanged.

        None about an ordinary slip: a form that was sent back to be completed, a tab that was open
        too long. It would tell that someone with a page is in this network.
        """
        event = g.get("refusal") or EVENTS.get(response.status_code)
        if event and not g.get("is_slip"):
            self._note(event, route_of(request), network_of(request.remote_addr or ""))
        return response

    def _note(self, event: str, route: str, network: str) -> None:
        now = self._clock()
        with self._lock:
            count, network = self._counted(f"{now:%Y-%m-%d %H:%M}", event, route, network)
        if is_power_of_ten(count):
            self._logger.warning(
                "security event=%s route=%s network=%s count=%d at=%sZ",
                event, route, network, count, f"{now:%Y-%m-%dT%H:%M:%S}",
            )  # fmt: skip

    def _counted(self, minute: str, event: str, route: str, network: str) -> tuple[int, str]:
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
            self._networks.clear()
        if len(self._networks) >= MOST_NETWORKS and network not in self._networks:
            network = "more"
        self._networks.add(network)
        self._counts[event, route, network] += 1
        return self._counts[event, route, network], network


def route_of(request: Request) -> str:
    """Return the name of a route, if it tells nothing of who has its pages."""
    if request.endpoint is None:
        return "none"
    is_named = request.blueprint in NAMED or request.endpoint in NAMED_TOO
    return request.endpoint if is_named else PAGE


def network_of(address: str) -> str:
    """Return the network of a client, which tells neither the person nor the device."""
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    client = getattr(client, "ipv4_mapped", None) or client
    return str(ipaddress.ip_network((client, NETWORK_BITS[client.version]), strict=False))


def is_power_of_ten(count: int) -> bool:
    return str(count).rstrip("0") == "1"
