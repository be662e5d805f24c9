"""From notices to mails in the outbox: who reads them, when they leave, for which occasion."""

import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from store import outbox
from store.alarms import Alarm
from store.outbox import Outgoing
from store.programs import VersionFate
from workflow import table
from workflow.absences import Absence
from workflow.clocks import begin
from workflow.model import (
    Audience,
    Case,
    Event,
    Notice,
    OfferState,
    Person,
    PromiseKind,
    Role,
    State,
    Transition,
)
from workflow.reminders import DEPUTY_CALL, Look, Reminder
from workflow.reviewers import is_barred
from workflow.working_time import WorkingTime

if TYPE_CHECKING:
    from workflow.casebook import Loaded
    from workflow.engine import Engine

#: What a requester must hear even when they cannot be mailed: a reviewer tells them.
MUST_BE_TOLD = {"matched", "delayed", "resources", "completed"}
#: What the clock mails to reviewers, the most pressing first.
NUDGES_TO_REVIEWERS = (
    "nobody_answered",
    "contact_overdue",
    "no_candidate",
    "offer_declined",
    "review_nudge",
    "tell_by_phone",
    "taken_over",
)
NUDGES_TO_SUPPORTERS = ("offer_nudge", "contact_nudge", "still_in_contact")
#: Several nudges of one person leave as one mail, by the role in which they are read.
WHERE_THINGS_STAND, SEVERAL_WAIT = "where_things_stand", "several_wait"
TOGETHER: dict[str, tuple[str, tuple[str, ...]]] = {
    Role.REVIEWER: (WHERE_THINGS_STAND, NUDGES_TO_REVIEWERS),
    Role.SUPPORTER: (SEVERAL_WAIT, NUDGES_TO_SUPPORTERS),
}
#: Nobody is woken for these.
NUDGES = {
    *NUDGES_TO_REVIEWERS,
    *NUDGES_TO_SUPPORTERS,
    "delayed",
    "leaving",
    "presumed_away",
    "supporter_away",
}
#: Mails that ask reviewers to find a supporter.
ASKS_FOR_A_MATCH = {"review_requested", "back_in_review", "offer_declined"}
#: Untrue once the case is open again.
SAYS_IT_IS_OVER = {"completed", "resources"}
#: Its occasion is over as soon as the delivery has been read.
RESPONSE_WAITS = "response_waits"
#: The subject of a digest that asks its readers to compare with Qualtrics.
COMPARE = "compare"
#: Reminders that nobody who is away needs: others hear of the silence instead.
REMINDS_SUPPORTERS = {"offer", "offer_nudge", "contact_nudge", "still_in_contact"}
#: A deputy is called about a request once in so long, a day but for the quiet hours.
CALLED_LATELY = timedelta(hours=20)
REMINDS_REVIEWERS = {"review_nudge", "contact_overdue"}
#: Mails for whoever reviews at the moment of sending.
FOR_REVIEWERS = {
    *ASKS_FOR_A_MATCH,
    *REMINDS_REVIEWERS,
    "look_again",
    "no_candidate",
    "supporter_away",
    "tell_by_phone",
    "undeliverable",
}
#: True also once the request goes on as another one.
GOES_ON = {"received", "fresh_link"}
#: What the admins read about the roster once a month.
ROSTER = "roster"
#: A supporter would like to talk to somebody.
TALK_WANTED = "talk_wanted"
#: What the admins are mailed about a version of their files.
ABOUT_FILES = {
    VersionFate.IN_FORCE: "files_in_force",
    VersionFate.REFUSED: "files_wrong",
    VersionFate.WAITS: "files_wait",
}
REQUESTER = "requester"
RING = "ring"
#: The version of mails that no decision made: undoing one leaves them alone.
NO_DECISION = 0


def for_transition(
    engine: "Engine", loaded: "Loaded", transition: Transition
) -> tuple[Case, list[Outgoing]]:
    """Return the case with what must be told by phone, and the mails of a transition."""
    after, mails = transition.after, list[Outgoing]()
    for notice in transition.notices:
        if transition.decision.erases_now and notice.audience is Audience.REQUESTER:
            continue
        notice = _without_candidates(engine, loaded, after, notice, transition.at)
        after, notice = _told_by_phone(engine, loaded, after, notice, transition.at)
        leaves_at = _leaves_at(engine, transition, notice)
        for person, role in _readers(engine, loaded, transition.after, notice):
            occasion = f"{after.reference}/{after.version}/{notice.email}/{notice.subject}/{person}"
            mails.append(_outgoing(loaded, after, notice, person, role, occasion, leaves_at))
    return after, mails


