"""Mails that are about no request: what the program tells its own people."""

from collections.abc import Iterable
from datetime import date, datetime

from casebook.casebook import Casebook
from notifications.mail.catalog import ABOUT_FILES
from notifications.planning import about_no_request, message_id, ten_minutes
from store.alarms import Alarm
from store.outbox import Outgoing
from store.programs import VersionStatus

#: The subject of a digest that asks its readers to compare with Qualtrics.
COMPARE = "compare"


def for_alarm(alarm: Alarm, admins: Iterable[str], now: datetime) -> list[Outgoing]:
    """Return the mails that tell the admins of a trouble."""
    subject = f"{alarm.trouble}:{alarm.detail}"
    cause = f"alarm/{alarm.occasion}"
    return [about_no_request("admin_alarm", cause, admin, subject, now) for admin in admins]


def about_unread(casebook: Casebook, delivery_id: int, now: datetime) -> list[Outgoing]:
    """A request waits that nobody can read: the coordinators must look it up in Qualtrics."""
    program, absent = casebook.program, casebook.absent
    here = [id for id in program.duties.default_coordinators if id not in absent]
    deputies = [id for id in program.duties.deputies if id not in absent]
    return [
        about_no_request("response_waits", f"unread/{delivery_id}", person, str(delivery_id), now)
        for person in here or deputies or program.duties.default_coordinators
    ]


def for_digest(casebook: Casebook, day: date, must_compare: bool, now: datetime) -> list[Outgoing]:
    """What the coordinators read each working morning; when all are away, the deputies do.

    Whoever stands in for the coordinators of a request reads it, too. Once a week, or when nobody
    is there, also the admins, when nobody else can tell whether all requests have arrived.
    """
    program, absent = casebook.program, casebook.absent
    here = [id for id in program.all_coordinators if id not in absent]
    readers = here or [id for id in program.duties.deputies if id not in absent]
    standing_in = {p.id for one in casebook.unfinished_cases() for p in one.reviewing.reviewers}
    readers += [id for id in program.all_reviewers if id in standing_in]
    if must_compare and (program.working.begins_week(day) or not readers):
        readers += program.duties.admins
    subject = COMPARE if must_compare else ""
    return [
        about_no_request("digest", f"digest/{day}", person, subject, now)
        for person in dict.fromkeys(readers)
    ]


def about_roster(admins: Iterable[str], day: date, now: datetime) -> list[Outgoing]:
    """Tell the admins once a month whose refresher is due, and what the roster lacks."""
    return [about_no_request("roster", f"roster/{day:%Y-%m}", id, "", now) for id in admins]


def about_files(
    status: VersionStatus, version_id: int, admins: Iterable[str], now: datetime
) -> list[Outgoing]:
    """Return the mails that tell the admins what became of a version of their files."""
    cause, email = f"files/{version_id}/{status}", ABOUT_FILES[status]
    return [about_no_request(email, cause, admin, str(version_id), now) for admin in admins]


def files_went_back(version_id: int, admins: Iterable[str], now: datetime) -> list[Outgoing]:
    """Return the mails that say: the folder is again what is in force, and not that version."""
    cause, email = f"files/{version_id}/back", ABOUT_FILES[VersionStatus.IN_FORCE]
    return [about_no_request(email, cause, admin, "", now) for admin in admins]


def fresh_link_to_files(version_id: int, admin: str, now: datetime) -> Outgoing:
    """A new link to a version that waits, as for a case at most one in ten minutes."""
    cause = f"files/{version_id}/fresh/{ten_minutes(now)}"
    email = ABOUT_FILES[VersionStatus.WAITS]
    return about_no_request(email, cause, admin, str(version_id), now)


def link_to_own_page(person: str, now: datetime) -> Outgoing:
    """Somebody on our lists asked for the link to their own page; at most one in ten minutes."""
    return about_no_request("your_page", f"page/{ten_minutes(now)}", person, "", now)


def decoy(now: datetime) -> Outgoing:
    """A mail to nobody, which only takes as long to write as one to somebody."""
    return about_no_request("your_page", f"page/{message_id()}", "", "", now)


def to_whoever_leaves(person: str, first: date, at: datetime) -> Outgoing:
    """Somebody leaves tomorrow with requests that no other coordinator looks after."""
    return about_no_request("leaving", f"leaving/{first}", person, f"{first}", at)
