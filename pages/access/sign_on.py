"""The institution's sign-on in front: a second factor for those who may see who asked.

A proxy that knows our secret says who is signed on. It is off unless SIGN_ON_HEADER is set.
"""

import hmac
import re

from flask import Blueprint, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue

from casebook.attendance import ids_of_person
from lib.addresses import canonical
from pages.context import casebook
from settings import SignOn
from workflow.model import Role

bp = Blueprint("sign_on", __name__)

#: By this header the proxy shows that the other one is from it.
SECRET_HEADER = "X-Sign-On-Secret"  # noqa: S105 - its name, not its value
#: Where someone who signed on goes on.
OURS = re.compile(
    r"page/[0-9]{1,9}|me|board|report|program|copies|nominees|newcomers|trainings|outreach"
)


class NotSignedOn(Exception):
    """The link is not enough: its person must be signed on too."""


def require(role: Role, person: str, *, is_own_page: bool) -> None:
    """Raise NotSignedOn unless this browser is signed on as this person, where that is needed."""
    sign_on: SignOn | None = current_app.extensions["settings"].sign_on
    if sign_on is None or not _is_needed(sign_on, role, person, is_own_page=is_own_page):
        return
    known, by_proxy = casebook().program.person(person), signed_on_as()
    if known is None or not by_proxy or canonical(known.email) != canonical(by_proxy):
        raise NotSignedOn


def _is_needed(sign_on: SignOn, role: Role, person: str, *, is_own_page: bool) -> bool:
    if role in (Role.REQUESTER, Role.INVITED, Role.PARTNER):
        return False
    if role in (Role.REVIEWER, Role.ADMIN) or sign_on.includes_supporters:
        return True
    program = casebook().program
    supporter = program.person(person)
    if not is_own_page or supporter is None:
        return False
    # The own page of a supporter who also reviews acts for both.
    reviewing = {*program.all_reviewers, *program.duties.admins}
    return not reviewing.isdisjoint(ids_of_person(program, supporter))


def signed_on_as() -> str:
    """Return the address that the proxy names; "" if no one is signed on, or it is not the proxy.

    A header that a client sent beside the proxy's is joined to it, and then names no one.
    """
    sign_on: SignOn | None = current_app.extensions["settings"].sign_on
    sent = request.headers.get(SECRET_HEADER, "").encode()
    if sign_on is None or not any(
        [hmac.compare_digest(sent, secret.encode()) for secret in sign_on.secrets]
    ):
        return ""
    return request.headers.get(sign_on.header, "")


def here() -> str:
    """Return where this browser signs on and goes on with the page that it asked for."""
    return f"{request.root_path}/sign-on{request.path}"


@bp.get("/sign-on/<path:page>")
def go_on(page: str) -> ResponseReturnValue:
    """Lead back to the page: the proxy lets only people who are signed on come here."""
    if not OURS.fullmatch(page):
        abort(404)
    return redirect(f"{request.root_path}/{page}", 303)
