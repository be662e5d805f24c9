"""What the pages of a case have in common: its progress, and who is working on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casebook.casebook import Casebook, Loaded
from lib.languages.said import for_staff, language_named
from notifications.facts import MAIN_PROMISES
from notifications.mail.catalog import BY_PHONE
from pages.facts.page import Page
from program.entries import is_open
from program.shapes import Resource
from store.mail import returned
from store.record import openings
from workflow import words
from workflow.choices import LOOKING
from workflow.model import Case, Offer, Promise, PromiseKind, Role

#: How long others see that a reviewer is looking at a case.
LOOKING_FOR = timedelta(hours=2)


@dataclass(frozen=True)
class CaseSummary:
    """What every role may see of a case: its state and what is due."""

    reference: str
    test_marker: str
    #: For the forms, of what this reader may hear of: the number of all decisions would tell more.
    version: str
    is_open: bool
    is_urgent: bool
    state: str
    state_words: str
    outcome_words: str
    #: When the main promise is due; "" without a promise.
    due: str
    left: str
    #: How late it is, "2 hours"; "" in time.
    late: str
    #: How much of the promised time has passed, in percent.
    used: int
    is_overdue: bool
    wishes: Sequence[str]


@dataclass(frozen=True)
class CasePage(Page):
    """A page about one case."""

    case: CaseSummary

    @property
    def test_marker(self) -> str:
        return self.case.test_marker

    @property
    def is_about_request(self) -> bool:
        return True

    @property
    def version(self) -> str:
        return self.case.version


@dataclass(frozen=True)
class Fact:
    """One fact that reviewers may see of a case, apart from its wishes."""

    label: str
    value: str


@dataclass(frozen=True)
class PhoneMessage:
    """What reviewers must tell a requester who cannot be mailed."""

    subject: str
    words: str
    to_say: str
    due: str
    is_overdue: bool


@dataclass(frozen=True)
class ResourceShown:
    """A resource of the referral network, and whether it is open now."""

    id: str
    name: str
    what_for: str
    contact: str
    link: str
    hours: str
    is_open: bool


def summary(casebook: Casebook, case: Case, now: datetime) -> CaseSummary:
    zone, promise = casebook.program.zone, main_promise(case)
    return CaseSummary(
        reference=case.reference,
        test_marker=words.test_marker(case),
        version="",
        is_open=case.is_open,
        is_urgent=case.is_urgent,
        state=case.state.value,
        state_words=words.STATE_WORDS[case.state],
        outcome_words=words.OUTCOME_WORDS[case.outcome] if case.outcome else "",
        due=words.day_and_time(promise.due_at, zone, now) if promise else "",
        left=words.left(promise.due_at, now) if promise else "",
        late=words.about(now - promise.due_at) if promise and promise.due_at <= now else "",
        used=_used(promise, now) if promise else 0,
        is_overdue=promise is not None and promise.due_at <= now,
        wishes=words.wishes(case.facts),
    )


def _used(promise: Promise, now: datetime) -> int:
    whole = promise.due_at - promise.began_at
    return min(100, int(100 * (now - promise.began_at) / whole)) if whole else 100


def main_promise(case: Case) -> Promise | None:
    """Return the promise whose due moment pages show."""
    return next((p for k in MAIN_PROMISES if (p := case.promise(k)) is not None), None)


def counts_from(casebook: Casebook, case: Case, now: datetime) -> str:
    """Say when a correction counts unless someone stops it; "" if someone must say so."""
    promise = case.promise(PromiseKind.CORRECTION)
    return words.day_and_time(promise.due_at, casebook.program.zone, now) if promise else ""


def first_contact(casebook: Casebook, case: Case, now: datetime) -> str:
    """Say when the first contact is due, unless the main promise is due earlier."""
    promise, main = case.promise(PromiseKind.FIRST_CONTACT), main_promise(case)
    if promise is None or (main is not None and main.due_at <= promise.due_at):
        return ""
    when = words.day_and_time(promise.due_at, casebook.program.zone, now)
    if promise.due_at <= now:
        late = words.about(now - promise.due_at)
        return for_staff("First contact is %(late)s late – due %(when)s.", late=late, when=when)
    return for_staff("First contact by %(when)s.", when=when)


#: Only reviewers read it: a supporter would know why they are not taken.
ASKS_FIRST = for_staff("They’d like to say yes to the supporter")


def facts_shown(casebook: Casebook, case: Case) -> list[Fact]:
    program, facts = casebook.program, case.facts
    role = program.roles.get(facts.role)
    department = program.departments.get(facts.department)
    rows = (
        Fact(for_staff("Role"), role.group if role else for_staff("not stated")),
        Fact(for_staff("Department"), department.name if department else for_staff("not stated")),
        Fact(
            for_staff("Language"),
            ""
            if facts.language.startswith(program.file.language)
            else language_named(facts.language),
        ),
        Fact(for_staff("Before it’s settled"), ASKS_FIRST if facts.asks_first else ""),
    )
    return [fact for fact in rows if fact.value]


def phone_messages(casebook: Casebook, loaded: Loaded, now: datetime) -> list[PhoneMessage]:
    return [
        PhoneMessage(
            subject=promise.subject,
            words=BY_PHONE[promise.subject].what,
            to_say=for_staff(
                BY_PHONE[promise.subject].to_say, name=casebook.program.file.mail_name
            ),
            due=words.day_and_time(promise.due_at, casebook.program.zone, now),
            is_overdue=promise.due_at <= now,
        )
        for promise in loaded.case.promises
        if promise.kind is PromiseKind.TELL
    ]


def answers(casebook: Casebook, person: str) -> str:
    """Say that someone's mailbox answers automatically; "" if it does not."""
    if person not in casebook.answering or person in casebook.absent:
        return ""
    return words.answers_automatically(casebook.answering[person])