def for_reminders(
    engine: "Engine", loaded: "Loaded", look: Look, now: datetime
) -> tuple[Case, list[Outgoing]]:
    """Return the case and the mails of the moments that have passed."""
    after, mails, said = look.after, list[Outgoing](), set[tuple[str, Audience, str]]()
    for reminder in look.reminders:
        after, notice = _told_by_phone(engine, loaded, after, reminder.notice, now)
        if notice.says in said:
            continue  # Two promises ask for it, or a nudge to tell somebody and one more delay.
        spared = _called_already(engine, loaded, reminder, now)
        after = _with_call(engine, loaded, after, reminder, spared, now)
        for person, role in _readers(engine, loaded, after, notice):
            if person in spared or _was_reminded_late(engine, reminder, after, notice, person):
                continue
            occasion = _occasion(reminder, reminder.at, after, notice, person)
            mail = _outgoing(loaded, after, notice, person, role, occasion, now)
            mails.append(replace(mail, version=NO_DECISION))
            said.add(notice.says)
    return after, _without_what_a_call_says(mails)


def _with_call(
    engine: "Engine",
    loaded: "Loaded",
    case: Case,
    reminder: Reminder,
    spared: Collection[str],
    now: datetime,
) -> Case:
    """Count a call of the deputies. One that calls none of them again is not counted.

    If it is the one on the last day before the first contact is due, it is made later: whatever
    they were called about may be settled in the next minute, and this promise would have no call.
    """
    notice, promise = reminder.notice, case.promise(reminder.promise.kind, reminder.promise.subject)
    if notice.email != DEPUTY_CALL.email:
        return case
    called = {person for person, _ in _readers(engine, loaded, case, notice)}
    if not called or not called <= set(spared):
        return replace(case, calls_in_vain=case.calls_in_vain + 1)
    if promise is None or promise.kind is not PromiseKind.FIRST_CONTACT or promise.due_at <= now:
        return case
    later = min(now + CALLED_LATELY, promise.due_at)
    return case.with_promise(replace(promise, handled_at=promise.began_at, next_at=later))


def _called_already(
    engine: "Engine", loaded: "Loaded", reminder: Reminder, now: datetime
) -> set[str]:
    """Return whom a reminder tells nothing new: deputies called today, or who got the first mail.

    A call about what began after the last one is news.
    """
    case, email = loaded.case, reminder.notice.email
    spared = set[str]()
    if email == DEPUTY_CALL.email and reminder.at <= case.opened_at:
        spared |= outbox.addressed(engine.store.read(), loaded.stored.id, Role.REVIEWER)
    if email == DEPUTY_CALL.email or email in REMINDS_REVIEWERS:
        since = max(now - CALLED_LATELY, reminder.promise.began_at)
        called = outbox.mailed_since(
            engine.store.read(), loaded.stored.id, DEPUTY_CALL.email, since
        )
        spared |= called
    return spared


def _was_reminded_late(
    engine: "Engine", reminder: Reminder, case: Case, notice: Notice, person: str
) -> bool:
    """Tell whether somebody got the reminder before this one nearer to this moment than to its own.

    So nobody gets two within minutes when an outage ends just before the next.
    """
    if reminder.before is None or notice.email == DEPUTY_CALL.email:
        return False  # Deputies are called once a day anyhow, and may hear of several promises.
    occasion = _occasion(reminder, reminder.before, case, notice, person)
    half_way = reminder.at - (reminder.at - reminder.before) / 2
    return outbox.was_sent_since(engine.store.read(), occasion, half_way)


def _without_what_a_call_says(mails: list[Outgoing]) -> list[Outgoing]:
    """Remind nobody besides whom the same look calls: a deputy who stands in reviews as well."""
    called = {mail.person for mail in mails if mail.email == DEPUTY_CALL.email}
    return [m for m in mails if m.email not in REMINDS_REVIEWERS or m.person not in called]


