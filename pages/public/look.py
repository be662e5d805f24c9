"""The institution's color and logo, which pages link to."""

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from pages.context import casebook
from program.look import for_the_dark

bp = Blueprint("look", __name__)

#: Opened by itself, a picture runs nothing and loads nothing.
ONLY_A_PICTURE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@bp.get("/look.css")
def colors() -> Response:
    style = in_colors(casebook().program.file.accent)
    return Response(style, mimetype="text/css")


def in_colors(accent: str) -> str:
    """Return the institution's color, and the tone of it that is read in the dark."""
    return f":root {{ --brand: {accent}; --brand-dark: {for_the_dark(accent)}; }}\n"


@bp.get("/logo")
def logo() -> Response:
    """Return the institution's logo, which pages show as a picture only."""
    found = casebook().program.logo
    if found is None:
        abort(404)
    headers = {"Content-Security-Policy": ONLY_A_PICTURE}
    return Response(found.content, mimetype=found.kind, headers=headers)
