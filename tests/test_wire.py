"""How the tests ask the service."""

import socket

import pytest
import requests

from tests.wire import session


@pytest.mark.parametrize("limit", [0.1, (5, 0.1)])
def test_who_never_answers_is_waited_for_as_long_as_was_said(
    limit: float | tuple[float, float],
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        session() as web,
        pytest.raises(requests.Timeout),
    ):
        web.get(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=limit)
