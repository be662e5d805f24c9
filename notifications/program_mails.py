"""Mails about no case: what the program tells its own people."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from casebook.casebook import Casebook
from casebook.program_in_force import Report
from notifications.mail.catalog import ABOUT_FILES
from notifications.planning import FAILING_TOGETHER, program_mail, ten_minutes
from program import Program
from store.alarms import Alarm
from store.outbox import Outgoing
from store.programs import VersionStatus
from workflow.model import Role

#: The subject of a digest that asks its readers to compare with Qualtrics.
COMPARE = "compare"


def may_be_told(alarms: Sequence[Alarm], now: datetime) -> bool:
    """Tell whether the admins may be mailed now; mails that fail together are told together."""
    return any(
        alarm.trouble != "undeliverable" or now - alarm.at >= FAILING_TOGETHER for alarm in alarms
    )


def for_alarms(alarms: Sequence[Alarm], admins: Iterable[str], now: datetime) -> list[Outgoing]:
    """Return the mails that tell the admins of troubles, one to each admin."""
    subject = "\n".join(f"{alarm.trouble}:{alarm.detail}" for alarm in alarms)
    cause = f"alarm/{alarms[0].occasion}"
    return [program_mail("admin_alarm", cause, admin, subject, now) for admin in admins]


def about_unread(casebook: Casebook, delivery_id: int, now: datetime) -> list[Outgoing]:
    """Return the mails that ask the coordinators to look up an unread response in Qualtrics."""
    program, absent = casebook.program, casebook.absent
    here = [id for id in program.duties.default_coordinators if id not in absent]
    deputies = [id for id in program.duties.deputies if id not in absent]
    return [
        program_mail("response_waits", f"unread/{delivery_id}", person, str(delivery_id), now)
        for person in here or deputies or program.duties.default_coordinators
    ]


def for_digest(casebook: Casebook, day: date, must_compare: bool, now: datetime) -> list[Outgoing]:
    """Return the digests of a working day: for the coordinators, or deputies if all are away.

    People who stand in for coordinators get it too. If someone must compare with Qualtrics by hand,
    the admins get it once a week, or whenever no one else would.
    """
    program, absent = casebook.program, casebook.absent
    here = [id for id in program.all_coordinators if id not in absent]
    readers = here or [id for id in program.duties.deputies if id not in absent]
    covering = {p.id for one in casebook.unfinished_cases() for p in one.reviewing.reviewers}
    readers += [id for id in program.all_reviewers if id in covering]
    if must_compare and (program.working.begins_week(day) or not readers):
        readers += program.duties.admins
    subject = COMPARE if must_compare else ""
    return [
        program_mail("digest", f"digest/{day}", person, subject, now)
        for person in dict.fromkeys(readers)
    ]


def about_roster(admins: Iterable[str], day: date, now: datetime) -> list[Outgoing]:
    """Return the monthly mails about due refreshers and gaps in the roster."""
    return [program_mail("roster", f"roster/{day:%Y-%m}", id, "", now) for id in admins]


def to_leads(people: Iterable[str], quarter: str, now: datetime) -> list[Outgoing]:
    """Return the guides for leads, who check in with colleagues: one a quarter to each."""
    return [program_mail("lead_guide", f"lead_guide/{quarter}", id, "", now) for id in people]


def about_copies(people: Iterable[str], occasion: str, now: datetime) -> list[Outgoing]:
    """Return the mails to those who delete in Qualtrics by hand; one for each occasion."""
    return [program_mail("copies_remain", f"copies/{occasion}", id, "", now) for id in people]


def about_files(
    status: VersionStatus, version_id: int, admins: Iterable[str], now: datetime
) -> list[Outgoing]:
    """Return the mails that tell the admins the new status of a version."""
    cause, email = f"files/{version_id}/{status}", ABOUT_FILES[status]
    return [program_mail(email, cause, admin, str(version_id), now) for admin in admins]


def about_restored_files(version_id: int, admins: Iterable[str], now: datetime) -> list[Outgoing]:
    """Return the mails that say that the folder matches the version in force again."""
    cause, email = f"files/{version_id}/back", ABOUT_FILES[VersionStatus.IN_FORCE]
    return [program_mail(email, cause, admin, "", now) for admin in admins]


def about_sight(program: Program, version_id: int, report: Report, now: datetime) -> list[Outgoing]:
    """Return the mails about a waiting version by which someone would gain sight of requests."""
    if not report.sight:
        return []
    told = to_concerned(version_id, report, now, is_agreed=True)
    return [*_to_deciders(program, version_id, report, now), *told]


def _to_deciders(
    program: Program, version_id: int, report: Report, now: datetime
) -> list[Outgoing]:
    """Return the mails to the coordinators who may agree; at most one a day."""
    cause = f"files/{version_id}/sight/{program.today(now)}"
    return [program_mail("sight_waits", cause, id, str(version_id), now) for id in report.deciders]


def to_concerned(
    version_id: int, report: Report, now: datetime, *, is_agreed: bool
) -> list[Outgoing]:
    """Return the mails to the people whose sight changes, at their old address: one to each.

    They get another when it was put in force on the server, with no coordinator's yes.
    """
    people = dict.fromkeys(one.id for one in report.concerned)
    cause = f"files/{version_id}/{'told' if is_agreed else 'admitted'}"
    return [program_mail("sight_told", cause, id, str(version_id), now) for id in people]


def about_help(program: Program, version_id: int, report: Report, now: datetime) -> list[Outgoing]:
    """Return the mails to admins and reviewers if whom to call changed: it waited for no one."""
    if not report.help_changes:
        return []
    readers = dict.fromkeys((*program.duties.admins, *program.all_reviewers))
    cause = f"files/{version_id}/help"
    return [program_mail("help_changed", cause, id, str(version_id), now) for id in readers]


def fresh_link_to_sight(version_id: int, coordinator: str, now: datetime) -> Outgoing:
    """Return a mail with a new link for a coordinator; at most one in ten minutes."""
    cause = f"files/{version_id}/fresh/{ten_minutes(now)}"
    return program_mail("sight_waits", cause, coordinator, str(version_id), now)


def fresh_link_to_files(version_id: int, admin: str, now: datetime) -> Outgoing:
    """Return a mail with a new link to a waiting version; at most one in ten minutes."""
    cause = f"files/{version_id}/fresh/{ten_minutes(now)}"
    email = ABOUT_FILES[VersionStatus.WAITS]
    return program_mail(email, cause, admin, str(version_id), now)


def link_to_own_page(person: str, now: datetime) -> Outgoing:
    """Return a mail with the link to someone's own page; at most one in ten minutes."""
    return program_mail("your_page", f"page/{ten_minutes(now)}", person, "", now)


