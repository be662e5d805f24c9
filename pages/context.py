"""What one request works with: one engine, so one program, one moment and one cache."""

from datetime import datetime

from flask import current_app, g

from casebook.casebook import Casebook
from engine.engine import Engine
from notifications.service_address import ServiceAddress


def engine() -> Engine:
    """Return the one engine of this request."""
    if "engine" not in g:
        g.engine = current_app.extensions["engine"]()
    found: Engine = g.engine
    return found


def casebook() -> Casebook:
    """Return the cases as this request sees them."""
    return engine().casebook


def now() -> datetime:
    """Return the one moment of this request, at which all of it is decided and shown."""
    return casebook().made_at


def service_address() -> ServiceAddress:
    found: ServiceAddress = current_app.extensions["service_address"]
    return found
