"""Write a mail at the moment of sending: the facts that its template may know, and its link."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from urllib.parse import urlsplit

from notifications.compose import EMAILS, Composer, Message
from notifications.links import BOARD, ME, Link, sign
from store import deliveries, programs
from store.outbox import Outgoing
from store.programs import VersionFate
from workflow import attendance, covering, digest, overview, words
from workflow.casebook import Loaded
from workflow.engine import Engine
from workflow.envelopes import REQUESTER, RING
from workflow.model import Case, Promise, PromiseKind, Role
from workflow.nudges import SEVERAL_WAIT, TOGETHER, WHERE_THINGS_STAND
from workflow.program_mails import ABOUT_FILES, RESPONSE_WAITS, ROSTER
from workflow.programs import Reader, Said, open_said
from workflow.resources import Resource, is_open
from workflow.talks import TALK_WANTED

#: Which promise a mail speaks of when its occasion does not say.
MAIN_PROMISES = (
    PromiseKind.CALL,
    PromiseKind.OFFER,
    PromiseKind.CONTACT,
    PromiseKind.TRY_AGAIN,
    PromiseKind.CONVERSATION,
    PromiseKind.REVIEW,
    PromiseKind.REVIEW_AGAIN,
)
#: What a late "your request has arrived" can still say.
REVIEWS = (PromiseKind.REVIEW, PromiseKind.REVIEW_AGAIN)
#: Mails whose link leads to a page of the reader's own; for supporters that is always ME.
TO_OWN_PAGE = {
    "your_page": BOARD,
    "presumed_away": ME,
    "leaving": ME,
    "digest": BOARD,
    WHERE_THINGS_STAND: BOARD,
    SEVERAL_WAIT: ME,
}
#: What comes again each day may be passed on: its link lives until the next ones are here.
PASSING, PASSING_LIFE = {"digest", WHERE_THINGS_STAND}, timedelta(days=3)
TROUBLES = {
    "survey_not_configured": (
        "Responses arrive for the survey {detail}, which survey.toml does not know. They are kept,"
        " and become requests as soon as it does."
    ),
    "api_refused": (
        "Qualtrics refuses our API access ({detail}). New requests wait until the token is right."
    ),
    "unread": (
        "A response of the survey {detail} has been waiting for hours, because Qualtrics does not"
        " hand it out. Please look into the survey's data whether somebody asks for support."
    ),
    "no_api": (
        "Responses arrive without their answers, and there is no API access to fetch them with."
        " New requests wait. See docs/qualtrics.md."
    ),
    "missed": (
        "Responses of the survey {detail} reached us only because we compared with Qualtrics: they"
        " were never delivered. They are requests now, but late. Please look at what should have"
        ' told us: with an event subscription, "flask qualtrics subscriptions" (is our address'
        " there, does its number of calls grow?); with a workflow, its run history in Qualtrics"
        " (is it on, which status do we answer?); then the proxy and its log (does the address"
        " open from outside, does it answer 403 or 503?)."
    ),
    "not_reconciled": (
        "For hours we could not compare with what Qualtrics has of the survey {detail}: what is not"
        ' delivered now, nobody finds. "flask qualtrics reconcile {detail}" says what is wrong.'
    ),
    "too_early": (
        "A response of the survey {detail} that was submitted now counts as before the program, and"
        " mails nobody. Is accept_from in survey.toml right?"
    ),
    "gone": (
        "A response of the survey {detail} that Qualtrics told us of has not been there for two"
        " weeks. We stop asking for it."
    ),
    "export_broken": (
        "What Qualtrics exported of the survey {detail} could not be read as a whole. What could be"
        ' is taken in. We try again; "flask qualtrics reconcile {detail}" says what is wrong.'
    ),
    "nobody_may_see": (
        "A request waits that nobody on our lists may see: all are left out, the outside person"
        " included. Please name somebody else in program.toml who may review it, at once: it may be"
        " urgent. They are told then. The request cannot be shown to you."
    ),
    "nobody_acts": (
        "A request is overdue, and nobody who was called acts on it. Please call the coordinators,"
        " the deputies and the outside person."
    ),
    "too_large": "A delivery was refused because it was too large ({detail}).",
    "given_up": "A mail ({detail}) could not be written for a day; the worker's log says why.",
    "undeliverable": "A mail to somebody on the program's side could not be delivered ({detail}).",
}


@dataclass(frozen=True)
class Desk:
    """How people reach the service: the address, the keys that sign links, who answers mail."""

    base_url: str
    link_keys: tuple[str, ...]
    reply_to: str

    @property
    def mail_domain(self) -> str:
        return urlsplit(self.base_url).hostname or "localhost"

    def link(self, link: Link) -> str:
        return f"{self.base_url}/open/{sign(link, self.link_keys)}"


def address_of(engine: Engine, mail: Outgoing, loaded: Loaded | None) -> str:
    """Return the address that a mail goes to; "" when there is none any more."""
    if mail.role == REQUESTER:
        identity = loaded.identity if loaded else None
        mailable = loaded is not None and loaded.case.facts.is_mailable
        return identity.email if identity and mailable else ""
    person = _reader_of_files(engine, mail) or engine.program.person(mail.person)
    return person.email if person else ""


def write(
    engine: Engine,
    composer: Composer,
    desk: Desk,
    mail: Outgoing,
    loaded: Loaded | None,
    now: datetime,
) -> Message:
    """Render a mail with what its reader may know now."""
    facts = common_facts(engine, desk) | _reader_facts(engine, mail)
    if mail.email == RESPONSE_WAITS:
        facts |= _waiting_facts(engine, mail)
    if mail.email == "digest":
        facts |= digest.facts(engine, mail.person, mail.subject, now)
    if mail.email == ROSTER:
        facts |= overview.facts(engine, now)
    if mail.email in TO_OWN_PAGE:
        facts["link"] = _link_to_own_page(engine, desk, mail, now)
    if mail.email in ABOUT_FILES.values():
        facts |= _file_facts(engine, desk, mail, now)
    if loaded is not None:
        facts |= case_facts(engine, loaded.case, mail, now)
        facts["link"] = _link(engine, desk, mail, loaded.case, now)
    if mail.email == "supporter_away" and loaded is not None:
        facts["away"] = _away_words(engine, loaded.case, now)
    if mail.email == "taken_over" and loaded is not None:
        facts["stands_in"] = covering.stands_in(engine, loaded, mail.person)
    if mail.email == TALK_WANTED and loaded is not None:
        facts |= _supporter_facts(engine, loaded.case, mail)
    return composer.overriding(engine.program.overrides).compose(mail.email, facts)


def write_together(
    engine: Engine,
    composer: Composer,
    desk: Desk,
    mails: Sequence[tuple[Outgoing, Case]],
    now: datetime,
) -> Message:
    """Render several nudges of one person as one mail: references, and what is due."""
    first = mails[0][0]
    email, _ = TOGETHER[first.role]
    together = replace(first, email=email, case_id=None, subject="")
    standing = sorted(
        (_standing(engine, desk, mail, case, now) for mail, case in mails),
        key=lambda line: (line.due_at, line.reference),
    )
    facts = common_facts(engine, desk) | _reader_facts(engine, together)
    facts |= {
        "standing": standing,
        "test_marker": "TEST" if all(case.is_test for _, case in mails) else "",
        "link": _link_to_own_page(engine, desk, together, now),
    }
    return composer.overriding(engine.program.overrides).compose(together.email, facts)


@dataclass(frozen=True)
class Standing:
    """One request of several that wait for somebody, with the link that acts on it.

    Reviewers find theirs on the board.
    """

    due_at: datetime
    reference: str
    test_marker: str
    what: str
    due: str
    is_overdue: bool
    link: str


def _standing(engine: Engine, desk: Desk, mail: Outgoing, case: Case, now: datetime) -> Standing:
    promise = _promise(case, mail)
    due_at = promise.due_at if promise else now
    return Standing(
        due_at=due_at,
        reference=case.reference,
        test_marker=words.test_marker(case),
        what=words.SOON if _is_early_call(case, mail, now) else words.WAITS_FOR[mail.email],
        due=words.day_and_time(due_at, engine.program.zone),
        is_overdue=due_at <= now,
        link=_link(engine, desk, mail, case, now) if mail.role == Role.SUPPORTER else "",
    )


def common_facts(engine: Engine, desk: Desk) -> dict[str, object]:
    """Return what every mail may say, whatever it is about."""
    program = engine.program
    return {
        "service_name": program.mail_name,
        "program_name": program.name,
        "privacy_url": f"{desk.base_url}/privacy",
        "reply_to": desk.reply_to,
        "crisis_name": program.crisis.name,
        "crisis_text": program.crisis.text,
        "emergency_text": program.emergency_text,
        "legal": program.legal,
        "staffed": program.urgent_staffed,
        "test_marker": "",
        "link": "",
        "reference": "",
    }


def _reader_facts(engine: Engine, mail: Outgoing) -> dict[str, object]:
    person = _reader_of_files(engine, mail) or engine.program.person(mail.person)
    if mail.role in (REQUESTER, RING):
        person = None
    trouble, _, detail = mail.subject.partition(":")
    return {
        "is_reviewer": mail.person in engine.program.all_reviewers,
        "reader_name": person.name.split()[0] if person else "",
        "what": TROUBLES[trouble].format(detail=detail) if trouble in TROUBLES else "",
        "whom": {"requester": "the requester", "supporter": "a supporter"}.get(
            mail.subject, "a reviewer"
        ),
        "subject": mail.subject,
    }


def _reader_of_files(engine: Engine, mail: Outgoing) -> Reader | None:
    """Return an admin who stands in the version that a mail is about, perhaps nowhere else."""
    if mail.email not in ABOUT_FILES.values() or not mail.subject:
        return None
    version = programs.get(engine.store.read(), int(mail.subject))
    readers = open_said(engine.seal, version).readers if version else ()
    return next((reader for reader in readers if reader.id == mail.person), None)


def _link_to_own_page(engine: Engine, desk: Desk, mail: Outgoing, now: datetime) -> str:
    """Return the link to the page that somebody has of their own: it names no request."""
    is_reviewer = mail.person in engine.program.all_reviewers
    if not is_reviewer and mail.person not in engine.program.supporters:
        return ""
    page = TO_OWN_PAGE[mail.email] if is_reviewer else ME
    role = Role.REVIEWER if is_reviewer else Role.SUPPORTER
    life = engine.program.link_life
    expires_at = now + (min(life, PASSING_LIFE) if mail.email in PASSING else life)
    return desk.link(Link(mail.person, role, "", None, expires_at, page))


def _file_facts(engine: Engine, desk: Desk, mail: Outgoing, now: datetime) -> dict[str, object]:
    """Return what was stored with a version of the admins' files; none means: as before."""
    version = programs.get(engine.store.read(), int(mail.subject)) if mail.subject else None
    said = open_said(engine.seal, version) if version else Said()
    by = engine.program.person(version.decided_by) if version and version.decided_by else None
    link = ""
    if version is not None and version.fate is VersionFate.WAITS:
        expires_at = now + engine.program.link_life
        link = desk.link(Link(mail.person, Role.ADMIN, "", None, expires_at, version.fingerprint))
    return {
        "is_as_before": version is None,
        "decided_by": by.name if by else "",
        "changes": said.changes,
        "irrevocable": said.irrevocable,
        "problems": said.problems,
        "more": said.more,
        "warnings": said.warnings,
        "link": link,
    }


