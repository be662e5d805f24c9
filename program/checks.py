"""Whether the admins' files fit together: known names, filled duties, sensible times."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from lib.addresses import canonical
from lib.phones import cannot_exist
from lib.working_time import WorkingTime
from people.units import supervises
from program.draft import (
    NO_REQUESTS,
    Draft,
    draft_of,
    questions_of,
    survey_ids,
    survey_owners,
    words_used,
)
from program.files import Parts, SurveysShape
from program.matching import matching_problems, says_other, unlisted_problems
from program.problems import Problem, shown, suggestion
from program.roster import FILE as SUPPORTERS
from program.roster import Roster
from program.shapes import FeedbackShape, QuietHoursShape, ResourcesShape, Times
from program.times.promises import longest, promise_problems, promise_rules, uses_working_time
from program.times.working_hours import clock_problems, working_problems
from program.training.sessions import FILE as TRAINING
from program.training.sessions import TrainingShape
from program.units import led_apart, unit_problems
from workflow.model import PromiseKind
from workflow.promise_rules import PromiseRule

PROGRAM, SURVEY, RESOURCES = "program.toml", "survey.toml", "resources.toml"
LONGEST_WAIT = timedelta(hours=1)
OFTENEST_RECONCILIATION, RAREST_RECONCILIATION = timedelta(minutes=5), timedelta(days=1)
LONGEST_GRACE = timedelta(days=1)
LONGEST_QUIET = timedelta(hours=16)
#: What only a recorded tap opens, and what else is sealed with it.
SECRET = ("name", "email", "phone", "not_wanted", "note")
SEALED = {*SECRET, "contact", "not_before", "unit", "invitation"}
#: No link lives longer, whatever the files say: reminders and `/link` bring new ones.
LONGEST_LINK_LIFE = timedelta(days=14)


def check_parts(parts: Parts) -> Iterator[Problem]:
    """Yield everything that is wrong within and between the files that could be read."""
    draft = draft_of(parts.tables[PROGRAM]) if PROGRAM in parts.tables else None
    if draft:
        owners = {*survey_owners(parts.tables.get(SURVEY, {})).values()}
        yield from _program_problems(draft, owners, parts.was_adopted)
        yield from unit_problems(draft, parts.roster)
    if draft and parts.roster:
        yield from _unknown_in_roster(draft, parts.roster)
        yield from _named_otherwise(draft, parts.roster)
    if draft and parts.roster and not parts.was_adopted:
        yield from _impossible_phones(draft, parts.roster)
        yield from _misspelled_units(draft, parts.roster)
        yield from led_apart(draft, parts.roster)
    if SURVEY in parts.tables:
        yield from _survey_problems(parts.tables[SURVEY])
        yield from _shown_although_secret(parts.tables[SURVEY]) if not parts.was_adopted else ()
        yield from unlisted_problems(parts.tables[SURVEY])
    if draft and SURVEY in parts.tables:
        yield from _unknown_in_surveys(draft, parts.tables[SURVEY])
        yield from _unknown_owners(draft, parts.tables[SURVEY])
    if parts.surveys:
        yield from _units_not_asked(parts.surveys)
    if parts.roster and SURVEY in parts.tables:
        yield from _sites_of_nobody(parts.roster, parts.tables[SURVEY])
    if draft and parts.roster and parts.training:
        yield from _unknown_leaders(draft, parts.roster, parts.training)
    if parts.resources:
        yield from _resource_problems(parts.resources)
    if draft and parts.roster and parts.resources and not parts.was_adopted:
        yield from _partners_among_us(draft, parts.roster, parts.resources)


def _program_problems(draft: Draft, owners: set[str], was_adopted: bool) -> Iterator[Problem]:
    yield from _duty_problems(draft)
    yield from _outside_problems(draft)
    yield from _department_problems(draft)
    yield from _people_problems(draft, owners)
    times, quiet = draft.shaped("times", Times), draft.shaped("quiet_hours", QuietHoursShape)
    if draft.promises is not None:
        yield from _promise_problems(draft, promise_rules(draft.promises), times, was_adopted)
    yield from _time_problems(times) if times else ()
    yield from _quiet_problems(quiet) if quiet else ()
    yield from _feedback_problems(draft.shaped("feedback", FeedbackShape), times)
    if draft.zone is not None:
        yield from clock_problems(draft.zone, quiet)
    yield from matching_problems(draft)
    if "peer support" in draft.mail_name.casefold():
        what = "says peer support, which anyone can read on a lock screen"
        yield _warning("mail_name", what, 'choose a neutral name such as "Care Desk"')


def _feedback_problems(feedback: FeedbackShape | None, times: Times | None) -> Iterator[Problem]:
    if feedback is None or times is None or not feedback.after:
        return
    place = "feedback.after"
    if feedback.after < timedelta(days=1):
        yield Problem(PROGRAM, place, "is too soon", 'write "1 day" or more, or "none"')
    elif feedback.after >= times.forget_after - timedelta(days=1):
        what = "comes when a request is forgotten (times.forget_after)"
        yield Problem(PROGRAM, place, what, "write two days less, at least")


def _duty_problems(draft: Draft) -> Iterator[Problem]:
    for duty, ids in draft.duties.items():
        place = f"duties.{duty}"
        yield from _unknown_people(place, ids, draft)
        if not ids:
            yield Problem(PROGRAM, place, "names nobody", "name at least one id of [people]")
    deputies = draft.duties.get("deputies", ())
    if len(draft.addresses_of(deputies)) < 2:
        what = "needs two different people"
        yield Problem(PROGRAM, "duties.deputies", what, "one of them may be barred from a request")
    for deputy in sorted(set(deputies) & draft.all_coordinators):
        what = f'"{deputy}" is also a coordinator and cannot step in for themselves'
        yield _warning("duties.deputies", what, "choose someone else if you can")


def _outside_problems(draft: Draft) -> Iterator[Problem]:
    outside = draft.duties.get("outside_person", ())
    others = draft.all_coordinators | set(draft.duties.get("deputies", ()))
    if set(outside) & others or draft.addresses_of(outside) & draft.addresses_of(others):
        what = f"{shown(outside[0])} is also a coordinator or deputy"
        allowed = "name someone else, who acts when all of them are barred"
        yield Problem(PROGRAM, "duties.outside_person", what, allowed)


def _department_problems(draft: Draft) -> Iterator[Problem]:
    for department, ids in draft.coordinators.items():
        place = f"departments.{department}.coordinators"
        yield from _unknown_people(place, ids, draft)
        if not ids and not says_other(department):
            yield _warning(place, "names nobody", "the default coordinators review its requests")
        if len(set(ids)) == 1:
            yield _warning(place, "names only one person", "two review better than one")
    for department, ids in draft.leads.items():
        yield from _unknown_people(f"departments.{department}.leads", ids, draft)


def _unknown_people(place: str, ids: Iterable[str], draft: Draft) -> Iterator[Problem]:
    seen: set[str] = set()
    for id in ids:
        if id not in draft.addresses:
            what = f"{shown(id)} is not an id of [people]"
            yield Problem(PROGRAM, place, what, suggestion(id, draft.addresses))
        if id in seen:
            yield Problem(PROGRAM, place, f"{shown(id)} is named twice", "name everybody once")
        seen.add(id)


def _people_problems(draft: Draft, owners: set[str]) -> Iterator[Problem]:
    for id, first in _repeated_addresses(draft.addresses.items()):
        what = f"is also the address of {first}"
        yield Problem(PROGRAM, f"people.{id}.email", what, "everyone needs an address of their own")
    busy = draft.all_coordinators.union(owners, *draft.duties.values(), *draft.leads.values())
    for id in sorted(draft.addresses.keys() - busy):
        yield _warning(f"people.{id}", "has no duty", "name the id in [duties] or a department")


def _promise_problems(
    draft: Draft,
    rules: Mapping[PromiseKind, PromiseRule],
    times: Times | None,
    was_adopted: bool,
) -> Iterator[Problem]:
    """Check working time, and the promises only if that is right."""
    working = draft.working
    if working is None:
        return
    is_used = uses_working_time(rules)
    wrong = [] if was_adopted else list(working_problems(working, is_used))
    yield from wrong
    if all(problem.is_warning for problem in wrong):
        yield from promise_problems(rules, working)
        yield from _link_problems(times, rules, working) if times else ()


def _link_problems(
    times: Times, rules: Mapping[PromiseKind, PromiseRule], working: WorkingTime
) -> Iterator[Problem]:
    last = longest(rules, working)
    if times.link_life < min(last.span, LONGEST_LINK_LIFE):
        what = f"is shorter than the longest promise, {last.place}"
        yield Problem(PROGRAM, "times.link_life", what, "a link must outlive what it is for")


def _time_problems(times: Times) -> Iterator[Problem]:
    if times.forget_after < timedelta(days=1):
        what = "is too short to take a closing back"
        yield Problem(PROGRAM, "times.forget_after", what, 'write "1 day" or more')
    if times.removal_grace > LONGEST_GRACE:
        what = "lets people who were removed see requests for too long"
        yield Problem(PROGRAM, "times.removal_grace", what, 'write "1 day" or less, or "none"')
    often = times.reconcile_every
    if often and not OFTENEST_RECONCILIATION <= often <= RAREST_RECONCILIATION:
        what = "is too often or too rare"
        allowed = 'write "5 minutes" to "1 day", or "none"'
        yield Problem(PROGRAM, "times.reconcile_every", what, allowed)
    waits = {"undo_window": times.undo_window, "review_mail_delay": times.review_mail_delay}
    for key, wait in waits.items():
        if wait > LONGEST_WAIT:
            what = "makes people wait too long for their mail"
            yield Problem(PROGRAM, f"times.{key}", what, 'write "1 hour" or less, or "none"')


def _quiet_problems(quiet: QuietHoursShape) -> Iterator[Problem]:
    minutes = (quiet.end.hour - quiet.begin.hour) * 60 + quiet.end.minute - quiet.begin.minute
    if timedelta(minutes=minutes % (24 * 60)) > LONGEST_QUIET:
        what = "leave fewer than 8 hours a day for nudges"
        yield Problem(PROGRAM, "quiet_hours", what, "check whether begin and end are swapped")


def _unknown_in_roster(draft: Draft, roster: Roster) -> Iterator[Problem]:
    """Yield unknown words in the roster; a missing table is reported once, elsewhere."""
    known = {
        "role": draft.roles,
        "department": draft.departments,
        "specialty": draft.specialties,
    }
    for row in roster.rows:
        for column, words in known.items():
            word = row.cells.get(column)
            if words and word is not None and word not in words:
                place = f"line {row.line}, {column}"
                what = f"{shown(word)} is not known in program.toml"
                yield Problem(SUPPORTERS, place, what, suggestion(word, words))
        if row.cells.get("id") in draft.addresses:
            what = f"{shown(row.cells['id'])} is also an id of [people] in program.toml"
            yield Problem(SUPPORTERS, f"line {row.line}, id", what, "change one of the two")


def _named_otherwise(draft: Draft, roster: Roster) -> Iterator[Problem]:
    """Warn when a supporter has the address, but not the name, of a person in program.toml."""
    id_of = {canonical(address): id for id, address in draft.addresses.items()}
    for row in roster.rows:
        name = row.cells.get("name", "")
        addresses = (canonical(row.cells.get(column, "")) for column in ("email", "notify_email"))
        ids = {id_of[address] for address in addresses if address in id_of}
        for id in sorted(id for id in ids if draft.names[id].casefold() != name.casefold()):
            what = f"{shown(name)} has the address of people.{id}, {shown(draft.names[id])}"
            allowed = (
                "if it is one person, write the name the same way; if not, correct the address"
            )
            yield Problem(SUPPORTERS, f"line {row.line}, name", what, allowed, is_warning=True)


def _impossible_phones(draft: Draft, roster: Roster) -> Iterator[Problem]:
    """Warn of phones that cannot exist: they cannot tell who a requester is."""
    country = str(draft.written.get("country", ""))
    phones = [(PROGRAM, f"people.{id}.phone", phone) for id, phone in draft.phones.items()]
    phones += [
        (SUPPORTERS, f"line {row.line}, phone", row.cells.get("phone", "")) for row in roster.rows
    ]
    for file, place, phone in phones:
        if phone and cannot_exist(phone, country):
            what = f"no phone in {country} can have this number, {shown(phone)}"
            allowed = "correct it: this person's own requests are recognized by it"
            yield Problem(file, place, what, allowed, is_warning=True)


def _misspelled_units(draft: Draft, roster: Roster) -> Iterator[Problem]:
    """Warn of a unit that has a leader and no staff, and is nearly the same as another one."""
    listed = (name for unit in draft.units.values() for name in (unit.name, *unit.also))
    units = {*draft.workplaces, *listed, *(s.unit for s in roster.supporters.values())} - {""}
    leading = [(PROGRAM, f"people.{id}.supervises", led) for id, led in draft.supervised.items()]
    for row in roster.rows:
        led = roster.supporters.get(row.cells.get("id", ""))
        if led is not None:
            leading.append((SUPPORTERS, f"line {row.line}, supervises", led.supervises))
    for file, place, several in leading:
        for unit in several:
            meant = suggestion(unit, units)
            if meant.endswith("?") and not any(supervises((unit,), one) for one in units):
                what = f"{shown(unit)} is no one's unit on our lists"
                yield Problem(file, place, what, meant, is_warning=True)


def _survey_problems(surveys: Mapping[str, Any]) -> Iterator[Problem]:
    ids = survey_ids(surveys)
    if not ids:
        yield Problem(SURVEY, "", "has no survey with an id", "add a table [[survey]]")
    ids += [id for table in NO_REQUESTS for id in survey_ids(surveys, table)]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield Problem(SURVEY, f"survey {id}", "appears twice", "keep one of them")


def _shown_although_secret(surveys: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield facts that lists and mails show, taken from a question about who someone is."""
    for id, questions in questions_of(surveys):
        secret = {question: fact for fact, question in questions.items() if fact in SECRET}
        for fact, question in questions.items():
            if fact not in SEALED and question in secret:
                place = f"survey {id}, facts.{fact}"
                what = (
                    f"comes from {question}, as {secret[question]} does, which it would give away"
                )
                yield Problem(SURVEY, place, what, "take another question, or leave it out")


