"""A stand-in for Microsoft 365: tokens of Entra ID, and mail by Graph into the demo's mailbox."""

import base64
import secrets
from email import message_from_bytes, policy
from email.utils import getaddresses

from flask import Flask, Response, jsonify, request

from demo.mailbox import Mailbox

TENANT, CLIENT_ID, CLIENT_SECRET = "a-tenant", "an-app", "an-invented&secret"


class Microsoft:
    """The stand-in. Its switches may be changed while it runs."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        #: Status, error code and headers with which `sendMail` refuses everything.
        self.refuse_with: tuple[int, str, dict[str, str]] | None = None
        self.lifetime = 3599
        self.tokens = list[str]()
        self.sent_as = list[str]()

    def url(self, place: str) -> str:
        """Return the URL for the setting MAIL_URL, where the stand-in is served at `place`."""
        secret = CLIENT_SECRET.replace("&", "%26")
        app = f"client_id={CLIENT_ID}&client_secret={secret}"
        return f"graph://{TENANT}?{app}&login={place}&graph={place}"

    def app(self) -> Flask:
        """Return the app to serve."""
        app = Flask(__name__)
        app.post("/<tenant>/oauth2/v2.0/token")(self._token)
        app.post("/v1.0/users/<mailbox>/sendMail")(self._send_mail)
        return app

    def _token(self, tenant: str) -> tuple[Response, int]:
        form = request.form
        is_known = (tenant, form.get("client_id"), form.get("client_secret")) == (
            TENANT, CLIENT_ID, CLIENT_SECRET,
        )  # fmt: skip
        if not is_known or form.get("grant_type") != "client_credentials":
            return jsonify(error="invalid_client"), 401
        if not str(form.get("scope", "")).endswith("/.default"):
            return jsonify(error="invalid_scope"), 400
        self.tokens.append(secrets.token_hex(16))
        return jsonify(access_token=self.tokens[-1], expires_in=self.lifetime), 200

    def _send_mail(self, mailbox: str) -> tuple[Response, int, dict[str, str]]:
        if request.headers.get("Authorization") != f"Bearer {self.tokens[-1:] and self.tokens[-1]}":
            return _error("InvalidAuthenticationToken"), 401, {}
        if self.refuse_with is not None:
            status, code, headers = self.refuse_with
            return _error(code), status, headers
        raw = base64.b64decode(request.get_data(), validate=True)
        mail = message_from_bytes(raw, policy=policy.SMTP)
        to = tuple(address for _, address in getaddresses([str(mail["To"])]))
        self.sent_as.append(mailbox)
        self.mailbox.keep(raw, mailbox, to)
        return jsonify(), 202, {}


def _error(code: str) -> Response:
    return jsonify(error={"code": code, "message": "Words that may name ana@example.org"})
