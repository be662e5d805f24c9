"""Write a mail at the moment of sending: where it goes, and what its template may know."""

from datetime import datetime

from casebook import roster as overview
from casebook.casebook import Loaded
from casebook.program_in_force import Reader, Said, open_said
from engine import covering
from engine.engine import Engine
from engine.talks import TALK_WANTED
from notifications import alarms as troubles
from notifications import digest
from notifications.desk import TO_OWN_PAGE, Desk
from notifications.envelopes import REQUESTER, RING
from notifications.facts import away_words, case_facts, supporter_facts
from notifications.mail.compose import Composer, Message
from notifications.program_mails import ABOUT_FILES, RESPONSE_WAITS, ROSTER
from store import deliveries, programs
from store.outbox import Outgoing
from store.programs import VersionFate


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
    facts = common_facts(engine, desk) | reader_facts(engine, mail)
    if mail.email == RESPONSE_WAITS:
        facts |= _waiting_facts(engine, mail)
    if mail.email == "digest":
        facts |= digest.facts(engine, mail.person, mail.subject, now)
    if mail.email == ROSTER:
        facts |= overview.facts(engine, now)
    if mail.email in TO_OWN_PAGE:
        facts["link"] = desk.link_to_own_page(engine.program, mail, now)
    if mail.email in ABOUT_FILES.values():
        facts |= _file_facts(engine, desk, mail, now)
    if loaded is not None:
        facts |= case_facts(engine, loaded.case, mail, now)
        facts["link"] = desk.link_to_case(engine.program, mail, loaded.case.reference, now)
    if mail.email == "supporter_away" and loaded is not None:
        facts["away"] = away_words(engine, loaded.case, now)
    if mail.email == "taken_over" and loaded is not None:
        facts["stands_in"] = covering.stands_in(engine, loaded, mail.person)
    if mail.email == TALK_WANTED and loaded is not None:
        facts |= supporter_facts(engine, loaded.case, mail)
    return composer.overriding(engine.program.overrides).compose(mail.email, facts)


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


def reader_facts(engine: Engine, mail: Outgoing) -> dict[str, object]:
    """Return what a mail says to its reader, whatever it is about."""
    person = _reader_of_files(engine, mail) or engine.program.person(mail.person)
    if mail.role in (REQUESTER, RING):
        person = None
    return {
        "is_reviewer": mail.person in engine.program.all_reviewers,
        "reader_name": person.name.split()[0] if person else "",
        "what": troubles.in_words(mail.subject),
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


def _file_facts(engine: Engine, desk: Desk, mail: Outgoing, now: datetime) -> dict[str, object]:
    """Return what was stored with a version of the admins' files; none means: as before."""
    version = programs.get(engine.store.read(), int(mail.subject)) if mail.subject else None
    said = open_said(engine.seal, version) if version else Said()
    by = engine.program.person(version.decided_by) if version and version.decided_by else None
    link = ""
    if version is not None and version.fate is VersionFate.WAITS:
        link = desk.link_to_files(engine.program, mail, version.fingerprint, now)
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


def _waiting_facts(engine: Engine, mail: Outgoing) -> dict[str, object]:
    waiting = deliveries.waiting_ids(engine.store.read(), int(mail.subject))
    survey_id, response_id = waiting or ("", "")
    survey = engine.program.surveys.get(survey_id)
    return {"survey_name": survey.name if survey else survey_id, "response_id": response_id}
