"""Who would gain sight of requests by a change of the admins' files, and who may agree to it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from casebook.sight import supporters
from casebook.sight.readings import readings
from casebook.sight.records import Former, Gain, departments_of
from lib.addresses import canonical
from people.names import is_same_name
from people.records import Person
from people.same_person import traits_of_listed
from people.supporters import Supporter
from people.units import Units, unit_words
from program import Program
from program.changes import span_in_words
from workflow.model import PromiseKind
from workflow.promise_rules import Anchor, PromiseRule

Listed = Person | Supporter


def gains(old: Program, new: Program, former: Collection[Former] = ()) -> list[Gain]:
    """Return who would see requests, or be mailed about them, that they are not mailed now.

    Then what people would read otherwise, and how a form would be read otherwise.
    """
    return [
        *(gain for id in new.all_reviewers for gain in _of_reviewer(old, new, id)),
        *(gain for id in new.all_reviewers for gain in _reviewer_kept_from(old, new, id)),
        *(gain for id in new.supporters for gain in _supporter_kept_from(old, new, id)),
        *_of_ring(old, new),
        *_of_partners(old, new),
        *supporters.gains(old, new, former),
        *_of_units(old, new),
        *_of_surveys(old, new),
        *_of_calls(old, new),
        *_of_corrections(old, new),
        *readings(old, new),
    ]


def losses(old: Program, new: Program) -> list[Gain]:
    """Return the reviewers who would see no requests anymore."""
    gone = [id for id in old.all_reviewers if id not in new.all_reviewers]
    return [Gain(id, f"{old.people[id].name} would no longer review requests") for id in gone]


def deciders(old: Program, new: Program, former: Collection[Former] = ()) -> list[str]:
    """Return the coordinators in force whom the change does not concern.

    Admins may have made the change, so they decide only where no other coordinator could.
    """
    gained = gains(old, new, former)
    concerned = {gain.id for gain in gained} | _ids_behind(gained, old, new)
    unconcerned = [
        id
        for id in old.all_coordinators
        if id in new.all_coordinators
        and id not in concerned
        and _without_absence(old.people[id]) == _without_absence(new.people[id])
    ]
    addresses = {canonical(old.people[id].email) for id in old.duties.admins}
    others = [id for id in unconcerned if canonical(old.people[id].email) not in addresses]
    return others or unconcerned


def _ids_behind(gained: Collection[Gain], *programs: Program) -> set[str]:
    """Return the people whose address, by any id of theirs, is one that would be mailed."""
    addresses = {one for gain in gained for one in gain.address.split(", ")}
    people = (one for program in programs for at in addresses for one in program.found_by(at))
    names = {one.name for one in people}
    known = (item for program in programs for item in program.names.items())
    return {id for id, name in known if any(is_same_name(name, one) for one in names)}


def _known_before(old: Program, new: Program, id: str) -> Person | None:
    """Return who this is by the files before: by id, or else by address or name.

    Another id for the same person would otherwise hide what else changes about them.
    """
    after, gone = new.people[id], (one for one in old.people.values() if one.id not in new.people)
    same = (
        one
        for one in gone
        if canonical(one.email) == canonical(after.email) or is_same_name(one.name, after.name)
    )
    return old.people.get(id) or next(same, None)


def _of_reviewer(old: Program, new: Program, id: str) -> Iterator[Gain]:
    before, after = _known_before(old, new, id), new.people[id]
    duties = [words for duty, words in _duties(old, new, id) if duty]
    if duties:
        yield Gain(id, f"{after.name} would be {' and '.join(duties)}", after.email)
    if before is None:
        return
    if before.id != id:
        what = f"would be known by the id {id} instead of {before.id}"
        yield Gain(id, f"{after.name} {what}, also where they stepped back")
    if not is_same_name(before.name, after.name):
        yield Gain(id, f"{after.name} would review instead of {before.name}", after.email)
    elif canonical(before.email) != canonical(after.email):
        yield Gain(id, f"{after.name} would get email at a new address", after.email)
    kept_from = new.units.spellings_of_texts(after.supervises)
    led = old.units.spellings_of_texts(before.supervises)
    units = ", ".join(unit for unit in led if unit not in kept_from)
    departments = _departments_opened(old, new, before.id, id)
    if units:
        yield Gain(id, f"{after.name} would also see requests from {units}")
    elif departments:
        what = f"would also see requests from unknown units in {departments}"
        yield Gain(id, f"{after.name} {what}")
    if workplace := _left(_entries(old, before), _entries(new, after)):
        yield Gain(id, f"{after.name} would no longer count as working in {workplace}")
    if names := _more_names(_entries(old, before), _entries(new, after)):
        yield Gain(id, f"{after.name} would no longer be recognized as {names}")


def _entries(program: Program, one: Listed) -> tuple[Listed, ...]:
    """Return someone's entry on our lists, then the one under another id."""
    return (one, *program.lists.others.get(one.id, ()))


