"""`flask qualtrics …` as an admin calls it."""

import json
from dataclasses import replace
from typing import Any

from click.testing import Result

from app import create_app
from demo.qualtrics.survey import PEER_SUPPORT
from settings import Settings
from tests.world import World

SURVEY = PEER_SUPPORT.id


def run(world: World, *args: str, **changed: object) -> Result:
    """Run `flask …`, perhaps with other settings."""
    app = world.app
    if changed:
        settings: Settings = world.app.extensions["settings"]
        app = create_app(replace(settings, **changed), world.clock)  # type: ignore[arg-type]
    result = app.test_cli_runner().invoke(args=list(args))
    if changed:
        app.extensions["store"].close()
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refuse(world: World, path: str, status: int) -> None:
    """Let Qualtrics refuse the calls to one path, as it does when a right is missing."""
    inner = world.qualtrics.app.wsgi_app
    body = json.dumps({"meta": {"error": {"errorCode": "AuthZ_2.0", "errorMessage": "no"}}})

    def outer(environ: dict[str, Any], start_response: Any) -> Any:
        if path not in environ["PATH_INFO"]:
            return inner(environ, start_response)
        start_response(f"{status} Refused", [("Content-Type", "application/json")])
        return [body.encode()]

    world.qualtrics.app.wsgi_app = outer  # type: ignore[method-assign]
