"""Pages of one's own: the link to them, and the board of open requests."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pages.access.timing import STEP_SECONDS
from pages.examples.stage import LISTENING, Stage
from pages.facts.board import MOST_LINES
from tests.test_mails import contents
from tests.world import (
    DAVID,
    ELENA,
    JORDAN,
    PRIYA,
    RUTH,
    SAM,
    Browser,
    Page,
    World,
    example_config,
    link_in,
    living,
)

AMARA = "amara.cole@example.org"


@pytest.mark.parametrize("address", [JORDAN, DAVID, RUTH, AMARA])
def test_whoever_reviews_or_supports_gets_the_link_to_their_page(
    world: World, address: str
) -> None:
    world.ask_for_link(f" {address.upper()} ")
    page = world.open(world.mail(address, "your page"))
    assert page.status == 200
    assert address.partition(".")[0] in page.text.lower()


def test_the_answer_never_tells_who_is_on_our_lists(world: World) -> None:
    reference = world.request()
    mailed = len(world.mailbox.messages)
    known = world.ask_for_link(JORDAN)
    unknown = [world.ask_for_link(a) for a in (SAM, "nobody@example.org", "@")]
    assert {page.text for page in unknown} == {known.text}
    assert {page.status for page in unknown} == {known.status}
    assert len(world.mailbox.messages) == mailed + 1
    written = [mail.person for mail in world.queue if not mail.case_id]
    assert written == ["jordan-reyes"], "the unknown leave nothing behind"
    assert reference not in known.text


def test_a_link_is_mailed_once_in_ten_minutes(world: World) -> None:
    for _ in range(3):
        world.ask_for_link(JORDAN)
    assert len(world.mails(JORDAN)) == 1
    world.passes(minutes=10)
    world.ask_for_link(JORDAN)
    assert len(world.mails(JORDAN)) == 2


def test_an_own_page_needs_its_link_and_closes_after_half_an_hour(world: World) -> None:
    stranger = Browser().look(f"{world.url}/me")
    assert "Get the link to your page" in stranger.text
    page = world.own_page(JORDAN)
    assert "Jordan Reyes" in page.text
    world.clock.now = world.clock.now.replace(minute=world.clock.now.minute + 30)
    assert "Get the link to your page" in page.again().text


def test_an_old_link_to_an_own_page_can_be_renewed(world: World) -> None:
    world.ask_for_link(JORDAN)
    old = link_in(world.mail(JORDAN))
    world.passes(days=31)
    page = Browser().open(old)
    assert page.status == 410
    page.choose("fresh")
    world.until_links_are_mailed()
    assert "Jordan Reyes" in world.open(world.mail(JORDAN)).text


def test_who_leaves_the_program_loses_their_page(world: World) -> None:
    page = world.own_page(AMARA)
    roster = world.folder / "config/supporters.csv"
    lines = [line for line in roster.read_text().splitlines() if "amara" not in line]
    roster.write_text("\n".join(lines) + "\n")
    world.work()
    world.passes(minutes=20)
    world.open(world.mail(AMARA), page.person)
    world.passes(minutes=11)
    assert "Get the link to your page" in page.again().text
    assert world.ask_for_link(AMARA).status == 200
    assert len(world.mails(AMARA)) == 1


def test_an_old_link_of_who_has_no_page_any_more_is_not_renewed(tmp_path: Path) -> None:
    config = example_config(tmp_path)
    program = config / "program.toml"
    ruths = program.read_text()
    program.write_text(ruths.replace('person = "ruth-lindqvist"', 'person = "sam-whitaker"'))
    with living(tmp_path, config) as world:
        world.ask_for_link(SAM)
        old = link_in(world.mail(SAM))
        program.write_text(ruths)
        world.work()
        assert world.engine.program.duties.outside_person == "ruth-lindqvist"
        world.passes(days=31)
        count = len(world.mails(SAM))
        assert "check your email" in Browser().open(old).choose("fresh").text
        world.until_links_are_mailed()
        assert len(world.mails(SAM)) == count


def test_who_coordinates_and_supports_is_away_as_both_at_once(tmp_path: Path) -> None:
    config = example_config(tmp_path)
    roster = config / "supporters.csv"
    amaras = next(line for line in roster.read_text().splitlines() if AMARA in line)
    jordans = amaras.replace("amara-cole,Amara Cole", 'jordan-s,"Jordan Reyes, RN"')
    roster.write_text(f"{roster.read_text()}{jordans.replace(AMARA, JORDAN)}\n")
    with living(tmp_path, config) as world:
        page = world.own_page(JORDAN).choose("away_open")
        assert world.engine.casebook.absent == {"jordan-reyes", "jordan-s"}
        page.choose("back")
        assert world.engine.casebook.absent == set()


# The board


def board(world: World, address: str) -> Page:
    return world.own_page(address).person.look(f"{world.url}/board")


def test_the_board_shows_what_is_open_and_mails_its_link(world: World) -> None:
    assert "All quiet" in board(world, JORDAN).text
    reference, supporter = world.matched()
    page = board(world, PRIYA)
    (person,) = world.engine.program.found_by(supporter)
    assert f"Waiting for {person.name}" in page.text
    assert "A supporter said yes and will get in touch. 47 hours left" in page.text
    assert "Department Emergency Medicine" in page.text
    assert [w for w in ("Jamie", "Quill", "0199", "Night float") if w in page.text] == []
    assert "Check your email" in page.choose(reference).text
    world.work()
    opened = world.open(world.mail(PRIYA, "new link"))
    assert "Take it back and choose again" in opened.text
    opened.choose("taken_back")
    world.passes(minutes=6)
    assert "Waiting for a decision" in board(world, JORDAN).text
    assert "All quiet" in board(world, DAVID).text, "no deputy was called"


def test_the_board_marks_what_is_urgent_overdue_and_being_looked_at(world: World) -> None:
    reference = world.request()
    world.passes(days=4)
    world.open(world.mail(ELENA, reference)).choose("looking")
    world.submit(QID2_TEXT="robin@example.org", QID3_TEXT=None, QID12=2)
    world.work()
    page = board(world, ELENA)
    uncalled = page.text.index("No one has taken the call yet")
    assert uncalled < page.text.index(f"the link {reference}"), "what is urgent stands first"
    assert "late – due Thursday, Nov 26, 10 AM" in page.text
    assert "Elena Fischer has been looking at this since" in page.text


def test_the_board_is_sorted_and_filtered_by_links(world: World) -> None:
    world.request()
    world.passes(hours=5)
    world.submit(QID2_TEXT="robin@example.org", QID3_TEXT=None, QID6=2)
    world.submit(QID2_TEXT="kim@example.org", QID3_TEXT=None, QID6=2, QID12=2)
    world.passes(minutes=11)
    emergency, surgery, urgent = world.references
    page = board(world, PRIYA)
    assert "Surgery" in page.text
    assert shown_on(page) == [urgent, emergency, surgery], "urgent, then what is due soonest"
    for sort in ("state", "department", "no such column"):
        again = page.person.look(f"{page.answer.url}?sort={sort}")
        assert shown_on(again) == [urgent, emergency, surgery]
    only = page.person.look(f"{page.answer.url}?department=surgery")
    assert shown_on(only) == [urgent, surgery]
    assert shown_on(page.person.look(f"{page.answer.url}?department=nowhere")) == shown_on(page)
    assert only.choose(surgery).status == 200


def test_the_board_shows_fifty_requests_at_a_time_what_is_urgent_first(world: World) -> None:
    book = world.engine.casebook
    stage = Stage(book.program, book.store, book.seal, world.clock.now)
    asked = [
        replace(LISTENING, email=f"person.{n}@example.org", phone=f"203-555-{1000 + n}")
        for n in range(MOST_LINES + 2)
    ]
    *others, urgent = [stage.submit(one, is_urgent=one is asked[-1]) for one in asked]
    page = board(world, PRIYA)
    first = shown_on(page)
    assert (len(first), first[0]) == (MOST_LINES, urgent)
    assert "Back to the first requests" not in page.text
    rest = page.person.look(f"{page.answer.url}?start={MOST_LINES}")
    assert {*first, *shown_on(rest)} == {*others, urgent}
    assert "Show the next requests" in page.text
    assert "Show the next requests" not in rest.text
    for start in ("-1", "x", "0"):
        assert shown_on(page.person.look(f"{page.answer.url}?start={start}")) == first
    assert page.person.look(f"{page.answer.url}?start={sys.maxsize}").status == 200
    beyond = page.person.look(f"{page.answer.url}?start=900")
    assert "Back to the first requests" in beyond.text
    assert rest.choose(shown_on(rest)[0]).status == 200


def shown_on(page: Page) -> list[str]:
    """Return the references on a board from top to bottom."""
    return page.values("choice")


def test_who_is_barred_or_stepped_back_finds_no_trace_of_a_request(world: World) -> None:
    world.submit(QID2_TEXT=JORDAN)
    world.work()
    world.passes(minutes=11)
    reference = world.only_case().reference
    page = board(world, JORDAN)
    assert "All quiet" in page.text
    forced = page.person.web.post(
        page.answer.url, data={"choice": reference, "csrf_token": token_of(page)}
    )
    never = page.person.web.post(
        page.answer.url, data={"choice": "PS-XXXXX", "csrf_token": token_of(page)}
    )
    assert (forced.status_code, forced.text) == (never.status_code, never.text)
    assert reference in board(world, PRIYA).text
    world.open(world.mail(PRIYA, reference)).choose("handed_over")
    assert "All quiet" in board(world, PRIYA).text
    assert reference in board(world, ELENA).text


def token_of(page: Page) -> str:
    own = page.person.look(page.answer.url.replace("/board", "/me"))
    return own.values("csrf_token")[0]


def test_a_request_that_no_key_opens_keeps_neither_board_nor_digest_from_the_others(
    tmp_path: Path,
) -> None:
    with living(tmp_path, example_config(tmp_path, digest_at="08:00")) as world:
        damaged = world.request()
        world.submit(QID2_TEXT="robin@example.org", QID3_TEXT=None)
        world.passes(minutes=11)
        whole = world.references[-1]
        world.loses_identity(damaged)
        page = board(world, PRIYA)
        assert f"the link {whole}" in page.text
        assert damaged not in page.text
        world.own_page(JORDAN).choose("away_open")
        world.passes(days=1)
        assert world.mail(PRIYA, "1 open").subject == "Care Desk: 1 open"
        assert "Jordan Reyes: away" in world.mail(PRIYA, "1 open").text


def test_supporters_and_strangers_have_no_board(world: World) -> None:
    reference = world.request()
    assert board(world, AMARA).status == 403
    assert "Get the link to your page" in Browser().look(f"{world.url}/board").text
    assert reference not in board(world, AMARA).text


def test_looking_at_own_pages_changes_nothing(world: World) -> None:
    world.request()
    page = board(world, JORDAN)
    before = contents(world.engine)
    for path in ("board", "me", "link"):
        for _ in range(2):
            assert page.person.look(f"{world.url}/{path}").status == 200
    assert contents(world.engine) == before


# A link that was passed on


@pytest.fixture
def daily(tmp_path: Path) -> Iterator[World]:
    with living(tmp_path, example_config(tmp_path, digest_at="08:00")) as world:
        yield world


def test_whoever_a_digest_was_passed_on_to_sees_nobody_and_decides_nothing(daily: World) -> None:
    """All that they can do: let its reader be mailed."""
    reference = daily.request(QID11_TEXT="Cole", QID12=2)
    daily.passes(days=1)
    page = daily.open(daily.mail(JORDAN, "1 open"), Browser())
    before = daily.rows("cases"), daily.rows("history"), daily.rows("openings")
    for chosen in (reference, *CHOICES):
        fields = {"reference": reference, "outcome": "reached_otherwise", "version": "1"}
        answer = page.choose(chosen, first="beth-lindgren", **fields)
        assert answer.status == (200 if chosen == reference else 410), chosen
        assert [w for w in ("Jamie", "Quill", "0199", "Cole", "Beth") if w in answer.text] == []
    for slot in range(4):
        assert page.person.look(f"{daily.url}/page/{slot}").status == 403
    assert (daily.rows("cases"), daily.rows("history"), daily.rows("openings")) == before
    daily.work()
    assert len(daily.mails(JORDAN, "new link")) == 1


def test_a_digest_that_was_passed_on_says_no_more_of_a_request_than_that_it_is_open(
    daily: World,
) -> None:
    """Another coordinator may read it, from whom it is kept."""
    reference = daily.request(QID11_TEXT="Priya Nair", **{"userLanguage": "ES"})
    daily.passes(days=1)
    page = daily.open(daily.mail(JORDAN, "1 open"), Browser())
    assert f"{reference} Waiting for review. Which request?" in page.text
    told = ("Emergency", "Nursing", "Language", "Nov 26")
    by_query = page.person.look(f"{page.answer.url}?sort=department&department=emergency")
    for shown in (page, by_query):
        assert [word for word in told if word in shown.text] == []
    assert [word for word in told if word in board(daily, JORDAN).text] == list(told)


#: What a reviewer's page has and a board has not.
CHOICES = (
    "identity", "text", "recognized", "looking", "mail_link", "offered", "closed", "referred",
    "call_taken", "called", "taken_back", "handed_over", "completed", "withdrawn", "undone",
)  # fmt: skip


def test_two_requests_side_by_side_on_the_board_tell_nobody_who_is_barred(world: World) -> None:
    first = world.request()
    world.submit(QID2_TEXT="robin@example.org", QID3_TEXT=None, QID11_TEXT="Priya Nair")
    world.work()
    world.passes(minutes=11)
    text = board(world, JORDAN).text
    assert f"Email me the link {first}" in text
    assert text.count("Waiting for a decision") == 2
    assert "Priya" not in text, "who reviews the one and not the other"


def test_the_board_mails_the_link_once_and_goes_on_with_what_it_began(world: World) -> None:
    reference = world.request()
    page = board(world, JORDAN)
    for _ in range(2):
        assert "Check your email" in page.choose(reference).text
        world.work()
    assert len(world.mails(JORDAN, "new link")) == 1
    own = world.open(world.mail(JORDAN, "new link"), page.person)
    assert "Jamie Quill" in own.choose("identity").text
    again = page.again()
    assert f"Open {reference}" in again.text
    assert "Jamie Quill" in again.choose(reference).choose("identity").text, "their visit goes on"
    first = own.again().values("first")[0]
    assert own.choose("offered", first=first).status == 200
    assert "Take the offer back" in page.again().choose(reference).text, "there is more to do"
    world.passes(minutes=31)
    assert f"Email me the link {reference}" in board(world, JORDAN).text


def test_nobody_but_a_reviewer_is_mailed_a_link_from_the_board(world: World) -> None:
    reference = world.request()
    page = board(world, JORDAN)
    world.open(world.mail(JORDAN, reference)).choose("handed_over")
    assert page.choose(reference).status == 410
    world.passes(minutes=6)
    assert world.mails(JORDAN, "new link") == []


def test_an_urgent_request_needs_no_board_its_own_mail_opens_it(world: World) -> None:
    world.submit(QID12=2)
    world.work()
    page = world.open(world.mail(JORDAN, "please act now"))
    assert page.choose("call_taken").status == 200
    assert "Jamie Quill" in page.again().choose("identity").text


def test_the_link_of_a_digest_lives_three_days(daily: World) -> None:
    daily.request()
    daily.passes(days=1)
    link = link_in(daily.mail(JORDAN, "1 open"))
    daily.clock.now += timedelta(days=3, minutes=-1)
    assert Browser().open(link).status == 200
    daily.clock.now += timedelta(minutes=1)
    assert Browser().open(link).status == 410


@pytest.mark.usefixtures("waits")
def test_the_board_does_not_tell_by_its_time_what_is_kept_from_its_reader(world: World) -> None:
    """It opens each request that it hides, so without a wait it would take longer for each."""
    world.request(QID11_TEXT="Jordan Reyes")
    page = world.own_page(JORDAN)
    answer = page.person.look(f"{world.url}/board").answer
    assert answer.elapsed.total_seconds() >= STEP_SECONDS
