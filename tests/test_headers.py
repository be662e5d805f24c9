"""Headers and cookies of every route, over http and https."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from settings import Settings
from tests.world import JORDAN, World, link_in

STRICT = {
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
EXAMPLES = {"token": "nothing", "slot": 1, "number": 1, "filename": "style.css", "page": "me"}
#: The same for everybody, so browsers may keep it.
KEPT = re.compile(r" /(static/style\.css|look\.css|logo|help)")
UNROUTED = ["/nothing", "/open", "/webhooks/qualtrics/nothing", "/static/nothing.css"]


def answers(app: Flask, base_url: str) -> dict[str, TestResponse]:
    """Ask every route by every method, a webhook for what it refuses, and what is no route."""
    client, found = app.test_client(), {}
    adapter = app.url_map.bind("")
    for rule in app.url_map.iter_rules():
        path = adapter.build(rule.endpoint, {k: EXAMPLES[k] for k in rule.arguments})
        for method in ("GET", "HEAD", "POST", "OPTIONS", "PATCH"):
            found[f"{method} {path}"] = client.open(
                path, method=method, base_url=base_url, buffered=True
            )
    for path in UNROUTED:
        found[f"GET {path}"] = client.get(path, base_url=base_url)
    too_large = client.post("/link", data=b"x" * 3_000_000, base_url=base_url)
    return found | {"POST too large": too_large}


def secured(world: World) -> Flask:
    """The same service as people reach it over https."""
    settings: Settings = world.app.extensions["settings"]
    app = create_app(replace(settings, base_url="https://care-desk.example.org"), world.clock)
    app.extensions["engine"] = world.app.extensions["engine"]
    return app


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_answer_is_private_and_strict(world: World, scheme: str) -> None:
    app = secured(world) if scheme == "https" else world.app
    found = answers(app, f"{scheme}://care-desk.example.org")
    assert {answer.status_code for answer in found.values()} >= {200, 400, 403, 404, 405, 413}
    for what, answer in found.items():
        assert answer.headers["X-Content-Type-Options"] == "nosniff", what
        if not KEPT.search(what) or answer.status_code >= 400:
            assert answer.headers["Cache-Control"] == "no-store", what
        if "/webhooks/qualtrics/" in what and "nothing" not in what:
            continue
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, what
        assert "script" not in policy, what
        assert "frame-ancestors 'none'" in policy, what
        assert STRICT.items() <= dict(answer.headers).items(), what
        strict = answer.headers.get("Strict-Transport-Security", "")
        assert ("max-age=31536000" in strict) is (scheme == "https"), what


def test_an_error_of_ours_is_as_strict(world: World) -> None:
    (world.folder / "peer-support.db").write_bytes(b"no database")
    world.store.close()
    answer = world.app.test_client().get("/link")
    assert answer.status_code >= 500
    assert STRICT.items() <= dict(answer.headers).items()
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_cookie_is_for_this_host_alone_and_forms_work(world: World, scheme: str) -> None:
    world.request()
    client = (secured(world) if scheme == "https" else world.app).test_client()
    path, base = (
        link_in(world.mail(JORDAN)).removeprefix(world.url),
        f"{scheme}://care-desk.example.org",
    )
    came = client.get(path, base_url=base)
    looked = client.get(came.location, base_url=base)
    (cookie,) = came.headers.getlist("Set-Cookie")
    name, *flags = cookie.replace("; ", ";").split(";")
    assert name.startswith("__Host-desk=" if scheme == "https" else "desk=")
    assert set(flags) == {"HttpOnly", "Path=/", "SameSite=Lax"} | (
        {"Secure"} if scheme == "https" else set()
    )
    token = looked.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert client.post(came.location, data={"csrf_token": "x"}, base_url=base).status_code == 400
    opened = client.post(came.location, data={"csrf_token": token}, base_url=base)
    there = opened.location
    assert (opened.status_code, there.rpartition("/")[0]) == (303, "/page")
    page = client.get(there, base_url=base)
    assert "Ask a supporter" in page.text
    data = {"csrf_token": token, "choice": "looking"}
    assert client.post(there, data=data | {"csrf_token": ""}, base_url=base).status_code == 400
    assert client.post(there, data=data, base_url=base).status_code == 303


def test_monitors_and_webhooks_write_no_visit_and_set_no_cookie(world: World) -> None:
    client = world.app.test_client()
    for path in ("/alive", "/health", "/webhooks/qualtrics/events", "/privacy", "/help", "/page/1"):
        assert "Set-Cookie" not in client.get(path).headers, path
    client.post("/webhooks/qualtrics/events", data={"MSG": "x"})
    assert world.count("visits") == 0