def for_alarm(alarm: Alarm, admins: Iterable[str], now: datetime) -> list[Outgoing]:
    """Return the mails that tell the admins of a trouble."""
    subject = f"{alarm.trouble}:{alarm.detail}"
    occasion = f"alarm/{alarm.occasion}"
    return [_without_case("admin_alarm", occasion, admin, subject, now) for admin in admins]


def about_unread(engine: "Engine", delivery_id: int, now: datetime) -> list[Outgoing]:
    """A request waits that nobody can read: the coordinators must look it up in Qualtrics."""
    program, absent = engine.program, engine.absent
    here = [id for id in program.default_coordinators if id not in absent]
    deputies = [id for id in program.deputies if id not in absent]
    return [
        _without_case(RESPONSE_WAITS, f"unread/{delivery_id}", person, str(delivery_id), now)
        for person in here or deputies or program.default_coordinators
    ]


def for_digest(engine: "Engine", day: date, must_compare: bool, now: datetime) -> list[Outgoing]:
    """What the coordinators read each working morning; when all are away, the deputies do.

    Whoever stands in for the coordinators of a request reads it, too. Once a week, or when nobody
    is there, also the admins, when nobody else can tell whether all requests have arrived.
    """
    program, absent = engine.program, engine.absent
    here = [id for id in program.all_coordinators if id not in absent]
    readers = here or [id for id in program.deputies if id not in absent]
    standing_in = {p.id for one in engine.unfinished_cases() for p in one.reviewing.reviewers}
    readers += [id for id in program.all_reviewers if id in standing_in]
    if must_compare and (begins_week(program.working, day) or not readers):
        readers += program.admins
    subject = COMPARE if must_compare else ""
    return [
        _without_case("digest", f"digest/{day}", person, subject, now)
        for person in dict.fromkeys(readers)
    ]


def begins_week(working: WorkingTime, day: date) -> bool:
    """Tell whether the program works for the first time since Sunday."""
    before = (day - timedelta(days=n) for n in range(1, day.weekday() + 1))
    return not any(working.is_working_day(one) for one in before)


def about_roster(engine: "Engine", day: date, now: datetime) -> list[Outgoing]:
    """Tell the admins once a month whose refresher is due, and what the roster lacks."""
    occasion = f"roster/{day:%Y-%m}"
    return [_without_case(ROSTER, occasion, id, "", now) for id in engine.program.admins]


def about_files(
    fate: VersionFate, version_id: int, admins: Iterable[str], now: datetime
) -> list[Outgoing]:
    """Return the mails that tell the admins what became of a version of their files."""
    occasion, email = f"files/{version_id}/{fate}", ABOUT_FILES[fate]
    return [_without_case(email, occasion, admin, str(version_id), now) for admin in admins]


def files_went_back(version_id: int, admins: Iterable[str], now: datetime) -> list[Outgoing]:
    """Return the mails that say: the folder is again what is in force, and not that version."""
    occasion, email = f"files/{version_id}/back", ABOUT_FILES[VersionFate.IN_FORCE]
    return [_without_case(email, occasion, admin, "", now) for admin in admins]


def fresh_link_to_files(version_id: int, admin: str, now: datetime) -> Outgoing:
    """A new link to a version that waits, as for a case at most one in ten minutes."""
    occasion = f"files/{version_id}/fresh/{_ten_minutes(now)}"
    return _without_case(ABOUT_FILES[VersionFate.WAITS], occasion, admin, str(version_id), now)


def link_to_own_page(person: str, now: datetime) -> Outgoing:
    """Somebody on our lists asked for the link to their own page; at most one in ten minutes."""
    return _without_case("your_page", f"page/{_ten_minutes(now)}", person, "", now)


def decoy(now: datetime) -> Outgoing:
    """A mail to nobody, which only takes as long to write as one to somebody."""
    return _without_case("your_page", f"page/{_message_id()}", "", "", now)


def to_presumed_away(person: str, since: datetime, at: datetime) -> Outgoing:
    """A coordinator has let nudges go by: others take over until they say that they are back."""
    return _without_case("presumed_away", f"presumed/{since.isoformat()}", person, "", at)