def _unknown_in_surveys(draft: Draft, surveys: Mapping[str, Any]) -> Iterator[Problem]:
    known = {
        "departments": draft.departments,
        "roles": draft.roles,
        "specialties": draft.specialties,
    }
    for word in words_used(surveys):
        words = known[word.table]
        if words and word.text not in words:
            what = f"{shown(word.text)} is not one of [{word.table}] in program.toml"
            yield Problem(SURVEY, word.place, what, suggestion(word.text, words))


def _unknown_leaders(draft: Draft, roster: Roster, training: TrainingShape) -> Iterator[Problem]:
    known = {**draft.addresses, **{id: one.email for id, one in roster.supporters.items()}}
    for id, session in training.sessions.items():
        if session.led_by not in known:
            what = f"{shown(session.led_by)} is not an id of [people] or of supporters.csv"
            allowed = suggestion(session.led_by, known)
            yield Problem(TRAINING, f"sessions.{id}.led_by", what, allowed)


def _unknown_owners(draft: Draft, surveys: Mapping[str, Any]) -> Iterator[Problem]:
    for id, owner in survey_owners(surveys).items():
        if owner not in draft.addresses:
            what = f"{shown(owner)} is not an id of [people] in program.toml"
            yield Problem(SURVEY, f"survey {id}, owner", what, suggestion(owner, draft.addresses))


