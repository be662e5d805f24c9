"""What people see of the program before they ask: the intranet's page, and a flyer."""

from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from program import Program
from program.outreach.flyers import flyers

bp = Blueprint("intranet", __name__)
#: The flyer of the unit whose form the home page opens.
UNIT = "flyer-emergency-department"


@bp.get("/intranet")
def show() -> ResponseReturnValue:
    """Show a page of an intranet, with the service's page for everybody in a frame."""
    return render_template("intranet.html", service_url=current_app.config["SERVICE_URL"])


@bp.get("/flyer")
def flyer() -> ResponseReturnValue:
    """Return the flyer of a unit, made from the program as it is now."""
    # Imported only here: it loads fonts and pictures.
    from commands.outreach.drawing import Look, drawn

    program = Program.load(Path(current_app.config["PROGRAM"]).parent)
    help_at = f"{current_app.config['SERVICE_URL']}/help"
    made = {one.source: one for one in flyers(program, program.english, request.host_url, help_at)}
    look = Look(program.file.accent, program.logo)
    chosen = made.get(UNIT) or next(iter(made.values()))
    pdf = drawn(chosen, look, "letter", current_app.extensions["demo_clock"]())
    return Response(pdf, mimetype="application/pdf")
