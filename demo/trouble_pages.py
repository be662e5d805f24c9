"""The page that causes trouble: lost events, a failing API, a mail server that refuses."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from demo.mailbox import Mailbox
from demo.qualtrics.stand_in import StandIn

bp = Blueprint("trouble", __name__, url_prefix="/trouble")


@dataclass(frozen=True)
class Group:
    """A group of choices, one of which is selected. The first is the normal state."""

    title: str
    choices: dict[str, dict[str, Any]]


ARRIVE: dict[str, Any] = {
    "drop_rate": 0.0,
    "repeats": 0,
    "repeat_rate": 0.0,
    "delay": 0.0,
    "scatter": 0.0,
    "partials_first": 0.0,
}
BAD_DAY_OF_EVENTS = {"drop_rate": 0.3, "repeat_rate": 0.2, "scatter": 5.0, "partials_first": 0.2}
BAD_DAY_OF_API = {202: 0.1, 404: 0.1, 429: 0.1, 500: 0.1, "cut": 0.1, "no id": 0.1, "reset": 0.1}
ANSWERS: dict[str, Any] = {"api_status": None, "api_trouble": {}}

ACCEPTS: dict[str, Any] = {
    "refuse_recipient_with": None,
    "return_with": None,
    "answers_away": False,
}

GROUPS = {
    "events": Group(
        "Events from Qualtrics",
        {
            "arrive": ARRIVE,
            "get lost": ARRIVE | {"drop_rate": 1.0},
            "arrive three times": ARRIVE | {"repeats": 2},
            "arrive a minute late": ARRIVE | {"delay": 60.0},
            "get lost, arrive twice, or before their time": ARRIVE | BAD_DAY_OF_EVENTS,
        },
    ),
    "api": Group(
        "Qualtrics' API",
        {
            "answers": ANSWERS,
            "says that there are too many requests": ANSWERS | {"api_status": 429},
            "is out of order": ANSWERS | {"api_status": 500},
            "no longer knows our token": ANSWERS | {"api_status": 401},
            "fails in another way every other time": ANSWERS | {"api_trouble": BAD_DAY_OF_API},
        },
    ),
    "rights": Group(
        "What our token may do",
        {
            "everything": {"has_api": True, "is_brand_admin": True},
            "everything but subscribe": {"has_api": True, "is_brand_admin": False},
            "nothing": {"has_api": False, "is_brand_admin": False},
        },
    ),
    "mail": Group(
        "The mail server",
        {
            "accepts mail": ACCEPTS,
            "asks to try again later": ACCEPTS | {"refuse_recipient_with": 451},
            "knows no such mailbox": ACCEPTS | {"refuse_recipient_with": 550},
            "takes no mail from us": ACCEPTS
            | {"refuse_recipient_with": "550 5.7.1 Relaying denied"},
            "accepts mail and sends all of it back": ACCEPTS | {"return_with": "5.7.1"},
            "accepts mail, and everyone answers that they are away": ACCEPTS
            | {"answers_away": True},
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
    """Set the chosen switches."""
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
