"""The web service with the demo's clock, for gunicorn."""

import os

from flask import Flask

from app import create_app
from demo.clock import clock_of_demo


def create() -> Flask:
    """Make the app as `app:create_app()` does, but with a clock that can be moved."""
    return create_app(clock=clock_of_demo(os.environ))