def _units_not_asked(surveys: SurveysShape) -> Iterator[Problem]:
    for survey in surveys.survey:
        if survey.source("unit") is None:
            what = "does not ask for the unit: all who may lead it are kept from every request"
            allowed = "ask where they work, and map it as unit; coordinators are asked otherwise"
            yield Problem(SURVEY, f"survey {survey.id}, facts", what, allowed, is_warning=True)


def _sites_of_nobody(roster: Roster, surveys: Mapping[str, Any]) -> Iterator[Problem]:
    sites = {supporter.site for supporter in roster.supporters.values() if supporter.site}
    known = {site.casefold() for site in sites}
    for word in words_used(surveys, {"wish_site": "sites"}):
        if word.text.casefold() not in known:
            what = f"{shown(word.text)} is not the site of any supporter"
            allowed = suggestion(word.text, sites)
            yield Problem(SURVEY, word.place, what, allowed, is_warning=True)


def _resource_problems(resources: ResourcesShape) -> Iterator[Problem]:
    if not any(resource.always_open for resource in resources.resources.values()):
        what = "has nothing that is always open"
        yield Problem(RESOURCES, "", what, "list at least the crisis line", is_warning=True)


def _partners_among_us(
    draft: Draft, roster: Roster, resources: ResourcesShape
) -> Iterator[Problem]:
    """Yield the support services whose mailbox belongs to someone who hears of requests anyway.

    They would read both the name and, as a supporter or reviewer, what else is said of a request.
    """
    owners = {canonical(address): f"people.{id}" for id, address in draft.addresses.items()}
    for one in roster.supporters.values():
        for address in filter(None, (one.email, one.notify_email)):
            owners.setdefault(canonical(address), f"{one.id} in {SUPPORTERS}")
    for id, resource in resources.resources.items():
        owner = owners.get(canonical(resource.email or ""))
        if resource.hand_over and owner is not None:
            what = f"is also the address of {owner}, who would learn whose request it is"
            allowed = "write an address that only this place reads"
            yield Problem(RESOURCES, f"resources.{id}.email", what, allowed)


def _repeated_addresses(addresses: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield each id whose address was used by an earlier id, and that id."""
    first_of: dict[str, str] = {}
    for id, address in addresses:
        first = first_of.setdefault(canonical(address), id)
        if first != id:
            yield id, first


def _warning(place: str, what: str, allowed: str) -> Problem:
    return Problem(PROGRAM, place, what, allowed, is_warning=True)
