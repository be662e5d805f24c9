"""Render a mail when it is sent: its address, and the facts for its template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from casebook import invitations, roster
from casebook.casebook import Casebook, Loaded
from casebook.cover import is_covering
from casebook.program_in_force import Reader, Report, open_report
from lib.languages.language import Language
from lib.languages.said import for_staff
from notifications import alarms, digest
from notifications.facts import (
    away_words,
    case_facts,
    confirmation_facts,
    is_early_call,
    partner_facts,
    promise_of,
    supporter_facts,
)
from notifications.mail import sequence
from notifications.mail.catalog import ABOUT_FILES, EMAILS, GATHERED
from notifications.mail.compose import Composer, Message
from notifications.mail.links import COPIES, NEWCOMERS, TRAININGS
from notifications.mail.properties import Leads, Needs
from notifications.recipients import second_address
from notifications.service_address import Linker, ServiceAddress
from people.records import Person
from program import Program
from program.look import for_the_dark
from program.outreach.leads import coordinators_for, leads_of
from store import deliveries, programs
from store.access.links import Link
from store.cases import StoredCase
from store.outbox import REQUESTER, RING, SECOND_ADDRESS, Claimed, Outgoing
from store.programs import Version, VersionStatus
from workflow import words
from workflow.model import Role


def address_of(casebook: Casebook, mail: Outgoing, loaded: Loaded | None) -> str:
    """Return the address of a mail's reader; "" when there is none anymore."""
    if mail.person == SECOND_ADDRESS:
        return second_address(loaded, loaded.case) if loaded is not None else ""
    if mail.role == REQUESTER:
        identity = loaded.identity if loaded else None
        mailable = loaded is not None and loaded.case.facts.is_mailable
        return identity.email if identity and mailable else ""
    if mail.role == Role.INVITED:
        return invitations.address_of(casebook, mail.person)
    person = _reader_of_files(casebook, mail) or casebook.program.person(mail.person)
    return person.email if person else ""


def language_of(casebook: Casebook, mail: Outgoing, loaded: Loaded | None) -> Language:
    """Return the language of a mail's reader: of requesters, that of their form."""
    if mail.role == Role.INVITED:
        return invitations.language_of(casebook, mail.person)
    is_requester = mail.role == REQUESTER or mail.person == SECOND_ADDRESS
    if loaded is None or not is_requester:
        return casebook.program.english
    return casebook.program.language(loaded.case.facts.language)


@dataclass(frozen=True)
class Rendered:
    """A message, and what each of its links grants, by token: store it before it is mailed."""

    message: Message
    links: Mapping[str, Link]


def render(
    casebook: Casebook,
    composer: Composer,
    service: ServiceAddress,
    mails: Sequence[tuple[Claimed, Loaded | None]],
    now: datetime,
) -> Rendered:
    """Render a mail with current facts, or several reminders of one reader as one mail."""
    claimed, loaded = mails[0]
    mail = claimed.mail
    key = casebook.keyed_hash("links", service.link_key)
    linker = Linker(service, casebook.program, now, address_of(casebook, mail, loaded), key)
    language = language_of(casebook, mail, loaded)
    email = mail.email if len(mails) == 1 else GATHERED[mail.email].into
    if len(mails) == 1:
        facts = _facts(casebook, linker, mail, loaded, now, language)
        case, db = loaded.case if loaded else None, casebook.store.read()
        place = sequence.place_of(db, claimed, case, now, casebook.program.zone, language)
    else:
        about = [(one.mail, loaded.stored) for one, loaded in mails if loaded is not None]
        facts = _gathered_facts(casebook, linker, email, about, now)
        place = sequence.place_of_gathered(now, casebook.program.zone)
    facts |= {"late_since": place.late_since, "repeats": place.repeats}
    message = composer.overriding(casebook.program.overrides).compose(email, facts, language)
    return Rendered(place.marked(message, service.mail_domain), linker.granted)


def _facts(
    casebook: Casebook,
    linker: Linker,
    mail: Outgoing,
    loaded: Loaded | None,
    now: datetime,
    language: Language,
) -> dict[str, object]:
    facts = common_facts(casebook, linker.service, language) | reader_facts(casebook, mail)
    if loaded is not None:
        facts |= case_facts(casebook, loaded.case, mail, now, language)
    facts |= _special_facts(casebook, mail, loaded, now, language)
    return facts | {"link": _link(casebook, linker, mail, loaded)}


