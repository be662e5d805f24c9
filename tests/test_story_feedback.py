"""Stories of feedback: some days later somebody says how it was, and nothing knows who."""

import string
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin

import pytest

from demo.mailbox import StoredMessage
from store.access.links import hash_of
from store.forgotten import tallies
from tests.dump import everything
from tests.program_files import change, look
from tests.reporting import page, reporting_config, said, table, until_due
from tests.world import FEEDBACK_AFTER, REQUESTER, Browser, Page, World, link_in, living
from workflow.reports.feedback import ANSWERS, FIT, HELPED, RECOMMEND, SOON

GOOD = {SOON: "soon", FIT: "right", HELPED: "much"}
QUARTER = "2026-Q4"


@pytest.fixture
def asking(world: World) -> World:
    change(world, "program.toml", 'after = "none"', FEEDBACK_AFTER)
    look(world)
    return world


def done(world: World, outcome: str = "supported", **answers: object) -> str:
    """Bring a request to its end; return its reference."""
    reference, supporter = world.in_contact(**answers)
    world.open(world.mail(supporter)).choose("completed", outcome=outcome)
    world.passes(minutes=6)
    return reference


def asked(world: World) -> list[StoredMessage]:
    return world.mails(REQUESTER, "how was it?")


def answers(world: World, mail: StoredMessage, **chosen: str) -> Page:
    return sends(world.open(mail), **chosen)


def sends(page: Page, **chosen: str) -> Page:
    """Press the button on the page with the questions."""
    hidden = {name: page.values(name)[0] for name in ("csrf_token", "token")}
    to = urljoin(page.answer.url, "/feedback")
    return Page(page.person, page.person.web.post(to, data=hidden | chosen))


@pytest.mark.file("asks it for its tables")
def test_an_answer_only_raises_counters_and_nothing_joins_it_to_a_request(asking: World) -> None:
    reference = done(asking)
    asking.passes(days=9)
    assert asked(asking) == []
    asking.passes(days=1)
    (mail,) = asked(asking)
    local = asking.clock.now.astimezone(asking.engine.program.zone)
    assert local.hour >= 10, "all of a day are asked at one time"
    token = link_in(mail).rpartition("/")[2]
    before = everything(asking.store)
    assert hash_of(token) not in str(before), "it is stored nowhere"
    thanked = answers(asking, mail, **GOOD, **{RECOMMEND: "tell"})
    assert "added to the counts" in thanked.text
    after = everything(asking.store)
    changed = {name for name, rows in after.items() if rows != before.get(name)}
    assert changed == {"feedback_given", "tallies"}
    assert after["feedback_given"] == [(hash_of(token), "2027-02-01")]
    assert {row[0] for row in after["tallies"]} == {QUARTER}
    assert not {"soon", "right", "much", "tell"} & set(str(after["tallies"]).split("'"))
    assert len(after["tallies"]) == len(ANSWERS)
    for rows in (after["feedback_given"], after["tallies"]):
        assert reference not in str(rows)
    assert asking.count("visits") == len(before["visits"])


def test_a_link_counts_once_and_in_whole_only(asking: World) -> None:
    done(asking)
    asking.passes(days=10)
    (mail,) = asked(asking)
    page = asking.open(mail)
    assert "Please answer the first three questions" in sends(page, **{SOON: "soon"}).text
    assert asking.count("tallies") == 0
    sends(page, **GOOD)
    counted = asking.rows("tallies")
    assert "Each link counts once" in sends(page, **GOOD).text
    assert "Each link counts once" in asking.open(mail).text
    assert asking.rows("tallies") == counted


def test_nobody_is_asked_once_it_is_open_again_or_forgotten_or_where_it_is_off(
    asking: World,
) -> None:
    done(asking)
    asking.open(asking.mail(REQUESTER)).choose("reopened")
    asking.passes(days=11)
    assert asked(asking) == []


def test_it_is_off_where_the_files_do_not_say_otherwise(world: World) -> None:
    done(world)
    world.passes(days=11)
    assert asked(world) == []
    assert world.count("outbox") > 0


def test_a_link_that_nobody_made_or_that_is_over_opens_nothing(asking: World) -> None:
    done(asking)
    asking.passes(days=10)
    (mail,) = asked(asking)
    page = asking.open(mail)
    token = page.values("token")[0]
    forged = token[:-3] + ("AAA" if token[-3:] != "AAA" else "BBB")
    hidden = {"csrf_token": page.values("csrf_token")[0], "token": forged}
    to = f"{asking.url}/feedback"
    assert page.person.web.post(to, data=hidden | GOOD).status_code == 404
    # The last letter has two bits that nobody reads: written otherwise it is the same link.
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    same = token[:-1] + letters[letters.index(token[-1]) ^ 1]
    assert page.person.web.post(to, data=hidden | {"token": same} | GOOD).status_code == 404
    sends(page, **GOOD)
    asking.clock.now += timedelta(days=70)
    assert asking.open(mail).status == 404
    asking.work()
    assert asking.count("feedback_given") == 0


@pytest.fixture
def reporting(tmp_path: Path) -> Iterator[World]:
    with living(tmp_path, reporting_config(tmp_path, bound=5)) as world:
        yield world


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"soon": 4}, None),
        # Five in one part: the report's own rule hides it with the others.
        ({"soon": 5}, {"soon": None, "late": None, "never": None}),
        ({"soon": 9, "late": 6, "never": 1}, {"soon": 9, "late": None, "never": None}),
        # Nobody could answer anything else, so these would be four each.
        ({"soon": 9, "late": 4, "never": 4}, {"soon": None, "late": None, "never": None}),
    ],
)
def test_what_too_few_said_is_hidden_in_the_report(
    reporting: World, given: dict[str, int], shown: dict[str, int | None] | None
) -> None:
    counted = [SOON] * sum(given.values())
    values = [value for value, number in given.items() for _ in range(number)]
    with reporting.store.write() as db:
        tallies.add(db, [(QUARTER, "requests", "all")] * 20)
        tallies.add(db, zip([QUARTER] * len(counted), counted, values, strict=True))
    until_due(reporting, QUARTER)
    tables = {one.what: one for one in said(reporting, QUARTER).tables}
    told = tables.get(SOON)
    assert (told and {line.name: line.number for line in told.lines}) == shown
    text = page(reporting).text
    assert ("Did someone get in touch soon enough?" in text) is (shown is not None)
    assert ("feedback_soon" in str(table(reporting))) is (shown is not None)


def test_no_cookie_has_a_link_and_an_answer_leaves_none_in_the_browser(asking: World) -> None:
    done(asking)
    asking.passes(days=10)
    (mail,) = asked(asking)
    browser = Browser()
    waiting = browser.look(link_in(mail))
    page = asking.open(mail, browser)
    serializer = asking.app.session_interface.get_signing_serializer(asking.app)  # type: ignore[attr-defined]
    kept = str(serializer.loads(browser.web.cookies["desk"]))
    assert link_in(mail).rpartition("/")[2] not in kept
    thanked = sends(page, **GOOD)
    assert "added to the counts" in thanked.text
    assert thanked.answer.headers["Clear-Site-Data"] == '"cache"'
    assert waiting.again().choose("").status == 403
