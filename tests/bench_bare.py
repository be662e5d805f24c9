"""The yardsticks: a Flask app that does nothing, and an insert by hand without Flask."""

import fcntl
import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

app = Flask(__name__)


@app.post("/webhooks/qualtrics/events")
def answer() -> str:
    return ""


_thread, _lock = threading.local(), threading.Lock()


def by_hand(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer 200 once the body is on disk: the most that gunicorn and SQLite allow."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    path = f"{os.environ['DATABASE']}.by-hand"
    with _lock, open(f"{path}.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _connection(path).execute(
            "insert into rows (hash, body) values (?, ?)", [hashlib.sha256(body).hexdigest(), body]
        )
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]


def _connection(path: str) -> sqlite3.Connection:
    if not hasattr(_thread, "connection"):
        _thread.connection = sqlite3.connect(path, isolation_level=None)
        _thread.connection.execute("pragma journal_mode = wal")
        _thread.connection.execute("pragma synchronous = full")
        _thread.connection.execute(
            "create table if not exists rows (id integer primary key, hash text unique, body blob)"
        )
    found: sqlite3.Connection = _thread.connection
    return found
