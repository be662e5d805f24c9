"""The parts of an identity that pages show: contacts, and what the requester wrote."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from casebook.casebook import Casebook, Loaded
from lib.languages.said import for_staff
from lib.phones import dialed, dialed_through
from people.contacts import corrected, strictest
from people.records import Identity, Unclear
from workflow import words
from workflow.conditions import asks_about_newer, is_correction
from workflow.model import Outcome


@dataclass(frozen=True)
class Contact:
    """Who the requester is, and instructions for how to reach them."""

    name: str
    email: str
    phone: str
    orders: Sequence[str]
    #: The phone number for a link.
    dial: str
    dial_through: str
    may_call: bool
    may_text: bool
    may_mail: bool
    #: Only for reviewers.
    unit: str = ""
    #: Only for reviewers: the addresses that the typed one may mean.
    email_choices: Sequence[str] = ()
    #: Only for reviewers: the response whose answers could not be read.
    response_id: str = ""
    #: Until a correction is settled, no one uses what it changes.
    must_not_phone: bool = False
    must_not_mail: bool = False


@dataclass(frozen=True)
class Listed:
    """Someone on our lists, for a box to tick."""

    id: str
    name: str


@dataclass(frozen=True)
class Group:
    """The people of one department; those who are no supporters come last."""

    name: str
    people: Sequence[Listed]
    #: The requester's own department, while no one comes to mind.
    is_open: bool


@dataclass(frozen=True)
class Question:
    """What the requester typed, and whom on our lists it could mean."""

    typed: str
    #: What stood around it; "" if another question of this case is not for this reviewer.
    before: str
    after: str
    #: The ids of whom it could mean, as the form sends them back.
    ids: str
    #: A person with two ids is listed once; empty if no one comes to mind.
    could_mean: Sequence[Listed]
    #: Everyone else on our lists.
    others: Sequence[Group]
    #: Who settled it, and whom they took it to mean: no one on our lists if empty.
    answers: Sequence[tuple[str, Sequence[str]]] = ()


@dataclass(frozen=True)
class Written:
    """What the requester wrote, and what a reviewer must interpret."""

    note: str = ""
    #: Answers that the mapping does not know, as received: fact name and text.
    unread: Sequence[tuple[str, str]] = ()
    #: People not wanted, once nothing can be settled anymore.
    not_wanted: str = ""
    questions: Sequence[Question] = ()
    #: Questions that were settled: another reviewer may name more people.
    settled: Sequence[Question] = ()
    #: Units that no one knows, as typed; "" if the request names none.
    unknown_units: Sequence[str] = ()
    #: The names of all units on our lists.
    units: Sequence[str] = ()
    #: Whether someone on our lists leads the requester's unit.
    has_leaders: bool = False
    #: What a newer request says that no one has confirmed yet.
    second_note: str = ""
    #: The names of colleagues who could be asked but for that request.
    left_out_by_second: Sequence[str] = ()


def may_be_opened(loaded: Loaded) -> bool:
    """Tell whether reviewers may still open the identity: not after a withdrawal."""
    return loaded.identity is not None and loaded.case.outcome is not Outcome.WITHDRAWN


def contact(loaded: Loaded) -> Contact | None:
    """Return how to reach the requester; None once the identity was erased."""
    who = loaded.identity
    return _contact(who, is_mailable=loaded.case.facts.is_mailable) if who is not None else None


def _contact(who: Identity, *, is_mailable: bool) -> Contact:
    return Contact(
        name=who.name,
        email=who.email,
        phone=who.phone,
        orders=_orders(who),
        dial=dialed(who.phone),
        dial_through=dialed_through(who.phone),
        may_call=who.is_call_ok,
        may_text=who.is_text_ok,
        may_mail=is_mailable,
    )


def contact_for_supporter(loaded: Loaded, country: str) -> Contact | None:
    """Return how a supporter reaches the requester: without what a waiting correction changes.

    The old number may be wrong, and the new one may be someone else's.
    """
    who, reached = loaded.own, contact(loaded)
    second = who.second if who is not None and is_correction(loaded.case) else None
    if who is None or reached is None or second is None:
        return reached
    changes = corrected(who, second, country)
    has_way = not (changes.phone and changes.email)
    return replace(
        reached,
        orders=_orders(strictest(who, second)) if has_way else (),
        phone="" if changes.phone else reached.phone,
        email="" if changes.email else reached.email,
        may_call=who.is_call_ok and second.is_call_ok,
        may_text=who.is_text_ok and second.is_text_ok,
        may_mail=reached.may_mail and second.is_mail_ok,
        must_not_phone=changes.phone,
        must_not_mail=changes.email,
    )


def contact_for_reviewers(loaded: Loaded) -> Contact | None:
    """Return the contact with the unit and the response that could not be read."""
    who, reached = loaded.identity, contact(loaded)
    if who is None or reached is None:
        return None
    response_id = who.response_id if loaded.case.facts.unreadable else ""
    return replace(reached, unit=who.unit, email_choices=who.email_choices, response_id=response_id)


def second_contact(loaded: Loaded) -> Contact | None:
    """Return the second way to reach the requester, for reviewers; None when none waits."""
    who, confirmation = loaded.own, loaded.case.confirmation
    second = who.second if who is not None else None
    if second is None or confirmation is None:
        return None
    # Nothing to tap that calls a stranger, unless a call cannot wait.
    is_urgent = loaded.case.is_urgent
    found = _contact(second, is_mailable=confirmation.facts.is_mailable and is_urgent)
    return replace(
        found,
        unit=second.unit,
        email_choices=second.email_choices,
        response_id=second.response_id,
        may_call=found.may_call and is_urgent,
        may_text=found.may_text and is_urgent,
    )


def written(casebook: Casebook, loaded: Loaded, person: str) -> Written:
    """Return what the requester wrote, as far as this reviewer may open it."""
    who = loaded.identity
    if who is None or not may_be_opened(loaded):
        return Written()
    if not loaded.case.is_open:
        return Written(who.note, _unread(who.unread), who.not_wanted)
    second = loaded.own.second if loaded.own is not None else None
    newer = second if asks_about_newer(loaded.case.confirmation) else None
    questions = [_question(casebook, loaded, one, person) for one in loaded.questions_for(person)]
    return Written(
        who.note,
        _unread((*who.unread, *(newer.unread if newer is not None else ()))),
        questions=questions,
        settled=_settled(casebook, loaded, person),
        unknown_units=who.unknown_units,
        units=sorted(casebook.program.units.by_name, key=str.casefold),
        has_leaders=bool(casebook.program.lists.leaders_of(who)),
        second_note=newer.note if newer is not None else "",
        left_out_by_second=sorted(
            {casebook.program.names[id] for id in casebook.left_out_by_second(loaded)}
        ),
    )


def _unread(answers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what each answer is about, with what it says."""
    return [(words.answer(name), said) for name, said in answers]


