"""Over TLS, behind a proxy, as the service runs at an institution."""

import ipaddress
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask, Response, request
from playwright.sync_api import Request, expect
from werkzeug.serving import make_server

from demo.serving import QuietHandler
from tests.browser.conftest import Phone
from tests.world import PRIYA, link_in, living
from workflow.model import State

HOST = "127.0.0.1"
#: Of one connection each; a proxy does not pass them on.
HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive"}


def certificate(folder: Path) -> tuple[str, str]:
    """Write a certificate for this computer, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), False
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(signed.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(folder / "certificate.pem"), str(folder / "key.pem")


def forwarding(inner_url: str) -> Flask:
    """Return a proxy that passes everything on and says for whom."""
    proxy = Flask("proxy", static_folder=None)

    @proxy.route("/<path:path>", methods=["GET", "POST"])
    def forward(path: str) -> Response:
        headers = {name: value for name, value in request.headers if name != "Host"}
        headers |= {
            "X-Forwarded-For": str(request.remote_addr),
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": request.host,
        }
        answer = requests.request(
            request.method,
            f"{inner_url}/{path}",
            headers=headers,
            data=request.get_data(),
            allow_redirects=False,
            timeout=60,
        )
        kept = [(k, v) for k, v in answer.raw.headers.items() if k.lower() not in HOP_BY_HOP]
        return Response(answer.content, answer.status_code, kept)

    return proxy


def test_it_decides_over_tls_behind_a_proxy(tmp_path: Path, phone: Phone) -> None:
    @contextmanager
    def proxy(inner_url: str) -> Iterator[str]:
        server = make_server(
            HOST,
            0,
            forwarding(inner_url),
            threaded=True,
            request_handler=QuietHandler,
            ssl_context=certificate(tmp_path),
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"https://{HOST}:{server.server_port}"
        server.shutdown()
        thread.join(60)
        server.server_close()

    with living(tmp_path, proxy=proxy) as world:
        reference = world.request()
        coordinator, sent = phone(), list[Request]()
        coordinator.on("request", lambda request: sent.append(request))
        coordinator.goto(link_in(world.mail(PRIYA)))
        assert coordinator.url.startswith("https://")
        coordinator.get_by_role("button", name="Continue").tap()
        candidates = coordinator.get_by_role("group", name="Ask a supporter")
        candidates.get_by_role("radio").first.tap()
        candidates.get_by_role("button", name="Ask").tap()
        expect(coordinator.get_by_text("Priya Nair asked a supporter")).to_be_visible()
        assert world.case(reference).state is State.OFFERED

        posts = [r.all_headers() for r in sent if r.method == "POST"]
        assert len(posts) == 2
        assert not any("referer" in headers for headers in posts)
        assert all(r.url.startswith(world.url) for r in sent)
        (cookie,) = coordinator.context.cookies()
        assert cookie["name"] == "__Host-desk"
        assert cookie["secure"]
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Lax"
