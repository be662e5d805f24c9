"""Attacks on doors and pages, against gunicorn as it runs in earnest."""

import re
from collections.abc import Iterator

import pytest

from tests.attacked import Attacked, attacked
from tests.doors import EVENTS, FORM, MIB, WORKFLOW, event, publication
from tests.world import JORDAN, PRIYA, REQUESTER, TOKEN, Browser, Page, link_in

#: So much memory may some large bodies take in all processes together, until it is used again.
MOST_GROWTH_MB = 40
ELSEWHERE = "thief.example"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """One request under review. At the end, nothing about anybody may stand in the log."""
    with attacked(tmp_path_factory.mktemp("attacked")) as running:
        running.world.request()
        yield running
        mails = running.world.mailbox.messages
        told = running.log.read_text()
        secrets = {link_in(mail).rpartition("/")[2] for mail in mails if "/open/" in mail.text}
        secrets |= {*running.world.references, TOKEN, "jamie", "Jamie", "Quill", "Traceback"}
        assert [secret for secret in secrets if secret in told] == []


def untouched(service: Attacked) -> tuple[object, ...]:
    """Return what only somebody with a right to it may change."""
    world = service.world
    return world.rows("cases", "reference", "revision"), world.count("deliveries")


# Doors


def test_slow_clients_keep_nobody_waiting_and_are_let_go(service: Attacked) -> None:
    head = b"POST %s HTTP/1.1\r\nHost: x\r\n" % EVENTS.encode()
    body = head + b"Content-Type: %s\r\nContent-Length: 999\r\n\r\nMSG=" % FORM.encode()
    slow = [service.connection(sent) for sent in [b"", head, body, head + b"X-Slow: "] * 10]

    for number in range(10):
        signed = publication(event(f"R_slow{number}", IsTest="1"))
        answer = service.ask("POST", EVENTS, data=signed, headers={"Content-Type": FORM})
        assert answer.status_code == 200
    assert service.ask("GET", "/alive").status_code == 200
    for connection in slow:
        with connection:
            assert not connection.recv(65536).startswith(b"HTTP/1.1 2")


def test_large_requests_are_refused_with_bounded_memory(service: Attacked) -> None:
    for _ in range(8):  # What the first page of each process loads is no request's doing.
        assert service.ask("GET", "/link").status_code == 200
    before = service.process.proportional_mb()
    for door, kind in ((EVENTS, FORM), (WORKFLOW, "application/json"), ("/link", FORM)):
        head = (
            f"POST {door} HTTP/1.1\r\nHost: x\r\nX-Webhook-Token: {TOKEN}\r\nContent-Type: {kind}"
        )
        declared = f"{head}\r\nContent-Length: {50 * MIB}\r\n\r\n".encode()
        chunked = f"{head}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        for sent in (declared, chunked + (b"100000\r\n" + b"x" * MIB + b"\r\n") * 4):
            assert refused(service, sent) in {b"400", b"413", b""}
    many = "".join(f"X-Header-{n}: 1\r\n" for n in range(200))
    for header in (many, f"X-Long: {'x' * 9000}\r\n", f"Cookie: {'x' * 70_000}\r\n"):
        sent = f"GET /me HTTP/1.1\r\nHost: x\r\n{header}\r\n".encode()
        assert refused(service, sent) in {b"400", b"431", b""}
    assert refused(service, b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n") in {b"400", b"414", b""}
    assert service.process.proportional_mb() - before < MOST_GROWTH_MB


def refused(service: Attacked, sent: bytes) -> bytes:
    """Return the status of the only answer; b"" if the connection is closed without one."""
    try:
        answer = service.raw(sent)
    except (ConnectionResetError, BrokenPipeError):
        return b""
    assert answer.count(b"HTTP/1.1 ") <= 1
    return answer[9:12]


SMUGGLED = b"POST /link HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 50\r\n\r\nMSG=1",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: +5\r\n\r\nMSG=1",
        b"Content-Length: 5\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_two_servers_would_read_differently_is_one_request_at_most(
    service: Attacked, framing: bytes
) -> None:
    head = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\n" % (EVENTS.encode(), FORM.encode())
    before = untouched(service)
    answer = service.raw(head + framing + SMUGGLED)
    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")) or answer == b""
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert untouched(service) == before


def test_a_prefix_that_a_client_names_is_none(service: Attacked) -> None:
    for prefix in (b"x", b"/link"):
        answer = service.raw(
            b"GET /link HTTP/1.1\r\nHost: x\r\nSCRIPT_NAME: "
            + prefix
            + b"\r\nConnection: close\r\n\r\n"
        )
        assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
        assert b'href="/privacy"' in answer


def test_a_body_that_ends_too_early_is_not_stored(service: Attacked) -> None:
    before = untouched(service)
    head = f"POST {WORKFLOW} HTTP/1.1\r\nHost: x\r\nX-Webhook-Token: {TOKEN}\r\n"
    sent = f'{head}Content-Type: application/json\r\nContent-Length: 999\r\n\r\n{{"surveyId":"SV_'
    assert service.raw(sent.encode()).startswith(b"HTTP/1.1 400")
    assert untouched(service) == before


# Pages


