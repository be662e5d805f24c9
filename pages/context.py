"""What one web request uses: one engine, and with it one program, one moment and one cache."""

from datetime import datetime

from flask import current_app, g, request

from casebook.casebook import Casebook
from engine.engine import Engine
from lib.languages.language import Language


def engine() -> Engine:
    """Return the engine of this web request."""
    if "engine" not in g:
        g.engine = current_app.extensions["engine"]()
    found: Engine = g.engine
    return found


def casebook() -> Casebook:
    """Return the casebook of this web request."""
    return engine().casebook


def now() -> datetime:
    """Return the one moment at which this web request decides and shows everything."""
    return casebook().made_at


def browser_language() -> Language:
    """Return the language that this browser prefers, for pages that do not know their reader.

    Readers may choose another one: ?language=es.

    Never the language of a request: a link that is not opened yet must tell nothing.
    """
    program = casebook().program
    asked = request.args.get("language", "").lower()
    if asked in program.languages:
        return program.language(asked)
    known = sorted(program.languages - {program.file.language})
    # The first one counts where the browser likes several equally.
    found = request.accept_languages.best_match([program.file.language, *known])
    return program.language(found or program.file.language)
