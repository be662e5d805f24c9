"""A file exported by hand: what is in it is what its form asks for, whatever somebody types."""

from pathlib import Path

import pytest

from demo.qualtrics.api.exports import start_export
from demo.qualtrics.survey import NOMINATION
from tests.nominating import SAM_LEE, Nominating
from tests.world import REQUESTER, World

REQUESTS = "SV_8peerSupport01"


@pytest.fixture
def missed(world: World) -> World:
    """A request and a nomination that no webhook brought."""
    nominating = Nominating.begin(world)
    world.qualtrics.brand.subscriptions.clear()
    world.submit()
    nominating.nominate()
    return world


def export(world: World, survey: str, kind: str) -> Path:
    made = start_export(world.qualtrics.brand, survey, {"format": kind, "compress": False})
    path = world.folder / f"{survey}.{kind}"
    path.write_bytes(b"".join(made.pieces()))
    return path


def take(world: World, path: Path, survey: str) -> str:
    args = ["qualtrics", "import", str(path), "--survey", survey]
    return world.app.test_cli_runner().invoke(args=args).output


@pytest.mark.parametrize("kind", ["csv", "json", "ndjson"])
def test_each_file_is_taken_in_under_its_own_form_alone(missed: World, kind: str) -> None:
    requests, nominations = (export(missed, id, kind) for id in (REQUESTS, NOMINATION.id))
    assert "Error" in take(missed, requests, NOMINATION.id)
    assert "Error" in take(missed, nominations, REQUESTS)
    missed.work()
    assert missed.mails(REQUESTER) == missed.mails(SAM_LEE) == []
    assert "1 of them" in take(missed, requests, REQUESTS)
    assert "1 of them" in take(missed, nominations, NOMINATION.id)
    missed.work()
    assert len(missed.references) == missed.count("invitations") == 1
    assert len(missed.mails(SAM_LEE)) == 1