def case_facts(engine: Engine, case: Case, mail: Outgoing, now: datetime) -> dict[str, object]:
    """Return what a mail may say about a case: never who the requester is."""
    program, facts = engine.program, case.facts
    promise = _promise(case, mail)
    due_at = promise.due_at if promise else None
    if mail.email == "offer" and case.promise(PromiseKind.OFFER) is None:
        # Its promise begins when this mail has left, which is now.
        due_at = engine.rules.offer_due_at(case, now, engine.mail_habit(mail.person))
    department = program.departments.get(facts.department)
    role = program.roles.get(facts.role)
    offer = case.current_offer
    supporter = program.supporters.get(offer.supporter) if offer else None
    return {
        "reference": case.reference,
        "test_marker": words.test_marker(case),
        "is_urgent": case.is_urgent,
        "due": words.day_and_time(due_at, program.zone) if due_at else "",
        "due_short": words.short_time(due_at, program.zone) if due_at else "",
        "left": words.left(due_at, now) if due_at else "",
        "is_overdue": due_at is not None and due_at <= now,
        "department": department.name if department else "",
        "role_group": role.group if role else "",
        "wishes": words.wishes(facts),
        "state": case.state.value,
        "event": mail.event,
        "tell_by": _tell_by(case, program.zone),
        "is_early_call": _is_early_call(case, mail, now),
        "role": mail.role,
        "outcome": (case.outcome or "") and str(case.outcome),
        "supporter_name": supporter.name if supporter else "",
        "resources": resource_facts(engine, case, mail.email, now),
    }


