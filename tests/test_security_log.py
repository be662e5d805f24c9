"""The security log: it says that somebody tries doors, and nothing about anybody."""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Response

from pages.access.security_log import EVENTS, SecurityLog, network_of
from tests.doors import EVENTS as DOOR
from tests.doors import event, publication
from tests.nominating import SAM_LEE, Nominating
from tests.world import JORDAN, MONDAY, REQUESTER, World, link_in

LINE = re.compile(
    r"security event=(\w+) route=([\w.]+) network=(\S+) count=(10*) at=(2026-\d\d-\d\dT[\d:]{8}Z)"
)


@pytest.fixture
def lines(world: World) -> Iterator[list[str]]:
    """The lines that the service writes while a test runs."""
    written, handler = list[str](), logging.Handler()
    handler.emit = lambda record: written.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger(f"{world.app.logger.name}.security")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


def ask(world: World, path: str, address: str = "203.0.113.77", **more: object) -> int:
    client = world.app.test_client()
    environ = {"REMOTE_ADDR": address}
    method = "POST" if more else "GET"
    return client.open(path, method=method, environ_base=environ, **more).status_code  # type: ignore[arg-type]


def test_a_form_that_is_not_complete_leaves_no_line(world: World, lines: list[str]) -> None:
    """Only some people have these pages, so a line would tell that one of them is here."""
    reference = world.offered()
    for address in (REQUESTER, JORDAN, world.asked(reference)):
        assert world.open(world.mail(address)).choose("nonsense").status == 400
    own = world.own_page(JORDAN)
    assert own.choose("away_until").status == 400
    assert lines == []


def test_a_tab_that_is_reloaded_after_half_an_hour_leaves_no_line(
    world: World, lines: list[str]
) -> None:
    """Phones do so by themselves, and only some people have these pages."""
    nominating = Nominating.begin(world)
    world.request()
    nominating.nominate()
    pages = [world.open(world.mail(address)) for address in (REQUESTER, JORDAN, SAM_LEE)]
    world.passes(minutes=31)
    for page in pages:
        assert page.again().status == 403
        assert page.choose("no").status == 403
    assert lines == []


def test_no_line_tells_whose_page_it_was(world: World, lines: list[str]) -> None:
    """A browser that ended keeps its tabs, and not its cookies."""
    for path in ("/page/730114205", "/invitation", "/copies", "/nominees", "/trainings"):
        assert ask(world, path) == 403
    shown = [found[2] for line in lines if (found := LINE.fullmatch(line))]
    assert shown == ["page"], "all are one kind, of which this minute had one and not yet ten"


def test_sixty_refused_pages_leave_lines_without_tokens_or_names(
    world: World, lines: list[str]
) -> None:
    reference = world.request()
    token = link_in(world.mail(JORDAN)).rpartition("/")[2]
    for _ in range(60):
        assert ask(world, "/continue/1", data={"choice": token}) == 400
    assert ask(world, f"/nothing/{reference}/Jamie%20Quill") == 404
    assert ask(world, DOOR, data=publication(event(), key="another-key")) in (403, 415)
    assert ask(world, "/link", address="2001:db8:1:2::77", data={"address": "x"}) == 400

    found = [match.groups() for line in lines if (match := LINE.fullmatch(line))]
    assert len(found) == len(lines)
    assert [(event, route, network, count) for event, route, network, count, _ in found][:3] == [
        ("bad_request", "arriving.open_link", "203.0.113.0/24", "1"),
        ("bad_request", "arriving.open_link", "203.0.113.0/24", "10"),
        ("unknown", "none", "203.0.113.0/24", "1"),
    ]
    assert found[-1][2] == "2001:db8:1::/48"
    told = " ".join(lines)
    for secret in (token, reference, "Jamie", "jordan", "203.0.113.77", "::77"):
        assert secret not in told


def test_nobody_can_flood_it_and_the_next_minute_is_counted_anew(world: World) -> None:
    written, handler = list[str](), logging.Handler()
    handler.emit = lambda record: written.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.Logger("of this test")
    logger.addHandler(handler)
    clock = world.clock
    log = SecurityLog(logger, clock)

    def refuse(times: int, address: str = "192.0.2.1") -> None:
        with world.app.test_request_context("/me", environ_base={"REMOTE_ADDR": address}):
            for _ in range(times):
                log.see(Response(status=403))

    refuse(2000)
    assert [LINE.fullmatch(line)[4] for line in written] == ["1", "10", "100", "1000"]  # type: ignore[index]
    for number in range(200):
        refuse(1, f"198.51.{number}.1")
    assert len(written) <= 4 + 20 + 3
    clock.now = MONDAY + timedelta(minutes=2)
    refuse(1)
    assert "network=192.0.2.0/24 count=1 " in written[-1]


def test_what_works_leaves_no_line(world: World, lines: list[str]) -> None:
    world.request()
    assert world.open(world.mail(JORDAN)).status == 200
    assert lines == []


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", "unknown"),
        ("evil\nsecurity event=none", "unknown"),
        ("203.0.113.77:8000", "unknown"),
    ],
)
def test_it_writes_the_network_alone_whatever_a_proxy_passes_on(address: str, network: str) -> None:
    assert network_of(address) == network


def test_every_refusal_has_a_word() -> None:
    assert {400, 403, 404, 405, 410, 413, 415, 429} == EVENTS.keys()
