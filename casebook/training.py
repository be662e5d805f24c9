"""Who is asked to come to which session, and who still needs one, read only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casebook.casebook import Casebook
from invitations.model import Answer, Kind
from invitations.nomination import document as nomination
from invitations.training import Place, document, is_canceled, lacking
from matching.fairness import quarter_of
from people.supporters import Supporter, SupporterStatus
from program import Program
from program.training.sessions import Session
from store.invitations import asked
from store.invitations.asked import StoredInvitation

#: How long before a refresher is due someone is invited to one.
AHEAD = timedelta(days=60)
#: How long before a session for the supporters themselves they are invited.
CARE_AHEAD = timedelta(days=30)
#: How long before a session no one new is asked.
LATEST = timedelta(days=2)


@dataclass(frozen=True)
class Guest:
    """Someone who was asked to come to a session."""

    stored: StoredInvitation
    place: Place
    name: str

    @property
    def says_yes(self) -> bool:
        return self.stored.invitation.answer is Answer.YES

    @property
    def counts(self) -> bool:
        return not is_canceled(self.stored.invitation)


def guests(casebook: Casebook) -> list[Guest]:
    """Return everyone who is asked to a session, in the order in which they were."""
    found = asked.of_kind(casebook.store.read(), Kind.TRAINING)
    places = ((stored, document.read(stored.invitation.about)) for stored in found)
    return [Guest(stored, place, _name(casebook, stored, place)) for stored, place in places]


def guests_of(casebook: Casebook, session: str) -> list[Guest]:
    """Return the guests of a session; one that comes back after it was canceled begins anew."""
    return [one for one in guests(casebook) if one.place.session == session and one.counts]


def _name(casebook: Casebook, stored: StoredInvitation, place: Place) -> str:
    return casebook.program.names.get(place.who) or stored.invitation.name


@dataclass(frozen=True)
class Need:
    """Someone who should come to one more session of a kind."""

    who: str
    name: str
    address: str
    kind: str


def needs(casebook: Casebook, today: date) -> Iterator[Need]:
    """Yield what nominees who were invited and supporters whose training ends still need."""
    training = casebook.program.training
    for stored in asked.of_kind(casebook.store.read(), Kind.NOMINATION):
        one, about = stored.invitation, nomination.read(stored.invitation.about)
        if about.is_invited and one.answer is Answer.YES and not one.acted_on:
            for kind in lacking(training.complete, about.attended):
                yield Need(stored.person, one.said.get("name", one.name), one.address, kind)
    for supporter in casebook.program.supporters.values():
        address = supporter.notify_email or supporter.email
        if training.refresher is not None and _needs_refresher(supporter, today):
            yield Need(supporter.id, supporter.name, address, training.refresher.kind)
        if training.care is not None and supporter.status is SupporterStatus.ACTIVE:
            yield Need(supporter.id, supporter.name, address, training.care.kind)


def _needs_refresher(supporter: Supporter, today: date) -> bool:
    due, is_active = supporter.refresher_due, supporter.status is SupporterStatus.ACTIVE
    return is_active and due is not None and due <= today + AHEAD


def upcoming(casebook: Casebook, kind: str, now: datetime) -> list[Session]:
    """Return the sessions of a kind to which someone may still be asked."""
    program = casebook.program
    later = [one for one in program.sessions.values() if one.begins_at >= now + LATEST]
    if program.training.is_care(kind):
        later = [one for one in later if one.begins_at <= now + CARE_AHEAD]
    return [one for one in later if one.kind == kind]


def lacks_debrief(program: Program, today: date) -> bool:
    """Tell whether supporters have no group debrief this quarter, of which a month is left."""
    care = program.training.care
    if care is None or not care.kind or today.month % 3:
        return False
    planned = (one.begins_at for one in program.sessions.values() if one.kind == care.kind)
    return all(quarter_of(program.today(at)) < quarter_of(today) for at in planned)


@dataclass(frozen=True)
class Renewed:
    """A supporter who came to a refresher that their line doesn't say yet."""

    name: str
    on: date
    until: date


def renewed(casebook: Casebook) -> Sequence[Renewed]:
    """Return whose line should say that they came to a refresher."""
    program, refresher = casebook.program, casebook.program.training.refresher
    found = []
    for guest in guests(casebook) if refresher else ():
        supporter = program.supporters.get(guest.place.who)
        is_theirs = supporter is not None and guest.stored.invitation.acted_on == "came"
        if refresher is None or supporter is None or not is_theirs:
            continue
        on = program.today(guest.stored.invitation.until or casebook.made_at)
        until = on + refresher.every
        if supporter.refresher_due is None or supporter.refresher_due < until:
            found.append(Renewed(supporter.name, on, until))
    return found