def resource_facts(
    engine: Engine, case: Case, email: str, now: datetime
) -> list[dict[str, object]]:
    """Return the chosen resources; a mail about a delay shows those that are open now."""
    local = now.astimezone(engine.program.zone)
    known = engine.program.resources
    if email == "delayed":
        chosen = [r for r in known.values() if is_open(r, local)]
    else:
        chosen = [known[id] for id in case.resources if id in known]
    return [resource_fact(resource, local) for resource in chosen]


def resource_fact(resource: Resource, local: datetime) -> dict[str, object]:
    """Return what mails and pages say of one place of help."""
    return {
        "id": resource.id,
        "name": resource.name,
        "what_for": resource.what_for,
        "contact": resource.contact,
        "link": resource.link,
        "is_open": is_open(resource, local),
        "hours": resource.hours_text,
    }


def _waiting_facts(engine: Engine, mail: Outgoing) -> dict[str, object]:
    waiting = deliveries.waiting_ids(engine.store.read(), int(mail.subject))
    survey_id, response_id = waiting or ("", "")
    survey = engine.program.surveys.get(survey_id)
    return {"survey_name": survey.name if survey else survey_id, "response_id": response_id}


def _away_words(engine: Engine, case: Case, now: datetime) -> str:
    offer, today = case.current_offer, now.astimezone(engine.program.zone).date()
    db, who = engine.store.read(), offer.supporter if offer else ""
    absence = attendance.absence_of(db, engine.program, who, today)
    return words.away(absence, today) if absence else "away"


