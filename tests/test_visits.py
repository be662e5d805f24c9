"""Visits: what the cookie keeps, and that it has room for it."""

from dataclasses import replace

import pytest
from flask import session

from pages import visits
from pages.visits import LIFE, MOST_VISITS, NoVisit, PersonVisit, Visit
from tests.world import World
from workflow.model import Role


def test_it_keeps_a_visit_as_it_began(world: World) -> None:
    until = world.clock() + LIFE
    asked = Visit("PS-7K3QF", Role.SUPPORTER, "ruth", 2, until)
    from_board = Visit("PS-7K3QF", Role.REVIEWER, "jordan", None, until, is_from_board=True)
    with world.app.test_request_context():
        for visit in (asked, replace(asked, role=Role.REQUESTER, has_decided=True), from_board):
            visits.begin(visit)
            assert visits.current(visit.reference, visit.role) == visit
        visits.begin_person(PersonVisit("sam", until, "5e1f"))
        assert visits.current_person() == PersonVisit("sam", until, "5e1f")


def test_the_cookie_has_room_for_as_many_visits_as_it_keeps(world: World) -> None:
    until = world.clock() + LIFE
    with world.app.test_request_context():
        for number in range(MOST_VISITS + 1):
            reference = f"PS-{number:05}"
            person = f"somebody-with-a-rather-long-name-{number}"
            visits.begin(Visit(reference, Role.REQUESTER, person, number, until))
        visits.begin_person(PersonVisit("somebody-with-a-rather-long-name", until, "5e1f" * 16))
        assert visits.current(reference, Role.REQUESTER).person == person
        with pytest.raises(NoVisit):
            visits.current("PS-00000", Role.REQUESTER)
        response = world.app.make_response("")
        world.app.session_interface.save_session(world.app, session, response)
    assert len(response.headers["Set-Cookie"]) < 4093


def test_a_cookie_from_before_its_fields_had_names_asks_to_open_the_link_again(
    world: World,
) -> None:
    reference, browser = world.request(), world.app.test_client()
    expires = int((world.clock() + LIFE).timestamp())
    with browser.session_transaction() as kept:
        kept["visits"] = {f"{reference}/reviewer": ["jordan-avery", None, expires, False, False]}
        kept["person"] = ["jordan-avery", expires, ""]
    answer = browser.get(f"/case/{reference}/reviewer")
    assert answer.status_code == 403
    assert "Please open the link again" in answer.text
    assert browser.get("/me").location == "/link"