def test_forms_of_other_sites_and_of_other_browsers_change_nothing(service: Attacked) -> None:
    page = service.open(service.world.mail(JORDAN))
    assert page.status == 200
    foreign = service.open(service.world.mail(PRIYA))
    token = field_of(foreign, "csrf_token")
    before = untouched(service)
    for forged in ({}, {"csrf_token": ""}, {"csrf_token": token}, {"csrf_token": "x" * 5000}):
        sent = page.person.web.post(page.answer.url, data={"choice": "closed"} | forged)
        assert sent.status_code == 400
    own = {"csrf_token": field_of(page, "csrf_token"), "choice": "closed"}
    assert page.person.web.get(page.answer.url, params=own).status_code == 200
    assert untouched(service) == before
    for answer in (page.answer, page.person.web.get(service.url + "/privacy")):
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert "Access-Control-Allow-Origin" not in answer.headers
    flags = page.answer.history[0].headers["Set-Cookie"]
    assert "HttpOnly" in flags
    assert "SameSite=Lax" in flags


def field_of(page: Page, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page.answer.text)
    assert found, page.text
    return found[1]


FORGED = {
    "Host": ELSEWHERE,
    "X-Forwarded-Host": ELSEWHERE,
    "X-Forwarded-Proto": "javascript",
    "Origin": f"https://{ELSEWHERE}",
    "Forwarded": f"host={ELSEWHERE}",
}
ODD_PATHS = [
    "/me", "/board", "/link", "/program", "/link/", "/.git/config",
    f"//{ELSEWHERE}", f"//{ELSEWHERE}/me", f"/\\{ELSEWHERE}",
    f"/me?next=https://{ELSEWHERE}", f"/link?next=//{ELSEWHERE}",
    "/open/..%2f..%2fme", "/static/..%2fapp.py", "/static/../app.py",
    f"/open/%0d%0aLocation:%20https://{ELSEWHERE}",
]  # fmt: skip


def test_no_answer_leads_to_another_site(service: Attacked) -> None:
    for path in ODD_PATHS:
        for method in ("GET", "POST"):
            answer = service.ask(method, path, headers=FORGED)
            assert answer.status_code < 500, path
            assert ELSEWHERE not in answer.headers.get("Location", ""), path
            assert ELSEWHERE not in answer.text, path


def test_a_link_that_was_asked_for_with_a_forged_host_is_ours(service: Attacked) -> None:
    browser, forged = Browser(), {"Host": ELSEWHERE}
    page = Page(browser, browser.web.get(service.url + "/link", headers=forged))
    data = {"csrf_token": field_of(page, "csrf_token"), "address": PRIYA}
    # The cookie is of the host in the address: what stands in the header decides nothing.
    browser.web.post(service.url + "/link", data=data, headers=forged)
    service.world.passes(minutes=5)
    assert link_in(service.world.mail(PRIYA, "your page")).startswith(f"{service.world.url}/open/")


def test_a_cookie_that_was_planted_opens_nothing_later(service: Attacked) -> None:
    mail = service.world.mail(JORDAN)
    thief, victim = Browser(), Browser()
    thief.look(f"{service.url}/link")
    (planted,) = thief.web.cookies.items()
    victim.web.cookies.update(thief.web.cookies)
    page = service.open(mail, victim)
    assert page.status == 200
    assert thief.look(page.answer.url).status == 403
    name, value = planted
    for forged in (value, value[:-2], "", "x", "e30.x.y"):
        answer = service.ask(
            "GET", page.answer.url.removeprefix(service.url), cookies={name: forged}
        )
        assert answer.status_code == 403


def test_one_browser_with_two_roles_has_in_each_its_own_rights(service: Attacked) -> None:
    browser, world = Browser(), service.world
    requester = service.open(world.mail(REQUESTER), browser)
    reviewer = service.open(world.mail(JORDAN), browser)
    assert (requester.status, reviewer.status) == (200, 200)
    assert requester.answer.url != reviewer.answer.url
    before = untouched(service)
    first = reviewer.values("first")[0]
    for choice in ("offered", "closed", "referred", "handed_over", "contact", "note", "undone"):
        answer = requester.choose(choice, first=first, reason="x", resource="x", version="1")
        assert "Jamie Quill" not in answer.text
    for choice in ("contact_corrected", "accepted", "declined", "contacted"):
        reviewer.choose(choice, email=f"x@{ELSEWHERE}", phone="860-555-0100", how="mail")
    assert untouched(service) == before
    assert requester.again().status == 200


def test_guessed_links_open_nothing(service: Attacked) -> None:
    genuine = service.link(service.world.mail(JORDAN))
    start, _, token = genuine.rpartition("/")
    guesses = [
        token[:-1], f"A{token}", token.swapcase(), token[::-1], "A" * len(token), token[:20], "..",
        "%00", "%ff%fe", "x" * 3000, "'or'1'='1", "null", "WyJ4Il0.x",
    ]  # fmt: skip
    before = untouched(service)
    browser = Browser()
    csrf = field_of(browser.look(genuine), "csrf_token")
    for guess in guesses:
        here = browser.look(f"{start}/{guess}").answer.url
        sent = browser.web.post(here, data={"csrf_token": csrf})
        assert sent.status_code in {404, 405}, guess
    assert untouched(service) == before
    assert "security event=unknown route=arriving.open_link" in service.log.read_text()