def _supporter_facts(engine: Engine, case: Case, mail: Outgoing) -> dict[str, object]:
    """Return how to reach the supporter whom a mail is about, also once the request is over."""
    offer = case.offer(mail.offer) if mail.offer is not None else None
    supporter = engine.program.supporters.get(offer.supporter) if offer else None
    reached = (supporter.phone, supporter.notify_email or supporter.email) if supporter else ()
    return {
        "supporter_name": supporter.name if supporter else "",
        "supporter_contact": " or ".join(one for one in reached if one),
    }


def _promise(case: Case, mail: Outgoing) -> Promise | None:
    if mail.while_promise:
        kind = PromiseKind(mail.while_promise)
        return case.promise(kind, mail.subject if kind is PromiseKind.TELL else None)
    kinds = REVIEWS if mail.email == "received" else MAIN_PROMISES
    found = (case.promise(kind) for kind in kinds)
    return next((promise for promise in found if promise is not None), None)


def _tell_by(case: Case, zone: tzinfo) -> str:
    """Say by when something must be told to whom nobody can mail; "" when nothing is."""
    dues = [promise.due_at for promise in case.promises if promise.kind is PromiseKind.TELL]
    return words.day_and_time(min(dues), zone) if dues else ""


def _is_early_call(case: Case, mail: Outgoing, now: datetime) -> bool:
    """Tell whether a mail is about a first contact that is near, while nothing is late."""
    is_near = mail.while_promise == PromiseKind.FIRST_CONTACT
    return is_near and all(promise.due_at > now for promise in case.promises)


def _link(engine: Engine, desk: Desk, mail: Outgoing, case: Case, now: datetime) -> str:
    if not EMAILS[mail.email].has_link:
        return ""
    expires_at = now + engine.program.link_life
    person = "" if mail.role == REQUESTER else mail.person
    offer = mail.offer if mail.role == Role.SUPPORTER else None
    return desk.link(Link(person, Role(mail.role), case.reference, offer, expires_at))