def to_invited(
    person: str, email: str, subject: str, now: datetime, occasion: str = ""
) -> Outgoing:
    """Return a mail to someone who is asked something outside of any request."""
    cause = f"{email}/{subject}/{occasion or now.isoformat()}"
    return replace(program_mail(email, cause, person, subject, now), role=Role.INVITED)


def about_newcomer(
    nominee: str, admins: Iterable[str], now: datetime, occasion: str = ""
) -> list[Outgoing]:
    """Return the mails that ask the admins to write a nominee into supporters.csv."""
    cause = f"newcomer/{nominee}/{occasion}"
    return [program_mail("nominee_ready", cause, admin, nominee, now) for admin in admins]


def about_attendance(session: str, leader: str, now: datetime) -> Outgoing:
    """Return the mail that asks the leader of a session who came: one for each session."""
    return program_mail("attendance_asked", f"attendance/{session}", leader, session, now)


def about_group_session(leaders: Iterable[str], subject: str, now: datetime) -> list[Outgoing]:
    """Return the mails to the leaders of a group session: it is planned, counted or canceled."""
    cause = f"group session/{subject}/{now.isoformat()}"
    return [program_mail("group_session_led", cause, id, subject, now) for id in leaders]


def about_leaving(person: str, first: date, at: datetime) -> Outgoing:
    """Return the mail to a coordinator who leaves tomorrow and has uncovered cases."""
    return program_mail("leaving", f"leaving/{first}", person, f"{first}", at)