def to_whoever_leaves(person: str, first: date, at: datetime) -> Outgoing:
    """Somebody leaves tomorrow with requests that no other coordinator looks after."""
    return _without_case("leaving", f"leaving/{first}", person, f"{first}", at)


def to_who_takes_over(
    engine: "Engine", loaded: "Loaded", since: date | None, at: datetime
) -> list[Outgoing]:
    """Tell those who review now, since the others are away from a day on, or have come back."""
    return _to_reviewers(engine, loaded, "taken_over", f"cover/{since or ''}", at)


def about_supporter_away(
    engine: "Engine", loaded: "Loaded", absence: Absence, at: datetime
) -> list[Outgoing]:
    """Ask the reviewers whether a supporter who is away keeps the request; anew for other days."""
    offer = loaded.case.current_offer
    days = days_of(absence)
    occasion = f"away/{offer.number if offer else ''}/{days}"
    mails = _to_reviewers(engine, loaded, "supporter_away", occasion, at)
    return [replace(mail, while_offer=OfferState.ACCEPTED, subject=days) for mail in mails]


def days_of(absence: Absence) -> str:
    """Name the days of an absence, so that a mail about others is told from it."""
    return f"{absence.first}/{absence.last or ''}"


def for_somebody_else(mail: Outgoing, person: str, now: datetime) -> Outgoing:
    """The same mail for who reviews now: whoever it was for is away meanwhile, or no reviewer."""
    occasion, _, _ = mail.occasion.rpartition("/")
    return replace(
        mail,
        occasion=f"{occasion}/{person}",
        message_id=_message_id(),
        person=person,
        leaves_at=now,
    )


def is_for_reviewers(mail: Outgoing) -> bool:
    """Tell whether a mail is for whoever reviews when it leaves, and not for the deputies."""
    is_about_reviewer = mail.email == "undeliverable" and mail.subject == Role.REVIEWER
    return mail.email in FOR_REVIEWERS and not is_about_reviewer


def about_talk(
    loaded: "Loaded", listeners: Iterable[Person], today: date, now: datetime
) -> list[Outgoing]:
    """Tell that the supporter of a request would like to talk about it; once a day."""
    case, offer = loaded.case, loaded.case.current_offer
    notice = Notice(
        TALK_WANTED, Audience.REVIEWERS, offer=offer.number if offer else None, subject=f"{today}"
    )
    occasion = f"{case.reference}/talk/{today}"
    mails = [
        _outgoing(loaded, case, notice, one.id, Role.REVIEWER, f"{occasion}/{one.id}", now)
        for one in listeners
    ]
    return [replace(mail, version=NO_DECISION) for mail in mails]


def _to_reviewers(
    engine: "Engine", loaded: "Loaded", email: str, occasion: str, at: datetime
) -> list[Outgoing]:
    """Mail the reviewers about something that no decision caused."""
    case, offer = loaded.case, loaded.case.current_offer
    notice = Notice(email, Audience.REVIEWERS, offer=offer.number if offer else None)
    mails = [
        _outgoing(loaded, case, notice, id, role, f"{case.reference}/{occasion}/{id}", at)
        for id, role in _readers(engine, loaded, case, notice)
    ]
    return [replace(mail, version=NO_DECISION) for mail in mails]


def _ten_minutes(now: datetime) -> str:
    return now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0).isoformat()


def fresh_link(
    loaded: "Loaded", person: str, role: Role, offer: int | None, now: datetime
) -> Outgoing:
    """A new link for somebody whose link is too old; at most one in ten minutes."""
    occasion = f"{loaded.case.reference}/fresh/{role}/{person}/{_ten_minutes(now)}"
    notice = Notice("fresh_link", Audience.REQUESTER, offer=offer)
    mail = _outgoing(loaded, loaded.case, notice, person, role, occasion, now)
    return replace(mail, version=NO_DECISION)


def to_new_reviewers(loaded: "Loaded", known: Iterable[str], now: datetime) -> list[Outgoing]:
    """What waits for review, to those who did not review it before and hear of it now."""
    case, new = loaded.case, [p.id for p in loaded.reviewing.reviewers if p.id not in set(known)]
    notice = Notice("back_in_review", Audience.REVIEWERS, event=Event.RECOGNIZED)
    return [
        replace(
            _outgoing(loaded, case, notice, id, Role.REVIEWER, f"{case.reference}/new/{id}", now),
            version=NO_DECISION,
        )
        for id in new
    ]