def _question(casebook: Casebook, loaded: Loaded, asked: Unclear, person: str) -> Question:
    names = casebook.program.names
    by_name = {names.get(id, id): id for id in asked.could_mean}
    own = "" if by_name else loaded.case.facts.department
    before, after = _around(loaded, asked.typed, person)
    return Question(
        typed=asked.typed,
        before=before,
        after=after,
        ids=" ".join(asked.could_mean),
        could_mean=[Listed(id, name) for name, id in by_name.items()],
        others=_by_department(casebook, set(by_name), own),
    )


def _settled(casebook: Casebook, loaded: Loaded, person: str) -> list[Question]:
    """Return what was settled, with all answers."""
    answers: dict[Unclear, list[tuple[str, Sequence[str]]]] = {}
    names = casebook.program.names
    for one in loaded.settled_for(person):
        meant = sorted({names.get(id, id) for id in one.ids})
        answers.setdefault(one.question, []).append(
            (names.get(one.by, one.by), [*meant, *one.units])
        )
    return [
        replace(_question(casebook, loaded, asked, person), answers=found)
        for asked, found in answers.items()
    ]


def _around(loaded: Loaded, typed: str, person: str) -> tuple[str, str]:
    """Return what comes before and after words in the whole answer, which shows what they mean.

    It may name whom another question could mean, who may be this reviewer.
    """
    whole = loaded.identity.not_wanted_as_typed if loaded.identity is not None else ""
    read = (*loaded.questions_for(person), *loaded.settled_for(person))
    everything = (*loaded.questions, *(loaded.identity.settled if loaded.identity else ()))
    is_for_them = read == everything
    if not is_for_them or typed.casefold() not in whole.casefold():
        return (f"{whole} – ", "") if is_for_them and whole and whole != typed else ("", "")
    at = whole.casefold().index(typed.casefold())
    return whole[:at], whole[at + len(typed) :]


def _by_department(casebook: Casebook, without: set[str], own: str) -> list[Group]:
    """Return everyone else on our lists by department, the requester's first."""
    program = casebook.program
    listed: dict[str, dict[str, str]] = {id: {} for id in program.departments}
    besides: dict[str, str] = {}
    for id, name in program.names.items():
        if name not in without:
            supporter = program.supporters.get(id)
            group = listed.get(supporter.department, besides) if supporter else besides
            group[name] = id
    ordered = sorted(listed, key=lambda id: (id != own, program.departments[id].name))
    groups = [(program.departments[id].name, listed[id], id == own) for id in ordered]
    groups.append((for_staff("Coordinators and others"), besides, False))
    return [
        Group(name, [Listed(id, who) for who, id in sorted(people.items())], is_own)
        for name, people, is_own in groups
        if people
    ]


def _orders(who: Identity) -> list[str]:
    """Return instructions for how to reach someone, strictest first."""
    orders = []
    if who.not_before:
        orders.append(f"{who.not_before}.")
    if who.phone:
        if who.is_text_ok:
            orders.append(
                for_staff("Text first.") if who.is_call_ok else for_staff("Text only, don’t call.")
            )
        elif who.is_call_ok:
            orders.append(for_staff("Call, don’t text."))
        orders.append(
            for_staff("Voicemail is fine.") if who.is_voicemail_ok else for_staff("No voicemail.")
        )
    if who.email and not who.is_mail_ok:
        orders.append(for_staff("No email."))
    return orders
