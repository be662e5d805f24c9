"""The page that makes trouble: lost events, a silent API, a mail server that refuses."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from demo.mailbox import Mailbox
from demo.qualtrics import StandIn

bp = Blueprint("trouble", __name__, url_prefix="/trouble")


@dataclass(frozen=True)
class Group:
    """Choices of which one holds; the first is how things usually are."""

    title: str
    choices: dict[str, dict[str, Any]]


GROUPS = {
    "events": Group(
        "Events from Qualtrics",
        {
            "arrive": {"drop_rate": 0.0, "repeats": 0, "delay": 0.0},
            "get lost": {"drop_rate": 1.0, "repeats": 0, "delay": 0.0},
            "arrive three times": {"drop_rate": 0.0, "repeats": 2, "delay": 0.0},
            "arrive a minute late": {"drop_rate": 0.0, "repeats": 0, "delay": 60.0},
        },
    ),
    "api": Group(
        "Qualtrics' API",
        {
            "answers": {"api_status": None},
            "says that there are too many requests": {"api_status": 429},
            "is out of order": {"api_status": 500},
            "does not know our token any more": {"api_status": 401},
        },
    ),
    "mail": Group(
        "The mail server",
        {
            "accepts mail": {"refuse_recipient_with": None},
            "asks to try again later": {"refuse_recipient_with": 451},
            "knows no such mailbox": {"refuse_recipient_with": 550},
        },
    ),
}


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the switches and what was sent."""
    stand_in: StandIn = current_app.extensions["stand_in"]
    chosen = {name: _chosen(name) for name in GROUPS}
    return render_template(
        "trouble.html", groups=GROUPS, chosen=chosen, publications=stand_in.publications[::-1]
    )


@bp.post("/")
def turn() -> ResponseReturnValue:
    """Turn the switches that were chosen."""
    for name, group in GROUPS.items():
        choice = group.choices.get(request.form.get(name, ""))
        if choice is None:
            abort(400)
        for attribute, value in choice.items():
            setattr(_target(name), attribute, value)
    return redirect(url_for("trouble.show"))


def _target(name: str) -> object:
    stand_in: StandIn = current_app.extensions["stand_in"]
    mailbox: Mailbox = current_app.extensions["mailbox"]
    return mailbox if name == "mail" else stand_in.behavior


def _chosen(name: str) -> str:
    target = _target(name)
    choices = GROUPS[name].choices
    matching = (
        c for c, kept in choices.items() if all(getattr(target, a) == v for a, v in kept.items())
    )
    return next(matching, "")