def about_undeliverable(
    engine: "Engine", loaded: "Loaded", failed: Outgoing, now: datetime
) -> tuple[Case, list[Outgoing]]:
    """What follows when a mail was given up: tell by phone, and tell the reviewers."""
    case = loaded.case
    notice = Notice("undeliverable", Audience.REVIEWERS, subject=failed.role)
    if failed.role == Role.REVIEWER:
        # Perhaps none of them can be reached.
        notice = replace(notice, audience=Audience.DEPUTIES)
    if failed.role == Role.REQUESTER and failed.email in MUST_BE_TOLD:
        case, notice = _must_be_told(engine, case, failed.email, now)
    at = _by_day(engine, case, now)
    mails = [
        replace(
            _outgoing(loaded, case, notice, person, role, f"{failed.occasion}/failed/{person}", at),
            version=NO_DECISION,
        )
        for person, role in _readers(engine, loaded, case, notice)
        if person != failed.person
    ]
    return case, mails


def _without_candidates(
    engine: "Engine", loaded: "Loaded", case: Case, notice: Notice, now: datetime
) -> Notice:
    """When nobody can be proposed, say so at once: reviewers must think of another way."""
    if notice.email not in ASKS_FOR_A_MATCH or case.state is not State.IN_REVIEW:
        return notice
    return notice if engine.choosable(loaded, now) else replace(notice, email="no_candidate")


def _told_by_phone(
    engine: "Engine", loaded: "Loaded", case: Case, notice: Notice, now: datetime
) -> tuple[Case, Notice]:
    """What cannot be mailed to the requester becomes a promise of the reviewers."""
    if notice.audience is not Audience.REQUESTER or loaded.identity is None:
        return case, notice
    if case.facts.is_mailable or notice.email not in MUST_BE_TOLD:
        return case, notice
    return _must_be_told(engine, case, notice.email, now)


def _must_be_told(engine: "Engine", case: Case, email: str, now: datetime) -> tuple[Case, Notice]:
    """Begin to promise it; one that still waits to be kept gets no more time for it."""
    notice = Notice(
        "tell_by_phone", Audience.REVIEWERS, while_promise=PromiseKind.TELL, subject=email
    )
    if case.promise(PromiseKind.TELL, email) is not None:
        return case, notice
    promise = begin(PromiseKind.TELL, engine.rules, began_at=now, now=now, subject=email)
    return case.with_promise(promise), notice


def _readers(
    engine: "Engine", loaded: "Loaded", case: Case, notice: Notice
) -> Iterator[tuple[str, str]]:
    """Yield (person, role) for everybody whom a notice is for."""
    reviewing = engine.reviewing(case, loaded.identity)
    match notice.audience:
        case Audience.REQUESTER:
            if loaded.identity is not None and case.facts.is_mailable:
                yield REQUESTER, Role.REQUESTER
        case Audience.REVIEWERS if notice.email == "request_withdrawn":
            told = outbox.told(engine.store.read(), loaded.stored.id, Role.REVIEWER)
            yield from ((id, Role.REVIEWER) for id in told if _may_hear(engine, loaded, case, id))
        case Audience.REVIEWERS:
            yield from ((p.id, Role.REVIEWER) for p in reviewing.reviewers)
        case Audience.NEW_REVIEWERS:
            mailed = outbox.addressed(engine.store.read(), loaded.stored.id, Role.REVIEWER)
            known = mailed & {p.id for p in loaded.reviewing.reviewers}
            yield from ((p.id, Role.REVIEWER) for p in reviewing.reviewers if p.id not in known)
        case Audience.DEPUTIES:
            yield from ((p.id, Role.REVIEWER) for p in reviewing.deputies)
        case Audience.SUPPORTER:
            offer = case.offer(notice.offer) if notice.offer is not None else None
            if offer is not None and not _is_spared(engine, notice, offer.supporter):
                yield offer.supporter, Role.SUPPORTER
        case Audience.EVERYBODY_ON_CALL:
            people = {p.id: p for p in (*reviewing.reviewers, *reviewing.deputies)}
            yield from ((id, Role.REVIEWER) for id in people)
            yield from ((f"{RING}-{i}", RING) for i, _ in enumerate(engine.program.urgent_ring, 1))


