"""Invitations as mails and pages see them, read only."""

from collections.abc import Mapping

from casebook import group_sessions
from casebook.casebook import Casebook
from invitations import training
from invitations.kinds import AGAIN, FRESH, KINDS
from invitations.model import Answer, Invitation, Kind
from invitations.nomination import Acted, Doubt, Nomination, document
from invitations.outreach import FEWEST, GroupSession
from lib.languages.language import Language, Said
from lib.languages.said import for_staff, said
from people.supporters import ChecksMail
from program import Program
from program.training.sessions import Session
from store.invitations import asked
from store.invitations.asked import StoredInvitation

TIME_WORDS = {
    "morning": for_staff("Morning"),
    "afternoon": for_staff("Afternoon"),
    "evening": for_staff("Evening"),
    "night": for_staff("Night"),
}
#: How often someone reads mail, as they would say it.
HABITS = {
    ChecksMail.DAILY: for_staff("Every day"),
    ChecksMail.TWICE_A_WEEK: for_staff("Twice a week"),
    ChecksMail.WEEKLY: for_staff("Once a week"),
}


def of_person(casebook: Casebook, person: str) -> StoredInvitation | None:
    """Return the invitation of someone by their id in mails; None when it is forgotten."""
    return asked.find(casebook.store.read(), person)


def address_of(casebook: Casebook, person: str) -> str:
    stored = of_person(casebook, person)
    return stored.invitation.address if stored is not None else ""


def language_of(casebook: Casebook, person: str) -> Language:
    """Return the language in which someone is asked."""
    stored = of_person(casebook, person)
    code = stored.invitation.language if stored is not None else ""
    return casebook.program.language(code) if code else casebook.program.english


def still_says(casebook: Casebook, person: str, email: str, subject: str) -> bool:
    """Tell whether a mail about an invitation is still true: no one is asked what they answered."""
    stored = of_person(casebook, person)
    if stored is None:
        return False
    one = stored.invitation
    is_asking = email == KINDS[one.kind].email and subject != FRESH
    return not (is_asking and (one.is_answered or one.acted_on))


def mail_facts(casebook: Casebook, person: str, subject: str) -> Mapping[str, object]:
    stored = of_person(casebook, person)
    if stored is None:
        return {}
    one = stored.invitation
    return _session_facts(casebook, one) | {
        "is_again": subject == AGAIN,
        "told": subject,
        "is_answered": one.is_answered,
        "until_day": language_of(casebook, person).day(casebook.program.today(one.ends_at)),
    }


def _session_facts(casebook: Casebook, one: Invitation) -> dict[str, object]:
    if one.kind is Kind.GROUP_SESSION:
        return group_session_facts(casebook, group_sessions.session_for(casebook, one))
    if one.kind is not Kind.TRAINING:
        return {}
    place = training.document.read(one.about)
    session = casebook.program.sessions.get(place.session)
    return {
        "session": session.title if session else "",
        "session_when": when(casebook, session) if session else place.when_and_where,
        "session_place": session.place if session else "",
    }


def group_session_facts(casebook: Casebook, session: GroupSession | None) -> dict[str, object]:
    if session is None:
        return {}
    return {
        "session": said(lambda language: language.own(group_sessions.TITLE)),
        "session_when": when(casebook, session),
        "session_place": session.place,
    }


def facts_for_leader(casebook: Casebook, mail_subject: str) -> dict[str, object]:
    """Return what a leader of a group session is told: of those who are asked, a number."""
    told, session = group_sessions.told_in(casebook, mail_subject)
    if session is None:
        return {"told": told}
    return group_session_facts(casebook, session) | {
        "told": told,
        "leaders": group_sessions.leaders(casebook, session),
        "said_yes": session.said_yes or 0,
        "fewest": FEWEST,
    }


def when(casebook: Casebook, session: Session | GroupSession) -> Said:
    """Say when a session is: "Tuesday, December 8, 12:00 PM to 1:00 PM"."""
    zone, today = casebook.program.zone, casebook.program.today
    is_one_day = today(session.begins_at) == today(session.ends_at)

    def in_language(language: Language) -> str:
        ends = language.time if is_one_day else language.day_and_time
        begins = language.day_and_time(session.begins_at, zone)
        return language.say(
            "%(begins)s to %(ends)s", begins=begins, ends=ends(session.ends_at, zone)
        )

    return said(in_language)


# Nominees


def sees_nominees(program: Program, person: str) -> bool:
    """Tell whether someone may see who was nominated: coordinators, if there is a form."""
    has_any = bool(program.nominations or program.sessions)
    return has_any and person in program.all_coordinators


def nominees(casebook: Casebook) -> list[tuple[StoredInvitation, Nomination]]:
    """Return everyone who was nominated and isn't forgotten, in the order in which they were."""
    found = asked.of_kind(casebook.store.read(), Kind.NOMINATION)
    return [(stored, document.read(stored.invitation.about)) for stored in found]


def waiting_for_coordinators(casebook: Casebook) -> int:
    """Count the nominees about whom a coordinator should decide something."""
    found = nominees(casebook)
    return sum(waits(stored, about) or is_held(about) for stored, about in found)


def is_shown(stored: StoredInvitation, about: Nomination) -> bool:
    """Tell whether coordinators see a nominee: they said yes, or cannot be asked without them.

    People who are asked show nowhere: someone who is gone from a list has said no.
    """
    one = stored.invitation
    if one.answer is Answer.NO or one.acted_on == Acted.DECLINED:
        return False
    needs_address = one.is_unreachable or about.doubt is not None
    return one.answer is Answer.YES or (needs_address and not is_held(about))


def is_held(about: Nomination) -> bool:
    """Tell whether a nomination came on a day with many: coordinators see how many such there are.

    If they saw whom they name, one of them could fill a day, and read whom others nominate.
    """
    return about.doubt is Doubt.MANY


def waits(stored: StoredInvitation, about: Nomination) -> bool:
    """Tell whether it is a coordinator's turn: who is it, or what follows from their yes?"""
    one = stored.invitation
    is_new_yes = bool(one.said) and not one.acted_on and not about.is_invited
    is_open = is_new_yes or one.is_unreachable or about.doubt is not None
    return is_open and is_shown(stored, about)


def newcomers(casebook: Casebook) -> list[StoredInvitation]:
    """Return the nominees whose line an admin should add to the roster."""
    return [one for one, _ in nominees(casebook) if one.invitation.acted_on == Acted.READY]


# What a nominee may choose, in the words of the admins' files


def choices(program: Program) -> dict[str, dict[str, str]]:
    """Return the values of each column that is chosen, each with its words."""
    supporters = program.supporters.values()
    return {
        "role": {id: role.name for id, role in program.roles.items()},
        "department": {id: one.name for id, one in program.departments.items()},
        "specialty": dict(program.file.specialties),
        "checks_mail": {habit.value: HABITS[habit] for habit in ChecksMail},
        "site": {site: site for site in sorted({one.site for one in supporters if one.site})},
        "languages": _languages(program),
        "times": dict(TIME_WORDS),
    }


def _languages(program: Program) -> dict[str, str]:
    """Return the languages that forms or supporters speak already, by their English names."""
    spoken = {code for one in program.supporters.values() for code in one.languages}
    asked = {survey.language for survey in program.surveys.values()}
    names = program.english.locale.languages
    known = {code: str(names.get(code.partition("-")[0], code)) for code in spoken | asked}
    return dict(sorted(known.items(), key=lambda one: one[1]))


def unit_names(program: Program) -> list[str]:
    return sorted(program.units.by_name)
