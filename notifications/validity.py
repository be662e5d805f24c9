"""Whether a mail is still valid when it leaves: its occasion and its reader."""

from dataclasses import replace
from datetime import datetime

from casebook import attendance, duplicates, group_sessions, invitations
from casebook.casebook import Casebook, Loaded
from casebook.cover import reviews, supporter_absence, uncovered_cases
from notifications.mail.catalog import EMAILS
from notifications.mail.properties import Leads, PassedOn, Until
from notifications.planning import message_id
from notifications.takeover import days_of
from people.contacts import is_same_address
from program.entries import PARTNER
from store import cases, deliveries, programs
from store.database import Database
from store.mail import readers
from store.outbox import REQUESTER, SECOND_ADDRESS, Outgoing
from workflow.check_in import is_asked
from workflow.conditions import is_correction
from workflow.model import Case, OfferState, PromiseKind, Role
from workflow.partners import hand_over

IS_OVER = "its occasion is over"
NO_ADDRESS, OTHERS_REVIEW = "no address", "others review by now"


def case_of(casebook: Casebook, mail: Outgoing) -> Loaded | None:
    """Return the case that a mail is about; None without one, or when it was forgotten."""
    if mail.case_id is None:
        return None
    stored = cases.get(casebook.store.read(), mail.case_id)
    if stored and mail.role == REQUESTER and EMAILS[mail.email].goes_on:
        # Once a merge is confirmed, the older case has the address and the current facts.
        reference = duplicates.goes_on_for_requester(casebook, stored.case.reference)
        stored = cases.find(casebook.store.read(), reference)
        loaded = casebook.load_stored(stored) if stored else None
        return duplicates.as_own(casebook, loaded, casebook.made_at) if loaded else None
    return casebook.load_stored(stored) if stored else None


def reason_not_to_send(
    casebook: Casebook, mail: Outgoing, loaded: Loaded | None, address: str, now: datetime
) -> str:
    """Return the reason why a mail must not be sent; "" when it may be."""
    if mail.case_id is not None:
        if loaded is None or not _is_current(mail, loaded.case):
            return IS_OVER
        if _is_for_reviewers(mail) and not loaded.may_review(mail.person):
            return "no reviewer any more"
        if has_other_readers(mail, loaded):
            return OTHERS_REVIEW
        if _reminds_in_vain(casebook, mail, loaded, now):
            return IS_OVER
    asks_feedback = EMAILS[mail.email].leads is Leads.FEEDBACK
    if asks_feedback and not casebook.program.file.feedback.after:
        return IS_OVER
    if _is_pointless(casebook, mail, loaded, now):
        return IS_OVER
    return "" if address else NO_ADDRESS


def is_offer_to_unavailable(
    casebook: Casebook, mail: Outgoing, loaded: Loaded, now: datetime
) -> bool:
    """Tell whether a mail is a current offer to a supporter who cannot be asked anymore."""
    if not EMAILS[mail.email].is_offer or not _is_current(mail, loaded.case):
        return False
    return mail.person not in casebook.askable(loaded, now)


def _is_current(mail: Outgoing, case: Case) -> bool:
    """Tell whether the occasion of a mail about a case still exists."""
    if case.goes_on_as and mail.role != Role.SUPPORTER and not _is_farewell(mail):
        return False
    if is_about_confirmation(mail):
        return case.confirmation is not None and case.confirmation.number == mail.offer
    if mail.while_promise:
        kind = PromiseKind(mail.while_promise)
        promise = case.promise(kind, mail.subject if kind is PromiseKind.TELL else None)
        is_its_reminder = mail.promise == kind
        if promise is None or (is_its_reminder and promise.began_at != mail.promise_began_at):
            return False
    says_case_is_closed = EMAILS[mail.email].until is Until.CASE_IS_OPEN and not mail.while_offer
    if says_case_is_closed and case.is_open:
        return False
    if mail.while_offer and mail.offer is not None:
        offer = case.offer(mail.offer)
        return offer is not None and offer.state == mail.while_offer
    return True


def _reminds_in_vain(casebook: Casebook, mail: Outgoing, loaded: Loaded, now: datetime) -> bool:
    """Tell whether a mail waits for the answer of a supporter whose link opens nothing anymore.

    Link and mail together would tell them that they are kept apart from this requester.
    """
    is_asked = mail.role == Role.SUPPORTER and mail.while_offer == OfferState.OPEN
    if not is_asked or EMAILS[mail.email].is_offer:
        return False
    return not casebook.may_accept(loaded, mail.person, now)


def _is_farewell(mail: Outgoing) -> bool:
    """Tell whether a mail says to its reader that they have no part in a case anymore."""
    return EMAILS[mail.email].until is Until.STILL_THEIRS


def _is_for_reviewers(mail: Outgoing) -> bool:
    return mail.role == Role.REVIEWER and not _is_farewell(mail)


def is_about_confirmation(mail: Outgoing) -> bool:
    """Tell whether a mail asks or tells about what the requester must confirm."""
    return EMAILS[mail.email].leads is Leads.CONFIRMATION or mail.person == SECOND_ADDRESS


