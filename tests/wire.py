"""Real HTTP that costs little: the suite asks for tens of thousands of pages."""

import http.client
from collections.abc import Iterable
from email.parser import Parser
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPMessage
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.cookies import extract_cookies_to_jar
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

_read_headers = cast(Any, http.client)._read_headers


def parse_headers(source: Any, _class: type[HTTPMessage] = HTTPMessage) -> HTTPMessage:
    """Parse headers as the standard library does, which parses each as a mail: slowly."""
    lines: list[bytes] = _read_headers(source)
    message = _class()
    for line in lines[:-1]:
        name, colon, value = line.decode("iso-8859-1").rstrip("\r\n").partition(":")
        if not colon or not name.replace("-", "").isalnum() or not value.isprintable():
            # What is unusual is read as it always was.
            text = b"".join(lines).decode("iso-8859-1")
            return Parser(_class=_class).parsestr(text)
        message.set_raw(name, value.lstrip(" \t"))
    return message


class Quick(BaseAdapter):
    """Carries one exchange over one connection, without a pool, a proxy or another try."""

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, **how: Any
    ) -> requests.Response:
        parts = urlsplit(cast(str, request.url))
        to_connect, to_read = limits(how["timeout"])
        connection = HTTPConnection(cast(str, parts.hostname), parts.port, timeout=to_connect)
        try:
            body = request.body.encode() if isinstance(request.body, str) else request.body
            connection.connect()
            connection.sock.settimeout(to_read)
            connection.request(cast(str, request.method), request.path_url, body, request.headers)
            answer = connection.getresponse()
            content = answer.read()
        except TimeoutError as error:
            raise requests.Timeout(error, request=request) from error
        except (OSError, HTTPException) as error:
            raise requests.ConnectionError(error, request=request) from error
        finally:
            connection.close()
        return self._reply(request, answer, content)

    def _reply(
        self, request: requests.PreparedRequest, answer: http.client.HTTPResponse, content: bytes
    ) -> requests.Response:
        reply = requests.Response()
        reply.request, reply.url = request, cast(str, request.url)
        reply.status_code, reply.reason = answer.status, answer.reason
        reply.headers = joined(answer.getheaders())
        reply.encoding = get_encoding_from_headers(reply.headers)
        assert "Content-Encoding" not in reply.headers
        reply.raw, reply._content = Raw(answer), content
        reply._content_consumed = True  # type: ignore[attr-defined]
        extract_cookies_to_jar(reply.cookies, request, reply.raw)  # type: ignore[no-untyped-call]
        return reply

    def close(self) -> None:
        """Nothing stays open."""


class Raw:
    """An answer where requests looks for it."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self._original_response = answer


def limits(timeout: float | tuple[float, float]) -> tuple[float, float]:
    """Return how long to wait for a connection, and for what it brings, as requests reads it."""
    return timeout if isinstance(timeout, tuple) else (timeout, timeout)


def joined(headers: Iterable[tuple[str, str]]) -> CaseInsensitiveDict[str]:
    """Return headers with those of one name as one, as requests has them."""
    found: CaseInsensitiveDict[str] = CaseInsensitiveDict()
    for name, value in headers:
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def session() -> requests.Session:
    """A session that asks the service itself, whatever proxy this computer has, with a limit."""
    web = requests.Session()
    web.request = partial(web.request, timeout=60)  # type: ignore[method-assign]
    web.trust_env = False
    web.mount("http://", Quick())
    return web
