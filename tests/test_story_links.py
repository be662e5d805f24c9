"""Stories of asking for a link: for whom it works, how often, and that it tells nobody anything."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from app import create_app
from engine.access.fresh_links import MOST_FROM_NETWORK, MOST_TO_READER, network_of
from store.outbox import ASKED_FOR
from tests.links import opened_by
from tests.twice import again, page_of
from tests.world import JORDAN, REQUESTER, Browser, Page, World, link_in

LOOK = "Please check your email"


def ask(world: World, address: str, browser: Browser | None = None) -> Page:
    page = (browser or Browser()).look(f"{world.url}/link").choose("", address=address)
    world.until_links_are_mailed()
    return page


def test_a_requester_who_lost_every_mail_gets_a_new_link_by_their_address(world: World) -> None:
    reference = world.request()
    world.open(world.mail(REQUESTER)).choose(
        "contact_corrected", email="jq@example.org", how="mail"
    )
    world.work()
    world.passes(days=15)
    count = len(world.mails(REQUESTER)), len(world.mails("jq@example.org"))
    page = ask(world, " JQ@example.org ")
    assert LOOK in page.text
    assert reference in world.open(world.mail("jq@example.org", "new link")).text
    ask(world, REQUESTER)
    assert (len(world.mails(REQUESTER)), len(world.mails("jq@example.org"))) == (
        count[0],
        count[1] + 1,
    ), "the former address opens nothing"


def test_whoever_asks_and_whatever_they_type_the_answer_is_the_same(world: World) -> None:
    world.request()
    answers = set()
    for address in (JORDAN, REQUESTER, "nobody@example.org", "x@" + "y" * 5000):
        page = ask(world, address)
        answers.add((page.status, page.text, str(sorted(page.answer.headers))))
    assert len(answers) == 1
    assert world.count("link_asks") == 0, "nothing that was typed rests"


def test_a_shared_computer_keeps_no_address_that_was_typed(world: World) -> None:
    """Neither to offer it to the next person, nor behind "Back"."""
    browser = Browser()
    page = browser.look(f"{world.url}/link")
    assert 'name="address" autocomplete="off"' in page.answer.text
    answer = page.choose("", address="nobody@example.org").answer
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_nobody_is_mailed_more_than_three_links_a_day_by_however_many_ask(world: World) -> None:
    for _ in range(8):
        assert LOOK in ask(world, JORDAN).text
        world.passes(minutes=11)
    assert len(world.mails(JORDAN, "your page")) == MOST_TO_READER
    newest = world.mail(JORDAN, "your page")
    assert "Jordan Reyes" in world.open(newest).person.look(f"{world.url}/me").text
    world.passes(days=1)
    ask(world, JORDAN)
    assert len(world.mails(JORDAN, "your page")) == MOST_TO_READER + 1


def test_strangers_who_type_an_address_keep_nobody_from_a_fresh_link(world: World) -> None:
    world.request()
    old = link_in(world.mail(REQUESTER))
    world.passes(days=15)
    for _ in range(MOST_TO_READER + 1):
        ask(world, REQUESTER)
        world.passes(minutes=11)
    before = len(world.mails(REQUESTER))
    assert LOOK in Browser().open(old).choose("fresh").text
    world.until_links_are_mailed()
    assert len(world.mails(REQUESTER)) == before + 1


def test_one_network_asks_twenty_times_a_day_for_addresses_known_and_unknown(world: World) -> None:
    browser = Browser()
    page = browser.look(f"{world.url}/link")
    for number in range(MOST_FROM_NETWORK):
        assert page.choose("", address=f"nobody-{number}@example.org").status == 200
    refused = [page.choose("", address=address) for address in (JORDAN, "nobody@example.org")]
    assert [one.status for one in refused] == [429, 429]
    assert len({one.text for one in refused}) == 1
    world.until_links_are_mailed()
    assert world.mails(JORDAN) == []
    kept = str(world.rows("link_counts"))
    assert "127.0" not in kept
    assert "example.org" not in kept
    world.passes(days=1, minutes=1)
    assert world.count("link_counts") == 0
    assert LOOK in ask(world, JORDAN).text
    assert len(world.mails(JORDAN)) == 1


def test_many_who_ask_at_once_get_no_more_than_one_after_the_other(world: World) -> None:
    browser = Browser()
    page = browser.look(f"{world.url}/link")
    with ThreadPoolExecutor(12) as several:
        addresses = (f"nobody-{number}@example.org" for number in range(3 * MOST_FROM_NETWORK))
        asked = list(several.map(lambda one: page.choose("", address=one).status, addresses))
    assert asked.count(200) == MOST_FROM_NETWORK
    assert asked.count(429) == 2 * MOST_FROM_NETWORK


def test_behind_a_proxy_that_nobody_named_no_network_is_refused(world: World) -> None:
    settings = replace(world.app.extensions["settings"], base_url="https://care-desk.example.org")
    for trusted, expected in ((0, {200}), (1, {200, 429})):
        app = create_app(replace(settings, trusted_proxies=trusted), world.clock)
        app.config["WTF_CSRF_ENABLED"] = False
        client, sent = app.test_client(), {"X-Forwarded-For": f"192.0.2.{trusted}"}
        statuses = {
            client.post("/link", data={"address": f"{n}@example.org"}, headers=sent).status_code
            for n in range(MOST_FROM_NETWORK + 1)
        }
        assert statuses == expected


def test_a_link_that_is_over_brings_no_more_mails_than_asking_does(world: World) -> None:
    world.request()
    old = link_in(world.mail(REQUESTER))
    world.passes(days=15)
    before = len(world.mails(REQUESTER))
    for _ in range(6):
        assert LOOK in Browser().open(old).choose("fresh").text
        world.passes(minutes=11)
    assert len(world.mails(REQUESTER)) == before + MOST_TO_READER
    ask(world, REQUESTER)
    assert len(world.mails(REQUESTER)) == before + MOST_TO_READER + 1, "it is counted apart"


@pytest.mark.parametrize(
    ("client", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2ff:a::1", "2001:db8:1:200::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_a_network_is_what_a_household_or_a_small_site_has(client: str, network: str) -> None:
    assert network_of(client) == network


@pytest.mark.parametrize("address", [REQUESTER, JORDAN])
def test_health_tells_nobody_during_an_outage_whether_an_address_is_known(
    world: World, address: str
) -> None:
    world.request()
    world.passes(hours=2)
    world.mailbox.stop()
    for _ in range(30):
        world.passes(minutes=1)
    before = health(world)
    assert before["wrong"] == ["mail_server"]
    Browser().look(f"{world.url}/link").choose("", address=address)
    for _ in range(40):
        world.passes(minutes=1)
    assert len([mail for mail in world.queue if mail.email in ASKED_FOR]) == 1
    after = health(world)
    assert after["wrong"] == before["wrong"]
    assert after["ages"].keys() == before["ages"].keys()
    assert after["ages"]["oldest_unsent_mail"] is None


@pytest.mark.parametrize("address", [REQUESTER, JORDAN, "nobody@example.org"])
def test_no_log_no_health_and_no_mail_server_tells_whether_an_address_is_known(
    world: World, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even if whoever asks has a request wait at a mail server of their own."""
    own = "x@own-server.example"
    world.request()
    world.passes(hours=5)
    world.mailbox.refuse_address_with[own] = "450 4.1.2 Not now"
    world.submit(QID1_TEXT="X Y", QID2_TEXT=own, QID3_TEXT=None)
    for _ in range(9):
        world.passes(minutes=10)
    world.passes(hours=1)
    before, waits = health(world), next_tries(world)
    assert waits, "that server refuses it, while others are accepted"
    assert before["wrong"] == []
    caplog.clear()
    caplog.set_level("INFO")
    Browser().look(f"{world.url}/link").choose("", address=address)
    world.until_links_are_mailed()
    after, moving = health(world), {"worker_last_round": 0}
    assert after["ages"] | moving == before["ages"] | moving
    assert next_tries(world) == waits
    assert not [one for one in caplog.records if one.name.startswith("worker")]


def next_tries(world: World) -> list[tuple[object, ...]]:
    return [one for one in world.rows("outbox", "result", "next_at") if one[0] == "later"]


def health(world: World) -> dict[str, Any]:
    found: dict[str, Any] = Browser().web.get(f"{world.url}/health").json()
    return found


def test_the_order_of_fresh_links_does_not_tell_which_request_was_merged(world: World) -> None:
    """Whoever guesses a name files it from a mailbox of their own, beside one of nobody."""
    older, mailbox = world.request(), "pat.doe@example.org"
    again(world, QID1_TEXT="Pat Doe", QID2_TEXT=mailbox, QID3_TEXT="860-555-0888")
    guess = again(world, QID2_TEXT=mailbox)
    assert page_of(world, guess).choose("same_request", other=older).status == 200
    world.passes(minutes=10)
    before = len(world.mails(mailbox))
    world.ask_for_link(mailbox)
    world.passes(minutes=1)
    led = [opened_by(world, mail) for mail in world.mails(mailbox)[before:]]
    assert (len(led), led[-1]) == (2, guess)
