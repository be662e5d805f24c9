"""Pages of one's own: the link to them, and the board of open requests."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

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
        assert "check your mail" in Browser().open(old).choose("fresh").text
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


def test_the_board_shows_what_is_open_and_opens_it(world: World) -> None:
    assert "All quiet" in board(world, JORDAN).text
    reference, supporter = world.matched()
    page = board(world, PRIYA)
    (person,) = world.engine.program.found_by(supporter)
    assert f"Waits for {person.name}" in page.text
    assert "A supporter said yes and will make contact. 47 hours left" in page.text
    assert "Department Emergency Medicine" in page.text
    assert [w for w in ("Jamie", "Quill", "0199", "Night float") if w in page.text] == []
    opened = page.choose(reference)
    assert opened.status == 200
    assert "Take it back and match again" in opened.text
    opened.choose("taken_back")
    world.work()
    assert "Waits for Jordan Reyes or Priya Nair" in board(world, JORDAN).text
    assert "All quiet" in board(world, DAVID).text, "no deputy was called"


def test_the_board_marks_what_is_urgent_overdue_and_being_looked_at(world: World) -> None:
    reference = world.request()
    world.passes(days=4)
    world.open(world.mail(ELENA, reference)).choose("looking")
    world.submit(QID2_TEXT="robin@example.org", QID3_TEXT=None, QID12=2)
    world.work()
    page = board(world, ELENA)
    uncalled = page.text.index("No one has taken the call yet")
    assert uncalled < page.text.index(f"Open {reference}"), "what is urgent stands first"
    assert "late – due Thursday, November 26, 10:00 AM" in page.text
    assert "Elena Fischer is looking at this since" in page.text


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
        assert f"Open {whole}" in page.text
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


def test_whoever_a_digest_was_passed_on_to_sees_nobody(daily: World) -> None:
    reference = daily.request(QID11_TEXT="Cole")
    daily.passes(days=1)
    page = daily.open(daily.mail(JORDAN, "1 open"), Browser()).choose(reference)
    assert page.status == 200
    assert not {"identity", "text"} & set(page.values("choice"))
    unclear = {"typed": "Cole", "could_mean": "amara-cole", "meant": "nobody"}
    for choice in ("identity", "text", "recognized"):
        refused = page.choose(choice, **unclear)
        assert refused.status == 403
        assert [w for w in ("Jamie", "Quill", "0199") if w in refused.text] == []
    assert daily.count("openings") == 0
    assert page.choose("offered", first="beth-lindgren").status == 403
    assert page.choose("closed", outcome="reached_otherwise").status == 200, "they may decide"


def test_from_the_board_nothing_tells_who_is_not_wanted(world: World) -> None:
    reference = world.request(QID11_TEXT="Amara Cole")
    own = world.open(world.mail(JORDAN, reference)).text
    assert "1 colleague is left out" in own
    assert "3 are not free right now" in own
    page = board(world, JORDAN).choose(reference)
    assert [w for w in ("excluded", "not available", "Amara", "Beth") if w in page.text] == []
    assert page.values("first") == page.values("backup") == []
    answers = {
        page.choose("offered", first=id).text for id in ("amara-cole", "beth-lindgren", "nobody")
    }
    assert len(answers) == 1, "nobody finds out by trying"
    assert "candidates open from the e-mail about this request" in answers.pop()


def test_the_page_from_the_board_mails_the_link_that_opens_the_name(world: World) -> None:
    reference = world.request()
    page = board(world, JORDAN).choose(reference)
    for _ in range(2):
        assert "check your mail" in page.choose("mail_link").text
        world.work()
    assert len(world.mails(JORDAN, "new link")) == 1
    own = world.open(world.mail(JORDAN, "new link"), page.person)
    assert "Jamie Quill" in own.choose("identity").text
    again = page.person.look(f"{world.url}/board").choose(reference)
    assert "Jamie Quill" in again.choose("identity").text, "their visit goes on"
    world.passes(minutes=31)
    again = board(world, JORDAN).choose(reference)
    assert "Jamie" not in again.choose("identity").text


def test_nobody_but_a_reviewer_is_mailed_a_link_from_the_board(world: World) -> None:
    reference = world.request()
    page = board(world, JORDAN).choose(reference)
    world.open(world.mail(JORDAN, reference)).choose("handed_over")
    assert page.choose("mail_link").status == 403
    world.work()
    assert world.mails(JORDAN, "new link") == []


def test_the_link_of_a_digest_lives_three_days(daily: World) -> None:
    daily.request()
    daily.passes(days=1)
    link = link_in(daily.mail(JORDAN, "1 open"))
    daily.clock.now += timedelta(days=3, minutes=-1)
    assert Browser().open(link).status == 200
    daily.clock.now += timedelta(minutes=1)
    assert Browser().open(link).status == 410


def test_a_board_that_was_passed_on_does_not_tell_the_unit(world: World) -> None:
    world.request(QID7_TEXT="Observation Unit")
    world.ask_for_link(JORDAN)
    page = world.open(world.mail(JORDAN, "your page"))
    page = page.choose(page.values("choice")[0] if page.values("choice") else world.references[0])
    assert "Ask a supporter" in page.text
    assert "close to them at work" not in page.text


def test_the_board_tells_no_caution_by_way_of_the_history(world: World) -> None:
    """A link to the board may have been passed on, and a caution tells where somebody works."""
    reference = world.request(QID7_TEXT="Emergency Department")
    world.ask_for_link(JORDAN)
    board = world.open(world.mail(JORDAN, "your page")).person.look(f"{world.url}/board")
    page = world.open(world.mail(JORDAN, reference))
    page.choose(
        "offered", first=page.values("first")[0], backup="amara-cole", although="nobody_else"
    )
    decided = board.choose(reference)
    assert "although there was a caution" in decided.text
    assert "close to them at work" not in decided.text
    undone = decided.choose("undone")
    assert "close to them at work" not in undone.text
    from_its_mail = world.open(world.mail(JORDAN, reference))
    assert "close to them at work" in from_its_mail.text