def _gathered_facts(
    casebook: Casebook,
    linker: Linker,
    email: str,
    mails: Sequence[tuple[Outgoing, StoredCase]],
    now: datetime,
) -> dict[str, object]:
    """Return the facts of a mail that combines reminders of several cases."""
    together = replace(mails[0][0], email=email, case_id=None, subject="")
    gathered = sorted(
        (_gathered_case(casebook, linker, mail, stored, now) for mail, stored in mails),
        key=lambda line: (line.due_at, line.reference),
    )
    english = casebook.program.english
    facts = common_facts(casebook, linker.service, english) | reader_facts(casebook, together)
    return facts | {
        "standing": gathered,
        "test_marker": "TEST" if all(stored.case.is_test for _, stored in mails) else "",
        "link": _link(casebook, linker, together, None),
    }


def _special_facts(
    casebook: Casebook, mail: Outgoing, loaded: Loaded | None, now: datetime, language: Language
) -> dict[str, object]:
    """Return the facts that only this mail needs."""
    match EMAILS[mail.email].needs:
        case Needs.WAITING_RESPONSE:
            return _waiting_facts(casebook, mail)
        case Needs.DIGEST:
            return digest.facts(casebook, mail.person, mail.subject, now)
        case Needs.ROSTER:
            return dict(roster.facts(casebook, now))
        case Needs.LED_DEPARTMENTS:
            coordinators = coordinators_for(casebook.program, mail.person)
            led = leads_of(casebook.program).get(mail.person, [])
            return {"led": language.listed(led), "coordinators": coordinators}
        case Needs.FILES:
            return _file_facts(casebook, mail)
        case Needs.SUPPORTER_ABSENCE if loaded is not None:
            return {"away": away_words(casebook, loaded.case, now)}
        case Needs.COVER if loaded is not None:
            return {"stands_in": is_covering(casebook, loaded, mail.person)}
        case Needs.CONFIRMATION if loaded is not None:
            return confirmation_facts(casebook, loaded.case, now, language)
        case Needs.NEUTRAL_NAME:
            return neutral_facts(casebook.program)
        case Needs.INVITATION:
            return dict(invitations.mail_facts(casebook, mail.person, mail.subject))
        case Needs.PARTNER if loaded is not None:
            return partner_facts(casebook, loaded.case, now, language)
        case Needs.SESSION:
            session = casebook.program.sessions.get(mail.subject)
            return {"session": session.title if session else mail.subject}
        case Needs.GROUP_SESSION:
            return dict(invitations.facts_for_leader(casebook, mail.subject))
        case Needs.CARE:
            return {"call": care.call if (care := casebook.program.training.care) else ""}
        case Needs.SUPPORTER_CONTACT if loaded is not None:
            return supporter_facts(casebook, loaded.case, mail)
    return {}


def _link(casebook: Casebook, linker: Linker, mail: Outgoing, loaded: Loaded | None) -> str:
    """Return the link in a mail; "" when it has none."""
    match EMAILS[mail.email].leads:
        case Leads.CASE | Leads.CONFIRMATION if loaded is not None:
            return linker.to_case(mail, loaded.stored.id)
        case Leads.BOARD | Leads.OWN_PAGE:
            return linker.to_own_page(mail)
        case Leads.COPIES:
            return linker.to_files(mail, COPIES)
        case Leads.INVITATION | Leads.OFFER:
            return linker.to_invitation(mail)
        case Leads.NEWCOMERS:
            return linker.to_files(mail, NEWCOMERS)
        case Leads.FEEDBACK:
            return linker.to_feedback(casebook.keyed_hash)
        case Leads.TRAININGS:
            return linker.to_files(mail, TRAININGS)
        case Leads.FILES if (version := _version_of(casebook, mail)) is not None:
            return linker.to_files(mail, version.fingerprint)
    return ""


@dataclass(frozen=True)
class GatheredCase:
    """One case in a combined mail, with its link for supporters; reviewers use the board."""

    due_at: datetime
    reference: str
    test_marker: str
    what: str
    due: str
    is_overdue: bool
    link: str


def _gathered_case(
    casebook: Casebook, linker: Linker, mail: Outgoing, stored: StoredCase, now: datetime
) -> GatheredCase:
    case = stored.case
    promise = promise_of(case, mail)
    due_at = promise.due_at if promise else now
    is_linked = mail.role == Role.SUPPORTER
    return GatheredCase(
        due_at=due_at,
        reference=case.reference,
        test_marker=words.test_marker(case),
        what=words.SOON if is_early_call(case, mail, now) else _what_waits(mail),
        due=words.day_and_time(due_at, casebook.program.zone, now),
        is_overdue=due_at <= now,
        link=linker.to_case(mail, stored.id) if is_linked else "",
    )