def delays(casebook: Casebook, loaded: Loaded, now: datetime) -> list[str]:
    """Say since when mails to the requester, or to who is asked or matched, are delayed."""
    offer, zone = loaded.case.current_offer, casebook.program.zone
    names = {offer.supporter: supporter_name(casebook, offer)} if offer else {}
    return [
        for_staff(
            "We emailed %(whom)s on %(when)s, and it hasn’t arrived yet",
            whom=for_staff("the requester") if role == Role.REQUESTER else names[person],
            when=words.day_and_time(since, zone),
        )
        for person, role, since in returned.delayed(casebook.store.read(), loaded.stored.id, now)
        if role == Role.REQUESTER or person in names
    ]


def looking(casebook: Casebook, loaded: Loaded, since: Mapping[str, datetime]) -> list[str]:
    """Say who is looking at a case, and since when."""
    zone, call = casebook.program.zone, loaded.case.promise(PromiseKind.CALL)
    return [
        for_staff(
            "%(who)s has been looking at this since %(time)s",
            who=name_of(casebook, person),
            time=words.time_of_day(at, zone),
        )
        for person, at in since.items()
        if call is None or person != call.subject
    ]


def looking_since(casebook: Casebook, loaded: Loaded, now: datetime) -> dict[str, datetime]:
    """Return since when each reviewer is looking at a case; taking the call counts too."""
    call = loaded.case.promise(PromiseKind.CALL)
    recorded = openings.of_case(casebook.store.read(), loaded.stored.id)
    return ({call.subject: call.began_at} if call else {}) | {
        person: at
        for at, person, what in recorded
        if what == LOOKING and now - at < LOOKING_FOR and loaded.reviewing.may_act(person)
    }


def all_resources(casebook: Casebook, now: datetime) -> list[ResourceShown]:
    """Return the whole referral network."""
    local = now.astimezone(casebook.program.zone)
    return [_resource(*found, local) for found in casebook.program.resources.items()]


def chosen_resources(casebook: Casebook, case: Case, now: datetime) -> list[ResourceShown]:
    """Return the resources that the requester was referred to and the program still has."""
    local, known = now.astimezone(casebook.program.zone), casebook.program.resources
    return [_resource(id, known[id], local) for id in case.resources if id in known]


def _resource(id: str, resource: Resource, local: datetime) -> ResourceShown:
    return ResourceShown(
        id=id,
        name=resource.name,
        what_for=resource.what_for,
        contact=resource.contact,
        link=resource.link,
        hours=resource.hours_text,
        is_open=is_open(resource, local),
    )


def supporter_name(casebook: Casebook, offer: Offer | None) -> str:
    """Return the name of the supporter of an offer; "" without an offer or supporter."""
    supporter = casebook.program.supporters.get(offer.supporter) if offer else None
    return supporter.name if supporter else ""


def name_of(casebook: Casebook, id: str) -> str:
    person = casebook.program.person(id) if id else None
    return person.name if person else for_staff("Someone")


def mark_of_confirmation(casebook: Casebook, case: Case) -> str:
    """Return what a form says of what the requester must confirm; "" when nothing waits."""
    number = case.confirmation.number if case.confirmation is not None else None
    return casebook.keyed_hash("confirmation", case.reference, str(number)) if number else ""
