"""What one web request uses: one engine, and with it one program, one moment and one cache."""

from datetime import datetime

from flask import current_app, g

from casebook.casebook import Casebook
from engine.engine import Engine


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