def _what_waits(mail: Outgoing) -> str:
    return for_staff(GATHERED[mail.email].what, whom=_whom(mail.subject))


#: Whom a mail did not reach, as reviewers read it.
WHOM = {
    "requester": for_staff("the requester"),
    "supporter": for_staff("a supporter"),
    "partner": for_staff("the support service"),
    SECOND_ADDRESS: for_staff("the second address for this request, which no one has confirmed,"),
}


def _whom(role: str) -> str:
    """Name the reader of a mail that failed."""
    return WHOM.get(role, for_staff("a coordinator"))


def common_facts(
    casebook: Casebook, service: ServiceAddress, language: Language
) -> dict[str, object]:
    """Return the facts that every mail may use."""
    return program_facts(casebook.program, language) | {
        "privacy_url": f"{service.base_url}/privacy",
        "help_url": f"{service.base_url}/help",
        "reply_to": service.reply_to,
        "test_marker": "",
        "link": "",
        "reference": "",
    }


def program_facts(program: Program, language: Language) -> dict[str, object]:
    """Return the facts that stand in program.toml."""
    return {
        "service_name": program.file.mail_name,
        "program_name": language.own(program.file.name),
        "crisis_name": language.own(program.file.crisis.name),
        "crisis_text": language.own(program.file.crisis.text),
        "emergency_text": language.own(program.file.emergency_text),
        "legal": language.own(program.file.legal),
        "staffed": language.own(program.file.urgent.staffed),
        "accent": program.file.accent,
        "accent_dark": for_the_dark(program.file.accent),
    }


def neutral_facts(program: Program) -> dict[str, object]:
    """Return facts without what would tell a stranger why we write."""
    name = program.file.mail_name
    return {"program_name": name, "reference": "", "legal": "", "privacy_url": ""}


def reader_facts(casebook: Casebook, mail: Outgoing) -> dict[str, object]:
    """Return the facts about a mail's reader."""
    person = casebook.program.person(mail.person) or _reader_of_files(casebook, mail)
    if mail.role in (REQUESTER, RING):
        person = None
    return {
        "is_reviewer": mail.person in casebook.program.all_reviewers,
        "reader_name": _greeting(person),
        "reports": alarms.described(mail.subject),
        "whom": _whom(mail.subject),
        "subject": mail.subject,
    }


def _greeting(person: Person | Reader | None) -> str:
    if person is None:
        return ""
    return person.greeting if isinstance(person, Person) else person.name


def _reader_of_files(casebook: Casebook, mail: Outgoing) -> Reader | None:
    """Return a reader as named in the version that a mail is about; perhaps only there."""
    version = _version_of(casebook, mail)
    if version is None:
        return None
    report = open_report(casebook.seal, version)
    is_for_admins = mail.email in ABOUT_FILES.values()
    # Coordinators who are asked stand in the version in force; others were known before it.
    readers = report.readers if is_for_admins else report.concerned
    return next((reader for reader in readers if reader.id == mail.person), None)


def _file_facts(casebook: Casebook, mail: Outgoing) -> dict[str, object]:
    """Return the stored report on a version; no version means that nothing changed."""
    version = _version_of(casebook, mail)
    report = open_report(casebook.seal, version) if version else Report()
    by = casebook.program.person(version.decided_by) if version and version.decided_by else None
    names = casebook.program.names
    return {
        "sight": digest.some(f"{one.what}." for one in report.seen),
        "readings": digest.some(one.sentence for one in report.readings),
        "deciders": [names[id] for id in report.deciders if id in names],
        "about_you": [f"{one.what}." for one in report.concerned if one.id == mail.person],
        "is_in_force": version is not None and version.status is VersionStatus.IN_FORCE,
        "is_as_before": version is None,
        "decided_by": by.name if by else "",
        "help_changes": digest.some(report.help_changes),
        "admins": [names[id] for id in casebook.program.duties.admins],
        "changes": report.changes,
        "irrevocable": report.irrevocable,
        "problems": report.problems,
        "more": report.more,
        "warnings": report.warnings,
    }


def _version_of(casebook: Casebook, mail: Outgoing) -> Version | None:
    """Return the version of the admins' files that a mail is about."""
    if EMAILS[mail.email].about_files is None or not mail.subject:
        return None
    return programs.get(casebook.store.read(), int(mail.subject))


def _waiting_facts(casebook: Casebook, mail: Outgoing) -> dict[str, object]:
    waiting = deliveries.waiting_ids(casebook.store.read(), int(mail.subject))
    survey_id, response_id = waiting or ("", "")
    survey = casebook.program.forms.get(survey_id)
    return {"survey_name": survey.name if survey else survey_id, "response_id": response_id}
