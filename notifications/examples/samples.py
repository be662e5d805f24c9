"""Every e-mail on each occasion with the facts of one program, as its readers get it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lib.languages.language import Language
from lib.phones import example
from notifications.examples.occasions import occasions
from notifications.mail.catalog import EMAILS
from notifications.mail.compose import Composer, Message
from notifications.mail.properties import Needs
from notifications.rendering import neutral_facts, program_facts
from program import Program
from program.entries import resource_fact

#: Facts that are moments, as people read them in their language.
MOMENTS = {"due": 2, "answer_by": 1, "late_since": -1, "tell_by": 1, "contact_by": 3, "since": -3}


@dataclass(frozen=True)
class Sample:
    """One e-mail: on what occasion, in which language, and who reads it."""

    name: str
    occasion: str
    language: str
    reader: str
    message: Message


def samples(composer: Composer, program: Program, now: datetime) -> Iterator[Sample]:
    """Compose every e-mail; what requesters may read, in each of their languages."""
    for name, email in EMAILS.items():
        is_neutral = email.needs is Needs.NEUTRAL_NAME
        is_spoken = email.may_reach_requester or is_neutral
        for language in requesters_languages(program) if is_spoken else [program.english]:
            known = facts_of(program, language, now)
            known |= neutral_facts(program) if is_neutral else {}
            for words, facts in occasions(name, known).items():
                spoken = in_language(facts, program, language, now) if is_spoken else facts
                message = composer.compose(name, spoken, language)
                yield Sample(name, words, language.tag, f"{email.role or 'anyone'}", message)


def requesters_languages(program: Program) -> list[Language]:
    """Return the languages of requesters, that of the program first."""
    first = program.file.language
    codes = [first, *sorted(program.languages - {first})]
    return [program.language(code) for code in codes if code in program.languages]


def facts_of(program: Program, language: Language, now: datetime) -> dict[str, object]:
    """Return the facts that say where this program is, and who works for it."""
    supporter = next(iter(program.supporters.values()), None)
    role, department = next(iter(program.roles.values())), next(iter(program.departments.values()))
    local = now.astimezone(program.zone)
    found = [resource_fact(id, one, local, language) for id, one in program.resources.items()]
    places = sorted(found, key=lambda one: not one["is_open"])
    facts = program_facts(program, language) | {
        "role_group": role.group,
        "department": department.name,
        "resources": [*places[:1], *places[-1:]],
        "led": department.name,
    }
    if supporter is not None:
        phone = supporter.phone or example(program.file.country)
        contact = f"{phone} or {supporter.email}"
        facts |= {"supporter_name": supporter.name, "supporter_contact": contact}
    return facts


def in_language(
    facts: dict[str, object], program: Program, language: Language, now: datetime
) -> dict[str, object]:
    """Return the facts with the moments that they have as this language writes them."""
    said = {
        name: language.day_and_time(now + timedelta(days=days), program.zone)
        for name, days in MOMENTS.items()
        if facts[name]
    }
    return facts | said | {"partner_name": language.own(str(facts["partner_name"]))}
