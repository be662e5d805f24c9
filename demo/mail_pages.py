"""The pages of the mailbox: people, their mails, one mail."""

from flask import Blueprint, abort, current_app, render_template
from flask.typing import ResponseReturnValue

from demo.mailbox import Mailbox, StoredMessage

bp = Blueprint("mail", __name__, url_prefix="/mail")


def newest_first() -> list[StoredMessage]:
    """Return all mails of the demo's mailbox."""
    mailbox: Mailbox = current_app.extensions["mailbox"]
    return mailbox.messages[::-1]


@bp.get("/")
def people() -> ResponseReturnValue:
    """List everybody who got mail, the latest recipient first."""
    inboxes: dict[str, list[StoredMessage]] = {}
    for message in newest_first():
        for address in message.recipients:
            inboxes.setdefault(address, []).append(message)
    return render_template("people.html", people=inboxes)


@bp.get("/to/<address>")
def inbox(address: str) -> ResponseReturnValue:
    """List the mails to one address."""
    messages = [message for message in newest_first() if address in message.recipients]
    return render_template("inbox.html", address=address, messages=messages)


@bp.get("/<int:number>")
def read(number: int) -> ResponseReturnValue:
    """Show one mail, as HTML and as text."""
    found = next((message for message in newest_first() if message.number == number), None)
    if found is None:
        abort(404)
    return render_template("message.html", message=found)
