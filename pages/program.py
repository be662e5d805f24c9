"""The page where a change of the files is confirmed: by an admin, or by a coordinator."""

from dataclasses import dataclass

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from casebook.sight.parts import is_long, parts_of
from engine import adoption
from lib.languages.said import for_staff
from pages import visits
from pages.context import casebook, engine, now
from pages.facts.page import ProgramPage, SentForm
from pages.responses import message, not_sure_yet, not_yours, show
from pages.visits import NoVisit
from program import ProgramError
from store import programs
from store.programs import Version, VersionStatus
from workflow import words
from workflow.model import Role

bp = Blueprint("program", __name__)

CHOICES = {status.value: status for status in (VersionStatus.IN_FORCE, VersionStatus.REJECTED)}
ASKED_TWICE = {
    VersionStatus.IN_FORCE: for_staff("Use the new files?"),
    VersionStatus.REJECTED: for_staff("Leave things as they are?"),
}
CHOOSE = for_staff("Choose one of the two, then press Send my decision.")
READ_FIRST = for_staff("Check each part once you’ve read it, then press Send my decision.")
SETTLED = for_staff("This was settled in the meantime, so your answer changed nothing.")
#: With these statuses, no newer version has followed.
NEWEST = (VersionStatus.IN_FORCE, VersionStatus.REJECTED)
DECIDED = {
    VersionStatus.IN_FORCE: for_staff("%(who)s chose the new files on %(at)s."),
    VersionStatus.REJECTED: for_staff("%(who)s left things as they were on %(at)s."),
}


@dataclass(frozen=True)
class Asked:
    """Someone and the version of the files that they are asked to confirm."""

    person: str
    fingerprint: str


@bp.get("/program")
def show_program() -> ResponseReturnValue:
    return _page(_asked())


@bp.post("/program")
def decide() -> ResponseReturnValue:
    """Carry out the chosen answer; no choice has a default."""
    asked = _asked()
    status = CHOICES.get(request.form.get("choice", ""))
    version = programs.find(casebook().store.read(), asked.fingerprint)
    if not _may_decide(asked, version):
        is_same = version is not None and _is_repeated(version, asked, status)
        return _page(asked) if is_same else _page(asked, SETTLED, 409)
    if status is None or version is None:
        return _page(asked, CHOOSE, 400)
    if status is VersionStatus.IN_FORCE and not _has_read(version):
        return _page(asked, READ_FIRST, 400)
    if question := not_sure_yet(ASKED_TWICE[status]):
        return question
    try:
        is_done = adoption.decide(engine(), version, status, asked.person, now())
    except ProgramError:
        return _unusable()
    return redirect(url_for("program.show_program"), 303) if is_done else _page(asked, SETTLED, 409)


def _has_read(version: Version) -> bool:
    """Tell whether each part of a long list of changes was ticked."""
    try:
        readings = adoption.comparison(engine(), version, now()).readings
    except ProgramError:
        return True
    parts = {part.key.value for part in parts_of(readings)}
    return not is_long(readings) or parts <= {*request.form.getlist("read")}


def _asked() -> Asked:
    visit = visits.current_person()
    if visit.role is not Role.ADMIN:
        raise NoVisit
    return Asked(visit.person, visit.page)


def _page(asked: Asked, problem: str = "", status: int = 200) -> ResponseReturnValue:
    version = programs.find(casebook().store.read(), asked.fingerprint)
    has_decided = version is not None and version.decided_by == asked.person
    may_decide = _may_decide(asked, version)
    if not (_is_admin(asked) or may_decide or has_decided):
        return not_yours(None)
    form = SentForm(problem)
    if version is None or version.status is not VersionStatus.WAITS:
        is_newest = version is not None and version.status in NEWEST
        page = ProgramPage(form, None, (), _decided(version), is_replaced=not is_newest)
        return show(page, status)
    try:
        waits = adoption.comparison(engine(), version, now())
    except ProgramError:
        return _unusable()
    if not _is_admin(asked):
        waits = adoption.for_coordinators(engine(), version, waits)
    names = casebook().program.names
    others = () if may_decide else tuple(names[id] for id in waits.deciders if id in names)
    page = ProgramPage(form, waits, others, "", is_replaced=False, may_decide=may_decide)
    return show(page, status)


def _decided(version: Version | None) -> str:
    """Say what was decided about a version, when and by whom; "" if no one decided."""
    if version is None or version.decision is None or version.decided_at is None:
        return ""
    person = casebook().program.person(version.decided_by)
    at = words.day_and_time(version.decided_at, casebook().program.zone)
    return for_staff(
        DECIDED[version.decision], who=person.name if person else for_staff("Someone"), at=at
    )


def _is_admin(asked: Asked) -> bool:
    return asked.person in casebook().program.duties.admins


def _may_decide(asked: Asked, version: Version | None) -> bool:
    if version is None or version.status is not VersionStatus.WAITS:
        return False
    return asked.person in adoption.deciders(engine(), version, now())


def _is_repeated(version: Version, asked: Asked, status: VersionStatus | None) -> bool:
    return version.decided_by == asked.person and version.decision is status


def _unusable() -> ResponseReturnValue:
    return message(
        for_staff("These files can’t be used anymore"),
        for_staff(
            "This program was updated since they were saved. Please run “flask check,” fix"
            " what it names, and save them again."
        ),
        409,
    )
