"""What a coordinator says of a group session."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from invitations.outreach import GroupSession, counts_at
from lib.languages.said import for_staff
from lib.text import one_line
from pages.facts.invitations.outreach import LENGTHS, leaders
from pages.forms import BadForm
from program import Program

LONGEST_PLACE = 120
#: Those who are asked need time to read it, and no one plans further ahead after an event.
SOONEST, LATEST = timedelta(hours=4), timedelta(days=30)
NO_PLACE = for_staff("Write where the group session is, then press Invite them.")
NO_TIME = for_staff(
    "Choose a day and a time for the group session: at least 4 hours from now, and at most 30 days."
)
NO_LENGTH = for_staff("Choose how long the group session takes.")
NO_LEADER = for_staff("Choose who leads the group session: one supporter, or two different ones.")


def session_in(form: Mapping[str, str], program: Program, now: datetime) -> GroupSession:
    """Return the session in a form; BadForm says what is missing."""
    place = one_line(form.get("place", ""), LONGEST_PLACE)
    if not place:
        raise BadForm(NO_PLACE)
    begins_at = _begins_at(form, program)
    if begins_at is None or not SOONEST <= begins_at - now <= LATEST:
        raise BadForm(NO_TIME)
    minutes = {f"{one}": one for one in LENGTHS}.get(form.get("minutes", ""))
    if minutes is None:
        raise BadForm(NO_LENGTH)
    chosen = tuple(filter(None, (form.get("leads", ""), form.get("leads_too", ""))))
    known = {one.id for one in leaders(program)}
    if not chosen or not known.issuperset(chosen) or len(set(chosen)) < len(chosen):
        raise BadForm(NO_LEADER)
    ends_at = begins_at + timedelta(minutes=minutes)
    return GroupSession(begins_at, ends_at, place, chosen, counts_at(begins_at, now))


def _begins_at(form: Mapping[str, str], program: Program) -> datetime | None:
    try:
        day, at = date.fromisoformat(form.get("day", "")), time.fromisoformat(form.get("at", ""))
    except ValueError:
        return None
    local = datetime.combine(day, at.replace(tzinfo=None), tzinfo=program.zone)
    return local.astimezone(UTC)
