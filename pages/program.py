"""The page on which an admin confirms what cannot be taken back."""

from dataclasses import dataclass

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import adoption
from notifications.mail.links import Link
from pages import visits
from pages.responses import casebook, engine, message, not_yours, show
from pages.visits import NoVisit
from program import ProgramError
from store import outbox, programs
from store.programs import Version, VersionStatus
from workflow import words

bp = Blueprint("program", __name__)

CHOICES = {status.value: status for status in (VersionStatus.IN_FORCE, VersionStatus.REJECTED)}
SETTLED = "This was settled in the meantime, so your answer changed nothing."
DECIDED = {
    VersionStatus.IN_FORCE: "{who} put these files in force on {at}.",
    VersionStatus.REJECTED: "{who} left things as they were on {at}.",
}


@dataclass(frozen=True)
class Asked:
    """One admin and the version of the files that they were asked about."""

    person: str
    fingerprint: str


def send_fresh_link(link: Link) -> ResponseReturnValue:
    """Mail a fresh link to the address on file; the answer never tells whether there is one."""
    mails = adoption.fresh_link(engine(), link.page, link.person, visits.now())
    with casebook().store.write() as db:
        outbox.add(db, mails)
    return message(
        "A new link is on its way",
        "If this change still waits for a decision, you get a new link at the address that we"
        " have on file.",
        200,
    )


@bp.get("/program")
def show_program() -> ResponseReturnValue:
    return _page(_asked())


@bp.post("/program")
def decide() -> ResponseReturnValue:
    """Carry out what was chosen; a choice has no default."""
    asked = _asked()
    status = CHOICES.get(request.form.get("choice", ""))
    version = programs.find(casebook().store.read(), asked.fingerprint)
    if version is None or version.status is not VersionStatus.WAITS or not _is_admin(asked):
        is_same = version is not None and _is_repeated(version, asked, status)
        return _page(asked) if is_same else _page(asked, SETTLED, 409)
    if status is None:
        return _page(asked, "Please choose one of the two.", 400)
    try:
        is_done = adoption.decide(engine(), version, status, asked.person, visits.now())
    except ProgramError:
        return _unusable()
    return redirect(url_for("program.show_program"), 303) if is_done else _page(asked, SETTLED, 409)


def _asked() -> Asked:
    visit = visits.current_person()
    if not visit.files:
        raise NoVisit
    return Asked(visit.person, visit.files)


def _page(asked: Asked, problem: str = "", status: int = 200) -> ResponseReturnValue:
    version = programs.find(casebook().store.read(), asked.fingerprint)
    has_decided = version is not None and version.decided_by == asked.person
    if not (_is_admin(asked) or has_decided):
        return not_yours(None)
    if version is None or version.status is not VersionStatus.WAITS:
        return show("program.html", status, problem=problem, said=None, **_outcome(version))
    try:
        said = adoption.comparison(engine(), version, visits.now())
    except ProgramError:
        return _unusable()
    return show("program.html", status, problem=problem, said=said)


def _outcome(version: Version | None) -> dict[str, str]:
    """Say what was decided, when and by whom, and whether other files have come since."""
    decided = ""
    if version is not None and version.decision is not None and version.decided_at is not None:
        person = casebook().program.person(version.decided_by)
        at = words.day_and_time(version.decided_at, casebook().program.zone)
        who = person.name if person else "An admin"
        decided = DECIDED[version.decision].format(who=who, at=at)
    newest = (VersionStatus.IN_FORCE, VersionStatus.REJECTED)
    is_newest = version is not None and version.status in newest
    return {"decided": decided, "replaced": "" if is_newest else "yes"}


def _is_admin(asked: Asked) -> bool:
    return asked.person in casebook().program.admins


def _is_repeated(version: Version, asked: Asked, status: VersionStatus | None) -> bool:
    return version.decided_by == asked.person and version.decision is status


def _unusable() -> ResponseReturnValue:
    return message(
        "These files cannot be used any more",
        "The service has been renewed since they were saved. Please run flask check, correct what"
        " it says, and save them again.",
        409,
    )
