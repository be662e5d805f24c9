"""Stories of deputies and the outside person: a request is theirs once they are called about it."""

from contextlib import suppress

import pytest

from engine import permissions
from notifications import planning
from store import outbox
from tests.world import DAVID, ELENA, JORDAN, PRIYA, RUTH, Page, World
from workflow.errors import NotYours
from workflow.model import Decision, Event, Role


def board(world: World, address: str) -> Page:
    return world.own_page(address).person.look(f"{world.url}/board")


def seen_by(world: World, reference: str, *addresses: str) -> list[str]:
    """Return whose boards have a request."""
    return [one for one in addresses if reference in board(world, one).text]


def guessed(world: World, address: str, reference: str) -> Page:
    """Choose a request on a board that does not show it."""
    own = world.own_page(address)
    sent = {"csrf_token": own.values("csrf_token")[0], "choice": reference}
    return Page(own.person, own.person.web.post(f"{world.url}/board", data=sent))


def test_nobody_but_the_coordinators_sees_a_request_before_others_are_called(world: World) -> None:
    reference = world.request()
    assert seen_by(world, reference, JORDAN, PRIYA, ELENA, DAVID, RUTH) == [JORDAN, PRIYA]
    pages = [guessed(world, ELENA, one) for one in (reference, "PS-ZZZZZ")]
    assert [page.status for page in pages] == [410, 410]
    assert pages[0].text == pages[1].text, "nothing tells that there is such a request"
    decision = Decision(Event.HANDED_OVER, "elena-fischer", Role.REVIEWER)
    with pytest.raises(NotYours):
        world.engine.decide(reference, decision, world.clock())


def test_who_was_called_goes_on_with_a_request_after_a_coordinator_acted(world: World) -> None:
    reference = world.request()
    while not world.mails(ELENA, reference):
        world.until_handled(reference)
    assert seen_by(world, reference, ELENA, DAVID, RUTH) == [ELENA, DAVID]
    page = world.open(world.mails(JORDAN, reference)[0])
    page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    assert world.case(reference).calls_in_vain == 0
    assert seen_by(world, reference, ELENA, DAVID, RUTH) == [ELENA, DAVID]
    assert world.open(world.mail(ELENA, reference)).status == 200


def test_the_outside_person_sees_a_request_from_their_own_call_on(world: World) -> None:
    reference = world.request()
    while not world.mails(RUTH, reference):
        assert seen_by(world, reference, RUTH) == []
        world.until_handled(reference)
    assert world.open(world.mail(RUTH, reference)).status == 200
    assert seen_by(world, reference, RUTH) == [RUTH]


def test_deputies_see_an_urgent_request_from_the_first_minute(world: World) -> None:
    world.submit(QID12=3)
    world.work()
    reference = world.only_case().reference
    assert seen_by(world, reference, ELENA, DAVID, RUTH) == [ELENA, DAVID]
    assert world.open(world.mail(ELENA, reference)).choose("call_taken").status == 200


def test_a_deputy_who_stands_in_sees_a_request_and_one_whose_mail_never_left_does_not(
    world: World,
) -> None:
    for one in (JORDAN, PRIYA):
        world.own_page(one).choose("away_open")
    world.submit()
    world.work()
    reference = world.only_case().reference
    assert seen_by(world, reference, ELENA, DAVID) == [ELENA, DAVID]
    for one in (JORDAN, PRIYA):
        world.own_page(one).choose("back")
    world.passes(minutes=11)
    assert world.mails(ELENA, reference) == []
    assert seen_by(world, reference, JORDAN, ELENA, DAVID) == [JORDAN]


def test_asking_for_a_link_calls_nobody(world: World) -> None:
    """An expired link may lead to a request into which another one was merged."""
    reference = world.request()
    loaded, now = world.engine.casebook.load(reference), world.clock()
    with world.store.write() as db:
        mail = planning.fresh_link(loaded, "elena-fischer", Role.REVIEWER, None, now)
        outbox.add(db, [mail])
    assert not world.engine.casebook.load(reference).reviewing.may_act("elena-fischer")
    world.work()
    assert world.mails(ELENA, reference) == []


def test_a_role_decides_only_what_is_listed(world: World) -> None:
    """Whoever claims a role must be known in it; a role that nothing lists decides nothing."""
    loaded = world.engine.casebook.load(world.request())

    def is_allowed(by: str, role: str) -> bool:
        with suppress(NotYours):
            decision = Decision(Event.WITHDRAWN, by, role)  # type: ignore[arg-type]
            permissions.authorize(world.engine.casebook, loaded, decision, world.clock.now)
            return True
        return False

    claimed = ("", "jordan-reyes", "elena-fischer", "amara-osei", "requester")
    allowed = {(by, role) for by in claimed for role in (*Role, "auditor") if is_allowed(by, role)}
    assert allowed == {("", "requester"), ("", "clock"), ("jordan-reyes", "reviewer")}