def _more_names(entries: Sequence[Listed], others: Sequence[Listed]) -> str:
    """Return the names beside the first that these entries have, and the other ones have not."""
    names = {name for one in entries for name in one.also_known_as}
    names |= {one.name for one in entries[1:]}
    known = [entries[0].name, *(n for one in others for n in (one.name, *one.also_known_as))]
    more = (name for name in names if not any(is_same_name(name, one) for one in known))
    return ", ".join(sorted(more))


def _left(before: Iterable[Listed], after: Iterable[Listed]) -> str:
    """Name the unit that someone leaves: requesters who avoid it would no longer avoid them."""
    units = {unit_words(unit) for one in after for unit in ("", one.unit, *one.supervises)}
    return next((one.unit for one in before if unit_words(one.unit) not in units), "")


def _reviewer_kept_from(old: Program, new: Program, id: str) -> Iterator[Gain]:
    """Yield why someone would be kept from more requests than now.

    If all reviewers were, the admins would hear that a request waits that no one may see. So an
    admin could try a name, an address, a phone or a unit, and learn whether that person has asked.
    Or they could choose which of two coordinators reads a request.
    """
    before, after = _known_before(old, new, id), new.people[id]
    if before is None:
        return
    if units := _units_led_besides(old, new, before, after):
        yield Gain(id, f"{after.name} would no longer see requests from {units}")
    for what in _recognized_by(_entries(old, before), _entries(new, after), new.units):
        yield Gain(id, f"{after.name} would {what}")


def _supporter_kept_from(old: Program, new: Program, id: str) -> Iterator[Gain]:
    """Yield why a supporter would be kept from more requests than now.

    Whoever is asked would see it on the page of the question: an admin who is a supporter, or
    knows one, could try one name or phone after the other until it closes.
    """
    before, after = old.supporters.get(id), new.supporters[id]
    if before is None:
        return
    if units := _units_led_besides(old, new, before, after):
        yield Gain(id, f"{after.name}, a supporter, would be kept from people of {units}")
    for what in _recognized_by(_entries(old, before), _entries(new, after), new.units):
        yield Gain(id, f"{after.name}, a supporter, would {what}")


def _units_led_besides(old: Program, new: Program, before: Listed, after: Listed) -> str:
    """Name the units that someone would lead, and doesn't lead now."""
    known = old.units.spellings_of_texts(before.supervises)
    led = new.units.spellings_of_texts(after.supervises)
    return ", ".join(unit for unit in led if unit not in known)


def _recognized_by(
    before: Sequence[Listed], after: Sequence[Listed], units: Units
) -> Iterator[str]:
    """Yield by what else someone would be recognized in a request."""
    if names := _more_names(after, before):
        yield f"be recognized as {names}, too"
    if {one.phone for one in after} - {one.phone for one in before} - {""}:
        yield "be recognized by a new phone number"
    if _addresses(after[1:]) - _addresses((*before, after[0])):
        yield "be recognized by a new address"
    texts = (text for one in before for text in (one.unit, *one.supervises))
    known = {(), *map(unit_words, units.spellings_of_texts(texts))}
    if workplace := next((one.unit for one in after if unit_words(one.unit) not in known), ""):
        yield f"count as working in {workplace}"


def _addresses(entries: Iterable[Listed]) -> set[str]:
    """Return the addresses by which somebody would be recognized as a requester."""
    traits = (trait for one in entries for trait in traits_of_listed(one))
    return {trait for trait in traits if "@" in trait}


def _duties(old: Program, new: Program, id: str) -> Iterator[tuple[bool, str]]:
    """Yield each duty that may be new to someone, whether it is, and its words."""
    found = [
        name
        for department, name in departments_of(old, new).items()
        if id in new.coordinators_of(department) and id not in old.coordinators_of(department)
    ]
    yield bool(found), f"a coordinator of {', '.join(found)}"
    yield id in new.duties.deputies and id not in old.duties.deputies, "a deputy"
    is_outside = new.duties.outside_person == id != old.duties.outside_person
    yield is_outside, "the backup contact"


