"""A client that costs little: keep-alive connections in one process, requests made beforehand."""

import json
import selectors
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urlencode

from demo.qualtrics.publisher import signature

DOOR = "/webhooks/qualtrics/events"
MOST_A_SECOND = 10_000
SILENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Rate:
    """What one burst of requests was answered with; times in milliseconds."""

    a_second: float
    p50: float
    p99: float
    failed: int


@dataclass
class Connection:
    """One keep-alive connection with at most one request on its way."""

    peer: socket.socket
    sent_at: float = 0.0
    received: bytes = b""

    def send(self, request: bytes) -> None:
        self.received, self.sent_at = b"", time.perf_counter()
        self.peer.sendall(request)

    def is_answered(self) -> bool:
        """Read what is there; True once the whole answer is."""
        chunk = self.peer.recv(65536)
        self.received += chunk
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not chunk or not end:
            return not chunk
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        return len(body) >= int(length or 0)


@dataclass
class Burst:
    """Sends requests over its connections as fast as they are answered."""

    port: int
    requests: Iterator[bytes]
    connections: int
    seconds: float = SILENCE_SECONDS
    latencies: list[float] = field(default_factory=list)
    failed: int = 0

    def run(self) -> float:
        """Send until the requests or the time are used up; returns how long that took."""
        began = time.perf_counter()
        with ExitStack() as stack:
            waiting = stack.enter_context(selectors.DefaultSelector())
            for request in islice(self.requests, self.connections):
                peer = stack.enter_context(
                    socket.create_connection(("127.0.0.1", self.port), timeout=20)
                )
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection = Connection(peer)
                waiting.register(peer, selectors.EVENT_READ, connection)
                connection.send(request)
            while waiting.get_map():
                self._take_answers(waiting, goes_on=time.perf_counter() - began < self.seconds)
        return time.perf_counter() - began

    def _take_answers(self, waiting: selectors.BaseSelector, goes_on: bool) -> None:
        ready = waiting.select(SILENCE_SECONDS)
        if not ready:
            raise TimeoutError(f"The service did not answer for {SILENCE_SECONDS} s")
        for key, _ in ready:
            connection: Connection = key.data
            if not connection.is_answered():
                continue
            self.latencies.append(time.perf_counter() - connection.sent_at)
            is_good = connection.received.startswith(b"HTTP/1.1 200 ")
            self.failed += not is_good
            request = next(self.requests, None) if goes_on and is_good else None
            if request is None:
                waiting.unregister(connection.peer)
            else:
                connection.send(request)


def delivery(survey_id: str, response_id: str, key: str) -> bytes:
    """Return a signed event as it comes over the wire."""
    event = {
        "Status": "Complete",
        "SurveyID": survey_id,
        "ResponseID": response_id,
        "CompletedDate": "2026-11-20 14:05:00",
        "BrandID": "examplehealth",
    }
    message = json.dumps(event, separators=(",", ":"))
    topic = f"examplehealth.surveyengine.completedResponse.{survey_id}"
    body = urlencode({"Topic": topic, "MSG": message, "HMAC": signature(key, message)}).encode()
    head = (
        f"POST {DOOR} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def measure(port: int, key: str, prefix: str, connections: int, seconds: float) -> Rate:
    """Send distinct deliveries for some seconds, all of them signed before the first one leaves."""
    ids = (f"R_{prefix}{number:08d}" for number in range(int(MOST_A_SECOND * seconds)))
    requests = [delivery("SV_benchmark", id, key) for id in ids]
    burst = Burst(port, iter(requests), connections, seconds)
    took = burst.run()
    times = sorted(1000 * latency for latency in burst.latencies)
    return Rate(
        len(times) / took, times[len(times) // 2], times[len(times) * 99 // 100], burst.failed
    )


def acknowledged_after(port: int, requests: Iterable[bytes], connections: int) -> float:
    """Return the seconds until every request is answered with 200."""
    burst = Burst(port, iter(requests), connections)
    took = burst.run()
    if burst.failed:
        raise RuntimeError(f"{burst.failed} deliveries were refused")
    return took