def waits_for_answer(mail: Outgoing, loaded: Loaded | None) -> bool:
    """Tell whether a mail to the requester waits, since their address may not be theirs anymore.

    It goes to the address that counts once the correction is settled.
    """
    if loaded is None or mail.role != REQUESTER or is_about_confirmation(mail):
        return False
    first, case = loaded.own, loaded.case
    second = first.second if first is not None else None
    if first is None or second is None or not is_correction(case):
        return False
    return not is_same_address(first, second) or not second.is_mail_ok


def _is_pointless(casebook: Casebook, mail: Outgoing, loaded: Loaded | None, now: datetime) -> bool:
    """Tell whether the condition that makes a mail pointless (`Until`) has come true."""
    match EMAILS[mail.email].until:
        case Until.READER_IS_AWAY:
            return mail.person in casebook.absent
        case Until.SUPPORTER_IS_BACK:
            away = supporter_absence(casebook, loaded, now) if loaded else None
            return away is None or days_of(away) != mail.subject
        case Until.STILL_THEIRS:
            if loaded is None or not loaded.case.is_open:
                return False
            return loaded.reviewing.may_act(mail.person)
        case Until.COVER_ENDED:
            return loaded is None or not loaded.case.is_open or not reviews(loaded, mail.person)
        case Until.STAYS:
            return not _is_leaving(casebook, mail, now)
        case Until.RESPONSE_READ:
            return deliveries.waiting_ids(casebook.store.read(), int(mail.subject)) is None
        case Until.MORNING_OVER:
            return not _is_its_morning(casebook, mail, now)
        case Until.FILES_SETTLED:
            return not _are_files_unsettled(casebook, mail)
        case Until.ANSWERED:
            return loaded is None or not is_asked(loaded.case)
        case Until.ASKED_NO_MORE:
            return loaded is None or not hand_over.is_asked(loaded.case)
        case Until.HAND_OVER_OVER:
            partner = mail.person.removeprefix(PARTNER)
            place = casebook.program.place_of(partner)
            return loaded is None or not hand_over.is_of(loaded.case, mail.offer, partner, place)
        case Until.INVITATION_OVER:
            is_to_admin = EMAILS[mail.email].role is Role.ADMIN
            person = mail.subject if is_to_admin else mail.person
            return not invitations.still_says(casebook, person, mail.email, mail.subject)
        case Until.GROUP_SESSION_OFF:
            return not group_sessions.still_says(casebook, mail.subject)
        case Until.CASE_IS_OPEN | Until.ALWAYS_TRUE:
            return False


def _is_leaving(casebook: Casebook, mail: Outgoing, now: datetime) -> bool:
    """Tell whether the reader still leaves that day with uncovered cases."""
    program = casebook.program
    today = program.today(now)
    absence = attendance.absence_of(casebook.store.read(), program, mail.person, today)
    if absence is None or absence.covers(today) or f"{absence.first}" != mail.subject:
        return False
    return bool(uncovered_cases(casebook, mail.person, absence.first))


def _is_its_morning(casebook: Casebook, mail: Outgoing, now: datetime) -> bool:
    """Tell whether a digest is still of today, outside quiet hours."""
    program = casebook.program
    is_of_today = program.today(mail.leaves_at) == program.today(now)
    return is_of_today and not program.quiet.covers(now)


def _are_files_unsettled(casebook: Casebook, mail: Outgoing) -> bool:
    """Tell whether an admin must still correct or confirm a version of the files."""
    version = programs.get(casebook.store.read(), int(mail.subject))
    return version is not None and version.status is EMAILS[mail.email].about_files


# Current readers instead of earlier ones


def has_other_readers(mail: Outgoing, loaded: Loaded) -> bool:
    """Tell whether a mail's reader no longer reviews or is called, but others are."""
    readers = _current_readers(mail, loaded)
    return bool(readers) and mail.person not in readers


def for_current_reviewers(
    db: Database, row_id: int, mail: Outgoing, loaded: Loaded, now: datetime
) -> list[Outgoing]:
    """Return copies of a mail for the current reviewers when its original reader no longer reviews.

    Reviewers who were mailed about the case since are left out, unless the mail is news.
    """
    others = _current_readers(mail, loaded)
    if EMAILS[mail.email].passed_on is not PassedOn.TO_REVIEWERS_AS_NEWS:
        others -= readers.addressed_after(db, row_id, loaded.stored.id, Role.REVIEWER)
    return [
        replace(mail, message_id=message_id(), person=id, leaves_at=now) for id in sorted(others)
    ]


def _current_readers(mail: Outgoing, loaded: Loaded) -> set[str]:
    """Return who reviews, or is called, now; empty when a mail is not passed on."""
    passed_on = EMAILS[mail.email].passed_on
    is_about_reviewer = mail.email == "undeliverable" and mail.subject == Role.REVIEWER
    if passed_on is PassedOn.TO_NOBODY:
        return set()
    if passed_on is PassedOn.TO_DEPUTIES or is_about_reviewer:
        return {person.id for person in loaded.reviewing.deputies}
    return {person.id for person in loaded.reviewing.reviewers}