def _departments_opened(old: Program, new: Program, before: str, id: str) -> str:
    """Name the departments in which someone may no longer lead a unit that no one knows.

    They led one there by the files before: now it belongs to another department.
    """
    return ", ".join(
        name
        for department, name in departments_of(old, new).items()
        if before in old.perhaps_leading(department) and id not in new.perhaps_leading(department)
    )


def _of_ring(old: Program, new: Program) -> Iterator[Gain]:
    before = {canonical(address) for address in old.file.urgent.ring}
    for address in new.file.urgent.ring:
        if canonical(address) not in before:
            yield Gain("", "A new address would hear about urgent requests", address)


def _of_partners(old: Program, new: Program) -> Iterator[Gain]:
    """Yield the support services that would hear of requesters who say yes to that name."""
    for id, after in new.partners.items():
        before = old.partners.get(id)
        if before is None or canonical(before.email) != canonical(after.email):
            what = f"{after.name} would hear of requesters who say yes to it, at a new address"
            yield Gain("", what, after.email)
        elif before.name != after.name:
            yield Gain("", f"{after.name} would hear of requesters instead of {before.name}")


def _of_units(old: Program, new: Program) -> Iterator[Gain]:
    """Yield who may see requests from units that no one knew, since the files now name them.

    Everyone who leads a unit was kept from them. Whether such a request is open must not show:
    an admin could try units in the files, and learn who has asked.
    """
    read = new.units.read_otherwise(old.units)
    if not read:
        return
    units = ", ".join(read)
    led = {one.id for one in old.leaders}
    for id in new.all_reviewers:
        if id in led:
            what = f"might also see requests from {units}, or a unit called alike"
            yield Gain(id, f"{new.people[id].name} {what}")
    if led & {*new.supporters}:
        what = "supporters who lead a unit might also be asked for people of"
        yield Gain("", f"{units}, or a unit called alike: {what} it")


def _of_surveys(old: Program, new: Program) -> Iterator[Gain]:
    """Yield the forms that are new, or filled out elsewhere."""
    for id, after in new.surveys.items():
        before = old.surveys.get(id)
        if before is not None and before.link != after.link:
            # Whoever owns that form reads all that people type there, and no request comes of it.
            where = f"{before.link or 'its usual address'} → {after.link or 'its usual address'}"
            yield Gain("", f"{after.name}: people would fill it out at another address: {where}")
        elif before is None:
            what = f"its responses would become requests from now on (survey {id})"
            where = after.link or "its usual address"
            yield Gain("", f"{after.name}: {what}. People would fill it out at {where}")
    others = ((old.nominations, new.nominations), (old.referrals, new.referrals))
    for known, forms in others:
        for id, form in forms.items():
            if id not in known:
                # Then everyone could read there what a request says.
                what = f"what its responses mean would change (survey {id})"
                yield Gain("", f"{form.name}: {what}")


def _of_calls(old: Program, new: Program) -> Iterator[Gain]:
    """Yield the promises that would call deputies, who then see a request, at other moments."""
    changed = [
        kind
        for kind, rule in new.promises.items()
        if rule.deputy is not None and _calls(rule) != _calls(old.promises[kind])
    ]
    if changed:
        yield Gain("", f"Deputies would be called at other moments ({', '.join(changed)})")
    if _hours(old) != _hours(new) or old.working.closed_days - new.working.closed_days:
        what = "Deputies might be called sooner"
        yield Gain("", f"{what} (working hours, days off, quiet hours, or time zone)")


def _of_corrections(old: Program, new: Program) -> Iterator[Gain]:
    """Yield another time to stop a correction: in a minute no one reads the mail that asks."""
    was, now = (one.promises[PromiseKind.CORRECTION].within for one in (old, new))
    if was != now:
        times = f"{span_in_words(now)} instead of {span_in_words(was)}"
        yield Gain("", f"A correction could be stopped for {times}")


def _hours(program: Program) -> tuple[object, ...]:
    """Return what moves all calls; more days off move them only to later."""
    return replace(program.working, closed_days=frozenset()), program.quiet


def _calls(rule: PromiseRule) -> tuple[object, ...]:
    """Return what decides when deputies are called, and after them the outside person."""
    is_from_begin = rule.deputy is not None and rule.deputy.anchor is Anchor.AFTER_BEGIN
    return rule.deputy, rule.repeat, None if is_from_begin else rule.within


def _without_absence(person: Person) -> Person:
    return replace(person, away_from=None, away_until=None)