def _is_spared(engine: "Engine", notice: Notice, supporter: str) -> bool:
    return supporter in engine.absent and notice.email in REMINDS_SUPPORTERS


def _may_hear(engine: "Engine", loaded: "Loaded", case: Case, id: str) -> bool:
    """Tell whether somebody who was mailed before may still hear of a case."""
    person = engine.program.people.get(id)
    if person is None or loaded.identity is None:
        return False
    return not is_barred(person, case, loaded.identity)


def _leaves_at(engine: "Engine", transition: Transition, notice: Notice) -> datetime:
    """Decisions that can be undone, and the first mail to reviewers, wait a little."""
    at, event = transition.at, transition.decision.event
    if transition.after.is_urgent:
        return at
    if transition.decision.role is Role.CLOCK:
        return _by_day(engine, transition.after, at)
    step = table.TABLE.get((transition.before.state, event))
    if step is not None and step.is_undoable:
        return at + engine.program.undo_window
    is_late = any(p.due_at <= at for p in transition.after.promises)
    if event is Event.SUBMITTED and notice.audience is Audience.REVIEWERS and not is_late:
        return at + engine.program.review_mail_delay
    return at


def _by_day(engine: "Engine", case: Case, at: datetime) -> datetime:
    """Nobody is woken for what nobody did, unless it is urgent."""
    quiet = engine.program.quiet
    return quiet.end_after(at) if quiet.covers(at) and not case.is_urgent else at


def _outgoing(
    loaded: "Loaded",
    case: Case,
    notice: Notice,
    person: str,
    role: str,
    occasion: str,
    leaves_at: datetime,
) -> Outgoing:
    return Outgoing(
        occasion=occasion,
        message_id=_message_id(),
        email="ring" if role == RING else notice.email,
        person=person,
        role=role,
        case_id=loaded.stored.id,
        version=case.version,
        leaves_at=leaves_at,
        offer=notice.offer,
        event=notice.event or "",
        subject=notice.subject,
        while_promise=notice.while_promise or "",
        while_offer=notice.while_offer or "",
    )


def _without_case(email: str, occasion: str, person: str, subject: str, now: datetime) -> Outgoing:
    """A mail that is about no request."""
    return Outgoing(
        occasion=f"{occasion}/{person}",
        message_id=_message_id(),
        email=email,
        person=person,
        role="",
        case_id=None,
        version=NO_DECISION,
        leaves_at=now,
        subject=subject,
    )


def _occasion(reminder: Reminder, at: datetime, case: Case, notice: Notice, person: str) -> str:
    """Name what a reminder is sent for: one moment of a promise, and one person."""
    promise, began = reminder.promise, reminder.promise.began_at.isoformat()
    moment = f"{promise.kind}/{promise.subject}/{began}/{at.isoformat()}"
    return f"{case.reference}/{moment}/{notice.email}/{person}"


def _message_id() -> str:
    """Fixed when the mail enters the outbox, so that a second copy can be recognized."""
    return uuid.uuid4().hex


def is_nudge(mail: Outgoing) -> bool:
    """Tell whether the clock asked for a mail, and not something that somebody did."""
    is_by_clock = mail.version == NO_DECISION or mail.event == Event.LAPSED
    return is_by_clock and mail.email in NUDGES


def still_stands(mail: Outgoing, case: Case) -> bool:
    """Tell whether the occasion of a mail still exists at the moment of sending."""
    if case.goes_on_as and mail.role != Role.SUPPORTER:
        return False
    if mail.while_promise:
        kind = PromiseKind(mail.while_promise)
        promise = case.promise(kind, mail.subject if kind is PromiseKind.TELL else None)
        is_reminder = mail.occasion.startswith(f"{case.reference}/{kind}/")
        if promise is None or (is_reminder and promise.began_at.isoformat() not in mail.occasion):
            return False
    if mail.email in SAYS_IT_IS_OVER and not mail.while_offer and case.is_open:
        return False
    if mail.while_offer and mail.offer is not None:
        offer = case.offer(mail.offer)
        return offer is not None and offer.state == mail.while_offer
    return True
