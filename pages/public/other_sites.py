"""What other sites may do in our visitors' browsers: lead them here, and learn nothing by it."""

from flask import request
from flask.typing import ResponseReturnValue

from pages.facts.page import FromElsewherePage
from pages.responses import show_to_anybody

#: What says the same to everyone who asks, whatever their browser has open here.
SAME_FOR_ALL = {
    "arriving.look_at_link", "arriving.ask_to_continue", "person.ask_for_link", "pages.privacy",
    "pages.static", "help.show_help", "look.colors", "look.logo", "health.alive", "health.health",
}  # fmt: skip
#: By ourselves, or typed.
OURS = ("same-origin", "none")


def refuse() -> ResponseReturnValue | None:
    """Answer alike, before any look-up, what another site lets its visitor's browser ask for.

    How long an answer takes, and what it clears, would tell that site who has a page here.
    """
    is_ours = request.headers.get("Sec-Fetch-Site", "none") in OURS
    if is_ours or request.endpoint is None or request.endpoint in SAME_FOR_ALL:
        return None
    if request.blueprint == "qualtrics":
        return None
    # The institution's sign-on leads back here, so it is no fault to come this way.
    is_visit = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return show_to_anybody(
        FromElsewherePage(request.root_path + request.path), 200 if is_visit else 403
    )
